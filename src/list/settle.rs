//! What can be said only when the whole list has been read: whether 64 digits are PDQ, which
//! entries are withdrawn, and how many say the same.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher, RandomState};

use super::value::Proof;
use super::{Entry, Known};

/// An entry, as long as it is not certain that it stays one.
pub(super) struct Draft {
    pub(super) entry: Entry,
    pub(super) proof: Proof,
}

/// A row that withdraws entries.
pub(super) struct Tombstone {
    /// How many drafts there were when it was read; only these are withdrawn.
    pub(super) before: usize,
    /// The id that it names.
    pub(super) id: Option<Box<str>>,
    /// The hashes and digests that it names, those of 64 digits in both readings.
    pub(super) known: Vec<Known>,
}

/// How many bits a PDQ hash has set when no coefficient equals the median.
const PDQ_ONES: u32 = 128;

/// Whether 64 digits have as many bits set as a PDQ hash without ties. Other values have not.
pub(super) fn has_128(known: &Known) -> bool {
    match known {
        Known::Hash(_, hash) => hash.ones() == PDQ_ONES,
        Known::Sha256(bytes) => bytes.iter().map(|byte| byte.count_ones()).sum::<u32>() == PDQ_ONES,
        Known::Md5(_) | Known::Sha1(_) | Known::Sha512(_) => false,
    }
}

/// Different values, and how many of them have 128 bits set.
#[derive(Clone, Copy, Default)]
struct Tally {
    values: u64,
    with_128: u64,
}

impl Tally {
    fn count(&mut self, known: &Known) {
        self.values += 1;
        self.with_128 += u64::from(has_128(known));
    }

    /// Whether so many of a hundred have 128 bits set, or more.
    fn has(self, percent: u64) -> bool {
        self.with_128 * 100 >= self.values * percent
    }
}

/// Says whether popcounts prove that the values of 64 digits are what they are read as, where the
/// list does not say it. `firsts` are as from [`first_of_each`].
///
/// A PDQ hash has 128 bits set, but for ties; a SHA-256 has with probability
/// `C(256, 128) / 2^256 = 0.0498`. Hence three rules, each for itself:
///
/// * [`Proof::Bare`]: at least 5 values, of which 95 in a hundred have 128. Of 5 values of a SHA-256
///   list all have it with probability `0.0498^5 = 3.1e-7`, and of 20, which is the least number
///   of which one may be without, 19 have it with probability `3.4e-24`.
/// * [`Proof::Likely`] PDQ hashes: 4 of 5 have 128, however few there are. A single SHA-256 in
///   such a form passes with probability 0.05, 5 of them with `3.0e-5`.
/// * [`Proof::Likely`] SHA-256 digests: fewer than 5 values, or fewer than 4 of 5 with 128.
///
/// Equal values count once, with their best proof: one SHA-256 repeated proves nothing.
///
/// # Errors
/// When they do not: how many different values there are.
pub(super) fn prove(drafts: &[Draft], firsts: &[usize]) -> Result<(), u64> {
    let (mut bare, mut likely, mut sums) = (Tally::default(), Tally::default(), Tally::default());
    for Draft { entry, proof } in firsts.iter().map(|first| &drafts[*first]) {
        match (proof, &entry.known) {
            (Proof::Proven, _) => {}
            (Proof::Likely, Known::Sha256(_)) => sums.count(&entry.known),
            (Proof::Likely, known) => likely.count(known),
            (Proof::Bare, known) => bare.count(known),
        }
    }
    if bare.values > 0 && (bare.values < 5 || !bare.has(95)) {
        return Err(bare.values);
    }
    if !likely.has(80) {
        return Err(likely.values);
    }
    if sums.values >= 5 && sums.has(80) { Err(sums.values) } else { Ok(()) }
}

/// The index of one draft for each different value, of equal ones that with the best proof.
///
/// Sorting 16 bytes an entry (a fingerprint and the index) needs a fifth of the memory of a set
/// of values; equal fingerprints are compared in full.
pub(super) fn first_of_each(drafts: &[Draft]) -> Vec<usize> {
    let state = RandomState::new();
    let fingerprint = |draft: &Draft| state.hash_one(draft.entry.known);
    let mut keys: Vec<(u64, usize)> = drafts.iter().map(fingerprint).zip(0..).collect();
    keys.sort_unstable();
    let mut firsts: Vec<usize> = Vec::with_capacity(keys.len());
    for run in keys.chunk_by(|a, b| a.0 == b.0) {
        if let [(_, index)] = run {
            firsts.push(*index);
            continue;
        }
        let mut run: Vec<usize> = run.iter().map(|key| key.1).collect();
        run.sort_by_key(|index| drafts[*index].proof);
        let mut seen = HashSet::new();
        firsts.extend(run.into_iter().filter(|&index| seen.insert(&drafts[index].entry.known)));
    }
    firsts
}

