//! The wire format: what is said of a run, of each candidate, and of the whole.
//!
//! As JSON Lines, a report is one [`Run`], one [`Record`] for each candidate in walk order, and one
//! [`Summary`], each an object with a `type` of `run`, `file` or `summary`. A report without a
//! summary was cut off. Times are only in the run and the summary, so that the records of two runs
//! over the same files are the same bytes.
//!
//! Within one [`SCHEMA`] number fields may be added; a change of meaning raises it. `kinga schema`
//! prints the JSON Schema of [`Line`].

mod matched;
mod reason;
mod run;
mod summary;

use std::collections::BTreeMap;
use std::path::Path;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::hash::{Algorithm, Quality};
use crate::orientation::Orientation;
use crate::view::{Cut, Place, View};

pub use matched::{How, Level, Match, Seen};
pub use reason::{Outcome, Reason};
pub use run::{
    AlgorithmUsed, Bounds, CompiledUsed, ExceptionsUsed, Levels, ListUsed, RootKind, RootUsed, Run,
    Settings,
};
pub use summary::{Crowded, Summary};

/// The version of this format.
pub const SCHEMA: u32 = 2;

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
    /// What the decoder made of it, where it was decoded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decoded: Option<DecodedAs>,
    /// Whether its data end early or are damaged, so that only part of the picture was hashed.
    #[serde(default, skip_serializing_if = "is_false")]
    pub truncated: bool,
    /// Which share of a truncated picture was decoded, 0 to 1, where that is known: at least 0.5
    /// where it was hashed, less where the reason is `partial`. Of a picture that can't hold even
    /// that, since its file is too small, it is the most that it could hold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub share: Option<f64>,
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
    /// Its matches, at most as many as the settings say: by digest, then the surest, then the
    /// nearest.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub matches: Vec<Match>,
    /// The known file that it is byte for byte, where lists of such were given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub known_file: Option<KnownFile>,
    /// How many matches there are. Entries of one list that share an id count once for each
    /// algorithm or digest by which any of them was found; an entry without an id counts once for
    /// itself.
    #[serde(default)]
    pub matches_found: u64,
    /// How many more there are of entries that were excepted on request; absent for none.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub matches_excepted: u64,
}

/// What a decoder made of a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum DecodedAs {
    /// All pixels.
    #[serde(rename = "full")]
    Full,
    /// The brightness of all pixels.
    #[serde(rename = "luma")]
    Luma,
    /// The mean brightness of blocks of 2x2 pixels.
    #[serde(rename = "luma-2")]
    Luma2,
    /// The mean brightness of blocks of 4x4 pixels.
    #[serde(rename = "luma-4")]
    Luma4,
    /// The mean brightness of blocks of 8x8 pixels.
    #[serde(rename = "luma-8")]
    Luma8,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature that serde asks for")]
fn is_false(value: &bool) -> bool {
    !value
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature that serde asks for")]
fn is_zero(value: &u64) -> bool {
    *value == 0
}

/// An entry of a list of known files.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct KnownFile {
    /// The list's name.
    pub list: String,
    /// The entry's line or record in the list, from 1.
    pub line: u64,
    /// The name of the digest that is equal.
    pub by: String,
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
            decoded: None,
            truncated: false,
            share: None,
            more_pictures: false,
            outcome: Outcome::Failed,
            reason: None,
            detail: None,
            hashes: Vec::new(),
            digests: Digests::default(),
            matches: Vec::new(),
            matches_found: 0,
            matches_excepted: 0,
            known_file: None,
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
    /// The hash of the picture as a viewer shows it, in lower-case hex; absent where pictures are compared
    /// with lists, unless it was asked for.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub hash: String,
    /// PDQ's quality; the other algorithms have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quality: Option<Quality>,
    /// The hashes of the picture turned in the other seven ways, where they were asked for.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub turned: BTreeMap<Orientation, String>,
    /// What else of the picture was hashed, where it was asked for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub regions: Vec<RegionRecord>,
    /// Crops of the picture, which are further entries where this report is a list; of a picture
    /// that is fit for matching, where they were asked for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub enrolled: Vec<EnrolledRecord>,
    /// What the picture holds if it looks like a screen, a slide or a page, so that as an entry it
    /// would find others of that kind; only where crops were asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub layout: Option<LayoutRecord>,
}

impl HashRecord {
    /// Takes out all hashes: whoever has those of a picture can tell what is like it.
    pub fn hide(&mut self) {
        self.hash.clear();
        self.turned.clear();
        self.regions.clear();
        self.enrolled.clear();
    }
}

/// A crop of a picture, to be found as the picture is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EnrolledRecord {
    /// What is left of the picture.
    pub cut: Cut,
    /// Where it is.
    pub place: Place,
    /// PDQ's quality of it.
    pub quality: Quality,
    /// Its hash as a viewer shows it, in lower-case hex.
    pub hash: String,
}

/// What a screen, a slide or a page holds.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LayoutRecord {
    /// The largest picture in it; absent where there is only text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inner: Option<Place>,
}

/// A region of a candidate, or another way to look at the whole of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RegionRecord {
    /// What it is.
    pub view: View,
    /// Where it is.
    pub place: Place,
    /// PDQ's quality of it.
    pub quality: Quality,
    /// Its hashes, by how the picture, as a viewer shows it, is turned for them.
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
    /// SHA-512, only where a list asks for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha512: Option<String>,
}

impl Digests {
    fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
}
