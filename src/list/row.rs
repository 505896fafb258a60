//! One row of a table or one JSON object, before anything in it is read.

use std::borrow::Cow;

use super::column::Column;
use super::notes::Notes;
use super::value::Claim;

/// A hash or digest as it stands in the list.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stated<'a> {
    pub(super) claim: Claim,
    pub(super) text: &'a str,
    /// The quality stated beside it, if one is.
    pub(super) quality: Option<&'a str>,
}

/// Of a format whose records say all there is to say of an entry: what makes this one replace others.
#[derive(Clone, Copy, Debug)]
pub(super) struct Latest<'a> {
    /// The same for all records of an entry.
    pub(super) key: &'a str,
    /// When it was last changed; without it the last record holds.
    pub(super) time: Option<i64>,
}

/// What a row says, before anything in it is read.
#[derive(Clone, Debug, Default)]
pub(super) struct Row<'a> {
    pub(super) line: u64,
    pub(super) values: Vec<Stated<'a>>,
    pub(super) id: Option<&'a str>,
    pub(super) label: Option<&'a str>,
    pub(super) file: Option<&'a str>,
    /// The text of a status.
    pub(super) status: Option<&'a str>,
    pub(super) withdrawn: bool,
    /// Whether a column that says yes or no to that says neither.
    pub(super) unclear: bool,
    pub(super) outcome: Option<&'a str>,
    pub(super) reason: Option<&'a str>,
    /// The names of the kinds in it that cannot be matched.
    pub(super) unmatchable: Vec<&'a str>,
    /// What makes it replace others, in formats where rows do.
    pub(super) latest: Option<Latest<'a>>,
    pub(super) notes: Option<Notes>,
    /// What leads to victims, which is noted only on request.
    pub(super) case: Vec<(&'a str, Cow<'a, str>)>,
}

impl<'a> Row<'a> {
    /// A row with one value and perhaps a file name.
    pub(super) fn of_value(line: u64, value: Stated<'a>, file: Option<&'a str>) -> Self {
        Self { line, values: vec![value], file, ..Self::default() }
    }

    /// A row from the cells of the known columns, in any order. Empty cells say nothing.
    pub(super) fn of_cells(line: u64, cells: impl Iterator<Item = (Column<'a>, &'a str)>) -> Self {
        let mut row = Self { line, ..Self::default() };
        let (mut quality, mut algorithm, mut kind) = (None, None, None);
        for (column, text) in cells {
            let text = text.trim();
            if text.is_empty() {
                continue;
            }
            match column {
                Column::Value(claim) => row.values.push(Stated { claim, text, quality: None }),
                Column::Unmatchable(name) => row.unmatchable.push(name),
                Column::Algorithm => algorithm = Some(text),
                Column::Type => kind = Some(text).filter(|text| names_kind(text)),
                Column::Quality => quality = Some(text),
                Column::Id => row.id = Some(text),
                Column::Label => row.label = Some(text),
                Column::File => row.file = Some(text),
                Column::Status => {
                    row.status = Some(text);
                    row.withdrawn |= withdraws(text);
                }
                Column::Case(name) => row.case.push((name, Cow::Borrowed(text))),
                Column::Note(name) => {
                    row.notes.get_or_insert_with(|| Notes::of("the list")).add(name, text);
                }
                Column::Withdrawn => match yes_or_no(text) {
                    Some(yes) => row.withdrawn |= yes,
                    None => row.unclear = true,
                },
                Column::Outcome => row.outcome = Some(text),
                Column::Reason => row.reason = Some(text),
            }
        }
        row.state(algorithm.or(kind), quality);
        row
    }

    /// Adds a value of what its source calls this kind. Of a kind that cannot be matched, and of one
    /// that is only named and not given, the name is counted.
    pub(super) fn give(&mut self, kind: &'a str, text: &'a str) {
        let known = Column::named(kind);
        match (known, known.and_then(Column::claim)) {
            (Some(Column::Unmatchable(name)), _) => self.unmatchable.push(name),
            (_, Some(claim)) if !text.is_empty() => {
                self.values.push(Stated { claim, text, quality: None });
            }
            _ => self.unmatchable.push(kind),
        }
    }

