//! The first line of a report: what was run, with what, and when.

use std::path::Path;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Level, Record};
use crate::hash::{Algorithm, Distance, MaxDistance, Quality};
use crate::list::Counts;
use crate::view::{Effort, Enrolment};

/// What was run, with what, and when.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Run {
    /// [`super::SCHEMA`].
    pub schema: u32,
    /// The version of kinga.
    pub version: String,
    /// The commit that it was built from, or "unknown".
    pub commit: String,
    /// The command line, program name first. What is not UTF-8 is replaced.
    pub argv: Vec<String>,
    /// The settings in force, given or default.
    pub settings: Settings,
    /// Where the walk began; records refer to these by number, from 0.
    pub roots: Vec<RootUsed>,
    /// The hash lists, in the order given.
    pub lists: Vec<ListUsed>,
    /// The lists of known files; absent for none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub known: Vec<ListUsed>,
    /// The entries of which matches are not reported; absent for none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exceptions: Option<ExceptionsUsed>,
    /// When the run began, UTC, RFC 3339.
    pub started: String,
}

impl Run {
    /// Where the file of a record is, for people: the root's path and the record's.
    pub fn locate(&self, record: &Record) -> String {
        match self.roots.get(record.root) {
            Some(RootUsed { path, kind: RootKind::Folder }) => {
                Path::new(path).join(&record.path).to_string_lossy().into_owned()
            }
            Some(RootUsed { path, kind: RootKind::File }) => path.clone(),
            Some(RootUsed { kind: RootKind::List, .. }) | None => record.path.clone(),
        }
    }
}

/// One of the roots of a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RootUsed {
    /// As it was given. What is not UTF-8 is replaced.
    pub path: String,
    /// What it is.
    pub kind: RootKind,
}

/// What a root is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum RootKind {
    /// A folder: paths of its records are relative to it.
    Folder,
    /// A file: the path of its record is its name.
    File,
    /// A list of paths: paths of its records are as the list has them.
    List,
}

/// The settings in force.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Which hashes are made, by whom, and how near they match.
    pub algorithms: Vec<AlgorithmUsed>,
    /// Which digests are made: `md5`, `sha1`, `sha256`.
    pub digests: Vec<String>,
    /// In how many ways each candidate is hashed and compared.
    pub effort: Effort,
    /// How much of that the records hold, so that they can be matched again as well as the images.
    pub kept: Effort,
    /// Which crops of each picture were hashed to be further entries; absent for none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enrol: Option<Enrolment>,
    /// The distances that the levels go up to; absent where nothing is matched, or where a plain
    /// max distance was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub levels: Option<Levels>,
    /// A candidate of lower quality is not matched by its hash.
    pub min_quality: Quality,
    /// At most so many matches of a candidate are listed; `matches_found` counts all.
    pub max_matches: usize,
    /// Whether all pixels of every picture were decoded, or of ordinary JPEG files no more of the
    /// brightness than PDQ looks at.
    pub full_decode: bool,
    /// A picture of more pixels is not decoded.
    pub max_pixels: u64,
    /// A picture that needs more bytes to decode is not decoded.
    pub max_memory: u64,
    /// A picture whose file has more bytes is not decoded.
    pub max_file_bytes: u64,
    /// Larger files were left out on request.
    pub max_size: Option<u64>,
    /// Patterns that were left out on request.
    pub exclude: Vec<String>,
    /// Whether symbolic links are followed.
    pub follow: bool,
    /// Whether other file systems are left out.
    pub one_file_system: bool,
    /// How many candidates are worked on at the same time.
    pub threads: usize,
    /// How well the processes are confined that looked at what is in files: `full`, `partial: ...`
    /// with what is missing, or `none`; absent where no file was looked at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sandbox: Option<String>,
    /// After so many seconds a file was given up, unless six times as many were enough when it was
    /// tried again; absent without such processes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout: Option<f64>,
}

/// The distances, inclusive, that the levels of PDQ matches go up to.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Levels {
    /// Where the whole picture is like the entry's.
    pub whole: Bounds,
    /// Where a region of it is.
    pub regions: Bounds,
    /// The lowest level that is reported.
    pub lowest: Level,
    /// PDQ entries of all lists, from which the distances follow.
    pub entries: u64,
    /// How many false matches are to be expected in a million unrelated pictures, at most: with
    /// level `match`, with `likely`, and with `possible` included; absent where the distances were
    /// given on the command line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub false_matches_per_million: Option<[f64; 3]>,
    /// For effort `deep`: entries within this distance of a region are tried; absent otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub register_within: Option<MaxDistance>,
    /// For effort `deep`: the distance up to which they are level `registered`; absent otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub registered: Option<MaxDistance>,
}

impl Levels {
    /// The same with other bounds, of which no false matches are known.
    #[must_use]
    pub fn with(self, whole: Option<Bounds>, regions: Option<Bounds>) -> Self {
        Self {
            whole: whole.unwrap_or(self.whole),
            regions: regions.unwrap_or(self.regions),
            false_matches_per_million: None,
            ..self
        }
    }
}

/// The largest distance, inclusive, of each level.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Bounds {
    /// Of level `match`.
    #[serde(rename = "match")]
    pub matching: MaxDistance,
    /// Of level `likely`.
    pub likely: MaxDistance,
    /// Of level `possible`.
    pub possible: MaxDistance,
}

impl Bounds {
    /// The level of a distance; none beyond them all.
    pub fn level(&self, distance: Distance) -> Option<Level> {
        let levels = [
            (self.matching, Level::Match),
            (self.likely, Level::Likely),
            (self.possible, Level::Possible),
        ];
        levels.iter().find(|(max, _)| max.admits(distance)).map(|&(_, level)| level)
    }

    /// The largest distance at which this level or a surer one is reached.
    pub fn of(&self, level: Level) -> MaxDistance {
        match level {
            Level::Match | Level::Registered => self.matching,
            Level::Likely => self.likely,
            Level::Possible => self.possible,
        }
    }
}

/// One of the algorithms of a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AlgorithmUsed {
    /// Its name, which includes size and pre-processing.
    pub algorithm: Algorithm,
    /// The code that makes its hashes, with its version.
    pub made_by: String,
    /// The largest distance, inclusive, at which hashes match; absent where nothing is matched.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_distance: Option<MaxDistance>,
}

/// One of the hash lists of a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListUsed {
    /// Its name as given; matches refer to it.
    pub name: String,
    /// Its format, by the name that `--list-format` takes.
    pub format: String,
    /// SHA-256 of its bytes.
    pub sha256: String,
    /// The algorithms of its hashes.
    pub algorithms: Vec<Algorithm>,
    /// What was in it, and what of that could not be searched for.
    pub counts: Counts,
    /// Whether it is a report of kinga's that was cut off or interrupted: entries may be missing.
    pub cut_off: bool,
    /// The key that it was signed with, and what is said with the signature; absent where none was asked
    /// for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signature: Option<String>,
    /// The compiled file that it was taken from; absent where the list itself was read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub compiled: Option<CompiledUsed>,
}

/// A file of exceptions (`kinga list remove`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExceptionsUsed {
    /// Its name as given.
    pub file: String,
    /// SHA-256 of its bytes.
    pub sha256: String,
    /// How many entries of the lists are excepted.
    pub entries: u64,
    /// How many of its exceptions fit no entry of these lists.
    pub unused: u64,
}

/// A compiled file (`kinga list build`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CompiledUsed {
    /// Its name as given.
    pub file: String,
    /// SHA-256 of its header, which holds the digests of all its parts.
    pub digest: String,
}
