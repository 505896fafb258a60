//! Which entries have a hash: lists repeat each other, and themselves.

use rayon::prelude::*;

use crate::hash::Hash;
use crate::mapped::Array;

/// The entries of each distinct hash.
#[derive(Debug)]
pub(super) struct Owners {
    /// Those of hash `k` are `entries[starts[k]..starts[k + 1]]`. Empty where no hash repeats:
    /// then hash `k` has the one entry `entries[k]`.
    starts: Array<u32>,
    /// Numbers of entries, those of one hash in their order.
    entries: Array<u32>,
}

impl Owners {
    /// Sorts hashes, each given with the number of its entry, and makes equal ones one.
    ///
    /// At most 2^32 - 1 entries.
    pub(super) fn collapse(mut known: Vec<(Hash, u32)>) -> (Vec<Hash>, Self) {
        known.par_sort_unstable();
        let distinct = known.chunk_by(|a, b| a.0 == b.0).count();
        let mut hashes = Vec::with_capacity(distinct);
        let mut starts = Vec::new();
        if distinct == known.len() {
            hashes.extend(known.iter().map(|&(hash, _)| hash));
        } else {
            starts.reserve_exact(distinct + 1);
            starts.push(0);
            let mut end = 0;
            for group in known.chunk_by(|a, b| a.0 == b.0) {
                hashes.push(group[0].0);
                #[expect(clippy::cast_possible_truncation, reason = "at most 2^32 - 1 entries")]
                let len = group.len() as u32;
                end += len;
                starts.push(end);
            }
        }
        let entries: Vec<u32> = known.into_iter().map(|(_, entry)| entry).collect();
        (hashes, Self { starts: starts.into(), entries: entries.into() })
    }

    /// Takes in what [`Self::parts`] gave for so many distinct hashes; nothing if the lengths are
    /// not right.
    pub(super) fn from_parts(
        starts: Array<u32>,
        entries: Array<u32>,
        hashes: usize,
    ) -> Option<Self> {
        let fits = match starts.last() {
            Some(&end) => starts.len() == hashes + 1 && end as usize == entries.len(),
            None => entries.len() == hashes,
        };
        fits.then_some(Self { starts, entries })
    }

    /// How many entries there are.
    pub(super) fn entries(&self) -> u64 {
        self.entries.len() as u64
    }

    /// The numbers of the entries that have a hash.
    pub(super) fn of(&self, hash: usize) -> &[u32] {
        // Where a file was altered after it was opened, they may lie anywhere.
        let range = match self.starts.get(hash..hash + 2) {
            Some(range) => range[0] as usize..range[1] as usize,
            None => hash..hash + 1,
        };
        self.entries.get(range).unwrap_or_default()
    }

    /// The arrays, as [`Self::from_parts`] takes them.
    pub(super) fn parts(&self) -> (&[u32], &[u32]) {
        (&self.starts, &self.entries)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_of_equal_hashes_share_one_hash() {
        let (a, b) = (Hash([1; 4]), Hash([2; 4]));
        let (hashes, owners) = Owners::collapse(vec![(b, 0), (a, 1), (b, 2)]);
        assert!(hashes == [a, b]);
        assert_eq!((owners.of(0), owners.of(1)), (&[1][..], &[0, 2][..]));
    }

    #[test]
    fn a_list_without_repetitions_needs_no_starts() {
        let (a, b) = (Hash([1; 4]), Hash([2; 4]));
        let (hashes, owners) = Owners::collapse(vec![(b, 0), (a, 1)]);
        assert!(hashes == [a, b]);
        assert_eq!(owners.parts(), (&[][..], &[1, 0][..]));
        assert_eq!((owners.of(0), owners.of(1)), (&[1][..], &[0][..]));
    }
}
