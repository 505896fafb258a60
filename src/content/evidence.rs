//! Opening and reading evidence without altering it, and without being led astray by what it has
//! become since the walk met it.

use std::fs::{File, OpenOptions};
use std::io::{self, Read};
use std::path::Path;

use crate::record::Reason;

/// Why a file could not be read: the code and the words.
#[derive(Clone, Debug)]
pub struct Unread {
    /// The code.
    pub reason: Reason,
    /// The words.
    pub detail: String,
}

impl Unread {
    fn new(reason: Reason, detail: &str) -> Self {
        Self { reason, detail: detail.to_owned() }
    }
}

impl From<&io::Error> for Unread {
    fn from(error: &io::Error) -> Self {
        let reason = match error.kind() {
            io::ErrorKind::NotFound => Reason::NotFound,
            io::ErrorKind::PermissionDenied => Reason::PermissionDenied,
            _ => Reason::IoError,
        };
        Self { reason, detail: error.to_string() }
    }
}

impl From<io::Error> for Unread {
    fn from(error: io::Error) -> Self {
        Self::from(&error)
    }
}

/// A regular file, open for reading only.
#[derive(Debug)]
pub struct Evidence {
    file: File,
    before: Stand,
}

impl Evidence {
    /// Opens a file that the walk met as a regular one.
    ///
    /// # Errors
    /// When it can't be opened, or is no regular file any more.
    pub fn open(path: &Path, through_link: bool) -> Result<Self, Unread> {
        Self::of(open_read_only(path, through_link)?)
    }

    /// Of a file that is open for reading.
    ///
    /// # Errors
    /// When the system says nothing of it, or when it is no regular file.
    pub fn of(file: File) -> Result<Self, Unread> {
        let before = Stand::of(&file)?;
        if !before.regular {
            let detail = "it was a regular file when the walk met it";
            return Err(Unread::new(Reason::NotAFile, detail));
        }
        Ok(Self { file, before })
    }

    /// Bytes in the file, as it was opened.
    pub fn size(&self) -> u64 {
        self.before.size
    }

    /// The open file.
    pub fn file(&self) -> &File {
        &self.file
    }

    /// Reads on until `buffer` holds `len` bytes or the file ends.
    pub(super) fn read_up_to(&mut self, len: u64, buffer: &mut Vec<u8>) -> io::Result<()> {
        let missing = len.saturating_sub(buffer.len() as u64);
        // The size is a claim; no more is reserved than the file is then seen to have.
        buffer.reserve(usize::try_from(missing.min(self.size())).unwrap_or(0));
        self.file.by_ref().take(missing).read_to_end(buffer)?;
        Ok(())
    }

