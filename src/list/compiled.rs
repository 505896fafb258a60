//! Lists in a compiled file (`kinga list build`): as they were when it was built, each with its own
//! name, digest, counts and entries, and with the arrays of the index beside them.

use std::collections::BTreeSet;
use std::fmt;
use std::num::NonZeroU32;
use std::path::Path;
use std::sync::Arc;

use bytemuck::{Pod, Zeroable};
use serde::{Deserialize, Serialize};

use super::across::Written;
use super::{
    Counts, DigestKind, Entries, Entry, HashList, Known, ListError, ListFormat, Notes, Problem,
};
use crate::hash::{Algorithm, Hash, Quality};
use crate::mapped::{Array, Mapped, MappedError, Section};

/// The compiled file that a list comes from.
#[derive(Clone, Debug)]
pub struct CompiledIn {
    /// The file's name as the user gave it.
    pub name: Arc<str>,
    /// The file.
    pub file: Arc<Mapped>,
}

/// The parts of a compiled file that hold lists, ready to be written.
#[derive(Debug)]
pub struct CompiledLists {
    heads: Vec<u8>,
    rows: Vec<Row>,
    text: Vec<u8>,
}

const HEADS: &str = "lists";
const ROWS: &str = "entries";
const TEXT: &str = "text";

/// What is not of single entries, as JSON.
#[derive(Serialize, Deserialize)]
struct Heads {
    /// What [`Row::kind`] counts.
    kinds: Vec<String>,
    lists: Vec<Head>,
}

/// A list without its entries.
#[derive(Serialize, Deserialize)]
struct Head {
    name: String,
    format: ListFormat,
    sha256: String,
    counts: Counts,
    problems: Vec<Problem>,
    cut_off: bool,
    #[serde(default)]
    known_files: bool,
    #[serde(default)]
    withdrawn: Vec<Written>,
    algorithms: BTreeSet<Algorithm>,
    /// How many entries it has; those of all lists follow each other.
    entries: usize,
}

/// An entry.
#[derive(Clone, Copy, Debug, Pod, Zeroable)]
#[repr(C)]
struct Row {
    /// The hash or digest, the rest zeros.
    value: [u8; 32],
    line: u64,
    /// Where the id begins in the text; the label follows it, and then what else there is.
    text: u64,
    /// Bytes of the id and of the label; [`NONE`] where there is none.
    id: u32,
    label: u32,
    /// Which of [`Heads::kinds`].
    kind: u8,
    /// 0 to 100, or [`NO_QUALITY`].
    quality: u8,
    unused: [u8; 2],
    /// Bytes of [`Further`], as JSON; 0 where there is nothing.
    further: u32,
}

/// What few lists say of an entry.
#[derive(Default, PartialEq, Serialize, Deserialize)]
struct Further {
    time: Option<NonZeroU32>,
    notes: Option<Notes>,
}

/// The length of what an entry has not.
const NONE: u32 = u32::MAX;

/// The quality of what has none.
const NO_QUALITY: u8 = u8::MAX;

/// The entries of all lists of a file.
#[derive(Debug)]
pub(super) struct Rows {
    table: Array<Row>,
    text: Array<u8>,
    kinds: Arc<[Kind]>,
}

/// What a value can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Hash(Algorithm),
    Digest(DigestKind),
}

impl Known {
    /// The name of its kind, and its value in hex.
    pub(super) fn written(&self) -> (String, String) {
        let (kind, value) = Kind::of(self);
        (kind.to_string(), hex::encode(value))
    }

    /// What was written so; none if it is no such thing.
    pub(super) fn from_written(kind: &str, value: &str) -> Option<Self> {
        let mut bytes = [0; 32];
        let decoded = hex::decode_to_slice(value, &mut bytes);
        Kind::named(kind).filter(|_| decoded.is_ok()).map(|kind| kind.known(&bytes))
    }
}

