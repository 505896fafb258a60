//! Why a list is refused, and what is wrong with a row. No message repeats a value of the list:
//! lists are personal data.

use std::io;

use serde::{Deserialize, Serialize};

use super::format::names;
use crate::mapped::MappedError;

/// A row of a list of which something is not searched for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Problem {
    /// The line, counted from 1.
    pub line: u64,
    /// What is wrong and how to mend it.
    pub message: String,
}

/// Why a list could not be read, or must not be trusted.
#[derive(Debug, thiserror::Error)]
pub enum ListError {
    /// The file could not be opened.
    #[error("{}: the hash list cannot be opened; check its name and permissions", .list.escape_debug())]
    Open {
        /// The list.
        list: String,
        /// What the system said.
        source: io::Error,
    },
    /// The file could not be read to its end.
    #[error("{}: reading the hash list failed", .list.escape_debug())]
    Read {
        /// The list.
        list: String,
        /// What the system said.
        source: io::Error,
    },
    /// A compiled file that can't be used.
    #[error("{}: the compiled hash list can't be used", .list.escape_debug())]
    Compiled {
        /// The file.
        list: String,
        /// Why.
        source: MappedError,
    },
    /// The content fits none of the formats.
    #[error(
        "{}: not recognised as a hash list; looked for a header with a column such as pdq, md5, \
         sha1, sha256 or hash, for JSON lines, for the output of md5sum, and for bare hashes one \
         a line; name its format with --list-format ({})",
        .list.escape_debug(), names()
    )]
    Unrecognised {
        /// The list.
        list: String,
    },
    /// The content is of a format that kinga knows by sight only.
    #[error(
        "{}: looks like {what}, which this version cannot read yet; convert it to CSV with a \
         header such as pdq,md5,id",
        .list.escape_debug()
    )]
    Foreign {
        /// The list.
        list: String,
        /// What it looks like.
        what: &'static str,
    },
    /// A JSON document that is none from some line on.
    #[error(
        "{}: line {line}: brackets or quotation marks that do not fit together, or the end is missing: \
         what follows can't be read; get the list again",
        .list.escape_debug()
    )]
    NoJson {
        /// The list.
        list: String,
        /// The line, counted from 1.
        line: u64,
    },
    /// An XML document that is none from some line on.
    #[error(
        "{}: line {line}: not XML as hash lists have it, or the end is missing: what follows can't be read; \
         get the list again",
        .list.escape_debug()
    )]
    NoXml {
        /// The list.
        list: String,
        /// The line, counted from 1.
        line: u64,
    },
    /// What is to be a database is none, or comes from where it can't be read.
    #[error(
        "{}: not an SQLite database that can be read as such; give the name of its file, and not \
         standard input",
        .list.escape_debug()
    )]
    NoDatabase {
        /// The list.
        list: String,
    },
    /// A database that can't be read, or has not the tables of a hash set.
    #[error("{}: the SQLite database can't be used: {what}", .list.escape_debug())]
    Database {
        /// The list.
        list: String,
        /// Why, and how to mend it.
        what: String,
    },
    /// 64 hex digits are a PDQ hash or a SHA-256, and nothing says which.
    #[error(
        "{}: {rows} different values of 64 hex digits, which may be PDQ hashes or SHA-256 digests, \
         and nothing in the list proves which; say --list-format pdq or --list-format sha256 (in \
         CSV and JSON: name the column pdq or sha256)",
        .list.escape_debug()
    )]
    Ambiguous {
        /// The list.
        list: String,
        /// How many different values could be either.
        rows: u64,
    },
    /// Hashes whose length several algorithms have, and no algorithm named.
    #[error(
        "{}: {length}-{} hashes fit more than one algorithm; name yours with --algorithm",
        .list.escape_debug(), if *.hex { "digit" } else { "character base64" }
    )]
    UnnamedAlgorithm {
        /// The list.
        list: String,
        /// How many characters the first such hash has.
        length: usize,
        /// Whether it is written in hex, not in base64.
        hex: bool,
    },
    /// A table whose header names no column that holds hashes.
    #[error(
        "{}: the header has no column to search for; looked for pdq, md5, sha1, sha256, hash, or \
         the name of an algorithm such as gradient-8",
        .list.escape_debug()
    )]
    NoHashColumn {
        /// The list.
        list: String,
    },
    /// More than one row in a hundred is broken, or any with [`super::Tolerance::None`].
    #[error(
        "{}: {broken} of {rows} rows are broken, more than {}; the first is line {}: {}",
        .list.escape_debug(),
        if *.strict { "the none that --strict-lists allows" } else { "one in a hundred" },
        .first.line, .first.message
    )]
    TooManyBroken {
        /// The list.
        list: String,
        /// How many rows are broken.
        broken: u64,
        /// How many rows there are.
        rows: u64,
        /// Whether one broken row was enough.
        strict: bool,
        /// The first of them.
        first: Problem,
    },
    /// Nothing is left to search for.
    #[error(
        "{}: nothing to search for: {rows} rows, of which {tombstones} withdraw entries and \
         {unmatchable} are of kinds that cannot be matched; check that this is the right list, and in the \
         format that --list-format says, if it is given",
        .list.escape_debug()
    )]
    Empty {
        /// The list.
        list: String,
        /// How many rows there are.
        rows: u64,
        /// How many of them are tombstones.
        tombstones: u64,
        /// How many of them hold only kinds that cannot be matched.
        unmatchable: u64,
    },
}
