//! Reading a journal: every line is checked, and where each file's line is is kept, not the line.

use std::borrow::Cow;
use std::fs::File;
use std::io::{self, BufRead, Read as _};

use serde::Deserialize;

use super::answer::{Answer, Worth};
use super::error::JournalError;
use super::format::{self, unseal};
use super::kept::{self, Kept};
use super::session::{FORMAT, RootKey, Session, named};
use super::state::{self, FileState};
use crate::record::Record;

/// No line is longer: paths and hashes of a picture take a thousandth of it.
const MAX_LINE: u64 = 16 << 20;

/// What a journal holds.
#[derive(Debug, Default)]
pub(super) struct Recovered {
    /// The lines of files that may be of use, by hash of their keys, then by offset.
    pub(super) places: Vec<Place>,
    /// The sessions, in their order.
    pub(super) past: Vec<Past>,
    /// Bytes up to the end of the last whole line.
    pub(super) len: u64,
    /// Bytes of a torn line behind it.
    pub(super) cut: u64,
}

/// Where the line of a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    pub(super) hash: u64,
    pub(super) offset: u64,
    len: u32,
}

/// An earlier session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Past {
    /// Where its line is: the lines of its files follow.
    pub(super) offset: u64,
    worth: Worth,
    verified: bool,
}

impl Past {
    /// What its records are worth.
    pub(super) fn answer(&self) -> Option<Answer> {
        let Worth { matches, hashes, on_trust } = self.worth;
        if matches && (self.verified || !on_trust) {
            Some(Answer::AsIs)
        } else {
            hashes.then_some(Answer::Hashes)
        }
    }

    /// Whether its records are or may still turn out to be of use.
    fn is_of_use(&self) -> bool {
        self.worth.matches || self.worth.hashes
    }
}

/// What of a session is understood in every version with this [`FORMAT`].
#[derive(Deserialize)]
struct SessionHead {
    version: String,
    commit: String,
    roots: Vec<RootKey>,
}

/// The number alone, which is understood in every version.
#[derive(Deserialize)]
struct FormatOnly {
    journal: u32,
}

/// The line of a file, without the hashes that are only for the journal.
#[derive(Deserialize)]
pub(super) struct FileLine {
    pub(super) state: FileState,
    pub(super) record: Record,
}

/// What a file is known by, without the rest of its record.
#[derive(Deserialize)]
struct KeyLine<'a> {
    state: FileState,
    #[serde(borrow)]
    record: KeyRecord<'a>,
}

#[derive(Deserialize)]
struct KeyRecord<'a> {
    root: usize,
    #[serde(borrow)]
    path: Cow<'a, str>,
    #[serde(default)]
    path_b64: Option<String>,
}

/// Reads a journal to its end, for a session that is to go on with it.
pub(super) fn recover(mut input: impl BufRead, now: &Session) -> Result<Recovered, JournalError> {
    let mut recovered = Recovered::default();
    let mut line = Vec::new();
    for number in 1.. {
        line.clear();
        let read = input.by_ref().take(MAX_LINE).read_until(b'\n', &mut line);
        let len = read.map_err(JournalError::Read)? as u64;
        if len == 0 {
            break;
        }
        let offset = recovered.len;
        let damaged = |what| JournalError::Damaged { line: number, offset, what };
        let begins_as_one = number > 1 || format::may_be_torn_session(&line);
        if let Some(body) = unseal(&mut line) {
            recovered.take(body, len, now, &damaged)?;
            recovered.len += len;
            continue;
        }
        let is_last =
            input.fill_buf().map_err(JournalError::Read)?.is_empty() && !format::holds_two(&line);
        match (begins_as_one, is_last) {
            (false, _) => return Err(JournalError::NotAJournal),
            (true, false) => return Err(damaged("its bytes do not have its CRC")),
            (true, true) => recovered.cut = len,
        }
    }
    // Stable or not: no two are equal.
    recovered.places.sort_unstable();
    Ok(recovered)
}

