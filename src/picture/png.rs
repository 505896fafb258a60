//! PNG: strictly first, then leniently, so that a cut or damaged file is hashed as far as it goes
//! and says so.
//!
//! Leniently, checksums are not looked at, and of an interlaced picture the pixels of its first
//! passes stand for those around them.

use std::io::{Cursor, ErrorKind};

use image::metadata::Orientation as ExifOrientation;
use png::{BitDepth, ColorType, DecodingError, InterlaceInfo, Reader, Transformations};

use super::pixels::{Layout, Sample, to_luma};
use super::rows::{self, Rows, without};
use super::{Decoded, Detail, Kind, Limits, Picture, PictureError, hollow};
use crate::luma::Luma;
use crate::orientation::Orientation;

pub(super) fn decode(
    bytes: &[u8],
    _kind: Kind,
    limits: &Limits,
    detail: Detail,
) -> Result<Picture, PictureError> {
    refuse_hollow(bytes)?;
    let strict = attempt(bytes, limits, detail, true);
    if strict.as_ref().is_ok_and(|picture| !picture.truncated) {
        return strict;
    }
    match (strict, attempt(bytes, limits, detail, false)) {
        (_, Ok(lenient)) => Ok(Picture { truncated: true, ..lenient }),
        (strict, Err(_lenient)) => strict,
    }
}

/// Sources: PNG 3rd edition, 11.2.1 (IHDR) and 9.2 (a byte for the filter of each row).
fn refuse_hollow(bytes: &[u8]) -> Result<(), PictureError> {
    let Some(&[w3, w2, w1, w0, h3, h2, h1, h0, depth, colour]) =
        bytes.get(16..).and_then(|header| header.first_chunk())
    else {
        return Ok(());
    };
    let channels = match colour {
        2 => 3,
        4 => 2,
        6 => 4,
        _ => 1,
    };
    let size = [[w3, w2, w1, w0], [h3, h2, h1, h0]].map(|side| u64::from(u32::from_be_bytes(side)));
    let [width, height] = size;
    let row = 1 + (width * channels * u64::from(depth)).div_ceil(8);
    hollow::refuse((width, height), hollow::in_deflated(bytes.len()), row.saturating_mul(height))
}

/// Decodes as far as it goes; `truncated` says whether that was not all, or checksums were wrong.
fn attempt(
    bytes: &[u8],
    limits: &Limits,
    detail: Detail,
    strict: bool,
) -> Result<Picture, PictureError> {
    let max = usize::try_from(limits.max_memory).unwrap_or(usize::MAX);
    let mut decoder = png::Decoder::new_with_limits(Cursor::new(bytes), png::Limits { bytes: max });
    decoder.set_transformations(Transformations::EXPAND);
    // Neither is looked at, and both may inflate to any size.
    decoder.set_ignore_text_chunk(true);
    decoder.set_ignore_iccp_chunk(true);
    decoder.ignore_checksums(!strict);
    let reader = decoder.read_info().map_err(|problem| error(&problem, limits))?;
    let info = reader.info();
    let exif = info.exif_metadata.as_ref().and_then(|exif| ExifOrientation::from_exif_chunk(exif));
    let exif_orientation = exif.map(ExifOrientation::to_exif).filter(|&value| value != 1);
    let more_pictures = info.animation_control.is_some();
    let layout = layout(&reader)?;
    let gathered = if info.interlaced {
        interlaced(reader, layout, limits, strict)?
    } else {
        straight(reader, layout, limits, detail)?
    };
    Ok(Picture {
        luma: gathered.luma,
        decoded: gathered.decoded,
        share: Some(gathered.share),
        exif_orientation,
        shown: exif_orientation.and_then(Orientation::from_exif).unwrap_or(Orientation::Upright),
        truncated: !gathered.complete,
        more_pictures,
    })
}

type File<'a> = Reader<Cursor<&'a [u8]>>;

struct Gathered {
    luma: Luma,
    decoded: Decoded,
    share: f64,
    complete: bool,
}

fn layout(reader: &File<'_>) -> Result<Layout, PictureError> {
    let (colour, depth) = reader.output_color_type();
    let sample = match depth {
        BitDepth::Eight => Sample::U8,
        BitDepth::Sixteen => Sample::U16,
        _ => return Err(PictureError::Unsupported(format!("{depth:?} bits a sample"))),
    };
    let channels = match colour {
        ColorType::Grayscale | ColorType::Indexed => 1,
        ColorType::GrayscaleAlpha => 2,
        ColorType::Rgb => 3,
        ColorType::Rgba => 4,
    };
    Ok(Layout { channels, sample })
}

