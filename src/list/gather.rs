//! Where the rows of every format meet: each row is put into exactly one class and counted.

use std::collections::BTreeMap;

use super::row::{Row, Stated};
use super::settle::{self, Tombstone};
use super::value::{self, BrokenValue};
use super::{Counts, Entry, HashList, Known, ListError, ListFormat, Problem, ReadOptions};
use crate::hash::Quality;

/// How many problems are kept for the report; all are counted.
const KEPT_PROBLEMS: usize = 20;

/// How many different names of unmatchable kinds are counted apart, so that a hostile list cannot
/// fill the memory or the report; the rest is counted as `other`.
const KEPT_KINDS: usize = 50;

/// What has been read of a list so far.
pub(super) struct Gathering {
    options: ReadOptions,
    entries: Vec<Entry>,
    /// Beside `entries`: whether nothing but their 64 digits says that they are PDQ.
    unproven: Vec<bool>,
    tombstones: Vec<Tombstone>,
    counts: Counts,
    problems: Vec<Problem>,
    /// Length, writing and number of the hashes whose algorithm nobody named.
    unnamed: Option<(usize, bool, u64)>,
    /// Whether kinga's own records end before their summary.
    pub(super) cut_off: bool,
}

impl Gathering {
    pub(super) fn new(options: ReadOptions) -> Self {
        Self {
            options,
            entries: Vec::new(),
            unproven: Vec::new(),
            tombstones: Vec::new(),
            counts: Counts::default(),
            problems: Vec::new(),
            unnamed: None,
            cut_off: false,
        }
    }

    /// Counts a line that is not even a row as a broken one.
    pub(super) fn broken(&mut self, line: u64, what: &str) {
        self.counts.rows += 1;
        self.count_broken(line, what);
    }

    fn count_broken(&mut self, line: u64, what: &str) {
        self.counts.broken += 1;
        if self.problems.len() < KEPT_PROBLEMS {
            let message = format!("{what}; mend or delete the line");
            self.problems.push(Problem { line, message });
        }
    }

    /// Takes a row: a tombstone, entries, or something to count and report.
    pub(super) fn add(&mut self, mut row: Row<'_>) {
        self.counts.rows += 1;
        if row.withdrawn {
            return self.add_tombstone(&row);
        }
        self.count_kinds(&mut row);
        let (known, problem) = self.read_values(&row);
        let gave = !known.is_empty();
        let mut name = row.label.or(row.file).map(Box::<str>::from);
        let last = known.len().saturating_sub(1);
        for (k, (known, quality, proven)) in known.into_iter().enumerate() {
            let label = if k == last { name.take() } else { name.clone() };
            let id = row.id.map(Box::from);
            self.entries.push(Entry { known, line: row.line, id, label, quality });
            self.unproven.push(!proven);
        }
        match problem {
            Some(what) => self.count_broken(row.line, &what),
            None if gave => self.counts.contributing += 1,
            None if !row.unmatchable.is_empty() => self.counts.unmatchable_rows += 1,
            None => self.count_broken(row.line, "no hash in this row"),
        }
    }

