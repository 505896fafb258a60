//! What the commands that write reports share: the report from its first line to its last
//! ([`Reporting`]), and the run over files ([`Job`]).

use std::env;
use std::path::PathBuf;
use std::sync::Arc;
use std::thread;
use std::time::{Instant, SystemTime};

use anyhow::Result;
use kinga::algorithm;
use kinga::hash::Algorithm;
use kinga::index::HashIndex;
use kinga::picture::Detail;
use kinga::record::{
    AlgorithmUsed, HashRecord, LayoutRecord, Reason, Record, RootUsed, Run, SCHEMA, Settings,
    Summary,
};
use kinga::report::{Subject, printable};
use kinga::scan::{Ended, ScanOptions, Station, in_order_by};
use kinga::view::Effort;
use kinga::walk::Walk;

use super::args::{InputArgs, JournalArgs, OutputArgs, WorkArgs};
use super::beside::{Beside, say_crowded};
use super::journal::{self, Journalling, Purpose};
use super::output::Output;
use super::progress::Progress;
use super::sandbox::level;
use super::status::Status;
use super::stop::STOP;
use super::verification::Verification;
use super::{inputs, lists, say};

/// A report that is being written.
pub(super) struct Reporting {
    output: Output,
    progress: Progress,
    summary: Summary,
    begun: Instant,
    verification: Verification,
    /// Whether a list is a report that was cut off.
    lists_cut_off: bool,
    /// Whether what was not examined is to be said on stderr, because the format has no place
    /// for it.
    says_rest: bool,
    /// Whether records have hashes: those of pictures that are compared with lists are nobody's
    /// business, unless they are asked for.
    shows_hashes: bool,
    beside: Option<Beside>,
    /// The run, where it is to be said on stderr which pictures make poor entries.
    enrols: Option<Run>,
}

impl Reporting {
    /// Writes the first line of a report.
    pub(super) fn begin(
        mut output: Output,
        progress: Progress,
        settings: Settings,
        roots: Vec<RootUsed>,
        index: Option<&HashIndex>,
        beside: Option<Beside>,
    ) -> Result<Self> {
        let lists = index.map_or(&[][..], HashIndex::lists);
        let run = Run {
            schema: SCHEMA,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            commit: env!("KINGA_COMMIT").to_owned(),
            argv: env::args_os().map(|arg| arg.to_string_lossy().into_owned()).collect(),
            settings,
            roots,
            lists: lists::used(lists),
            known: beside.as_ref().map_or(Vec::new(), Beside::known_lists),
            exceptions: beside.as_ref().and_then(|beside| beside.exceptions.clone()),
            started: now(),
        };
        output.report().run(&run)?;
        let list_rows_not_searched = lists::rows_not_searched(lists);
        let summary = Summary { list_rows_not_searched, ..Summary::default() };
        let lists_cut_off = lists.iter().any(|list| list.cut_off);
        let says_rest = output.lacks_summary();
        let shows_hashes = beside.as_ref().is_none_or(|beside| beside.shows_hashes);
        let verification = Verification::begin(lists);
        let begun = Instant::now();
        let says_layouts = run.settings.enrol.is_some() && index.is_none() && !output.is_quiet();
        let enrols = says_layouts.then_some(run);
        Ok(Self {
            output,
            progress,
            summary,
            begun,
            verification,
            lists_cut_off,
            says_rest,
            shows_hashes,
            beside,
            enrols,
        })
    }

    /// Writes a record.
    pub(super) fn take(&mut self, mut record: Record) -> Result<()> {
        if let Some(beside) = &mut self.beside {
            beside.take(&mut record);
        }
        if !self.shows_hashes {
            record.hashes.iter_mut().for_each(HashRecord::hide);
        }
        let record = &record;
        self.summary.add(record);
        self.progress.add(record);
        self.say_layout(record);
        if self.output.is_watched() {
            let output = &mut self.output;
            return self.progress.aside(|| output.file(record));
        }
        self.output.file(record)
    }

    /// Says that a picture makes a poor entry.
    fn say_layout(&self, record: &Record) {
        let layouts = record.hashes.iter().filter_map(|hash| hash.layout);
        for (run, LayoutRecord { inner }) in self.enrols.iter().zip(layouts) {
            let path = run.locate(record);
            let instead = match inner {
                Some(place) => {
                    format!("list the picture in it instead, such as the part of {place}")
                }
                None => "it is better left out".to_owned(),
            };
            self.progress.aside(|| {
                say(&format!(
                    "warning: {}: it looks like a screen, a slide or a page, and would find others \
                     of that kind; {instead}",
                    printable(&path)
                ));
            });
        }
    }

    /// Writes the last line of the report and puts it in its place. `fail_on_match` makes matches
    /// a status of their own.
    pub(super) fn end(mut self, ended: Ended, fail_on_match: bool) -> Result<Status> {
        if ended != Ended::Interrupted {
            self.verification.wait()?;
        }
        if let Some(beside) = &mut self.beside {
            beside.end(&mut self.summary)?;
        }
        self.progress.end();
        self.summary.seconds = self.begun.elapsed().as_secs_f64();
        self.summary.finished = now();
        self.summary.interrupted = ended == Ended::Interrupted;
        self.output.report().summary(&self.summary)?;
        let status = self.status(fail_on_match);
        if !self.output.is_quiet() {
            say_crowded(&self.summary);
        }
        if self.says_rest {
            self.say_rest();
        }
        self.output.finish(ended)?;
        Ok(status)
    }

    /// Says something while the progress is out of the way.
    pub(super) fn aside(&self, action: impl FnOnce()) {
        self.progress.aside(action);
    }

