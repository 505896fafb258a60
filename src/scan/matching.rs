//! What counts as a match, and how matches are told.

use std::collections::BTreeMap;

use super::asking::{Alike, alike};
use super::registering::register;
use crate::algorithm::Hashes;
use crate::content::{Fingerprint, guarded};
use crate::hash::{Algorithm, Quality};
use crate::index::{Digest, Found, HashIndex};
use crate::record::{How, Levels, Match, Outcome, Reason, Record};
use crate::region::{Region, RegisterOptions, Sight};

/// What counts as a match.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MatchOptions {
    /// A hash of the whole of lower quality is not searched for.
    pub min_quality: Quality,
    /// At most so many matches of a candidate are listed.
    pub max_matches: usize,
    /// How far PDQ hashes may be apart at each level; none where the plain max distance of the
    /// index is in force.
    pub levels: Option<Levels>,
    /// How regions are moved to fit listed hashes, at [`crate::view::Effort::Deep`].
    pub register: RegisterOptions,
}

impl Default for MatchOptions {
    /// PDQ's lowest quality, ten matches listed, and plain max distances.
    fn default() -> Self {
        Self {
            min_quality: Quality::DEFAULT_MIN,
            max_matches: 10,
            levels: None,
            register: RegisterOptions::default(),
        }
    }
}

impl MatchOptions {
    /// Whether these hashes say too little to be searched for.
    pub(super) fn is_low(&self, hashes: &Hashes) -> bool {
        hashes.quality.is_some_and(|quality| quality < self.min_quality)
    }
}

/// What of a candidate is searched for.
pub(super) struct Candidate<'a> {
    pub(super) digests: &'a [(&'static str, Digest)],
    pub(super) hashes: &'a [Hashes],
    pub(super) regions: &'a [Region],
    pub(super) sight: Option<&'a Sight>,
}

/// Matches of one candidate: those listed, and how many there are.
pub(super) struct Matches {
    pub(super) listed: Vec<Match>,
    pub(super) found: u64,
    /// Of entries that are excepted, and not among the others.
    pub(super) excepted: u64,
}

/// The surest and nearest match of a picture by its hashes.
pub fn search_one(index: &HashIndex, print: &Fingerprint, options: &MatchOptions) -> Option<Match> {
    let Fingerprint { hashes, regions, sight, .. } = print;
    let candidate = Candidate { digests: &[], hashes, regions, sight: sight.as_ref() };
    search(index, &candidate, options).listed.into_iter().next()
}

/// Searches for a candidate's digests and hashes, and tells its record what was found. A panic on
/// the way costs this one record, which then says so, and not the run.
pub(super) fn compare(
    index: &HashIndex,
    candidate: &Candidate<'_>,
    options: &MatchOptions,
    record: &mut Record,
) {
    tell(record, || search(index, candidate, options));
}

fn tell(record: &mut Record, search: impl FnOnce() -> Matches) {
    match guarded(search) {
        Ok(Matches { listed, found, excepted }) => {
            (record.matches, record.matches_found) = (listed, found);
            record.matches_excepted = excepted;
        }
        Err(panic) => {
            (record.matches, record.matches_found) = (Vec::new(), 0);
            record.matches_excepted = 0;
            (record.outcome, record.reason) = (Outcome::Failed, Some(Reason::ComparisonPanic));
            record.detail = Some(format!("it may be in the lists: {panic}"));
        }
    }
}

