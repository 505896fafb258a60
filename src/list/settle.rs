//! What can be said only when the whole list has been read: whether 64 digits are PDQ, which
//! entries are withdrawn, and how many say the same.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher, RandomState};

use super::{Entry, Known};

/// A row that withdraws entries.
pub(super) struct Tombstone {
    /// How many entries there were when it was read; only these are withdrawn.
    pub(super) before: usize,
    /// The id that it names.
    pub(super) id: Option<Box<str>>,
    /// The hashes and digests that it names.
    pub(super) known: Vec<Known>,
}

/// How many bits a PDQ hash has set when no coefficient equals the median.
const PDQ_ONES: u32 = 128;

/// Says whether popcounts prove that the unproven entries are PDQ hashes, if there are any.
///
/// A PDQ hash has 128 bits set, but for ties; a SHA-256 has with probability
/// `C(256, 128) / 2^256 = 0.0498`. So 5 different values that all have 128 are a SHA-256 list
/// with probability `0.0498^5 = 3.1e-7`, and of 20, which is the least number of which 95 in a
/// hundred may leave one out, 19 have it with probability `3.4e-24`. Equal values count once:
/// one SHA-256 repeated proves nothing.
///
/// # Errors
/// When they do not: how many different values there are.
pub(super) fn prove(entries: &[Entry], unproven: &[bool]) -> Result<(), u64> {
    if !unproven.contains(&true) {
        return Ok(());
    }
    let (mut values, mut with_128) = (0_u64, 0_u64);
    for index in first_of_each(entries, unproven) {
        values += 1;
        if let Known::Hash(_, hash) = entries[index].known {
            with_128 += u64::from(hash.ones() == PDQ_ONES);
        }
    }
    if values >= 5 && with_128 * 100 >= values * 95 { Ok(()) } else { Err(values) }
}

/// How many entries have a value that an earlier one has.
pub(super) fn duplicates(entries: &[Entry]) -> u64 {
    let all = vec![true; entries.len()];
    (entries.len() - first_of_each(entries, &all).len()) as u64
}

/// The indices of one entry for each different value among the `wanted`.
///
/// Sorting 16 bytes an entry (a fingerprint and the index) needs a fifth of the memory of a set
/// of values; equal fingerprints are compared in full.
fn first_of_each(entries: &[Entry], wanted: &[bool]) -> Vec<usize> {
    let state = RandomState::new();
    let mut keys: Vec<(u64, usize)> = (0..entries.len())
        .filter(|&index| wanted[index])
        .map(|index| (state.hash_one(entries[index].known), index))
        .collect();
    keys.sort_unstable();
    let mut firsts: Vec<usize> = Vec::new();
    for run in keys.chunk_by(|a, b| a.0 == b.0) {
        if let [(_, index)] = run {
            firsts.push(*index);
            continue;
        }
        let mut seen = HashSet::new();
        firsts.extend(run.iter().map(|key| key.1).filter(|&k| seen.insert(&entries[k].known)));
    }
    firsts
}

/// Removes what the tombstones withdraw and says how many entries that were.
///
/// A tombstone with an id and hashes withdraws the earlier rows that have this id (or none) and
/// one of the hashes. With hashes alone it withdraws the earlier rows with one of them, whatever
/// their id; with an id alone those of that id. A row is one picture, so it goes as a whole. A row
/// with the same hash under another id stays: someone else still asks for that picture.
pub(super) fn withdraw(entries: &mut Vec<Entry>, tombstones: &[Tombstone]) -> u64 {
    if tombstones.is_empty() {
        return 0;
    }
    let keys = Keys::of(tombstones);
    let withdrawn: HashSet<u64> = entries
        .iter()
        .enumerate()
        .filter(|(index, entry)| keys.withdraw(*index, entry))
        .map(|(_, entry)| entry.line)
        .collect();
    let before = entries.len();
    entries.retain(|entry| !withdrawn.contains(&entry.line));
    (before - entries.len()) as u64
}

/// The keys of all tombstones, each with the greatest `before` (tombstones come in that order).
#[derive(Default)]
struct Keys<'a> {
    /// Any tombstone's values: for entries without id.
    any: HashMap<&'a Known, usize>,
    /// The values of tombstones without id: for every entry.
    all: HashMap<&'a Known, usize>,
    /// Ids without values.
    ids: HashMap<&'a str, usize>,
    /// Ids with values.
    both: HashMap<(&'a str, &'a Known), usize>,
}