    /// Waits until the compiled lists are known to be as they were written.
    pub(super) fn verify_lists(&mut self) -> Result<()> {
        self.verification.wait()
    }

    /// Whether the compiled lists are known to be as they were written; fails if they are not.
    pub(super) fn lists_are_verified(&mut self) -> Result<bool> {
        self.verification.is_over()
    }

    fn status(&self, fail_on_match: bool) -> Status {
        let summary = &self.summary;
        let not_searched = summary.list_rows_not_searched > 0 || self.lists_cut_off;
        if summary.interrupted {
            Status::Interrupted
        } else if fail_on_match && summary.matches > 0 {
            Status::Matches
        } else if summary.not_examined > 0 || not_searched {
            Status::Incomplete
        } else {
            Status::Finished
        }
    }

    fn say_rest(&self) {
        let Summary { seen, not_examined, reasons, .. } = &self.summary;
        let left_out = reasons.get(Reason::LowQuality.code()).copied().unwrap_or(0);
        if *not_examined > 0 {
            say(&format!(
                "note: of {seen} candidates, {not_examined} were not examined and {left_out} are of \
                 low quality; --format jsonl names them with their reasons"
            ));
        }
    }
}

pub(super) fn now() -> String {
    humantime::format_rfc3339_millis(SystemTime::now()).to_string()
}

/// A run over files.
pub(super) struct Job {
    pub(super) subject: Subject,
    pub(super) options: ScanOptions,
    pub(super) index: Option<Arc<HashIndex>>,
    /// What goes beside the index.
    pub(super) beside: Option<Beside>,
    /// Files that the output must not overwrite.
    pub(super) read_files: Vec<PathBuf>,
    pub(super) fail_on_match: bool,
}

impl Job {
    /// Examines everything and writes the report.
    pub(super) fn run(
        self,
        input: &InputArgs,
        work: &WorkArgs,
        kept: &JournalArgs,
        out: &OutputArgs,
    ) -> Result<Status> {
        let roots = inputs::roots(input)?;
        let walk_options = inputs::walk_options(input)?;
        let mut read_files = self.read_files;
        read_files.extend(input.files_from.iter().chain(&input.files0_from).cloned());
        journal::refuse_as_output(kept, out.output.as_deref())?;
        let output = Output::open(out, self.subject, &roots, &read_files)?;
        let threads = threads(work.threads);
        let (options, index, beside) = (self.options, self.index, self.beside);
        let workers = work.sandbox.workers(&options.content())?;
        let settings = Settings {
            sandbox: Some(level(workers.as_ref())),
            timeout: workers.as_ref().map(|pool| pool.patience().first.as_secs_f64()),
            ..settings(&options, index.as_deref(), input, threads)
        };
        let mut journal = Journalling::open(
            kept,
            &Purpose {
                roots: &roots,
                options: &options,
                settings: &settings,
                index: index.as_deref(),
                exceptions: beside.as_ref().and_then(|beside| beside.exceptions.as_ref()),
                quiet: out.quiet,
            },
        )?;
        let progress = Progress::begin(out, &roots, &walk_options);
        let used = roots.iter().map(inputs::used).collect();
        let mut report =
            Reporting::begin(output, progress, settings, used, index.as_deref(), beside)?;
        let walk = Walk::new(&roots, walk_options);
        let kept = journal.journal();
        let station =
            move || Station::new(options.clone(), index.clone(), kept.clone(), workers.clone());
        let ended = in_order_by(walk, threads, &STOP, station, |record: Record| {
            journal.go_on(&mut report)?;
            report.take(record)
        })?;
        journal.end(ended, &mut report)?;
        report.end(ended, self.fail_on_match)
    }
}

/// As many threads as asked for, or as there are cores.
pub(super) fn threads(asked: Option<usize>) -> usize {
    // Where the cores can't be counted, one thread is right.
    asked.unwrap_or_else(|| thread::available_parallelism().map_or(1, std::num::NonZero::get))
}

fn settings(
    options: &ScanOptions,
    index: Option<&HashIndex>,
    input: &InputArgs,
    threads: usize,
) -> Settings {
    Settings {
        algorithms: algorithms_used(&options.hashing.algorithms, index),
        digests: options.digests.names(),
        effort: options.hashing.effort,
        kept: if options.keep_all { options.hashing.effort } else { Effort::Upright },
        enrol: options.hashing.enrol,
        levels: options.matching.levels.filter(|_| index.is_some()),
        min_quality: options.matching.min_quality,
        max_matches: options.matching.max_matches,
        full_decode: options.hashing.detail == Detail::Full,
        max_pixels: options.hashing.limits.max_pixels,
        max_memory: options.hashing.limits.max_memory,
        max_file_bytes: options.max_file_bytes,
        max_size: options.max_size,
        exclude: input.exclude.clone(),
        follow: input.follow,
        one_file_system: input.one_file_system,
        threads,
        sandbox: None,
        timeout: None,
    }
}

/// The algorithms with their makers, and their max distances if anything is matched.
fn algorithms_used(algorithms: &[Algorithm], index: Option<&HashIndex>) -> Vec<AlgorithmUsed> {
    let max_distance = |algorithm| {
        let mut known = index?.algorithms();
        known.find(|&(known, _)| known == algorithm).map(|(_, max)| max)
    };
    let used = |&algorithm| AlgorithmUsed {
        algorithm,
        made_by: algorithm::made_by(algorithm),
        max_distance: max_distance(algorithm),
    };
    algorithms.iter().map(used).collect()
}
