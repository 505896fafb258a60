//! `kinga match`: earlier records against a new list, without the images.

use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Error, Result, bail};
use kinga::content::DigestKinds;
use kinga::hash::Algorithm;
use kinga::index::HashIndex;
use kinga::record::{AlgorithmUsed, Line, Run, SCHEMA, Settings};
use kinga::region::RegisterOptions;
use kinga::report::{Subject, printable};
use kinga::scan::{Ended, KnownFiles, MatchOptions, in_order, missing_algorithms, rematch};
use kinga::view::Effort;
use kinga::walk::WalkOptions;

use super::args::MatchArgs;
use super::beside::Beside;
use super::matching::match_options;
use super::output::Output;
use super::progress::Progress;
use super::run::{Reporting, threads};
use super::scan::listed_digests;
use super::status::{Status, usage};
use super::stop::STOP;
use super::{lists, say};

pub(super) fn run(args: &MatchArgs) -> Result<Status> {
    if args.effort == Effort::Deep {
        return Err(usage("--effort deep needs the pictures: use `kinga scan`"));
    }
    let name = printable(&args.records.to_string_lossy()).into_owned();
    let (index, beside) = lists::index(&args.lists, &args.matching, args.output.quiet)?;
    let index = Arc::new(index);
    let mut lines = Lines::open(&args.records, &name)?;
    let earlier = lines.run().with_context(|| format!("{name}: these are no records"))?;
    check_searchable(args, &index, &beside, &earlier).with_context(|| name.clone())?;
    let register = RegisterOptions::default();
    let options = match_options(&args.matching, register, &index, args.effort);
    let threads = threads(args.threads);
    let settings = settings(args.effort, &options, &index, earlier.settings, threads);
    let mut read_files = args.lists.files();
    read_files.push(args.records.clone());
    let output = Output::open(&args.output, Subject::Matches, &[], &read_files)?;
    let progress = Progress::begin(&args.output, &[], &WalkOptions::default());
    let roots = earlier.roots;
    let mut report =
        Reporting::begin(output, progress, settings, roots, Some(&index), Some(beside))?;
    let (searched, effort) = (Arc::clone(&index), args.effort);
    let work = move |line: Result<Line>| match line? {
        Line::File(record) => {
            Ok(Line::File(Box::new(rematch(*record, &searched, &options, effort)?)))
        }
        other => Ok(other),
    };
    let mut whole = Whole::default();
    let ended = in_order(lines, threads, &STOP, work, |line: Result<Line>| -> Result<()> {
        let line = line.with_context(|| format!("{name}: the records can't be read"))?;
        whole.add(&line).with_context(|| name.clone())?;
        match line {
            Line::File(record) => report.take(*record),
            Line::Run(_) | Line::Summary(_) => Ok(()),
        }
    })?;
    let status = report.end(ended, args.matching.fail_on_match)?;
    Ok(match whole.complaint() {
        Some(complaint) if ended == Ended::Whole => {
            say(&format!("warning: {name}: {complaint}"));
            if status == Status::Finished { Status::Incomplete } else { status }
        }
        _ => status,
    })
}

/// What the records were made with, and how they are matched now.
fn settings(
    effort: Effort,
    options: &MatchOptions,
    index: &HashIndex,
    earlier: Settings,
    threads: usize,
) -> Settings {
    let max_distance = |algorithm: Algorithm| {
        let mut known = index.algorithms();
        known.find(|&(known, _)| known == algorithm).map(|(_, max)| max)
    };
    let again = |used: AlgorithmUsed| {
        let max_distance = max_distance(used.algorithm);
        AlgorithmUsed { max_distance, ..used }
    };
    Settings {
        algorithms: earlier.algorithms.into_iter().map(again).collect(),
        effort,
        levels: options.levels,
        min_quality: options.min_quality,
        max_matches: options.max_matches,
        threads,
        sandbox: None,
        timeout: None,
        ..earlier
    }
}

