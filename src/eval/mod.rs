//! The measuring rod: how many edited copies of pictures are found, and how many pictures that have
//! nothing to do with a list come near it.
//!
//! Originals are hashed into a list that is padded with hashes of other pictures, edits of them are
//! made in memory ([`crate::edit`]), and each goes the way of any candidate. Everything follows
//! from the pictures and the options: two runs give the same figures, but for the times.

mod clock;
mod list;
mod report;
mod run;
mod tail;
mod tally;

use crate::edit::{Group, Photo};
use crate::hash::Quality;
use crate::index::IndexError;
use crate::list::ListError;
use crate::record::Level;
use crate::view::Effort;

pub use report::{Evaluation, GroupResult, LevelShares, TailResult};
pub use run::evaluate;

/// What is measured.
#[derive(Clone, Debug)]
pub struct EvalOptions {
    /// The groups of edits that are made.
    pub groups: Vec<Group>,
    /// Entries of the list: the originals, and hashes of parts of other pictures to fill it up.
    pub list_size: usize,
    /// In how many ways each edited picture is hashed.
    pub effort: Effort,
    /// The lowest level that is looked for.
    pub lowest: Level,
    /// Entries of the list by which the levels are set; by default those that it has. With a million,
    /// a short list shows what a long one would find.
    pub as_if: Option<u64>,
    /// Which of the originals are edited.
    pub part: Part,
    /// Where all that is drawn by lot comes from.
    pub seed: u64,
    /// Unrelated entries that a region is moved to fit, of each edited picture, at
    /// [`Effort::Deep`].
    pub hard_negatives: usize,
}

/// Which pictures of a folder are edited. The others are in the list all the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// All.
    All,
    /// The first, the third and so on: to choose settings by.
    Odd,
    /// The second, the fourth and so on: to measure what was chosen.
    Even,
}

impl Part {
    /// Whether the picture with this number, from 0, is edited.
    pub fn has(self, number: usize) -> bool {
        match self {
            Self::All => true,
            Self::Odd => number.is_multiple_of(2),
            Self::Even => !number.is_multiple_of(2),
        }
    }
}

/// A picture to be measured with.
#[derive(Clone, Debug)]
pub struct Original {
    /// Its name in reports.
    pub name: String,
    /// Its pixels.
    pub photo: Photo,
}

/// Why nothing can be measured.
#[derive(Debug, thiserror::Error)]
pub enum EvalError {
    /// There are too few pictures for others to be unrelated to one.
    #[error(
        "{} with enough to see (of quality {min} or more), and at least {needed} are needed; add \
         pictures, no two of which show the same",
        pictures(*.found),
        min = Quality::DEFAULT_MIN
    )]
    TooFew {
        /// How many there are with enough to see.
        found: usize,
        /// How many there must be.
        needed: usize,
    },
    /// The list can't be made.
    #[error("the list of originals can't be made")]
    List(#[source] ListError),
    /// The list can't be searched.
    #[error("the list of originals can't be searched")]
    Index(#[source] IndexError),
}

/// `1 picture`, `2 pictures`.
fn pictures(number: usize) -> String {
    format!("{number} picture{}", if number == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_picture_is_one_and_none_are_many() {
        let said = |found| EvalError::TooFew { found, needed: 16 }.to_string();
        assert!(said(1).starts_with("1 picture with enough to see (of quality 50 or more), "));
        assert!(said(0).starts_with("0 pictures with "));
    }
}
