//! Entries that match many different pictures: a template, such as a frame or a page, or an entry that
//! was made to match. A person should look at them.

use std::collections::{BTreeMap, HashSet};
use std::hash::{BuildHasher, RandomState};

use crate::record::{Crowded, Match, Record};

/// At most so many are told.
const MOST_TOLD: usize = 20;

/// Counts the different pictures that match each entry.
#[derive(Debug)]
pub struct Crowds {
    /// An entry with so many is told.
    enough: usize,
    state: RandomState,
    /// By list, line and id.
    entries: BTreeMap<(String, u64, Option<String>), Crowd>,
}

#[derive(Debug, Default)]
struct Crowd {
    candidates: u64,
    /// Of what they look like: no more than are enough.
    different: HashSet<u64>,
}

impl Crowds {
    /// Entries that match so many different pictures are told.
    pub fn new(enough: usize) -> Self {
        Self { enough, state: RandomState::new(), entries: BTreeMap::new() }
    }

    /// Counts a record's similar images in. Copies of one picture are one, as far as their hashes are
    /// equal; same files are what they are.
    pub fn add(&mut self, record: &Record) {
        let hashes: Vec<&str> = record.hashes.iter().map(|hash| &*hash.hash).collect();
        let look = self.state.hash_one(hashes);
        for Match { list, line, entry, distance, .. } in &record.matches {
            if distance.is_some() {
                let crowd = self.entries.entry((list.clone(), *line, entry.clone())).or_default();
                crowd.candidates += 1;
                if crowd.different.len() < self.enough {
                    crowd.different.insert(look);
                }
            }
        }
    }

    /// The entries that are to be told, in the order of lists and lines.
    pub fn told(&self) -> Vec<Crowded> {
        let many = self.entries.iter().filter(|(_, crowd)| crowd.different.len() >= self.enough);
        let told =
            |((list, line, entry), crowd): (&(String, u64, Option<String>), &Crowd)| Crowded {
                list: list.clone(),
                line: *line,
                entry: entry.clone(),
                candidates: crowd.candidates,
            };
        many.map(told).take(MOST_TOLD).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::{Algorithm, Distance};
    use crate::record::{HashRecord, How};
    use std::collections::BTreeMap;
    use std::path::Path;

    fn record(look: u32, distance: Option<Distance>) -> Record {
        let mut record = Record::new(0, 0, Path::new("a"));
        record.hashes.push(HashRecord {
            algorithm: Algorithm::Pdq,
            hash: look.to_string(),
            quality: None,
            turned: BTreeMap::new(),
            regions: Vec::new(),
            enrolled: Vec::new(),
            layout: None,
        });
        record.matches.push(Match {
            how: How::SimilarImage,
            list: "l".to_owned(),
            entry: None,
            entries: 1,
            line: 7,
            label: None,
            notes: None,
            by: "pdq".to_owned(),
            level: None,
            distance,
            max_distance: None,
            orientation: None,
            negative: false,
            region: None,
            distance_before: None,
        });
        record
    }

    #[test]
    fn three_different_pictures_of_one_entry_are_told_and_two_or_copies_are_not() {
        let near = Some(Distance(9));
        let told = |looks: &[u32], distance| {
            let mut crowds = Crowds::new(3);
            for &look in looks {
                crowds.add(&record(look, distance));
            }
            crowds.told()
        };
        let crowd = told(&[1, 2, 2, 3], near);
        assert_eq!((crowd.len(), crowd[0].line, crowd[0].candidates), (1, 7, 4));
        assert_eq!(told(&[1, 2, 2, 1], near), []);
        assert_eq!(told(&[1, 2, 3], None), []);
    }
}
