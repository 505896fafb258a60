//! The line with which a run begins or goes on.

use std::fmt::Debug;
use std::path::Path;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::record::{ListUsed, RootKind, Settings, path_text};

/// The version of the format of journals.
pub const FORMAT: u32 = 1;

/// A run that writes to a journal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Session {
    /// [`FORMAT`].
    pub journal: u32,
    /// A name of the run that no other has, by chance.
    pub id: String,
    /// The version of kinga.
    pub version: String,
    /// The commit that it was built from, or "unknown".
    pub commit: String,
    /// Where the walk began.
    pub roots: Vec<RootKey>,
    /// When it began, UTC, RFC 3339.
    pub started: String,
    /// The settings in force.
    pub settings: Settings,
    /// The hash lists with their digests.
    pub lists: Vec<ListUsed>,
    /// SHA-256 of all that matches depend on beside the file; absent where nothing is matched.
    pub question: Option<String>,
}

/// A root, by what it is known again, from whatever folder it is named.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RootKey {
    /// What it is.
    pub kind: RootKind,
    /// Its path with all links resolved; of a list of paths, its name.
    pub path: String,
    /// The bytes of its path as Base64, where they are not UTF-8.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path_b64: Option<String>,
}

impl RootKey {
    /// A root of this kind and path.
    pub fn new(kind: RootKind, path: &Path) -> Self {
        let (path, path_b64) = path_text(path);
        Self { kind, path, path_b64 }
    }
}

impl Session {
    /// A session of this version of kinga. `matching` is all that counts as a match beside what
    /// `settings` and `lists` say; none where nothing is matched.
    pub fn new(
        started: String,
        roots: Vec<RootKey>,
        settings: Settings,
        lists: Vec<ListUsed>,
        matching: Option<&dyn Debug>,
    ) -> Self {
        let question = matching.map(|matching| question(&settings, &lists, matching));
        Self {
            journal: FORMAT,
            id: random_id(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            commit: env!("KINGA_COMMIT").to_owned(),
            roots,
            started,
            settings,
            lists,
            question,
        }
    }
}

/// Sessions of the same version of kinga with equal questions find the same matches of a picture.
fn question(settings: &Settings, lists: &[ListUsed], matching: &dyn Debug) -> String {
    let Settings { algorithms, effort, .. } = settings;
    let all = format!("{algorithms:?} {effort:?} {lists:?} {matching:?}");
    hex::encode(Sha256::digest(all))
}

/// The standard library's hash maps take their keys from the system's randomness.
fn random_id() -> String {
    use std::hash::{BuildHasher, Hasher, RandomState};
    format!("{:016x}", RandomState::new().build_hasher().finish())
}

/// Roots for people: each in quotes.
pub(super) fn named(roots: &[RootKey]) -> String {
    let name = |root: &RootKey| format!("\"{}\"", root.path);
    let names: Vec<String> = roots.iter().map(name).collect();
    names.join(" and ")
}