/// Refuses to match where entries of the lists, or orientations, could not be searched for in these
/// records.
fn check_searchable(
    args: &MatchArgs,
    index: &HashIndex,
    beside: &Beside,
    earlier: &Run,
) -> Result<()> {
    let present: Vec<Algorithm> =
        earlier.settings.algorithms.iter().map(|used| used.algorithm).collect();
    let missing: Vec<String> =
        missing_algorithms(index, &present).iter().map(ToString::to_string).collect();
    if !missing.is_empty() {
        let missing = missing.join(" and ");
        bail!("the lists need {missing} hashes, which these records lack; hash the images again");
    }
    let known = beside.known().map_or(DigestKinds::default(), KnownFiles::digest_kinds);
    let mut digests = listed_digests(index).or(known).names();
    digests.retain(|digest| !earlier.settings.digests.contains(digest));
    if !digests.is_empty() {
        let digests = digests.join(" and ");
        bail!(
            "the lists hold {digests} digests, which these records lack; make them with --digests"
        );
    }
    let hashes = index.algorithms().next().is_some();
    let (kept, wanted) = (earlier.settings.kept, args.effort);
    if hashes && kept < wanted {
        bail!(
            "these records hold what effort {kept} looks at, so {} would be missed; make them with \
             `kinga hash --effort {wanted} --format jsonl`, or say --effort {kept}",
            match kept {
                Effort::Upright => "turned and mirrored pictures",
                _ => "pictures in frames, screens and collages, and cropped and tilted ones",
            }
        );
    }
    Ok(())
}

/// Whether all records that were once written have come.
#[derive(Default)]
struct Whole {
    records: u64,
    /// What the summary says that there are, and whether it was interrupted.
    summary: Option<(u64, bool)>,
}

impl Whole {
    fn add(&mut self, line: &Line) -> Result<()> {
        if self.summary.is_some() {
            bail!("something follows the summary; match one report at a time");
        }
        match line {
            Line::File(_) => self.records += 1,
            Line::Summary(summary) => self.summary = Some((summary.seen, summary.interrupted)),
            Line::Run(_) => bail!("a second run begins; match one report at a time"),
        }
        Ok(())
    }

    fn complaint(&self) -> Option<String> {
        match self.summary {
            None => Some(
                "the records have no summary: they were cut off, and files are missing".to_owned(),
            ),
            Some((_, true)) => {
                Some("the records are of an interrupted run: files are missing".to_owned())
            }
            Some((seen, false)) if seen != self.records => {
                Some(format!("{} of {seen} records are there: files are missing", self.records))
            }
            Some(_) => None,
        }
    }
}

/// The lines of a report that was written as JSON Lines.
struct Lines {
    input: Box<dyn BufRead + Send>,
    number: u64,
}

impl Lines {
    fn open(path: &Path, name: &str) -> Result<Self> {
        let input: Box<dyn BufRead + Send> = if path.as_os_str() == "-" {
            Box::new(BufReader::new(io::stdin()))
        } else {
            Box::new(BufReader::new(
                File::open(path).with_context(|| format!("{name}: can't be opened"))?,
            ))
        };
        Ok(Self { input, number: 0 })
    }

    /// The first line, which says how the records were made.
    fn run(&mut self) -> Result<Run> {
        match self.next() {
            Some(Ok(Line::Run(run))) if run.schema == SCHEMA => Ok(*run),
            Some(Ok(Line::Run(run))) => {
                bail!("they have schema {}, and this version reads {SCHEMA}", run.schema)
            }
            Some(Ok(_)) | None => {
                bail!("the first line is no `run`; make records with `kinga hash --format jsonl`")
            }
            Some(Err(error)) => Err(error.context("make records with `kinga hash --format jsonl`")),
        }
    }
}

impl Iterator for Lines {
    type Item = Result<Line>;

    fn next(&mut self) -> Option<Self::Item> {
        let mut text = String::new();
        self.number += 1;
        let line = match self.input.read_line(&mut text) {
            Ok(0) => return None,
            Ok(_) => serde_json::from_str(&text).map_err(Error::from),
            Err(error) => Err(Error::from(error)),
        };
        Some(line.with_context(|| format!("line {}", self.number)))
    }
}
