//! The evaluation itself.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use rayon::prelude::*;

use super::clock::worked;
use super::list::{Known, others, row};
use super::report::Evaluation;
use super::tail::{SEEN_UP_TO, Tail};
use super::tally::{Outcome, Tally};
use super::{EvalError, EvalOptions, Original};
use crate::content::{DigestKinds, Fingerprint, HashOptions};
use crate::edit::{EDITS, Edit, Group};
use crate::hash::{Algorithm, Distance, Hash, MaxDistance};
use crate::index::Query;
use crate::record::{How, Level, Levels};
use crate::region::RegisterOptions;
use crate::scan::{
    DEFAULT_MAX_FILE_BYTES, Examiner, MatchOptions, ScanOptions, Searched, levels, searched,
};

/// Lists of so many entries are spoken of.
const EXPECTED_FOR: [u64; 3] = [1_000_000, 10_000_000, 100_000_000];

/// Unrelated pairs are counted for one edited picture in so many: it takes longer than all else.
const TAIL_OF: usize = 4;

/// A region is moved to fit an unrelated entry only if the entry is within this distance of it.
const HARD_WITHIN: MaxDistance = MaxDistance(90);

/// Everything that is measured with.
struct Bench<'a> {
    originals: &'a [Original],
    known: &'a Known,
    examiner: Examiner,
    options: &'a EvalOptions,
}

/// What one edited picture came to.
struct Measured {
    edit: usize,
    outcome: Outcome,
    /// Hashes of the whole and of regions: all of them, then those that go beyond level `match`.
    counts: [[usize; 2]; 2],
    whole: Tail,
    regions: Tail,
    hard: Vec<Distance>,
}

/// Measures. `done` is told of each edited picture, from any thread.
///
/// # Errors
/// When there are fewer than 16 pictures with enough to see.
pub fn evaluate(
    originals: &[Original],
    options: &EvalOptions,
    done: &(dyn Fn() + Sync),
) -> Result<Evaluation, EvalError> {
    let known = Known::new(originals, options)?;
    let entries = options.as_if.unwrap_or(known.entries() as u64);
    let register = RegisterOptions::default();
    let levels = levels(entries, options.effort, options.lowest, &register);
    let matching =
        MatchOptions { max_matches: usize::MAX, levels: Some(levels), ..MatchOptions::default() };
    let hashing = HashOptions { effort: options.effort, ..HashOptions::new(Algorithm::Pdq) };
    let scanning = ScanOptions {
        hashing,
        keep_all: false,
        digests: DigestKinds::default(),
        max_file_bytes: DEFAULT_MAX_FILE_BYTES,
        max_size: None,
        matching,
    };
    let examiner = Examiner::new(scanning, Some(Arc::clone(&known.index)));
    let bench = Bench { originals, known: &known, examiner, options };
    let chosen: Vec<usize> = (0..originals.len()).filter(|&n| options.part.has(n)).collect();
    let edits: Vec<(usize, &Edit)> =
        EDITS.iter().enumerate().filter(|(_, edit)| options.groups.contains(&edit.group)).collect();
    let pairs: Vec<(usize, (usize, &Edit))> =
        chosen.iter().flat_map(|&n| edits.iter().map(move |&edit| (n, edit))).collect();
    let measure = |&(number, (place, edit)): &(usize, (usize, &Edit))| {
        let measured = bench.measure(number, place, edit);
        done();
        measured
    };
    let measured: Vec<Measured> = pairs.par_iter().map(measure).collect();
    Ok(summed_up(&measured, &bench, levels, chosen.len()))
}

