//! The list that edited pictures are compared with, and what each entry has to do with whom.

use std::sync::Arc;

use rayon::prelude::*;

use super::{EvalError, EvalOptions, Original};
use crate::algorithm::pdq;
use crate::edit::{Dice, Photo, STRUCTURES};
use crate::hash::{Algorithm, Hash, Quality};
use crate::index::{Found, HashIndex};
use crate::list::{HashList, ReadOptions, Tolerance};
use crate::luma::{Luma, Pixels};

/// So few pictures are nearly all kin of each other.
const FEWEST: usize = 16;

/// A picture is shown beside so many of those that follow it, at most.
const OTHERS: usize = 6;

/// Entries that show the structures (screens, slides, pages) of other pictures, for each picture.
const STRUCTURED: usize = 4;

/// Parts of a picture that are listed have at least this quality: what enrolment takes.
const LISTED_QUALITY: Quality = Quality(80);

/// The list, and whose entries are whose.
pub(super) struct Known {
    pub(super) index: Arc<HashIndex>,
    /// The hash of each row of the list; the originals come first.
    pub(super) hashes: Vec<Hash>,
    /// For each row, the picture that it is of, and how many of those that follow it are in it.
    kin: Vec<(usize, usize)>,
    /// The row of each entry. A row with a hash that no list may hold, such as that of a blank
    /// picture, is no entry.
    rows: Vec<usize>,
    pictures: usize,
}

impl Known {
    pub(super) fn new(originals: &[Original], options: &EvalOptions) -> Result<Self, EvalError> {
        let hash = |original: &Original| pdq::hash_all(&luma(&original.photo))[0];
        let all: Vec<(Hash, Quality)> = originals.par_iter().map(hash).collect();
        let telling = all.iter().filter(|(_, quality)| *quality >= Quality::DEFAULT_MIN);
        let found = telling.count();
        if found < FEWEST {
            return Err(EvalError::TooFew { found, needed: FEWEST });
        }
        let mut hashes: Vec<Hash> = all.into_iter().map(|(hash, _)| hash).collect();
        let mut kin: Vec<(usize, usize)> = (0..originals.len()).map(|n| (n, 0)).collect();
        let room = options.list_size.saturating_sub(hashes.len());
        let each = room.div_ceil(originals.len().max(1));
        let padding: Vec<Vec<(Hash, usize)>> = (0..originals.len())
            .into_par_iter()
            .map(|number| padding(originals, number, each, options.seed))
            .collect();
        for (number, padding) in padding.into_iter().enumerate() {
            for (hash, others) in padding {
                if hashes.len() < options.list_size.max(originals.len()) {
                    hashes.push(hash);
                    kin.push((number, others));
                }
            }
        }
        let rows: Vec<String> = hashes.iter().map(|&hash| Algorithm::Pdq.to_text(hash)).collect();
        let text = format!("pdq\n{}\n", rows.join("\n"));
        // Whatever is left out of the list is not found, and that is what is measured.
        let whole = ReadOptions { tolerance: Tolerance::Any, ..ReadOptions::default() };
        let list = HashList::read("originals", text.as_bytes(), &whole).map_err(EvalError::List)?;
        let rows = list.entries.iter().filter_map(|entry| row(entry.line)).collect();
        let index = HashIndex::new(vec![list], None).map_err(EvalError::Index)?;
        Ok(Self { index: Arc::new(index), hashes, kin, rows, pictures: originals.len() })
    }

    /// How many entries there are.
    pub(super) fn entries(&self) -> usize {
        self.rows.len()
    }

    /// The row of an entry that was found.
    pub(super) fn row_of(&self, found: Found) -> usize {
        self.rows[found.entry]
    }

    /// Whether a row has nothing to do with a picture, nor with those that it is shown beside.
    pub(super) fn is_unrelated(&self, row: usize, picture: usize) -> bool {
        let (first, others) = self.kin[row];
        // On the circle of pictures, two stretches that do not meet.
        let ahead = (first + self.pictures - picture) % self.pictures;
        let behind = (picture + self.pictures - first) % self.pictures;
        ahead > OTHERS && behind > others
    }

    /// How many entries have nothing to do with a picture.
    pub(super) fn unrelated(&self, picture: usize) -> u64 {
        self.rows.iter().filter(|&&row| self.is_unrelated(row, picture)).count() as u64
    }
}

/// Which row of the list stands in a line, after the header; rows from 0, lines from 1.
pub(super) fn row(line: u64) -> Option<usize> {
    let row = line.checked_sub(2)?;
    Some(usize::try_from(row).unwrap_or(usize::MAX))
}

/// The pictures that a picture may be shown beside.
pub(super) fn others(originals: &[Original], number: usize) -> Vec<&Photo> {
    (1..=OTHERS).map(|n| &originals[(number + n) % originals.len()].photo).collect()
}

