//! Hash lists: bytes in, entries out, and every row accounted for.
//!
//! A format is told from the content ([`ListFormat`], `detect.rs`) or named by the user. Each
//! format has one file, which cuts the bytes into rows; all rows meet in `gather.rs`, where each
//! is put into exactly one class and counted. What is not searched for is never dropped: broken
//! rows are [`Problem`]s, kinds that kinga cannot match are in [`Counts::unmatchable`], and a list
//! with too much of the former is refused.
//!
//! 64 hex digits are a PDQ hash or a SHA-256. A header, a key, `hash=` or `pdq` before the value, or
//! the user says which. Where nothing does, popcounts must prove it, or the list is refused
//! ([`ListError::Ambiguous`]); the rules are those of `prove` in `settle.rs`. A value that is taken
//! for PDQ on such a proof, but has not the 128 bits set that a PDQ hash without ties has, may be a
//! digest among hashes: it gives two entries, and both readings are searched for.
//!
//! No message of this room repeats a hash: lists are personal data.

mod across;
mod column;
mod compiled;
mod csv;
mod detect;
mod difference;
mod document;
mod encase;
mod entries;
mod error;
mod exceptions;
mod feedback;
mod format;
mod gather;
mod hashdeep;
mod iped;
mod jsonl;
mod lines;
mod ncmec;
mod notes;
mod pdq_text;
mod poison;
mod records;
mod roots;
mod row;
mod settle;
mod snapshot;
#[cfg(feature = "sqlite")]
mod sqlite;
#[cfg(not(feature = "sqlite"))]
#[path = "without_sqlite.rs"]
mod sqlite;
mod stopncii;
mod sums;
mod tat;
mod te_cache;
mod threatexchange;
mod time;
mod value;
mod vics;
mod writers;

pub use across::{Withdrawn, settle_across};
pub use compiled::{CompiledIn, CompiledLists};
pub use difference::{Difference, Place, difference};
pub use entries::Entries;
pub use error::{ListError, Problem};
pub use exceptions::{Exception, Exceptions, ExceptionsError, file_name};
pub use feedback::{Review, UnclearReview, stopncii_feedback};
pub use format::{LIST_FORMATS, ListFormat, UnknownListFormat};
pub use notes::Notes;
pub use poison::{Suspicion, suspicious};
#[cfg(feature = "sqlite")]
pub use sqlite::write_kdb;
pub use writers::{Converted, WRITE_FORMATS, WriteFormat, write_lists};

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::fs::File;
use std::io::{self, BufReader, Read};
use std::num::NonZeroU32;
use std::path::Path;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::hash::{Algorithm, Hash, Quality};
use crate::mapped;

/// A hash list in memory.
#[derive(Debug)]
pub struct HashList {
    /// The list's file name as the user gave it, `-` for standard input; what is not UTF-8 is
    /// replaced.
    pub name: String,
    /// The format it was read as.
    pub format: ListFormat,
    /// SHA-256 of its bytes.
    pub sha256: [u8; 32],
    /// What to search for, in the order of the list, without withdrawn entries.
    pub entries: Entries,
    /// The algorithms that its entries need.
    pub algorithms: BTreeSet<Algorithm>,
    /// What became of its rows.
    pub counts: Counts,
    /// The first 20 broken rows; [`Counts::broken`] counts all.
    pub problems: Vec<Problem>,
    /// Whether the list says that there is more of it: kinga's own records in which a run has no
    /// summary, or one that says that it was interrupted, or pages without the last one.
    pub cut_off: bool,
    /// Whether it is by its format a list of known files, most of them harmless: nothing to search
    /// for.
    pub known_files: bool,
    /// What it withdraws: earlier entries, and those of other lists of its service
    /// ([`settle_across`]).
    pub withdrawn: Vec<Withdrawn>,
    /// By which key its bytes were signed and what is said with the signature, if that was verified.
    pub signature: Option<String>,
    /// The compiled file that it comes from, if it does.
    pub compiled: Option<CompiledIn>,
}

/// One thing to search for. A row with a hash and a digest gives two of them, and so do 64 digits
/// that may be a PDQ hash or a SHA-256.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The hash or digest.
    pub known: Known,
    /// Its line in the list, counted from 1.
    pub line: u64,
    /// Its id, if the list has ids.
    pub id: Option<Box<str>>,
    /// Its label, or else the name of the file it was made of.
    pub label: Option<Box<str>>,
    /// The quality that the list states for the hash. Digests have none.
    pub quality: Option<Quality>,
    /// When its list says that it was last changed, in seconds since the beginning of 1970.
    pub time: Option<NonZeroU32>,
    /// What else the list says of it, if anything; the same for many entries.
    pub notes: Option<Arc<Notes>>,
}

