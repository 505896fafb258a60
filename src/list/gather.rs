//! Where the rows of every format meet: each row is put into exactly one class and counted.

use std::collections::BTreeMap;
use std::num::NonZeroU32;

use super::notes::{Notes, Shared};
use super::row::{Latest, Row, Stated};
use super::settle::{self, Draft, Tombstone};
use super::snapshot::Snapshots;
use super::value::{self, BrokenValue, Proof};
use super::{
    Counts, Entry, HashList, Known, ListError, ListFormat, Problem, ReadOptions, Tolerance,
    Withdrawn,
};
use crate::hash::Quality;

/// How many problems are kept for the report; all are counted.
const KEPT_PROBLEMS: usize = 20;

/// How many different names of unmatchable kinds are counted apart, so that a hostile list cannot
/// fill the memory or the report; the rest is counted as `other`.
const KEPT_KINDS: usize = 50;

/// The name under which known files are counted where they are not wanted.
pub(super) const KNOWN_FILE: &str = "known-file";

/// What has been read of a list so far.
pub(super) struct Gathering {
    options: ReadOptions,
    drafts: Vec<Draft>,
    tombstones: Vec<Tombstone>,
    snapshots: Snapshots,
    withdrawn: Vec<Withdrawn>,
    notes: Shared,
    counts: Counts,
    problems: Vec<Problem>,
    /// Length, writing and number of the hashes whose algorithm nobody named.
    unnamed: Option<(usize, bool, u64)>,
    /// Whether kinga's own records end before their summary, or their summary says that the run
    /// was interrupted.
    pub(super) cut_off: bool,
    /// Whether these are known files, and nothing to search for.
    pub(super) known_files: bool,
}

impl Gathering {
    pub(super) fn new(options: ReadOptions) -> Self {
        Self {
            options,
            drafts: Vec::new(),
            tombstones: Vec::new(),
            snapshots: Snapshots::default(),
            withdrawn: Vec::new(),
            notes: Shared::default(),
            counts: Counts::default(),
            problems: Vec::new(),
            unnamed: None,
            cut_off: false,
            known_files: false,
        }
    }

    /// Counts a line that is not even a row as a broken one.
    pub(super) fn broken(&mut self, line: u64, what: &str) {
        self.counts.rows += 1;
        self.count_broken(line, format!("{what}; mend or delete the line"));
    }

    fn count_broken(&mut self, line: u64, message: String) {
        self.counts.broken += 1;
        if self.problems.len() < KEPT_PROBLEMS {
            self.problems.push(Problem { line, message });
        }
    }

    /// Takes a row: a tombstone, entries, or something to count and report.
    pub(super) fn add(&mut self, row: Row<'_>) {
        let (latest, withdrawn, from) = (row.latest, row.withdrawn, self.drafts.len());
        match latest {
            _ if !withdrawn => self.add_entries(row),
            None => self.add_tombstone(row),
            Some(latest) => self.add_withdrawn(&row, latest),
        }
        if let Some(latest) = latest {
            self.snapshots.take(latest.key, latest.time, withdrawn, from..self.drafts.len());
        }
    }

    /// Takes a row that its list calls a known file, or something to search for. Only one of the two is
    /// wanted, and the others are counted.
    pub(super) fn add_if_wanted(&mut self, row: Row<'_>, is_known_file: bool) {
        if is_known_file == self.options.known_files {
            return self.add(row);
        }
        self.counts.rows += 1;
        self.counts.unmatchable_rows += 1;
        self.count_all(&[if is_known_file { KNOWN_FILE } else { "not-a-known-file" }]);
    }

    /// Takes a record that withdraws all of its key, in this list and in others of its service.
    fn add_withdrawn(&mut self, row: &Row<'_>, latest: Latest<'_>) {
        self.counts.rows += 1;
        self.counts.tombstones += 1;
        let time = latest.time.and_then(seconds);
        let known =
            |stated: &Stated<'_>| value::read(stated.claim, stated.text, None).map(|read| read.0);
        // An id is all of a record, whatever hashes it had.
        let values = row.values.iter().filter(|_| row.id.is_none());
        let known = values.flat_map(known).collect();
        self.withdrawn.push(Withdrawn { id: row.id.map(Box::from), known, time });
    }

