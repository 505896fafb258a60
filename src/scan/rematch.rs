//! Records made earlier, matched again: with other lists, without the images.

use super::digest;
use super::matching::{self, MatchOptions};
use crate::algorithm::Hashes;
use crate::hash::{Algorithm, HashTextError};
use crate::index::HashIndex;
use crate::orientation::Orientation;
use crate::record::{HashRecord, Outcome, Reason, Record};

/// Replaces a record's matches by those that the index has for its hashes and digests.
///
/// # Errors
/// When a hash or digest of the record can't be read.
pub fn rematch(
    mut record: Record,
    index: &HashIndex,
    options: &MatchOptions,
) -> Result<Record, RematchError> {
    let hashes = record.hashes.iter().map(hashes_of).collect::<Result<Vec<_>, _>>()?;
    let digests = digest::parse(&record.digests).map_err(RematchError::Digest)?;
    let matches = matching::search(index, &digests, &hashes, options);
    record.matches = matches.listed;
    record.matches_found = matches.found;
    if record.outcome == Outcome::Hashed {
        let low = hashes.iter().any(|hashes| options.is_low(hashes));
        record.reason = low.then_some(Reason::LowQuality);
    }
    Ok(record)
}

fn hashes_of(record: &HashRecord) -> Result<Hashes, RematchError> {
    let parse = |text: &str| record.algorithm.parse(text).map_err(RematchError::Hash);
    let mut turned = vec![(Orientation::Upright, parse(&record.hash)?)];
    for (&turn, text) in &record.turned {
        turned.push((turn, parse(text)?));
    }
    Ok(Hashes { algorithm: record.algorithm, quality: record.quality, turned })
}

/// The algorithms that the index needs and the records lack.
pub fn missing_algorithms(index: &HashIndex, present: &[Algorithm]) -> Vec<Algorithm> {
    let mut needed = matching::algorithms_of(index);
    needed.retain(|algorithm| !present.contains(algorithm));
    needed
}

/// Why a record can't be matched again.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum RematchError {
    /// A hash can't be read.
    #[error("its hash can't be read")]
    Hash(#[source] HashTextError),
    /// A digest can't be read.
    #[error("its digest can't be read")]
    Digest(#[source] hex::FromHexError),
}
