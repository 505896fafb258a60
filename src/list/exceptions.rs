//! Entries of which a person said that their matches are not to be reported, and why.
//!
//! As JSON Lines, so that a person can read it and a line can be taken out again. Nothing is taken
//! out of a list: it stays as its source gave it, and what it would have matched is counted.

use std::path::Path;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::value::{self, Claim};
use super::{Entry, HashList, Known, Place};

/// An entry that is excepted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exception {
    /// The file name of the list, without its folder, where the entry is named by its id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub list: Option<String>,
    /// The id of the entry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entry: Option<String>,
    /// Its hash or digest in hex, perhaps with the name of its kind and a colon before it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hash: Option<String>,
    /// Why.
    pub reason: String,
    /// When that was said, UTC, RFC 3339.
    pub date: String,
    /// Who said it.
    pub who: String,
}

/// A file of exceptions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exceptions {
    /// SHA-256 of its bytes.
    pub sha256: [u8; 32],
    /// In its order.
    pub all: Vec<Exception>,
}

/// Why a file of exceptions can't be used.
#[derive(Debug, thiserror::Error)]
pub enum ExceptionsError {
    /// A line is not as `kinga list remove` writes them.
    #[error(
        "line {line}: not an exception as `kinga list remove` writes them; mend or delete the line"
    )]
    Line {
        /// The line, counted from 1.
        line: usize,
        /// Why.
        source: serde_json::Error,
    },
    /// A line names nothing, or something twice.
    #[error(
        "line {line}: it must name either a list and the id of an entry, or a hash; mend or delete the line"
    )]
    Which {
        /// The line, counted from 1.
        line: usize,
    },
    /// A hash that is none.
    #[error("line {line}: a hash that can't be read: {what}; mend or delete the line")]
    Hash {
        /// The line, counted from 1.
        line: usize,
        /// What is wrong with it.
        what: String,
    },
}

impl Exceptions {
    /// Reads the bytes of a file.
    ///
    /// # Errors
    /// When a line is no exception. None is left out: what somebody excepted is not to come back
    /// because of a typing error elsewhere.
    pub fn read(bytes: &[u8]) -> Result<Self, ExceptionsError> {
        let text = String::from_utf8_lossy(bytes);
        let mut all = Vec::new();
        for (line, text) in (1..).zip(text.lines()).filter(|(_, text)| !text.trim().is_empty()) {
            let exception: Exception = serde_json::from_str(text)
                .map_err(|source| ExceptionsError::Line { line, source })?;
            let Exception { list, entry, hash, .. } = &exception;
            match (list, entry, hash) {
                (Some(_), Some(_), None) => {}
                (None, None, Some(hash)) => {
                    readings(hash).map_err(|what| ExceptionsError::Hash { line, what })?;
                }
                _ => return Err(ExceptionsError::Which { line }),
            }
            all.push(exception);
        }
        Ok(Self { sha256: Sha256::digest(bytes).into(), all })
    }

    /// The entries of lists that are excepted, and how many exceptions fit none of them.
    pub fn entries(&self, lists: &[HashList]) -> (Vec<Place>, u64) {
        let wanted: Vec<Wanted<'_>> = self.all.iter().map(Wanted::of).collect();
        let mut used = vec![false; wanted.len()];
        let mut places = Vec::new();
        for (list, of) in lists.iter().enumerate().filter(|_| !wanted.is_empty()) {
            let name = file_name(&of.name);
            for (number, entry) in of.entries.iter().enumerate() {
                for (wanted, used) in wanted.iter().zip(&mut used) {
                    if wanted.is(&entry, &name) {
                        *used = true;
                        places.push((list, number));
                    }
                }
            }
        }
        (places, used.iter().filter(|used| !**used).count() as u64)
    }
}

impl Exception {
    /// The entries of a list that it names.
    ///
    /// # Errors
    /// When its hash can't be read: what is wrong with it.
    pub fn entries_of(&self, list: &HashList) -> Result<u64, String> {
        if let Some(hash) = &self.hash {
            readings(hash)?;
        }
        let (wanted, name) = (Wanted::of(self), file_name(&list.name));
        Ok(list.entries.iter().filter(|entry| wanted.is(entry, &name)).count() as u64)
    }
}

/// What an exception names.
enum Wanted<'a> {
    Id { list: &'a str, entry: &'a str },
    Known(Vec<Known>),
}

impl<'a> Wanted<'a> {
    fn of(exception: &'a Exception) -> Self {
        match (&exception.list, &exception.entry, &exception.hash) {
            (Some(list), Some(entry), _) => Self::Id { list, entry },
            (_, _, hash) => {
                let read = hash.as_deref().map(readings);
                Self::Known(read.into_iter().flatten().flatten().collect())
            }
        }
    }

    fn is(&self, entry: &Entry, name: &str) -> bool {
        match self {
            Self::Id { list, entry: id } => *list == name && entry.id.as_deref() == Some(id),
            Self::Known(known) => known.contains(&entry.known),
        }
    }
}

