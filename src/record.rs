//! The wire format: what is said of a run, of each candidate, and of the whole.
//!
//! As JSON Lines, a report is one [`Run`], one [`Record`] for each candidate in walk order, and one
//! [`Summary`], each an object with a `type` of `run`, `file` or `summary`. A report without a
//! summary was cut off. Times are only in the run and the summary, so that the records of two runs
//! over the same files are the same bytes.
//!
//! Within one [`SCHEMA`] number fields may be added; a change of meaning raises it. `kinga schema`
//! prints the JSON Schema of [`Line`].

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::hash::{Algorithm, Distance, MaxDistance, Quality};
use crate::list::Counts;
use crate::orientation::Orientation;

/// The version of this format.
pub const SCHEMA: u32 = 1;

/// One line of a report.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type", rename_all = "lowercase")]
pub enum Line {
    /// The first line.
    Run(Box<Run>),
    /// One line for each candidate.
    File(Box<Record>),
    /// The last line.
    Summary(Box<Summary>),
}

/// What was run, with what, and when.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Run {
    /// [`SCHEMA`].
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
#[expect(clippy::struct_excessive_bools, reason = "each is a setting of its own")]
pub struct Settings {
    /// Which hashes are made, by whom, and how near they match.
    pub algorithms: Vec<AlgorithmUsed>,
    /// Which digests are made: `md5`, `sha1`, `sha256`.
    pub digests: Vec<String>,
    /// Whether each candidate is compared in all eight orientations, or only as a viewer shows it.
    pub all_orientations: bool,
    /// Whether the records hold the hashes of all eight orientations, so that they can be matched
    /// again as well as the images.
    pub turned_kept: bool,
    /// A candidate of lower quality is not matched by its hash.
    pub min_quality: Quality,
    /// At most so many matches of a candidate are listed; `matches_found` counts all.
    pub max_matches: usize,
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
}

/// What is said of one candidate.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Record {
    /// Its place in the walk, from 0.
    pub number: u64,
    /// Which of the run's roots it belongs to, from 0.
    pub root: usize,
    /// Its path relative to the root. What is not UTF-8 is replaced: see `path_b64`.
    pub path: String,
    /// The bytes of its path as Base64, where they are not UTF-8.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path_b64: Option<String>,
    /// Bytes in the file, where it could be opened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<u64>,
    /// What its content seems to be, such as `jpeg` or `video/mp4`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// Pixels in a row, as stored.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub width: Option<u64>,
    /// Rows of pixels, as stored.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub height: Option<u64>,
    /// EXIF orientation, 1 to 8, where the file states one other than 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exif_orientation: Option<u8>,
    /// Whether its data end early or are damaged, so that only part of the picture was hashed.
    #[serde(default, skip_serializing_if = "is_false")]
    pub truncated: bool,
    /// Whether it holds further pictures (frames, pages, sizes), which were *not* looked at.
    #[serde(default, skip_serializing_if = "is_false")]
    pub more_pictures: bool,
    /// What became of it.
    pub outcome: Outcome,
    /// Why, where there is something to say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
    /// The reason in words, for people; may change between versions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// Its hashes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hashes: Vec<HashRecord>,
    /// Its digests, where they were asked for.
    #[serde(default, skip_serializing_if = "Digests::is_empty")]
    pub digests: Digests,
    /// Its nearest matches, nearest first, at most as many as the settings say.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub matches: Vec<Match>,
    /// How many entries it matches.
    #[serde(default)]
    pub matches_found: u64,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature that serde asks for")]
fn is_false(value: &bool) -> bool {
    !value
}

impl Record {
    /// A record of which nothing is known yet but where its candidate is.
    pub fn new(number: u64, root: usize, path: &Path) -> Self {
        let (path, path_b64) = path_text(path);
        Self {
            number,
            root,
            path,
            path_b64,
            size: None,
            kind: None,
            width: None,
            height: None,
            exif_orientation: None,
            truncated: false,
            more_pictures: false,
            outcome: Outcome::Failed,
            reason: None,
            detail: None,
            hashes: Vec::new(),
            digests: Digests::default(),
            matches: Vec::new(),
            matches_found: 0,
        }
    }

    /// Whether a match is of the file's very bytes.
    pub fn is_same_file(&self) -> bool {
        self.matches.iter().any(|found| found.how == How::SameFile)
    }

    /// Whether what may be a picture, or hold some, was not looked at.
    pub fn is_unexamined(&self) -> bool {
        // Of a cut picture, too little may be left to be matched.
        let remnant = self.truncated && self.reason == Some(Reason::LowQuality);
        remnant || self.reason.is_some_and(Reason::leaves_unexamined)
    }
}

