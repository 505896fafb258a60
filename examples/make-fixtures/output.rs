//! Where fixtures go: a folder into which files are written by their path below it.

use anyhow::{Context, Result};
use std::fs;
use std::path::{Path, PathBuf};

/// The folder `fixtures/` or one below it.
#[derive(Debug, Clone)]
pub(crate) struct Folder(PathBuf);

impl Folder {
    /// A folder, made when the first file is written.
    pub(crate) fn new(path: impl Into<PathBuf>) -> Self {
        Self(path.into())
    }

    /// A folder below this one.
    pub(crate) fn below(&self, name: &str) -> Self {
        Self(self.0.join(name))
    }

    /// Where the file of that name is.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// Writes a file; `name` may contain folders.
    ///
    /// # Errors
    /// When the folder cannot be made or the file cannot be written.
    pub(crate) fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> Result<()> {
        let path = self.path(name);
        let folder = path.parent().unwrap_or(Path::new("."));
        fs::create_dir_all(folder)
            .with_context(|| format!("cannot make the folder {}", folder.display()))?;
        fs::write(&path, bytes).with_context(|| format!("cannot write {}", path.display()))
    }

    /// Reads a file back.
    ///
    /// # Errors
    /// When it cannot be read.
    pub(crate) fn read(&self, name: &str) -> Result<Vec<u8>> {
        let path = self.path(name);
        fs::read(&path).with_context(|| format!("cannot read {}", path.display()))
    }
}
