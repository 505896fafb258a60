//! Opening the hash lists of a run, and saying what of them is not searched for.

use std::path::Path;

use anyhow::{Result, bail};
use kinga::index::HashIndex;
use kinga::list::{HashList, ReadOptions};
use kinga::record::ListUsed;
use kinga::report::printable;

use super::args::{ListReadingArgs, ListsArgs, MatchingArgs};
use super::say;

/// Opens all lists and takes them into an index.
pub(super) fn index(args: &ListsArgs, matching: &MatchingArgs, quiet: bool) -> Result<HashIndex> {
    if args.lists.iter().filter(|list| list.as_os_str() == "-").count() > 1 {
        bail!("standard input (-) can be only one of the lists");
    }
    let mut lists = Vec::new();
    for (number, path) in args.lists.iter().enumerate() {
        let list = open(path, number, args.lists.len(), &args.reading)?;
        if !quiet {
            warn(&list);
        }
        lists.push(list);
    }
    Ok(HashIndex::new(lists, matching.max_distance))
}

/// Opens list `number` of `of`.
pub(super) fn open(
    path: &Path,
    number: usize,
    of: usize,
    args: &ListReadingArgs,
) -> Result<HashList> {
    let format = match args.list_format[..] {
        [] => None,
        [format] => Some(format),
        ref formats if formats.len() == of => Some(formats[number]),
        ref formats => bail!(
            "--list-format is given {} times for {of} lists; give it once for all or once for each",
            formats.len()
        ),
    };
    let options = ReadOptions { format, algorithm: args.list_algorithm, strict: args.strict_lists };
    Ok(HashList::open(path, &options)?)
}

/// Says which rows of a list are not searched for.
pub(super) fn warn(list: &HashList) {
    let name = printable(&list.name);
    for problem in &list.problems {
        let message = printable(&problem.message);
        say(&format!("warning: {name}:{}: entry not searched for: {message}", problem.line));
    }
    let untold = list.counts.broken.saturating_sub(list.problems.len() as u64);
    if untold > 0 {
        say(&format!("warning: {name}: and {untold} more broken rows, not searched for"));
    }
    for (kind, count) in &list.counts.unmatchable {
        let kind = printable(kind);
        say(&format!("note: {name}: {count} {kind} read, not matchable here"));
    }
    if list.cut_off {
        say(&format!(
            "warning: {name}: these records have no summary: they were cut off, and files may be missing"
        ));
    }
}

/// What a report says of the lists.
pub(super) fn used(lists: &[HashList]) -> Vec<ListUsed> {
    let used = |list: &HashList| ListUsed {
        name: list.name.clone(),
        format: list.format.to_string(),
        sha256: hex::encode(list.sha256),
        algorithms: list.algorithms().into_iter().collect(),
        counts: list.counts.clone(),
    };
    lists.iter().map(used).collect()
}

/// Broken rows of all lists.
pub(super) fn rows_not_searched(lists: &[HashList]) -> u64 {
    lists.iter().map(|list| list.counts.broken).sum()
}