impl Kind {
    /// The kind of a value, and its bytes with zeros behind them.
    fn of(known: &Known) -> (Self, [u8; 32]) {
        match known {
            Known::Hash(algorithm, hash) => (Self::Hash(*algorithm), bytemuck::cast(hash.0)),
            Known::Md5(digest) => (Self::Digest(DigestKind::Md5), padded(digest)),
            Known::Sha1(digest) => (Self::Digest(DigestKind::Sha1), padded(digest)),
            Known::Sha256(digest) => (Self::Digest(DigestKind::Sha256), *digest),
            Known::Sha512(half) => (Self::Digest(DigestKind::Sha512), *half),
        }
    }

    fn known(self, value: &[u8; 32]) -> Known {
        match self {
            Self::Hash(algorithm) => Known::Hash(algorithm, Hash(bytemuck::cast(*value))),
            Self::Digest(DigestKind::Md5) => Known::Md5(first(value)),
            Self::Digest(DigestKind::Sha1) => Known::Sha1(first(value)),
            Self::Digest(DigestKind::Sha256) => Known::Sha256(*value),
            Self::Digest(DigestKind::Sha512) => Known::Sha512(*value),
        }
    }

    fn named(name: &str) -> Option<Self> {
        use DigestKind::{Md5, Sha1, Sha256, Sha512};
        match [Md5, Sha1, Sha256, Sha512].into_iter().find(|kind| kind.to_string() == name) {
            Some(kind) => Some(Self::Digest(kind)),
            // Of a later version.
            None => name.parse().map_or(None, |algorithm| Some(Self::Hash(algorithm))),
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Hash(algorithm) => algorithm.fmt(f),
            Self::Digest(kind) => kind.fmt(f),
        }
    }
}

fn first<const N: usize>(value: &[u8; 32]) -> [u8; N] {
    std::array::from_fn(|k| value[k])
}

fn padded(bytes: &[u8]) -> [u8; 32] {
    std::array::from_fn(|k| bytes.get(k).copied().unwrap_or(0))
}

impl CompiledLists {
    /// Takes the lists in, each as it is.
    pub fn new(lists: &[HashList]) -> Self {
        let (mut kinds, mut rows, mut text) = (Vec::new(), Vec::new(), Vec::new());
        for entry in lists.iter().flat_map(|list| list.entries.iter()) {
            let (kind, value) = Kind::of(&entry.known);
            let place = kinds.iter().position(|known| *known == kind).unwrap_or(kinds.len());
            if place == kinds.len() {
                kinds.push(kind);
            }
            let start = text.len() as u64;
            let mut put = |part: Option<&str>| {
                // No line of a list is as long as 4 GiB.
                let length = part.map_or(NONE, |part| u32::try_from(part.len()).unwrap_or(NONE));
                text.extend(part.unwrap_or_default().bytes());
                length
            };
            let (id, label) = (put(entry.id.as_deref()), put(entry.label.as_deref()));
            let further = Further { time: entry.time, notes: entry.notes.as_deref().cloned() };
            let further = (further != Further::default()).then(|| serde_json::to_string(&further));
            let further = further.map(Result::unwrap_or_default);
            rows.push(Row {
                value,
                line: entry.line,
                text: start,
                id,
                label,
                // There are fewer algorithms than that.
                kind: u8::try_from(place).unwrap_or(u8::MAX),
                quality: entry.quality.map_or(NO_QUALITY, |quality| quality.0),
                unused: [0; 2],
                further: further.map_or(0, |further| put(Some(&further))),
            });
        }
        let kinds = kinds.iter().map(ToString::to_string).collect();
        let heads = Heads { kinds, lists: lists.iter().map(Head::of).collect() };
        let heads = serde_json::to_vec(&heads).unwrap_or_default();
        Self { heads, rows, text }
    }

    /// The arrays to be written.
    pub fn sections(&self) -> impl Iterator<Item = Section<'_>> {
        [
            Section::of(HEADS, &self.heads),
            Section::of(ROWS, &self.rows),
            Section::of(TEXT, &self.text),
        ]
        .into_iter()
    }
}

/// The lists in a compiled file.
///
/// # Errors
/// When it can't be opened, or is not as it was written.
pub(super) fn open(name: &str, path: &Path) -> Result<Vec<HashList>, ListError> {
    let because = |source| ListError::Compiled { list: name.to_owned(), source };
    let file = Mapped::open(path).map_err(because)?;
    read(name, &file).map_err(because)
}

