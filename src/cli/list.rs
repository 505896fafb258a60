//! `kinga list`: look into hash lists and validate them.

use std::fmt::Write;

use anyhow::Result;
use kinga::algorithm::pdq;
use kinga::hash::Hash;
use kinga::list::{HashList, LIST_FORMATS, Tolerance, suspicious};
use kinga::luma::{Luma, Pixels};
use kinga::record::ListUsed;
use kinga::report::printable;

use super::list_args::{ListCommand, ListFilesArgs};
use super::output::print;
use super::status::Status;
use super::verification::Verification;
use super::{build, diff, lists, remove};

pub(super) fn run(command: &ListCommand) -> Result<Status> {
    match command {
        ListCommand::Info(args) => info(args),
        ListCommand::Check(args) => check(args),
        ListCommand::Build(args) => build::run(args),
        ListCommand::Remove(args) => remove::run(args),
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
fn status(lists: &[HashList], suspicions: usize) -> Status {
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

fn check(args: &ListFilesArgs) -> Result<Status> {
    let lists = lists::open_all(&args.files, &args.reading, Tolerance::Any)?;
    Verification::begin(&lists).wait()?;
    let pictures = featureless_pictures();
    let mut found = Vec::new();
    for list in &lists {
        found.extend(suspicious(list, &pictures).into_iter().map(|suspicion| (list, suspicion)));
    }
    if args.format == "json" {
        let rows: Vec<_> = found
            .iter()
            .map(|(list, suspicion)| {
                serde_json::json!({
                    "list": list.name, "line": suspicion.line, "entry": suspicion.id, "what": suspicion.what,
                })
            })
            .collect();
        let problems: Vec<_> = lists
            .iter()
            .map(|list| serde_json::json!({ "list": list.name, "counts": list.counts, "problems": list.problems }))
            .collect();
        let answer = serde_json::json!({ "lists": problems, "suspicious": rows });
        print(&(serde_json::to_string_pretty(&answer)? + "\n"))?;
    } else {
        print(&told(&lists, &found)?)?;
    }
    lists.iter().for_each(lists::warn);
    Ok(status(&lists, found.len()))
}

fn told(
    all: &[HashList],
    found: &[(&HashList, kinga::list::Suspicion)],
) -> Result<String, std::fmt::Error> {
    let mut text = String::new();
    for (list, suspicion) in found {
        let place = lists::place(list, suspicion.line, suspicion.id.as_deref());
        writeln!(text, "{place}: {}", suspicion.what)?;
    }
    for list in all {
        let suspicions = found.iter().filter(|(of, _)| std::ptr::eq(*of, list)).count();
        writeln!(
            text,
            "{}: {} entries read, {} rows broken, {suspicions} entries suspicious",
            printable(&list.name),
            list.counts.entries,
            list.counts.broken
        )?;
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

/// The hashes of pictures in which there is nothing to recognise: an entry near one of them would
/// match pictures that it has nothing to do with.
fn featureless_pictures() -> Vec<(&'static str, Hash)> {
    let side = 256;
    let centre = |v: usize| v.abs_diff(side / 2);
    let of = |name, brightness: &dyn Fn(usize, usize) -> usize| {
        let bytes = (0..side * side)
            .map(|k| u8::try_from(brightness(k % side, k / side).min(255)).unwrap_or(255));
        let luma = Luma::new(side, side, Pixels::Grey(bytes.collect()));
        luma.map(|luma| (name, pdq::hash(&luma).0))
    };
    let pictures = [
        of("a blank picture", &|_, _| 255),
        of("a gradient from left to right", &|x, _| x),
        of("a gradient from right to left", &|x, _| 255 - x),
        of("a gradient from top to bottom", &|_, y| y),
        of("a gradient from bottom to top", &|_, y| 255 - y),
        of("a diagonal gradient", &|x, y| usize::midpoint(x, y)),
        of("a diagonal gradient upwards", &|x, y| usize::midpoint(x, 255 - y)),
        of("a bright spot in the middle", &|x, y| 255 - centre(x).max(centre(y))),
        of("a dark spot in the middle", &|x, y| centre(x).max(centre(y))),
        of("a picture of two halves side by side", &|x, _| if x < side / 2 { 0 } else { 255 }),
        of("a picture of two halves one above the other", &|_, y| {
            if y < side / 2 { 0 } else { 255 }
        }),
        of("a chessboard of 8 by 8", &|x, y| if (x / 32 + y / 32) % 2 == 0 { 0 } else { 255 }),
    ];
    pictures.into_iter().flatten().collect()
}
