//! Huffman tables: as a file states them, and made ready to look codes up.

#![expect(
    clippy::inline_always,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    reason = "so that functions take over the CPU features of their callers, and codes have at most 16 bits"
)]

use super::bits::Cursor;

/// A table of codes as a file states it (ITU-T T.81, B.2.4.2).
#[derive(Clone, Debug)]
pub(super) struct Spec {
    /// How many codes there are of 1 to 16 bits.
    counts: [u8; 16],
    /// What the codes stand for, in their order; at most 256.
    symbols: Vec<u8>,
}

/// One code of a table.
#[derive(Clone, Copy, Debug)]
pub(super) struct Code {
    /// Its bits.
    pub(super) bits: usize,
    /// How many bits, 1 to 16.
    pub(super) length: usize,
    /// What it stands for.
    pub(super) symbol: u8,
}

impl Spec {
    /// The table at the beginning of `bytes`, and how many bytes it takes; `None` where it is cut
    /// or where codes are more than fit.
    pub(super) fn read(bytes: &[u8]) -> Option<(Self, usize)> {
        let (counts, rest) = bytes.split_first_chunk::<16>()?;
        let symbols = rest.get(..counts.iter().map(|&count| usize::from(count)).sum())?;
        let mut room = 1i32;
        for &count in counts {
            room = 2 * room - i32::from(count);
            if room < 0 {
                return None;
            }
        }
        let spec = Self { counts: *counts, symbols: symbols.to_vec() };
        Some((spec, 16 + symbols.len()))
    }

    /// All codes, the shortest first (ITU-T T.81, C.2).
    pub(super) fn codes(&self) -> impl Iterator<Item = Code> {
        let lengths = (1..)
            .zip(self.counts)
            .flat_map(|(length, count)| std::iter::repeat_n(length, usize::from(count)));
        let mut next = Code { bits: 0, length: 0, symbol: 0 };
        lengths.zip(&self.symbols).map(move |(length, &symbol)| {
            let code = Code { bits: next.bits << (length - next.length), length, symbol };
            next = Code { bits: code.bits + 1, ..code };
            code
        })
    }
}

/// Codes of so many bits are looked up at once.
const SHORT: usize = 9;

/// For single codes of any length.
#[derive(Debug)]
pub(super) struct Codes {
    /// For all that a short code can begin: `length << 8 | symbol`, or 0.
    short: Box<[u16; 1 << SHORT]>,
    /// For each length: what all codes of up to this length are below, as 16 bits.
    below: [u32; 17],
    /// For each length: what to add to a code to get the place of its symbol.
    shift: [i32; 17],
    symbols: Vec<u8>,
}

impl Codes {
    pub(super) fn new(spec: &Spec) -> Self {
        let mut codes = Self {
            short: Box::new([0; 1 << SHORT]),
            below: [0; 17],
            shift: [0; 17],
            symbols: spec.symbols.clone(),
        };
        for (place, code) in spec.codes().enumerate() {
            let Code { bits, length, symbol } = code;
            if length <= SHORT {
                let entry = (length as u16) << 8 | u16::from(symbol);
                codes.short[bits << (SHORT - length)..][..1 << (SHORT - length)].fill(entry);
            }
            codes.below[length] = ((bits + 1) << (16 - length)) as u32;
            codes.shift[length] = place as i32 - bits as i32;
        }
        codes
    }

    /// The symbol of the next code, at most 16 bits, which are dropped; `None` where there is no
    /// such code.
    #[inline(always)]
    pub(super) fn next(&self, cursor: &mut Cursor) -> Option<u8> {
        let entry = self.short[(cursor.window >> (64 - SHORT)) as usize];
        let (length, symbol) = match entry {
            0 => self.long(cursor.window)?,
            _ => (u32::from(entry >> 8), entry as u8),
        };
        cursor.drop(length);
        Some(symbol)
    }

    /// The length and the symbol of a code that is not short.
    #[cold]
    fn long(&self, window: u64) -> Option<(u32, u8)> {
        let next = (window >> 48) as u32;
        let length = (SHORT + 1..=16).find(|&length| next < self.below[length])?;
        let place = (next >> (16 - length)) as i32 + self.shift[length];
        let symbol = self.symbols.get(usize::try_from(place).unwrap_or(usize::MAX))?;
        Some((length as u32, *symbol))
    }
}
