//! JPEG, through `zune-jpeg`: strictly first, then leniently, so that a cut or damaged file is
//! hashed as far as it goes and says so.

use image::metadata::Orientation as ExifOrientation;
use zune_core::bytestream::ZCursor;
use zune_core::colorspace::ColorSpace;
use zune_core::options::DecoderOptions;
use zune_jpeg::JpegDecoder;
use zune_jpeg::errors::DecodeErrors;

use super::pixels::{Layout, Sample, to_luma};
use super::{Kind, Limits, Picture, PictureError};
use crate::orientation::Orientation;

/// Bytes that zune-jpeg needs for each pixel of the worst kind: three 16-bit coefficients of a
/// progressive file, and RGB.
const BYTES_PER_PIXEL: u64 = 9;

pub(super) fn decode(bytes: &[u8], _kind: Kind, limits: &Limits) -> Result<Picture, PictureError> {
    match decode_with(bytes, limits, true) {
        Err(Failure::Header(_)) => {
            // Strictness also refuses harmless oddities in front of the picture.
            let mut picture = decode_with(bytes, limits, false).map_err(Failure::into_error)?;
            picture.truncated = !ends_properly(bytes);
            Ok(picture)
        }
        Err(Failure::Body(strict)) => {
            let mut picture = decode_with(bytes, limits, false)
                .map_err(|_lenient| Failure::Body(strict).into_error())?;
            picture.truncated = true;
            Ok(picture)
        }
        other => other.map_err(Failure::into_error),
    }
}

enum Failure {
    Refused(PictureError),
    Header(DecodeErrors),
    Body(DecodeErrors),
}

impl Failure {
    fn into_error(self) -> PictureError {
        match self {
            Self::Refused(error) => error,
            Self::Header(error) | Self::Body(error) => match error {
                DecodeErrors::Unsupported(scheme) => {
                    PictureError::Unsupported(format!("{scheme:?}"))
                }
                DecodeErrors::ExhaustedData | DecodeErrors::IoErrors(_) => {
                    PictureError::Truncated(format!("{error:?}"))
                }
                other => PictureError::Damaged(format!("{other:?}")),
            },
        }
    }
}

fn decode_with(bytes: &[u8], limits: &Limits, strict: bool) -> Result<Picture, Failure> {
    let options = DecoderOptions::default()
        .set_strict_mode(strict)
        .set_max_width(usize::MAX)
        .set_max_height(usize::MAX);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(bytes), options);
    decoder.decode_headers().map_err(Failure::Header)?;
    let (width, height) = decoder.dimensions().unwrap_or((0, 0));
    let (width, height) = (width as u64, height as u64);
    limits.check(width, height, BYTES_PER_PIXEL).map_err(Failure::Refused)?;
    let grey = decoder.input_colorspace() == Some(ColorSpace::Luma);
    let wanted = if grey { ColorSpace::Luma } else { ColorSpace::RGB };
    decoder.set_options(decoder.options().jpeg_set_out_colorspace(wanted));
    let samples = decoder.decode().map_err(Failure::Body)?;
    let layout = Layout { channels: if grey { 1 } else { 3 }, sample: Sample::U8 };
    let exif = decoder.exif().and_then(|exif| ExifOrientation::from_exif_chunk(exif));
    let exif_orientation = exif.map(ExifOrientation::to_exif);
    let luma = to_luma(width, height, layout, samples).ok_or_else(|| {
        Failure::Refused(PictureError::Damaged("fewer pixels than the header says".to_owned()))
    })?;
    Ok(Picture {
        luma,
        exif_orientation,
        shown: exif_orientation.and_then(Orientation::from_exif).unwrap_or(Orientation::Upright),
        truncated: false,
        more_pictures: false,
    })
}

/// Whether there is an end marker after the first start of scan. (Before it there may be one that
/// belongs to a thumbnail.)
fn ends_properly(bytes: &[u8]) -> bool {
    let mut at = 2;
    // Segments: FF, marker, length of two bytes that counts itself.
    while let Some(&[0xff, marker, high, low]) = bytes.get(at..at + 4) {
        if marker == 0xda {
            return bytes[at..].windows(2).any(|pair| pair == [0xff, 0xd9]);
        }
        at += if marker == 0xff { 1 } else { 2 + usize::from(u16::from_be_bytes([high, low])) };
    }
    false
}
