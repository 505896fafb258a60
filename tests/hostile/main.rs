//! Hostile files, all made by our own code: what a run makes of them. Each has exactly one record,
//! whatever it is, and none costs much time or memory.
//!
//! `bombs`: small files that claim to be huge, in every format. `structures`: what is nested,
//! repeated or has wrong checksums. `mutations`: damage of all kinds to whole pictures.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[expect(clippy::allow_attributes, reason = "which part is used differs from file to file")]
#[allow(dead_code, reason = "each file of tests uses a part of it")]
#[path = "../support/mod.rs"]
mod support;

mod bombs;
mod damage;
mod files;
mod large;
mod mutations;
mod structures;

use std::path::Path;

use kinga::record::{Outcome, Reason, Record};
use support::{Report, kinga};

/// The report of `kinga hash` on a folder.
fn hashed(folder: &Path) -> Report {
    let mut command = kinga(["hash"]);
    Report::of(command.arg(folder))
}

/// What a record must say, whatever the file.
fn must_be_sound(record: &Record) {
    let path = &record.path;
    assert_eq!(record.hashes.is_empty(), record.outcome != Outcome::Hashed, "{path}");
    assert_ne!(record.reason, Some(Reason::DecoderPanic), "{path}: {:?}", record.detail);
    assert!(record.outcome == Outcome::Hashed || record.reason.is_some(), "{path}");
    assert!(record.outcome == Outcome::Hashed || !record.truncated, "{path}");
    match (record.share, record.reason) {
        (Some(share), Some(Reason::Partial)) => assert!((0.0..0.5).contains(&share), "{path}"),
        (Some(share), _) => assert!(record.truncated && (0.5..=1.0).contains(&share), "{path}"),
        (None, reason) => assert_ne!(reason, Some(Reason::Partial), "{path}"),
    }
}
