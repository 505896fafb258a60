//! What was found of the edits of a group.

use super::report::{GroupResult, LevelShares};
use crate::hash::Distance;
use crate::record::Level;

/// What became of one edited picture.
#[derive(Clone, Debug)]
pub(super) struct Outcome {
    /// The surest level at which its original was found.
    pub(super) level: Option<Level>,
    /// How far the nearest of its hashes is from its original's.
    pub(super) nearest: Distance,
    /// How far the nearest of them is from the hash of another picture.
    pub(super) unrelated: Distance,
    pub(super) hashes: usize,
    pub(super) seconds: f64,
    /// Unrelated entries that were found, by level.
    pub(super) false_matches: Vec<Level>,
}

/// Outcomes of one group or one edit.
#[derive(Clone, Debug, Default)]
pub(super) struct Tally {
    outcomes: Vec<Outcome>,
}

impl Tally {
    pub(super) fn add(&mut self, outcome: &Outcome) {
        self.outcomes.push(outcome.clone());
    }

    #[expect(clippy::cast_precision_loss, reason = "shares and means")]
    pub(super) fn result(&self, name: &str) -> GroupResult {
        let all = self.outcomes.len();
        let share = |found: usize| if all == 0 { 0.0 } else { found as f64 / all as f64 };
        let up_to = |last: Level| {
            let sure = |outcome: &&Outcome| outcome.level.is_some_and(|level| level <= last);
            share(self.outcomes.iter().filter(sure).count())
        };
        let mean =
            |of: fn(&Outcome) -> f64| self.outcomes.iter().map(of).sum::<f64>() / all.max(1) as f64;
        let mut distances: Vec<Distance> = self.outcomes.iter().map(|one| one.nearest).collect();
        distances.sort_unstable();
        let quantile = |tenth: usize| distances.get(all * tenth / 10).copied();
        GroupResult {
            name: name.to_owned(),
            pictures: all as u64,
            recall: LevelShares {
                matching: up_to(Level::Match),
                registered: up_to(Level::Registered),
                likely: up_to(Level::Likely),
                possible: up_to(Level::Possible),
            },
            auc: self.auc(),
            median_distance: quantile(5),
            ninth_decile: quantile(9),
            hashes: mean(|one| one.hashes as f64),
            milliseconds: mean(|one| one.seconds * 1e3),
            false_matches: self.outcomes.iter().map(|one| one.false_matches.len() as u64).sum(),
        }
    }

    /// How often an edited picture is nearer to its original than one is to another picture:
    /// 1 for always, 0.5 for chance. Equal distances count half.
    fn auc(&self) -> f64 {
        let mut unrelated: Vec<Distance> = self.outcomes.iter().map(|one| one.unrelated).collect();
        unrelated.sort_unstable();
        let farther = |outcome: &Outcome| {
            let nearer = unrelated.partition_point(|&distance| distance < outcome.nearest);
            let not_farther = unrelated.partition_point(|&distance| distance <= outcome.nearest);
            #[expect(clippy::cast_precision_loss, reason = "a share")]
            let share =
                (2 * unrelated.len() - nearer - not_farther) as f64 / (2 * unrelated.len()) as f64;
            share
        };
        #[expect(clippy::cast_precision_loss, reason = "a mean")]
        let all = self.outcomes.len().max(1) as f64;
        self.outcomes.iter().map(farther).sum::<f64>() / all
    }
}
