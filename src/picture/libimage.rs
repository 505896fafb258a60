//! Every kind that the crate `image` decodes.

use std::error::Error;
use std::io::{Cursor, ErrorKind};

use image::codecs::{bmp, dds, farbfeld, gif, hdr, ico, png, pnm, qoi, tga, tiff, webp};
use image::{AnimationDecoder, ColorType, ImageDecoder, ImageError};

use super::pixels::{Layout, Sample, to_luma};
use super::{Decoded, Detail, Kind, Limits, Picture, PictureError, tiff as tiff_directory};
use crate::orientation::Orientation;

pub(super) fn decode(
    bytes: &[u8],
    kind: Kind,
    limits: &Limits,
    _detail: Detail,
) -> Result<Picture, PictureError> {
    let error = |problem| error(problem, limits);
    let (mut decoder, more_pictures) = open(bytes, kind, limits).map_err(error)?;
    let (width, height) = decoder.dimensions();
    let (width, height) = (u64::from(width), u64::from(height));
    let color = decoder.color_type();
    // The decoder's output and its own rows or planes, and our 8-bit copy.
    limits.check(width, height, 2 * u64::from(color.bytes_per_pixel()) + 3)?;
    decoder.set_limits(library_limits(limits)).map_err(error)?;
    // A broken EXIF block does not make the picture unreadable: it then has no orientation.
    let exif_orientation = match decoder.orientation() {
        Ok(orientation) => Some(orientation.to_exif()).filter(|&value| value != 1),
        Err(_unreadable) => None,
    };
    let mut samples = vec![0; usize::try_from(decoder.total_bytes()).unwrap_or(usize::MAX)];
    let mut truncated = false;
    if let Err(problem) = decoder.read_image_boxed(&mut samples) {
        let problem = error(problem);
        if !keeps_rows(kind) || samples.iter().all(|&sample| sample == 0) {
            return Err(problem);
        }
        truncated = true;
    }
    let layout = layout(color);
    if truncated && layout.sample == Sample::U16 && cfg!(target_endian = "little") {
        // PNG's samples are big-endian, and are put right only after the last of them.
        samples.as_chunks_mut::<2>().0.iter_mut().for_each(|sample| sample.reverse());
    }
    let luma = to_luma(width, height, layout, samples)
        .ok_or_else(|| PictureError::Damaged("fewer pixels than the header says".to_owned()))?;
    let shown = exif_orientation.and_then(Orientation::from_exif).unwrap_or(Orientation::Upright);
    Ok(Picture {
        luma,
        decoded: Decoded::Full,
        share: None,
        exif_orientation,
        shown,
        truncated,
        more_pictures,
    })
}

/// Whether rows that were decoded before the data ended are in the caller's buffer.
fn keeps_rows(kind: Kind) -> bool {
    kind == Kind::Png
}

fn library_limits(limits: &Limits) -> image::Limits {
    let mut library = image::Limits::no_limits();
    library.max_alloc = Some(limits.max_memory);
    library
}

type Decoder<'a> = Box<dyn ImageDecoder + 'a>;

/// The decoder of this kind, and whether the file holds further pictures.
fn open<'a>(
    bytes: &'a [u8],
    kind: Kind,
    limits: &Limits,
) -> Result<(Decoder<'a>, bool), ImageError> {
    let cursor = Cursor::new(bytes);
    Ok(match kind {
        Kind::Png => {
            let decoder = png::PngDecoder::with_limits(cursor, library_limits(limits))?;
            let animated = decoder.is_apng()?;
            (Box::new(decoder), animated)
        }
        Kind::Gif => (Box::new(gif::GifDecoder::new(cursor)?), has_second_frame(bytes, limits)),
        Kind::WebP => {
            let decoder = webp::WebPDecoder::new(cursor)?;
            let animated = decoder.has_animation();
            (Box::new(decoder), animated)
        }
        Kind::Tiff => {
            let more = tiff_directory::first_directory(bytes).more;
            (Box::new(tiff::TiffDecoder::new(cursor)?), more)
        }
        Kind::Ico => {
            // Number of pictures: bytes 4 and 5, little-endian.
            let more = bytes.get(4..6).is_some_and(|count| count != [1, 0]);
            (Box::new(ico::IcoDecoder::new(cursor)?), more)
        }
        Kind::Bmp => (Box::new(bmp::BmpDecoder::new(cursor)?), false),
        Kind::Pnm => (Box::new(pnm::PnmDecoder::new(cursor)?), false),
        Kind::Tga => (Box::new(tga::TgaDecoder::new(cursor)?), false),
        Kind::Qoi => (Box::new(qoi::QoiDecoder::new(cursor)?), false),
        Kind::Dds => (Box::new(dds::DdsDecoder::new(cursor)?), false),
        Kind::Farbfeld => (Box::new(farbfeld::FarbfeldDecoder::new(cursor)?), false),
        Kind::Hdr => (Box::new(hdr::HdrDecoder::new(cursor)?), false),
        Kind::Jpeg | Kind::Heic => unreachable!("these kinds have decoders of their own"),
    })
}

/// Whether a GIF has another frame after its first. One that can't be decoded counts, too.
fn has_second_frame(bytes: &[u8], limits: &Limits) -> bool {
    let Ok(mut decoder) = gif::GifDecoder::new(Cursor::new(bytes)) else { return false };
    let (width, height) = decoder.dimensions();
    let affordable = limits.check(u64::from(width), u64::from(height), 12).is_ok();
    affordable
        && decoder.set_limits(library_limits(limits)).is_ok()
        && decoder.into_frames().nth(1).is_some()
}

fn layout(color: ColorType) -> Layout {
    let sample = match color.bytes_per_pixel() / color.channel_count() {
        1 => Sample::U8,
        2 => Sample::U16,
        _ => Sample::F32,
    };
    Layout { channels: usize::from(color.channel_count()), sample }
}

/// Whether the cause of all causes is that the data end.
fn ends_early(error: &ImageError) -> bool {
    let mut cause = error.source();
    while let Some(error) = cause {
        match error.downcast_ref::<std::io::Error>() {
            Some(io) if io.kind() == ErrorKind::UnexpectedEof => return true,
            _ => cause = error.source(),
        }
    }
    false
}

fn error(error: ImageError, limits: &Limits) -> PictureError {
    match error {
        ImageError::Limits(what) => {
            PictureError::LibraryLimit { what: what.to_string(), limit: limits.max_memory }
        }
        ImageError::Unsupported(what) => PictureError::Unsupported(what.to_string()),
        ImageError::IoError(io) if io.kind() == ErrorKind::UnexpectedEof => {
            PictureError::Truncated(io.to_string())
        }
        other if ends_early(&other) => PictureError::Truncated(other.to_string()),
        other => PictureError::Damaged(other.to_string()),
    }
}
