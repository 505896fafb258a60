//! What one edition of a list has that another has not.

use std::collections::HashSet;

use super::across::{Key, Withdrawn};
use super::{HashList, Known};

/// Where an entry is: the number of its list, and its own in the list.
pub type Place = (usize, usize);

/// What differs between two editions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Difference {
    /// Entries of the later edition that the earlier has not.
    pub added: Vec<Place>,
    /// Entries of the earlier edition that the later has not, and does not say of what became of them.
    pub removed: Vec<Place>,
    /// Entries of the earlier edition that the later withdraws.
    pub withdrawn: Vec<Place>,
    /// How many entries both have.
    pub kept: u64,
}

/// What differs between an earlier and a later edition, each of one list or several. Entries are the
/// same if both their ids (or that they have none) and their hashes or digests are.
pub fn difference(earlier: &[HashList], later: &[HashList]) -> Difference {
    let (before, after) = (known(earlier), known(later));
    let withdrawn: HashSet<Key> =
        later.iter().flat_map(|list| &list.withdrawn).flat_map(Withdrawn::keys).collect();
    let mut found = Difference { added: missing(later, &before), ..Difference::default() };
    for place in missing(earlier, &after) {
        let entry = earlier[place.0].entries.get(place.1);
        let keys = [entry.id.clone().map(Key::Id), Some(Key::Known(entry.known))];
        if keys.iter().flatten().any(|key| withdrawn.contains(key)) {
            found.withdrawn.push(place);
        } else {
            found.removed.push(place);
        }
    }
    let gone = found.removed.len() + found.withdrawn.len();
    let all: usize = earlier.iter().map(|list| list.entries.len()).sum();
    found.kept = (all - gone) as u64;
    found
}

type Same = (Option<Box<str>>, Known);

fn known(lists: &[HashList]) -> HashSet<Same> {
    let entries = lists.iter().flat_map(|list| list.entries.iter());
    entries.map(|entry| (entry.id.clone(), entry.known)).collect()
}

/// The places of entries that are not among others.
fn missing(lists: &[HashList], others: &HashSet<Same>) -> Vec<Place> {
    let mut places = Vec::new();
    for (list, of) in lists.iter().enumerate() {
        for (number, entry) in of.entries.iter().enumerate() {
            if !others.contains(&(entry.id.clone(), entry.known)) {
                places.push((list, number));
            }
        }
    }
    places
}

#[cfg(test)]
mod tests {
    use super::super::tests::{options, read};
    use super::*;

    const MD5: &str = "9e107d9d372bb6826bd81d3542a419d6";

    fn list(rows: &[(&str, char, &str)]) -> HashList {
        let row = |(id, digit, status): &(&str, char, &str)| {
            format!("{id},{},{status}\n", MD5.replace('9', &digit.to_string()))
        };
        let rows: String = rows.iter().map(row).collect();
        read(&format!("id,md5,status\n{rows}"), options(None)).unwrap()
    }

    #[test]
    fn entries_are_added_removed_withdrawn_or_kept() {
        let earlier = list(&[("a", '1', ""), ("b", '2', ""), ("c", '3', ""), ("d", '4', "")]);
        let later =
            list(&[("a", '1', ""), ("b", '2', "withdrawn"), ("d", '5', ""), ("e", '1', "")]);
        let expected = Difference {
            added: vec![(0, 1), (0, 2)],
            removed: vec![(0, 2), (0, 3)],
            withdrawn: vec![(0, 1)],
            kept: 1,
        };
        assert_eq!(difference(&[earlier], &[later]), expected);
    }

    #[test]
    fn a_list_and_itself_differ_in_nothing_and_duplicates_are_kept() {
        let twice = || list(&[("a", '1', ""), ("a", '1', ""), ("", '2', "")]);
        let expected = Difference { kept: 3, ..Difference::default() };
        assert_eq!(difference(&[twice()], &[twice()]), expected);
    }
}
