//! Opening the hash lists of a run, and saying what of them is not searched for.

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use kinga::index::HashIndex;
use kinga::list::{HashList, ListFormat, ReadOptions, Tolerance, settle_across};
use kinga::record::{CompiledUsed, ListUsed};
use kinga::report::printable;

use super::beside::{Beside, warn_of_readers};
use super::list_args::{ListReadingArgs, ListsArgs};
use super::matching::MatchingArgs;
use super::protect;
use super::say;
use super::sign;
use super::status::usage;

/// Opens all lists and takes them into an index, and what goes beside it.
pub(super) fn index(
    args: &ListsArgs,
    matching: &MatchingArgs,
    quiet: bool,
) -> Result<(HashIndex, Beside)> {
    if args.lists.iter().filter(|list| list.as_os_str() == "-").count() > 1 {
        return Err(usage("standard input (-) can be only one of the lists"));
    }
    let lists = open_all(&args.lists, &args.reading, Tolerance::OneInAHundred)?;
    refuse_known_files(&lists)?;
    refuse_empty(&lists)?;
    if !quiet {
        lists.iter().for_each(warn);
        warn_of_readers(args.lists.iter().map(PathBuf::as_path));
    }
    let mut index = HashIndex::new(lists, matching.max_distance)?;
    if !quiet {
        warn_of_wide_distances(&index);
    }
    let beside = Beside::open(args, &mut index, matching.show_hashes, quiet)?;
    Ok((index, beside))
}

/// A list of what is mostly harmless is not searched for by mistake.
pub(super) fn refuse_known_files(lists: &[HashList]) -> Result<()> {
    match lists.iter().find(|list| list.known_files) {
        Some(list) => bail!(
            "{}: a list of known files, most of them harmless, as NIST publishes them (one of its sets looks \
             like a list of police): searching for them would call icons and fonts matches; give it with --known",
            printable(&list.name)
        ),
        None => Ok(()),
    }
}

/// Beyond a quarter of the bits, unrelated pictures begin to match (they differ in half of them).
fn warn_of_wide_distances(index: &HashIndex) {
    for (algorithm, max) in index.algorithms() {
        if usize::from(max.0) * 4 > algorithm.bits() {
            let bits = algorithm.bits();
            say(&format!(
                "warning: a max distance of {max} of the {bits} bits of {algorithm}: unrelated pictures will match"
            ));
        }
    }
}

/// Opens lists, of which compiled files may hold several. Without `--strict-lists`, broken rows are
/// tolerated as `otherwise` says.
pub(super) fn open_all(
    paths: &[PathBuf],
    args: &ListReadingArgs,
    otherwise: Tolerance,
) -> Result<Vec<HashList>> {
    open_update(&[], paths, args, otherwise)
}

/// The same, of which those of `base` are an earlier edition that the others bring up to date.
pub(super) fn open_update(
    base: &[PathBuf],
    paths: &[PathBuf],
    args: &ListReadingArgs,
    otherwise: Tolerance,
) -> Result<Vec<HashList>> {
    let mut lists: Vec<HashList> = Vec::new();
    let (mut of_base, all) = (0, base.len() + paths.len());
    for (number, path) in base.iter().chain(paths).enumerate() {
        lists.extend(open(path, number, all, args, otherwise)?);
        if number < base.len() {
            of_base = lists.len();
        }
    }
    settle_across(&mut lists, of_base)?;
    Ok(lists)
}

/// Opens lists of known files. Of lists that tell them apart, only these are taken.
pub(super) fn open_known(paths: &[PathBuf]) -> Result<Vec<HashList>> {
    let options = ReadOptions { known_files: true, ..ReadOptions::default() };
    let mut lists = Vec::new();
    for path in paths {
        for list in HashList::open(path, &options)? {
            if list.digest_kinds().is_empty() {
                bail!("{}: no digests to know files by", printable(&list.name));
            }
            lists.push(list);
        }
    }
    Ok(lists)
}

/// Lists that only withdraw are of use beside others, and not alone.
pub(super) fn refuse_empty(lists: &[HashList]) -> Result<()> {
    if lists.iter().any(|list| !list.entries.is_empty()) {
        return Ok(());
    }
    let names: Vec<_> = lists.iter().map(|list| printable(&list.name)).collect();
    bail!(
        "nothing to search for in {}: all that they hold is withdrawn; check that these are all your lists",
        names.join(", ")
    )
}