/// Searches for a candidate's digests and hashes. Same files come first, then similar images by
/// level, distance, list and entry; entries that share an id are one match.
pub(super) fn search(
    index: &HashIndex,
    candidate: &Candidate<'_>,
    options: &MatchOptions,
) -> Matches {
    let same: Vec<(Found, &str)> = candidate
        .digests
        .iter()
        .flat_map(|&(name, digest)| {
            index.lookup_digest(digest).into_iter().map(move |one| (one, name))
        })
        .collect();
    let mut similar = alike(index, candidate, options);
    register(index, candidate, options, &mut similar);
    similar.sort_by_key(|alike| (alike.level, alike.found, alike.algorithm));
    let (excepted_same, same) = same.into_iter().partition(|(found, _)| index.is_excepted(*found));
    let (excepted_similar, similar) =
        similar.into_iter().partition(|alike| index.is_excepted(alike.found));
    let same_by_id = |all: Vec<_>| by_id(index, all, |&(found, name)| (found, name));
    let similar_by_id = |all: Vec<Alike>| by_id(index, all, |alike| (alike.found, alike.algorithm));
    let excepted = same_by_id(excepted_same).len() + similar_by_id(excepted_similar).len();
    let (same, similar) = (same_by_id(same), similar_by_id(similar));
    let found = (same.len() + similar.len()) as u64;
    // Neither kind may push the other out of the list.
    let room_for_same = options.max_matches - similar.len().min(options.max_matches / 2);
    let told = same.into_iter().take(room_for_same);
    let mut listed: Vec<Match> =
        told.map(|((one, name), entries)| tell_same(index, one, name, entries)).collect();
    let room = options.max_matches.saturating_sub(listed.len());
    let told = similar.iter().take(room);
    listed.extend(told.map(|(alike, entries)| tell_similar(index, alike, *entries)));
    Matches { listed, found, excepted: excepted as u64 }
}

/// Makes one of all entries of a list that share an id and were found by the same algorithm or
/// digest: the first, with how many they are. What lacks an id stands for itself.
///
/// Each algorithm and each digest is a finding of its own: that two of them agree, or that an MD5
/// is equal where the SHA-256 is not, is to be seen.
fn by_id<T, By: Ord>(
    index: &HashIndex,
    all: Vec<T>,
    which: impl Fn(&T) -> (Found, By),
) -> Vec<(T, u64)> {
    let mut places = BTreeMap::new();
    let mut firsts: Vec<(T, u64)> = Vec::new();
    for one in all {
        let (found, by) = which(&one);
        if let Some(id) = index.entry(found).into_owned().id {
            let place = *places.entry((found.list, by, id)).or_insert(firsts.len());
            if let Some((_, entries)) = firsts.get_mut(place) {
                *entries += 1;
                continue;
            }
        }
        firsts.push((one, 1));
    }
    firsts
}

fn tell_same(index: &HashIndex, found: Found, by: &str, entries: u64) -> Match {
    let entry = index.entry(found);
    Match {
        how: How::SameFile,
        list: index.lists()[found.list].name.clone(),
        entry: entry.id.as_deref().map(str::to_owned),
        line: entry.line,
        label: entry.label.as_deref().map(str::to_owned),
        notes: entry.notes.as_deref().cloned().map(Box::new),
        entries,
        by: by.to_owned(),
        level: None,
        distance: None,
        max_distance: None,
        orientation: None,
        negative: false,
        region: None,
        distance_before: None,
    }
}

fn tell_similar(index: &HashIndex, alike: &Alike, entries: u64) -> Match {
    Match {
        how: How::SimilarImage,
        level: alike.level,
        distance: Some(alike.found.distance),
        max_distance: Some(alike.max),
        orientation: Some(alike.turn),
        negative: alike.negative,
        region: alike.seen,
        distance_before: alike.before,
        ..tell_same(index, alike.found, &alike.algorithm.to_string(), entries)
    }
}

/// Algorithms whose hashes the lists hold.
pub(super) fn algorithms_of(index: &HashIndex) -> Vec<Algorithm> {
    index.algorithms().map(|(algorithm, _)| algorithm).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    #[test]
    fn a_panic_while_comparing_is_a_reason_in_the_record_and_what_was_hashed_stays() {
        let record = Record::new(0, 0, Path::new("a.jpg"));
        let mut record = Record { outcome: Outcome::Hashed, matches_found: 3, ..record };
        let row: Vec<u64> = Vec::new();
        tell(&mut record, || Matches { listed: Vec::new(), found: row[3], excepted: 0 });
        assert_eq!((record.outcome, record.matches_found), (Outcome::Failed, 0));
        assert_eq!(record.reason, Some(Reason::ComparisonPanic));
        assert!(record.is_unexamined());
        let detail = record.detail.unwrap();
        assert!(detail.contains("index out of bounds"), "{detail}");
    }
}
