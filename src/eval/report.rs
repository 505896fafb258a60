//! What an evaluation says.

use schemars::JsonSchema;
use serde::Serialize;

use crate::hash::Distance;
use crate::record::Levels;
use crate::view::Effort;

/// The figures.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Evaluation {
    /// Pictures that there were.
    pub originals: usize,
    /// How many of them were edited.
    pub edited: usize,
    /// Entries of the list.
    pub entries: usize,
    /// In how many ways each edited picture was hashed.
    pub effort: Effort,
    /// The levels in force.
    pub levels: Levels,
    /// All edits together.
    pub all: GroupResult,
    /// Each group of edits.
    pub groups: Vec<GroupResult>,
    /// Each edit.
    pub edits: Vec<GroupResult>,
    /// Hashes of whole pictures against unrelated entries.
    pub unrelated_whole: TailResult,
    /// Hashes of regions against unrelated entries.
    pub unrelated_regions: TailResult,
    /// False matches to be expected in one picture with a list of so many entries, with the bounds
    /// that such a list has: entries, then at level `match`, then with `likely`.
    pub expected_false_matches: Vec<(u64, f64, f64)>,
    /// Unrelated entries that a region was moved to fit, by the distance that was reached; only at
    /// effort `deep`.
    pub hard_negatives: Vec<(Distance, u64)>,
}

/// What was found of some edits.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct GroupResult {
    /// Of the group or the edit.
    pub name: String,
    /// Edited pictures.
    pub pictures: u64,
    /// The share of them whose original was found.
    pub recall: LevelShares,
    /// How often an edited picture is nearer to its original than one is to another picture.
    pub auc: f64,
    /// The median of the distances of the nearest hash to the original's.
    pub median_distance: Option<Distance>,
    /// Nine in ten of the distances are below this.
    pub ninth_decile: Option<Distance>,
    /// Hashes of a picture, on average.
    pub hashes: f64,
    /// Processor time of a picture from bytes to record, on average.
    pub milliseconds: f64,
    /// Unrelated entries that were reported.
    pub false_matches: u64,
}

/// Shares found at a level or a surer one, 0 to 1.
#[derive(Clone, Copy, Debug, Serialize, JsonSchema)]
pub struct LevelShares {
    /// Level `match`.
    #[serde(rename = "match")]
    pub matching: f64,
    /// `match` or `registered`.
    pub registered: f64,
    /// `match`, `registered` or `likely`.
    pub likely: f64,
    /// Any.
    pub possible: f64,
}

/// How near unrelated pictures came.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct TailResult {
    /// Pairs of hashes that were compared.
    pub comparisons: u64,
    /// The smallest distance, if it is within what is looked at (80).
    pub nearest: Option<u16>,
    /// For some distances, how many pairs were within them.
    pub within: Vec<(u16, u64)>,
}
