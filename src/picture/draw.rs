//! Writing a picture: what kinga itself draws.

use image::codecs::png::PngEncoder;
use image::{ExtendedColorType, ImageEncoder};

/// The bytes of a PNG file of grey pixels, row by row from the top left; none where there are not
/// `width * height` of them.
pub fn grey_png(width: usize, height: usize, grey: &[u8]) -> Option<Vec<u8>> {
    if width.checked_mul(height)? != grey.len() {
        return None;
    }
    let sides = u32::try_from(width).into_iter().zip(u32::try_from(height)).next();
    let (width, height) = sides?;
    let mut png = Vec::new();
    match PngEncoder::new(&mut png).write_image(grey, width, height, ExtendedColorType::L8) {
        Ok(()) => Some(png),
        Err(_memory_does_not_fail) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::picture::{Detail, Kind, Limits, decode};

    #[test]
    fn what_is_written_is_read_back() {
        let grey: Vec<u8> = (0..6).map(|n| n * 40).collect();
        let png = grey_png(3, 2, &grey).unwrap();
        let read = decode(&png, Kind::Png, &Limits::default(), Detail::Full).unwrap();
        assert_eq!((read.luma.width(), read.luma.bytes()), (3, &grey[..]));
        assert!(grey_png(3, 3, &grey).is_none());
    }
}
