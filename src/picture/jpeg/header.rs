//! What the segments in front of a scan say.

use super::huffman::Spec;
use super::segment::{APP1, APP14, DHT, DQT, DRI, SOF, SOS, Segment};

/// What the file has said so far.
#[derive(Debug, Default)]
pub(super) struct Header<'a> {
    pub(super) frame: Option<Frame>,
    /// In the order of the file.
    pub(super) quantization: [Option<[u16; 64]>; 4],
    pub(super) dc: [Option<Spec>; 4],
    pub(super) ac: [Option<Spec>; 4],
    /// How many MCUs stand between two restart markers; 0 if there are none.
    pub(super) restart_interval: usize,
    /// The payload of the last Exif segment.
    pub(super) exif: Option<&'a [u8]>,
    /// Whether the first component may be anything, and not only luma.
    pub(super) any_colours: bool,
    adobe: bool,
    /// Whether Adobe's segment says that the colours are YCbCr.
    adobe_ycbcr: bool,
}

/// The picture (ITU-T T.81, B.2.2).
#[derive(Clone, Debug)]
pub(super) struct Frame {
    pub(super) progressive: bool,
    /// In pixels, at least 1.
    pub(super) width: usize,
    /// In pixels, at least 1.
    pub(super) height: usize,
    /// Luma, and two of chroma, if there are any; of other colours than we decode up to four.
    pub(super) components: Vec<Component>,
}

/// One of its planes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Component {
    pub(super) id: u8,
    /// Blocks in a row of an MCU, 1 to 4.
    pub(super) across: usize,
    /// Rows of blocks in an MCU, 1 to 4.
    pub(super) down: usize,
    /// Which quantisation table, 0 to 3.
    pub(super) quantization: usize,
}

/// One pass over the picture (ITU-T T.81, B.2.3).
#[derive(Clone, Debug)]
pub(super) struct Scan {
    pub(super) parts: Vec<Part>,
    /// First coefficient.
    pub(super) first: usize,
    /// Last coefficient.
    pub(super) last: usize,
    /// Bits that were left out by the pass before; 0 if there was none.
    pub(super) high: u32,
    /// Bits that this pass leaves out.
    pub(super) low: u32,
}

/// A component's part in a scan.
#[derive(Clone, Copy, Debug)]
pub(super) struct Part {
    /// Which component of the frame; 0 is luma.
    pub(super) component: usize,
    /// Which DC table, 0 to 3.
    pub(super) dc: usize,
    /// Which AC table, 0 to 3.
    pub(super) ac: usize,
}

/// This decoder is not for the file: something in it is out of the ordinary, or damaged before
/// the first scan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct NotOurs;

