//! Comma-separated values with a header: for spreadsheets, and as a hash list.
//!
//! Control characters in a path are escaped, and a path that a spreadsheet would take for a formula
//! gets a `'` in front; `path_b64` then holds its bytes.
//!
//! Where crops are enrolled, each has a row of its own, and all rows of a picture have its path as
//! their `id`: to a list, they are one entry of several hashes. In a run with several roots, the
//! root's path is in front, since two may hold files of the same name.

use std::io;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use csv::{ErrorKind, Writer};

use super::{Out, Report, ReportOptions, Subject, printable};
use crate::record::{
    Digests, EnrolledRecord, HashRecord, How, Match, Outcome, Record, Run, Summary,
};

const FILE_COLUMNS: [&str; 21] = [
    "path",
    "path_b64",
    "root",
    "size",
    "kind",
    "width",
    "height",
    "algorithm",
    "hash",
    "quality",
    "md5",
    "sha1",
    "sha256",
    "outcome",
    "reason",
    "detail",
    "exif_orientation",
    "truncated",
    "share",
    "more_pictures",
    "sha512",
];

/// Behind the others where crops are enrolled.
const ENROLLED_COLUMNS: [&str; 2] = ["id", "cut"];

const MATCH_COLUMNS: [&str; 20] = [
    "matches_found",
    "how",
    "list",
    "entry",
    "entry_line",
    "entry_label",
    "by",
    "distance",
    "max_distance",
    "orientation",
    "level",
    "negative",
    "distance_before",
    "region",
    "region_x",
    "region_y",
    "region_width",
    "region_height",
    "region_angle",
    "entries",
];

struct Rows {
    out: Writer<Out>,
    subject: Subject,
    all: bool,
    /// The run, where crops are enrolled.
    enrols: Option<Run>,
}

pub(super) fn open(out: Out, options: ReportOptions) -> Box<dyn Report> {
    let all = (options.all || options.subject == Subject::Hashes) && !options.only_matches;
    Box::new(Rows { out: Writer::from_writer(out), subject: options.subject, all, enrols: None })
}

impl Rows {
    /// A row for each hash, and one for a picture without any.
    fn hashes(&mut self, record: &Record) -> io::Result<()> {
        let hashes: Vec<_> = record.hashes.iter().map(Some).collect();
        for hash in if hashes.is_empty() { &[None][..] } else { &hashes } {
            let mut columns = file_columns(record, *hash);
            if let Some(run) = &self.enrols {
                columns.extend([id(run, record), String::new()]);
            }
            self.row(columns)?;
            hash.map_or(Ok(()), |hash| self.crops(record, hash))?;
        }
        Ok(())
    }

    /// A row for each crop. The digests are in that of the whole, to be one entry each.
    fn crops(&mut self, record: &Record, hash: &HashRecord) -> io::Result<()> {
        let id = self.enrols.as_ref().map(|run| id(run, record));
        for EnrolledRecord { cut, quality, hash: text, .. } in &hash.enrolled {
            let (text, quality) = (text.clone(), Some(*quality));
            let crop = HashRecord { hash: text, quality, ..hash.clone() };
            let record =
                Record { hashes: Vec::new(), digests: Digests::default(), ..record.clone() };
            let mut columns = file_columns(&record, Some(&crop));
            columns.extend(id.clone().map(|id| [id, cut.to_string()]).into_iter().flatten());
            self.row(columns)?;
        }
        Ok(())
    }

    /// Writes a row. The kind of an I/O error is kept: a broken pipe is to be known as one.
    fn row(&mut self, cells: impl IntoIterator<Item = impl AsRef<[u8]>>) -> io::Result<()> {
        self.out.write_record(cells).map_err(|error| match error.into_kind() {
            ErrorKind::Io(error) => error,
            other => io::Error::other(format!("{other:?}")),
        })
    }
}

impl Report for Rows {
    fn run(&mut self, run: &Run) -> io::Result<()> {
        let enrols = run.settings.enrol.is_some() && self.subject == Subject::Hashes;
        self.enrols = enrols.then(|| run.clone());
        let further = match self.subject {
            Subject::Matches => &MATCH_COLUMNS[..],
            Subject::Hashes if self.enrols.is_some() => &ENROLLED_COLUMNS,
            Subject::Hashes => &[],
        };
        self.row(FILE_COLUMNS.iter().chain(further))
    }