    /// Gives the values that state nothing the algorithm and quality of their row.
    fn state(&mut self, algorithm: Option<&'a str>, quality: Option<&'a str>) {
        if let Some(name) = algorithm {
            let claim = Column::named(name).and_then(Column::claim);
            let before = self.values.len();
            if let Some(claim) = claim {
                let unstated = |value: &&mut Stated<'_>| value.claim == Claim::Unstated;
                self.values.iter_mut().filter(unstated).for_each(|value| value.claim = claim);
            } else {
                self.values.retain(|value| value.claim != Claim::Unstated);
                self.unmatchable.extend(vec![name; before - self.values.len()]);
            }
        }
        for value in self.values.iter_mut().filter(|value| value.claim.has_quality()) {
            value.quality = quality;
        }
    }
}

/// Whether a `type` says what a hash is. ThreatExchange has kinds that kinga does not know, such as
/// `HASH_PDQ_OCR`.
fn names_kind(text: &str) -> bool {
    let foreign = || text.get(..5).is_some_and(|start| start.eq_ignore_ascii_case("hash_"));
    Column::named(text).is_some_and(Column::is_kind) || foreign()
}

/// Whether an entry of this status must not be searched for. Every other status, also one that
/// kinga does not know (`inactive`, `expired`), leaves it active: an entry searched for in vain
/// costs a look, one that is not searched for is a miss that nobody sees.
fn withdraws(status: &str) -> bool {
    let known = ["withdrawn", "deleted", "removed", "tombstone"];
    known.iter().any(|known| known.eq_ignore_ascii_case(status))
}

fn yes_or_no(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "1" | "yes" | "y" | "t" => Some(true),
        "false" | "0" | "no" | "n" | "f" | "null" | "none" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::DigestKind;
    use super::*;
    use crate::hash::Algorithm;

    fn row<'a>(cells: &[(&str, &'a str)]) -> Row<'a> {
        let known = |(name, text): &(&str, &'a str)| Some((Column::named(name)?, *text));
        Row::of_cells(1, cells.iter().filter_map(known))
    }

    #[test]
    fn a_type_that_names_no_hash_says_nothing_and_an_unknown_hash_is_unmatchable() {
        assert_eq!(row(&[("hash", "ab"), ("type", "image")]).values[0].claim, Claim::Unstated);
        let pdq = row(&[("hash", "ab"), ("type", "HASH_PDQ")]);
        assert_eq!(pdq.values[0].claim, Claim::Algorithm(Algorithm::Pdq));
        for kind in ["HASH_PDQ_OCR", "VideoTMK"] {
            let row = row(&[("hash", "ab"), ("type", kind)]);
            assert_eq!((row.values.len(), row.unmatchable), (0, vec![kind]));
        }
        assert_eq!(row(&[("hash", "ab"), ("signalType", "URL")]).unmatchable, ["URL"]);
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
    fn the_quality_of_a_row_is_that_of_its_pdq_hash() {
        let stated = row(&[("gradient-8", "ab"), ("pdq", "cd"), ("quality", "7")]);
        let qualities: Vec<_> = stated.values.iter().map(|value| value.quality).collect();
        assert_eq!(qualities, [None, Some("7")]);
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
        for status in ["Active", "inactive", "true"] {
            assert!(!row(&[("status", status)]).withdrawn);
        }
    }

    #[test]
    fn a_flag_withdraws_with_yes_and_not_with_no_and_is_unclear_with_neither() {
        for name in ["deleted", "should_delete", "withdrawn", "isDeleted"] {
            for (text, withdrawn, unclear) in [
                ("True", true, false),
                ("1", true, false),
                ("Y", true, false),
                ("yes", true, false),
                ("false", false, false),
                ("0", false, false),
                ("2024-01-01", false, true),
            ] {
                let row = row(&[(name, text)]);
                assert_eq!((row.withdrawn, row.unclear), (withdrawn, unclear), "{name}: {text}");
            }
        }
        assert!(row(&[("status", "deleted"), ("deleted", "no")]).withdrawn);
    }
}