fn read(name: &str, file: &Arc<Mapped>) -> Result<Vec<HashList>, MappedError> {
    let altered = |_: serde_json::Error| MappedError::Altered("the lists' heads can't be read");
    let heads: Heads = serde_json::from_slice(&file.array::<u8>(HEADS)?).map_err(altered)?;
    let kinds = heads.kinds.iter().map(|kind| Kind::named(kind)).collect::<Option<Arc<[Kind]>>>();
    let kinds = kinds.ok_or(MappedError::Altered("it has a kind of hash that is not known"))?;
    let compiled = CompiledIn { name: name.into(), file: Arc::clone(file) };
    let total = file.array::<Row>(ROWS)?.len();
    let mut lists = Vec::new();
    let mut start = 0usize;
    for head in heads.lists {
        let end = start.checked_add(head.entries).filter(|&end| end <= total);
        let end = end.ok_or(MappedError::Altered("a list has more entries than there are"))?;
        let rows =
            Rows { table: file.array(ROWS)?, text: file.array(TEXT)?, kinds: Arc::clone(&kinds) };
        lists.push(head.list(Entries::compiled(rows, start..end), &compiled)?);
        start = end;
    }
    Ok(lists)
}

impl Head {
    fn of(list: &HashList) -> Self {
        Self {
            name: list.name.clone(),
            format: list.format,
            sha256: hex::encode(list.sha256),
            counts: list.counts.clone(),
            problems: list.problems.clone(),
            cut_off: list.cut_off,
            known_files: list.known_files,
            withdrawn: list.withdrawn.iter().map(Written::of).collect(),
            algorithms: list.algorithms.clone(),
            entries: list.entries.len(),
        }
    }

    fn list(self, entries: Entries, compiled: &CompiledIn) -> Result<HashList, MappedError> {
        let withdrawn = self.withdrawn.into_iter().map(Written::read).collect::<Option<_>>();
        let mut sha256 = [0; 32];
        hex::decode_to_slice(&self.sha256, &mut sha256)
            .map_err(|_not_hex| MappedError::Altered("a list has no digest"))?;
        Ok(HashList {
            name: self.name,
            format: self.format,
            sha256,
            entries,
            algorithms: self.algorithms,
            counts: self.counts,
            problems: self.problems,
            cut_off: self.cut_off,
            known_files: self.known_files,
            withdrawn: withdrawn.ok_or(MappedError::Altered("a list withdraws what is no hash"))?,
            signature: None,
            compiled: Some(compiled.clone()),
        })
    }
}

impl Rows {
    /// What entry `number` of all lists searches for.
    pub(super) fn known(&self, number: usize) -> Known {
        let row = &self.table[number];
        // An altered file may name any kind; verifying it tells.
        let kind = self.kinds.get(usize::from(row.kind)).unwrap_or(&self.kinds[0]);
        kind.known(&row.value)
    }

    /// Entry `number` of all lists.
    pub(super) fn entry(&self, number: usize) -> Entry {
        let row = &self.table[number];
        let text = usize::try_from(row.text).unwrap_or(usize::MAX);
        let id = self.part(text, row.id);
        let text = text.saturating_add(id.as_deref().map_or(0, str::len));
        let label = self.part(text, row.label);
        let text = text.saturating_add(label.as_deref().map_or(0, str::len));
        let further = if row.further == 0 { None } else { self.part(text, row.further) };
        // What an altered file says is told by verifying it.
        let further = further.map(|further| serde_json::from_str(&further).unwrap_or_default());
        let Further { time, notes } = further.unwrap_or_default();
        let quality = (row.quality != NO_QUALITY).then_some(Quality(row.quality));
        let notes = notes.map(Arc::new);
        Entry { known: self.known(number), line: row.line, id, label, quality, time, notes }
    }

    fn part(&self, start: usize, length: u32) -> Option<Box<str>> {
        let end = start.checked_add(length as usize)?;
        let bytes = (length != NONE).then(|| self.text.get(start..end))??;
        Some(String::from_utf8_lossy(bytes).into())
    }
}