    fn file(&mut self, record: &Record) -> io::Result<()> {
        if self.subject == Subject::Hashes {
            return self.hashes(record);
        }
        for found in &record.matches {
            let by = |hash: &&HashRecord| hash.algorithm.to_string() == found.by;
            let hash = record.hashes.iter().find(by).or(record.hashes.first());
            let columns = file_columns(record, hash).into_iter();
            self.row(columns.chain(match_columns(record, Some(found))))?;
        }
        if record.matches.is_empty() && self.all {
            let columns = file_columns(record, record.hashes.first()).into_iter();
            self.row(columns.chain(match_columns(record, None)))?;
        }
        Ok(())
    }

    fn summary(&mut self, _summary: &Summary) -> io::Result<()> {
        self.flush()
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// What all hashes of a picture have in common, and no other picture of the run has.
fn id(run: &Run, record: &Record) -> String {
    if run.roots.len() > 1 { cell(&run.locate(record)) } else { cell(&record.path) }
}

fn text(value: Option<impl ToString>) -> String {
    value.map_or_else(String::new, |value| value.to_string())
}

/// Text from elsewhere: fit for one line, and no formula to a spreadsheet (OWASP, "CSV Injection").
fn cell(value: &str) -> String {
    let formula = value.starts_with(['=', '+', '-', '@']);
    format!("{}{}", if formula { "'" } else { "" }, printable(value))
}

fn file_columns(record: &Record, hash: Option<&HashRecord>) -> Vec<String> {
    let path = cell(&record.path);
    let escaped = || (path != record.path).then(|| BASE64_STANDARD.encode(&record.path));
    vec![
        path.clone(),
        text(record.path_b64.clone().or_else(escaped)),
        record.root.to_string(),
        text(record.size),
        text(record.kind.as_ref()),
        text(record.width),
        text(record.height),
        text(hash.map(|hash| hash.algorithm)),
        text(hash.map(|hash| &hash.hash)),
        text(hash.and_then(|hash| hash.quality)),
        text(record.digests.md5.as_ref()),
        text(record.digests.sha1.as_ref()),
        text(record.digests.sha256.as_ref()),
        outcome(record.outcome).to_owned(),
        text(record.reason),
        text(record.detail.as_deref().map(cell)),
        text(record.exif_orientation),
        record.truncated.to_string(),
        text(record.share),
        record.more_pictures.to_string(),
        text(record.digests.sha512.as_ref()),
    ]
}

fn match_columns(record: &Record, found: Option<&Match>) -> Vec<String> {
    let label = found.and_then(|found| found.label.as_deref());
    let region = found.and_then(|found| found.region);
    let place = region.map(|region| region.place);
    vec![
        record.matches_found.to_string(),
        text(found.map(|found| how(found.how))),
        text(found.map(|found| cell(&found.list))),
        text(found.and_then(|found| found.entry.as_deref()).map(cell)),
        text(found.map(|found| found.line)),
        text(label.map(cell)),
        text(found.map(|found| &found.by)),
        text(found.and_then(|found| found.distance)),
        text(found.and_then(|found| found.max_distance)),
        text(found.and_then(|found| found.orientation)),
        text(found.and_then(|found| found.level)),
        text(found.map(|found| found.negative)),
        text(found.and_then(|found| found.distance_before)),
        text(region.map(|region| region.view)),
        text(place.map(|place| place.x)),
        text(place.map(|place| place.y)),
        text(place.map(|place| place.width)),
        text(place.map(|place| place.height)),
        text(place.map(|place| place.angle)),
        text(found.map(|found| found.entries)),
    ]
}

fn how(how: How) -> &'static str {
    match how {
        How::SameFile => "same-file",
        How::SimilarImage => "similar-image",
    }
}

fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Hashed => "hashed",
        Outcome::Unsupported => "unsupported",
        Outcome::Failed => "failed",
        Outcome::Skipped => "skipped",
    }
}
