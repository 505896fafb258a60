//! From candidates to records: examine one ([`Examiner::examine`]), work on many in parallel and
//! keep their order ([`in_order`]), match earlier records again ([`rematch()`]).

mod asking;
mod digest;
mod examine;
mod fingerprint;
mod guard;
mod levels;
mod matching;
mod order;
mod read;
mod recall;
mod registering;
mod rematch;

pub use digest::DigestKinds;
pub use examine::Examiner;
pub use fingerprint::{Fingerprint, HashOptions, Searched, fingerprint};
pub use guard::is_guarded;
pub use levels::levels;
pub use matching::{MatchOptions, search_one};
pub use order::{Ended, in_order};
pub use recall::Recall;
pub use rematch::{RematchError, missing_algorithms, rematch};

/// What is done with each candidate.
#[derive(Clone, Debug)]
pub struct ScanOptions {
    /// How pictures become hashes.
    pub hashing: HashOptions,
    /// Whether records keep all hashes that were made, or only those of the whole as a viewer shows
    /// it.
    pub keep_all: bool,
    /// Which digests are made.
    pub digests: DigestKinds,
    /// A picture whose file has more bytes is not decoded.
    pub max_file_bytes: u64,
    /// A file with more bytes is left out on request.
    pub max_size: Option<u64>,
    /// What counts as a match.
    pub matching: MatchOptions,
}

/// The default of [`ScanOptions::max_file_bytes`], 512 MiB: it bounds what one file can make kinga
/// hold in memory, and is ten times the size of the largest photographs.
pub const DEFAULT_MAX_FILE_BYTES: u64 = 512 << 20;
