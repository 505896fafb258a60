//! `broken/`: cut, damaged, misnamed and lying files.

use crate::catalogue::FORMATS;
use crate::dice::Dice;
use crate::encode::{self, JpegStyle};
use crate::output::Folder;
use crate::png_parts::{self, Chunk};
use crate::scene::{Kind, draw};
use anyhow::{Context, Result};
use image::{DynamicImage, GrayImage, ImageFormat, Luma, Rgb, RgbImage};

/// Writes the folder.
pub(crate) fn write_broken(fixtures: &Folder) -> Result<()> {
    let folder = fixtures.below("broken");
    let small = draw(FORMATS.kind, FORMATS.seed, 160, 120).to_rgb();
    write_cut(&folder, &small)?;
    write_damaged(&folder, &small)?;
    write_claims(&folder)?;
    write_too_small(&folder)?;
    write_misnamed(&folder, &small)
}

/// Files that end too early.
fn write_cut(folder: &Folder, small: &RgbImage) -> Result<()> {
    let jpeg = JpegStyle::usual(85).colour(small)?;
    let progressive = JpegStyle { progressive: true, ..JpegStyle::usual(85) }.colour(small)?;
    let png = png_parts::split_pixels(&encode::png(small)?, 2048);
    for percent in [20, 50, 90] {
        folder.write(&format!("cut-{percent}.jpg"), cut(&jpeg, percent))?;
        folder.write(&format!("cut-{percent}.png"), cut(&png, percent))?;
    }
    folder.write("cut-50-progressive.jpg", cut(&progressive, 50))?;
    let picture = DynamicImage::ImageRgb8(small.clone());
    folder.write("cut-60.gif", cut(&encode::plain(&picture, ImageFormat::Gif)?, 60))?;
    folder.write("cut-60.webp", cut(&encode::webp(small)?, 60))?;
    folder.write("cut-60.bmp", cut(&encode::plain(&picture, ImageFormat::Bmp)?, 60))?;
    folder.write("only-magic.jpg", [0xFF, 0xD8, 0xFF])
}

/// The first `percent` of the bytes.
fn cut(bytes: &[u8], percent: usize) -> &[u8] {
    &bytes[..bytes.len() * percent / 100]
}

/// Files with a wrong byte inside.
fn write_damaged(folder: &Folder, small: &RgbImage) -> Result<()> {
    let mut jpeg = JpegStyle::usual(85).colour(small)?;
    let middle = jpeg.len() * 6 / 10;
    // Not next to a 0xFF, where the flip would make or break a marker.
    let place = (middle..jpeg.len() - 2)
        .find(|&at| jpeg[at - 1..=at + 1].iter().all(|&byte| byte != 0xFF && byte != 0))
        .context("the scan has no plain byte")?;
    jpeg[place] ^= 0x10;
    folder.write("flipped-byte.jpg", jpeg)?;

    let mut png = encode::png(small)?;
    // The last 12 bytes are IEND; before them stands the checksum of the last IDAT.
    let checksum = png.len() - 13;
    png[checksum] ^= 0xFF;
    folder.write("wrong-crc.png", png)
}

/// Small files whose header claims a huge picture.
fn write_claims(folder: &Folder) -> Result<()> {
    let flat = RgbImage::from_pixel(16, 16, Rgb([90, 120, 150]));
    let mut jpeg = JpegStyle::fine(75).colour(&flat)?;
    let frame = marker(&jpeg, 0xC0).context("no SOF0 in the JPEG")?;
    let scan = marker(&jpeg, 0xDA).context("no SOS in the JPEG")?;
    jpeg[frame + 5..frame + 7].copy_from_slice(&13_000u16.to_be_bytes());
    jpeg[frame + 7..frame + 9].copy_from_slice(&13_000u16.to_be_bytes());
    let scan_length = usize::from(u16::from_be_bytes([jpeg[scan + 2], jpeg[scan + 3]]));
    jpeg.truncate(scan + 2 + scan_length);
    jpeg.extend([0xFF, 0xD9]);
    folder.write("claims-13000x13000.jpg", jpeg)?;

    let header = png_parts::header((60_000, 60_000), 8, 2, false);
    let pixels = Chunk { kind: *b"IDAT", data: png_parts::zlib_stored(&[0; 64]) };
    let end = Chunk { kind: *b"IEND", data: Vec::new() };
    folder.write("claims-60000x60000.png", png_parts::assemble(&[header, pixels, end]))
}

/// Where in a JPEG the marker `FF code` stands, going from segment to segment.
fn marker(jpeg: &[u8], code: u8) -> Option<usize> {
    let mut at = 2;
    while at + 4 <= jpeg.len() && jpeg[at] == 0xFF {
        if jpeg[at + 1] == code {
            return Some(at);
        }
        at += 2 + usize::from(u16::from_be_bytes([jpeg[at + 2], jpeg[at + 3]]));
    }
    None
}

/// Pictures too small to hash, or just large enough.
fn write_too_small(folder: &Folder) -> Result<()> {
    for side in [4, 5] {
        let picture = draw(Kind::Mosaic, 3, side, side).to_rgb();
        folder.write(&format!("tiny-{side}x{side}.png"), encode::png(&picture)?)?;
    }
    let dot = DynamicImage::ImageLuma8(GrayImage::from_pixel(1, 1, Luma([200])));
    let dot = DynamicImage::ImageRgb8(dot.to_rgb8());
    folder.write("tiny-1x1.gif", encode::plain(&dot, ImageFormat::Gif)?)
}

/// Whole files under the wrong name, and files that are no pictures at all.
fn write_misnamed(folder: &Folder, small: &RgbImage) -> Result<()> {
    folder.write("photo.jpg", encode::png(small)?)?;
    folder.write("document.pdf", JpegStyle::usual(85).colour(small)?)?;
    folder.write("empty.jpg", [])?;
    folder.write("notes.jpg", "These are notes about bread, not a picture.\n")?;
    let mut dice = Dice::new(0x40_15E5);
    let noise: Vec<u8> = (0..512).map(|_| dice.bits() as u8).collect();
    folder.write("noise.bin", noise)
}
