//! Any bytes to whatever reads what others wrote: a table of targets, each of which panics where an
//! answer is not as it must be. `tests/fuzz.rs` feeds them damaged files, `fuzz/` what
//! libFuzzer thinks of. What is not in the bytes is chosen by how many they are, so that any file is
//! an input as it is.

use std::cell::RefCell;
use std::io::{self, Write};
use std::path::PathBuf;
use std::rc::Rc;

use crate::hash::{Algorithm, Classic, Method, Size};
use crate::list::{HashList, ListFormat, ReadOptions, Tolerance};
use crate::picture::{
    Content, Decoded, Detail, Kind, Limits, Other, PictureError, SNIFF_BYTES, decode, sniff,
};
use crate::record::{Outcome, Record};
use crate::report::{ReportFormat, ReportOptions, Subject, printable, write_json};

/// What a target begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seeds {
    /// JPEG files.
    Jpegs,
    /// Pictures of all kinds.
    Pictures,
    /// Hash lists.
    Lists,
    /// Those of them that are databases.
    Databases,
    /// A journal: [`crate::journal::fuzz::seed`].
    Journal,
    /// What workers say: `crate::worker::fuzz::answers`.
    Answers,
    /// What workers are told, and paths: short texts.
    Texts,
}

/// A row of [`TARGETS`].
#[derive(Clone, Copy, Debug)]
pub struct Target {
    /// Its name, also that of its program in `fuzz/`.
    pub name: &'static str,
    /// What it begins with.
    pub seeds: Seeds,
    /// Reads the bytes, and panics where the answer is not as it must be.
    pub run: fn(&[u8]),
}

/// The table of targets.
pub const TARGETS: &[Target] = &[
    Target { name: "jpeg", seeds: Seeds::Jpegs, run: jpeg },
    Target { name: "picture", seeds: Seeds::Pictures, run: picture },
    Target { name: "sniff", seeds: Seeds::Pictures, run: sniffed },
    Target { name: "list_detect", seeds: Seeds::Lists, run: |bytes| list(bytes, None) },
    Target { name: "list_pdq", seeds: Seeds::Lists, run: |b| list(b, Some(ListFormat::Pdq)) },
    Target { name: "list_csv", seeds: Seeds::Lists, run: |b| list(b, Some(ListFormat::Csv)) },
    Target { name: "list_tsv", seeds: Seeds::Lists, run: |b| list(b, Some(ListFormat::Tsv)) },
    Target { name: "list_sums", seeds: Seeds::Lists, run: |b| list(b, Some(ListFormat::Sums)) },
    Target { name: "list_jsonl", seeds: Seeds::Lists, run: |b| list(b, Some(ListFormat::Jsonl)) },
    Target {
        name: "list_stopncii",
        seeds: Seeds::Lists,
        run: |b| list(b, Some(ListFormat::StopNcii)),
    },
    Target { name: "list_ncmec", seeds: Seeds::Lists, run: |b| list(b, Some(ListFormat::Ncmec)) },
    Target {
        name: "list_threatexchange",
        seeds: Seeds::Lists,
        run: |b| list(b, Some(ListFormat::ThreatExchange)),
    },
    Target { name: "list_tat", seeds: Seeds::Lists, run: |b| list(b, Some(ListFormat::Tat)) },
    Target { name: "list_vics", seeds: Seeds::Lists, run: |b| list(b, Some(ListFormat::Vics)) },
    Target {
        name: "list_hashdeep",
        seeds: Seeds::Lists,
        run: |b| list(b, Some(ListFormat::Hashdeep)),
    },
    Target { name: "list_encase", seeds: Seeds::Lists, run: |b| list(b, Some(ListFormat::EnCase)) },
    Target { name: "list_md5", seeds: Seeds::Lists, run: |b| list(b, Some(ListFormat::Md5)) },
    Target { name: "list_sha1", seeds: Seeds::Lists, run: |b| list(b, Some(ListFormat::Sha1)) },
    Target { name: "list_sha256", seeds: Seeds::Lists, run: |b| list(b, Some(ListFormat::Sha256)) },
    Target { name: "list_sha512", seeds: Seeds::Lists, run: |b| list(b, Some(ListFormat::Sha512)) },
    Target {
        name: "list_te_cache",
        seeds: Seeds::Lists,
        run: |b| list(b, Some(ListFormat::TeCache)),
    },
    #[cfg(feature = "sqlite")]
    Target { name: "list_database", seeds: Seeds::Databases, run: database },
    Target { name: "list_hashes", seeds: Seeds::Lists, run: |b| list(b, Some(ListFormat::Hashes)) },
    Target {
        name: "journal",
        seeds: Seeds::Journal,
        run: crate::journal::fuzz::recovers_a_prefix_or_an_error,
    },
    #[cfg(unix)]
    Target {
        name: "worker_answer",
        seeds: Seeds::Answers,
        run: crate::worker::fuzz::answer_is_within_bounds_or_none,
    },
    #[cfg(unix)]
    Target {
        name: "worker_request",
        seeds: Seeds::Texts,
        run: crate::worker::fuzz::request_is_read_as_written,
    },
    Target { name: "path", seeds: Seeds::Texts, run: path },
];

