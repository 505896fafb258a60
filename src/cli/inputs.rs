//! From the arguments to the roots of the walk.

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use kinga::record::{RootKind, RootUsed};
use kinga::report::printable;
use kinga::walk::{Exclude, Root, WalkOptions};

use super::args::InputArgs;
use super::status::usage;

/// The roots, in the order: paths of the command line, then lists of paths.
pub(super) fn roots(args: &InputArgs) -> Result<Vec<Root>> {
    let mut roots = Vec::new();
    for path in &args.paths {
        // A mistyped path should be told before a run of hours, not at its end.
        fs::symlink_metadata(path).with_context(|| {
            format!("{}: no such file or folder, or it can't be looked at", path.display())
        })?;
        roots.push(Root::Path(path.clone()));
    }
    for (files, separator) in [(&args.files_from, b'\n'), (&args.files0_from, b'\0')] {
        for file in files {
            roots.push(listed(file, separator)?);
        }
    }
    Ok(roots)
}

/// How to walk them.
pub(super) fn walk_options(args: &InputArgs) -> Result<WalkOptions> {
    let exclude =
        Exclude::new(&args.exclude).map_err(|error| usage(format!("--exclude: {error}")))?;
    Ok(WalkOptions { follow: args.follow, one_file_system: args.one_file_system, exclude })
}

/// What a report says of a root.
pub(super) fn used(root: &Root) -> RootUsed {
    match root {
        Root::Path(path) => RootUsed {
            path: path.to_string_lossy().into_owned(),
            kind: if path.is_dir() { RootKind::Folder } else { RootKind::File },
        },
        Root::Listed { name, .. } => RootUsed { path: name.clone(), kind: RootKind::List },
    }
}

fn listed(file: &Path, separator: u8) -> Result<Root> {
    let mut bytes = Vec::new();
    let read = if file.as_os_str() == "-" {
        io::stdin().lock().read_to_end(&mut bytes)
    } else {
        fs::File::open(file).and_then(|mut file| file.read_to_end(&mut bytes))
    };
    read.with_context(|| format!("{}: the list of paths can't be read", file.display()))?;
    let lines = bytes.split(|&byte| byte == separator);
    let trimmed =
        lines.map(
            |line| if separator == b'\n' { line.strip_suffix(b"\r").unwrap_or(line) } else { line },
        );
    let paths: Vec<PathBuf> =
        trimmed.filter(|line| !line.is_empty()).map(path).collect::<Result<_>>()?;
    if paths.is_empty() {
        bail!("{}: the list of paths is empty", printable(&file.to_string_lossy()));
    }
    Ok(Root::Listed { name: file.to_string_lossy().into_owned(), paths })
}

#[cfg(unix)]
#[expect(clippy::unnecessary_wraps, reason = "fails elsewhere")]
fn path(bytes: &[u8]) -> Result<PathBuf> {
    use std::os::unix::ffi::OsStrExt;
    Ok(PathBuf::from(std::ffi::OsStr::from_bytes(bytes)))
}

#[cfg(not(unix))]
fn path(bytes: &[u8]) -> Result<PathBuf> {
    let text = std::str::from_utf8(bytes).context("a path of the list is not UTF-8")?;
    Ok(PathBuf::from(text))
}
