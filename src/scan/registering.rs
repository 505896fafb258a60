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

/// So many hashes are searched for together.
const TOGETHER: usize = 16;

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
    let most = options.register.most;
    let mut nearest: BTreeMap<Hash, Start> = BTreeMap::new();
    // A list full of what is near is to fill no memory: few at a time, and of each the nearest.
    for asked in movable.chunks(TOGETHER) {
        let max = options.register.within;
        let queries: Vec<Query> =
            asked.iter().map(|&Asked { hash, .. }| Query { hash, max }).collect();
        for (asked, found) in asked.iter().zip(index.lookup_each(Algorithm::Pdq, &queries)) {
            let Some(region) = asked.region else { continue };
            let mut told = BTreeSet::new();
            for found in found {
                let Some(hash) = hash_of(index, found) else { continue };
                if matched.contains(&hash) || !told.insert(hash) {
                    continue;
                }
                let start = Start { distance: found.distance, hash, asked: *asked, region };
                let known = nearest.entry(hash).or_insert_with(|| Start { ..start });
                if start.distance < known.distance {
                    *known = start;
                }
                if told.len() == most {
                    break;
                }
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