/// Opens the file that is number `number` of `of`.
fn open(
    path: &Path,
    number: usize,
    of: usize,
    args: &ListReadingArgs,
    otherwise: Tolerance,
) -> Result<Vec<HashList>> {
    let format = match args.list_format[..] {
        [] => None,
        [format] => Some(format),
        ref formats if formats.len() == of => Some(formats[number]),
        ref formats => {
            let times = formats.len();
            return Err(usage(format!(
                "--list-format is given {times} times for {of} lists; give it once for all or once for each"
            )));
        }
    };
    let tolerance = if args.strict_lists { Tolerance::None } else { otherwise };
    let options = ReadOptions {
        format,
        algorithm: args.list_algorithm,
        tolerance,
        known_files: false,
        keep_case_fields: args.keep_case_fields,
    };
    let is_protected = protect::is_protected(path);
    let read = || -> Result<Vec<HashList>> {
        if is_protected {
            return Ok(vec![protect::open(path, &args.secret, options)?]);
        }
        Ok(HashList::open(path, &options)?)
    };
    let Some(key) = &args.require_signature else { return read() };
    let (signed, sha256) = sign::verified(path, key, args.min_serial)?;
    let mut lists = read()?;
    for list in &mut lists {
        // What was verified must be what was read.
        if list.compiled.is_none() && !is_protected && list.sha256 != sha256 {
            bail!("{}: it changed while it was read", printable(&list.name));
        }
        list.signature = Some(signed.clone());
    }
    Ok(lists)
}

/// Says which rows of a list are not searched for.
pub(super) fn warn(list: &HashList) {
    let name = printable(&list.name);
    for problem in &list.problems {
        let message = printable(&problem.message);
        let line = problem.line;
        // A broken withdrawal is the opposite of an entry that is not searched for.
        let withdraws = message.starts_with("a row that withdraws");
        let what = if withdraws { "" } else { "entry not searched for: " };
        say(&format!("warning: {name}:{line}: {what}{message}"));
    }
    let untold = list.counts.broken.saturating_sub(list.problems.len() as u64);
    if untold > 0 {
        say(&format!("warning: {name}: and {untold} more broken rows, not searched for"));
    }
    for (kind, count) in &list.counts.unmatchable {
        let kind = printable(kind);
        if matches!(&*kind, "known-file" | "not-a-known-file") {
            say(&format!("note: {name}: {count} rows left out: {kind}"));
            continue;
        }
        say(&format!("note: {name}: {count} {kind} read, not matchable here"));
    }
    if list.known_files {
        say(&format!(
            "note: {name}: a list of known files, most of them harmless; no scan takes it"
        ));
    }
    if list.entries.is_empty() {
        say(&format!("note: {name}: it withdraws entries, and has none to search for"));
    }
    if list.cut_off {
        let how = if list.format == ListFormat::Jsonl {
            "these records have no summary: they were cut off, and files may be missing"
        } else {
            "its pages say that more follow, and the last one is not in this file: entries may be missing; \
             join all pages in one file (one behind the other will do)"
        };
        say(&format!("warning: {name}: {how}"));
    }
}

/// Where an entry stands: its list, its line and its id, if it has one.
pub(super) fn place(list: &str, line: u64, id: Option<&str>) -> String {
    let id = id.map_or(String::new(), |id| format!(" ({})", printable(id)));
    format!("{}:{line}{id}", printable(list))
}

/// What a report says of the lists.
pub(super) fn used(lists: &[HashList]) -> Vec<ListUsed> {
    let used = |list: &HashList| ListUsed {
        name: list.name.clone(),
        format: list.format.to_string(),
        sha256: hex::encode(list.sha256),
        algorithms: list.algorithms.iter().copied().collect(),
        counts: list.counts.clone(),
        cut_off: list.cut_off,
        signature: list.signature.clone(),
        compiled: list.compiled.as_ref().map(|compiled| CompiledUsed {
            file: compiled.name.to_string(),
            digest: hex::encode(compiled.file.digest()),
        }),
    };
    lists.iter().map(used).collect()
}

/// Broken rows of all lists.
pub(super) fn rows_not_searched(lists: &[HashList]) -> u64 {
    lists.iter().map(|list| list.counts.broken).sum()
}