/// The name of a list's file without its folders.
pub fn file_name(list: &str) -> String {
    let name = Path::new(list).file_name();
    name.map_or_else(|| list.to_owned(), |name| name.to_string_lossy().into_owned())
}

/// What the text of a hash may be: 64 digits are a PDQ hash and a SHA-256.
fn readings(text: &str) -> Result<Vec<Known>, String> {
    let (named, text) = match text.split_once(':') {
        Some((name, text)) => (Some(name.trim()), text.trim()),
        None => (None, text.trim()),
    };
    let claim = match named {
        None => Claim::Unstated,
        Some(name) => super::column::Column::named(name)
            .and_then(super::column::Column::claim)
            .ok_or("no kind of hash has this name; say pdq, md5, sha1, sha256, sha512 or such as gradient-8")?,
    };
    let (known, _) = value::read(claim, text, None).map_err(|error| {
        let what = error.to_string();
        what.replace("name yours with --algorithm", "put its name and a colon before it")
    })?;
    let other = known.other_reading().filter(|_| named.is_none());
    Ok([Some(known), other].into_iter().flatten().collect())
}

impl Known {
    /// The name of its kind and its text: in lower-case hex; none of a SHA-512, of which only half is
    /// kept.
    pub fn text(&self) -> Option<(String, String)> {
        Some(match self {
            Self::Hash(algorithm, hash) => (algorithm.to_string(), algorithm.to_text(*hash)),
            Self::Md5(digest) => ("md5".to_owned(), hex::encode(digest)),
            Self::Sha1(digest) => ("sha1".to_owned(), hex::encode(digest)),
            Self::Sha256(digest) => ("sha256".to_owned(), hex::encode(digest)),
            Self::Sha512(_) => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{PDQ_HEX, options, read};
    use super::*;

    const WHY: &str = r#""reason":"a logo","date":"2026-01-01T00:00:00Z","who":"me""#;

    fn exceptions(lines: &[&str]) -> Result<Exceptions, ExceptionsError> {
        let lines: Vec<String> = lines.iter().map(|line| format!("{{{line},{WHY}}}\n")).collect();
        Exceptions::read(lines.concat().as_bytes())
    }

    #[test]
    fn entries_are_named_by_list_and_id_or_by_hash() {
        let md5 = "9e107d9d372bb6826bd81d3542a419d6";
        let text = format!("pdq,md5,id\n{PDQ_HEX},,a\n,{md5},b\n");
        let lists = [read(&text, options(None)).unwrap(), read(&text, options(None)).unwrap()];
        let found = |line: &str| exceptions(&[line]).unwrap().entries(&lists);
        assert_eq!(found(r#""list":"test.txt","entry":"b""#), (vec![(0, 1), (1, 1)], 0));
        assert_eq!(found(r#""list":"other.txt","entry":"b""#), (vec![], 1));
        assert_eq!(found(&format!("\"hash\":\"{}\"", PDQ_HEX.to_uppercase())).0.len(), 2);
        assert_eq!(found(&format!("\"hash\":\"pdq:{PDQ_HEX}\"")).0.len(), 2);
        assert_eq!(found(&format!("\"hash\":\"sha256:{PDQ_HEX}\"")), (vec![], 1));
        assert_eq!(found(&format!("\"hash\":\"{md5}\"")).0, [(0, 1), (1, 1)]);
        let counted = exceptions(&[&format!("\"hash\":\"{md5}\"")]).unwrap().all.remove(0);
        assert_eq!(counted.entries_of(&lists[0]), Ok(1));
    }

    #[test]
    fn a_line_that_names_nothing_or_too_much_is_refused_by_its_number() {
        let good = format!("\"hash\":\"{PDQ_HEX}\"");
        for bad in [
            r#""list":"a""#,
            r#""entry":"a""#,
            r#""list":"a","entry":"b","hash":"00""#,
            r#""hash":"12""#,
            r#""hash":"0102030405060708""#,
            r#""hash":"wavelet:0102030405060708""#,
            r#""odd":1"#,
        ] {
            let error = exceptions(&[&good, bad]).unwrap_err().to_string();
            assert!(error.starts_with("line 2: "), "{error}");
        }
        assert!(exceptions(&[&good, r#""hash":"gradient-8:0102030405060708""#]).is_ok());
    }

    #[test]
    fn an_exception_is_read_as_it_was_written() {
        let one = exceptions(&[r#""list":"a","entry":"b""#]).unwrap().all.remove(0);
        let line = serde_json::to_string(&one).unwrap();
        assert_eq!(Exceptions::read(line.as_bytes()).unwrap().all, [one]);
        let kind =
            Known::Hash(crate::hash::Algorithm::Pdq, crate::hash::Hash([0; 4])).text().unwrap().0;
        assert_eq!(kind, "pdq");
    }
}
