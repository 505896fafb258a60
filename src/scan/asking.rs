//! Which hashes of a candidate are searched for, how far, and what of the entries found is told.

use std::collections::BTreeMap;

use super::matching::{Candidate, MatchOptions};
use crate::algorithm::Hashes;
use crate::content::Fingerprint;
use crate::hash::{Algorithm, Distance, Hash, MaxDistance};
use crate::index::{Found, HashIndex, Query};
use crate::orientation::Orientation;
use crate::record::{Level, Levels, Seen};
use crate::region::Region;
use crate::view::{Place, View};

/// An entry that is like a candidate, and how.
#[derive(Clone, Copy, Debug)]
pub(super) struct Alike {
    pub(super) found: Found,
    pub(super) algorithm: Algorithm,
    /// None where a plain max distance is in force.
    pub(super) level: Option<Level>,
    /// The bound in force.
    pub(super) max: MaxDistance,
    pub(super) turn: Orientation,
    pub(super) negative: bool,
    /// Which region it is; none for the plain hash of the whole.
    pub(super) seen: Option<Seen>,
    /// Before the region was moved, if it was.
    pub(super) before: Option<Distance>,
}

impl Alike {
    /// What is told first: the surest, then the nearest. Of equals, whichever was hashed first.
    fn rank(&self) -> (Option<Level>, Distance) {
        (self.level, self.found.distance)
    }
}

/// A hash that is searched for.
#[derive(Clone, Copy)]
pub(super) struct Asked {
    pub(super) hash: Hash,
    pub(super) turn: Orientation,
    pub(super) negative: bool,
    pub(super) region: Option<usize>,
    pub(super) whole: bool,
    /// Whether levels beyond `match` are looked for.
    pub(super) goes_far: bool,
}

/// A PDQ hash that is searched for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Searched {
    /// The hash, or that of the negative.
    pub hash: Hash,
    /// Whether it is of the whole picture.
    pub whole: bool,
    /// Whether levels beyond `match` are looked for.
    pub goes_far: bool,
}

/// All PDQ hashes of a picture that are searched for, those of negatives included.
pub fn searched(print: &Fingerprint) -> impl Iterator<Item = Searched> {
    let Fingerprint { hashes, regions, .. } = print;
    let candidate = Candidate { digests: &[], hashes, regions, sight: None };
    let asked = asked(Algorithm::Pdq, &candidate, &MatchOptions::default());
    asked.into_iter().map(|Asked { hash, whole, goes_far, .. }| Searched { hash, whole, goes_far })
}

/// All entries that are like the candidate, each once, as sure and as near as it was found; by
/// list and entry.
pub(super) fn alike(
    index: &HashIndex,
    candidate: &Candidate<'_>,
    options: &MatchOptions,
) -> Vec<Alike> {
    let mut best: BTreeMap<(usize, usize), Alike> = BTreeMap::new();
    let mut keep = |alike: Alike| {
        let known = best.entry((alike.found.list, alike.found.entry)).or_insert(alike);
        if alike.rank() < known.rank() {
            *known = alike;
        }
    };
    for (algorithm, plain) in index.algorithms() {
        let levels = options.levels.filter(|_| algorithm == Algorithm::Pdq);
        let asked = asked(algorithm, candidate, options);
        let query = |asked: &Asked| Query { hash: asked.hash, max: asked.reach(levels, plain) };
        let queries: Vec<Query> = asked.iter().map(query).collect();
        for (asked, found) in asked.iter().zip(index.lookup_each(algorithm, &queries)) {
            for found in found {
                let (level, max) = asked.level(levels, plain, found.distance);
                let Asked { turn, negative, region, .. } = *asked;
                let seen = region.map(|number| seen(&candidate.regions[number]));
                keep(Alike { found, algorithm, level, max, turn, negative, seen, before: None });
            }
        }
    }
    best.into_values().collect()
}

pub(super) fn seen(region: &Region) -> Seen {
    let Region { view, place, quality, .. } = *region;
    Seen { view, place, quality }
}

/// The hashes by this algorithm.
pub(super) fn asked(
    algorithm: Algorithm,
    candidate: &Candidate<'_>,
    options: &MatchOptions,
) -> Vec<Asked> {
    let of_kind = candidate.hashes.iter().filter(|hashes| hashes.algorithm == algorithm);
    let told = of_kind.filter(|hashes| !options.is_low(hashes));
    let plain = told.flat_map(|Hashes { turned, .. }| turned).map(|&(turn, hash)| Asked {
        hash,
        turn,
        negative: false,
        region: None,
        whole: true,
        goes_far: candidate.regions.is_empty(),
    });
    let regions: &[Region] = if algorithm == Algorithm::Pdq { candidate.regions } else { &[] };
    let telling =
        regions.iter().enumerate().filter(|(_, region)| region.quality >= options.min_quality);
    let whole = regions.iter().find(|region| region.view == View::Whole).map(|region| region.place);
    let regions = telling.flat_map(|(number, region)| of_region(number, region, whole));
    plain.chain(regions).collect()
}

fn of_region(number: usize, region: &Region, whole: Option<Place>) -> Vec<Asked> {
    let as_seen = |&(turn, hash): &(Orientation, Hash)| Asked {
        hash,
        turn,
        negative: false,
        region: Some(number),
        whole: region.view.is_whole(),
        goes_far: goes_far(region, turn, whole),
    };
    let mut asked: Vec<Asked> = region.turned.iter().map(as_seen).collect();
    if region.view == View::Whole {
        // The hash of a negative has the opposite bits.
        let negative = |asked: &Asked| Asked {
            hash: asked.hash.opposite(),
            negative: true,
            goes_far: false,
            ..*asked
        };
        asked.extend(asked.clone().iter().map(negative));
    }
    asked
}

/// Whether levels beyond `match` are looked for: they take most of the time, and what brings a
/// picture so far (something drawn over it, a crop) hardly ever comes with a quarter turn. A window
/// within the picture, which is the `whole`, shows nothing that was guessed, and is near or not at all.
fn goes_far(region: &Region, turn: Orientation, whole: Option<Place>) -> bool {
    let Region { view, place, .. } = region;
    let usual = matches!(turn, Orientation::Upright | Orientation::Mirrored);
    usual
        && match view {
            View::Whole | View::Framed => true,
            View::Window => {
                whole.is_none_or(|all| place.width > all.width || place.height > all.height)
            }
            View::Squashed => false,
        }
}

impl Asked {
    /// How far to search.
    fn reach(&self, levels: Option<Levels>, plain: MaxDistance) -> MaxDistance {
        match levels {
            Some(levels) => {
                let bounds = if self.whole { levels.whole } else { levels.regions };
                if self.goes_far { bounds.of(levels.lowest) } else { bounds.matching }
            }
            None => plain,
        }
    }

    /// What a distance means, and the bound that it is within.
    fn level(
        &self,
        levels: Option<Levels>,
        plain: MaxDistance,
        distance: Distance,
    ) -> (Option<Level>, MaxDistance) {
        let Some(levels) = levels else { return (None, plain) };
        let bounds = if self.whole { levels.whole } else { levels.regions };
        let level = bounds.level(distance).unwrap_or(Level::Possible);
        (Some(level), bounds.of(level))
    }
}
