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
use tempfile::NamedTempFile;

use super::args::OutputArgs;
use super::status::usage;
use super::{say, stop};

/// An open report.
pub(super) struct Output {
    report: Box<dyn Report>,
    /// The file to be put in its place at the end.
    target: Option<(NamedTempFile, PathBuf)>,
    /// Whether someone is watching line by line.
    watched: bool,
    flushed: Instant,
    lacks_summary: bool,
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
            });
        };
        let folder = folder_of(path);
        refuse_among_evidence(path, folder, roots)?;
        refuse_an_input(path, inputs)?;
        let file = tempfile::Builder::new()
            .prefix(".kinga-")
            .suffix(".unfinished")
            .tempfile_in(folder)
            .with_context(|| format!("{}: no file can be made in this folder", folder.display()))?;
        stop::remember_unfinished(Some(file.path()));
        let handle =
            file.reopen().with_context(|| format!("{}: can't be written", path.display()))?;
        let out: Out = Box::new(BufWriter::new(handle));
        let report = args.format.open(out, options);
        let target = Some((file, path.clone()));
        Ok(Self { report, target, watched: false, flushed: Instant::now(), lacks_summary })
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

    /// Puts a file in its place, safe on disk. To be called after the summary. The report of an
    /// interrupted run never takes the place of a whole one.
    pub(super) fn finish(self, ended: Ended) -> Result<()> {
        let Self { mut report, target, .. } = self;
        report.flush()?;
        drop(report);
        let Some((file, mut path)) = target else { return Ok(()) };
        if ended == Ended::Interrupted {
            path.as_mut_os_string().push(".partial");
            say(&format!("note: the report so far is in {}", printable(&path.to_string_lossy())));
        }
        let cannot = || format!("{}: the report can't be put in its place", path.display());
        file.as_file().sync_all().with_context(cannot)?;
        file.persist(&path).map_err(|failed| failed.error).with_context(cannot)?;
        stop::remember_unfinished(None);
        sync_folder(folder_of(&path)).with_context(cannot)
    }
}

fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

/// Makes the new name of a file survive a power failure.
fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { fs::File::open(folder)?.sync_all() } else { Ok(()) }
}

/// Nothing is ever written below a scanned root: it may be evidence.
fn refuse_among_evidence(path: &Path, folder: &Path, roots: &[Root]) -> Result<()> {
    let folder = fs::canonicalize(folder)
        .with_context(|| format!("{}: there is no such folder for the output", folder.display()))?;
    let paths = roots.iter().flat_map(|root| match root {
        Root::Path(path) => std::slice::from_ref(path),
        Root::Listed { paths, .. } => paths.as_slice(),
    });
    for root in paths {
        // A root that can't be resolved has nothing below it.
        let Ok(root) = fs::canonicalize(root) else { continue };
        if folder.starts_with(&root) || same_file(path, &root) {
            bail!(
                "{}: the output is inside {}, which is scanned; write it elsewhere",
                path.display(),
                root.display()
            );
        }
    }
    Ok(())
}

fn refuse_an_input(path: &Path, inputs: &[PathBuf]) -> Result<()> {
    if inputs.iter().any(|input| same_file(path, input)) {
        bail!("{}: the output would overwrite a file that is read", path.display());
    }
    Ok(())
}

fn same_file(a: &Path, b: &Path) -> bool {
    matches!((fs::canonicalize(a), fs::canonicalize(b)), (Ok(a), Ok(b)) if a == b)
}

/// Writes an answer that is no report.
pub(super) fn print(text: &str) -> Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    Ok(out.flush()?)
}