    /// Hands the rest of the file, piece by piece, to `take`, and tells how many bytes it had.
    pub(super) fn read_rest(&mut self, mut take: impl FnMut(&[u8])) -> io::Result<u64> {
        let mut piece = vec![0; 1 << 16];
        let mut total = 0;
        loop {
            match self.file.read(&mut piece) {
                Ok(0) => return Ok(total),
                Ok(len) => {
                    take(&piece[..len]);
                    total += len as u64;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Makes sure that all of the file was read, and that it is still what was opened.
    pub(super) fn check_unchanged(&self, read: u64) -> Result<(), Unread> {
        let after = Stand::of(&self.file)?;
        if read == self.size() && after == self.before {
            return Ok(());
        }
        Err(Unread::new(Reason::ChangedWhileRead, "its size or time changed while it was read"))
    }
}

/// What tells whether a file was changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stand {
    regular: bool,
    /// In bytes.
    size: u64,
    /// When its content was last changed: seconds, and billionths of one.
    changed: (i128, i128),
}

impl Stand {
    /// Asks by `fstat` and nothing else: `statx`, as the standard library asks, can also be asked
    /// about files by name, and is none of the calls that are left to a worker.
    #[cfg(unix)]
    fn of(file: &File) -> io::Result<Self> {
        let stat = rustix::fs::fstat(file)?;
        Ok(Self {
            regular: rustix::fs::FileType::from_raw_mode(stat.st_mode).is_file(),
            size: u64::try_from(stat.st_size).unwrap_or(0),
            changed: (i128::from(stat.st_mtime), i128::from(stat.st_mtime_nsec)),
        })
    }

    #[cfg(not(unix))]
    fn of(file: &File) -> io::Result<Self> {
        let metadata = file.metadata()?;
        let time = metadata.modified().map(|time| time.duration_since(std::time::UNIX_EPOCH));
        // A file system without times can't tell.
        let changed = time.into_iter().flatten().next().unwrap_or_default();
        let changed = (i128::from(changed.as_secs()), i128::from(changed.subsec_nanos()));
        Ok(Self { regular: metadata.is_file(), size: metadata.len(), changed })
    }
}

/// Never waits for a pipe's writer, never follows a link that the walk did not, never becomes
/// anyone's terminal, and leaves the access time alone where the kernel permits.
#[cfg(unix)]
fn open_read_only(path: &Path, through_link: bool) -> io::Result<File> {
    use rustix::fs::OFlags;
    use std::os::unix::fs::OpenOptionsExt;

    let mut flags = OFlags::NONBLOCK | OFlags::NOCTTY;
    if !through_link {
        flags |= OFlags::NOFOLLOW;
    }
    let open = |flags: OFlags| {
        let flags = flags.bits().cast_signed();
        OpenOptions::new().read(true).custom_flags(flags).open(path)
    };
    #[cfg(any(target_os = "linux", target_os = "android"))]
    match open(flags | OFlags::NOATIME) {
        // Only a file's owner may leave its access time alone.
        Err(error) if error.raw_os_error() == Some(rustix::io::Errno::PERM.raw_os_error()) => {}
        other => return other,
    }
    open(flags)
}

#[cfg(not(unix))]
fn open_read_only(path: &Path, _through_link: bool) -> io::Result<File> {
    OpenOptions::new().read(true).open(path)
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn a_fifo_in_place_of_the_file_is_refused_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pipe");
        assert!(std::process::Command::new("mkfifo").arg(&path).status().unwrap().success());
        let error = Evidence::open(&path, false).err().unwrap();
        assert_eq!(error.reason, Reason::NotAFile);
    }

    #[test]
    fn a_link_in_place_of_the_file_is_not_followed() {
        let folder = tempfile::tempdir().unwrap();
        let (file, link) = (folder.path().join("file"), folder.path().join("link"));
        std::fs::write(&file, "x").unwrap();
        std::os::unix::fs::symlink(&file, &link).unwrap();
        assert!(Evidence::open(&link, false).is_err());
        assert!(Evidence::open(&link, true).is_ok());
    }

    #[test]
    fn a_file_that_vanished_is_not_found_and_a_folder_in_its_place_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        let reason = || Evidence::open(&path, false).err().unwrap().reason;
        assert_eq!(reason(), Reason::NotFound);
        std::fs::create_dir(&path).unwrap();
        assert_eq!(reason(), Reason::NotAFile);
    }

    #[test]
    fn a_file_that_shrinks_after_it_was_opened_has_changed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        std::fs::write(&path, "12345").unwrap();
        let mut evidence = Evidence::open(&path, false).map_err(|e| e.detail).unwrap();
        std::fs::write(&path, "123").unwrap();
        let mut bytes = Vec::new();
        evidence.read_up_to(5, &mut bytes).unwrap();
        let error = evidence.check_unchanged(bytes.len() as u64).err().unwrap();
        assert_eq!((bytes.len(), error.reason), (3, Reason::ChangedWhileRead));
    }

    #[test]
    fn a_file_that_grows_after_it_was_opened_has_changed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        std::fs::write(&path, "12345").unwrap();
        let mut evidence = Evidence::open(&path, false).map_err(|e| e.detail).unwrap();
        let mut bytes = Vec::new();
        evidence.read_up_to(5, &mut bytes).unwrap();
        assert!(evidence.check_unchanged(5).is_ok());
        std::fs::write(&path, "1234567").unwrap();
        let error = evidence.check_unchanged(5).err().unwrap();
        assert_eq!(error.reason, Reason::ChangedWhileRead);
    }
}