    /// Counts what the row holds but cannot be matched, and takes it out of the row.
    fn count_kinds<'a>(&mut self, row: &mut Row<'a>) {
        let poor = row.outcome.is_some()
            && row.reason.is_some_and(|reason| reason.eq_ignore_ascii_case("low-quality"));
        if poor {
            row.values.retain(Stated::is_digest);
        }
        if let Some(outcome) = row.outcome {
            let hashed = outcome.eq_ignore_ascii_case("hashed");
            let digests_only = row.values.iter().all(Stated::is_digest);
            if poor || (!hashed && digests_only) {
                row.unmatchable.push(row.reason.unwrap_or(outcome));
                // A record of an empty file is in order, but its digest is nothing to search for.
                let empty = |stated: &Stated<'a>| {
                    value::read(stated.claim, stated.text, None) == Err(BrokenValue::EmptyFile)
                };
                row.values.retain(|stated| !empty(stated));
            }
        }
        self.count_all(&row.unmatchable);
    }

    fn count_all(&mut self, kinds: &[&str]) {
        for kind in kinds {
            count_kind(&mut self.counts.unmatchable, kind);
        }
    }

    /// The readable values of a row, and what is wrong with the first unreadable one.
    #[expect(clippy::type_complexity, reason = "what one entry is made of, used once")]
    fn read_values(
        &mut self,
        row: &Row<'_>,
    ) -> (Vec<(Known, Option<Quality>, bool)>, Option<String>) {
        let mut known = Vec::with_capacity(row.values.len());
        let mut problem = None;
        for stated in &row.values {
            let quality = match stated.quality.map(quality_of).transpose() {
                Ok(quality) => quality,
                Err(what) => {
                    problem.get_or_insert(what.to_owned());
                    continue;
                }
            };
            match value::read(stated.claim, stated.text, self.options.algorithm) {
                Ok((value, proven)) => known.push((value, quality, proven)),
                Err(broken) => {
                    if let BrokenValue::Unnamed { length, hex } = broken {
                        self.unnamed.get_or_insert((length, hex, 0)).2 += 1;
                    }
                    problem.get_or_insert(broken.to_string());
                }
            }
        }
        (known, problem)
    }

    fn add_tombstone(&mut self, row: &Row<'_>) {
        let (known, problem) = self.read_values(row);
        if let Some(what) = problem {
            return self.count_broken(row.line, &format!("a row that withdraws: {what}"));
        }
        let keyless = known.is_empty() && row.id.is_none();
        if keyless && !row.unmatchable.is_empty() {
            self.counts.unmatchable_rows += 1;
            return self.count_all(&row.unmatchable);
        }
        if keyless {
            let what = "a row that withdraws, but with neither id nor hash to say what";
            return self.count_broken(row.line, what);
        }
        self.counts.tombstones += 1;
        self.tombstones.push(Tombstone {
            before: self.entries.len(),
            id: row.id.map(Box::from),
            known: known.into_iter().map(|(known, ..)| known).collect(),
        });
    }

    /// The finished list.
    ///
    /// # Errors
    /// When too much is broken, nothing is left, or PDQ and SHA-256 cannot be told apart.
    pub(super) fn finish(
        mut self,
        list: &str,
        format: ListFormat,
        sha256: [u8; 32],
    ) -> Result<HashList, ListError> {
        debug_assert!(self.counts.add_up(), "a row is in no class or in two: {:?}", self.counts);
        self.refuse_broken(list)?;
        if let Err(rows) = settle::prove(&self.entries, &self.unproven) {
            return Err(ListError::Ambiguous { list: list.to_owned(), rows });
        }
        self.counts.removed = settle::withdraw(&mut self.entries, &self.tombstones);
        self.counts.duplicates = settle::duplicates(&self.entries);
        self.counts.entries = self.entries.len() as u64;
        if self.entries.is_empty() {
            return Err(ListError::Empty {
                list: list.to_owned(),
                rows: self.counts.rows,
                tombstones: self.counts.tombstones,
                unmatchable: self.counts.unmatchable_rows,
            });
        }
        Ok(HashList {
            name: list.to_owned(),
            format,
            sha256,
            entries: self.entries,
            counts: self.counts,
            problems: self.problems,
            cut_off: self.cut_off,
        })
    }

    fn refuse_broken(&self, list: &str) -> Result<(), ListError> {
        let Counts { rows, broken, .. } = self.counts;
        let Some(first) = self.problems.first() else { return Ok(()) };
        if broken * 100 <= rows && !self.options.strict {
            return Ok(());
        }
        let list = list.to_owned();
        match self.unnamed {
            Some((length, hex, count)) if count * 2 > broken => {
                Err(ListError::UnnamedAlgorithm { list, length, hex })
            }
            _ => {
                let (first, strict) = (first.clone(), broken * 100 <= rows);
                Err(ListError::TooManyBroken { list, broken, rows, strict, first })
            }
        }
    }
}

impl Stated<'_> {
    fn is_digest(&self) -> bool {
        matches!(self.claim, value::Claim::Digest(_))
    }
}

/// Reads a quality, which some tools write as `100.0`.
fn quality_of(text: &str) -> Result<Quality, &'static str> {
    let whole = text.split_once('.').filter(|(_, rest)| rest.bytes().all(|byte| byte == b'0'));
    match whole.map_or(text, |(whole, _)| whole).parse() {
        Ok(quality @ 0..=100) => Ok(Quality(quality)),
        _ => Err("the quality is not a whole number from 0 to 100"),
    }
}

fn count_kind(kinds: &mut BTreeMap<String, u64>, name: &str) {
    let name = name.trim().to_ascii_lowercase();
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    // A name that is no code may be anything, a hash too, and is not repeated. Codes are short.
    let is_code = (1..=24).contains(&name.len()) && name.bytes().all(plain);
    let room = kinds.len() < KEPT_KINDS || kinds.contains_key(&name);
    *kinds.entry(if is_code && room { name } else { "other".to_owned() }).or_insert(0) += 1;
}