impl Bench<'_> {
    /// Edits a picture and sends it on its way.
    fn measure(&self, number: usize, place: usize, edit: &Edit) -> Measured {
        let beside = others(self.originals, number);
        let lot = (number as u64) << 32 | place as u64;
        let seed = self.options.seed ^ lot.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let bytes = edit.apply(&self.originals[number].photo, &beside, seed);
        let begun = worked();
        let (record, print) = self.examiner.examine_bytes(Path::new(edit.name), &bytes);
        let seconds = worked().saturating_sub(begun).as_secs_f64();
        let hashes: Vec<Searched> =
            print.as_ref().map_or_else(Vec::new, |print| searched(print).collect());
        let nearest_to = |known: Hash| {
            let distances = hashes.iter().map(|searched| searched.hash.distance(known));
            distances.min().unwrap_or(Distance(256))
        };
        let stranger = (number + self.originals.len() / 2) % self.originals.len();
        let similar = record.matches.iter().filter(|found| found.how == How::SimilarImage);
        let told = similar.filter_map(|found| Some((row(found.line)?, found.level?)));
        let told: Vec<(usize, Level)> = told.collect();
        let own = told.iter().filter(|(row, _)| *row == number).map(|&(_, level)| level);
        let unrelated = told.iter().filter(|(row, _)| self.known.is_unrelated(*row, number));
        let count = |whole: bool, far: bool| {
            let of = |one: &&Searched| one.whole == whole && (one.goes_far || !far);
            hashes.iter().filter(of).count()
        };
        let counts = [false, true].map(|far| [true, false].map(|whole| count(whole, far)));
        let outcome = Outcome {
            level: own.min(),
            nearest: nearest_to(self.known.hashes[number]),
            unrelated: nearest_to(self.known.hashes[stranger]),
            hashes: hashes.len(),
            seconds,
            false_matches: unrelated.map(|&(_, level)| level).collect(),
        };
        let (whole, regions) = if (number + place).is_multiple_of(TAIL_OF) {
            self.tails(number, &hashes)
        } else {
            (Tail::new(), Tail::new())
        };
        let hard = print.as_ref().map_or_else(Vec::new, |print| self.hard(number, print));
        Measured { edit: place, outcome, counts, whole, regions, hard }
    }

    /// How near unrelated entries come to the whole picture and to its regions.
    fn tails(&self, number: usize, hashes: &[Searched]) -> (Tail, Tail) {
        let max = MaxDistance(SEEN_UP_TO);
        let query = |&Searched { hash, .. }: &Searched| Query { hash, max };
        let queries: Vec<Query> = hashes.iter().map(query).collect();
        let found = self.known.index.lookup_each(Algorithm::Pdq, &queries);
        let unrelated = self.known.unrelated(number);
        let mut tails = (Tail::new(), Tail::new());
        for (searched, found) in hashes.iter().zip(found) {
            let tail = if searched.whole { &mut tails.0 } else { &mut tails.1 };
            tail.compared(unrelated);
            for found in found {
                if self.known.is_unrelated(self.known.row_of(found), number) {
                    tail.add(found.distance.0);
                }
            }
        }
        tails
    }

    /// The distances that are reached when regions are moved to fit the nearest unrelated entries.
    fn hard(&self, number: usize, print: &Fingerprint) -> Vec<Distance> {
        let Some(sight) = print.sight.as_ref() else { return Vec::new() };
        let regions = print.regions.iter().enumerate();
        let turned = regions.flat_map(|(region, of)| {
            of.turned.iter().map(move |&(turn, hash)| (region, turn, hash))
        });
        let turned: Vec<_> =
            turned.filter(|&(region, turn, _)| sight.starts(region, turn)).collect();
        let query = |&(_, _, hash): &(usize, _, Hash)| Query { hash, max: HARD_WITHIN };
        let queries: Vec<Query> = turned.iter().map(query).collect();
        let mut starts = BTreeMap::new();
        for (n, found) in
            self.known.index.lookup_each(Algorithm::Pdq, &queries).into_iter().enumerate()
        {
            for found in found {
                let row = self.known.row_of(found);
                if self.known.is_unrelated(row, number) {
                    let start = starts.entry(row).or_insert((found.distance, n));
                    *start = (*start).min((found.distance, n));
                }
            }
        }
        let mut starts: Vec<(Distance, usize, usize)> =
            starts.into_iter().map(|(row, (distance, n))| (distance, n, row)).collect();
        starts.sort_unstable();
        let climb = |&(_, n, row): &(Distance, usize, usize)| {
            let (region, turn, _) = turned[n];
            Some(sight.register(region, turn, self.known.hashes[row])?.distance)
        };
        starts.iter().take(self.options.hard_negatives).filter_map(climb).collect()
    }
}

/// The figures of all that was measured.
fn summed_up(
    measured: &[Measured],
    bench: &Bench<'_>,
    levels: Levels,
    edited: usize,
) -> Evaluation {
    let mut all = Tally::default();
    let mut groups: BTreeMap<Group, Tally> = BTreeMap::new();
    let mut edits: BTreeMap<usize, Tally> = BTreeMap::new();
    let (mut whole, mut regions) = (Tail::new(), Tail::new());
    let mut hard: BTreeMap<Distance, u64> = BTreeMap::new();
    for one in measured {
        all.add(&one.outcome);
        groups.entry(EDITS[one.edit].group).or_default().add(&one.outcome);
        edits.entry(one.edit).or_default().add(&one.outcome);
        whole.join(&one.whole);
        regions.join(&one.regions);
        for &distance in &one.hard {
            *hard.entry(distance).or_default() += 1;
        }
    }
    let all = all.result("all");
    let expected = |&entries: &u64| expected_with(entries, (&whole, &regions), bench, measured);
    Evaluation {
        originals: bench.originals.len(),
        edited,
        entries: bench.known.entries(),
        effort: bench.options.effort,
        levels,
        groups: groups.iter().map(|(group, tally)| tally.result(&group.to_string())).collect(),
        edits: edits.iter().map(|(&edit, tally)| tally.result(EDITS[edit].name)).collect(),
        expected_false_matches: EXPECTED_FOR.iter().map(expected).collect(),
        unrelated_whole: whole.result(),
        unrelated_regions: regions.result(),
        hard_negatives: hard.into_iter().collect(),
        all,
    }
}

/// With a list of so many entries: the entries, and how many false matches are to be expected in a
/// picture at level `match`, and with `likely`.
#[expect(clippy::cast_precision_loss, reason = "estimates")]
fn expected_with(
    entries: u64,
    (whole, regions): (&Tail, &Tail),
    bench: &Bench<'_>,
    measured: &[Measured],
) -> (u64, f64, f64) {
    let EvalOptions { effort, lowest, .. } = *bench.options;
    let levels = levels(entries, effort, lowest, &RegisterOptions::default());
    let pictures = measured.len().max(1) as f64;
    // Comparisons in a picture: of the whole and of regions.
    let each = |far: usize, kind: usize| {
        let hashes: usize = measured.iter().map(|one| one.counts[far][kind]).sum();
        hashes as f64 / pictures * entries as f64
    };
    let at = |far: usize, level: Level| {
        each(far, 0) * whole.rate(levels.whole.of(level).0)
            + each(far, 1) * regions.rate(levels.regions.of(level).0)
    };
    let matching = at(0, Level::Match);
    (entries, matching, matching + at(1, Level::Likely))
}
