//! The entries of a list: in memory, or in a compiled file.

use std::borrow::Cow;
use std::ops::Range;

use super::compiled::Rows;
use super::{Entry, Known};

/// The entries of a list, in its order.
#[derive(Debug)]
pub struct Entries(Kept);

#[derive(Debug)]
enum Kept {
    Read(Vec<Entry>),
    Compiled { rows: Rows, range: Range<usize> },
}

impl From<Vec<Entry>> for Entries {
    fn from(entries: Vec<Entry>) -> Self {
        Self(Kept::Read(entries))
    }
}

impl Entries {
    /// Those of a compiled file's rows that `range` names.
    pub(super) fn compiled(rows: Rows, range: Range<usize>) -> Self {
        Self(Kept::Compiled { rows, range })
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        match &self.0 {
            Kept::Read(entries) => entries.len(),
            Kept::Compiled { range, .. } => range.len(),
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Entry `number`, counted from 0.
    ///
    /// # Panics
    /// When there are not so many.
    pub fn get(&self, number: usize) -> Cow<'_, Entry> {
        match &self.0 {
            Kept::Read(entries) => Cow::Borrowed(&entries[number]),
            Kept::Compiled { rows, range } => Cow::Owned(rows.entry(place(range, number))),
        }
    }

    /// All entries in order.
    pub fn iter(&self) -> impl Iterator<Item = Cow<'_, Entry>> {
        (0..self.len()).map(|number| self.get(number))
    }

    /// What to search for, in order.
    pub fn known(&self) -> impl Iterator<Item = Known> {
        (0..self.len()).map(|number| match &self.0 {
            Kept::Read(entries) => entries[number].known,
            Kept::Compiled { rows, range } => rows.known(place(range, number)),
        })
    }
}

/// Where entry `number` of a list is among those of all lists.
fn place(range: &Range<usize>, number: usize) -> usize {
    assert!(number < range.len(), "entry {number} of {}", range.len());
    range.start + number
}
