//! By what a file is known again, and whether that can be trusted.

use std::fs::{self, Metadata};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io;
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

use crate::record::{Record, path_text};

/// A file whose times are younger than this when it is read is not journalled: if it changed once
/// more, its times might stay the same, and the change would not be seen.
///
/// Source: FAT keeps times to two seconds, the coarsest of the file systems in use.
pub const SETTLED_AFTER: Duration = Duration::from_secs(2);

/// What tells that a file did not change. Changing a file's bytes sets its `changed` time to the
/// present, which no call to the system can set otherwise; `modified` can be set at will.
///
/// What it can't tell: a change while the clock was turned back, or on a network file system
/// whose clock is more than [`SETTLED_AFTER`] behind; and writing to a disk past its file system.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileState {
    /// The number of its file system; 0 where that is not known.
    pub device: u64,
    /// Its number there; 0 where that is not known.
    pub inode: u64,
    /// Its bytes.
    pub size: u64,
    /// When its bytes last changed: seconds since 1970, and nanoseconds of the second.
    pub modified: (i64, u32),
    /// When it last changed in any way; where that is not known, when it was made.
    pub changed: (i64, u32),
}

impl FileState {
    /// Of the file that would be opened by this path; none if it is no regular file.
    ///
    /// # Errors
    /// When it can't be looked at.
    pub fn of(path: &Path, through_link: bool) -> io::Result<Option<Self>> {
        let meta = if through_link { fs::metadata(path) } else { fs::symlink_metadata(path) }?;
        Ok(meta.is_file().then(|| Self::from(&meta)))
    }

    /// Whether any later change would show. `reading_from` is a time before the file was read.
    pub fn is_settled(&self, reading_from: SystemTime) -> bool {
        let seconds = reading_from.duration_since(UNIX_EPOCH).unwrap_or_default();
        let latest = self.modified.max(self.changed);
        let Ok(whole) = u64::try_from(latest.0) else { return true };
        let latest = Duration::new(whole, latest.1.min(999_999_999));
        latest.saturating_add(SETTLED_AFTER) <= seconds
    }
}

#[cfg(unix)]
impl From<&Metadata> for FileState {
    fn from(meta: &Metadata) -> Self {
        use std::os::unix::fs::MetadataExt;
        let nanos = |nanos: i64| u32::try_from(nanos).unwrap_or(0);
        Self {
            device: meta.dev(),
            inode: meta.ino(),
            size: meta.size(),
            modified: (meta.mtime(), nanos(meta.mtime_nsec())),
            changed: (meta.ctime(), nanos(meta.ctime_nsec())),
        }
    }
}

#[cfg(not(unix))]
impl From<&Metadata> for FileState {
    fn from(meta: &Metadata) -> Self {
        let moment = |time: io::Result<SystemTime>| {
            let since = time.and_then(|time| {
                time.duration_since(UNIX_EPOCH).map_err(|_earlier| io::ErrorKind::Other.into())
            });
            // Without a time, it is never settled.
            since.map_or((i64::MAX, 0), |since| {
                (i64::try_from(since.as_secs()).unwrap_or(i64::MAX), since.subsec_nanos())
            })
        };
        Self {
            device: 0,
            inode: 0,
            size: meta.len(),
            modified: moment(meta.modified()),
            changed: moment(meta.created()),
        }
    }
}

/// A file by its place below the roots and by its state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileKey {
    root: usize,
    path: String,
    path_b64: Option<String>,
    pub(super) state: FileState,
}

impl FileKey {
    /// Of a file with this path below this root.
    pub fn new(root: usize, relative: &Path, state: FileState) -> Self {
        let (path, path_b64) = path_text(relative);
        Self { root, path, path_b64, state }
    }

    /// Its state.
    pub fn state(&self) -> FileState {
        self.state
    }

    /// Whether this is the place of a record.
    pub(super) fn is_of(&self, record: &Record) -> bool {
        (self.root, &self.path, &self.path_b64) == (record.root, &record.path, &record.path_b64)
    }

    pub(super) fn hash(&self) -> u64 {
        hash(self.root, &self.path, self.path_b64.as_deref(), &self.state)
    }
}

/// Of everything that a file is known by. Equal hashes are no proof: the line is read.
pub(super) fn hash(root: usize, path: &str, path_b64: Option<&str>, state: &FileState) -> u64 {
    let mut hasher = DefaultHasher::new();
    (root, path, path_b64, state).hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state(modified: (i64, u32), changed: (i64, u32)) -> FileState {
        FileState { device: 1, inode: 2, size: 3, modified, changed }
    }

    #[test]
    fn a_file_settles_two_seconds_after_its_latest_time_and_not_before() {
        let at = |seconds, nanos| UNIX_EPOCH + Duration::new(seconds, nanos);
        let file = state((90, 0), (100, 500));
        assert!(file.is_settled(at(102, 500)) && !file.is_settled(at(102, 499)));
        let touched = state((100, 500), (90, 0));
        assert!(touched.is_settled(at(102, 500)) && !touched.is_settled(at(102, 499)));
    }

    #[test]
    fn a_file_from_the_future_is_not_settled_and_one_from_before_1970_is() {
        assert!(!state((0, 0), (i64::MAX, 0)).is_settled(SystemTime::now()));
        assert!(state((-5, 0), (-5, 0)).is_settled(SystemTime::now()));
    }

    #[cfg(unix)]
    #[test]
    fn a_change_of_the_bytes_shows_even_if_size_and_modification_time_are_put_back() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        fs::write(&path, "one").unwrap();
        let before = FileState::of(&path, false).unwrap().unwrap();
        let modified = fs::metadata(&path).unwrap().modified().unwrap();
        std::thread::sleep(Duration::from_millis(50));
        fs::write(&path, "two").unwrap();
        fs::File::open(&path).unwrap().set_modified(modified).unwrap();
        let after = FileState::of(&path, false).unwrap().unwrap();
        assert_eq!((before.size, before.modified), (after.size, after.modified));
        assert_ne!(before, after);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_is_looked_through_only_where_the_walk_did() {
        let folder = tempfile::tempdir().unwrap();
        let (file, link) = (folder.path().join("file"), folder.path().join("link"));
        fs::write(&file, "x").unwrap();
        std::os::unix::fs::symlink(&file, &link).unwrap();
        assert_eq!(FileState::of(&link, false).unwrap(), None);
        assert_eq!(FileState::of(&link, true).unwrap(), FileState::of(&file, false).unwrap());
    }
}
