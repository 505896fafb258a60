//! What is left of a cut file whose decoder gives all or nothing.
//!
//! The file is decoded twice, and what is missing is filled up differently: the bytes behind its
//! end, and the samples that the decoder does not write. Rows that come out the same in both are the
//! picture's own, and all others are not. That needs to know nothing about the format.

use std::io::{BufRead, Cursor, Read, Seek, SeekFrom};

use image::ImageError;
use image::codecs::{dds, pnm, tga, webp};

use super::libimage::{Decoder, layout, library_limits, open};
use super::pixels::{Layout, to_luma};
use super::rows::{share, without};
use super::webp::Coded;
use super::{ENOUGH, Kind, Limits, PictureError};
use crate::luma::Luma;

/// What is left of a picture.
pub(super) struct Salvaged {
    /// Rows that are not there are mid-grey.
    pub(super) luma: Luma,
    /// The share of rows that are there.
    pub(super) share: f64,
}

/// One way of filling up.
struct Attempt {
    width: u64,
    height: u64,
    layout: Layout,
    samples: Vec<u8>,
}

/// What is left of a picture of `width` times `height` pixels; `None` where nothing can be said
/// about it.
///
/// # Errors
/// When less than half can be there, or both ways together need too much memory.
pub(super) fn salvage(
    file: &[u8],
    kind: Kind,
    limits: &Limits,
    ((width, height), layout): ((u64, u64), Layout),
) -> Result<Option<Salvaged>, PictureError> {
    limits.check(width, height, (2 * layout.bytes() + layout.kept()) as u64)?;
    let mut attempts: Vec<Attempt> = if kind == Kind::WebP {
        let Some(coded) = Coded::of(file) else { return Ok(None) };
        let share = coded.share();
        if share < ENOUGH {
            return Err(PictureError::Partial { width, height, share });
        }
        // Damage is no gap to be filled, and some fillings are no codes.
        let levels = [0, 0x55, 0xaa, 0xff].into_iter().filter(|_| share < 1.0);
        // More than two bytes a pixel no coding needs, and the samples take as many.
        let extra = usize::try_from(2 * width * height).unwrap_or(0);
        levels.filter_map(|level| of_webp(&coded.filled(level, extra), limits)).take(2).collect()
    } else if is_salvaged(kind) {
        [0, 0xff].into_iter().filter_map(|level| of_other(file, kind, level, limits)).collect()
    } else {
        return Ok(None);
    };
    let (Some(one), Some(other)) = (attempts.pop(), attempts.pop()) else { return Ok(None) };
    Ok(compare(one, &other))
}

/// Kinds whose decoders write row by row, or can be filled up.
fn is_salvaged(kind: Kind) -> bool {
    use Kind::{Bmp, Dds, Farbfeld, Hdr, Pnm, Qoi, Tga};
    matches!(kind, Bmp | Dds | Farbfeld | Hdr | Pnm | Qoi | Tga)
}

/// Rows that are the same in both.
fn compare(one: Attempt, other: &Attempt) -> Option<Salvaged> {
    let Attempt { width, height, layout, samples } = one;
    if (width, height, layout) != (other.width, other.height, other.layout) {
        return None;
    }
    let stride = usize::try_from(width).map_or(1, |width| (width * layout.bytes()).max(1));
    let rows = samples.chunks(stride).zip(other.samples.chunks(stride));
    let there: Vec<bool> = rows.map(|(one, other)| one == other).collect();
    let luma = to_luma(width, height, layout, samples)?;
    Some(Salvaged { luma: without(&luma, &there)?, share: share(&there) })
}

fn of_webp(file: &[u8], limits: &Limits) -> Option<Attempt> {
    match webp::WebPDecoder::new(Cursor::new(file)) {
        Ok(decoder) => attempt(Box::new(decoder), 0, limits, true),
        Err(_no_header) => None,
    }
}

/// Behind the file as many bytes are filled in as its samples take, twice for those written in
/// digits.
fn of_other(file: &[u8], kind: Kind, level: u8, limits: &Limits) -> Option<Attempt> {
    let boxed = |decoder: Result<Decoder<'_>, ImageError>| match decoder {
        Ok(decoder) => attempt(decoder, level, limits, false),
        Err(_no_header) => None,
    };
    let digits = kind == Kind::Pnm && matches!(file.get(1), Some(b'1'..=b'3'));
    let pattern = if digits { [b'0' + (level & 1), b' '] } else { [level; 2] };
    let filled = Filled { file, at: 0, pattern: [pattern; 2048], end: limits.max_memory };
    match kind {
        Kind::Pnm => boxed(pnm::PnmDecoder::new(filled).map(|decoder| Box::new(decoder) as _)),
        Kind::Tga => boxed(tga::TgaDecoder::new(filled).map(|decoder| Box::new(decoder) as _)),
        Kind::Dds => boxed(dds::DdsDecoder::new(filled).map(|decoder| Box::new(decoder) as _)),
        _ => boxed(open(file, kind).map(|(decoder, _)| decoder)),
    }
}

/// `whole`: whether an error leaves nothing.
fn attempt(mut decoder: Decoder<'_>, level: u8, limits: &Limits, whole: bool) -> Option<Attempt> {
    let (width, height) = decoder.dimensions();
    let layout = layout(decoder.color_type());
    decoder.set_limits(library_limits(limits)).is_ok().then_some(())?;
    let mut samples = vec![level; usize::try_from(decoder.total_bytes()).unwrap_or(usize::MAX)];
    // That it ends in an error is why we are here; what it has written so far is in `samples`.
    let written = decoder.read_image_boxed(&mut samples);
    (written.is_ok() || !whole).then_some(())?;
    Some(Attempt { width: width.into(), height: height.into(), layout, samples })
}

/// A file, and behind it a pattern over and over.
struct Filled<'a> {
    file: &'a [u8],
    at: u64,
    pattern: [[u8; 2]; 2048],
    /// Where it ends at last, so that nobody reads on for ever.
    end: u64,
}

impl BufRead for Filled<'_> {
    fn fill_buf(&mut self) -> std::io::Result<&[u8]> {
        let length = self.file.len() as u64;
        if self.at < length {
            return Ok(&self.file[usize::try_from(self.at).unwrap_or(usize::MAX)..]);
        }
        if self.at >= length.saturating_add(self.end) {
            return Ok(&[]);
        }
        let pattern = self.pattern.as_flattened();
        Ok(&pattern[usize::from((self.at - length) % 2 == 1)..])
    }

    fn consume(&mut self, amount: usize) {
        self.at += amount as u64;
    }
}

impl Read for Filled<'_> {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        let length = self.fill_buf()?.read(into)?;
        self.consume(length);
        Ok(length)
    }
}

impl Seek for Filled<'_> {
    fn seek(&mut self, to: SeekFrom) -> std::io::Result<u64> {
        let at = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
            SeekFrom::End(by) => (self.file.len() as u64).checked_add_signed(by),
        };
        self.at = at.ok_or(std::io::ErrorKind::InvalidInput)?;
        Ok(self.at)
    }
}
