//! The one type behind which every big array of the index is kept.

use std::fmt;
use std::ops::Deref;

/// A flat array of plain numbers: owned today, a part of a mapped file when a list is compiled.
///
/// Nothing of the index but this file knows which. `Debug` shows how long it is and no more: the
/// hashes of a list are personal data and must not reach a log by accident.
pub(super) struct Store<T>(Vec<T>);

impl<T> Deref for Store<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.0
    }
}

impl<T> From<Vec<T>> for Store<T> {
    fn from(items: Vec<T>) -> Self {
        Self(items)
    }
}

impl<T> fmt::Debug for Store<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Store({} items)", self.0.len())
    }
}