/// A path as text, and as Base64 if the text is not the whole truth.
pub fn path_text(path: &Path) -> (String, Option<String>) {
    let text = path.to_string_lossy();
    let exact = path.to_str().is_some();
    let base64 = || BASE64_STANDARD.encode(path.as_os_str().as_encoded_bytes());
    (text.into_owned(), (!exact).then(base64))
}

/// One hash of a candidate.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HashRecord {
    /// Who made it: see the run's settings.
    pub algorithm: Algorithm,
    /// The hash of the picture as a viewer shows it, in lower-case hex.
    pub hash: String,
    /// PDQ's quality; the other algorithms have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quality: Option<Quality>,
    /// The hashes of the picture turned in the other seven ways, where they were asked for.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub turned: BTreeMap<Orientation, String>,
}

/// Digests of a file's bytes, in lower-case hex.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Digests {
    /// MD5.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub md5: Option<String>,
    /// SHA-1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha1: Option<String>,
    /// SHA-256.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
}

impl Digests {
    fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

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
    /// The entry's line or record in the list, from 1.
    pub line: u64,
    /// The entry's label in the list, where it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// The name of the algorithm or digest.
    pub by: String,
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

/// What became of a candidate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// It was decoded and hashed.
    Hashed,
    /// It is nothing that kinga can decode.
    Unsupported,
    /// It could not be read or decoded.
    Failed,
    /// It was not opened: it is no regular file, or was left out on request.
    Skipped,
}

