//! The last line of a report: counts that add up.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Outcome, Record};

/// What the whole run came to.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Summary {
    /// All candidates: `hashed + unsupported + failed + skipped`.
    pub seen: u64,
    /// Decoded and hashed, those of low quality included.
    pub hashed: u64,
    /// Nothing that kinga can decode.
    pub unsupported: u64,
    /// Could not be read or decoded, or not be compared.
    pub failed: u64,
    /// Not opened.
    pub skipped: u64,
    /// How many are or may hold pictures that nobody looked at; also remnants of cut pictures that
    /// are too poor to be matched.
    pub not_examined: u64,
    /// How many candidates have each reason, by its code.
    pub reasons: BTreeMap<String, u64>,
    /// How many of `hashed` are cut or damaged pictures, of which only part was hashed.
    pub truncated: u64,
    /// How many of `hashed` hold further pictures that were not looked at.
    pub more_pictures: u64,
    /// Candidates with at least one match.
    pub with_matches: u64,
    /// Of these, candidates that are a listed file byte for byte.
    pub same_file: u64,
    /// Matches of all candidates: the sum of `matches_found`.
    pub matches: u64,
    /// Matches of entries that were excepted on request, which are not among these.
    #[serde(default)]
    pub matches_excepted: u64,
    /// Candidates that are known files, left out or not.
    #[serde(default)]
    pub known_files: u64,
    /// Entries that matched more different pictures than is usual, so that a person should look at
    /// them: the first 20, in the order of lists and lines.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub crowded: Vec<Crowded>,
    /// Listed matches by level, by its name; those by digest and by a plain max distance have none.
    #[serde(default)]
    pub levels: BTreeMap<String, u64>,
    /// Broken rows of the lists, which were not searched for.
    pub list_rows_not_searched: u64,
    /// Bytes in all files that were opened.
    pub bytes: u64,
    /// How long it took.
    pub seconds: f64,
    /// When it ended, UTC, RFC 3339.
    pub finished: String,
    /// Whether it was interrupted: then not all candidates were seen.
    pub interrupted: bool,
}

/// An entry that matched many different pictures: perhaps a template, or made to match.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Crowded {
    /// The list's name.
    pub list: String,
    /// The entry's line or record in the list, from 1.
    pub line: u64,
    /// The entry's id in the list, where it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entry: Option<String>,
    /// How many candidates matched it.
    pub candidates: u64,
}

impl Summary {
    /// Counts a record in.
    ///
    /// # Panics
    /// Never: that the counts add up is asserted.
    pub fn add(&mut self, record: &Record) {
        self.seen += 1;
        match record.outcome {
            Outcome::Hashed => self.hashed += 1,
            Outcome::Unsupported => self.unsupported += 1,
            Outcome::Failed => self.failed += 1,
            Outcome::Skipped => self.skipped += 1,
        }
        assert_eq!(self.seen, self.hashed + self.unsupported + self.failed + self.skipped);
        if let Some(reason) = record.reason {
            *self.reasons.entry(reason.code().to_owned()).or_default() += 1;
        }
        self.not_examined += u64::from(record.is_unexamined());
        self.truncated += u64::from(record.truncated);
        self.more_pictures += u64::from(record.more_pictures);
        self.with_matches += u64::from(record.matches_found > 0);
        self.same_file += u64::from(record.is_same_file());
        self.matches += record.matches_found;
        self.matches_excepted += record.matches_excepted;
        self.known_files += u64::from(record.known_file.is_some());
        for level in record.matches.iter().filter_map(|found| found.level) {
            *self.levels.entry(level.to_string()).or_default() += 1;
        }
        self.bytes += record.size.unwrap_or(0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::Reason;
    use std::path::Path;

    #[test]
    fn the_summary_adds_up() {
        let mut summary = Summary::default();
        let mut record = Record::new(0, 0, Path::new("a"));
        for (outcome, reason) in [
            (Outcome::Hashed, None),
            (Outcome::Hashed, Some(Reason::LowQuality)),
            (Outcome::Unsupported, Some(Reason::NotAPicture)),
            (Outcome::Unsupported, Some(Reason::Video)),
            (Outcome::Failed, Some(Reason::IoError)),
            (Outcome::Skipped, Some(Reason::Fifo)),
        ] {
            (record.outcome, record.reason) = (outcome, reason);
            summary.add(&record);
        }
        assert_eq!((summary.seen, summary.hashed, summary.not_examined), (6, 2, 2));
    }
}
