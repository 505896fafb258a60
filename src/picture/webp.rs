//! The frame around a WebP picture (RFC 9649, 2), and how a cut one is filled up.
//!
//! The decoder gives all of a picture or nothing. Both codings are sequential, though: filled up
//! with whatever bytes, a cut file decodes to the picture's own pixels as far as its own bytes
//! reach.

/// The coded picture of a file: of an animation, that of its first frame.
#[derive(Clone, Copy, Debug)]
pub(super) struct Coded<'a> {
    /// `VP8 ` or `VP8L`.
    name: [u8; 4],
    /// What is there of it.
    data: &'a [u8],
    /// How many bytes it should have.
    claimed: usize,
}

/// Bytes of the headers of a frame of an animation, in front of its chunks.
const FRAME: usize = 16;

impl<'a> Coded<'a> {
    /// `None` where chunks can't be followed to one.
    pub(super) fn of(file: &'a [u8]) -> Option<Self> {
        let mut at: usize = 12;
        loop {
            let name = *file.get(at..)?.first_chunk::<4>()?;
            let claimed = u32::from_le_bytes(*file.get(at + 4..)?.first_chunk()?);
            let claimed = usize::try_from(claimed).unwrap_or(usize::MAX);
            at += 8;
            match &name {
                b"VP8 " | b"VP8L" => {
                    let data = file.get(at..)?;
                    return Some(Self { name, data: &data[..data.len().min(claimed)], claimed });
                }
                b"ANMF" => at += FRAME,
                // Chunks have even lengths.
                _ => at = at.checked_add(claimed)?.checked_next_multiple_of(2)?,
            }
        }
    }

    /// The share of its bytes that are there.
    #[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
    pub(super) fn share(&self) -> f64 {
        self.data.len() as f64 / self.claimed.max(1) as f64
    }

    /// A file of this picture alone, what is missing being filled up with one byte, and with so many
    /// to spare: what is filled in may stand for more than what was there.
    pub(super) fn filled(&self, level: u8, extra: usize) -> Vec<u8> {
        let even = (self.claimed + extra).next_multiple_of(2);
        let claim = |length: usize| u32::try_from(length).unwrap_or(u32::MAX).to_le_bytes();
        let mut file = [&b"RIFF"[..], &claim(even + 12), b"WEBP", &self.name].concat();
        file.extend(claim(even));
        file.extend(self.data);
        file.resize(20 + even, level);
        file
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(chunks: &[(&[u8; 4], usize, &[u8])]) -> Vec<u8> {
        let mut file = b"RIFF\0\0\0\0WEBP".to_vec();
        for (name, claimed, data) in chunks {
            file.extend(*name);
            file.extend(u32::try_from(*claimed).unwrap().to_le_bytes());
            file.extend(*data);
        }
        file
    }

    #[test]
    fn the_picture_is_found_behind_other_chunks_and_filled_up() {
        let file = file(&[(b"VP8X", 10, &[0; 10]), (b"EXIF", 3, &[0; 4]), (b"VP8L", 5, b"abc")]);
        let coded = Coded::of(&file).unwrap();
        assert!((coded.share() - 0.6).abs() < 1e-9);
        assert_eq!(coded.filled(7, 0), b"RIFF\x12\0\0\0WEBPVP8L\x06\0\0\0abc\x07\x07\x07");
        assert_eq!(coded.filled(7, 100).len(), 20 + 106);
    }

    #[test]
    fn hostile_lengths_lead_nowhere() {
        assert!(Coded::of(b"RIFF").is_none());
        let beyond = usize::try_from(u32::MAX).unwrap();
        assert!(Coded::of(&file(&[(b"EXIF", beyond, b"x")])).is_none());
        assert!(Coded::of(&file(&[(b"VP8 ", beyond, b"x")])).unwrap().share() < 0.01);
    }
}
