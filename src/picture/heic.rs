//! HEIC, what telephones write, through the pure Rust crate `heic-decoder`.
//!
//! The container's own turns and mirrors (`irot`, `imir`) are applied by the decoder; EXIF
//! orientation does not count in HEIC (ISO/IEC 23008-12, 6.5.10), so it is only reported.

use heic_decoder::{HeifError, Metadata};
use image::metadata::Orientation as ExifOrientation;

use super::pixels::{Layout, Sample, to_luma};
use super::{Decoded, Detail, Kind, Limits, Picture, PictureError};
use crate::orientation::Orientation;

/// Bytes that the decoder needs for each pixel: three planes of 32-bit samples, a copy while they
/// are turned, and RGBA.
const BYTES_PER_PIXEL: u64 = 28;

pub(super) fn decode(
    bytes: &[u8],
    _kind: Kind,
    limits: &Limits,
    _detail: Detail,
) -> Result<Picture, PictureError> {
    let info = heic_decoder::probe(bytes).map_err(error)?;
    let (width, height) = (info.coded_width as u64, info.coded_height as u64);
    limits.check(width, height, BYTES_PER_PIXEL)?;
    let image = heic_decoder::decode(bytes).map_err(error)?;
    let (width, height) = (image.width as u64, image.height as u64);
    let (channels, samples) = if image.alpha.is_some() {
        (4, image.to_rgba8().map_err(error)?.data)
    } else {
        (3, image.to_rgb8().map_err(error)?.data)
    };
    let luma = to_luma(width, height, Layout { channels, sample: Sample::U8 }, samples)
        .ok_or_else(|| PictureError::Damaged("fewer pixels than the header says".to_owned()))?;
    Ok(Picture {
        luma,
        decoded: Decoded::Full,
        share: None,
        exif_orientation: exif_orientation(&image.metadata),
        shown: Orientation::Upright,
        truncated: false,
        more_pictures: false,
    })
}

fn exif_orientation(metadata: &Metadata) -> Option<u8> {
    let exif = metadata.exif.as_ref()?;
    ExifOrientation::from_exif_chunk(exif).map(ExifOrientation::to_exif)
}

fn error(error: HeifError) -> PictureError {
    match error {
        HeifError::Truncated { .. } => PictureError::Truncated(error.to_string()),
        HeifError::Unsupported(feature) => PictureError::Unsupported(feature.to_owned()),
        other => PictureError::Damaged(other.to_string()),
    }
}
