//! `kinga list build`: compile hash lists into one file.

use std::fmt::Write as _;
use std::io::{BufWriter, Write as _};
use std::path::PathBuf;

use anyhow::{Context, Result};
use kinga::index::CompiledIndex;
use kinga::list::{CompiledLists, Counts, HashList, Tolerance};
use kinga::mapped::{self, Section};
use kinga::report::printable;

use super::list_args::ListBuildArgs;
use super::lists;
use super::output::print;
use super::status::Status;
use super::whole::WholeFile;

pub(super) fn run(args: &ListBuildArgs) -> Result<Status> {
    let files: Vec<PathBuf> =
        args.base.iter().chain(&args.update).chain(&args.lists).cloned().collect();
    let (base, others) = files.split_at(args.base.len());
    let file = WholeFile::begin(&args.output, &files)?;
    let sources = lists::open_update(base, others, &args.reading, Tolerance::OneInAHundred)?;
    if !sources.iter().all(|list| list.known_files) {
        lists::refuse_known_files(&sources)?;
    }
    lists::refuse_empty(&sources)?;
    if !args.quiet {
        sources.iter().for_each(lists::warn);
    }
    let rows_not_searched = lists::rows_not_searched(&sources);
    let (lists, index) = (CompiledLists::new(&sources), CompiledIndex::new(&sources)?);
    let sections: Vec<Section<'_>> = lists.sections().chain(index.sections()).collect();
    let mut out = BufWriter::new(file.handle()?);
    mapped::write(&mut out, &sections)
        .and_then(|_digest| out.flush())
        .with_context(|| format!("{}: writing failed", args.output.display()))?;
    drop(out);
    let path = file.finish(true)?;
    print(&told(&path.to_string_lossy(), &sources)?)?;
    Ok(if rows_not_searched > 0 { Status::Incomplete } else { Status::Finished })
}

/// What was taken of each source.
fn told(path: &str, sources: &[HashList]) -> Result<String, std::fmt::Error> {
    let mut text = String::new();
    for list in sources {
        let Counts { entries, duplicates, removed, replaced, broken, .. } = &list.counts;
        let name = printable(&list.name);
        writeln!(
            text,
            "{name}: {entries} entries ({duplicates} duplicates), {removed} withdrawn, {replaced} replaced, \
             {broken} rows broken"
        )?;
    }
    let entries: u64 = sources.iter().map(|list| list.counts.entries).sum();
    writeln!(text, "{}: {entries} entries of {} lists", printable(path), sources.len())?;
    Ok(text)
}
