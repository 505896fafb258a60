//! The journal of a run: an append-only file that says what every finished file came to, so that an
//! interrupted run can go on, and a file that did not change need not be decoded again.
//!
//! It is JSON Lines. Each line is one object that begins with the CRC-32 of the rest of it:
//!
//! | `type` | what |
//! | --- | --- |
//! | `session` | a run begins or goes on: a [`Session`]. The first line is one |
//! | `file` | a finished file: its [`FileState`], its record, and, packed, all other hashes that were made |
//! | `verified` | the compiled lists of the session were compared with their digests |
//!
//! Lines are only ever added, by one process at a time, which locks the file. They are written every
//! 200 ms and made safe on disk every second and at the end. After a kill or a power failure the last
//! line may be torn: it alone is cut off. Any other damage is an error ([`JournalError::Damaged`]).
//!
//! A stored record answers for a file whose path and [`FileState`] are the same, if the same version
//! of kinga would make the same hashes of it again. Its matches hold for the same question (lists
//! and what counts as a match); for another question, its hashes are compared anew.
//!
//! A journal holds the hashes of everything that was scanned. On Unix only its owner may read it.

mod answer;
mod error;
mod format;
#[doc(hidden)]
pub mod fuzz;
mod kept;
mod recover;
mod session;
mod state;
#[cfg(test)]
mod tests;
mod write;

use std::fs::{File, OpenOptions};
use std::io::{self, BufReader};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::record::Record;
use recover::{Past, Place};
use write::Writer;

pub use answer::Answer;
pub use error::JournalError;
pub use session::{FORMAT, RootKey, Session};
pub use state::{FileKey, FileState, SETTLED_AFTER};

/// An open journal. It can be read and added to from any number of threads.
#[derive(Debug)]
pub struct Journal {
    file: Arc<File>,
    writer: Writer,
    session: Session,
    /// Files of earlier sessions, by hash of their keys; of one key, the later line comes later.
    places: Vec<Place>,
    /// Earlier sessions, in their order.
    past: Vec<Past>,
    /// Bytes of a torn last line that were cut off.
    cut: u64,
    counts: Counts,
}

/// What a journal was used for in this session.
#[derive(Debug, Default)]
struct Counts {
    answered: AtomicU64,
    added: AtomicU64,
    unsettled: AtomicU64,
}

/// What a journal was used for in a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Used {
    /// Files that were answered from it.
    pub answered: u64,
    /// Files that were added to it.
    pub added: u64,
    /// Files that were not added because they had changed just before they were read: see
    /// [`SETTLED_AFTER`].
    pub unsettled: u64,
}

/// What a journal says of a file.
#[derive(Debug)]
pub struct Found {
    /// Its record, with all hashes where they are to be compared; its number is that of the earlier
    /// walk.
    pub record: Record,
    /// What of it holds.
    pub answer: Answer,
}

