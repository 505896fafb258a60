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

/// The feedback on entries of these lists: one for each hash, in the order of lists and lines. If
/// anything that matched a hash was blocked, the hash is: other candidates may have been something else.
///
/// # Errors
/// With the place of the first review of which there is no such entry.
pub fn stopncii_feedback(lists: &[HashList], reviews: &[Review]) -> Result<Value, usize> {
    let mut by_place: BTreeMap<(usize, u64), (bool, Vec<&str>)> = BTreeMap::new();
    for (number, review) in reviews.iter().enumerate() {
        let is_it = |list: &HashList| file_name(&list.name) == file_name(&review.list);
        let list = lists.iter().position(is_it).ok_or(number)?;
        let has = lists[list].entries.iter().any(|entry| entry.line == review.line);
        if !has {
            return Err(number);
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
        assert_eq!(stopncii_feedback(&lists, &[review(2, true, ""), review(9, true, "")]), Err(1));
    }
}
