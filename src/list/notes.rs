//! What a list says of an entry that kinga keeps and does not interpret.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a list says of an entry beside its hash, in the words and numbers of its source.
///
/// The same number means one thing in one country or version and another elsewhere, so nothing of
/// it is ever translated.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Notes {
    /// Whose words these are: the format, and what it says of its version and country.
    pub source: String,
    /// What it says, by the names that it has for it.
    pub said: BTreeMap<String, String>,
}

/// The longest note that is kept of a name, in bytes; a longer one is cut.
const MOST: usize = 1000;

/// The most names that are kept of an entry.
const MOST_NAMES: usize = 20;

impl Notes {
    /// Of a source.
    pub(super) fn of(source: &str) -> Self {
        Self { source: cut(source), said: BTreeMap::new() }
    }

    /// Adds what it says under a name; what is empty says nothing.
    pub(super) fn add(&mut self, name: &str, text: &str) {
        if !text.is_empty() && self.said.len() < MOST_NAMES {
            self.said.insert(cut(name), cut(text));
        }
    }

    /// These notes, if there are any.
    pub(super) fn some(self) -> Option<Self> {
        (!self.said.is_empty()).then_some(self)
    }
}

/// Notes that many entries share: most of a list say the same.
#[derive(Default)]
pub(super) struct Shared(HashMap<Notes, Arc<Notes>>);

/// So many different notes are remembered.
const MOST_SHARED: usize = 10_000;

impl Shared {
    /// The same notes, kept once.
    pub(super) fn keep(&mut self, notes: Notes) -> Arc<Notes> {
        if let Some(known) = self.0.get(&notes) {
            return Arc::clone(known);
        }
        let kept = Arc::new(notes.clone());
        if self.0.len() < MOST_SHARED {
            self.0.insert(notes, Arc::clone(&kept));
        }
        kept
    }
}

fn cut(text: &str) -> String {
    let end = (0..=MOST.min(text.len())).rev().find(|&end| text.is_char_boundary(end));
    text[..end.unwrap_or(0)].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_of_a_thousand_bytes_are_kept_and_longer_ones_cut_at_a_letter() {
        let mut notes = Notes::of("x");
        assert_eq!(notes.clone().some(), None);
        notes.add("empty", "");
        notes.add("most", &"a".repeat(1000));
        notes.add("more", &("a".repeat(999) + "é"));
        let lengths: Vec<_> = notes.said.values().map(String::len).collect();
        assert_eq!(lengths, [999, 1000]);
        (0..30).for_each(|k| notes.add(&k.to_string(), "a"));
        assert_eq!(notes.said.len(), MOST_NAMES);
    }
}
