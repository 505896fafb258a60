//! `--journal` and `--resume`: opening the journal of a run, keeping it, and saying what it did.

use std::fmt::Debug;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result, bail};
use kinga::index::HashIndex;
use kinga::journal::{Journal, RootKey, Session, Used};
use kinga::record::{ExceptionsUsed, RootKind, Settings};
use kinga::report::printable;
use kinga::scan::{Ended, ScanOptions};
use kinga::walk::Root;

use super::args::JournalArgs;
use super::output::refuse_among_evidence;
use super::run::{Reporting, now};
use super::whole::{folder_of, same_file, with_partial};
use super::{inputs, lists, say};

/// The journal of a run, or that there is none.
pub(super) struct Journalling {
    open: Option<(Arc<Journal>, String)>,
    quiet: bool,
    /// Whether the lists are known to be as they were written.
    vouched: bool,
}

/// What a journal is opened for.
pub(super) struct Purpose<'a> {
    pub(super) roots: &'a [Root],
    pub(super) options: &'a ScanOptions,
    pub(super) settings: &'a Settings,
    pub(super) index: Option<&'a HashIndex>,
    pub(super) exceptions: Option<&'a ExceptionsUsed>,
    pub(super) quiet: bool,
}

impl Journalling {
    /// Opens the journal that is asked for.
    pub(super) fn open(args: &JournalArgs, purpose: &Purpose<'_>) -> Result<Self> {
        let quiet = purpose.quiet;
        let (path, is_new) = match (&args.journal, &args.resume) {
            (Some(path), _) => (path, true),
            (None, Some(path)) => (path, false),
            (None, None) => return Ok(Self { open: None, quiet, vouched: true }),
        };
        let name = printable(&path.to_string_lossy()).into_owned();
        refuse_among_evidence(path, "the journal", purpose.roots)?;
        let session = session(purpose)?;
        let journal = if is_new {
            Journal::create(path, session)
        } else {
            refuse_link_into_evidence(path, purpose.roots)?;
            Journal::resume(path, session)
        };
        let journal = journal.with_context(|| name.clone())?;
        if !quiet {
            say_state(&journal, &name);
        }
        let open = Some((Arc::new(journal), name));
        // Lists that are not compiled were read and digested whole before.
        Ok(Self { open, quiet, vouched: false })
    }

    /// The journal, if there is one.
    pub(super) fn journal(&self) -> Option<Arc<Journal>> {
        self.open.as_ref().map(|(journal, _)| Arc::clone(journal))
    }

    /// To be called for each record: ends the run if the journal can't be written any more.
    pub(super) fn go_on(&mut self, report: &mut Reporting) -> Result<()> {
        let Some((journal, name)) = &self.open else { return Ok(()) };
        journal.check().with_context(|| name.clone())?;
        if !self.vouched && report.lists_are_verified()? {
            journal.vouch();
            self.vouched = true;
        }
        Ok(())
    }

    /// Makes all of the journal safe on disk, before the report is.
    pub(super) fn end(mut self, ended: Ended, report: &mut Reporting) -> Result<()> {
        if self.open.is_some() && ended == Ended::Whole {
            report.verify_lists()?;
        }
        self.go_on(report)?;
        let Some((journal, name)) = &self.open else { return Ok(()) };
        journal.close().with_context(|| name.clone())?;
        if !self.quiet {
            report.aside(|| say_used(journal.used(), ended, name));
        }
        Ok(())
    }
}

impl Drop for Journalling {
    /// A run that fails keeps what it did. It says itself why it failed.
    fn drop(&mut self) {
        if let Some((journal, _)) = &self.open {
            drop(journal.close());
        }
    }
}

/// A link to a journal is followed, but not to where nothing may be written.
fn refuse_link_into_evidence(path: &Path, roots: &[Root]) -> Result<()> {
    if path.is_symlink() && path.exists() {
        let real = fs::canonicalize(path)
            .with_context(|| format!("{}: the link can't be resolved", path.display()))?;
        return refuse_among_evidence(&real, "the journal", roots);
    }
    Ok(())
}

fn session(purpose: &Purpose<'_>) -> Result<Session> {
    let Purpose { roots, options, settings, index, exceptions, .. } = purpose;
    let roots = roots.iter().map(root_key).collect::<Result<_>>()?;
    let lists = lists::used(index.map_or(&[][..], HashIndex::lists));
    let question = (&options.matching, exceptions);
    let matching = index.map(|_| &question as &dyn Debug);
    Ok(Session::new(now(), roots, (*settings).clone(), lists, matching))
}

/// A root is the same from whatever folder it is named.
fn root_key(root: &Root) -> Result<RootKey> {
    let kind = inputs::used(root).kind;
    let path = match root {
        Root::Path(path) => {
            // A dangling link is a root, too: a candidate that can't be read.
            let full = if path.exists() { fs::canonicalize(path) } else { absolute(path) };
            full.with_context(|| format!("{}: the path can't be resolved", path.display()))?
        }
        Root::Listed { name, .. } => PathBuf::from(name),
    };
    debug_assert!(kind == RootKind::List || path.is_absolute());
    Ok(RootKey::new(kind, &path))
}

fn absolute(path: &Path) -> std::io::Result<PathBuf> {
    Ok(std::env::current_dir()?.join(path))
}

fn say_state(journal: &Journal, name: &str) {
    if journal.cut() > 0 {
        let cut = journal.cut();
        say(&format!(
            "note: {name}: the last line was not whole, as after a kill ({cut} bytes): it was cut off, and \
             its file is examined again"
        ));
    }
    if journal.is_outdated() {
        say(&format!(
            "note: {name}: nothing in it answers for this run (another version of kinga, other settings, or \
             other lists with --effort deep): every file is examined again"
        ));
    }
}

fn say_used(used: Used, ended: Ended, name: &str) {
    let Used { answered, added, unsettled } = used;
    say(&format!("note: {name}: {answered} candidates taken from it, {added} added to it"));
    if unsettled > 0 {
        say(&format!(
            "note: {name}: {unsettled} files had changed within two seconds before they were read: they were \
             not added, since a further change might not show"
        ));
    }
    if ended == Ended::Interrupted {
        say(&format!("note: to go on where it ended, run it again with --resume {name}"));
    }
}

/// The names that a report will have may not be that of the journal.
pub(super) fn refuse_as_output(args: &JournalArgs, output: Option<&Path>) -> Result<()> {
    let Some(output) = output else { return Ok(()) };
    for journal in args.journal.iter().chain(&args.resume) {
        if is_place_of(journal, output) || is_place_of(journal, &with_partial(output)) {
            bail!(
                "{}: the report would overwrite the journal; write it elsewhere",
                journal.display()
            );
        }
    }
    Ok(())
}

/// Whether both are one place, whether or not there is anything yet.
fn is_place_of(a: &Path, b: &Path) -> bool {
    let same_name = a.file_name().is_some() && a.file_name() == b.file_name();
    same_file(a, b) || same_name && same_file(folder_of(a), folder_of(b))
}
