//! From a file's bytes to a plane of luma, reduced as far as it may be, for the ordinary JPEG:
//! Huffman-coded, 8 bits, grey or YCbCr.

use super::super::{Limits, PictureError};
use super::header::{Frame, Header, NotOurs, Scan};
use super::idct::Transform;
use super::plane::Plane;
use super::progressive::{Coefficients, put_all};
use super::segment::{EOI, SOS, Segments};
use super::sequential;
use super::{MOST_SCANS, refuse_hollow};

/// How much of a picture is wanted.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wanted {
    /// From width and height in pixels: how many pixels along each side of a block one byte is to
    /// stand for: 1, 2, 4 or 8.
    pub(super) scale_for: fn(usize, usize) -> usize,
    /// The refinements of a progressive picture's AC coefficients are taken down to this bit, 0 to
    /// 13: at 0 all of them, else none but at full scale.
    pub(super) finest: u32,
}

/// The luma of a picture.
#[derive(Debug)]
pub(super) struct Reduced {
    /// Of the picture, in pixels.
    pub(super) width: usize,
    /// Of the picture, in pixels.
    pub(super) height: usize,
    /// Pixels along each side of the block that a byte stands for: 1, 2, 4 or 8.
    pub(super) scale: usize,
    /// `width / scale` times `height / scale` bytes, rounded up, row by row from the top left: the
    /// mean level of each block, 0 (black) to 255. What was not decoded is mid-grey.
    pub(super) plane: Vec<u8>,
    /// The share of the picture that was decoded, more than 0.0 and at most 1.0.
    pub(super) share: f64,
    /// Whether all of the picture's data were there.
    pub(super) complete: bool,
    /// The payload of its Exif segment, if there is one.
    pub(super) exif: Option<Vec<u8>>,
}

/// Why there is no [`Reduced`].
#[derive(Debug)]
pub(super) enum Refusal {
    /// Not an ordinary JPEG, or not one of which a part is sound: for the full decoder to judge.
    NotOurs,
    /// Beyond a limit, for every decoder.
    Refused(PictureError),
}

impl From<NotOurs> for Refusal {
    fn from(NotOurs: NotOurs) -> Self {
        Self::NotOurs
    }
}

/// Decodes the luma of an ordinary JPEG.
pub(super) fn decode(bytes: &[u8], wanted: Wanted, limits: &Limits) -> Result<Reduced, Refusal> {
    let reduced = gather(bytes, Header::default(), wanted, limits)?;
    if reduced.share == 0.0 { Err(Refusal::NotOurs) } else { Ok(reduced) }
}

/// The share of the picture's blocks that are there, where that can be told: of pictures of any
/// colours, and 0.0 where not even the first block is.
pub(super) fn share(bytes: &[u8], limits: &Limits) -> Option<f64> {
    let mut header = Header::default();
    header.any_colours = true;
    let wanted = Wanted { scale_for: |_, _| 8, finest: 0 };
    match gather(bytes, header, wanted, limits) {
        Ok(reduced) => Some(reduced.share),
        Err(_cannot_tell) => None,
    }
}

/// What there is of the first component.
fn gather<'a>(
    bytes: &'a [u8],
    mut header: Header<'a>,
    wanted: Wanted,
    limits: &Limits,
) -> Result<Reduced, Refusal> {
    let mut begun: Option<Work> = None;
    let mut ended = false;
    let mut scans = 0;
    for segment in Segments::of(bytes) {
        scans += usize::from(segment.marker == SOS);
        if scans > MOST_SCANS {
            break;
        }
        match (segment.marker, &mut begun) {
            (EOI, _) => ended = true,
            (SOS, None) => {
                let mut work = Work::begin(&header, bytes.len(), wanted, limits)?;
                let scan = Scan::read(&segment, &work.frame).ok_or(NotOurs)?;
                work.take(&scan, segment.coded, &header)?;
                begun = Some(work);
            }
            (SOS, Some(work)) => {
                let scan = Scan::read(&segment, &work.frame);
                let taken = scan.map(|scan| work.take(&scan, segment.coded, &header));
                work.damaged |= !matches!(taken, Some(Ok(())));
            }
            (_, None) => header.take(&segment)?,
            (_, Some(work)) => work.damaged |= header.take(&segment).is_err(),
        }
    }
    Ok(begun.ok_or(NotOurs)?.finish(&header, ended)?)
}

