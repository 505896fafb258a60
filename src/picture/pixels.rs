//! From a decoder's samples to a [`Luma`]: 16 bits and floats become 8, alpha is composited on
//! white.
//!
//! White is what most viewers and the web put behind a transparent picture. Peers drop alpha, and
//! then hash colours that nobody sees.

use crate::luma::{Luma, Pixels};

/// How a decoder's bytes are to be read. Samples of more than one byte are in native order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Layout {
    /// 1 grey, 2 grey and alpha, 3 RGB, 4 RGB and alpha.
    pub(super) channels: usize,
    /// The type of one sample.
    pub(super) sample: Sample,
}

/// The type of one sample.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sample {
    /// 0 to 255.
    U8,
    /// 0 to 65535.
    U16,
    /// 0.0 to 1.0; values outside are clamped.
    F32,
}

impl Layout {
    /// Bytes for each pixel, as decoded.
    pub(super) fn bytes(self) -> usize {
        let sample = match self.sample {
            Sample::U8 => 1,
            Sample::U16 => 2,
            Sample::F32 => 4,
        };
        self.channels * sample
    }

    /// Bytes for each pixel of the [`Luma`]: 1 for grey, 3 for colour.
    pub(super) fn kept(self) -> usize {
        if self.channels < 3 { 1 } else { 3 }
    }

    /// Whether pixels are kept as they are.
    pub(super) fn is_plain(self) -> bool {
        self.sample == Sample::U8 && self.channels == self.kept()
    }
}

/// The plane of pixels in `bytes`; `None` if there are not as many as the size asks for.
pub(super) fn to_luma(width: u64, height: u64, layout: Layout, bytes: Vec<u8>) -> Option<Luma> {
    let (width, height) =
        (usize::try_from(width).unwrap_or(0), usize::try_from(height).unwrap_or(0));
    let kept = if layout.is_plain() {
        bytes
    } else {
        let mut kept = Vec::with_capacity(bytes.len() / layout.bytes() * layout.kept());
        // A row at a time, so that what is between the two takes no memory.
        for row in bytes.chunks((width * layout.bytes()).max(1)) {
            append(row, layout, &mut kept);
        }
        kept
    };
    Luma::new(width, height, pixels(layout, kept))
}

/// Bytes that were [appended](append).
pub(super) fn pixels(layout: Layout, kept: Vec<u8>) -> Pixels {
    if layout.kept() == 1 { Pixels::Grey(kept) } else { Pixels::Rgb(kept) }
}

/// Appends pixels, with 8 bits a sample and without alpha.
pub(super) fn append(bytes: &[u8], layout: Layout, kept: &mut Vec<u8>) {
    let narrowed: Vec<u8>;
    let samples = match layout.sample {
        Sample::U8 => bytes,
        Sample::U16 => {
            let two = bytes.as_chunks().0.iter();
            narrowed = two.map(|&two| narrow(u16::from_ne_bytes(two))).collect();
            &narrowed
        }
        Sample::F32 => {
            let four = bytes.as_chunks().0.iter();
            narrowed = four.map(|&four| quantize(f32::from_ne_bytes(four))).collect();
            &narrowed
        }
    };
    match layout.channels {
        1 | 3 => kept.extend_from_slice(samples),
        2 => on_white::<2>(samples, kept),
        _ => on_white::<4>(samples, kept),
    }
}

/// The nearest of 256 levels: 0 to 0, 257 to 1, 65535 to 255.
fn narrow(sample: u16) -> u8 {
    u8::try_from((u32::from(sample) + 128) / 257).unwrap_or(u8::MAX)
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to 0..=255")]
fn quantize(sample: f32) -> u8 {
    (sample.clamp(0.0, 1.0) * 255.0).round() as u8
}

/// Drops the last of `N` channels, which is alpha, after laying the others on white.
fn on_white<const N: usize>(bytes: &[u8], opaque: &mut Vec<u8>) {
    for pixel in bytes.as_chunks::<N>().0 {
        let alpha = u32::from(pixel[N - 1]);
        let blend = |&value: &u8| {
            let sum = u32::from(value) * alpha + 255 * (255 - alpha);
            u8::try_from((sum + 127) / 255).unwrap_or(u8::MAX)
        };
        opaque.extend(pixel[..N - 1].iter().map(blend));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GREY16: Layout = Layout { channels: 1, sample: Sample::U16 };

    #[test]
    fn sixteen_bits_become_the_nearest_eight() {
        let bytes: Vec<u8> = [0, 128, 129, 257, 65_535u16].map(u16::to_ne_bytes).concat();
        assert_eq!(to_luma(5, 1, GREY16, bytes).unwrap().bytes(), [0, 0, 1, 1, 255]);
    }

    #[test]
    fn what_is_transparent_becomes_white_and_what_is_opaque_stays() {
        let layout = Layout { channels: 4, sample: Sample::U8 };
        let bytes = vec![10, 20, 30, 0, 10, 20, 30, 255, 0, 100, 200, 128];
        let luma = to_luma(3, 1, layout, bytes).unwrap();
        assert_eq!(luma.bytes(), [255, 255, 255, 10, 20, 30, 127, 177, 227]);
    }

    #[test]
    fn floats_beyond_the_range_are_clamped() {
        let layout = Layout { channels: 1, sample: Sample::F32 };
        let bytes: Vec<u8> = [-1.0, 0.5, 7.0f32, f32::NAN].map(f32::to_ne_bytes).concat();
        assert_eq!(to_luma(4, 1, layout, bytes).unwrap().bytes(), [0, 128, 255, 0]);
    }

    #[test]
    fn too_few_bytes_are_no_picture() {
        assert!(to_luma(5, 1, GREY16, vec![0; 8]).is_none());
    }
}
