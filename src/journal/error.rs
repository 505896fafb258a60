//! Why a journal can't be used. No message names the journal: whoever opened it does.

use std::io;

/// Why a journal can't be used.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// A new journal would overwrite something.
    #[error(
        "it is already there, and a journal is never overwritten; go on with it by --resume, or choose another name"
    )]
    Exists,
    /// A new journal can't be made.
    #[error("the journal can't be made")]
    Make(#[source] io::Error),
    /// A journal can't be opened for reading and writing.
    #[error("the journal can't be opened for reading and writing; begin a new one by --journal")]
    Open(#[source] io::Error),
    /// It is a folder, a pipe or a device.
    #[error("a journal is a regular file, and this is none")]
    NotAFile,
    /// The file has more than one name, and adding to it might alter evidence.
    #[error(
        "the file has {0} names (hard links), of which one may lie among what is scanned; resume from a copy"
    )]
    SecondNames(u64),
    /// Another process has it open.
    #[error("another run of kinga uses this journal; wait for its end, or use another journal")]
    InUse,
    /// It can't be locked.
    #[error("the journal can't be locked for this run alone; keep it on a local file system")]
    Lock(#[source] io::Error),
    /// It can't be read.
    #[error("the journal can't be read")]
    Read(#[source] io::Error),
    /// It can't be written.
    #[error(
        "the journal can't be written; what it holds so far is valid: make room, and go on by --resume"
    )]
    Write(#[source] io::Error),
    /// It does not begin as a journal does.
    #[error("this is no journal of kinga's, or its first line is damaged; it was left as it is")]
    NotAJournal,
    /// It was written by a newer version of kinga.
    #[error(
        "the journal has format {found}, and this version of kinga knows {known}; use the version that wrote it, or begin a new journal by --journal"
    )]
    Newer {
        /// Its format.
        found: u32,
        /// The format known here.
        known: u32,
    },
    /// A line before the last is not as it was written.
    #[error(
        "line {line} (from byte {offset}) is damaged: {what}; the journal was left as it is: use an undamaged copy, or begin a new one by --journal"
    )]
    Damaged {
        /// Its number, from 1.
        line: u64,
        /// Where it begins, from 0.
        offset: u64,
        /// What is wrong.
        what: &'static str,
    },
    /// It is of other roots.
    #[error(
        "the journal is of a run over {theirs}, and this one is over {ours}; name the same paths in the same order, or begin a new journal by --journal"
    )]
    OtherRoots {
        /// The roots of the journal.
        theirs: String,
        /// The roots of this run.
        ours: String,
    },
}