impl<'a> Header<'a> {
    /// Takes note of a segment that is no scan.
    pub(super) fn take(&mut self, segment: &Segment<'a>) -> Result<(), NotOurs> {
        let body = segment.body;
        match segment.marker {
            DHT => self.take_huffman(body).ok_or(NotOurs),
            DQT => self.take_quantization(body).ok_or(NotOurs),
            DRI => {
                let &[high, low] = body else { return Err(NotOurs) };
                self.restart_interval = u16::from_be_bytes([high, low]).into();
                Ok(())
            }
            marker if SOF.contains(&marker) => {
                if self.frame.is_some() {
                    return Err(NotOurs);
                }
                self.frame = Some(Frame::read(marker, body)?);
                Ok(())
            }
            APP1 => {
                self.exif = body.strip_prefix(b"Exif\0\0").or(self.exif);
                Ok(())
            }
            APP14 if body.starts_with(b"Adobe") => {
                self.adobe = true;
                self.adobe_ycbcr = body.get(11) == Some(&1);
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn take_huffman(&mut self, mut body: &[u8]) -> Option<()> {
        while let Some((&place, rest)) = body.split_first() {
            let (spec, length) = Spec::read(rest)?;
            let tables = if place >> 4 == 0 { &mut self.dc } else { &mut self.ac };
            *tables.get_mut(usize::from(place & 15)).filter(|_| place < 0x20)? = Some(spec);
            body = &rest[length..];
        }
        Some(())
    }

    fn take_quantization(&mut self, mut body: &[u8]) -> Option<()> {
        while let Some((&place, rest)) = body.split_first() {
            let mut steps = [0; 64];
            let length = match place >> 4 {
                0 => {
                    let bytes = rest.first_chunk::<64>()?;
                    steps = bytes.map(u16::from);
                    64
                }
                1 => {
                    let bytes = rest.first_chunk::<128>()?;
                    for (step, &two) in steps.iter_mut().zip(bytes.as_chunks().0) {
                        *step = u16::from_be_bytes(two);
                    }
                    128
                }
                _ => return None,
            };
            *self.quantization.get_mut(usize::from(place & 15))? = Some(steps);
            body = &rest[length..];
        }
        Some(())
    }

    /// The quantisation table of a component.
    pub(super) fn quantization_of(&self, component: &Component) -> Result<&[u16; 64], NotOurs> {
        let table = self.quantization.get(component.quantization).and_then(Option::as_ref);
        table.ok_or(NotOurs)
    }

    /// The frame, if its first component is luma at full size.
    pub(super) fn frame_with_luma(&self) -> Result<&Frame, NotOurs> {
        let frame = self.frame.as_ref().ok_or(NotOurs)?;
        let parts = &frame.components;
        let rgb = parts.iter().map(|part| part.id).eq(*b"RGB");
        let other =
            parts.len() == 4 || parts.len() == 3 && (rgb || self.adobe && !self.adobe_ycbcr);
        if other && !self.any_colours {
            return Err(NotOurs);
        }
        let luma = parts[0];
        if parts.iter().any(|part| part.across > luma.across || part.down > luma.down) {
            return Err(NotOurs);
        }
        Ok(frame)
    }
}

impl Frame {
    fn read(marker: u8, body: &[u8]) -> Result<Self, NotOurs> {
        if !(0xc0..=0xc2).contains(&marker) {
            return Err(NotOurs);
        }
        let odd = NotOurs;
        let (&[precision, h1, h0, w1, w0, count], parts) = body.split_first_chunk().ok_or(odd)?;
        if precision != 8 {
            return Err(NotOurs);
        }
        let (parts, []) = parts.as_chunks::<3>() else { return Err(odd) };
        if parts.len() != usize::from(count) || !matches!(count, 1 | 3 | 4) {
            return Err(NotOurs);
        }
        let component = |&[id, sampling, quantization]: &[u8; 3]| Component {
            id,
            across: (sampling >> 4).into(),
            down: (sampling & 15).into(),
            quantization: quantization.into(),
        };
        let mut components: Vec<_> = parts.iter().map(component).collect();
        let fits = |c: &Component| (1..=4).contains(&c.across) && (1..=4).contains(&c.down);
        let width = usize::from(u16::from_be_bytes([w1, w0]));
        let height = usize::from(u16::from_be_bytes([h1, h0]));
        if width == 0 || height == 0 || !components.iter().all(|c| fits(c) && c.quantization < 4) {
            return Err(odd);
        }
        if let [only] = &mut components[..] {
            // Its blocks are never interleaved, whatever is said of them (ITU-T T.81, A.2.2).
            (only.across, only.down) = (1, 1);
        }
        Ok(Self { progressive: marker == 0xc2, width, height, components })
    }
}

impl Scan {
    /// From a segment of a scan of this frame.
    pub(super) fn read(segment: &Segment<'_>, frame: &Frame) -> Option<Self> {
        debug_assert_eq!(segment.marker, SOS);
        let (&count, rest) = segment.body.split_first()?;
        let (parts, rest) = rest.split_at_checked(2 * usize::from(count))?;
        let &[first, last, bits] = rest else { return None };
        let part = |&[id, tables]: &[u8; 2]| {
            let component = frame.components.iter().position(|component| component.id == id)?;
            let (dc, ac) = (usize::from(tables >> 4), usize::from(tables & 15));
            (dc < 4 && ac < 4).then_some(Part { component, dc, ac })
        };
        let parts: Vec<_> = parts.as_chunks().0.iter().map(part).collect::<Option<_>>()?;
        // In the order of the frame, each once (ITU-T T.81, B.2.3).
        if parts.is_empty() || !parts.is_sorted_by(|a, b| a.component < b.component) {
            return None;
        }
        let (first, last) = (usize::from(first), usize::from(last));
        let (high, low) = (u32::from(bits >> 4), u32::from(bits & 15));
        let scan = Self { parts, first, last, high, low };
        (!frame.progressive || scan.is_progressive()).then_some(scan)
    }

    /// Whether the parameters are possible in a progressive frame (ITU-T T.81, G.1.1.1).
    fn is_progressive(&self) -> bool {
        let band = if self.first == 0 { self.last == 0 } else { self.parts.len() == 1 };
        band && self.first <= self.last
            && self.last < 64
            && self.low <= 13
            && (self.high == 0 || self.high == self.low + 1)
    }

    /// The luma part, if there is one.
    pub(super) fn luma(&self) -> Option<Part> {
        self.parts.first().copied().filter(|part| part.component == 0)
    }
}
