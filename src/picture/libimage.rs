//! Every kind that the crate `image` decodes.

use std::error::Error;
use std::io::{Cursor, ErrorKind};

use image::codecs::{bmp, dds, farbfeld, hdr, ico, pnm, qoi, tga, tiff, webp};
use image::{ColorType, ImageDecoder, ImageError};

use super::pixels::{Layout, Sample, to_luma};
use super::salvage::salvage;
use super::{Decoded, Detail, Kind, Limits, Picture, PictureError, hollow, tiff as tiff_directory};
use crate::orientation::Orientation;

pub(super) fn decode(
    bytes: &[u8],
    kind: Kind,
    limits: &Limits,
    _detail: Detail,
) -> Result<Picture, PictureError> {
    let error = |problem| error(problem, limits);
    let (mut decoder, more_pictures) = open(bytes, kind).map_err(error)?;
    let (width, height) = decoder.dimensions();
    let (width, height) = (u64::from(width), u64::from(height));
    if let Some(most) = hollow::in_other(kind, bytes, width) {
        hollow::refuse((width, height), most, width * height)?;
    }
    let layout = layout(decoder.color_type());
    limits.check(width, height, bytes_per_pixel(kind, layout))?;
    decoder.set_limits(library_limits(limits)).map_err(error)?;
    // A broken EXIF block does not make the picture unreadable: it then has no orientation.
    let exif_orientation = match decoder.orientation() {
        Ok(orientation) => Some(orientation.to_exif()).filter(|&value| value != 1),
        Err(_unreadable) => None,
    };
    let mut samples = vec![0; usize::try_from(decoder.total_bytes()).unwrap_or(usize::MAX)];
    let (luma, share, truncated) = match decoder.read_image_boxed(&mut samples) {
        Ok(()) => (to_luma(width, height, layout, samples), None, false),
        Err(problem) => {
            drop(samples);
            let problem = error(problem);
            match salvage(bytes, kind, limits, ((width, height), layout))? {
                Some(left) if left.share > 0.0 => (Some(left.luma), Some(left.share), true),
                Some(_nothing) => return Err(problem.of_nothing(width, height)),
                None => return Err(problem),
            }
        }
    };
    let luma =
        luma.ok_or_else(|| PictureError::Damaged("fewer pixels than the header says".to_owned()))?;
    let shown = exif_orientation.and_then(Orientation::from_exif).unwrap_or(Orientation::Upright);
    Ok(Picture {
        luma,
        decoded: Decoded::Full,
        share,
        exif_orientation,
        shown,
        truncated,
        more_pictures,
    })
}

/// What decoding takes: the decoder's output, its own rows or planes, and our 8-bit copy, as far as
/// they are in memory at the same time.
fn bytes_per_pixel(kind: Kind, layout: Layout) -> u64 {
    use Kind::{Bmp, Dds, Farbfeld, Hdr, Pnm, Qoi, Tga, WebP};
    let (output, kept) = (layout.bytes(), layout.kept());
    let copy = if layout.is_plain() { 0 } else { kept };
    let bytes = match kind {
        Bmp | Dds | Farbfeld | Hdr | Pnm | Qoi => output + copy,
        // The indices into a table of colours, once more.
        Tga => output + output.max(copy),
        // Planes of luma and chroma, or four bytes a pixel.
        WebP => output + 5.max(copy) + if layout.channels == 4 { 2 } else { 0 },
        _ => 2 * output + 3,
    };
    bytes as u64
}

pub(super) fn library_limits(limits: &Limits) -> image::Limits {
    let mut library = image::Limits::no_limits();
    library.max_alloc = Some(limits.max_memory);
    library
}

pub(super) type Decoder<'a> = Box<dyn ImageDecoder + 'a>;

/// The decoder of this kind, and whether the file holds further pictures.
pub(super) fn open(bytes: &[u8], kind: Kind) -> Result<(Decoder<'_>, bool), ImageError> {
    let cursor = Cursor::new(bytes);
    Ok(match kind {
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
        Kind::Jpeg | Kind::Png | Kind::Gif | Kind::Heic => {
            unreachable!("these kinds have decoders of their own")
        }
    })
}

pub(super) fn layout(color: ColorType) -> Layout {
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
