//! From a file's bytes to pixels: what the bytes seem to be ([`sniff()`]), and the decoders under
//! [`Limits`] ([`decode`]).
//!
//! To add a kind of picture: write a file with one decode function, add a row to `KINDS` and its
//! magic bytes to `sniff.rs`.

mod draw;
mod gif;
mod heic;
mod hollow;
mod jpeg;
mod libimage;
mod pixels;
mod png;
mod rows;
mod salvage;
mod sniff;
mod tiff;
mod webp;

use std::fmt;

use crate::luma::Luma;
use crate::orientation::Orientation;

pub use draw::grey_png;
pub use sniff::{Content, Other, SNIFF_BYTES, sniff};

/// A kind of picture that kinga decodes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// JPEG.
    Jpeg,
    /// PNG, also animated (first frame).
    Png,
    /// GIF (first frame).
    Gif,
    /// WebP, lossy and lossless (first frame).
    WebP,
    /// BMP.
    Bmp,
    /// TIFF (first page).
    Tiff,
    /// ICO and CUR (largest picture).
    Ico,
    /// PBM, PGM, PPM and PAM.
    Pnm,
    /// TGA, by name only: it has no magic bytes.
    Tga,
    /// QOI.
    Qoi,
    /// HEIC and HEIF with HEVC inside (primary picture).
    Heic,
    /// DDS.
    Dds,
    /// Farbfeld.
    Farbfeld,
    /// Radiance HDR.
    Hdr,
}

/// A row of [`KINDS`].
struct Row {
    kind: Kind,
    name: &'static str,
    decode: fn(&[u8], Kind, &Limits, Detail) -> Result<Picture, PictureError>,
}

/// The table of kinds: the name that records use, and who decodes it.
const KINDS: [Row; 14] = [
    Row { kind: Kind::Jpeg, name: "jpeg", decode: jpeg::decode },
    Row { kind: Kind::Png, name: "png", decode: png::decode },
    Row { kind: Kind::Gif, name: "gif", decode: gif::decode },
    Row { kind: Kind::WebP, name: "webp", decode: libimage::decode },
    Row { kind: Kind::Bmp, name: "bmp", decode: libimage::decode },
    Row { kind: Kind::Tiff, name: "tiff", decode: libimage::decode },
    Row { kind: Kind::Ico, name: "ico", decode: libimage::decode },
    Row { kind: Kind::Pnm, name: "pnm", decode: libimage::decode },
    Row { kind: Kind::Tga, name: "tga", decode: libimage::decode },
    Row { kind: Kind::Qoi, name: "qoi", decode: libimage::decode },
    Row { kind: Kind::Heic, name: "heic", decode: heic::decode },
    Row { kind: Kind::Dds, name: "dds", decode: libimage::decode },
    Row { kind: Kind::Farbfeld, name: "farbfeld", decode: libimage::decode },
    Row { kind: Kind::Hdr, name: "hdr", decode: libimage::decode },
];

impl Kind {
    fn row(self) -> &'static Row {
        KINDS.iter().find(|row| row.kind == self).unwrap_or(&KINDS[0])
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.row().name)
    }
}

/// What one picture may cost. A picture above a limit is reported with that limit, never dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Most pixels of a picture, width times height, inclusive.
    pub max_pixels: u64,
    /// Most bytes of memory for decoding one picture, estimated from its header, inclusive.
    pub max_memory: u64,
}

impl Default for Limits {
    /// The pixels of the largest JPEG, 65,535 times 65,535, which bounds the time that a picture may
    /// take, and 2 GiB, which is what keeps large pictures of most kinds out: see the README for
    /// how many pixels that is for each.
    fn default() -> Self {
        Self { max_pixels: 65_535 * 65_535, max_memory: 2 << 30 }
    }
}

/// Pictures of more pixels are reduced while they are decoded, if their decoder can do that: they
/// were not decoded at all before it could, so no hash of theirs is in any list.
const REDUCED_ABOVE: u64 = 200_000_000;

/// A picture of which a smaller share is there is not hashed: what is filled in for the rest would
/// say more than the picture.
const ENOUGH: f64 = 0.5;

impl Limits {
    /// Whether a picture of this size may be decoded with a decoder that needs so many bytes a
    /// pixel.
    fn check(&self, width: u64, height: u64, bytes_per_pixel: u64) -> Result<(), PictureError> {
        self.check_bytes(
            width,
            height,
            width.saturating_mul(height).saturating_mul(bytes_per_pixel),
        )
    }

    /// The same with a decoder that needs so many bytes in all.
    fn check_bytes(&self, width: u64, height: u64, needed: u64) -> Result<(), PictureError> {
        if width.saturating_mul(height) > self.max_pixels {
            return Err(PictureError::TooManyPixels { width, height, limit: self.max_pixels });
        }
        if needed > self.max_memory {
            return Err(PictureError::TooMuchMemory { needed, limit: self.max_memory });
        }
        Ok(())
    }
}

/// How much of a picture is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detail {
    /// All pixels, with their colours.
    Full,
    /// Brightness in as much detail as PDQ looks at, where a decoder can save work by that; all
    /// pixels elsewhere.
    Luma,
    /// The same, but with at least 512 samples on the longer side where the picture has so many
    /// pixels, so that the parts of it can be told.
    Regions,
}

