//! Entries that lie unusually close together.

use std::collections::HashSet;

use rayon::prelude::*;

use super::{Found, HashIndex};
use crate::hash::{Algorithm, Hash};
use crate::list::Known;

/// An entry with many others near it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Crowding {
    /// Which list, by its place in [`HashIndex::lists`].
    pub list: usize,
    /// Which of the list's entries.
    pub entry: usize,
    /// How many other pictures are within the max distance of it.
    pub others: usize,
}

/// So many entries are looked at; of more, as many at even steps.
pub const LOOKED_AT: usize = 100_000;

/// The PDQ entries that have more than `usual` other pictures within the max distance, in the order of
/// lists and entries.
///
/// Entries of a list that share an id are one picture, as are equal hashes. Hashes of unrelated
/// pictures are hardly ever so near (256 bits, of which they differ in half), so a crowd is of copies of
/// one picture, of one template, or was made.
pub fn crowded(index: &HashIndex, usual: usize) -> Vec<Crowding> {
    let mut entries: Vec<(usize, usize, Hash)> = Vec::new();
    for (list, of) in index.lists().iter().enumerate() {
        entries.extend(of.entries.known().enumerate().filter_map(|(entry, known)| match known {
            Known::Hash(Algorithm::Pdq, hash) => Some((list, entry, hash)),
            _ => None,
        }));
    }
    let step = entries.len().div_ceil(LOOKED_AT).max(1);
    let looked_at: Vec<_> = entries.into_iter().step_by(step).collect();
    let of_chunk = |chunk: &[(usize, usize, Hash)]| {
        let hashes: Vec<Hash> = chunk.iter().map(|&(_, _, hash)| hash).collect();
        let found = index.lookup_batch(Algorithm::Pdq, &hashes);
        let crowds = chunk.iter().zip(found).map(|(&(list, entry, _), found)| {
            let others = pictures(index, &found).saturating_sub(1);
            Crowding { list, entry, others }
        });
        crowds.filter(|crowding| crowding.others > usual).collect::<Vec<_>>()
    };
    let mut crowds: Vec<Crowding> = looked_at.par_chunks(64).flat_map_iter(of_chunk).collect();
    crowds.sort_unstable();
    crowds
}

/// How many different pictures these entries are of.
fn pictures(index: &HashIndex, found: &[Found]) -> usize {
    let (mut ids, mut hashes) = (HashSet::new(), HashSet::new());
    for found in found {
        let entry = index.entry(*found).into_owned();
        match entry.id {
            Some(id) => drop(ids.insert((found.list, id))),
            None => drop(hashes.insert(entry.known)),
        }
    }
    ids.len() + hashes.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::list::{HashList, ReadOptions};
    use std::fmt::Write;

    /// So many hashes within 2 bits of each other and one far away, with or without different ids.
    fn index(count: usize, same_id: bool) -> HashIndex {
        let mut text = "pdq,id\n".to_owned();
        for k in 0..=count {
            let far = k == count;
            let hash = Hash::from_bits(256, |bit| (bit < 128) != (far && bit % 2 == 0) && bit != k);
            let id = if same_id { 0 } else { k };
            writeln!(text, "{},{id}", Algorithm::Pdq.to_text(hash)).unwrap();
        }
        let list = HashList::read("a.csv", text.as_bytes(), &ReadOptions::default()).unwrap();
        HashIndex::new(vec![list], None).unwrap()
    }

    #[test]
    fn entries_with_more_than_three_others_are_crowded_and_those_with_three_are_not() {
        let crowds = crowded(&index(5, false), 3);
        assert_eq!(crowds.len(), 5);
        assert_eq!(crowds[4], Crowding { list: 0, entry: 4, others: 4 });
        assert_eq!(crowded(&index(4, false), 3), []);
        assert_eq!(crowded(&index(9, true), 3), [], "crops of one picture");
    }
}
