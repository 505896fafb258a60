//! Entries that would match pictures they have nothing to do with.

use super::{HashList, Known};
use crate::hash::{Algorithm, Hash, MaxDistance, Quality};

/// An entry that is readable, but that a person should look at before a scan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suspicion {
    /// The line of the entry, counted from 1.
    pub line: u64,
    /// The id of the entry, if it has one.
    pub id: Option<Box<str>>,
    /// What is suspicious, without the value.
    pub what: String,
}

/// How far from 128 the set bits of a PDQ hash may be without suspicion, inclusive.
///
/// PDQ compares 256 coefficients with their median, so without ties exactly 128 are above it. Ties
/// come from flat pictures; 16 is our own bound, an eighth of the bits, not PDQ's.
const TIES: u32 = 16;

/// The entries of a list that would match pictures that have nothing to do with them: constant
/// hashes, PDQ hashes whose set bits are not half of all, PDQ hashes within
/// [`MaxDistance::PDQ_DEFAULT`] of one of `pictures`, the named PDQ hashes of blank, gradient and
/// other pictures without content, and PDQ hashes of which the list states a quality below
/// [`Quality::DEFAULT_MIN`].
///
/// One suspicion an entry at most, in the order of the list.
pub fn suspicious(list: &HashList, pictures: &[(&str, Hash)]) -> Vec<Suspicion> {
    let mut all = Vec::new();
    for entry in list.entries.iter() {
        let Known::Hash(algorithm, hash) = entry.known else { continue };
        let poor = || poor_quality(algorithm, entry.quality?);
        if let Some(what) = suspicion(algorithm, hash, pictures).or_else(poor) {
            all.push(Suspicion { line: entry.line, id: entry.id.clone(), what });
        }
    }
    all
}

fn suspicion(algorithm: Algorithm, hash: Hash, pictures: &[(&str, Hash)]) -> Option<String> {
    let ones = hash.ones();
    if ones == 0 || ones as usize == algorithm.bits() {
        return Some("all bits are equal, as of a blank picture".to_owned());
    }
    if algorithm != Algorithm::Pdq {
        return None;
    }
    let near =
        |(_, picture): &&(&str, Hash)| MaxDistance::PDQ_DEFAULT.admits(hash.distance(*picture));
    if let Some((name, picture)) = pictures.iter().find(near) {
        let distance = hash.distance(*picture);
        return Some(format!(
            "distance {distance} from the hash of a picture without content ({name})"
        ));
    }
    (ones.abs_diff(128) > TIES)
        .then(|| format!("{ones} of 256 bits are set, where a PDQ hash of a photo has about 128"))
}

fn poor_quality(algorithm: Algorithm, quality: Quality) -> Option<String> {
    (algorithm == Algorithm::Pdq && quality < Quality::DEFAULT_MIN)
        .then(|| format!("its list states quality {quality}: too featureless to be matched"))
}

#[cfg(test)]
mod tests {
    use super::super::tests::{options, read};
    use super::super::{Entry, ListFormat};
    use super::*;

    fn list(algorithm: Algorithm, hash: Hash) -> HashList {
        let text = super::super::tests::PDQ_HEX;
        let mut list = read(text, options(Some(ListFormat::Pdq))).unwrap();
        let known = Known::Hash(algorithm, hash);
        list.entries = vec![Entry::new(known, 7)].into();
        list
    }

    fn ones(count: usize) -> Hash {
        Hash::from_bits(256, |bit| bit < count)
    }

    #[test]
    fn popcounts_of_112_and_144_pass_and_those_beyond_do_not() {
        let found = |count| suspicious(&list(Algorithm::Pdq, ones(count)), &[]).len();
        assert_eq!([111, 112, 144, 145].map(found), [1, 0, 0, 1]);
    }

    #[test]
    fn distance_31_from_a_blank_picture_is_suspicious_and_32_is_not() {
        let near = |count| suspicious(&list(Algorithm::Pdq, ones(128)), &[("ramp", ones(count))]);
        assert!(near(128 - 31)[0].what.contains("distance 31"));
        assert!(near(128 - 31)[0].what.contains("ramp"));
        assert_eq!(near(128 - 32), []);
    }

    #[test]
    fn a_stated_quality_of_49_is_suspicious_and_50_is_not() {
        let found = |quality| {
            let mut list = list(Algorithm::Pdq, ones(128));
            let entry =
                Entry { quality: Some(Quality(quality)), ..list.entries.get(0).into_owned() };
            list.entries = vec![entry].into();
            suspicious(&list, &[])
        };
        assert!(found(49)[0].what.contains("states quality 49"));
        assert_eq!(found(50), []);
    }

    #[test]
    fn constant_hashes_of_every_algorithm_are_suspicious() {
        for algorithm in Algorithm::all() {
            for constant in [ones(0), ones(algorithm.bits())] {
                let found = suspicious(&list(algorithm, constant), &[]);
                assert_eq!((found.len(), found[0].line), (1, 7));
            }
            assert_eq!(suspicious(&list(algorithm, ones(algorithm.bits() / 2)), &[]), []);
        }
    }
}
