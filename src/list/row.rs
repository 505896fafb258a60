//! One row of a table or one JSON object, and the names of the columns that say something to
//! kinga.

use super::DigestKind;
use super::value::Claim;
use crate::hash::Algorithm;

/// What a column or key holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Column {
    /// Hashes or digests.
    Value(Claim),
    /// The algorithm of the column `hash`.
    Algorithm,
    /// The quality of the row's hash.
    Quality,
    /// The key of the entry.
    Id,
    /// What a person calls it.
    Label,
    /// The file it was made of: the label when there is no other.
    File,
    /// Whether the entry is withdrawn.
    Status,
    /// What became of a file in kinga's own records.
    Outcome,
    /// Why.
    Reason,
    /// A kind of hash that kinga cannot match, by the name it is counted under.
    Unmatchable(&'static str),
}

/// The known names, lower case. Names of algorithms are columns as well.
const COLUMNS: [(&str, Column); 29] = [
    ("pdq", Column::Value(Claim::Algorithm(Algorithm::Pdq))),
    ("md5", Column::Value(Claim::Digest(DigestKind::Md5))),
    ("sha1", Column::Value(Claim::Digest(DigestKind::Sha1))),
    ("sha-1", Column::Value(Claim::Digest(DigestKind::Sha1))),
    ("sha256", Column::Value(Claim::Digest(DigestKind::Sha256))),
    ("sha-256", Column::Value(Claim::Digest(DigestKind::Sha256))),
    ("hash", Column::Value(Claim::Unstated)),
    ("algorithm", Column::Algorithm),
    ("quality", Column::Quality),
    ("id", Column::Id),
    ("label", Column::Label),
    ("filename", Column::File),
    ("path", Column::File),
    ("status", Column::Status),
    ("outcome", Column::Outcome),
    ("reason", Column::Reason),
    ("photodna", Column::Unmatchable("photodna")),
    ("pdna", Column::Unmatchable("photodna")),
    ("ssvh_pdna", Column::Unmatchable("ssvh-pdna")),
    ("ssvh_safer_hash", Column::Unmatchable("ssvh-safer-hash")),
    ("tmk", Column::Unmatchable("tmk")),
    ("tmk_pdqf", Column::Unmatchable("tmk")),
    ("netclean", Column::Unmatchable("netclean")),
    ("videntifier", Column::Unmatchable("videntifier")),
    ("md4", Column::Unmatchable("md4")),
    ("sha384", Column::Unmatchable("sha384")),
    ("sha-384", Column::Unmatchable("sha384")),
    ("sha512", Column::Unmatchable("sha512")),
    ("sha-512", Column::Unmatchable("sha512")),
];

impl Column {
    /// What a column of this name holds, or nothing when kinga does not know it.
    pub(super) fn named(name: &str) -> Option<Self> {
        let plain = name.trim().to_ascii_lowercase();
        if let Some((_, column)) = COLUMNS.iter().find(|(known, _)| *known == plain) {
            return Some(*column);
        }
        // The other algorithms have a hyphen. Asking them about every key of every JSON line would
        // take longer than reading it.
        if !plain.contains('-') {
            return None;
        }
        match plain.parse() {
            Ok(algorithm) => Some(Self::Value(Claim::Algorithm(algorithm))),
            Err(_not_an_algorithm) => None,
        }
    }

    /// Whether it holds what kinga can search for.
    pub(super) fn is_searchable(self) -> bool {
        matches!(self, Self::Value(_))
    }
}

/// A hash or digest as it stands in the list.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stated<'a> {
    pub(super) claim: Claim,
    pub(super) text: &'a str,
    /// The quality stated beside it, if one is.
    pub(super) quality: Option<&'a str>,
}

/// What a row says, before anything in it is read.
#[derive(Clone, Debug, Default)]
pub(super) struct Row<'a> {
    pub(super) line: u64,
    pub(super) values: Vec<Stated<'a>>,
    pub(super) id: Option<&'a str>,
    pub(super) label: Option<&'a str>,
    pub(super) file: Option<&'a str>,
    pub(super) withdrawn: bool,
    pub(super) outcome: Option<&'a str>,
    pub(super) reason: Option<&'a str>,
    /// The names of the kinds in it that cannot be matched.
    pub(super) unmatchable: Vec<&'a str>,
}