/// A picture of which a scan was seen.
struct Work {
    frame: Frame,
    scale: usize,
    finest: u32,
    exif: Option<Vec<u8>>,
    luma: Luma,
    /// Whether something between the scans, or a scan, could not be read.
    damaged: bool,
}

/// What there is of the luma.
enum Luma {
    /// The plane, and the share of it that was decoded.
    Sequential(Plane, f64),
    Progressive(Box<Coefficients>),
}

impl Work {
    fn begin(
        header: &Header<'_>,
        bytes: usize,
        wanted: Wanted,
        limits: &Limits,
    ) -> Result<Self, Refusal> {
        let frame = header.frame_with_luma()?.clone();
        let (width, height) = (frame.width as u64, frame.height as u64);
        let scale = (wanted.scale_for)(frame.width, frame.height);
        let exact = wanted.finest == 0;
        let mut needed = Plane::bytes(&frame, scale);
        if frame.progressive {
            needed += Coefficients::bytes(&frame, 8 / scale, exact);
        }
        refuse_hollow(width, height, bytes).map_err(Refusal::Refused)?;
        limits.check_bytes(width, height, needed as u64).map_err(Refusal::Refused)?;
        let luma = if frame.progressive {
            Luma::Progressive(Box::new(Coefficients::new(&frame, 8 / scale, exact)))
        } else {
            Luma::Sequential(Plane::of(&frame, scale), 0.0)
        };
        let exif = header.exif.map(<[u8]>::to_vec);
        Ok(Self { frame, scale, finest: wanted.finest, exif, luma, damaged: false })
    }

    /// Takes a scan, if it holds luma.
    fn take(&mut self, scan: &Scan, coded: &[u8], header: &Header<'_>) -> Result<(), NotOurs> {
        match &mut self.luma {
            _ if scan.luma().is_none() => Ok(()),
            Luma::Progressive(coefficients) => coefficients.take(scan, coded, header, self.finest),
            Luma::Sequential(plane, share) => {
                let decode = match self.scale {
                    1 => sequential::decode::<8>,
                    2 => sequential::decode::<4>,
                    4 => sequential::decode::<2>,
                    _ => sequential::decode::<1>,
                };
                *share = decode(scan, coded, header, plane)?;
                Ok(())
            }
        }
    }

    /// `ended`: whether there was an end marker.
    fn finish(self, header: &Header<'_>, ended: bool) -> Result<Reduced, NotOurs> {
        let Frame { width, height, .. } = self.frame;
        let (plane, share, complete) = match self.luma {
            Luma::Sequential(plane, share) => (plane, share, share >= 1.0),
            Luma::Progressive(all) => {
                let mut plane = Plane::of(&self.frame, self.scale);
                let steps = header.quantization_of(&self.frame.components[0])?;
                match self.scale {
                    1 => put_all(&all, &Transform::<8>::new(steps), &mut plane),
                    2 => put_all(&all, &Transform::<4>::new(steps), &mut plane),
                    4 => put_all(&all, &Transform::<2>::new(steps), &mut plane),
                    _ => put_all(&all, &Transform::<1>::new(steps), &mut plane),
                }
                // Scans that were passed over were not looked into; this tells that they are there.
                (plane, all.share, ended && all.is_complete())
            }
        };
        let complete = complete && !self.damaged;
        let (scale, exif, plane) = (self.scale, self.exif, plane.into_bytes());
        Ok(Reduced { width, height, scale, plane, share, complete, exif })
    }
}
