//! GIF: the first frame on its screen, row by row, as far as it goes.

use std::io::{Cursor, ErrorKind};
use std::num::NonZeroU64;

use gif::{ColorOutput, DecodeOptions, DecodingError, MemoryLimit};

use super::rows::{MID_GREY, share};
use super::{Decoded, Detail, Kind, Limits, Picture, PictureError, hollow};
use crate::luma::{Luma, Pixels};
use crate::orientation::Orientation;

/// What of a screen is not covered by a frame, or transparent, is shown white.
const WHITE: u8 = 255;

/// A larger screen of which the first frame covers less than half is not made: it would cost much
/// memory, and is nearly always a lie.
const LARGE_SCREEN: u64 = 16_000_000;

pub(super) fn decode(
    bytes: &[u8],
    _kind: Kind,
    limits: &Limits,
    _detail: Detail,
) -> Result<Picture, PictureError> {
    let mut options = DecodeOptions::new();
    options.set_color_output(ColorOutput::Indexed);
    let max = NonZeroU64::new(limits.max_memory).unwrap_or(NonZeroU64::MIN);
    options.set_memory_limit(MemoryLimit::Bytes(max));
    let error = |problem| error(problem, limits);
    let mut decoder = options.read_info(Cursor::new(bytes)).map_err(error)?;
    let (width, height) = (u64::from(decoder.width()), u64::from(decoder.height()));
    let frame = decoder.next_frame_info().map_err(error)?.map(Frame::of);
    let frame = frame.ok_or_else(|| PictureError::Damaged("it has no frame".to_owned()))?;
    frame.refuse_hollow(bytes.len(), (width, height))?;
    limits.check(width, height, 3)?;
    let mut screen = Screen::new(width, height, decoder.palette().map_err(error)?);
    let mut row = vec![0; frame.width];
    let mut there = vec![false; frame.height];
    let mut problem = None;
    for (line, lines) in frame.order() {
        match decoder.fill_buffer(&mut row) {
            Ok(true) => {}
            Ok(false) => break,
            Err(why) => {
                problem = Some(error(why));
                break;
            }
        }
        let lines = line..(line + lines).min(frame.height);
        there[lines.clone()].fill(true);
        lines.for_each(|line| screen.put(&frame, line, &row));
    }
    if let Some(problem) = problem.filter(|_| !there.contains(&true)) {
        return Err(problem.of_nothing(width, height));
    }
    for line in (0..frame.height).filter(|&line| !there[line]) {
        screen.fill(&frame, line, MID_GREY);
    }
    let luma = Luma::new(screen.width, screen.height, Pixels::Rgb(screen.colours));
    Ok(Picture {
        luma: luma.ok_or_else(|| PictureError::Damaged("its screen has no pixels".to_owned()))?,
        decoded: Decoded::Full,
        share: Some(share(&there)),
        exif_orientation: None,
        shown: Orientation::Upright,
        truncated: there.contains(&false),
        more_pictures: has_second_frame(bytes),
    })
}

/// Where the first frame is.
struct Frame {
    left: usize,
    top: usize,
    width: usize,
    height: usize,
    interlaced: bool,
    transparent: Option<u8>,
}

impl Frame {
    fn of(frame: &gif::Frame<'_>) -> Self {
        Self {
            left: frame.left.into(),
            top: frame.top.into(),
            width: frame.width.into(),
            height: frame.height.into(),
            interlaced: frame.interlaced,
            transparent: frame.transparent,
        }
    }

    fn refuse_hollow(&self, bytes: usize, screen: (u64, u64)) -> Result<(), PictureError> {
        let pixels = self.width as u64 * self.height as u64;
        if pixels == 0 {
            return Err(PictureError::Damaged("its first frame has no pixels".to_owned()));
        }
        hollow::refuse(screen, hollow::in_gif(bytes), pixels)?;
        let (width, height) = screen;
        if width * height <= LARGE_SCREEN {
            return Ok(());
        }
        hollow::refuse(screen, pixels.min(hollow::in_gif(bytes)), width * height)
    }

    /// Its lines in the order of the file, each with the number of lines from there on for which it
    /// stands until others come (GIF 89a, appendix E).
    fn order(&self) -> impl Iterator<Item = (usize, usize)> + use<> {
        let passes: &[(usize, usize, usize)] = if self.interlaced {
            &[(0, 8, 8), (4, 8, 4), (2, 4, 2), (1, 2, 1)]
        } else {
            &[(0, 1, 1)]
        };
        let height = self.height;
        passes.iter().flat_map(move |&(first, step, lines)| {
            (first..height).step_by(step).map(move |line| (line, lines))
        })
    }
}

/// The logical screen.
struct Screen {
    width: usize,
    height: usize,
    /// Three bytes a pixel.
    colours: Vec<u8>,
    palette: Vec<[u8; 3]>,
}

impl Screen {
    fn new(width: u64, height: u64, palette: &[u8]) -> Self {
        let [width, height] = [width, height].map(|side| usize::try_from(side).unwrap_or(0));
        let palette = palette.as_chunks::<3>().0.to_vec();
        Self { width, height, colours: vec![WHITE; width * height * 3], palette }
    }

    /// What of a line of a frame is on the screen.
    fn line(&mut self, frame: &Frame, line: usize) -> &mut [[u8; 3]] {
        let y = frame.top + line;
        if y >= self.height {
            return &mut [];
        }
        let pixels = self.colours.as_chunks_mut::<3>().0;
        let end = (frame.left + frame.width).min(self.width);
        pixels
            .get_mut(y * self.width + frame.left.min(end)..y * self.width + end)
            .unwrap_or_default()
    }

    fn put(&mut self, frame: &Frame, line: usize, row: &[u8]) {
        let palette = std::mem::take(&mut self.palette);
        for (pixel, &index) in self.line(frame, line).iter_mut().zip(row) {
            let colour = palette.get(usize::from(index));
            *pixel = *colour.filter(|_| frame.transparent != Some(index)).unwrap_or(&[WHITE; 3]);
        }
        self.palette = palette;
    }

    fn fill(&mut self, frame: &Frame, line: usize, level: u8) {
        self.line(frame, line).fill([level; 3]);
    }
}

/// Whether another frame begins after the first, as far as blocks can be followed (GIF 89a,
/// appendix B).
fn has_second_frame(bytes: &[u8]) -> bool {
    // A table of colours: its flag and size are in this byte.
    let table = |at: usize| match bytes.get(at) {
        Some(flags) if flags & 0x80 != 0 => 3 << ((flags & 7) + 1),
        _ => 0,
    };
    let mut at = 13 + table(10);
    let mut frames = 0;
    loop {
        match bytes.get(at) {
            Some(0x21) => at += 2,
            Some(0x2c) if frames == 1 => return true,
            Some(0x2c) => {
                frames = 1;
                at += 11 + table(at + 9);
            }
            _ => return false,
        }
        while let Some(&length @ 1..) = bytes.get(at) {
            at += 1 + usize::from(length);
        }
        at += 1;
    }
}

fn error(problem: DecodingError, limits: &Limits) -> PictureError {
    match problem {
        DecodingError::UnexpectedEof => {
            PictureError::Truncated("unexpected end of file".to_owned())
        }
        DecodingError::Io(io) if io.kind() == ErrorKind::UnexpectedEof => {
            PictureError::Truncated(io.to_string())
        }
        DecodingError::OutOfMemory | DecodingError::MemoryLimit => {
            PictureError::LibraryLimit { what: problem.to_string(), limit: limits.max_memory }
        }
        other => PictureError::Damaged(other.to_string()),
    }
}
