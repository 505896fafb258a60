//! What is said of an entry that a candidate matches.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::hash::{Distance, MaxDistance, Quality};
use crate::list::Notes;
use crate::orientation::Orientation;
use crate::view::{Place, View};

/// An entry that a candidate matches: something for a human to look at, never a verdict.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Match {
    /// By what it was found.
    pub how: How,
    /// The list's name.
    pub list: String,
    /// The entry's id in the list, where it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entry: Option<String>,
    /// How many entries of the list have this id and were found by the same algorithm or digest;
    /// they are one match, and the surest and nearest of them is told. Absent for one.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub entries: u64,
    /// The entry's line or record in the list, from 1.
    pub line: u64,
    /// The entry's label in the list, where it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// What else the list says of the entry, in its own words and numbers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notes: Option<Box<Notes>>,
    /// The name of the algorithm or digest.
    pub by: String,
    /// How sure it is; absent for digests, for other hashes than PDQ's, and where a plain max
    /// distance was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level: Option<Level>,
    /// How far the hashes are apart, in bits; absent for digests.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub distance: Option<Distance>,
    /// The bound in force, inclusive; absent for digests.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_distance: Option<MaxDistance>,
    /// How the picture, as a viewer shows it, must be turned to be like the entry's; absent for
    /// digests.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub orientation: Option<Orientation>,
    /// Whether it is the negative of the picture, bright and dark exchanged, that is like the
    /// entry's.
    #[serde(default, skip_serializing_if = "super::is_false")]
    pub negative: bool,
    /// Which region of the picture is like the entry's; absent for the whole, hashed in PDQ's own
    /// way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<Seen>,
    /// For level `registered`: how far the hashes were apart before the region was moved, in bits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub distance_before: Option<Distance>,
}

/// Of how many entries most matches are.
fn one() -> u64 {
    1
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature that serde asks for")]
fn is_one(value: &u64) -> bool {
    *value == one()
}

/// A region that is like an entry's picture.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Seen {
    /// What it is.
    pub view: View,
    /// Where it is.
    pub place: Place,
    /// PDQ's quality of it.
    pub quality: Quality,
}

/// How sure a match by hash is. None of them is a proof.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// So near that an unrelated picture is hardly ever found.
    Match,
    /// Found by moving a region to where it fits the entry's hash best (`--effort deep`).
    Registered,
    /// Farther, but still unlikely to be unrelated.
    Likely,
    /// So far that some unrelated pictures are among them; only when asked for.
    Possible,
}

impl Level {
    /// All, the surest first.
    pub const ALL: [Self; 4] = [Self::Match, Self::Registered, Self::Likely, Self::Possible];
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Match => "match",
            Self::Registered => "registered",
            Self::Likely => "likely",
            Self::Possible => "possible",
        })
    }
}

/// What a match says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum How {
    /// The digests are equal: it is the same file, byte for byte.
    SameFile,
    /// The hashes are near each other, at whatever distance, 0 included.
    SimilarImage,
}
