//! Ctrl-C and termination signals: the run is asked to stop, and if it can't within a second, it is
//! stopped.

use std::path::{Path, PathBuf};
use std::process;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result};

use super::status::Status;

/// Set once a signal has come.
pub(super) static STOP: AtomicBool = AtomicBool::new(false);

/// A file that is being written and must not be left behind half-written.
static UNFINISHED: Mutex<Option<PathBuf>> = Mutex::new(None);

/// How long an orderly end may take after a signal.
const GRACE: Duration = Duration::from_millis(800);

/// Begins to watch for signals.
pub(super) fn watch() -> Result<()> {
    ctrlc::set_handler(|| {
        if STOP.swap(true, Ordering::SeqCst) {
            end();
        }
        thread::spawn(|| {
            thread::sleep(GRACE);
            end();
        });
    })
    .context("signals can't be watched for")
}

/// Names the file to be removed if the process is stopped the hard way, or none any more.
pub(super) fn remember_unfinished(file: Option<&Path>) {
    *UNFINISHED.lock().unwrap_or_else(PoisonError::into_inner) = file.map(Path::to_owned);
}

#[expect(clippy::exit, reason = "the run did not end by itself in time")]
fn end() {
    let unfinished = UNFINISHED.lock().unwrap_or_else(PoisonError::into_inner).take();
    if let Some(file) = unfinished {
        // Whether or not it can be removed, the process ends now.
        drop(std::fs::remove_file(file));
    }
    process::exit(Status::Interrupted as i32);
}
