//! Entries that no region is near enough to, but that one can be moved to ([`Effort::Deep`]).
//!
//! [`Effort::Deep`]: crate::view::Effort::Deep

use std::collections::{BTreeMap, BTreeSet};

use super::asking::{Alike, Asked, asked, seen};
use super::matching::{Candidate, MatchOptions};
use crate::hash::{Algorithm, Distance, Hash, MaxDistance};
use crate::index::{Found, HashIndex, Query};
use crate::list::Known;
use crate::record::{Level, Seen};
use crate::region::RegisterOptions;

/// A listed hash within reach of a region.
struct Start {
    distance: Distance,
    hash: Hash,
    asked: Asked,
    region: usize,
}

/// Tries the nearest listed hashes that are not matched yet. Entries that a region can be moved to
/// are added, or take the place of what was less sure.
pub(super) fn register(
    index: &HashIndex,
    candidate: &Candidate<'_>,
    options: &MatchOptions,
    alike: &mut Vec<Alike>,
) {
    let Some(sight) = candidate.sight.filter(|_| options.levels.is_some()) else { return };
    for start in starts(index, candidate, options, alike) {
        let moved = sight.register(start.region, start.asked.turn, start.hash);
        let accepted = |distance| options.register.accept.admits(distance);
        let Some(moved) = moved.filter(|moved| accepted(moved.distance)) else { continue };
        let region = seen(&candidate.regions[start.region]);
        let one = |found: Found| Alike {
            found: Found { distance: moved.distance, ..found },
            algorithm: Algorithm::Pdq,
            level: Some(Level::Registered),
            max: options.register.accept,
            turn: start.asked.turn,
            negative: false,
            seen: Some(Seen { place: moved.place, ..region }),
            before: Some(start.distance),
        };
        let exact = [Query { hash: start.hash, max: MaxDistance(0) }];
        let entries = index.lookup_each(Algorithm::Pdq, &exact);
        entries.into_iter().flatten().for_each(|found| put(alike, one(found)));
    }
}

/// Adds an entry, or puts it in the place of what was less sure of it.
fn put(alike: &mut Vec<Alike>, one: Alike) {
    let same = |known: &&mut Alike| {
        (known.found.list, known.found.entry) == (one.found.list, one.found.entry)
    };
    match alike.iter_mut().find(same) {
        Some(known) if known.level > one.level => *known = one,
        Some(_) => {}
        None => alike.push(one),
    }
}

/// The nearest listed hashes within reach, but for those matched already; each once, with the
/// region that is nearest.
fn starts(
    index: &HashIndex,
    candidate: &Candidate<'_>,
    options: &MatchOptions,
    alike: &[Alike],
) -> Vec<Start> {
    let sure = alike.iter().filter(|alike| alike.level <= Some(Level::Match));
    let matched: BTreeSet<Hash> = sure.filter_map(|alike| hash_of(index, alike.found)).collect();
    let mut movable = asked(Algorithm::Pdq, candidate, options);
    movable.retain(|asked| {
        let starts = |region| candidate.sight.is_some_and(|sight| sight.starts(region, asked.turn));
        !asked.negative && asked.region.is_some_and(starts)
    });
    let RegisterOptions { within: max, most, .. } = options.register;
    let queries: Vec<Query> =
        movable.iter().map(|&Asked { hash, .. }| Query { hash, max }).collect();
    let mut nearest: BTreeMap<Hash, Start> = BTreeMap::new();
    // A list full of what is near is to fill no memory, and move no window for ever.
    let found = index.nearest_each(Algorithm::Pdq, &queries, most, &matched);
    for (asked, found) in movable.iter().zip(found) {
        let Some(region) = asked.region else { continue };
        for found in found {
            let Some(hash) = hash_of(index, found) else { continue };
            let start = Start { distance: found.distance, hash, asked: *asked, region };
            let known = nearest.entry(hash).or_insert_with(|| Start { ..start });
            if start.distance < known.distance {
                *known = start;
            }
        }
    }
    let mut starts: Vec<Start> = nearest.into_values().collect();
    starts.sort_by_key(|start| (start.distance, start.hash));
    starts.truncate(most);
    starts
}

fn hash_of(index: &HashIndex, found: Found) -> Option<Hash> {
    match index.entry(found).known {
        Known::Hash(Algorithm::Pdq, hash) => Some(hash),
        _ => None,
    }
}