/// Row by row.
fn straight(
    mut reader: File<'_>,
    layout: Layout,
    limits: &Limits,
    detail: Detail,
) -> Result<Gathered, PictureError> {
    let (width, height) = size(&reader);
    let scale = rows::scale_for(width, height, detail);
    limits.check_bytes(width, height, rows::needed(width, height, layout, scale))?;
    let (columns, lines) = in_memory(width, height)?;
    let mut rows = Rows::new(columns, lines, layout, scale);
    let mut row = vec![0; columns.saturating_mul(layout.bytes())];
    let ended = loop {
        match reader.read_row(&mut row) {
            Ok(Some(_)) => {
                to_native(&mut row, layout);
                rows.take(&row);
            }
            Ok(None) => break Ok(()),
            Err(problem) => break Err(error(&problem, limits)),
        }
    };
    let (share, decoded) = (rows.share(), rows.decoded());
    let complete = ended_well(ended, rows.share() > 0.0, (width, height))?;
    let luma = rows.finish().ok_or_else(too_few)?;
    Ok(Gathered { luma, decoded, share, complete })
}

/// Pass by pass. Adam7's first pass has one pixel for each block of 8x8 (PNG 3rd edition, 8.1): as
/// far as it goes, the picture is there, if coarsely.
fn interlaced(
    mut reader: File<'_>,
    layout: Layout,
    limits: &Limits,
    strict: bool,
) -> Result<Gathered, PictureError> {
    let (width, height) = size(&reader);
    limits.check(width, height, (layout.bytes() + layout.kept()) as u64)?;
    let (columns, lines) = in_memory(width, height)?;
    let stride = columns.saturating_mul(layout.bytes());
    let mut samples = vec![0; stride.saturating_mul(lines)];
    let bits = u8::try_from(8 * layout.bytes()).unwrap_or(u8::MAX);
    let put = if strict { png::expand_interlaced_row } else { png::splat_interlaced_row };
    let mut taken: usize = 0;
    let ended = loop {
        match reader.next_interlaced_row() {
            Ok(Some(row)) => {
                if let InterlaceInfo::Adam7(place) = row.interlace() {
                    put(&mut samples, stride, row.data(), place, bits);
                }
                taken += 1;
            }
            Ok(None) => break Ok(()),
            Err(problem) => break Err(error(&problem, limits)),
        }
    };
    let complete = ended_well(ended, taken > 0, (width, height))?;
    to_native(&mut samples, layout);
    let mut luma = to_luma(width, height, layout, samples).ok_or_else(too_few)?;
    let covered = taken.saturating_mul(8).min(lines);
    if covered < lines {
        let there: Vec<bool> = (0..lines).map(|line| line < covered).collect();
        luma = without(&luma, &there).ok_or_else(too_few)?;
    }
    #[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
    let share = covered as f64 / lines as f64;
    Ok(Gathered { luma, decoded: Decoded::Full, share, complete })
}

/// Whether all came, if `any` did; of a picture of this size of which nothing came there is only why.
fn ended_well(
    ended: Result<(), PictureError>,
    any: bool,
    (width, height): (u64, u64),
) -> Result<bool, PictureError> {
    match ended {
        Err(problem) if !any => Err(problem.of_nothing(width, height)),
        ended => Ok(ended.is_ok()),
    }
}

fn size(reader: &File<'_>) -> (u64, u64) {
    let (width, height) = reader.info().size();
    (width.into(), height.into())
}

/// The sides as numbers of what is in memory.
fn in_memory(width: u64, height: u64) -> Result<(usize, usize), PictureError> {
    match (usize::try_from(width), usize::try_from(height)) {
        (Ok(width), Ok(height)) if width > 0 && height > 0 => Ok((width, height)),
        _ => Err(too_few()),
    }
}

/// PNG's samples are big-endian.
fn to_native(samples: &mut [u8], layout: Layout) {
    if layout.sample == Sample::U16 {
        for two in samples.as_chunks_mut::<2>().0 {
            *two = u16::from_be_bytes(*two).to_ne_bytes();
        }
    }
}

fn too_few() -> PictureError {
    PictureError::Damaged("fewer pixels than the header says".to_owned())
}