/// Runs the target of this name.
///
/// # Panics
/// When an answer is not as it must be, and when no target has the name.
pub fn run(name: &str, bytes: &[u8]) {
    let target = TARGETS.iter().find(|target| target.name == name);
    let target = target.unwrap_or_else(|| panic!("no target is called {name}"));
    (target.run)(bytes);
}

/// So little that nothing is slow.
const LIMITS: Limits = Limits { max_pixels: 1_000_000, max_memory: 16 << 20 };

fn jpeg(bytes: &[u8]) {
    decoded(bytes, Kind::Jpeg);
}

fn picture(bytes: &[u8]) {
    let head = &bytes[..bytes.len().min(SNIFF_BYTES)];
    if let Content::Picture(kind) = sniff(head, true) {
        decoded(bytes, kind);
    }
}

fn decoded(bytes: &[u8], kind: Kind) {
    let detail = [Detail::Luma, Detail::Regions, Detail::Full][bytes.len() % 3];
    let picture = match decode(bytes, kind, &LIMITS, detail) {
        Ok(picture) => picture,
        Err(PictureError::Partial { share, .. }) => {
            assert!((0.0..0.5).contains(&share), "a share of {share}");
            return;
        }
        Err(error) => {
            assert!(!error.to_string().is_empty());
            return;
        }
    };
    let luma = &picture.luma;
    assert_eq!(luma.bytes().len(), luma.columns() * luma.rows() * luma.channels());
    assert!((luma.width() as u64 * luma.height() as u64) <= LIMITS.max_pixels);
    if let Decoded::Luma { scale } = picture.decoded {
        assert_eq!((luma.scale(), luma.channels()), (scale, 1));
    }
    if let Some(share) = picture.share {
        assert!((0.0..=1.0).contains(&share), "a share of {share}");
        assert!(!picture.truncated || share >= 0.5, "half is not there, but {share}");
    }
    assert!(picture.exif_orientation.is_none_or(|value| (1..=8).contains(&value)));
}

fn sniffed(bytes: &[u8]) {
    let head = &bytes[..bytes.len().min(SNIFF_BYTES)];
    for named_tga in [false, true] {
        if let Content::Other(other) = sniff(head, named_tga) {
            assert_eq!(head.is_empty(), other == Other::Empty);
            let name = other.name().unwrap_or_default();
            assert!(name.bytes().all(|c| matches!(c, b' '..=b'~')), "{name:?}");
        }
    }
}

/// Hashes of 64 bits, and of 256 as those of PDQ.
const GRADIENT: Algorithm =
    Algorithm::Classic(Classic { method: Method::Gradient, size: Size::Eight, dct: false });
const MEDIAN: Algorithm =
    Algorithm::Classic(Classic { method: Method::Median, size: Size::Sixteen, dct: true });

