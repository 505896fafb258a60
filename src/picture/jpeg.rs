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
    let layout = Segments::read(bytes);
    match decode_with(layout.without_end(bytes), limits, true) {
        Err(Failure::Header(_)) => {
            // Strictness also refuses harmless oddities in front of the picture.
            let mut picture = decode_with(bytes, limits, false).map_err(Failure::into_error)?;
            picture.truncated = layout.end.is_none();
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

/// Refuses a picture of which less than a twentieth can be there, however it is coded: each block of
/// 8x8 pixels takes at least one bit (the shortest code of its constant term, ITU-T T.81, F.1.2.1).
/// Otherwise a few hundred bytes could have gigabytes of filling decoded.
fn refuse_hollow(width: u64, height: u64, bytes: usize) -> Result<(), PictureError> {
    let blocks = width * height / 64;
    if blocks > 20 * 8 * bytes as u64 {
        let what = format!("{bytes} bytes for {width}x{height} pixels");
        return Err(PictureError::Truncated(what));
    }
    Ok(())
}

/// The frame of markers around the coded data (ITU-T T.81, annex B).
struct Segments {
    /// How many scans there are, as far as the data go.
    scans: usize,
    /// Where the end marker stands, if there is one.
    end: Option<usize>,
}

impl Segments {
    fn read(bytes: &[u8]) -> Self {
        let mut found = Self { scans: 0, end: None };
        let mut at = 2;
        while let Some(&[0xff, marker]) = bytes.get(at..at + 2) {
            let length = bytes.get(at + 2..at + 4).map(|two| u16::from_be_bytes([two[0], two[1]]));
            match (marker, length) {
                // Any number of FF may stand before a marker; markers without a length.
                (0xff, _) => at += 1,
                (0x01 | 0xd0..=0xd8, _) => at += 2,
                (0xd9, _) => {
                    found.end = Some(at);
                    return found;
                }
                (_, None) => return found,
                (0xda, Some(length)) => {
                    found.scans += 1;
                    at = after_coded_data(bytes, at + 2 + usize::from(length));
                }
                (_, Some(length)) => at += 2 + usize::from(length),
            }
        }
        found
    }

    /// The bytes up to the end marker. A cut file that was given a new end marker, as programs that
    /// carve files do, is not told from a whole one while the marker is there; without it, whole
    /// data are still decoded in strict mode and cut ones are not. That holds for one scan only.
    fn without_end<'a>(&self, bytes: &'a [u8]) -> &'a [u8] {
        match self.end {
            Some(end) if self.scans == 1 => &bytes[..end],
            _ => bytes,
        }
    }
}

/// The place of the first marker behind the coded data that begin at `start`.
fn after_coded_data(bytes: &[u8], start: usize) -> usize {
    let data = bytes.get(start..).unwrap_or_default();
    // Within coded data FF is followed by 00, or by the number of a restart.
    let marker =
        |&at: &usize| data.get(at + 1).is_some_and(|next| !matches!(next, 0 | 0xd0..=0xd7));
    memchr::memchr_iter(0xff, data).find(marker).map_or(bytes.len(), |at| start + at)
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
                    PictureError::Truncated(format!("{error:?}").trim().to_owned())
                }
                other => PictureError::Damaged(format!("{other:?}").trim().to_owned()),
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
    refuse_hollow(width, height, bytes.len()).map_err(Failure::Refused)?;
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

#[cfg(test)]
mod tests {
    use super::*;

    /// A JPEG of 64x48 pixels, one scan or several.
    fn jpeg(progressive: bool) -> Vec<u8> {
        let pixel = |k: usize| u8::try_from((k * k / 97 + k / 7) % 256).unwrap();
        let pixels: Vec<u8> = (0..64 * 48 * 3).map(pixel).collect();
        let mut bytes = Vec::new();
        let mut encoder = jpeg_encoder::Encoder::new(&mut bytes, 90);
        encoder.set_progressive(progressive);
        encoder.encode(&pixels, 64, 48, jpeg_encoder::ColorType::Rgb).unwrap();
        bytes
    }

    fn truncated(bytes: &[u8]) -> bool {
        decode(bytes, Kind::Jpeg, &Limits::default()).unwrap().truncated
    }

    #[test]
    fn a_cut_picture_is_truncated_also_with_an_end_marker_put_behind_it() {
        let whole = jpeg(false);
        let mut cut = whole[..whole.len() * 7 / 10].to_vec();
        assert!(!truncated(&whole) && truncated(&cut));
        cut.extend([0xff, 0xd9]);
        assert!(truncated(&cut));
    }

    #[test]
    fn what_stands_behind_the_end_marker_does_not_matter() {
        for progressive in [false, true] {
            let mut bytes = jpeg(progressive);
            bytes.extend(b"more \xff\xd8\xff\xda of it");
            assert!(!truncated(&bytes));
        }
    }

    #[test]
    fn a_whole_picture_whose_end_marker_alone_is_missing_is_not_truncated() {
        let bytes = jpeg(false);
        assert!(!truncated(&bytes[..bytes.len() - 2]));
    }

    #[test]
    fn a_limit_is_told_before_anything_is_decoded() {
        let limits = Limits { max_pixels: 64 * 48 - 1, ..Limits::default() };
        let error = decode(&jpeg(false), Kind::Jpeg, &limits).unwrap_err();
        assert!(matches!(error, PictureError::TooManyPixels { width: 64, height: 48, .. }));
    }
}
