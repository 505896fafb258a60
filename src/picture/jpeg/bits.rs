//! The bits of a stretch of entropy-coded data: without their stuffing, a window of 64 at a time.

#![expect(
    clippy::inline_always,
    reason = "so that functions take over the CPU features of their callers"
)]

/// Bytes that are freed of their stuffing at once; they stay in the nearest cache.
const CHUNK: usize = 1 << 13;

/// No block takes more bytes: 64 codes of at most 16 bits, each with at most 15 bits behind it
/// (ITU-T T.81, F.1.2), make 248, and a window of 8 bytes is read ahead.
const LONGEST_BLOCK: usize = 264;

/// A reader of the bits between two markers.
#[derive(Debug)]
pub(super) struct Bits<'a> {
    /// What is still to be freed of its stuffing.
    stuffed: &'a [u8],
    pub(super) plain: Box<Plain>,
    /// How many bytes of `plain` are data.
    end: usize,
    /// Up to here a whole block is surely in `plain`.
    safe: usize,
}

/// Plain bytes, and room for a window behind them.
pub(super) type Plain = [u8; CHUNK + 8];

/// A place within the plain bytes. Whoever reads keeps it to himself, and lends it to nobody but
/// functions that become part of him: so it stays in registers.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Cursor {
    /// The next bits, from the highest down. Below the `held` ones it may hold more that are right.
    pub(super) window: u64,
    /// How many bits of the window are to be relied on: 56 or more after [`Cursor::refill`].
    held: u32,
    /// The plain byte that follows those bits.
    at: usize,
}

impl Cursor {
    /// Brings the window to 56 bits at least; beyond the data, whatever.
    #[inline(always)]
    pub(super) fn refill(&mut self, plain: &Plain) {
        let next = plain.get(self.at..).and_then(<[u8]>::first_chunk);
        let next = next.map_or(0, |&bytes| u64::from_be_bytes(bytes));
        // Bits that were there before are laid over themselves.
        self.window |= next >> self.held;
        self.at += ((63 - self.held) >> 3) as usize;
        self.held |= 0b11_1000;
    }

    /// Drops `bits`, which are at most those held.
    #[inline(always)]
    pub(super) fn drop(&mut self, bits: u32) {
        self.window <<= bits;
        self.held = self.held.wrapping_sub(bits);
    }

    /// The next `bits`, 0 to 16, as a number, which are dropped.
    #[inline(always)]
    pub(super) fn take(&mut self, bits: u32) -> i32 {
        #[expect(clippy::cast_possible_truncation, reason = "at most 16 bits")]
        let number = (self.window >> 1 >> (63 - bits)) as i32;
        self.drop(bits);
        number
    }

    /// The number of which `bits` bits are stored, 0 to 15 (ITU-T T.81, F.2.2.1, EXTEND).
    #[inline(always)]
    pub(super) fn number(&mut self, bits: u32) -> i32 {
        extend(self.take(bits), bits)
    }
}

/// What the number `stored` in `bits` bits, 0 to 15, stands for (ITU-T T.81, F.2.2.1, EXTEND):
/// numbers that begin with a zero are negative.
pub(super) fn extend(stored: i32, bits: u32) -> i32 {
    let half = (1 << bits) >> 1;
    if stored < half { stored - 2 * half + 1 } else { stored }
}

impl<'a> Bits<'a> {
    pub(super) fn new() -> Self {
        Self { stuffed: &[], plain: Box::new([0; CHUNK + 8]), end: 0, safe: 0 }
    }

    /// Goes on to a new stretch of coded data, in which each FF is followed by the 00 stuffed in.
    /// Its beginning.
    pub(super) fn begin(&mut self, stuffed: &'a [u8]) -> Cursor {
        self.stuffed = stuffed;
        (self.end, self.safe) = (0, 0);
        self.fill(Cursor::default())
    }

    /// To be asked after each block: whether all its bits were there. Sees to it that the next one
    /// is there, too, if it exists.
    #[inline(always)]
    pub(super) fn were_there(&mut self, cursor: &mut Cursor) -> bool {
        if cursor.at < self.safe {
            return true;
        }
        *cursor = self.fill(*cursor);
        8 * cursor.at <= 8 * self.end + cursor.held as usize
    }

    /// Moves what was not read to the front, if there is more, and fills up the rest.
    #[cold]
    fn fill(&mut self, mut cursor: Cursor) -> Cursor {
        if self.stuffed.is_empty() {
            return cursor;
        }
        self.plain.copy_within(cursor.at..self.end, 0);
        self.end -= cursor.at;
        cursor.at = 0;
        while self.end < CHUNK && !self.stuffed.is_empty() {
            let piece = &self.stuffed[..self.stuffed.len().min(CHUNK - self.end)];
            let marked = memchr::memchr(0xff, piece);
            let plain = marked.map_or(piece.len(), |ff| ff + 1);
            self.plain[self.end..][..plain].copy_from_slice(&piece[..plain]);
            self.end += plain;
            let stuffing = usize::from(marked.is_some() && plain < self.stuffed.len());
            self.stuffed = &self.stuffed[plain + stuffing..];
        }
        self.safe = self.end.saturating_sub(LONGEST_BLOCK);
        cursor
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first `count` bytes of a stretch, read in pieces of 5 and 3 bits.
    fn bytes(stuffed: &[u8], count: usize) -> (Vec<i32>, bool) {
        let mut bits = Bits::new();
        let mut cursor = bits.begin(stuffed);
        let mut there = true;
        let mut byte = || {
            cursor.refill(&bits.plain);
            let byte = cursor.take(5) << 3 | cursor.take(3);
            there &= bits.were_there(&mut cursor);
            byte
        };
        let bytes = (0..count).map(|_| byte()).collect();
        (bytes, there)
    }

    #[test]
    fn what_was_stuffed_in_is_left_out() {
        assert_eq!(bytes(&[1, 0xff, 0, 0, 0xff, 0], 4), (vec![1, 255, 0, 255], true));
    }

    #[test]
    fn all_bytes_of_a_long_stretch_come_in_order_and_there_is_an_end() {
        let plain: Vec<u8> = (0..5 * CHUNK).map(|k| (k * k / 77).to_le_bytes()[0]).collect();
        let stuffed: Vec<u8> = plain
            .iter()
            .flat_map(|&byte| [byte, 0].into_iter().take(1 + usize::from(byte == 255)))
            .collect();
        let expected: Vec<i32> = plain.iter().map(|&byte| byte.into()).collect();
        assert_eq!(bytes(&stuffed, plain.len()), (expected, true));
        assert!(!bytes(&stuffed, plain.len() + 1).1);
    }

    #[test]
    fn numbers_are_extended_as_in_table_f_1() {
        let three: Vec<i32> = (0..8).map(|stored| extend(stored, 3)).collect();
        assert_eq!(three, [-7, -6, -5, -4, 4, 5, 6, 7]);
        assert_eq!((extend(0, 0), extend(0, 1), extend(1, 1)), (0, -1, 1));
    }
}