/// What a decoder made of a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decoded {
    /// All pixels, with their colours.
    Full,
    /// Brightness alone.
    Luma {
        /// How many pixels along each side of a block one byte stands for: 1, 2, 4 or 8.
        scale: usize,
    },
}

/// A decoded picture.
#[derive(Clone, Debug)]
pub struct Picture {
    /// Its pixels, or means of blocks of them, as stored.
    pub luma: Luma,
    /// Which of the two.
    pub decoded: Decoded,
    /// How much of the picture's area was decoded, where the decoder knows, at most 1.0. What is
    /// there in less detail than the file would have (passes of a progressive or interlaced
    /// picture) counts.
    pub share: Option<f64>,
    /// The EXIF orientation, 1 to 8, where the file states one.
    pub exif_orientation: Option<u8>,
    /// What a viewer does to the stored pixels. Not always what EXIF says: in HEIC, EXIF does not
    /// count.
    pub shown: Orientation,
    /// Whether the data ended early or were damaged, so that some pixels are not the picture's own.
    pub truncated: bool,
    /// Whether the file holds further pictures (frames, pages, sizes), which were not looked at.
    pub more_pictures: bool,
}

/// Why a file that seems to be a picture gave no pixels.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum PictureError {
    /// More pixels than [`Limits::max_pixels`].
    #[error("{width}x{height} pixels are more than the limit of {limit} (--max-pixels)")]
    TooManyPixels {
        /// Width in pixels, as the header claims.
        width: u64,
        /// Height in pixels, as the header claims.
        height: u64,
        /// The limit in force.
        limit: u64,
    },
    /// A limit that the decoder watches itself.
    #[error("decoding needs more than the limit of {limit} bytes (--max-memory): {what}")]
    LibraryLimit {
        /// What the decoder says.
        what: String,
        /// [`Limits::max_memory`], in bytes.
        limit: u64,
    },
    /// More memory than [`Limits::max_memory`].
    #[error("decoding needs about {needed} bytes, more than the limit of {limit} (--max-memory)")]
    TooMuchMemory {
        /// Estimated from the header, in bytes.
        needed: u64,
        /// The limit in force, in bytes.
        limit: u64,
    },
    /// The format is one of ours, but this file uses a part of it that the decoder lacks.
    #[error("the decoder lacks a feature that this file uses: {0}")]
    Unsupported(String),
    /// Less than half of the picture is there.
    #[error(
        "less than half of the {width}x{height} pixels is there ({:.1} %): it was not hashed",
        (share * 1000.0).floor() / 10.0
    )]
    Partial {
        /// Width in pixels, as the header claims.
        width: u64,
        /// Height in pixels, as the header claims.
        height: u64,
        /// The share that is there, at least 0.0 and below 0.5; of a file that is too small to
        /// hold even that, the most that it could hold.
        share: f64,
    },
    /// The data ended before there was a picture to hash.
    #[error("the data end before there is enough of a picture: {0}")]
    Truncated(String),
    /// The decoder gave up.
    #[error("the decoder says: {0}")]
    Damaged(String),
    /// The decoder panicked.
    #[error("the decoder failed in an unforeseen way: {0}")]
    Panicked(String),
}

impl PictureError {
    /// The same where the size is known, and nothing else: if the data end there, the share is 0.
    fn of_nothing(self, width: u64, height: u64) -> Self {
        match self {
            Self::Truncated(_) => Self::Partial { width, height, share: 0.0 },
            other => other,
        }
    }
}

/// Decodes a picture of the given kind. Decoders may panic on hostile files; the
/// caller sees to that.
///
/// # Errors
/// Whatever goes wrong.
pub fn decode(
    bytes: &[u8],
    kind: Kind,
    limits: &Limits,
    detail: Detail,
) -> Result<Picture, PictureError> {
    let picture = (kind.row().decode)(bytes, kind, limits, detail)?;
    if !picture.truncated {
        return Ok(picture);
    }
    if let Some(share) = picture.share.filter(|&share| share < ENOUGH) {
        let (width, height) = (picture.luma.width() as u64, picture.luma.height() as u64);
        return Err(PictureError::Partial { width, height, share });
    }
    if picture.luma.is_flat() {
        // What a decoder fills in for data that are not there is no picture.
        return Err(PictureError::Truncated("all that there is has one colour".to_owned()));
    }
    Ok(picture)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_a_row_of_its_own() {
        let mut names: Vec<_> = KINDS.iter().map(|row| row.kind.to_string()).collect();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), KINDS.len());
    }

    #[test]
    fn limits_are_inclusive() {
        let limits = Limits { max_pixels: 100, max_memory: 300 };
        assert!(limits.check(10, 10, 3).is_ok());
        assert!(matches!(limits.check(10, 11, 1), Err(PictureError::TooManyPixels { .. })));
        assert!(matches!(limits.check(10, 10, 4), Err(PictureError::TooMuchMemory { .. })));
        assert!(limits.check(u64::MAX, u64::MAX, u64::MAX).is_err());
    }
}
