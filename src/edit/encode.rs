//! Pixels to the bytes of a file, and back.

use std::fmt::Display;

use image::codecs::gif::GifEncoder;
use image::codecs::png::PngEncoder;
use image::codecs::webp::WebPEncoder;
use image::{ExtendedColorType, ImageEncoder};
use jpeg_encoder::{ColorType, Encoder, SamplingFactor};

use super::photo::Photo;

/// The kind of file that an edited picture is saved as.
#[derive(Clone, Copy, Debug)]
pub(super) enum Save {
    /// A JPEG of this quality, 1 to 100, with colour at half the resolution (4:2:0).
    Jpeg(u8),
    /// A JPEG of this quality, with colour as fine as brightness (4:4:4).
    FineJpeg(u8),
    /// A JPEG of this quality that is stored from coarse to fine.
    ProgressiveJpeg(u8),
    /// A JPEG of this quality without colour.
    GreyJpeg(u8),
    /// A PNG.
    Png,
    /// A WebP without loss.
    WebP,
    /// A GIF, with 256 colours chosen for the picture.
    Gif,
}

/// The longest side that is saved: a WebP has 14 bits for it, a JPEG 16.
const LONGEST: usize = 16_383;

impl Save {
    /// The bytes of a file that shows this picture.
    pub(super) fn write(self, photo: &Photo) -> Vec<u8> {
        if photo.long() > LONGEST {
            return self.write(&photo.fitted(LONGEST, LONGEST));
        }
        let mut bytes = Vec::new();
        let (width, height) = (photo.width as u32, photo.height as u32);
        let (rgb, colours) = (photo.rgb.as_slice(), ExtendedColorType::Rgb8);
        match self {
            Self::Jpeg(quality) => jpeg(photo, Encoder::new(&mut bytes, quality)),
            Self::FineJpeg(quality) => {
                let mut encoder = Encoder::new(&mut bytes, quality);
                encoder.set_sampling_factor(SamplingFactor::R_4_4_4);
                written(encoder.encode(rgb, width as u16, height as u16, ColorType::Rgb));
            }
            Self::ProgressiveJpeg(quality) => {
                let mut encoder = Encoder::new(&mut bytes, quality);
                encoder.set_progressive(true);
                jpeg(photo, encoder);
            }
            Self::GreyJpeg(quality) => {
                let grey: Vec<u8> = rgb.iter().step_by(3).copied().collect();
                let encoder = Encoder::new(&mut bytes, quality);
                written(encoder.encode(&grey, width as u16, height as u16, ColorType::Luma));
            }
            Self::Png => {
                written(PngEncoder::new(&mut bytes).write_image(rgb, width, height, colours));
            }
            Self::WebP => {
                written(WebPEncoder::new_lossless(&mut bytes).encode(rgb, width, height, colours));
            }
            Self::Gif => {
                let mut encoder = GifEncoder::new_with_speed(&mut bytes, 20);
                written(encoder.encode(rgb, width, height, colours));
            }
        }
        bytes
    }
}

/// A JPEG with colour at half the resolution.
fn jpeg(photo: &Photo, mut encoder: Encoder<&mut Vec<u8>>) {
    encoder.set_sampling_factor(SamplingFactor::R_4_2_0);
    let (width, height) = (photo.width as u16, photo.height as u16);
    written(encoder.encode(&photo.rgb, width, height, ColorType::Rgb));
}

/// Encoders fail for sides of 0 or beyond `LONGEST`, for bytes that do not fit the sides, and
/// where the memory that they write to fails: a [`Photo`] leaves none of these.
fn written<E: Display>(result: Result<(), E>) {
    if let Err(error) = result {
        unreachable!("a picture in memory was not encoded: {error}");
    }
}

/// The picture as a viewer shows it after it was saved as a JPEG of this quality.
pub(super) fn saved(photo: &Photo, quality: u8) -> Photo {
    let bytes = Save::Jpeg(quality).write(photo);
    let decoded = match image::load_from_memory_with_format(&bytes, image::ImageFormat::Jpeg) {
        Ok(decoded) => decoded.into_rgb8(),
        Err(error) => unreachable!("a JPEG of our own was not decoded: {error}"),
    };
    let (width, height) = (decoded.width() as usize, decoded.height() as usize);
    Photo { width, height, rgb: decoded.into_raw() }
}
