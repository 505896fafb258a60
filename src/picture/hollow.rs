//! Files that can't hold the picture that they claim to be: a few hundred bytes must not have
//! gigabytes of filling decoded.
//!
//! Each format has a bound on how many pixels a byte can stand for. Where a file could hold less
//! than half of its pixels if it were written in the densest way, it is not decoded at all.

use super::{ENOUGH, Kind, PictureError};

/// Refuses a picture of which `most` of `all` that it is made of (pixels or bytes) can be there.
pub(super) fn refuse((width, height): (u64, u64), most: u64, all: u64) -> Result<(), PictureError> {
    #[expect(clippy::cast_precision_loss, reason = "a share needs no more than 53 bits")]
    let share = most as f64 / all.max(1) as f64;
    if share < ENOUGH { Err(PictureError::Partial { width, height, share }) } else { Ok(()) }
}

/// Pixels that a JPEG of so many bytes can hold: each block of 8x8 takes at least one bit, the
/// shortest code of its constant term (ITU-T T.81, F.1.2.1).
pub(super) fn in_jpeg(bytes: usize) -> u64 {
    bytes as u64 * 8 * 64
}

/// Bytes that a deflated stream of so many bytes can hold: 258 for two bits at most, with a code
/// of one bit for the length and one for the distance (RFC 1951, 3.2.5).
pub(super) fn in_deflated(bytes: usize) -> u64 {
    bytes as u64 * 4 * 258
}

/// Pixels that a GIF of so many bytes can hold: one code of 12 bits for at most 4,094 pixels (GIF
/// 89a, appendix F: a code stands for its predecessor and one pixel more).
pub(super) fn in_gif(bytes: usize) -> u64 {
    bytes as u64 * 8 * 4094 / 12
}

/// Pixels that a file of one of the other kinds can hold, in rows of `width`; `None` where the
/// format has no bound: one code of a lossless WebP or of a TIFF for fax machines can stand for
/// any number of pixels.
pub(super) fn in_other(kind: Kind, file: &[u8], width: u64) -> Option<u64> {
    let bytes = file.len() as u64;
    Some(match kind {
        // Two bytes can end a row, whatever its width (compression 1 and 2, at byte 30).
        Kind::Bmp if matches!(file.get(30..34), Some([1 | 2, 0, 0, 0])) => {
            bytes.saturating_mul(width.max(256)) / 2
        }
        // One bit a pixel.
        Kind::Bmp | Kind::Pnm => bytes * 8,
        // Two bytes for a run of 128.
        Kind::Tga => bytes * 64,
        // A byte for a run of 62.
        Kind::Qoi => bytes * 62,
        // 8 bytes for 4x4 (DXT1).
        Kind::Dds => bytes * 2,
        // 4 times 16 bits.
        Kind::Farbfeld => bytes / 8,
        // Four bytes for a run in the old form; two for 127 of one of the four parts in the new.
        Kind::Hdr => bytes.saturating_mul(width.max(64)) / 4,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_be_there_by_half_is_tried_and_what_cannot_is_refused_with_the_most_there_can_be() {
        assert!(refuse((100, 100), 5_000, 10_000).is_ok());
        let refused = refuse((100, 100), 4_999, 10_000).unwrap_err();
        assert_eq!(refused, PictureError::Partial { width: 100, height: 100, share: 0.4999 });
        assert!(refuse((1, u64::MAX), 1, u64::MAX).is_err());
        assert!(refuse((0, 0), 1, 0).is_ok(), "a size of nothing is for the decoder to refuse");
    }

    #[test]
    fn a_bmp_in_runs_may_be_smaller_than_one_of_bits() {
        let mut bmp = vec![0; 100];
        assert_eq!(in_other(Kind::Bmp, &bmp, 10_000), Some(800));
        bmp[30] = 1;
        assert_eq!(in_other(Kind::Bmp, &bmp, 10_000), Some(500_000));
        assert_eq!(in_other(Kind::WebP, &bmp, 10_000), None);
    }
}