impl Entry {
    /// An entry of which nothing is known but its line.
    pub(crate) fn new(known: Known, line: u64) -> Self {
        Self { known, line, id: None, label: None, quality: None, time: None, notes: None }
    }
}

/// A hash or a digest. Like [`struct@Hash`], `Debug` does not show its bits.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub enum Known {
    /// A perceptual hash and the algorithm that made it.
    Hash(Algorithm, Hash),
    /// The MD5 of a file.
    Md5([u8; 16]),
    /// The SHA-1 of a file.
    Sha1([u8; 20]),
    /// The SHA-256 of a file.
    Sha256([u8; 32]),
    /// The first half of the SHA-512 of a file, whose 256 bits tell files apart as well as a SHA-256.
    Sha512([u8; 32]),
}

impl Known {
    /// The algorithm of a perceptual hash; nothing for a digest.
    pub fn algorithm(&self) -> Option<Algorithm> {
        match self {
            Self::Hash(algorithm, _) => Some(*algorithm),
            Self::Md5(_) | Self::Sha1(_) | Self::Sha256(_) | Self::Sha512(_) => None,
        }
    }

    /// The kind of digest; nothing for a perceptual hash.
    pub fn digest_kind(&self) -> Option<DigestKind> {
        match self {
            Self::Hash(..) => None,
            Self::Md5(_) => Some(DigestKind::Md5),
            Self::Sha1(_) => Some(DigestKind::Sha1),
            Self::Sha256(_) => Some(DigestKind::Sha256),
            Self::Sha512(_) => Some(DigestKind::Sha512),
        }
    }
}

impl fmt::Debug for Known {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self, self.digest_kind()) {
            (Self::Hash(algorithm, _), _) => write!(f, "Hash({algorithm}, ..)"),
            (_, Some(kind)) => write!(f, "Digest({kind}, ..)"),
            (_, None) => f.write_str("Digest(..)"),
        }
    }
}

/// The kinds of digests of a file's bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum DigestKind {
    /// 128 bits; collisions can be made at will, so it identifies only what nobody forges.
    Md5,
    /// 160 bits.
    Sha1,
    /// 256 bits.
    Sha256,
    /// 512 bits.
    Sha512,
}

impl DigestKind {
    /// How many hex digits it has: 32, 40, 64 or 128.
    pub fn digits(self) -> usize {
        match self {
            Self::Md5 => 32,
            Self::Sha1 => 40,
            Self::Sha256 => 64,
            Self::Sha512 => 128,
        }
    }
}

impl fmt::Display for DigestKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Md5 => "md5",
            Self::Sha1 => "sha1",
            Self::Sha256 => "sha256",
            Self::Sha512 => "sha512",
        })
    }
}

/// What became of the rows of a list.
///
/// Header, comments, blank lines, and the lines `run` and `summary` of kinga's records are no
/// rows. Each row is in exactly one class, so
/// `rows == contributing + broken + tombstones + unmatchable_rows`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Counts {
    /// All rows.
    pub rows: u64,
    /// Rows that gave at least one entry and were read completely.
    pub contributing: u64,
    /// Rows with something unreadable in them, which is not searched for; a hash whose quality is
    /// unreadable counts as such. What is readable beside it is an entry all the same. Also rows
    /// that withdraw entries, but of which not everything is readable; what is, is applied.
    pub broken: u64,
    /// Rows that withdraw earlier entries and were read completely.
    pub tombstones: u64,
    /// Rows with nothing but kinds that kinga cannot match.
    pub unmatchable_rows: u64,
    /// How many hashes could not be matched, by kind or reason, or by the name of an unknown column
    /// with what looks like a hash. A row with something to search for beside it counts here and
    /// is contributing.
    pub unmatchable: BTreeMap<String, u64>,
    /// Entries to search for: the length of [`HashList::entries`].
    pub entries: u64,
    /// Entries whose hash or digest an earlier entry has. They are kept, for their ids.
    pub duplicates: u64,
    /// Entries that rows which withdraw removed.
    pub removed: u64,
    /// Entries that a later record of the same key replaced.
    #[serde(default)]
    pub replaced: u64,
}

impl Counts {
    /// Whether each row is in exactly one class.
    pub fn add_up(&self) -> bool {
        self.rows == self.contributing + self.broken + self.tombstones + self.unmatchable_rows
    }
}

