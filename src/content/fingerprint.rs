//! The one pure function between bytes and hashes.

use super::guard::guarded;
use crate::algorithm::{self, Hashes, Turns};
use crate::hash::Algorithm;
use crate::picture::{self, Decoded, Detail, Kind, Limits, PictureError};
use crate::region::{Enrolled, Layout, Region, Sight, enrolled, layout, regions};
use crate::view::{Effort, Enrolment};

/// How pictures become hashes.
#[derive(Clone, Debug)]
pub struct HashOptions {
    /// Which hashes are made. With none, no picture is decoded.
    pub algorithms: Vec<Algorithm>,
    /// In how many ways a picture is hashed by PDQ; by other algorithms, in all eight orientations
    /// but for [`Effort::Upright`].
    pub effort: Effort,
    /// Which crops are hashed by PDQ as further entries of a list.
    pub enrol: Option<Enrolment>,
    /// How much of a picture is decoded for PDQ; other algorithms always see all of it.
    pub detail: Detail,
    /// What one picture may cost.
    pub limits: Limits,
}

impl HashOptions {
    /// One algorithm, and otherwise what `scan` does by default.
    pub fn new(algorithm: Algorithm) -> Self {
        Self {
            algorithms: vec![algorithm],
            effort: Effort::Standard,
            enrol: None,
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
    /// What else PDQ was made of.
    pub regions: Vec<Region>,
    /// What is needed to move the windows of the regions, at [`Effort::Deep`].
    pub sight: Option<Sight>,
    /// Crops that are to be further entries of a list.
    pub enrolled: Vec<Enrolled>,
    /// What it holds if it looks like a screen, a slide or a page; looked at only with crops.
    pub layout: Option<Layout>,
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
    let HashOptions { algorithms, effort, enrol, limits, detail } = options;
    let of_pdq = |algorithm: &Algorithm| *algorithm == Algorithm::Pdq;
    let detail = match *detail {
        _ if !algorithms.iter().any(of_pdq) => Detail::Full,
        Detail::Luma if *effort >= Effort::Standard || enrol.is_some() => Detail::Regions,
        detail => detail,
    };
    let picture = picture::decode(bytes, kind, limits, detail)?;
    // A hash must not depend on which others are made beside it.
    let all_pixels = if picture.decoded == Decoded::Full || algorithms.iter().all(of_pdq) {
        None
    } else {
        Some(picture::decode(bytes, kind, limits, Detail::Full)?)
    };
    let turns = if *effort == Effort::Upright { Turns::Upright } else { Turns::All };
    let hash = |algorithm: &Algorithm| {
        let seen = all_pixels.as_ref().filter(|_| !of_pdq(algorithm)).unwrap_or(&picture);
        algorithm::hashes(&seen.luma, seen.shown, *algorithm, turns)
    };
    let (regions, sight) = if algorithms.iter().any(of_pdq) {
        regions(&picture.luma, picture.shown, *effort)
    } else {
        (Vec::new(), None)
    };
    let enrol = enrol.filter(|_| algorithms.iter().any(of_pdq));
    let (luma, shown) = (&picture.luma, picture.shown);
    Ok(Fingerprint {
        width: picture.luma.width() as u64,
        height: picture.luma.height() as u64,
        exif_orientation: picture.exif_orientation,
        decoded: picture.decoded,
        truncated: picture.truncated,
        share: picture.share.filter(|_| picture.truncated),
        more_pictures: picture.more_pictures,
        hashes: algorithms.iter().map(hash).collect(),
        regions,
        sight: sight.filter(|_| *effort == Effort::Deep),
        enrolled: enrol.map_or_else(Vec::new, |enrol| enrolled(luma, shown, enrol)),
        layout: enrol.and_then(|_| layout(luma, shown)),
    })
}
