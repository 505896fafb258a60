//! `kinga list remove`: except an entry from being reported.

use std::env;
use std::io::Write;
use std::path::Path;
use std::slice::from_ref;

use anyhow::{Context, Result, anyhow, bail};
use kinga::list::{Exception, Tolerance, file_name};
use kinga::report::printable;

use super::beside::read_exceptions;
use super::list_args::{ListRemoveArgs, WhichEntry};
use super::lists;
use super::output::print;
use super::run::now;
use super::status::{Status, usage};
use super::whole::WholeFile;

pub(super) fn run(args: &ListRemoveArgs) -> Result<Status> {
    let lists = lists::open_all(from_ref(&args.list), &args.reading, Tolerance::OneInAHundred)?;
    let mut all = match args.except.try_exists() {
        Ok(false) => Vec::new(),
        _ => read_exceptions(&args.except)?.all,
    };
    let mut added = 0;
    for list in &lists {
        let exception = exception(args, file_name(&list.name))?;
        let entries =
            exception.entries_of(list).map_err(|what| usage(format!("--hash: {what}")))?;
        let is_told = all.iter().any(|known: &Exception| is_same(known, &exception));
        if entries > 0 && !is_told {
            all.push(exception);
        }
        added += entries;
    }
    let list = printable(&args.list.to_string_lossy()).into_owned();
    if added == 0 {
        bail!(
            "{list}: it has no such entry, so nothing was excepted; look for it with `kinga list info`"
        );
    }
    write(&args.except, &all, &args.list)?;
    let file = printable(&args.except.to_string_lossy()).into_owned();
    let entries = if added == 1 { "1 entry".to_owned() } else { format!("{added} entries") };
    print(&format!("{file}: {entries} of {list} excepted; scan with --except {file}\n"))?;
    Ok(Status::Finished)
}

/// Whether two name the same, whatever the reason.
fn is_same(a: &Exception, b: &Exception) -> bool {
    (&a.list, &a.entry, &a.hash) == (&b.list, &b.entry, &b.hash)
}

fn exception(args: &ListRemoveArgs, list: String) -> Result<Exception> {
    let WhichEntry { entry, hash } = &args.which;
    let names = ["LOGNAME", "USER", "USERNAME"];
    let user = || names.iter().flat_map(env::var).find(|name| !name.is_empty());
    let who = args.who.clone().or_else(user);
    Ok(Exception {
        list: entry.is_some().then_some(list),
        entry: entry.clone(),
        hash: hash.clone(),
        reason: args.reason.clone(),
        date: now(),
        who: who.ok_or_else(|| anyhow!("the name of the user is not known; say it with --who"))?,
    })
}

fn write(path: &Path, all: &[Exception], list: &Path) -> Result<()> {
    let file = WholeFile::begin(path, &[list.to_owned()])?;
    let mut out = file.handle()?;
    for exception in all {
        let line = serde_json::to_string(exception)? + "\n";
        out.write_all(line.as_bytes())
            .with_context(|| format!("{}: writing failed", path.display()))?;
    }
    file.finish(true)?;
    Ok(())
}
