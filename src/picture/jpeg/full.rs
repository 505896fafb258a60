//! JPEG, through `zune-jpeg`: strictly first, then leniently, so that a cut or damaged file is
//! hashed as far as it goes and says so.

use zune_core::bytestream::ZCursor;
use zune_core::colorspace::ColorSpace;
use zune_core::options::DecoderOptions;
use zune_jpeg::JpegDecoder;
use zune_jpeg::errors::DecodeErrors;

use super::super::pixels::{Layout, Sample, to_luma};
use super::super::{Decoded, Limits, Picture, PictureError};
use super::segment::{EOI, SOS, Segments};
use super::{MOST_SCANS, orientation_in, refuse_hollow, shown};

/// Bytes that zune-jpeg needs for each pixel of the worst kind: three 16-bit coefficients of a
/// progressive file, and RGB.
const BYTES_PER_PIXEL: u64 = 9;

/// Decodes all pixels of a picture.
pub(super) fn decode(bytes: &[u8], limits: &Limits) -> Result<Picture, PictureError> {
    let end = Segments::of(bytes).find(|segment| segment.marker == EOI).map(|segment| segment.at);
    if Segments::of(bytes).filter(|segment| segment.marker == SOS).nth(MOST_SCANS).is_some() {
        return Err(PictureError::Damaged(format!("more than {MOST_SCANS} scans")));
    }
    match decode_with(without_end(bytes, end), limits, true) {
        Err(Failure::Header(_)) => {
            // Strictness also refuses harmless oddities in front of the picture.
            let mut picture = decode_with(bytes, limits, false).map_err(Failure::into_error)?;
            picture.truncated = end.is_none();
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

/// The bytes up to the end marker. A cut file that was given a new end marker, as programs that
/// carve files do, is not told from a whole one while the marker is there; without it, whole
/// data are still decoded in strict mode and cut ones are not. That holds for one scan only.
fn without_end(bytes: &[u8], end: Option<usize>) -> &[u8] {
    let scans = Segments::of(bytes).filter(|segment| segment.marker == SOS).count();
    match end {
        Some(end) if scans == 1 => &bytes[..end],
        _ => bytes,
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
    refuse_hollow(width, height, bytes.len()).map_err(Failure::Refused)?;
    limits.check(width, height, BYTES_PER_PIXEL).map_err(Failure::Refused)?;
    let grey = decoder.input_colorspace() == Some(ColorSpace::Luma);
    let wanted = if grey { ColorSpace::Luma } else { ColorSpace::RGB };
    decoder.set_options(decoder.options().jpeg_set_out_colorspace(wanted));
    let samples = decoder.decode().map_err(Failure::Body)?;
    let layout = Layout { channels: if grey { 1 } else { 3 }, sample: Sample::U8 };
    let exif_orientation = decoder.exif().and_then(|exif| orientation_in(exif));
    let luma = to_luma(width, height, layout, samples).ok_or_else(|| {
        Failure::Refused(PictureError::Damaged("fewer pixels than the header says".to_owned()))
    })?;
    Ok(Picture {
        luma,
        decoded: Decoded::Full,
        share: None,
        exif_orientation,
        shown: shown(exif_orientation),
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
        decode(bytes, &Limits::default()).unwrap().truncated
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
        let error = decode(&jpeg(false), &limits).unwrap_err();
        assert!(matches!(error, PictureError::TooManyPixels { width: 64, height: 48, .. }));
    }
}
