//! Records made earlier, matched again: with other lists, without the images.

use std::collections::BTreeMap;

use super::digests;
use super::matching::{self, Candidate, MatchOptions};
use crate::algorithm::Hashes;
use crate::hash::{Algorithm, Hash, HashTextError};
use crate::index::HashIndex;
use crate::orientation::Orientation;
use crate::record::{HashRecord, Outcome, Reason, Record, RegionRecord};
use crate::region::Region;
use crate::view::{Effort, View};

/// Replaces a record's matches by those that the index has for its digests and for as many of its
/// hashes as this effort looks at.
///
/// # Errors
/// When a hash or digest of the record can't be read.
pub fn rematch(
    mut record: Record,
    index: &HashIndex,
    options: &MatchOptions,
    effort: Effort,
) -> Result<Record, RematchError> {
    let mut hashes = record.hashes.iter().map(hashes_of).collect::<Result<Vec<_>, _>>()?;
    if effort == Effort::Upright {
        for hashes in &mut hashes {
            hashes.turned.truncate(1);
        }
    }
    let digests = digests::parse(&record.digests).map_err(RematchError::Digest)?;
    let regions = record.hashes.iter().flat_map(|hashes| &hashes.regions);
    let regions = regions.filter(|region| looks_at(effort, region.view));
    let regions = regions.map(region_of).collect::<Result<Vec<_>, _>>()?;
    let candidate =
        Candidate { digests: &digests, hashes: &hashes, regions: &regions, sight: None };
    if record.reason == Some(Reason::ComparisonPanic) {
        // It was hashed; only the lists of then brought it down.
        (record.outcome, record.reason, record.detail) = (Outcome::Hashed, None, None);
    }
    matching::compare(index, &candidate, options, &mut record);
    say_quality(&mut record, hashes.iter().any(|hashes| options.is_low(hashes)));
    Ok(record)
}

/// Says anew whether a picture that was hashed is of low quality: the bound may be another now.
pub(super) fn say_quality(record: &mut Record, low: bool) {
    if record.outcome == Outcome::Hashed {
        record.reason = low.then_some(Reason::LowQuality);
    }
}

/// Whether a region of this kind is looked at.
pub(super) fn looks_at(effort: Effort, view: View) -> bool {
    match effort {
        Effort::Upright => false,
        Effort::Orientations => view.is_whole(),
        Effort::Standard | Effort::Deep => true,
    }
}

fn hashes_of(record: &HashRecord) -> Result<Hashes, RematchError> {
    let mut turned = turned(record.algorithm, &record.turned)?;
    let hash = record.algorithm.parse(&record.hash).map_err(RematchError::Hash)?;
    turned.insert(0, (Orientation::Upright, hash));
    Ok(Hashes { algorithm: record.algorithm, quality: record.quality, turned })
}

/// Only PDQ's hashes have regions.
fn region_of(record: &RegionRecord) -> Result<Region, RematchError> {
    let RegionRecord { view, place, quality, .. } = *record;
    Ok(Region { view, place, quality, turned: turned(Algorithm::Pdq, &record.turned)? })
}

fn turned(
    algorithm: Algorithm,
    texts: &BTreeMap<Orientation, String>,
) -> Result<Vec<(Orientation, Hash)>, RematchError> {
    let parse = |(&turn, text): (&Orientation, &String)| Ok((turn, algorithm.parse(text)?));
    texts.iter().map(parse).collect::<Result<_, _>>().map_err(RematchError::Hash)
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
    #[error(
        "its hash can't be read; records of `kinga scan` have none unless made with --show-hashes"
    )]
    Hash(#[source] HashTextError),
    /// A digest can't be read.
    #[error("its digest can't be read")]
    Digest(#[source] hex::FromHexError),
}