/// Declares the reasons with their codes, and which of them mean that what may be a picture was
/// not looked at.
macro_rules! reasons {
    ($($(#[$doc:meta])* $reason:ident = $code:literal, unexamined: $unexamined:literal;)*) => {
        /// A stable code that says why. New ones may be added.
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
        )]
        pub enum Reason {
            $($(#[$doc])* #[serde(rename = $code)] $reason,)*
        }

        impl Reason {
            /// Every reason.
            pub const ALL: &[Self] = &[$(Self::$reason),*];

            /// The code, as in records.
            pub fn code(self) -> &'static str {
                match self { $(Self::$reason => $code,)* }
            }

            /// Whether a candidate with this reason is or may hold a picture that nobody looked at.
            pub fn leaves_unexamined(self) -> bool {
                match self { $(Self::$reason => $unexamined,)* }
            }
        }
    };
}

reasons! {
    /// Hashed, but with a quality below the minimum: not matched by its hash.
    LowQuality = "low-quality", unexamined: false;
    /// Not a picture, as far as its content tells.
    NotAPicture = "not-a-picture", unexamined: false;
    /// No bytes.
    Empty = "empty", unexamined: false;
    /// A picture of a format that kinga can't decode.
    UnsupportedFormat = "unsupported-format", unexamined: true;
    /// A video.
    Video = "video", unexamined: true;
    /// An archive or document, which may hold pictures.
    Container = "container", unexamined: true;
    /// A symbolic link that was not followed.
    Symlink = "symlink", unexamined: false;
    /// A named pipe.
    Fifo = "fifo", unexamined: false;
    /// A socket.
    Socket = "socket", unexamined: false;
    /// A device.
    Device = "device", unexamined: false;
    /// Left out by `--exclude`.
    Excluded = "excluded", unexamined: false;
    /// A folder of another file system, not entered because of `--one-file-system`.
    OtherFileSystem = "other-file-system", unexamined: false;
    /// Left out by `--max-size`.
    OverMaxSize = "over-max-size", unexamined: false;
    /// It was gone.
    NotFound = "not-found", unexamined: true;
    /// It may not be read.
    PermissionDenied = "permission-denied", unexamined: true;
    /// A link that leads back to one of its own folders: what is there was met before.
    SymlinkLoop = "symlink-loop", unexamined: false;
    /// Reading failed.
    IoError = "io-error", unexamined: true;
    /// It changed while it was read.
    ChangedWhileRead = "changed-while-read", unexamined: true;
    /// It is no longer the regular file that the walk met.
    NotAFile = "not-a-file", unexamined: true;
    /// More bytes than `--max-file-bytes`.
    OverSizeLimit = "over-size-limit", unexamined: true;
    /// More pixels than `--max-pixels`.
    OverPixelLimit = "over-pixel-limit", unexamined: true;
    /// Decoding needs more memory than `--max-memory`.
    MemoryLimit = "memory-limit", unexamined: true;
    /// The data end before there is a picture to hash.
    Truncated = "truncated", unexamined: true;
    /// The decoder says that the data are wrong.
    DecoderError = "decoder-error", unexamined: true;
    /// The decoder lacks a feature that the file uses.
    DecoderLacksFeature = "decoder-lacks-feature", unexamined: true;
    /// The decoder panicked.
    DecoderPanic = "decoder-panic", unexamined: true;
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// What the whole run came to.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Summary {
    /// All candidates: `hashed + unsupported + failed + skipped`.
    pub seen: u64,
    /// Decoded and hashed, those of low quality included.
    pub hashed: u64,
    /// Nothing that kinga can decode.
    pub unsupported: u64,
    /// Could not be read or decoded.
    pub failed: u64,
    /// Not opened.
    pub skipped: u64,
    /// How many are or may hold pictures that nobody looked at; also remnants of cut pictures that
    /// are too poor to be matched.
    pub not_examined: u64,
    /// How many candidates have each reason, by its code.
    pub reasons: BTreeMap<String, u64>,
    /// How many of `hashed` are cut or damaged pictures, of which only part was hashed.
    pub truncated: u64,
    /// How many of `hashed` hold further pictures that were not looked at.
    pub more_pictures: u64,
    /// Candidates with at least one match.
    pub with_matches: u64,
    /// Of these, candidates that are a listed file byte for byte.
    pub same_file: u64,
    /// Matches of all candidates.
    pub matches: u64,
    /// Broken rows of the lists, which were not searched for.
    pub list_rows_not_searched: u64,
    /// Bytes in all files that were opened.
    pub bytes: u64,
    /// How long it took.
    pub seconds: f64,
    /// When it ended, UTC, RFC 3339.
    pub finished: String,
    /// Whether it was interrupted: then not all candidates were seen.
    pub interrupted: bool,
}

impl Summary {
    /// Counts a record in.
    ///
    /// # Panics
    /// Never: that the counts add up is asserted.
    pub fn add(&mut self, record: &Record) {
        self.seen += 1;
        match record.outcome {
            Outcome::Hashed => self.hashed += 1,
            Outcome::Unsupported => self.unsupported += 1,
            Outcome::Failed => self.failed += 1,
            Outcome::Skipped => self.skipped += 1,
        }
        assert_eq!(self.seen, self.hashed + self.unsupported + self.failed + self.skipped);
        if let Some(reason) = record.reason {
            *self.reasons.entry(reason.code().to_owned()).or_default() += 1;
        }
        self.not_examined += u64::from(record.is_unexamined());
        self.truncated += u64::from(record.truncated);
        self.more_pictures += u64::from(record.more_pictures);
        self.with_matches += u64::from(record.matches_found > 0);
        self.same_file += u64::from(record.is_same_file());
        self.matches += record.matches_found;
        self.bytes += record.size.unwrap_or(0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_has_the_same_code_in_json_and_in_text() {
        for reason in Reason::ALL {
            let json = serde_json::to_string(reason).unwrap();
            assert_eq!(json, format!("\"{reason}\""));
        }
    }

    #[test]
    fn a_line_is_read_back_as_it_was_written_and_unknown_fields_are_refused() {
        let line = Line::File(Box::new(Record::new(3, 0, Path::new("a/b"))));
        let json = serde_json::to_string(&line).unwrap();
        assert_eq!(serde_json::from_str::<Line>(&json).unwrap(), line);
        let odd = json.replace("\"number\"", "\"odd\":1,\"number\"");
        assert!(serde_json::from_str::<Line>(&odd).is_err());
    }

    #[cfg(unix)]
    #[test]
    fn a_path_that_is_not_utf8_keeps_its_bytes() {
        use std::os::unix::ffi::OsStrExt;
        let path = Path::new(std::ffi::OsStr::from_bytes(b"a\xff"));
        assert_eq!(path_text(path), ("a\u{fffd}".to_owned(), Some("Yf8=".to_owned())));
        assert_eq!(path_text(Path::new("a\n")), ("a\n".to_owned(), None));
    }

    #[test]
    fn the_summary_adds_up() {
        let mut summary = Summary::default();
        let mut record = Record::new(0, 0, Path::new("a"));
        for (outcome, reason) in [
            (Outcome::Hashed, None),
            (Outcome::Hashed, Some(Reason::LowQuality)),
            (Outcome::Unsupported, Some(Reason::NotAPicture)),
            (Outcome::Unsupported, Some(Reason::Video)),
            (Outcome::Failed, Some(Reason::IoError)),
            (Outcome::Skipped, Some(Reason::Fifo)),
        ] {
            (record.outcome, record.reason) = (outcome, reason);
            summary.add(&record);
        }
        assert_eq!((summary.seen, summary.hashed, summary.not_examined), (6, 2, 2));
    }
}
