//! What people who reviewed matches tell StopNCII about its entries.
//!
//! Source: facebook/ThreatExchange, `python-threatexchange/threatexchange/exchanges/clients/stopncii/api.py`:
//! `SubmitFeedback` takes `{"count":n,"hashFeedbacks":[{"hashValue","feedbackValue","tags"}]}`.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{HashList, file_name};

/// What a reviewer says of a match.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Review {
    /// The list's name, as the report has it.
    pub list: String,
    /// The line of the entry.
    pub line: u64,
    /// Whether the content was blocked, or is none of what the entry is of.
    pub blocked: bool,
    /// Words of the reviewer's.
    pub tags: Vec<String>,
}

/// Why it is not known what a review is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnclearReview {
    /// The lists have no such entry.
    #[error("the lists given have no such entry")]
    NoSuchEntry,
    /// A whole page may stand in one line.
    #[error(
        "several entries stand in this line of the list; save the list with one record a line, and scan again"
    )]
    Several,
}

/// The feedback on entries of these lists: one for each hash, in the order of lists and lines. If
/// anything that matched a hash was blocked, the hash is: other candidates may have been something else.
///
/// # Errors
/// With the place of the first review of which there is no such entry, or of which it is not clear which
/// entry is meant, since several stand in one line.
pub fn stopncii_feedback(
    lists: &[HashList],
    reviews: &[Review],
) -> Result<Value, (usize, UnclearReview)> {
    let mut by_place: BTreeMap<(usize, u64), (bool, Vec<&str>)> = BTreeMap::new();
    for (number, review) in reviews.iter().enumerate() {
        let is_it = |list: &HashList| file_name(&list.name) == file_name(&review.list);
        let no_such = (number, UnclearReview::NoSuchEntry);
        let list = lists.iter().position(is_it).ok_or(no_such)?;
        let mut entries = lists[list].entries.iter().filter(|entry| entry.line == review.line);
        let id = entries.next().ok_or(no_such)?.into_owned().id;
        if entries.any(|entry| entry.id.is_none() || entry.id != id) {
            return Err((number, UnclearReview::Several));
        }
        let (blocked, tags) = by_place.entry((list, review.line)).or_default();
        *blocked |= review.blocked;
        tags.extend(review.tags.iter().map(String::as_str));
    }
    let mut feedbacks = Vec::new();
    for ((list, line), (blocked, mut tags)) in by_place {
        tags.sort_unstable();
        tags.dedup();
        let value = if blocked { "Blocked" } else { "NotBlocked" };
        for entry in lists[list].entries.iter().filter(|entry| entry.line == line) {
            if let Some((_, hash)) = entry.known.text() {
                feedbacks.push(json!({ "hashValue": hash, "feedbackValue": value, "tags": tags }));
            }
        }
    }
    Ok(json!({ "count": feedbacks.len(), "hashFeedbacks": feedbacks }))
}

#[cfg(test)]
mod tests {
    use super::super::tests::{PDQ_HEX, options, read};
    use super::*;

    fn review(line: u64, blocked: bool, tag: &str) -> Review {
        Review { list: "somewhere/test.txt".to_owned(), line, blocked, tags: vec![tag.to_owned()] }
    }

    #[test]
    fn a_hash_of_which_anything_was_blocked_is_blocked_and_an_unknown_entry_is_named() {
        let text = format!("pdq,id\n{PDQ_HEX},a\n{},b\n", PDQ_HEX.replacen("f8", "f1", 1));
        let lists = [read(&text, options(None)).unwrap()];
        let reviews = [review(3, false, "x"), review(2, false, "b"), review(2, true, "a")];
        let feedback = stopncii_feedback(&lists, &reviews).unwrap();
        assert_eq!(feedback["count"], 2);
        let first = &feedback["hashFeedbacks"][0];
        assert_eq!(first["hashValue"], PDQ_HEX);
        assert_eq!(
            (&first["feedbackValue"], &first["tags"]),
            (&json!("Blocked"), &json!(["a", "b"]))
        );
        assert_eq!(feedback["hashFeedbacks"][1]["feedbackValue"], "NotBlocked");
        let missing = stopncii_feedback(&lists, &[review(2, true, ""), review(9, true, "")]);
        assert_eq!(missing, Err((1, UnclearReview::NoSuchEntry)));
    }

    #[test]
    fn a_review_of_one_of_several_entries_in_a_line_is_refused() {
        let record =
            |hash: &str| format!("{{\"signalType\":\"ImagePDQ\",\"hashValue\":\"{hash}\"}}");
        let both = [record(PDQ_HEX), record(&PDQ_HEX.replacen("f8", "f1", 1))].join(",");
        let lists = [read(&format!("{{\"hashRecords\":[{both}]}}"), options(None)).unwrap()];
        let unclear = stopncii_feedback(&lists, &[review(1, true, "")]);
        assert_eq!(unclear, Err((0, UnclearReview::Several)));
    }
}