/// Removes what the tombstones withdraw and says how many entries that were.
///
/// A tombstone with an id and hashes withdraws the earlier rows that have this id (or none) and
/// one of the hashes; if there is no such row, all earlier rows of that id, since the row that
/// withdraws may carry another kind of hash than the entry did. With hashes alone it withdraws the
/// earlier rows with one of them, whatever their id; with an id alone those of that id. A row is
/// one picture, so it goes as a whole. A row with the same hash under another id stays: someone
/// else still asks for that picture.
pub(super) fn withdraw(drafts: &mut Vec<Draft>, tombstones: &[Tombstone]) -> u64 {
    if tombstones.is_empty() {
        return 0;
    }
    let keys = Keys::of(tombstones, drafts);
    let withdrawn: HashSet<u64> = drafts
        .iter()
        .enumerate()
        .filter(|(index, draft)| keys.withdraw(*index, &draft.entry))
        .map(|(_, draft)| draft.entry.line)
        .collect();
    let before = drafts.len();
    drafts.retain(|draft| !withdrawn.contains(&draft.entry.line));
    (before - drafts.len()) as u64
}

/// The keys of all tombstones, each with the greatest `before` (tombstones come in that order).
#[derive(Default)]
struct Keys<'a> {
    /// Any tombstone's values: for entries without id.
    any: HashMap<Known, usize>,
    /// The values of tombstones without id: for every entry.
    all: HashMap<Known, usize>,
    /// Ids of tombstones without values, or whose values no earlier row of the id has.
    ids: HashMap<&'a str, usize>,
    /// Ids with values.
    both: HashMap<(&'a str, Known), usize>,
}

impl<'a> Keys<'a> {
    fn of(tombstones: &'a [Tombstone], drafts: &'a [Draft]) -> Self {
        let places = Places::of(tombstones, drafts);
        let mut keys = Self::default();
        for tombstone in tombstones {
            let Tombstone { before, id, known } = tombstone;
            if let Some(id) = id.as_deref().filter(|id| !places.has_row_of(id, tombstone)) {
                keys.ids.insert(id, *before);
            }
            for known in known {
                keys.any.insert(*known, *before);
                match id {
                    Some(id) => keys.both.insert((id, *known), *before),
                    None => keys.all.insert(*known, *before),
                };
            }
        }
        keys
    }

    fn withdraw(&self, index: usize, entry: &Entry) -> bool {
        let known = &entry.known;
        let of_key = match entry.id.as_deref() {
            None => self.any.get(known),
            Some(id) => self.both.get(&(id, *known)).max(self.ids.get(id)),
        };
        of_key.max(self.all.get(known)).is_some_and(|before| index < *before)
    }
}

/// The first draft of each id (or without one) and value that a tombstone with both names.
struct Places<'a>(HashMap<(Option<&'a str>, Known), usize>);

impl<'a> Places<'a> {
    fn of(tombstones: &'a [Tombstone], drafts: &'a [Draft]) -> Self {
        let named = tombstones.iter().filter_map(|one| Some((one.id.as_deref()?, &one.known)));
        let keys = named.flat_map(|(id, known)| known.iter().map(move |known| (id, *known)));
        let mut places: HashMap<_, usize> = keys
            .flat_map(|(id, known)| [(Some(id), known), (None, known)])
            .map(|key| (key, usize::MAX))
            .collect();
        for (index, Draft { entry, .. }) in drafts.iter().enumerate() {
            if let Some(first) = places.get_mut(&(entry.id.as_deref(), entry.known)) {
                *first = index.min(*first);
            }
        }
        Self(places)
    }

