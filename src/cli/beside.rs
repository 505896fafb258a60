//! What goes beside a search: lists of known files, entries that are excepted, and entries that match
//! too much.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use kinga::index::HashIndex;
use kinga::list::Exceptions;
use kinga::record::{Crowded, ExceptionsUsed, ListUsed, Record, Summary};
use kinga::report::printable;
use kinga::scan::{Crowds, KnownFiles};

use super::list_args::ListsArgs;
use super::verification::Verification;
use super::{lists, say};

/// What goes beside a search.
pub(super) struct Beside {
    known: Option<KnownFiles>,
    verification: Verification,
    pub(super) exceptions: Option<ExceptionsUsed>,
    crowds: Crowds,
    /// Whether reports have the hashes of candidates.
    pub(super) shows_hashes: bool,
}

impl Beside {
    /// Opens what the flags name, and marks the entries of the index that are excepted.
    pub(super) fn open(
        args: &ListsArgs,
        index: &mut HashIndex,
        shows_hashes: bool,
        quiet: bool,
    ) -> Result<Self> {
        let known = lists::open_known(&args.known)?;
        if !quiet {
            known.iter().for_each(lists::warn);
        }
        let verification = Verification::begin(&known);
        let exceptions = match &args.except {
            Some(path) => Some(except(path, index, quiet)?),
            None => None,
        };
        let known = (!known.is_empty()).then(|| KnownFiles::new(known, args.skip_known));
        let crowds = Crowds::new(args.warn_matches);
        let known = known.transpose()?;
        Ok(Self { known, verification, exceptions, crowds, shows_hashes })
    }

    /// The known files, if lists of them were given.
    pub(super) fn known(&self) -> Option<&KnownFiles> {
        self.known.as_ref()
    }

    /// The lists of known files, as reports tell them.
    pub(super) fn known_lists(&self) -> Vec<ListUsed> {
        lists::used(self.known.as_ref().map_or(&[], KnownFiles::lists))
    }

    /// Marks a record and counts it.
    pub(super) fn take(&mut self, record: &mut Record) {
        if let Some(known) = &self.known {
            known.mark(record);
        }
        self.crowds.add(record);
    }

    /// Ends the summary with what it counted, once known files are known to be as they were written.
    pub(super) fn end(&mut self, summary: &mut Summary) -> Result<()> {
        self.verification.wait()?;
        summary.crowded = self.crowds.told();
        Ok(())
    }
}

/// Says which entries a person should look at.
pub(super) fn say_crowded(summary: &Summary) {
    for Crowded { list, line, entry, candidates } in &summary.crowded {
        let place = lists::place(list, *line, entry.as_deref());
        say(&format!(
            "warning: {place}: this entry matches {candidates} candidates, many of them different \
             pictures: it may be of a frame or a page, or made to match; have a person look at it (kinga list \
             check, kinga list remove)"
        ));
    }
}

fn except(path: &Path, index: &mut HashIndex, quiet: bool) -> Result<ExceptionsUsed> {
    let name = printable(&path.to_string_lossy()).into_owned();
    let exceptions = read_exceptions(path)?;
    let (entries, unused) = exceptions.entries(index.lists());
    let used = ExceptionsUsed {
        file: path.to_string_lossy().into_owned(),
        sha256: hex::encode(exceptions.sha256),
        entries: entries.len() as u64,
        unused,
    };
    index.except(entries);
    if unused > 0 && !quiet {
        say(&format!("note: {name}: {unused} of its exceptions fit no entry of these lists"));
    }
    Ok(used)
}

/// Reads a file of exceptions.
pub(super) fn read_exceptions(path: &Path) -> Result<Exceptions> {
    let name = || printable(&path.to_string_lossy()).into_owned();
    let bytes = fs::read(path).with_context(|| format!("{}: can't be read", name()))?;
    Exceptions::read(&bytes).with_context(name)
}

/// Says once that a hash list may be read by others than its owner.
pub(super) fn warn_of_readers<'a>(lists: impl Iterator<Item = &'a Path>) {
    let mut open = lists.filter(|list| may_be_read_by_others(list));
    if let Some(list) = open.next() {
        let more = open.count();
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        say(&format!(
            "note: {}{more}: others on this machine may read this hash list, which is personal data of those \
             whose pictures it lists; chmod 600 keeps them out",
            printable(&list.to_string_lossy())
        ));
    }
}

#[cfg(unix)]
fn may_be_read_by_others(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    let Ok(path) = fs::canonicalize(path) else { return false };
    let has = |path: &Path, bits: u32| {
        fs::metadata(path).is_ok_and(|file| file.permissions().mode() & bits != 0)
    };
    // Whoever may not enter a folder may not read what is in it.
    let reads = |read, enter| has(&path, read) && path.ancestors().skip(1).all(|at| has(at, enter));
    path.is_file() && (reads(0o040, 0o010) || reads(0o004, 0o001))
}

#[cfg(not(unix))]
fn may_be_read_by_others(_path: &Path) -> bool {
    false
}
