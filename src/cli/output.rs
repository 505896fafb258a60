//! Where a report goes: standard output, or a file that appears whole or not at all.

use std::fs;
use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use kinga::record::Record;
use kinga::report::{Out, Report, ReportFormat, ReportOptions, Subject, printable};
use kinga::scan::Ended;
use kinga::walk::Root;

use super::args::OutputArgs;
use super::say;
use super::status::usage;
use super::whole::{WholeFile, folder_of, same_file};

/// An open report.
pub(super) struct Output {
    report: Box<dyn Report>,
    /// The file to be put in its place at the end.
    target: Option<WholeFile>,
    /// Whether someone is watching line by line.
    watched: bool,
    flushed: Instant,
    lacks_summary: bool,
    quiet: bool,
}

/// How often a report that nobody watches is written out all the same.
const FLUSH_EVERY: Duration = Duration::from_secs(1);

impl Output {
    /// Opens the output before the work begins, so that a bad place is told at once.
    ///
    /// `inputs` are files that must not be overwritten.
    pub(super) fn open(
        args: &OutputArgs,
        subject: Subject,
        roots: &[Root],
        inputs: &[PathBuf],
    ) -> Result<Self> {
        if args.format == ReportFormat::Pdq && subject == Subject::Matches {
            return Err(usage(
                "--format pdq is for `kinga hash` only: it has no place for matches",
            ));
        }
        let lacks_summary =
            !args.quiet && matches!(args.format, ReportFormat::Csv | ReportFormat::Pdq);
        let options = ReportOptions { subject, all: args.all, only_matches: args.only_matches };
        let Some(path) = &args.output else {
            let out: Out = Box::new(BufWriter::new(io::stdout()));
            let watched = io::stdout().is_terminal();
            return Ok(Self {
                report: args.format.open(out, options),
                target: None,
                watched,
                flushed: Instant::now(),
                lacks_summary,
                quiet: args.quiet,
            });
        };
        refuse_among_evidence(path, "the output", roots)?;
        let file = WholeFile::begin(path, inputs)?;
        let handle = file.handle()?;
        let out: Out = Box::new(BufWriter::new(handle));
        let report = args.format.open(out, options);
        let target = Some(file);
        let (watched, flushed, quiet) = (false, Instant::now(), args.quiet);
        Ok(Self { report, target, watched, flushed, lacks_summary, quiet })
    }

    /// The report to write to.
    pub(super) fn report(&mut self) -> &mut dyn Report {
        self.report.as_mut()
    }

    /// Writes a record, and now and then writes out what is held back, so that whoever follows the
    /// report sees it grow.
    pub(super) fn file(&mut self, record: &Record) -> Result<()> {
        self.report.file(record)?;
        if self.watched || self.flushed.elapsed() > FLUSH_EVERY {
            self.report.flush()?;
            self.flushed = Instant::now();
        }
        Ok(())
    }

    /// Whether someone is watching line by line.
    pub(super) fn is_watched(&self) -> bool {
        self.watched
    }

    /// Whether the format has no place for what was not examined.
    pub(super) fn lacks_summary(&self) -> bool {
        self.lacks_summary
    }

    /// Whether nothing but errors is to be said on stderr.
    pub(super) fn is_quiet(&self) -> bool {
        self.quiet
    }

    /// Puts a file in its place, safe on disk. To be called after the summary. The report of an
    /// interrupted run never takes the place of a whole one.
    pub(super) fn finish(self, ended: Ended) -> Result<()> {
        let Self { mut report, target, .. } = self;
        report.flush()?;
        drop(report);
        let Some(file) = target else { return Ok(()) };
        let whole = ended != Ended::Interrupted;
        let path = file.finish(whole)?;
        if !whole {
            say(&format!("note: the report so far is in {}", printable(&path.to_string_lossy())));
        }
        Ok(())
    }
}

/// Nothing is ever written below a scanned root: it may be evidence.
pub(super) fn refuse_among_evidence(path: &Path, what: &str, roots: &[Root]) -> Result<()> {
    let folder = folder_of(path);
    let folder = fs::canonicalize(folder)
        .with_context(|| format!("{}: there is no such folder for {what}", folder.display()))?;
    let paths = roots.iter().flat_map(|root| match root {
        Root::Path(path) => std::slice::from_ref(path),
        Root::Listed { paths, .. } => paths.as_slice(),
    });
    for root in paths {
        // A root that can't be resolved has nothing below it.
        let Ok(root) = fs::canonicalize(root) else { continue };
        if folder.starts_with(&root) || same_file(path, &root) {
            bail!(
                "{}: {what} is inside {}, which is scanned; write it elsewhere",
                path.display(),
                root.display()
            );
        }
    }
    Ok(())
}

/// Writes an answer that is no report.
pub(super) fn print(text: &str) -> Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    Ok(out.flush()?)
}