fn list(bytes: &[u8], format: Option<ListFormat>) {
    let algorithms = [None, Some(Algorithm::Pdq), Some(GRADIENT), Some(MEDIAN)];
    let tolerance = [Tolerance::Any, Tolerance::OneInAHundred][bytes.len() / 4 % 2];
    let options = ReadOptions {
        format,
        algorithm: algorithms[bytes.len() % 4],
        tolerance,
        known_files: false,
        keep_case_fields: false,
    };
    let list = match HashList::read("any.list", bytes, &options) {
        Ok(list) => list,
        Err(error) => {
            let text = error.to_string();
            assert!(!text.chars().any(char::is_control), "{text:?}");
            return;
        }
    };
    let counts = &list.counts;
    assert!(counts.add_up(), "{counts:?}");
    assert_eq!(counts.entries, list.entries.len() as u64);
    assert!(counts.duplicates <= counts.entries);
    assert!(format.is_none_or(|format| format == list.format));
    let lines = 1 + bytes.iter().filter(|byte| matches!(byte, b'\n' | b'\r')).count() as u64;
    // A binary list has records, each of some bytes, in place of lines.
    let lines = if list.format == ListFormat::EnCase { bytes.len() as u64 } else { lines };
    for entry in list.entries.iter() {
        assert!((1..=lines).contains(&entry.line), "line {} of {lines}", entry.line);
        let algorithm = entry.known.algorithm();
        assert!(algorithm.is_none_or(|algorithm| list.algorithms.contains(&algorithm)));
    }
    assert!(list.problems.len() <= 20);
    for problem in &list.problems {
        assert!((1..=lines).contains(&problem.line), "line {} of {lines}", problem.line);
        assert!(!problem.message.chars().any(char::is_control), "{:?}", problem.message);
    }
}

/// Databases are read from files.
#[cfg(feature = "sqlite")]
fn database(bytes: &[u8]) {
    let file = tempfile::NamedTempFile::new().and_then(|mut file| {
        file.write_all(bytes)?;
        Ok(file)
    });
    let Ok(file) = file else { panic!("no temporary file") };
    let known_files = bytes.len() % 2 == 1;
    let options = ReadOptions { tolerance: Tolerance::Any, known_files, ..ReadOptions::default() };
    match HashList::open(file.path(), &options) {
        Ok(lists) => {
            for list in &lists {
                assert!(list.counts.add_up(), "{:?}", list.counts);
                assert_eq!(list.counts.entries, list.entries.len() as u64);
            }
        }
        Err(error) => {
            let text = error.to_string();
            assert!(!text.chars().any(char::is_control), "{text:?}");
        }
    }
}

/// What a report was written to.
#[derive(Clone, Default)]
struct Written(Rc<RefCell<Vec<u8>>>);

impl Write for Written {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn path(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let safe = printable(&text);
    must_be_plain(&safe);
    let record = Record { outcome: Outcome::Skipped, ..Record::new(0, 0, &path_of(bytes)) };
    let mut json = Vec::new();
    let written = write_json(&mut json, &record);
    assert!(written.is_ok(), "{written:?}");
    must_be_plain(&String::from_utf8_lossy(&json));
    let read = serde_json::from_slice::<Record>(&json);
    assert!(read.is_ok_and(|read| read == record), "{record:?}");
    let out = Written::default();
    let options = ReportOptions { subject: Subject::Matches, all: true, only_matches: false };
    let mut report = ReportFormat::Csv.open(Box::new(out.clone()), options);
    let written = report.file(&record).and_then(|()| report.flush());
    assert!(written.is_ok(), "{written:?}");
    let csv = out.0.take();
    let rows = String::from_utf8_lossy(&csv);
    let row = rows.strip_suffix('\n');
    must_be_plain(row.unwrap_or("\n"));
    assert!(!rows.starts_with(['=', '+', '-', '@']), "a formula: {rows:?}");
}

/// No character stands raw that a terminal might obey, so it is one line.
fn must_be_plain(text: &str) {
    assert!(!text.chars().any(char::is_control), "{text:?}");
    assert_eq!(printable(text), text);
}

#[cfg(unix)]
fn path_of(bytes: &[u8]) -> PathBuf {
    use std::os::unix::ffi::OsStrExt;
    PathBuf::from(std::ffi::OsStr::from_bytes(bytes))
}

#[cfg(not(unix))]
fn path_of(bytes: &[u8]) -> PathBuf {
    PathBuf::from(String::from_utf8_lossy(bytes).into_owned())
}