    fn add_entries(&mut self, mut row: Row<'_>) {
        if row.unclear {
            let what = "a column that says whether the entry is withdrawn holds neither yes nor no";
            return self.broken(row.line, what);
        }
        self.count_kinds(&mut row);
        let from = self.drafts.len();
        let problem = self.read_values(&row);
        let label = row.label.or(row.file);
        if self.options.keep_case_fields && !row.case.is_empty() {
            let notes = row.notes.get_or_insert_with(|| Notes::of("the list"));
            row.case.iter().for_each(|(name, text)| notes.add(name, text));
        }
        let notes = row.notes.take().map(|notes| self.notes.keep(notes));
        let time = row.latest.and_then(|latest| latest.time).and_then(seconds);
        for draft in &mut self.drafts[from..] {
            draft.entry.id = row.id.map(Box::from);
            draft.entry.label = label.map(Box::from);
            draft.entry.notes.clone_from(&notes);
            draft.entry.time = time;
        }
        let gave = self.drafts.len() > from;
        match problem {
            Some(what) => return self.broken(row.line, &what),
            None if gave => self.counts.contributing += 1,
            None if !row.unmatchable.is_empty() => self.counts.unmatchable_rows += 1,
            None => return self.broken(row.line, "no hash in this row"),
        }
        self.counts.rows += 1;
    }