/// What the user says of a list.
#[derive(Clone, Copy, Debug, Default)]
pub struct ReadOptions {
    /// Its format, if not to be told from the content.
    pub format: Option<ListFormat>,
    /// The algorithm of the hashes of which the list does not say it.
    pub algorithm: Option<Algorithm>,
    /// How many broken rows are too many.
    pub tolerance: Tolerance,
    /// Whether known files are wanted of lists that tell them apart, and not what to search for.
    pub known_files: bool,
    /// Whether numbers of cases and what else leads to victims is kept with the entries.
    pub keep_case_fields: bool,
}

/// How many broken rows a list may have before it is refused as a whole: half a list misses
/// silently, and a list of another format is all broken rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tolerance {
    /// One in a hundred, for searching.
    #[default]
    OneInAHundred,
    /// None at all.
    None,
    /// Any number, for looking into a list: such a list must not be searched for.
    Any,
}

impl Tolerance {
    /// Whether so many broken ones of all rows are few enough.
    fn admits(self, broken: u64, rows: u64) -> bool {
        match self {
            Self::OneInAHundred => broken * 100 <= rows,
            Self::None => broken == 0,
            Self::Any => true,
        }
    }
}

impl HashList {
    /// Reads the list at `path`, or standard input for `-`. A compiled file holds one list or
    /// several, which were read when it was built: `options` do not concern them.
    ///
    /// # Errors
    /// When it cannot be opened, and as [`HashList::read`]; when a compiled file was cut or altered.
    pub fn open(path: &Path, options: &ReadOptions) -> Result<Vec<Self>, ListError> {
        let name = path.to_string_lossy();
        if path.as_os_str() == "-" {
            return Ok(vec![Self::read(&name, io::stdin().lock(), options)?]);
        }
        if mapped::is_mapped(path) {
            return compiled::open(&name, path);
        }
        if let Some(list) = sqlite::open(&name, path, *options) {
            return Ok(vec![list?]);
        }
        let file = File::open(path)
            .map_err(|source| ListError::Open { list: name.clone().into_owned(), source })?;
        Ok(vec![Self::read(&name, file, options)?])
    }

    /// Reads a list from its bytes, without ever holding more of its text than a line.
    ///
    /// # Errors
    /// When it cannot be read to its end, is of no known format, has more broken rows than are
    /// tolerated, has 64-digit values that may be PDQ or SHA-256, or leaves
    /// nothing to search for.
    pub fn read(
        name: &str,
        mut input: impl Read,
        options: &ReadOptions,
    ) -> Result<Self, ListError> {
        let start = lines::peek(&mut input)
            .map_err(|source| ListError::Read { list: name.to_owned(), source })?;
        let format = match options.format {
            Some(format) => format,
            None => detect::detect(name, &start, options.algorithm)?,
        };
        let whole = lines::Digesting::new(start.as_slice().chain(input));
        let mut lines = lines::Lines::new(name, BufReader::with_capacity(1 << 16, whole));
        let mut gathering = gather::Gathering::new(*options);
        match format {
            ListFormat::Csv | ListFormat::Tsv => csv::read(&mut lines, &mut gathering, format),
            ListFormat::Sums => sums::read(&mut lines, &mut gathering, options.format.is_some()),
            ListFormat::Jsonl => jsonl::read(&mut lines, &mut gathering),
            ListFormat::Hashdeep => hashdeep::read(&mut lines, &mut gathering),
            ListFormat::EnCase => encase::read(&mut lines, &mut gathering),
            ListFormat::StopNcii => stopncii::read(&mut lines, &mut gathering),
            ListFormat::Ncmec => ncmec::read(&mut lines, &mut gathering),
            ListFormat::ThreatExchange => threatexchange::read(&mut lines, &mut gathering),
            ListFormat::TeCache => te_cache::read(&mut lines, &mut gathering),
            ListFormat::Tat => tat::read(&mut lines, &mut gathering),
            ListFormat::Vics => vics::read(&mut lines, &mut gathering),
            ListFormat::Kdb | ListFormat::Iped | ListFormat::Nsrl => {
                return Err(ListError::NoDatabase { list: name.to_owned() });
            }
            ListFormat::Pdq
            | ListFormat::Md5
            | ListFormat::Sha1
            | ListFormat::Sha256
            | ListFormat::Sha512
            | ListFormat::Hashes => {
                pdq_text::read(&mut lines, &mut gathering, format, options.format.is_some())
            }
        }?;
        gathering.finish(name, format, lines.into_input().into_inner().finish())
    }

    /// The digests that its entries need.
    pub fn digest_kinds(&self) -> BTreeSet<DigestKind> {
        self.entries.known().filter_map(|known| known.digest_kind()).collect()
    }
}

#[cfg(test)]
mod tests;
