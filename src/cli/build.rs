//! `kinga list build`: compile hash lists into one file.

use std::io::{BufWriter, Write};

use anyhow::{Context, Result};
use kinga::index::CompiledIndex;
use kinga::list::{CompiledLists, Tolerance};
use kinga::mapped::{self, Section};
use kinga::report::printable;

use super::args::ListBuildArgs;
use super::lists;
use super::output::print;
use super::status::Status;
use super::whole::WholeFile;

pub(super) fn run(args: &ListBuildArgs) -> Result<Status> {
    let file = WholeFile::begin(&args.output, &args.lists)?;
    let sources = lists::open_all(&args.lists, &args.reading, Tolerance::OneInAHundred)?;
    lists::refuse_known_files(&sources)?;
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
    let entries: u64 = sources.iter().map(|list| list.counts.entries).sum();
    let lists: Vec<String> =
        sources.iter().map(|list| printable(&list.name).into_owned()).collect();
    let path = printable(&path.to_string_lossy()).into_owned();
    print(&format!("{path}: {entries} entries of {}\n", lists.join(", ")))?;
    Ok(if rows_not_searched > 0 { Status::Incomplete } else { Status::Finished })
}