/// So many hashes of parts of a picture and of structures around it, each with how many other
/// pictures it shows.
fn padding(originals: &[Original], number: usize, each: usize, seed: u64) -> Vec<(Hash, usize)> {
    let photo = &originals[number].photo;
    let mut dice = Dice::new(seed.wrapping_add(number as u64), "parts");
    let mut hashes: Vec<(Hash, usize)> = Vec::with_capacity(each + 8);
    for structure in STRUCTURES.iter().cycle().take(STRUCTURED.min(each / 8)) {
        let beside = others(originals, number);
        let drawn = structure.apply(photo, &beside, dice.bits());
        hashes.extend(listed(&luma(&drawn)).map(|hash| (hash, OTHERS)));
    }
    // Of a picture without anything to see there may be no part at all.
    for _ in 0..each {
        if hashes.len() >= each {
            break;
        }
        hashes.extend(listed(&luma(&part(photo, &mut dice))).map(|hash| (hash, 0)));
    }
    hashes.truncate(each);
    hashes
}

/// The hashes of a picture in all orientations, if there is enough to see.
fn listed(picture: &Luma) -> impl Iterator<Item = Hash> + use<> {
    let all = pdq::hash_all(picture);
    all.into_iter().filter(|(_, quality)| *quality >= LISTED_QUALITY).map(|(hash, _)| hash)
}

/// A part of a photograph by lot, with sides of three to ten tenths of its own.
fn part(photo: &Photo, dice: &mut Dice) -> Photo {
    let mut stretch = |side: usize| {
        let len = (side * (30 + dice.below(71)) / 100).max(1);
        let start = dice.below(side - len + 1);
        start..start + len
    };
    let (columns, rows) = (stretch(photo.width), stretch(photo.height));
    let row = |y: usize| &photo.rgb[3 * (y * photo.width + columns.start)..][..3 * columns.len()];
    let rgb = rows.clone().flat_map(row).copied().collect();
    Photo { width: columns.len(), height: rows.len(), rgb }
}

/// The plane of a photograph.
pub(super) fn luma(photo: &Photo) -> Luma {
    let pixels = Pixels::Rgb(photo.rgb.clone());
    let plane = Luma::new(photo.width, photo.height, pixels);
    // A photograph has as many bytes as its sides say.
    plane.unwrap_or_else(|| unreachable!("a photograph is a plane"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::edit::Group;
    use crate::eval::Part;
    use crate::record::Level;
    use crate::view::Effort;

    /// Pictures of noise, but for one that shows nothing.
    fn originals(blank: usize) -> Vec<Original> {
        let original = |number: usize| {
            let mut dice = Dice::new(number as u64, "noise");
            let rgb = (0..3 * 64 * 64).map(|_| u8::try_from(dice.below(256)).unwrap());
            let rgb = if number == blank { vec![0; 3 * 64 * 64] } else { rgb.collect() };
            let photo = Photo { width: 64, height: 64, rgb };
            Original { name: number.to_string(), photo }
        };
        (0..17).map(original).collect()
    }

    fn options(list_size: usize) -> EvalOptions {
        EvalOptions {
            groups: vec![Group::Turned],
            list_size,
            effort: Effort::Standard,
            lowest: Level::Likely,
            as_if: None,
            part: Part::All,
            seed: 1,
            hard_negatives: 2,
        }
    }

    #[test]
    fn sixteen_pictures_with_enough_to_see_are_needed_and_blank_ones_do_not_count() {
        assert!(Known::new(&originals(16), &options(17)).is_ok());
        let refused = Known::new(&originals(16)[1..], &options(16)).map(|known| known.entries());
        assert!(matches!(refused, Err(EvalError::TooFew { found: 15, needed: 16 })), "{refused:?}");
    }

    #[test]
    fn a_blank_original_is_no_entry_and_those_behind_it_keep_their_kin() {
        for list_size in [17, 400] {
            let known = Known::new(&originals(3), &options(list_size)).unwrap();
            assert!(known.hashes.len() >= list_size * 9 / 10, "{}", known.hashes.len());
            assert_eq!(known.entries(), known.hashes.len() - 1);
            let mut seen = 0;
            for (row, &hash) in known.hashes.iter().enumerate().filter(|(row, _)| *row != 3) {
                let found = known.index.lookup(Algorithm::Pdq, hash);
                assert!(found.iter().any(|&found| known.row_of(found) == row), "{row}");
                seen += 1;
            }
            assert_eq!(seen, known.entries());
            let related = known.rows.iter().filter(|&&row| !known.is_unrelated(row, 0)).count();
            assert_eq!(known.unrelated(0), (known.entries() - related) as u64);
        }
    }
}