    /// Counts what the row holds but cannot be matched, and takes it out of the row.
    fn count_kinds<'a>(&mut self, row: &mut Row<'a>) {
        if let Some(outcome) = row.outcome {
            let values = row.values.len();
            let poor = row.reason.is_some_and(|reason| reason.eq_ignore_ascii_case("low-quality"));
            if poor {
                row.values.retain(|stated| !stated.claim.has_quality());
            }
            let hashed = outcome.eq_ignore_ascii_case("hashed");
            let digests_only = row.values.iter().all(|stated| stated.claim.is_digest());
            if row.values.len() < values || (digests_only && (poor || !hashed)) {
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

    /// Drafts what is readable of a row, without id and label; gives what is wrong with the first
    /// value that is not.
    fn read_values(&mut self, row: &Row<'_>) -> Option<String> {
        let mut problem = None;
        for stated in &row.values {
            match stated.quality.map(quality_of).transpose() {
                Ok(quality) => match value::read(stated.claim, stated.text, self.options.algorithm)
                {
                    Ok((known, proof)) => self.draft(row.line, known, quality, proof),
                    Err(broken) => {
                        if let BrokenValue::Unnamed { length, hex } = broken {
                            self.unnamed.get_or_insert((length, hex, 0)).2 += 1;
                        }
                        problem.get_or_insert_with(|| broken.to_string());
                    }
                },
                Err(what) => {
                    problem.get_or_insert_with(|| what.to_owned());
                }
            }
        }
        problem
    }

    /// Drafts an entry, and a second one where the same 64 digits may be a SHA-256 as well: in a
    /// list of PDQ hashes, one that has not 128 bits set may be a hash with ties, or a digest that
    /// got in among them.
    fn draft(&mut self, line: u64, known: Known, quality: Option<Quality>, proof: Proof) {
        let entry = |known, quality| Entry { quality, ..Entry::new(known, line) };
        self.drafts.push(Draft { entry: entry(known, quality), proof });
        if proof != Proof::Proven && matches!(known, Known::Hash(..)) && !settle::has_128(&known) {
            let second = known.other_reading().map(|known| entry(known, None));
            self.drafts.extend(second.map(|entry| Draft { entry, proof: Proof::Proven }));
        }
    }

    fn add_tombstone(&mut self, mut row: Row<'_>) {
        // What is withdrawn may be of any quality, and of an unreadable one.
        row.values.iter_mut().for_each(|stated| stated.quality = None);
        let from = self.drafts.len();
        let problem = self.read_values(&row);
        let values = self.drafts.drain(from..).map(|draft| draft.entry.known);
        // Whoever withdraws 64 digits withdraws them however they were read.
        let known: Vec<Known> =
            values.flat_map(|known| [Some(known), known.other_reading()]).flatten().collect();
        self.counts.rows += 1;
        let keyless = known.is_empty() && row.id.is_none();
        if keyless && problem.is_none() && !row.unmatchable.is_empty() {
            self.counts.unmatchable_rows += 1;
            return self.count_all(&row.unmatchable);
        }
        let what = match (problem, keyless) {
            (None, false) => None,
            (None, true) => Some("there is neither id nor hash to say what".to_owned()),
            (Some(what), _) => Some(what),
        };
        match what {
            None => self.counts.tombstones += 1,
            Some(what) => {
                let so = if keyless {
                    "so an entry may still be searched for although it was withdrawn"
                } else {
                    "so the withdrawal was applied only in part"
                };
                let message = format!("a row that withdraws: {what}, {so}; mend the line");
                self.count_broken(row.line, message);
            }
        }
        let id: Option<Box<str>> = row.id.map(Box::from);
        self.withdrawn.push(Withdrawn { id: id.clone(), known: known.clone(), time: None });
        self.tombstones.push(Tombstone { before: from, id, known });
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
        let mut firsts = settle::first_of_each(&self.drafts);
        if let Err(rows) = settle::prove(&self.drafts, &firsts) {
            return Err(ListError::Ambiguous { list: list.to_owned(), rows });
        }
        let gone = self.snapshots.settle(&mut self.drafts);
        self.counts.replaced = gone.replaced;
        self.counts.removed = gone.removed + settle::withdraw(&mut self.drafts, &self.tombstones);
        if self.counts.removed + gone.replaced > 0 {
            firsts = settle::first_of_each(&self.drafts);
        }
        self.counts.entries = self.drafts.len() as u64;
        self.counts.duplicates = self.counts.entries - firsts.len() as u64;
        // A service's page may do nothing but withdraw, what other pages of it list.
        let withdraws = format.is_of_service() && !self.withdrawn.is_empty();
        if self.drafts.is_empty() && !withdraws {
            return Err(ListError::Empty {
                list: list.to_owned(),
                rows: self.counts.rows,
                tombstones: self.counts.tombstones,
                unmatchable: self.counts.unmatchable_rows,
            });
        }
        let entries: Vec<Entry> = self.drafts.into_iter().map(|draft| draft.entry).collect();
        Ok(HashList {
            name: list.to_owned(),
            format,
            sha256,
            algorithms: entries.iter().filter_map(|entry| entry.known.algorithm()).collect(),
            entries: entries.into(),
            counts: self.counts,
            problems: self.problems,
            cut_off: self.cut_off,
            known_files: self.known_files,
            withdrawn: self.withdrawn,
            signature: None,
            compiled: None,
        })
    }

    fn refuse_broken(&self, list: &str) -> Result<(), ListError> {
        let Counts { rows, broken, .. } = self.counts;
        let Some(first) = self.problems.first() else { return Ok(()) };
        if self.options.tolerance.admits(broken, rows) {
            return Ok(());
        }
        let list = list.to_owned();
        match self.unnamed {
            Some((length, hex, count)) if count * 2 > broken => {
                Err(ListError::UnnamedAlgorithm { list, length, hex })
            }
            _ => {
                let strict = self.options.tolerance == Tolerance::None;
                let first = first.clone();
                Err(ListError::TooManyBroken { list, broken, rows, strict, first })
            }
        }
    }
}

/// A time as entries keep it; one before 1970 or after 2106 is none.
fn seconds(time: i64) -> Option<NonZeroU32> {
    u32::try_from(time).map_or(None, NonZeroU32::new)
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
    let name = name.trim().to_ascii_lowercase().replace(' ', "-");
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    // A name that is no code may be anything, a hash too, and is not repeated. Codes are short.
    let is_code = (1..=24).contains(&name.len()) && name.bytes().all(plain);
    let is_hash = name.len() >= 10 && value::is_hex(&name);
    let room = kinds.len() < KEPT_KINDS || kinds.contains_key(&name);
    let name = if is_code && !is_hash && room { name } else { "other".to_owned() };
    *kinds.entry(name).or_insert(0) += 1;
}
