//! The one pure function between bytes and hashes.

use super::guard::guarded;
use crate::algorithm::{self, Hashes, Turns};
use crate::hash::Algorithm;
use crate::picture::{self, Detail, Kind, Limits, PictureError};

/// What a picture's bytes come to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fingerprint {
    /// Pixels in a row, as stored.
    pub width: u64,
    /// Rows, as stored.
    pub height: u64,
    /// EXIF orientation, where stated.
    pub exif_orientation: Option<u8>,
    /// See [`picture::Picture::truncated`].
    pub truncated: bool,
    /// See [`picture::Picture::more_pictures`].
    pub more_pictures: bool,
    /// One for each of the algorithms, in their order.
    pub hashes: Vec<Hashes>,
}

/// Decodes and hashes a picture. It depends on nothing but its arguments, and does not panic.
///
/// # Errors
/// When the bytes give no pixels; see [`PictureError`].
pub fn fingerprint(
    bytes: &[u8],
    kind: Kind,
    limits: &Limits,
    algorithms: &[Algorithm],
    turns: Turns,
) -> Result<Fingerprint, PictureError> {
    let print = guarded(|| unguarded(bytes, kind, limits, algorithms, turns));
    print.unwrap_or_else(|panic| Err(PictureError::Panicked(panic)))
}

fn unguarded(
    bytes: &[u8],
    kind: Kind,
    limits: &Limits,
    algorithms: &[Algorithm],
    turns: Turns,
) -> Result<Fingerprint, PictureError> {
    let picture = picture::decode(bytes, kind, limits, Detail::Full)?;
    let hash = |&algorithm| algorithm::hashes(&picture.luma, picture.shown, algorithm, turns);
    Ok(Fingerprint {
        width: picture.luma.width() as u64,
        height: picture.luma.height() as u64,
        exif_orientation: picture.exif_orientation,
        truncated: picture.truncated,
        more_pictures: picture.more_pictures,
        hashes: algorithms.iter().map(hash).collect(),
    })
}
