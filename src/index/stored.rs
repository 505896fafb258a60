//! The arrays of the hashes in a compiled file.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::columns::Columns;
use super::owners::Owners;
use super::radius::{Parts, RadiusIndex};
use super::tables::Tables;
use crate::hash::{Algorithm, MaxDistance};
use crate::mapped::{Mapped, MappedError, Section};

/// The name of the array with the heads, as JSON.
const HEADS: &str = "index";

/// What is not of arrays, ready to be written.
#[derive(Debug)]
pub(super) struct Heads(Vec<u8>);

/// What is said of the hashes of one algorithm.
#[derive(Serialize, Deserialize)]
struct Head {
    algorithm: Algorithm,
    /// How many distinct hashes there are.
    hashes: usize,
    /// How many tables; 0 where there are none.
    tables: u32,
}

const WORDS: &str = "words";
const OWNER_STARTS: &str = "owner starts";
const OWNERS: &str = "owners";
const TABLE_STARTS: &str = "table starts";
const SLOTS: &str = "slots";

fn name(algorithm: Algorithm, array: &str) -> String {
    format!("{algorithm}/{array}")
}

impl Heads {
    pub(super) fn of(hashes: &BTreeMap<Algorithm, RadiusIndex>) -> Self {
        let head = |(&algorithm, index): (&Algorithm, &RadiusIndex)| {
            let Parts { columns, tables, .. } = index.parts();
            let tables = tables.as_ref().map_or(0, |tables| tables.pieces().len());
            // A hash has at most 256 bits.
            let tables = u32::try_from(tables).unwrap_or(u32::MAX);
            Head { algorithm, hashes: columns.len(), tables }
        };
        let heads: Vec<Head> = hashes.iter().map(head).collect();
        Self(serde_json::to_vec(&heads).unwrap_or_default())
    }
}

/// The arrays of all algorithms.
pub(super) fn sections<'a>(
    hashes: &'a BTreeMap<Algorithm, RadiusIndex>,
    heads: &'a Heads,
) -> Vec<Section<'a>> {
    let mut sections = vec![Section::of(HEADS, &heads.0)];
    for (&algorithm, index) in hashes {
        let Parts { columns, owners, tables } = index.parts();
        sections.push(Section::of(name(algorithm, WORDS), columns.all_words()));
        let (starts, entries) = owners.parts();
        sections.push(Section::of(name(algorithm, OWNER_STARTS), starts));
        sections.push(Section::of(name(algorithm, OWNERS), entries));
        if let Some(tables) = tables {
            let (_, starts, slots) = tables.parts();
            sections.push(Section::of(name(algorithm, TABLE_STARTS), starts));
            sections.push(Section::of(name(algorithm, SLOTS), slots));
        }
    }
    sections
}

/// The hashes of a compiled file.
pub(super) fn open(
    file: &Arc<Mapped>,
    max_distance: Option<MaxDistance>,
) -> Result<BTreeMap<Algorithm, RadiusIndex>, MappedError> {
    let heads: Vec<Head> = serde_json::from_slice(&file.array::<u8>(HEADS)?)
        .map_err(|_not_json| MappedError::Altered("the heads of the index can't be read"))?;
    let index = |head: Head| {
        let max = max_distance.unwrap_or(head.algorithm.default_max_distance());
        Ok((head.algorithm, RadiusIndex::from_parts(parts(file, &head)?, max)))
    };
    heads.into_iter().map(index).collect()
}

fn parts(file: &Arc<Mapped>, head: &Head) -> Result<Parts, MappedError> {
    let wrong = MappedError::Altered("the arrays of the index have lengths that can't be");
    let of = |array| name(head.algorithm, array);
    let words = file.array(&of(WORDS))?;
    let Some(columns) = Columns::from_parts(words, head.hashes, head.algorithm.bits()) else {
        return Err(wrong);
    };
    let (starts, entries) = (file.array(&of(OWNER_STARTS))?, file.array(&of(OWNERS))?);
    let Some(owners) = Owners::from_parts(starts, entries, head.hashes) else {
        return Err(wrong);
    };
    if head.tables == 0 {
        return Ok(Parts { columns, owners, tables: None });
    }
    let (starts, slots) = (file.array(&of(TABLE_STARTS))?, file.array(&of(SLOTS))?);
    match Tables::from_parts(&columns, head.tables, starts, slots) {
        Some(tables) => Ok(Parts { columns, owners, tables: Some(tables) }),
        None => Err(wrong),
    }
}
