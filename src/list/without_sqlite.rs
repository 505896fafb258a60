//! In place of `sqlite.rs`, where the feature `sqlite` is left out.

use std::path::Path;

use super::{HashList, ListError, ReadOptions};

/// How an `SQLite` database begins.
///
/// Source: sqlite.org, "Database File Format", 1.3.
pub(super) const MAGIC: &[u8] = b"SQLite format 3\0";

/// What is said of a database.
pub(super) const NOT_HERE: &str = "an SQLite database (NSRL, Autopsy .kdb, IPED), and this program was \
     built without its feature sqlite";

/// No database is read; it is refused as what it looks like.
pub(super) fn open(
    _name: &str,
    _path: &Path,
    _options: ReadOptions,
) -> Option<Result<HashList, ListError>> {
    None
}
