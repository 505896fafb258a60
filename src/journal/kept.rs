//! All hashes of a picture in little room: a picture has some hundred, most of what a line holds.

use std::collections::BTreeMap;

use base64::Engine;
use base64::prelude::BASE64_STANDARD_NO_PAD;
use serde::{Deserialize, Serialize};

use crate::hash::Quality;
use crate::orientation::Orientation;
use crate::record::{HashRecord, Record, RegionRecord};
use crate::view::{Place, View};

/// What of one algorithm's hashes is not in the record of a line.
#[derive(Serialize, Deserialize)]
pub(super) struct Kept {
    turned: Packed,
    regions: Vec<KeptRegion>,
}

/// A region: what it is; x, y, width, height and angle of its place; its quality; its hashes.
#[derive(Serialize, Deserialize)]
struct KeptRegion(View, (i32, i32, u32, u32, f64), Quality, Packed);

/// Base64 of hashes by how the picture is turned for them: a byte with a bit for each
/// orientation that there is, the lowest for the first, then the hashes one behind the other.
#[derive(Serialize, Deserialize)]
#[serde(transparent)]
struct Packed(String);

/// A record without those hashes that are only for the journal, and these; none where a hash is
/// not what it should be.
pub(super) fn split(record: &Record) -> Option<(Record, Vec<Kept>)> {
    let kept = record.hashes.iter().map(Kept::of).collect::<Option<_>>()?;
    let mut record = record.clone();
    for hash in &mut record.hashes {
        hash.turned.clear();
        hash.regions.clear();
    }
    Some((record, kept))
}

/// Puts a record together again; none where the two do not fit.
pub(super) fn join(mut record: Record, kept: Vec<Kept>) -> Option<Record> {
    if record.hashes.len() != kept.len() {
        return None;
    }
    for (hash, Kept { turned, regions }) in record.hashes.iter_mut().zip(kept) {
        hash.turned = turned.unpack()?;
        hash.regions = regions.into_iter().map(KeptRegion::unpack).collect::<Option<_>>()?;
    }
    Some(record)
}

impl Kept {
    fn of(hash: &HashRecord) -> Option<Self> {
        let regions = hash.regions.iter().map(KeptRegion::of).collect::<Option<_>>()?;
        Some(Self { turned: Packed::of(&hash.turned)?, regions })
    }
}

impl KeptRegion {
    fn of(region: &RegionRecord) -> Option<Self> {
        let Place { x, y, width, height, angle } = region.place;
        let place = (x, y, width, height, angle);
        Some(Self(region.view, place, region.quality, Packed::of(&region.turned)?))
    }

    fn unpack(self) -> Option<RegionRecord> {
        let Self(view, (x, y, width, height, angle), quality, turned) = self;
        let place = Place { x, y, width, height, angle };
        Some(RegionRecord { view, place, quality, turned: turned.unpack()? })
    }
}

impl Packed {
    fn of(turned: &BTreeMap<Orientation, String>) -> Option<Self> {
        let mut bytes = vec![0];
        for (&turn, text) in turned {
            bytes[0] |= 1 << turn as u8;
            let Ok(hash) = hex::decode(text) else { return None };
            bytes.extend(hash);
        }
        Some(Self(BASE64_STANDARD_NO_PAD.encode(bytes)))
    }

    fn unpack(&self) -> Option<BTreeMap<Orientation, String>> {
        let Ok(bytes) = BASE64_STANDARD_NO_PAD.decode(&self.0) else { return None };
        let (turns, hashes) = bytes.split_first()?;
        let present = Orientation::ALL.iter().filter(|&&turn| turns & (1 << turn as u8) != 0);
        let count = turns.count_ones() as usize;
        // Hashes of one algorithm are of one length.
        let len = hashes.len().checked_div(count).unwrap_or(0).max(1);
        let fits = hashes.len() == if count == 0 { 0 } else { count * len };
        fits.then(|| present.copied().zip(hashes.chunks(len).map(hex::encode)).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn turned(turns: &[Orientation], digits: usize) -> BTreeMap<Orientation, String> {
        let text = |turn| format!("{:0digits$x}", turn as u8 + 1);
        turns.iter().map(|&turn| (turn, text(turn))).collect()
    }

    #[test]
    fn hashes_of_any_length_and_in_any_orientations_come_back_as_they_were() {
        use Orientation::{Rotated180, Transversed, Upright};
        for turns in [&Orientation::ALL[..], &[], &[Upright], &[Rotated180, Transversed]] {
            for digits in [16, 36, 64] {
                let turned = turned(turns, digits);
                assert_eq!(Packed::of(&turned).unwrap().unpack().unwrap(), turned);
            }
        }
    }

    #[test]
    fn what_is_no_hash_is_neither_packed_nor_unpacked() {
        let odd = BTreeMap::from([(Orientation::Upright, "xyz".to_owned())]);
        assert!(Packed::of(&odd).is_none());
        for text in ["", "?", "Aw", "A////"] {
            assert!(Packed(text.to_owned()).unpack().is_none(), "{text}");
        }
    }
}
