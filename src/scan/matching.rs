//! What counts as a match, and how matches are told.

use crate::algorithm::Hashes;
use crate::hash::{Algorithm, Hash, MaxDistance, Quality};
use crate::index::{Digest, Found, HashIndex};
use crate::orientation::Orientation;
use crate::record::{How, Match};

/// What counts as a match.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MatchOptions {
    /// A hash of lower quality is not searched for.
    pub min_quality: Quality,
    /// At most so many matches of a candidate are listed.
    pub max_matches: usize,
}

impl Default for MatchOptions {
    fn default() -> Self {
        Self { min_quality: Quality::DEFAULT_MIN, max_matches: 10 }
    }
}

impl MatchOptions {
    /// Whether these hashes say too little to be searched for.
    pub(super) fn is_low(&self, hashes: &Hashes) -> bool {
        hashes.quality.is_some_and(|quality| quality < self.min_quality)
    }
}

/// Matches of one candidate: those listed, and how many there are.
pub(super) struct Matches {
    pub(super) listed: Vec<Match>,
    pub(super) found: u64,
}

/// Searches for a candidate's digests and hashes. Same files come first, then similar images by
/// distance, list and entry.
pub(super) fn search(
    index: &HashIndex,
    digests: &[(&'static str, Digest)],
    hashes: &[Hashes],
    options: &MatchOptions,
) -> Matches {
    let same: Vec<(Found, &str)> = digests
        .iter()
        .flat_map(|&(name, digest)| {
            index.lookup_digest(digest).into_iter().map(move |one| (one, name))
        })
        .collect();
    let mut similar = Vec::new();
    for (algorithm, max_distance) in index.algorithms() {
        let of_kind = hashes.iter().filter(|hashes| hashes.algorithm == algorithm);
        for hashes in of_kind.filter(|hashes| !options.is_low(hashes)) {
            let nearest = nearest(index, hashes);
            similar.extend(nearest.into_iter().map(|near| (near, algorithm, max_distance)));
        }
    }
    let found = (same.len() + similar.len()) as u64;
    // Neither kind may push the other out of the list.
    let room_for_same = options.max_matches - similar.len().min(options.max_matches / 2);
    let told = same.into_iter().take(room_for_same);
    let mut listed: Vec<Match> =
        told.map(|(one, name)| tell(index, one, How::SameFile, name.to_owned(), None)).collect();
    similar.sort_by_key(|&((found, _), algorithm, _)| (found, algorithm));
    let room = options.max_matches.saturating_sub(listed.len());
    let told = similar.into_iter().take(room).map(|((one, turn), algorithm, max)| {
        tell(index, one, How::SimilarImage, algorithm.to_string(), Some((max, turn)))
    });
    listed.extend(told);
    Matches { listed, found }
}

/// Every entry near any of the orientations, once, with the orientation that is nearest.
fn nearest(index: &HashIndex, hashes: &Hashes) -> Vec<(Found, Orientation)> {
    let turned: Vec<Hash> = hashes.turned.iter().map(|&(_, hash)| hash).collect();
    let found = index.lookup_batch(hashes.algorithm, &turned);
    let mut all: Vec<(Found, Orientation)> = (hashes.turned.iter().zip(found))
        .flat_map(|(&(turn, _), found)| found.into_iter().map(move |one| (one, turn)))
        .collect();
    // Stable, so that of orientations that are equally near the first is told.
    all.sort_by_key(|&(found, _)| (found.list, found.entry, found.distance));
    all.dedup_by_key(|(found, _)| (found.list, found.entry));
    all
}

fn tell(
    index: &HashIndex,
    found: Found,
    how: How,
    by: String,
    similar: Option<(MaxDistance, Orientation)>,
) -> Match {
    let entry = index.entry(found);
    Match {
        how,
        list: index.lists()[found.list].name.clone(),
        entry: entry.id.as_deref().map(str::to_owned),
        line: entry.line,
        label: entry.label.as_deref().map(str::to_owned),
        by,
        distance: similar.is_some().then_some(found.distance),
        max_distance: similar.map(|(max, _)| max),
        orientation: similar.map(|(_, turn)| turn),
    }
}

/// Algorithms whose hashes the lists hold.
pub(super) fn algorithms_of(index: &HashIndex) -> Vec<Algorithm> {
    index.algorithms().map(|(algorithm, _)| algorithm).collect()
}