impl Recovered {
    fn take(
        &mut self,
        body: &[u8],
        len: u64,
        now: &Session,
        damaged: &impl Fn(&'static str) -> JournalError,
    ) -> Result<(), JournalError> {
        let offset = self.len;
        if body.starts_with(format::SESSION) {
            let worth = worth(body, now, damaged)?;
            self.past.push(Past { offset, worth, verified: false });
            return Ok(());
        }
        let Some(past) = self.past.last_mut() else { return Err(JournalError::NotAJournal) };
        if body.starts_with(format::VERIFIED) {
            past.verified = true;
            return Ok(());
        }
        if !body.starts_with(format::FILE) {
            return Err(damaged("it is of no known type"));
        }
        if past.is_of_use() {
            let KeyLine { state, record } = serde_json::from_slice(body)
                .map_err(|_malformed| damaged("it says of no file what is needed"))?;
            let KeyRecord { root, path, path_b64 } = record;
            let hash = state::hash(root, &path, path_b64.as_deref(), &state);
            // A line has at most MAX_LINE bytes.
            self.places.push(Place { hash, offset, len: u32::try_from(len).unwrap_or(u32::MAX) });
        }
        Ok(())
    }
}

/// What the records of a session are worth, if it is of the same roots.
fn worth(
    body: &[u8],
    now: &Session,
    damaged: &impl Fn(&'static str) -> JournalError,
) -> Result<Worth, JournalError> {
    let unknown = |_malformed| damaged("it says of no session what is needed");
    let FormatOnly { journal: found } = serde_json::from_slice(body).map_err(unknown)?;
    if found != FORMAT {
        return Err(JournalError::Newer { found, known: FORMAT });
    }
    let head: SessionHead = serde_json::from_slice(body).map_err(unknown)?;
    if head.roots != now.roots {
        let (theirs, ours) = (named(&head.roots), named(&now.roots));
        return Err(JournalError::OtherRoots { theirs, ours });
    }
    if (head.version, head.commit) != (now.version.clone(), now.commit.clone()) {
        return Ok(Worth::default());
    }
    let mut session: serde_json::Map<_, _> = serde_json::from_slice(body).map_err(unknown)?;
    session.remove("type");
    let session: Session = serde_json::from_value(session.into()).map_err(unknown)?;
    Ok(Worth::of(&session, now))
}

/// The other part of the line of a file.
#[derive(Deserialize)]
struct KeptLine {
    kept: Vec<Kept>,
}

/// The line of a file, read again.
pub(super) struct Read<'a> {
    pub(super) line: FileLine,
    body: &'a [u8],
}

/// Reads the line of a file again, if it is still there as it was.
pub(super) fn read_file<'a>(
    file: &File,
    place: Place,
    buffer: &'a mut Vec<u8>,
) -> io::Result<Read<'a>> {
    buffer.resize(place.len as usize, 0);
    read_at(file, buffer, place.offset)?;
    let body = unseal(buffer).ok_or(io::ErrorKind::InvalidData)?;
    Read::of(body)
}

impl<'a> Read<'a> {
    /// What a line without its CRC says.
    pub(super) fn of(body: &'a [u8]) -> io::Result<Self> {
        Ok(Self { line: serde_json::from_slice(body)?, body })
    }

    /// The record with all hashes.
    pub(super) fn whole(self) -> io::Result<Record> {
        let KeptLine { kept } = serde_json::from_slice(self.body)?;
        kept::join(self.line.record, kept).ok_or_else(|| io::ErrorKind::InvalidData.into())
    }
}

#[cfg(unix)]
fn read_at(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, buffer, offset)
}

#[cfg(windows)]
fn read_at(file: &File, mut buffer: &mut [u8], mut offset: u64) -> io::Result<()> {
    while !buffer.is_empty() {
        let read = std::os::windows::fs::FileExt::seek_read(file, buffer, offset)?;
        if read == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        buffer = &mut buffer[read..];
        offset += read as u64;
    }
    Ok(())
}
