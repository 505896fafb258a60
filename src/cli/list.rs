//! `kinga list`: look into hash lists and validate them.

use std::fmt::Write;

use anyhow::Result;
use kinga::list::{HashList, LIST_FORMATS, Tolerance};
use kinga::record::ListUsed;
use kinga::report::printable;

use super::list_args::{ListCommand, ListFilesArgs};
use super::output::print;
use super::status::Status;
use super::{build, check, convert, diff, lists, protect, remove, sign};

pub(super) fn run(command: &ListCommand) -> Result<Status> {
    match command {
        ListCommand::Info(args) => info(args),
        ListCommand::Check(args) => check::run(args),
        ListCommand::Build(args) => build::run(args),
        ListCommand::Remove(args) => remove::run(args),
        ListCommand::Protect(args) => protect::protect(args),
        ListCommand::Unprotect(args) => protect::unprotect(args),
        ListCommand::Sign(args) => sign::sign(args),
        ListCommand::Verify(args) => sign::verify(args),
        ListCommand::Keys(args) => sign::keys(args),
        ListCommand::Convert(args) => convert::run(args),
        ListCommand::Diff(args) => diff::run(args),
        ListCommand::Formats => formats(),
    }
}

fn info(args: &ListFilesArgs) -> Result<Status> {
    let lists = lists::open_all(&args.files, &args.reading, Tolerance::Any)?;
    let used = lists::used(&lists);
    if args.format == "json" {
        print(&(serde_json::to_string_pretty(&used)? + "\n"))?;
    } else {
        for list in &used {
            print(&described(list)?)?;
        }
    }
    lists.iter().for_each(lists::warn);
    Ok(status(&lists, 0))
}

/// Broken rows and suspicious entries are things that a person should see to.
pub(super) fn status(lists: &[HashList], suspicions: usize) -> Status {
    let broken = lists::rows_not_searched(lists) > 0;
    if broken || suspicions > 0 { Status::Incomplete } else { Status::Finished }
}

fn described(list: &ListUsed) -> Result<String, std::fmt::Error> {
    let mut text = String::new();
    let counts = &list.counts;
    writeln!(text, "{}", printable(&list.name))?;
    writeln!(text, "  format      {}", list.format)?;
    let algorithms: Vec<String> = list.algorithms.iter().map(ToString::to_string).collect();
    let algorithms = if algorithms.is_empty() {
        "none (digests only)".to_owned()
    } else {
        algorithms.join(", ")
    };
    writeln!(text, "  algorithms  {algorithms}")?;
    writeln!(text, "  rows        {}", counts.rows)?;
    writeln!(text, "  entries     {} ({} duplicates)", counts.entries, counts.duplicates)?;
    writeln!(text, "  broken      {} rows, not searched for", counts.broken)?;
    writeln!(
        text,
        "  tombstones  {} rows, {} entries withdrawn by them",
        counts.tombstones, counts.removed
    )?;
    if counts.replaced > 0 {
        let replaced = counts.replaced;
        writeln!(text, "  replaced    {replaced} entries, by later records of the same key")?;
    }
    for (kind, count) in &counts.unmatchable {
        writeln!(text, "  unmatchable {count} {}", printable(kind))?;
    }
    writeln!(text, "  sha256      {}", list.sha256)?;
    if let Some(compiled) = &list.compiled {
        writeln!(text, "  compiled in {} ({})", printable(&compiled.file), compiled.digest)?;
    }
    Ok(text)
}

fn formats() -> Result<Status> {
    let mut text = String::new();
    for (_, name, help) in LIST_FORMATS {
        writeln!(text, "{name:14} {help}")?;
    }
    writeln!(text, "{:14} what `kinga list build` makes; always recognised", "kidx")?;
    print(&text)?;
    Ok(Status::Finished)
}
