//! Parts of files: what the generators have in common.

use std::io::Cursor;

use image::{DynamicImage, ImageFormat, RgbImage};
use jpeg_encoder::{ColorType, Encoder};

/// A drawing that no two parts of are alike.
pub(crate) fn drawing(width: u32, height: u32) -> RgbImage {
    let level = |x: u32, y: u32, phase: f32| {
        let (x, y) = (f32::from(u16::try_from(x).unwrap()), f32::from(u16::try_from(y).unwrap()));
        let wave = (x * x / 900.0 + y / 7.0 + phase).sin() * (y * y / 1100.0 + x / 31.0).cos();
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 255")]
        let level = (127.5 + 127.0 * wave) as u8;
        level
    };
    RgbImage::from_fn(width, height, |x, y| {
        image::Rgb([level(x, y, 0.0), level(x, y, 0.5), level(x, y, 1.0)])
    })
}

/// The drawing in a format, of 96 times 72 pixels.
pub(crate) fn small(format: ImageFormat) -> Vec<u8> {
    saved(DynamicImage::ImageRgb8(drawing(96, 72)), format)
}

pub(crate) fn saved(picture: DynamicImage, format: ImageFormat) -> Vec<u8> {
    let picture = match format {
        ImageFormat::Farbfeld => picture.into_rgba16().into(),
        ImageFormat::Hdr => picture.into_rgb32f().into(),
        _ => picture,
    };
    let mut bytes = Vec::new();
    picture.write_to(&mut Cursor::new(&mut bytes), format).unwrap();
    bytes
}

pub(crate) fn jpeg(progressive: bool) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, 80);
    encoder.set_progressive(progressive);
    encoder.encode(&drawing(96, 72), 96, 72, ColorType::Rgb).unwrap();
    bytes
}

/// The place of some bytes in others.
pub(crate) fn find(bytes: &[u8], what: &[u8]) -> usize {
    bytes.windows(what.len()).position(|window| window == what).unwrap()
}

/// Puts some bytes in place of others.
pub(crate) fn put(bytes: &mut [u8], at: usize, what: &[u8]) {
    bytes[at..at + what.len()].copy_from_slice(what);
}

/// A PNG's checksum (PNG 3rd edition, annex D).
fn crc(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |crc: u32, &byte| {
        (0..8).fold(crc ^ u32::from(byte), |crc, _| {
            crc >> 1 ^ (0xedb8_8320 & (crc & 1).wrapping_neg())
        })
    })
}

/// A chunk of a PNG, whole.
pub(crate) fn chunk(name: [u8; 4], data: &[u8]) -> Vec<u8> {
    let mut bytes = u32::try_from(data.len()).unwrap().to_be_bytes().to_vec();
    bytes.extend(name);
    bytes.extend(data);
    bytes.extend(crc(&bytes[4..]).to_be_bytes());
    bytes
}

/// The chunks of a PNG: names and data.
pub(crate) fn chunks(png: &[u8]) -> Vec<([u8; 4], Vec<u8>)> {
    let mut chunks = Vec::new();
    let mut at = 8;
    while at < png.len() {
        let length = u32::from_be_bytes(png[at..at + 4].try_into().unwrap()) as usize;
        chunks
            .push((png[at + 4..at + 8].try_into().unwrap(), png[at + 8..at + 8 + length].to_vec()));
        at += 12 + length;
    }
    chunks
}

/// A PNG of these chunks.
pub(crate) fn png(chunks: &[([u8; 4], Vec<u8>)]) -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n".to_vec();
    bytes.extend(chunks.iter().flat_map(|(name, data)| chunk(*name, data)));
    bytes
}

/// A TIFF, little-endian, of one directory: tags with one long each; the next directory is at
/// `next`, and what comes behind stands at byte 200.
pub(crate) fn tiff(tags: &[(u16, u32)], next: u32, behind: &[u8]) -> Vec<u8> {
    let mut bytes = b"II*\0\x08\0\0\0".to_vec();
    bytes.extend(u16::try_from(tags.len()).unwrap().to_le_bytes());
    for (tag, value) in tags {
        bytes.extend(tag.to_le_bytes());
        bytes.extend([4, 0, 1, 0, 0, 0]);
        bytes.extend(value.to_le_bytes());
    }
    bytes.extend(next.to_le_bytes());
    bytes.resize(200, 0);
    bytes.extend(behind);
    bytes
}
