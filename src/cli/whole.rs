//! A file that appears whole or not at all: written beside its place under another name, made safe
//! on disk, then renamed.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use tempfile::NamedTempFile;

use super::stop;

/// A file that is being written.
pub(super) struct WholeFile {
    file: NamedTempFile,
    path: PathBuf,
}

impl WholeFile {
    /// Makes the unfinished file. `inputs` are files that must not be overwritten.
    pub(super) fn begin(path: &Path, inputs: &[PathBuf]) -> Result<Self> {
        let partial = with_partial(path);
        if inputs.iter().any(|input| same_file(path, input) || same_file(&partial, input)) {
            bail!("{}: the output would overwrite a file that is read", path.display());
        }
        let folder = folder_of(path);
        let file = tempfile::Builder::new()
            .prefix(".kinga-")
            .suffix(".unfinished")
            .tempfile_in(folder)
            .with_context(|| format!("{}: no file can be made in this folder", folder.display()))?;
        stop::remember_unfinished(Some(file.path()));
        Ok(Self { file, path: path.to_owned() })
    }

    /// The name of the unfinished file, for what opens files itself.
    #[cfg(feature = "sqlite")]
    pub(super) fn path(&self) -> &Path {
        self.file.path()
    }

    /// Where to write.
    pub(super) fn handle(&self) -> Result<File> {
        self.file.reopen().with_context(|| format!("{}: can't be written", self.path.display()))
    }

    /// Puts it in its place, or, unless it is `whole`, in that place with `.partial` behind the
    /// name, and says where it is.
    pub(super) fn finish(mut self, whole: bool) -> Result<PathBuf> {
        if !whole {
            self.path = with_partial(&self.path);
        }
        let cannot = || format!("{}: the file can't be put in its place", self.path.display());
        self.file.as_file().sync_all().with_context(cannot)?;
        self.file.persist(&self.path).map_err(|failed| failed.error).with_context(cannot)?;
        stop::remember_unfinished(None);
        sync_folder(folder_of(&self.path)).with_context(cannot)?;
        Ok(self.path)
    }
}

/// Where a file goes that is not whole.
pub(super) fn with_partial(path: &Path) -> PathBuf {
    let mut partial = path.to_owned();
    partial.as_mut_os_string().push(".partial");
    partial
}

/// The folder that a file is or will be in.
pub(super) fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

/// Whether both are there and are one file.
pub(super) fn same_file(a: &Path, b: &Path) -> bool {
    matches!((fs::canonicalize(a), fs::canonicalize(b)), (Ok(a), Ok(b)) if a == b)
}

/// Makes the new name of a file survive a power failure.
fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}
