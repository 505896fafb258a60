//! The order in which the index keeps the bits of a hash.

use crate::hash::Hash;

/// Side of the square in which the bits of a PDQ hash lie, one for each frequency.
const SIDE: usize = 16;

/// Spreads the bits of a hash of 256 bits so that every 16 of them in a row come from 16 rows and 16
/// columns of the square. Neighbouring frequencies agree more often than not, and pieces cut from
/// neighbours would crowd into few buckets: 1.25 times as many unrelated hashes are looked at as
/// with even buckets, spread like this 1.05 times (measured on photographs).
///
/// Distances stay the same. Shorter hashes are left as they are.
pub(super) fn arrange(hash: Hash, bits: usize) -> Hash {
    if bits != SIDE * SIDE {
        return hash;
    }
    let mut rows: [u16; SIDE] = bytemuck::cast(hash.0.map(u64::to_le));
    // Turning row k by k puts the diagonals into columns..
    for (turn, row) in (0..).zip(&mut rows) {
        *row = u16::from_le(*row).rotate_left(turn);
    }
    // ..and a mirrored square has them in rows: swap ever smaller quarters across the diagonal
    // (Warren, "Hacker's Delight", 7-3).
    for (step, mask) in [(8, 0x00ff), (4, 0x0f0f), (2, 0x3333), (1, 0x5555)] {
        for row in (0..SIDE).filter(|row| row & step == 0) {
            let swapped = (rows[row] >> step ^ rows[row + step]) & mask;
            rows[row + step] ^= swapped;
            rows[row] ^= swapped << step;
        }
    }
    Hash(bytemuck::cast::<_, [u64; 4]>(rows.map(u16::to_le)).map(u64::from_le))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn only(bit: usize) -> Hash {
        Hash::from_bits(256, |k| k == bit)
    }

    fn place(hash: Hash) -> usize {
        (0..256).find(|bit| hash.0[bit / 64] >> (bit % 64) & 1 == 1).unwrap()
    }

    #[test]
    fn each_bit_gets_a_place_of_its_own() {
        let places: BTreeSet<usize> = (0..256).map(|bit| place(arrange(only(bit), 256))).collect();
        assert_eq!(places.len(), 256);
    }

    #[test]
    fn sixteen_bits_in_a_row_come_from_sixteen_rows_and_columns() {
        let mut from = vec![(BTreeSet::new(), BTreeSet::new()); 16];
        for bit in 0..256 {
            let piece = &mut from[place(arrange(only(bit), 256)) / 16];
            piece.0.insert(bit / 16);
            piece.1.insert(bit % 16);
        }
        assert!(from.iter().all(|(rows, columns)| (rows.len(), columns.len()) == (16, 16)));
    }

    #[test]
    fn the_bits_of_several_are_arranged_as_those_of_each() {
        let (a, b) = (Hash([0x1234_5678_9abc_def0, 7, 1 << 63, 0xff00]), only(77));
        let (both, apart) = (Hash([0, 1, 2, 3].map(|k| a.0[k] ^ b.0[k])), [a, b]);
        let [a, b] = apart.map(|hash| arrange(hash, 256));
        assert!(arrange(both, 256) == Hash([0, 1, 2, 3].map(|k| a.0[k] ^ b.0[k])));
    }

    #[test]
    fn shorter_hashes_stay_as_they_are() {
        assert!(arrange(Hash([5, 6, 7, 0]), 144) == Hash([5, 6, 7, 0]));
    }
}