    /// Whether an earlier row has the id, or none, and one of the tombstone's values. That an
    /// earlier tombstone withdrew it already does not matter: said twice is not meant wider.
    fn has_row_of(&self, id: &str, tombstone: &Tombstone) -> bool {
        let before = |key| self.0.get(&key).is_some_and(|first| *first < tombstone.before);
        tombstone.known.iter().any(|known| before((Some(id), *known)) || before((None, *known)))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::hash::{Algorithm, Hash};

    fn entry(line: u64, id: Option<&str>, known: Known) -> Entry {
        Entry { id: id.map(Box::from), ..Entry::new(known, line) }
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

    fn drafts(values: &[Known], proof: Proof) -> Vec<Draft> {
        values.iter().map(|known| Draft { entry: entry(1, None, *known), proof }).collect()
    }

    fn judge(drafts: &[Draft]) -> Result<(), u64> {
        prove(drafts, &first_of_each(drafts))
    }

    fn proof(proof: Proof, ones: impl IntoIterator<Item = u32>) -> Result<(), u64> {
        let known: Vec<_> = (0..).zip(ones).map(|(k, ones)| hash(k, ones)).collect();
        judge(&drafts(&known, proof))
    }

    #[test]
    fn four_values_prove_nothing_and_five_with_128_bits_do() {
        assert_eq!(proof(Proof::Bare, [128; 4]), Err(4));
        assert_eq!(proof(Proof::Bare, [128; 5]), Ok(()));
        assert_eq!(proof(Proof::Bare, [128, 128, 127, 128, 128]), Err(5));
    }

    #[test]
    fn one_of_twenty_may_have_ties_and_one_of_nineteen_may_not() {
        let all_but_one = |count| (0..count).map(|k| if k == 3 { 126 } else { 128 });
        assert_eq!(proof(Proof::Bare, all_but_one(20)), Ok(()));
        assert_eq!(proof(Proof::Bare, all_but_one(19)), Err(19));
    }

    #[test]
    fn likely_values_may_be_few_and_one_of_five_may_have_ties() {
        assert_eq!(proof(Proof::Likely, [128]), Ok(()));
        assert_eq!(proof(Proof::Likely, [127]), Err(1));
        assert_eq!(proof(Proof::Likely, [128, 128, 127, 128, 128]), Ok(()));
        assert_eq!(proof(Proof::Likely, [128, 128, 127, 128]), Err(4));
    }

    #[test]
    fn a_value_repeated_proves_no_more_than_once_and_by_its_best_proof() {
        let same = [hash(1, 128); 9];
        let bare = drafts(&same, Proof::Bare);
        assert_eq!((judge(&bare), first_of_each(&bare)), (Err(1), vec![0]));
        let mut mixed = bare;
        mixed.extend(drafts(&same, Proof::Likely));
        assert_eq!((judge(&mixed), first_of_each(&mixed)), (Ok(()), vec![9]));
    }

    fn left(entries: &[(u64, Option<&str>, u64)], tombstones: &[Tombstone]) -> Vec<u64> {
        let one = |&(line, id, k): &(u64, Option<&str>, u64)| entry(line, id, hash(k, 128));
        let drafted = |row| Draft { entry: one(row), proof: Proof::Proven };
        let mut drafts: Vec<Draft> = entries.iter().map(drafted).collect();
        let removed = withdraw(&mut drafts, tombstones);
        assert_eq!(entries.len() - drafts.len(), usize::try_from(removed).unwrap());
        drafts.iter().map(|draft| draft.entry.line).collect()
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

    #[test]
    fn an_id_is_withdrawn_as_a_whole_if_none_of_its_earlier_rows_has_the_hash() {
        let entries = [(1, Some("a"), 7), (2, Some("a"), 8), (3, Some("b"), 7), (4, Some("a"), 9)];
        assert_eq!(left(&entries, &[tombstone(3, Some("a"), &[6])]), [3, 4]);
        assert_eq!(left(&entries, &[tombstone(3, Some("a"), &[6, 8])]), [1, 3, 4]);
        // Only a later row has the hash.
        assert_eq!(left(&entries, &[tombstone(2, Some("a"), &[9])]), [3, 4]);
        let nameless = [(1, Some("a"), 7), (2, None, 6)];
        assert_eq!(left(&nameless, &[tombstone(2, Some("a"), &[6])]), [1]);
    }

    #[test]
    fn a_withdrawal_said_twice_withdraws_no_more_than_once() {
        let entries = [(1, Some("a"), 7), (2, Some("a"), 8)];
        let twice = || tombstone(2, Some("a"), &[7]);
        assert_eq!(left(&entries, &[twice(), twice()]), [2]);
    }

    /// The rules of [`withdraw`] as they are written there.
    fn withdraw_plainly(drafts: &[Draft], tombstones: &[Tombstone]) -> Vec<u64> {
        let mut gone = HashSet::new();
        for Tombstone { before, id, known } in tombstones {
            let has = |entry: &Entry| known.contains(&entry.known);
            let is_of = |entry: &Entry| entry.id.is_some() && entry.id == *id;
            let earlier = || drafts[..*before].iter().map(|draft| &draft.entry);
            let named =
                |entry: &&Entry| has(entry) && (id.is_none() || entry.id.is_none() || is_of(entry));
            if earlier().any(|entry| named(&entry)) {
                gone.extend(earlier().filter(named).map(|entry| entry.line));
            } else {
                gone.extend(earlier().filter(|entry| is_of(entry)).map(|entry| entry.line));
            }
        }
        drafts.iter().map(|draft| draft.entry.line).filter(|line| !gone.contains(line)).collect()
    }

    proptest! {
        #[test]
        fn withdrawing_by_keys_is_withdrawing_by_the_rules(
            rows in proptest::collection::vec((0..9_u64, 0..3_usize, 0..4_u64), 0..9),
            mut stones in proptest::collection::vec(
                (0..9_usize, 0..3_usize, proptest::collection::vec(0..4_u64, 0..3)), 0..4,
            ),
        ) {
            let ids = [None, Some("a"), Some("b")];
            let draft = |&(line, id, k): &(u64, usize, u64)| {
                Draft { entry: entry(line, ids[id], hash(k, 128)), proof: Proof::Proven }
            };
            let mut drafts: Vec<Draft> = rows.iter().map(draft).collect();
            stones.sort();
            let tombstones: Vec<Tombstone> = stones
                .iter()
                .map(|(before, id, known)| tombstone(*before.min(&rows.len()), ids[*id], known))
                .collect();
            let expected = withdraw_plainly(&drafts, &tombstones);
            withdraw(&mut drafts, &tombstones);
            let left: Vec<u64> = drafts.iter().map(|draft| draft.entry.line).collect();
            prop_assert_eq!(left, expected);
        }
    }
}