fn error(problem: &DecodingError, limits: &Limits) -> PictureError {
    match problem {
        DecodingError::IoError(io) if io.kind() == ErrorKind::UnexpectedEof => {
            PictureError::Truncated(io.to_string())
        }
        DecodingError::LimitsExceeded => {
            PictureError::LibraryLimit { what: problem.to_string(), limit: limits.max_memory }
        }
        other => PictureError::Damaged(other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A PNG of 130 times 90 colours that are no two alike nearby.
    fn drawn(interlaced: bool) -> (Vec<u8>, Vec<u8>) {
        let level = |k: usize| {
            let (x, y, channel) = (k / 3 % 130, k / 390, k % 3);
            u8::try_from((x * x / 90 + y * (3 + channel) + (x / 13 + y / 17) % 5 * 31) % 256)
                .unwrap()
        };
        let pixels: Vec<u8> = (0..130 * 90 * 3).map(level).collect();
        let mut bytes = Vec::new();
        let mut encoder = png::Encoder::new(&mut bytes, 130, 90);
        encoder.set_color(ColorType::Rgb);
        // The encoder writes no passes, but what it would write for them can be made of rows.
        encoder.set_filter(png::Filter::NoFilter);
        let mut writer = encoder.write_header().unwrap();
        writer.write_image_data(&pixels).unwrap();
        writer.finish().unwrap();
        if interlaced {
            bytes = passes(&pixels);
        }
        (bytes, pixels)
    }

    /// The same pixels in seven passes, each with places and steps of columns and rows.
    fn passes(pixels: &[u8]) -> Vec<u8> {
        const PASSES: [[usize; 4]; 7] = [
            [0, 8, 0, 8],
            [4, 8, 0, 8],
            [0, 4, 4, 8],
            [2, 4, 0, 4],
            [0, 2, 2, 4],
            [1, 2, 0, 2],
            [0, 1, 1, 2],
        ];
        let mut raw = Vec::new();
        for [left, across, top, down] in PASSES {
            for y in (top..90).step_by(down) {
                raw.push(0);
                for x in (left..130).step_by(across) {
                    raw.extend(&pixels[3 * (y * 130 + x)..][..3]);
                }
            }
        }
        let mut data = vec![0x78, 1];
        for (number, piece) in raw.chunks(60_000).enumerate() {
            let length = u16::try_from(piece.len()).unwrap();
            data.push(u8::from((number + 1) * 60_000 >= raw.len()));
            data.extend([length.to_le_bytes(), (!length).to_le_bytes()].concat());
            data.extend(piece);
        }
        let header = [&[0, 0, 0, 130, 0, 0, 0, 90][..], &[8, 2, 0, 0, 1]].concat();
        let mut bytes = b"\x89PNG\r\n\x1a\n".to_vec();
        for (name, data) in [(b"IHDR", header), (b"IDAT", data), (b"IEND", Vec::new())] {
            bytes.extend(u32::try_from(data.len()).unwrap().to_be_bytes());
            bytes.extend(name);
            bytes.extend(data);
            // No checksum is right: leniently they do not matter.
            bytes.extend([0; 4]);
        }
        bytes
    }

    fn decoded(bytes: &[u8]) -> Picture {
        decode(bytes, Kind::Png, &Limits::default(), Detail::Luma).unwrap()
    }

    #[test]
    fn rows_that_are_there_are_exact_and_the_others_mid_grey() {
        let (bytes, pixels) = drawn(false);
        let whole = decoded(&bytes);
        assert!(!whole.truncated && whole.luma.bytes() == pixels);
        let cut = decoded(&bytes[..bytes.len() * 7 / 10]);
        let share = cut.share.unwrap();
        assert!(cut.truncated && (0.5..0.9).contains(&share), "{share}");
        let there = (share * 90.0).round();
        assert!((there / 90.0 - share).abs() < 1e-9, "whole rows");
        let differs = |y: &usize| cut.luma.row(*y) != whole.luma.row(*y);
        let first = (0..90).find(differs).unwrap();
        assert!((f64::from(u32::try_from(first).unwrap()) - there).abs() < 1e-9);
        assert!(cut.luma.row(89).iter().all(|&level| level == rows::MID_GREY));
    }

    #[test]
    fn an_interlaced_picture_is_there_coarsely_after_its_first_pass() {
        let (bytes, pixels) = drawn(true);
        let whole = decoded(&bytes);
        assert!(whole.truncated && whole.share == Some(1.0), "its checksums are wrong");
        assert!(whole.luma.bytes() == pixels);
        let coarse = decoded(&bytes[..bytes.len() * 3 / 10]);
        assert_eq!((coarse.truncated, coarse.share), (true, Some(1.0)));
        for (x, y) in [(0, 0), (64, 40), (128, 88)] {
            let at =
                |picture: &Picture, x: usize, y: usize| picture.luma.row(y)[3 * x..][..3].to_vec();
            assert_eq!(at(&coarse, x, y), at(&whole, x, y), "{x}, {y}");
        }
        let hardly = decoded(&bytes[..300]);
        assert!(hardly.share.is_some_and(|share| share < 0.5), "{:?}", hardly.share);
    }

    #[test]
    fn what_cannot_be_there_is_not_looked_for() {
        let (mut bytes, _) = drawn(false);
        bytes[16..24].copy_from_slice(&[0, 1, 0, 0, 0, 1, 0, 0]);
        let refused = decode(&bytes, Kind::Png, &Limits::default(), Detail::Luma).unwrap_err();
        let PictureError::Partial { width, height, share } = refused else { panic!("{refused}") };
        assert_eq!((width, height), (65_536, 65_536));
        assert!(share > 0.0 && share < 0.01, "{share}");
    }
}
