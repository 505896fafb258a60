//! Pixels to bytes of a file, in the formats for which there is an encoder.

use anyhow::{Context, Result};
use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::codecs::webp::WebPEncoder;
use image::{DynamicImage, ExtendedColorType, GrayImage, ImageEncoder, ImageFormat, RgbImage};
use jpeg_encoder::{ColorType, Encoder, SamplingFactor};
use std::io::Cursor;

/// How a JPEG is to be written.
#[derive(Debug, Clone, Copy)]
pub(crate) struct JpegStyle {
    /// 1 (small) to 100 (good).
    pub(crate) quality: u8,
    /// How much coarser colour is stored than brightness.
    pub(crate) sampling: SamplingFactor,
    /// Coarse to fine instead of top to bottom.
    pub(crate) progressive: bool,
    /// A restart marker after so many blocks.
    pub(crate) restart: Option<u16>,
    /// EXIF orientation to write, 1 to 8.
    pub(crate) orientation: Option<u8>,
}

impl JpegStyle {
    /// The most usual kind of JPEG: baseline, 4:2:0.
    pub(crate) fn usual(quality: u8) -> Self {
        let sampling = SamplingFactor::R_4_2_0;
        Self { quality, sampling, progressive: false, restart: None, orientation: None }
    }

    /// Baseline, colour as fine as brightness (4:4:4).
    pub(crate) fn fine(quality: u8) -> Self {
        Self { sampling: SamplingFactor::R_4_4_4, ..Self::usual(quality) }
    }

    /// Writes `data`, whose samples are laid out as `colours` says.
    pub(crate) fn write(
        self,
        data: &[u8],
        (width, height): (u32, u32),
        colours: ColorType,
    ) -> Result<Vec<u8>> {
        let mut bytes = Vec::new();
        let mut encoder = Encoder::new(&mut bytes, self.quality);
        encoder.set_sampling_factor(self.sampling);
        encoder.set_progressive(self.progressive);
        if let Some(blocks) = self.restart {
            encoder.set_restart_interval(blocks);
        }
        if let Some(orientation) = self.orientation {
            encoder.add_exif_metadata(&exif_with_orientation(orientation))?;
        }
        let size = (u16::try_from(width)?, u16::try_from(height)?);
        encoder.encode(data, size.0, size.1, colours).context("cannot write a JPEG")?;
        Ok(bytes)
    }

    /// Writes a colour picture.
    pub(crate) fn colour(self, picture: &RgbImage) -> Result<Vec<u8>> {
        self.write(picture.as_raw(), picture.dimensions(), ColorType::Rgb)
    }

    /// Writes a grey picture.
    pub(crate) fn grey(self, picture: &GrayImage) -> Result<Vec<u8>> {
        self.write(picture.as_raw(), picture.dimensions(), ColorType::Luma)
    }
}

/// The smallest EXIF block that says which way up a picture is: one little-endian TIFF directory
/// with one entry, tag 0x0112.
fn exif_with_orientation(orientation: u8) -> Vec<u8> {
    let mut exif = b"II*\0\x08\0\0\0".to_vec();
    exif.extend([1, 0]);
    exif.extend([0x12, 0x01, 3, 0, 1, 0, 0, 0, orientation, 0, 0, 0]);
    exif.extend([0; 4]);
    exif
}

/// A PNG of samples laid out as `colours` says (16-bit samples in the machine's byte order).
pub(crate) fn png_of(
    data: &[u8],
    (width, height): (u32, u32),
    colours: ExtendedColorType,
) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    PngEncoder::new_with_quality(&mut bytes, CompressionType::Best, FilterType::Adaptive)
        .write_image(data, width, height, colours)
        .context("cannot write a PNG")?;
    Ok(bytes)
}

/// A PNG with 8 bits for each of red, green and blue.
pub(crate) fn png(picture: &RgbImage) -> Result<Vec<u8>> {
    png_of(picture.as_raw(), picture.dimensions(), ExtendedColorType::Rgb8)
}

/// A PNG with 8 bits of grey.
pub(crate) fn png_grey(picture: &GrayImage) -> Result<Vec<u8>> {
    png_of(picture.as_raw(), picture.dimensions(), ExtendedColorType::L8)
}

/// A WebP that keeps every pixel.
pub(crate) fn webp(picture: &RgbImage) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let (width, height) = picture.dimensions();
    WebPEncoder::new_lossless(&mut bytes)
        .encode(picture.as_raw(), width, height, ExtendedColorType::Rgb8)
        .context("cannot write a WebP")?;
    Ok(bytes)
}

/// The picture in any other format that `image` can write.
pub(crate) fn plain(picture: &DynamicImage, format: ImageFormat) -> Result<Vec<u8>> {
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, format).with_context(|| format!("cannot write {format:?}"))?;
    Ok(bytes.into_inner())
}
