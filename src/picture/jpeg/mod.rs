//! JPEG, on two roads: [`reduced`], our own, from the coded bits straight to the luma that a hash
//! needs, for the ordinary picture; and [`full`], through `zune-jpeg`, for all pixels and for all
//! pictures.

mod bands;
mod bits;
mod block;
mod full;
mod grid;
mod header;
mod huffman;
mod idct;
mod lookup;
mod plane;
mod progressive;
mod reduced;
mod segment;
mod sequential;
mod zigzag;

#[cfg(test)]
mod fuzz;
#[cfg(test)]
mod tests;

use image::metadata::Orientation as ExifOrientation;

use super::{Decoded, Detail, Kind, Limits, Picture, PictureError, hollow};
use crate::luma::Luma;
use crate::orientation::Orientation;
use reduced::{Refusal, Wanted};

pub(super) fn decode(
    bytes: &[u8],
    _kind: Kind,
    limits: &Limits,
    detail: Detail,
) -> Result<Picture, PictureError> {
    let scale_for = match detail {
        Detail::Full => return fully(bytes, limits),
        Detail::Luma => scale_for,
        Detail::Regions => scale_for_regions,
    };
    let wanted = Wanted { scale_for, finest: FINEST };
    let reduced = match reduced::decode(bytes, wanted, limits) {
        Ok(reduced) => reduced,
        Err(Refusal::NotOurs) => return fully(bytes, limits),
        Err(Refusal::Refused(why)) => return Err(why),
    };
    let (width, height, scale) = (reduced.width, reduced.height, reduced.scale);
    let Some(luma) = Luma::reduced(width, height, scale, reduced.plane) else {
        return fully(bytes, limits);
    };
    let exif_orientation = reduced.exif.and_then(|exif| orientation_in(&exif));
    Ok(Picture {
        luma,
        decoded: Decoded::Luma { scale },
        share: Some(reduced.share),
        exif_orientation,
        shown: shown(exif_orientation),
        truncated: !reduced.complete,
        more_pictures: false,
    })
}

/// All pixels. Which share of a cut picture they are is counted on the other road.
fn fully(bytes: &[u8], limits: &Limits) -> Result<Picture, PictureError> {
    let picture = full::decode(bytes, limits)?;
    let share = if picture.truncated { reduced::share(bytes, limits) } else { None };
    Ok(Picture { share, ..picture })
}

/// A picture with more scans is not decoded further. No encoder makes more than some dozens, and
/// each costs as much as the picture has blocks, however few bytes it has. (So many has
/// libjpeg-turbo's fuzzer, too.)
const MOST_SCANS: usize = 500;

/// Of a progressive picture at full scale, the last two bits of the coefficients are left out. With
/// libjpeg's usual scans that takes a quarter of the time, and moves hashes by 0.7 bits on average
/// and at most 4 over 100 photographs, and by 1.4 and at most 8 where they were stored anew at
/// quality 75 and 90. When all bits are taken it is 0.4, and 4.
const FINEST: u32 = 2;

/// The largest scale at which four reduced pixels still fit into what PDQ averages along the
/// shorter side: two windows of `ceil(n / 128)` pixels, one after the other, gather twice that
/// less one (see `algorithm::pdq`). Further reduced, hashes would drift.
fn scale_for(width: usize, height: usize) -> usize {
    let gathered = 2 * width.min(height).div_ceil(128) - 1;
    [8, 4, 2].into_iter().find(|scale| gathered >= 4 * scale).unwrap_or(1)
}

/// The same, but no larger than leaves 512 samples on the longer side.
pub(super) fn scale_for_regions(width: usize, height: usize) -> usize {
    let longer = width.max(height);
    let fits = |scale: &usize| longer.div_ceil(*scale) >= 512;
    let largest = [8, 4, 2].into_iter().find(fits).unwrap_or(1);
    scale_for(width, height).min(largest)
}

/// The orientation, 1 to 8, that the payload of an Exif segment states.
fn orientation_in(exif: &[u8]) -> Option<u8> {
    ExifOrientation::from_exif_chunk(exif).map(ExifOrientation::to_exif)
}

/// What a viewer does to a picture with this orientation.
fn shown(exif_orientation: Option<u8>) -> Orientation {
    exif_orientation.and_then(Orientation::from_exif).unwrap_or(Orientation::Upright)
}

/// Refuses a picture of which less than half can be there, however it is coded.
fn refuse_hollow(width: u64, height: u64, bytes: usize) -> Result<(), PictureError> {
    hollow::refuse((width, height), hollow::in_jpeg(bytes), width * height)
}
