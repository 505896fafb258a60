//! The one pure function between bytes and hashes.

use super::guard::guarded;
use crate::algorithm::{self, Hashes, Turns};
use crate::hash::Algorithm;
use crate::picture::{self, Decoded, Detail, Kind, Limits, PictureError};

/// How pictures become hashes.
#[derive(Clone, Debug)]
pub struct HashOptions {
    /// Which hashes are made. With none, no picture is decoded.
    pub algorithms: Vec<Algorithm>,
    /// In which orientations.
    pub turns: Turns,
    /// How much of a picture is decoded for PDQ; other algorithms always see all of it.
    pub detail: Detail,
    /// What one picture may cost.
    pub limits: Limits,
}

impl HashOptions {
    /// One algorithm, all orientations, and otherwise what `scan` does by default.
    pub fn new(algorithm: Algorithm) -> Self {
        Self {
            algorithms: vec![algorithm],
            turns: Turns::All,
            detail: Detail::Luma,
            limits: Limits::default(),
        }
    }
}

/// What a picture's bytes come to.
#[derive(Clone, Debug, PartialEq)]
pub struct Fingerprint {
    /// Pixels in a row, as stored.
    pub width: u64,
    /// Rows, as stored.
    pub height: u64,
    /// EXIF orientation, where stated.
    pub exif_orientation: Option<u8>,
    /// What the decoder made of it.
    pub decoded: Decoded,
    /// See [`picture::Picture::truncated`].
    pub truncated: bool,
    /// See [`picture::Picture::share`].
    pub share: Option<f64>,
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
    options: &HashOptions,
) -> Result<Fingerprint, PictureError> {
    let print = guarded(|| unguarded(bytes, kind, options));
    print.unwrap_or_else(|panic| Err(PictureError::Panicked(panic)))
}

fn unguarded(bytes: &[u8], kind: Kind, options: &HashOptions) -> Result<Fingerprint, PictureError> {
    let HashOptions { algorithms, turns, limits, detail } = options;
    let of_pdq = |algorithm: &Algorithm| *algorithm == Algorithm::Pdq;
    let detail = if algorithms.iter().any(of_pdq) { *detail } else { Detail::Full };
    let picture = picture::decode(bytes, kind, limits, detail)?;
    // A hash must not depend on which others are made beside it.
    let all_pixels = if picture.decoded == Decoded::Full || algorithms.iter().all(of_pdq) {
        None
    } else {
        Some(picture::decode(bytes, kind, limits, Detail::Full)?)
    };
    let hash = |algorithm: &Algorithm| {
        let seen = all_pixels.as_ref().filter(|_| !of_pdq(algorithm)).unwrap_or(&picture);
        algorithm::hashes(&seen.luma, seen.shown, *algorithm, *turns)
    };
    Ok(Fingerprint {
        width: picture.luma.width() as u64,
        height: picture.luma.height() as u64,
        exif_orientation: picture.exif_orientation,
        decoded: picture.decoded,
        truncated: picture.truncated,
        share: picture.share.filter(|_| picture.truncated),
        more_pictures: picture.more_pictures,
        hashes: algorithms.iter().map(hash).collect(),
    })
}
