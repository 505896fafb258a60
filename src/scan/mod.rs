//! From candidates to records: examine one ([`Examiner::examine`]), work on many in parallel and
//! keep their order ([`in_order`]; [`Station`] is what each thread of a run over files does), match
//! earlier records again ([`rematch()`]).

mod asking;
mod crowds;
mod digests;
mod examine;
mod known;
mod levels;
mod matching;
mod order;
mod recall;
mod registering;
mod rematch;
mod station;

pub use asking::{Searched, searched};
pub use crowds::Crowds;
pub use examine::Examiner;
pub use known::KnownFiles;
pub use levels::levels;
pub use matching::{MatchOptions, search_one};
pub use order::{Ended, Work, in_order, in_order_by};
pub use rematch::{RematchError, missing_algorithms, rematch};
pub use station::Station;

use crate::content::{ContentOptions, DigestKinds, HashOptions};

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

impl ScanOptions {
    /// What of it is done with a file's content.
    pub fn content(&self) -> ContentOptions {
        let Self { hashing, digests, max_file_bytes, max_size, .. } = self.clone();
        ContentOptions { hashing, digests, max_file_bytes, max_size }
    }
}

/// The default of [`ScanOptions::max_file_bytes`], 512 MiB: it bounds what one file can make kinga
/// hold in memory, and is ten times the size of the largest photographs.
pub const DEFAULT_MAX_FILE_BYTES: u64 = 512 << 20;
