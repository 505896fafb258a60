//! `kinga match`: earlier records against a new list, without the images.

use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::sync::Arc;

use anyhow::{Context, Error, Result, anyhow, bail};
use kinga::hash::Algorithm;
use kinga::index::HashIndex;
use kinga::record::{Line, Record, Run, SCHEMA, Settings};
use kinga::report::{Subject, printable};
use kinga::scan::{Ended, in_order, missing_algorithms, rematch};
use kinga::walk::WalkOptions;

use super::args::MatchArgs;
use super::output::Output;
use super::progress::Progress;
use super::run::{Reporting, algorithms_used, threads};
use super::scan::{listed_digests, match_options};
use super::status::Status;
use super::stop::STOP;
use super::{lists, say};

pub(super) fn run(args: &MatchArgs) -> Result<Status> {
    let name = printable(&args.records.to_string_lossy()).into_owned();
    let index = Arc::new(lists::index(&args.lists, &args.matching, args.output.quiet)?);
    let mut lines = Lines::open(args, &name)?;
    let earlier = lines.run()?;
    check_searchable(&index, &earlier, &name)?;
    if !args.output.quiet {
        note_limits(&index, &earlier, &name);
    }
    let options = match_options(&args.matching);
    let threads = threads(args.threads);
    let settings = Settings {
        algorithms: algorithms_used(&algorithms(&earlier), Some(&index)),
        min_quality: options.min_quality,
        max_matches: options.max_matches,
        threads,
        ..earlier.settings
    };
    let mut read_files = args.lists.lists.clone();
    read_files.push(args.records.clone());
    let output = Output::open(&args.output, Subject::Matches, &[], &read_files)?;
    let progress = Progress::begin(&args.output, &[], &WalkOptions::default());
    let mut report = Reporting::begin(output, progress, settings, earlier.roots, Some(&index))?;
    let work = {
        let index = Arc::clone(&index);
        move |line: Result<Record>| -> Result<Record> {
            let record = line?;
            let number = record.number;
            rematch(record, &index, &options).with_context(|| format!("record {number}"))
        }
    };
    let ended = in_order(&mut lines, threads, &STOP, work, |record| -> Result<()> {
        report.take(&record.with_context(|| format!("{name}: the records can't be read"))?)
    })?;
    let whole = lines.whole || ended == Ended::Interrupted;
    let status = report.end(ended, args.matching.fail_on_match)?;
    if !whole {
        say(&format!(
            "warning: {name}: the records have no summary: they were cut off, and files may be missing"
        ));
    }
    Ok(match status {
        Status::Finished if !whole => Status::Incomplete,
        other => other,
    })
}

fn algorithms(run: &Run) -> Vec<Algorithm> {
    run.settings.algorithms.iter().map(|used| used.algorithm).collect()
}

/// Refuses to match where entries of the lists could not be searched for in these records.
fn check_searchable(index: &HashIndex, earlier: &Run, name: &str) -> Result<()> {
    let missing = missing_algorithms(index, &algorithms(earlier));
    if !missing.is_empty() {
        let missing: Vec<String> = missing.iter().map(ToString::to_string).collect();
        bail!(
            "{name}: the lists need {} hashes, which these records lack; hash the images again",
            missing.join(" and ")
        );
    }
    let mut digests = listed_digests(index).names();
    digests.retain(|digest| !earlier.settings.digests.contains(digest));
    if !digests.is_empty() {
        bail!(
            "{name}: the lists hold {} digests, which these records lack; make the records with --digests",
            digests.join(" and ")
        );
    }
    Ok(())
}

fn note_limits(index: &HashIndex, earlier: &Run, name: &str) {
    if !earlier.settings.all_orientations && index.algorithms().next().is_some() {
        say(&format!(
            "note: {name}: these records hold one orientation only; turned and mirrored pictures will not be found"
        ));
    }
}

/// The lines of a report that was written as JSON Lines.
struct Lines {
    input: Box<dyn BufRead>,
    number: u64,
    /// Whether the last line was seen.
    whole: bool,
}

impl Lines {
    fn open(args: &MatchArgs, name: &str) -> Result<Self> {
        let input: Box<dyn BufRead> = if args.records.as_os_str() == "-" {
            Box::new(BufReader::new(io::stdin()))
        } else {
            let file = File::open(&args.records);
            Box::new(BufReader::new(file.with_context(|| format!("{name}: can't be opened"))?))
        };
        Ok(Self { input, number: 0, whole: false })
    }

    /// The first line, which says how the records were made.
    fn run(&mut self) -> Result<Run> {
        match self.line() {
            Some(Ok(Line::Run(run))) if run.schema == SCHEMA => Ok(*run),
            Some(Ok(Line::Run(run))) => {
                bail!("these records have schema {}, and this version reads {SCHEMA}", run.schema)
            }
            Some(Ok(_) | Err(_)) | None => {
                bail!(
                    "these are not records: their first line is no `run`; make them with `kinga hash --format jsonl`"
                )
            }
        }
    }

    fn line(&mut self) -> Option<Result<Line>> {
        let mut text = String::new();
        self.number += 1;
        match self.input.read_line(&mut text) {
            Ok(0) => None,
            Ok(_) => Some(serde_json::from_str(&text).map_err(|error| self.error(error.into()))),
            Err(error) => Some(Err(self.error(error.into()))),
        }
    }

    fn error(&self, error: Error) -> Error {
        error.context(format!("line {}", self.number))
    }
}

impl Iterator for Lines {
    type Item = Result<Record>;

    fn next(&mut self) -> Option<Self::Item> {
        match self.line()? {
            Ok(Line::File(record)) => Some(Ok(*record)),
            Ok(Line::Summary(summary)) => {
                self.whole = !summary.interrupted;
                None
            }
            Ok(Line::Run(_)) => Some(Err(self.error(anyhow!("a second run begins")))),
            Err(error) => Some(Err(error)),
        }
    }
}
