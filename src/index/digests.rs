//! Exact look-up of digests: sorted, with a binary search.

use std::sync::Arc;

use crate::mapped::{Array, Mapped, MappedError, Section};

/// Digests in their order, so that equal ones lie side by side, each with the number of its entry.
#[derive(Debug)]
pub(super) struct Digests<const N: usize> {
    digests: Array<[u8; N]>,
    entries: Array<u32>,
}

/// The names of the two arrays in a compiled file.
pub(super) type Names = [&'static str; 2];

impl<const N: usize> Digests<N> {
    /// Takes in digests, each with the number of its entry.
    pub(super) fn new(mut known: Vec<([u8; N], u32)>) -> Self {
        known.sort_unstable();
        let (digests, entries): (Vec<_>, Vec<_>) = known.into_iter().unzip();
        Self { digests: digests.into(), entries: entries.into() }
    }

    /// Those of a compiled file.
    pub(super) fn open(file: &Arc<Mapped>, [digests, entries]: Names) -> Result<Self, MappedError> {
        let (digests, entries) = (file.array(digests)?, file.array(entries)?);
        if digests.len() != entries.len() {
            return Err(MappedError::Altered("there are digests without entries"));
        }
        Ok(Self { digests, entries })
    }

    /// To be written.
    pub(super) fn sections(&self, [digests, entries]: Names) -> [Section<'_>; 2] {
        [Section::of(digests, &self.digests), Section::of(entries, &self.entries)]
    }

    pub(super) fn is_empty(&self) -> bool {
        self.digests.is_empty()
    }

    /// The entries of all digests equal to this one, in their order.
    pub(super) fn equal(&self, digest: &[u8; N]) -> &[u32] {
        let first = self.digests.partition_point(|known| known < digest);
        let same = self.digests[first..].iter().take_while(|known| *known == digest).count();
        &self.entries[first..first + same]
    }
}