impl<'a> Keys<'a> {
    fn of(tombstones: &'a [Tombstone]) -> Self {
        let mut keys = Self::default();
        for Tombstone { before, id, known } in tombstones {
            if let (Some(id), []) = (id, known.as_slice()) {
                keys.ids.insert(id, *before);
            }
            for known in known {
                keys.any.insert(known, *before);
                match id {
                    Some(id) => keys.both.insert((id, known), *before),
                    None => keys.all.insert(known, *before),
                };
            }
        }
        keys
    }

    fn withdraw(&self, index: usize, entry: &Entry) -> bool {
        let known = &entry.known;
        let of_key = match entry.id.as_deref() {
            None => self.any.get(known),
            Some(id) => self.both.get(&(id, known)).max(self.ids.get(id)),
        };
        of_key.max(self.all.get(known)).is_some_and(|before| index < *before)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::{Algorithm, Hash};

    fn entry(line: u64, id: Option<&str>, known: Known) -> Entry {
        Entry { known, line, id: id.map(Box::from), label: None, quality: None }
    }

    /// The `k`-th of many different hashes with `ones` bits set.
    fn hash(k: u64, ones: u32) -> Known {
        let rest = ones - k.count_ones();
        Known::Hash(
            Algorithm::Pdq,
            Hash::from_bits(256, |bit| {
                if bit < 16 { k >> bit & 1 == 1 } else { bit - 16 < rest as usize }
            }),
        )
    }

    fn proof(ones: impl Iterator<Item = u32>) -> Result<(), u64> {
        let known = ones.enumerate().map(|(k, ones)| hash(k as u64, ones));
        let entries: Vec<Entry> = known.map(|known| entry(1, None, known)).collect();
        prove(&entries, &vec![true; entries.len()])
    }

    #[test]
    fn four_values_prove_nothing_and_five_with_128_bits_do() {
        assert_eq!(proof([128; 4].into_iter()), Err(4));
        assert_eq!(proof([128; 5].into_iter()), Ok(()));
        assert_eq!(proof([128, 128, 127, 128, 128].into_iter()), Err(5));
    }

    #[test]
    fn one_of_twenty_may_have_ties_and_one_of_nineteen_may_not() {
        let all_but_one = |count| (0..count).map(|k| if k == 3 { 126 } else { 128 });
        assert_eq!(proof(all_but_one(20)), Ok(()));
        assert_eq!(proof(all_but_one(19)), Err(19));
    }

    #[test]
    fn a_value_repeated_proves_no_more_than_once() {
        let entries: Vec<Entry> = (0..9).map(|k| entry(k, None, hash(1, 128))).collect();
        assert_eq!(prove(&entries, &[true; 9]), Err(1));
        assert_eq!(duplicates(&entries), 8);
    }

    fn left(entries: &[(u64, Option<&str>, u64)], tombstones: &[Tombstone]) -> Vec<u64> {
        let one = |&(line, id, k): &(u64, Option<&str>, u64)| entry(line, id, hash(k, 128));
        let mut entries: Vec<Entry> = entries.iter().map(one).collect();
        let before = entries.len();
        let removed = withdraw(&mut entries, tombstones);
        assert_eq!(before - entries.len(), usize::try_from(removed).unwrap());
        entries.iter().map(|entry| entry.line).collect()
    }

    fn tombstone(before: usize, id: Option<&str>, known: &[u64]) -> Tombstone {
        let known = known.iter().map(|k| hash(*k, 128)).collect();
        Tombstone { before, id: id.map(Box::from), known }
    }

    #[test]
    fn only_earlier_rows_are_withdrawn() {
        let entries = [(1, None, 7), (3, None, 7)];
        assert_eq!(left(&entries, &[tombstone(1, None, &[7])]), [3]);
        assert_eq!(left(&entries, &[tombstone(2, None, &[7])]), [0; 0]);
    }

    #[test]
    fn the_same_hash_under_another_id_stays() {
        let entries = [(1, Some("a"), 7), (2, Some("b"), 7), (3, None, 7), (4, Some("a"), 8)];
        assert_eq!(left(&entries, &[tombstone(4, Some("a"), &[7])]), [2, 4]);
        assert_eq!(left(&entries, &[tombstone(4, None, &[7])]), [4]);
        assert_eq!(left(&entries, &[tombstone(4, Some("a"), &[])]), [2, 3]);
    }

    #[test]
    fn a_row_is_withdrawn_as_a_whole() {
        let entries = [(1, None, 7), (1, None, 8), (2, None, 8)];
        assert_eq!(left(&entries, &[tombstone(3, None, &[7])]), [2]);
    }
}
