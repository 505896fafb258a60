//! Comparing every byte of compiled files with their digests, beside the work: opening such a file
//! checks its header only, so that it is ready at once.

use std::sync::Arc;
use std::thread::{self, JoinHandle};

use anyhow::{Context, Result, anyhow};
use kinga::list::{CompiledIn, HashList};
use kinga::mapped::MappedError;
use kinga::report::printable;

/// Checks that go on in the background.
pub(super) struct Verification(Vec<Check>);

struct Check {
    name: Arc<str>,
    thread: JoinHandle<Result<(), MappedError>>,
}

impl Verification {
    /// Begins to check the files that these lists come from.
    pub(super) fn begin(lists: &[HashList]) -> Self {
        let mut files: Vec<&CompiledIn> =
            lists.iter().filter_map(|list| list.compiled.as_ref()).collect();
        files.dedup_by(|a, b| Arc::ptr_eq(&a.file, &b.file));
        let check = |compiled: &CompiledIn| {
            let file = Arc::clone(&compiled.file);
            let thread = thread::spawn(move || file.verify());
            Check { name: Arc::clone(&compiled.name), thread }
        };
        Self(files.into_iter().map(check).collect())
    }

    /// Whether all checks are over, without waiting. What they found is told as [`Self::wait`] does.
    pub(super) fn is_over(&mut self) -> Result<bool> {
        if self.0.iter().any(|check| !check.thread.is_finished()) {
            return Ok(false);
        }
        self.wait().map(|()| true)
    }

    /// Waits for the checks. A file that is not as it was written may have hidden any entry.
    pub(super) fn wait(&mut self) -> Result<()> {
        for Check { name, thread } in self.0.drain(..) {
            let found = thread.join().map_err(|_panic| anyhow!("the check of a list failed"))?;
            found.with_context(|| format!("{}: the compiled hash list", printable(&name)))?;
        }
        Ok(())
    }
}