impl<'a> Row<'a> {
    /// A row with one value and perhaps a file name.
    pub(super) fn of_value(line: u64, value: Stated<'a>, file: Option<&'a str>) -> Self {
        Self { line, values: vec![value], file, ..Self::default() }
    }

    /// A row from the cells of the known columns, in any order. Empty cells say nothing.
    pub(super) fn of_cells(line: u64, cells: impl Iterator<Item = (Column, &'a str)>) -> Self {
        let mut row = Self { line, ..Self::default() };
        let (mut quality, mut algorithm) = (None, None);
        for (column, text) in cells {
            let text = text.trim();
            if text.is_empty() {
                continue;
            }
            match column {
                Column::Value(claim) => row.values.push(Stated { claim, text, quality: None }),
                Column::Unmatchable(name) => row.unmatchable.push(name),
                Column::Algorithm => algorithm = Some(text),
                Column::Quality => quality = Some(text),
                Column::Id => row.id = Some(text),
                Column::Label => row.label = Some(text),
                Column::File => row.file = Some(text),
                Column::Status => row.withdrawn = withdraws(text),
                Column::Outcome => row.outcome = Some(text),
                Column::Reason => row.reason = Some(text),
            }
        }
        row.state(algorithm, quality);
        row
    }

    /// Gives the values that state nothing the algorithm and quality of their row.
    fn state(&mut self, algorithm: Option<&'a str>, quality: Option<&'a str>) {
        for value in &mut self.values {
            if !matches!(value.claim, Claim::Digest(_)) {
                value.quality = quality;
            }
        }
        let Some(name) = algorithm else { return };
        let Some(claim) = claim_named(name) else {
            let before = self.values.len();
            self.values.retain(|value| value.claim != Claim::Unstated);
            self.unmatchable.extend(vec![name; before - self.values.len()]);
            return;
        };
        for value in &mut self.values {
            if value.claim == Claim::Unstated {
                value.claim = claim;
                if matches!(claim, Claim::Digest(_)) {
                    value.quality = None;
                }
            }
        }
    }
}

/// What a value is whose algorithm has this name; nothing when kinga does not know the name.
fn claim_named(name: &str) -> Option<Claim> {
    match Column::named(name) {
        Some(Column::Value(claim)) if claim != Claim::Unstated => Some(claim),
        _ => None,
    }
}

/// Whether an entry of this status must not be searched for.
fn withdraws(status: &str) -> bool {
    let known = ["withdrawn", "deleted", "removed", "tombstone"];
    known.iter().any(|known| known.eq_ignore_ascii_case(status))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row<'a>(cells: &[(&str, &'a str)]) -> Row<'a> {
        let known = |(name, text): &(&str, &'a str)| Some((Column::named(name)?, *text));
        Row::of_cells(1, cells.iter().filter_map(known))
    }

    #[test]
    fn columns_are_known_in_any_case_and_others_are_not() {
        assert_eq!(Column::named(" SHA-1 "), Column::named("sha1"));
        assert_eq!(Column::named("PDQ"), Some(Column::Value(Claim::Algorithm(Algorithm::Pdq))));
        assert!(Column::named("Gradient-8").is_some_and(Column::is_searchable));
        assert_eq!(Column::named("width"), None);
    }

    #[test]
    fn the_algorithm_column_states_what_the_hash_is() {
        let stated = row(&[("hash", "ab"), ("algorithm", "SHA-1"), ("quality", "7")]);
        assert_eq!(stated.values[0].claim, Claim::Digest(DigestKind::Sha1));
        assert_eq!(stated.values[0].quality, None);
        let stated = row(&[("hash", "ab"), ("algorithm", "pdq"), ("quality", "7")]);
        assert_eq!(stated.values[0].claim, Claim::Algorithm(Algorithm::Pdq));
        assert_eq!(stated.values[0].quality, Some("7"));
    }

    #[test]
    fn a_hash_of_an_unknown_algorithm_is_unmatchable_and_no_value() {
        let stated = row(&[("hash", "ab"), ("algorithm", "wavelet"), ("md5", "cd")]);
        assert_eq!(stated.unmatchable, ["wavelet"]);
        assert_eq!(stated.values.len(), 1);
    }

    #[test]
    fn a_status_withdraws_in_any_case_and_active_does_not() {
        for status in ["Withdrawn", "DELETED", "removed", "tombstone"] {
            assert!(row(&[("status", status)]).withdrawn);
        }
        assert!(!row(&[("status", "Active")]).withdrawn);
    }
}
