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
///
/// They mean something for pixels at full size only: no list was made from a reduced plane.
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

/// The same pixels in the type that `image_hasher` reads; of a reduced plane, each as bright as its
/// block. A [`Luma`] always has as many bytes as its size asks for, so this is never `None`.
fn as_image(picture: &Luma) -> Option<DynamicImage> {
    let width = u32::try_from(picture.width()).unwrap_or(u32::MAX);
    let height = u32::try_from(picture.height()).unwrap_or(u32::MAX);
    let bytes = if picture.scale() == 1 { picture.bytes().to_vec() } else { expanded(picture) };
    if picture.channels() == 1 {
        GrayImage::from_raw(width, height, bytes).map(DynamicImage::ImageLuma8)
    } else {
        RgbImage::from_raw(width, height, bytes).map(DynamicImage::ImageRgb8)
    }
}

/// The pixels of a reduced plane, which is grey.
fn expanded(picture: &Luma) -> Vec<u8> {
    let row = |y| (0..picture.width()).map(move |x| picture.row(y)[x / picture.scale()]);
    (0..picture.height()).flat_map(|y| row(y / picture.scale())).collect()
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::luma::Pixels;

    /// Made by: `image_hasher` 3.1.1, through this room.
    const GOLDEN: [(&str, &str); 22] = [
        ("mean-8", "c3c266e3e366e7c3"),
        ("mean-8-dct", "0504140054000000"),
        ("mean-16", "07f007f007f01cf83c383c3c1cfc0ff80ff81ffc3c3e7c3c7c3c3fe01ff80ff8"),
        ("mean-16-dct", "05542400740020005c0022008854500000000000080000001400000054000000"),
        ("median-8", "c1c266e3e366c7c3"),
        ("median-8-dct", "25b476b35e22a953"),
        ("median-16", "07f007f007f01cf83c383c3c0c3c0fe80fe00ffc3c3e7c3c7c383fe01ff80ff8"),
        ("median-16-dct", "0554b4a47621b3a45e8122fda97e57caa0f7f7285e0fe7b0552256a175218afe"),
        ("gradient-8", "f07173f1f07371f0"),
        ("gradient-8-dct", "b2472aa729b62e6d"),
        ("gradient-16", "01ff01ff01ff02bf063f063f06bf01ef01ff03bf063f061f069f01ee01ef81ef"),
        ("gradient-16-dct", "b2558f53921a53d8d59eacd939a651a565cd26cd2cd3deb333cb7b533259bb18"),
        ("vert-gradient-8", "ccb73333373733cc"),
        ("vert-gradient-8-dct", "1a5aea1654ada2aa"),
        ("vert-gradient-16", "f2b1f2b1bdc63dc68d4f8d0f8d0f8d0fbd07bdc7bdc33dc60dcf0dc7d3b1f2b0"),
        (
            "vert-gradient-16-dct",
            "9a8bb3b54a5bd5a99572acaee51daa5a73a64cb5a99b8f49954c10942a514dea",
        ),
        ("double-gradient-8", "dc5cac55a5"),
        ("double-gradient-8-dct", "b2db6ba7bd"),
        ("double-gradient-16", "f0f07371f07173f1f0cc973333331733b3cc"),
        ("double-gradient-16-dct", "525bab5dabd554a8d576574aad4b914bb5cb"),
        ("blockhash-8", "c0c4e4f3b24e4e83"),
        ("blockhash-16", "30f030f070f87cfc70fc00380cfe0fee0fee3c2f0022fc39fc19fde93fe80080"),
    ];

    /// A picture of arithmetic alone, as `kinga selftest` draws it.
    fn drawing() -> Luma {
        let (w, h) = (97, 61);
        let pixel = |x: usize, y: usize| {
            let red = x * x / w + 3 * y * y / h + 90 * ((4 * x / w + 3 * y / h) % 2);
            let green = (2 * x * 256 / w).abs_diff(256) + 60 * ((5 * y / h) % 2);
            let blue = x * y * 256 / (w * h) * 2 + 40 * ((7 * x / w) % 3);
            [red, green, blue].map(|value| u8::try_from(value % 256).unwrap())
        };
        let bytes = (0..h).flat_map(|y| (0..w).flat_map(move |x| pixel(x, y))).collect();
        Luma::new(w, h, Pixels::Rgb(bytes)).unwrap()
    }

    #[test]
    fn hashes_are_those_that_image_hasher_3_1_1_made_when_it_was_pinned() {
        let mut seen = 0;
        for algorithm in Algorithm::all() {
            let Algorithm::Classic(classic) = algorithm else { continue };
            let name = algorithm.to_string();
            let hash = hashes(&drawing(), classic, [Orientation::Upright].into_iter())[0];
            let golden = GOLDEN.iter().find(|(known, _)| *known == name).map(|(_, hash)| *hash);
            assert_eq!(Some(algorithm.to_text(hash).as_str()), golden, "{name}");
            seen += 1;
        }
        assert_eq!(seen, GOLDEN.len());
    }

    #[test]
    fn a_reduced_plane_is_hashed_as_the_picture_whose_pixels_are_their_blocks_mean() {
        let Ok(Algorithm::Classic(mean)) = "mean-8".parse() else { panic!("no such name") };
        let plane = Luma::reduced(3, 3, 2, vec![10, 20, 30, 250]).unwrap();
        let full =
            Luma::new(3, 3, Pixels::Grey(vec![10, 10, 20, 10, 10, 20, 30, 30, 250])).unwrap();
        let upright = |picture| hashes(picture, mean, [Orientation::Upright].into_iter());
        assert_eq!(upright(&plane), upright(&full));
    }

    #[test]
    fn each_orientation_is_the_hash_of_the_turned_pixels() {
        let Ok(Algorithm::Classic(gradient)) = "gradient-8".parse() else { panic!("no such name") };
        let picture = drawing();
        let all = hashes(&picture, gradient, Orientation::ALL.into_iter());
        let mirrored: Vec<u8> = (0..picture.height())
            .flat_map(|y| picture.row(y).chunks(3).rev().flatten().copied().collect::<Vec<_>>())
            .collect();
        let mirrored = Luma::new(picture.width(), picture.height(), Pixels::Rgb(mirrored)).unwrap();
        let upright = hashes(&mirrored, gradient, [Orientation::Upright].into_iter());
        assert_eq!(all[Orientation::Mirrored as usize], upright[0]);
        assert_eq!(all.len(), 8);
    }
}
