//! Damage of all kinds, from a seed.

#![expect(clippy::cast_possible_truncation, reason = "numbers below 256")]

/// A generator of numbers (PCG's multiplier, and its high bits).
#[derive(Debug)]
pub(crate) struct Dice {
    state: u64,
    /// Bytes that mean something.
    marks: &'static [u8],
    /// Where headers end, about.
    headers: usize,
}

impl Dice {
    /// For files of any kind.
    pub(crate) fn new(seed: u64) -> Self {
        Self::of(seed, &[0xff, 0, 0x7f, 0x80], 120)
    }

    /// For files in which these bytes mean something, and whose headers have about so many.
    pub(crate) fn of(seed: u64, marks: &'static [u8], headers: usize) -> Self {
        Self { state: seed, marks, headers }
    }

    /// A number below `end`, which is at least 1.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        let next = self.state.wrapping_mul(6_364_136_223_846_793_005);
        self.state = next.wrapping_add(1_442_695_040_888_963);
        (self.state >> 33) as usize % end
    }

    fn byte(&mut self) -> u8 {
        // Bytes that mean something are as likely as all others together.
        if self.below(2) == 0 {
            return self.marks[self.below(self.marks.len())];
        }
        self.below(256) as u8
    }

    /// A place in so many bytes; every second is among the headers in front.
    fn place(&mut self, length: usize) -> usize {
        let end = if self.below(2) > 0 { length } else { length.min(self.headers) };
        self.below(end.max(1))
    }

    /// The bytes, damaged one to four times; `other` is where foreign pieces come from.
    pub(crate) fn damaged(&mut self, whole: &[u8], other: &[u8]) -> Vec<u8> {
        let mut bytes = whole.to_vec();
        for _ in 0..=self.below(4) {
            self.damage(&mut bytes, other);
        }
        bytes
    }

    fn damage(&mut self, bytes: &mut Vec<u8>, other: &[u8]) {
        let (from, to) = (self.place(bytes.len()), self.place(bytes.len()));
        let (from, to) = (from.min(to), from.max(to).min(bytes.len()));
        match self.below(9) {
            0 | 1 if !bytes.is_empty() => bytes[from] ^= 1 << self.below(8),
            2 | 3 if !bytes.is_empty() => bytes[from] = self.byte(),
            4 => bytes.truncate(to),
            5 => drop(bytes.drain(from..to.min(from + 300))),
            6 => bytes.insert(from.min(bytes.len()), self.byte()),
            7 => {
                let (start, length) = (self.place(other.len()), self.below(200));
                let piece = other[start..].iter().take(length).copied();
                drop(bytes.splice(from..from, piece));
            }
            _ => {
                let byte = self.byte();
                bytes[from..to.min(from + 40)].fill(byte);
            }
        }
    }
}