impl Journal {
    /// Begins a journal in a new file.
    ///
    /// # Errors
    /// When there already is something of that name, or the file can't be made, locked or written.
    pub fn create(path: &Path, session: Session) -> Result<Self, JournalError> {
        let mut options = OpenOptions::new();
        options.read(true).append(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(path).map_err(|error| match error.kind() {
            io::ErrorKind::AlreadyExists => JournalError::Exists,
            _ => JournalError::Make(error),
        })?;
        lock(&file)?;
        let journal = Self::begin(file, session, recover::Recovered::default())?;
        sync_folder_of(path).map_err(JournalError::Write)?;
        Ok(journal)
    }

    /// Goes on with a journal: checks every line, cuts off a torn last one, and begins a session.
    ///
    /// # Errors
    /// When the file can't be opened or is in use, is no journal or a damaged one, is of other roots
    /// or of a newer version of kinga, or can't be written. It is then as it was.
    pub fn resume(path: &Path, session: Session) -> Result<Self, JournalError> {
        let mut options = OpenOptions::new();
        options.read(true).append(true);
        // A pipe of that name must not make the program wait.
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::custom_flags(
            &mut options,
            rustix::fs::OFlags::NONBLOCK.bits().cast_signed(),
        );
        let file = options.open(path).map_err(JournalError::Open)?;
        let meta = file.metadata().map_err(JournalError::Read)?;
        if !meta.is_file() {
            return Err(JournalError::NotAFile);
        }
        refuse_second_names(&meta)?;
        lock(&file)?;
        let recovered = recover::recover(BufReader::with_capacity(1 << 20, &file), &session)?;
        if recovered.cut > 0 {
            file.set_len(recovered.len).map_err(JournalError::Write)?;
        }
        Self::begin(file, session, recovered)
    }

    fn begin(
        file: File,
        session: Session,
        recovered: recover::Recovered,
    ) -> Result<Self, JournalError> {
        let recover::Recovered { places, past, len, cut } = recovered;
        let file = Arc::new(file);
        let mut line = Vec::new();
        format::seal(&format::Line::Session(&session), &mut line).map_err(JournalError::Write)?;
        let writer = Writer::begin(Arc::clone(&file), len, &line)?;
        Ok(Self { file, writer, session, places, past, cut, counts: Counts::default() })
    }

    /// What the journal says of a file, if that holds for it as it is now.
    pub fn find(&self, key: &FileKey) -> Option<Found> {
        let hash = key.hash();
        let first = self.places.partition_point(|place| place.hash < hash);
        let after = first + self.places[first..].partition_point(|place| place.hash == hash);
        let mut buffer = Vec::new();
        let places = self.places[first..after].iter().rev();
        let found = places.copied().find_map(|place| self.read(key, place, &mut buffer));
        self.counts.answered.fetch_add(u64::from(found.is_some()), Ordering::Relaxed);
        found
    }

    /// What the line at this place says, if it is of that file. Whatever can't be read is none: the
    /// file is examined anew.
    fn read(&self, key: &FileKey, place: Place, buffer: &mut Vec<u8>) -> Option<Found> {
        let past = &self.past[self.past.partition_point(|past| past.offset < place.offset) - 1];
        let answer = past.answer()?;
        let Ok(read) = recover::read_file(&self.file, place, buffer) else { return None };
        if !key.is_of(&read.line.record) || key.state != read.line.state {
            return None;
        }
        if answer == Answer::AsIs {
            return Some(Found { record: read.line.record, answer });
        }
        let Ok(record) = read.whole() else { return None };
        Some(Found { record, answer })
    }

    /// Adds a finished file. It is written soon; whether that worked is told by
    /// [`Journal::check`].
    pub fn add(&self, state: &FileState, record: &Record) {
        // A record that can't be kept is made anew.
        let Some((record, kept)) = kept::split(record) else { return };
        let mut line = Vec::new();
        let file = format::Line::File { state, record: &record, kept: &kept };
        self.writer.add(format::seal(&file, &mut line).map(|()| &line[..]));
        self.counts.added.fetch_add(1, Ordering::Relaxed);
    }

    /// Counts a file that was not added because it had changed just before it was read.
    pub fn pass_over(&self) {
        self.counts.unsettled.fetch_add(1, Ordering::Relaxed);
    }

    /// Notes that the compiled lists of this session are as they were written. Until then, matches
    /// found with them are not taken over by later sessions.
    pub fn vouch(&self) {
        let mut line = Vec::new();
        let verified = format::Line::Verified { session: &self.session.id };
        self.writer.add(format::seal(&verified, &mut line).map(|()| &line[..]));
    }

    /// Tells whether all could be written so far.
    ///
    /// # Errors
    /// When something could not: then nothing more will be.
    pub fn check(&self) -> Result<(), JournalError> {
        self.writer.check()
    }

    /// Writes out what is held back, makes it safe on disk, and takes nothing more.
    ///
    /// # Errors
    /// When something could not be written.
    pub fn close(&self) -> Result<(), JournalError> {
        self.writer.close()
    }

    /// What it was used for in this session.
    pub fn used(&self) -> Used {
        let of = |count: &AtomicU64| count.load(Ordering::Relaxed);
        let Counts { answered, added, unsettled } = &self.counts;
        Used { answered: of(answered), added: of(added), unsettled: of(unsettled) }
    }

    /// How many bytes of a torn last line were cut off when it was opened.
    pub fn cut(&self) -> u64 {
        self.cut
    }

    /// Whether there are earlier sessions and none of their records can be used: then all files are
    /// examined again.
    pub fn is_outdated(&self) -> bool {
        !self.past.is_empty() && self.past.iter().all(|past| past.answer().is_none())
    }
}

/// Holds a journal for this process alone. The lock ends with the file, even after a kill.
fn lock(file: &File) -> Result<(), JournalError> {
    file.try_lock().map_err(|error| match error {
        std::fs::TryLockError::WouldBlock => JournalError::InUse,
        std::fs::TryLockError::Error(error) => JournalError::Lock(error),
    })
}

/// Another name of the same file may lie among evidence, which is never written to.
#[cfg(unix)]
fn refuse_second_names(meta: &std::fs::Metadata) -> Result<(), JournalError> {
    let names = std::os::unix::fs::MetadataExt::nlink(meta);
    if names > 1 { Err(JournalError::SecondNames(names)) } else { Ok(()) }
}

#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "fails elsewhere")]
fn refuse_second_names(_meta: &std::fs::Metadata) -> Result<(), JournalError> {
    Ok(())
}

/// Makes the name of a new file survive a power failure.
fn sync_folder_of(path: &Path) -> io::Result<()> {
    let folder = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}
