//! Entries that would match pictures they have nothing to do with.

use super::{Entry, HashList, Known};
use crate::hash::{Algorithm, Classic, Hash, MaxDistance, Method, Quality};

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
/// Of median hashes, set bits that are not half of all are suspicious too, and of the whole list, PDQ
/// hashes that have the set bits of digests.
///
/// One suspicion an entry at most, in the order of the list; what is said of the whole list comes first.
pub fn suspicious(list: &HashList, pictures: &[(&str, Hash)]) -> Vec<Suspicion> {
    let mut all: Vec<Suspicion> = disguised(list).into_iter().collect();
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
        return uneven_median(algorithm, ones);
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

/// A median parts the brightnesses in halves, but for ties; an eighth of the bits is our own bound, as
/// [`TIES`] is.
fn uneven_median(algorithm: Algorithm, ones: u32) -> Option<String> {
    let Algorithm::Classic(Classic { method: Method::Median, .. }) = algorithm else { return None };
    let bits = algorithm.bits();
    ((ones as usize).abs_diff(bits / 2) > bits / 8)
        .then(|| format!("{ones} of {bits} bits are set, where a median hash has about half"))
}

/// Whether PDQ hashes look like SHA-256 digests: of these, one in 20 has 128 bits set (see
/// [`settle::prove`](super::settle::prove)), and of hashes nearly all.
fn disguised(list: &HashList) -> Option<Suspicion> {
    let is_pdq = |entry: &Entry| matches!(entry.known, Known::Hash(Algorithm::Pdq, _));
    let first = list.entries.iter().find(|entry| is_pdq(entry))?.into_owned();
    let (mut values, mut with_128) = (0u64, 0u64);
    for known in list.entries.known() {
        if let Known::Hash(Algorithm::Pdq, hash) = known {
            values += 1;
            with_128 += u64::from(hash.ones() == 128);
        }
    }
    let what = format!(
        "only {with_128} of {values} PDQ hashes have 128 bits set, as if they were SHA-256 digests: check what \
         they are, and name the column or --list-format sha256"
    );
    (values >= 5 && with_128 * 4 < values).then_some(Suspicion { line: first.line, id: None, what })
}

fn poor_quality(algorithm: Algorithm, quality: Quality) -> Option<String> {
    (algorithm == Algorithm::Pdq && quality < Quality::DEFAULT_MIN)
        .then(|| format!("its list states quality {quality}: too featureless to be matched"))
}

#[cfg(test)]
mod tests {
    use super::super::ListFormat;
    use super::super::tests::{options, read};
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

    #[test]
    fn median_hashes_of_24_and_40_bits_pass_and_those_beyond_do_not() {
        let median = "median-8".parse().unwrap();
        let found = |count| suspicious(&list(median, ones(count)), &[]).len();
        assert_eq!([23, 24, 40, 41].map(found), [1, 0, 0, 1]);
        let gradient = "gradient-8".parse().unwrap();
        assert_eq!(suspicious(&list(gradient, ones(9)), &[]), []);
    }

    #[test]
    fn a_list_of_digests_that_says_pdq_is_suspicious_as_a_whole() {
        let of = |with_128: usize| {
            let mut list = list(Algorithm::Pdq, ones(128));
            let hash = |k| {
                Hash::from_bits(256, |bit| bit >= k && bit < k + 128 - usize::from(k >= with_128))
            };
            let known = (0..8).map(|k| Known::Hash(Algorithm::Pdq, hash(k)));
            list.entries = known.map(|known| Entry::new(known, 1)).collect::<Vec<_>>().into();
            suspicious(&list, &[])
        };
        assert_eq!(of(2), []);
        let [whole] = &of(1)[..] else { panic!("one suspicion") };
        assert!(whole.what.starts_with("only 1 of 8 PDQ hashes"), "{}", whole.what);
    }
}
