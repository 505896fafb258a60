//! Numbers and short texts in a row, each as wide as its kind, little-endian: nothing in them can
//! make a reader do more than read on.

use crate::hash::{Hash, Quality};
use crate::orientation::Orientation;
use crate::view::Place;

/// Writes one after the other.
#[derive(Debug, Default)]
pub(super) struct Writer(pub(super) Vec<u8>);

/// Reads one after the other; none where the bytes end, or where there is what can't be.
#[derive(Debug)]
pub(super) struct Reader<'a>(pub(super) &'a [u8]);

/// Most degrees of a place's angle, either way.
const MOST_DEGREES: f64 = 360.0;

impl Writer {
    pub(super) fn u8(&mut self, number: u8) {
        self.0.push(number);
    }

    pub(super) fn u16(&mut self, number: u16) {
        self.0.extend(number.to_le_bytes());
    }

    pub(super) fn u32(&mut self, number: u32) {
        self.0.extend(number.to_le_bytes());
    }

    pub(super) fn u64(&mut self, number: u64) {
        self.0.extend(number.to_le_bytes());
    }

    pub(super) fn f32(&mut self, number: f32) {
        self.0.extend(number.to_le_bytes());
    }

    pub(super) fn f64(&mut self, number: f64) {
        self.0.extend(number.to_le_bytes());
    }

    /// A count of what follows, at most `u16::MAX`: more than a reader takes.
    pub(super) fn count(&mut self, count: usize) {
        self.u16(u16::try_from(count).unwrap_or(u16::MAX));
    }

    /// As much of a text as `most` bytes hold.
    pub(super) fn text(&mut self, text: &str, most: usize) {
        let end = (0..=most.min(text.len())).rev().find(|&end| text.is_char_boundary(end));
        let cut = &text[..end.unwrap_or(0)];
        self.count(cut.len());
        self.0.extend(cut.as_bytes());
    }

    pub(super) fn orientation(&mut self, turn: Orientation) {
        let number = Orientation::ALL.iter().position(|&one| one == turn);
        self.u8(number.map_or(u8::MAX, |number| u8::try_from(number).unwrap_or(u8::MAX)));
    }

    pub(super) fn hash(&mut self, hash: Hash) {
        hash.0.iter().for_each(|&word| self.u64(word));
    }

    pub(super) fn turned(&mut self, turned: &[(Orientation, Hash)]) {
        self.count(turned.len());
        for &(turn, hash) in turned {
            self.orientation(turn);
            self.hash(hash);
        }
    }

    pub(super) fn place(&mut self, place: &Place) {
        self.u32(place.x.cast_unsigned());
        self.u32(place.y.cast_unsigned());
        self.u32(place.width);
        self.u32(place.height);
        self.f64(place.angle);
    }
}

impl<'a> Reader<'a> {
    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (first, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*first)
    }

    pub(super) fn u8(&mut self) -> Option<u8> {
        self.array().map(u8::from_le_bytes)
    }

    /// A byte that is 0 or 1.
    pub(super) fn bool(&mut self) -> Option<bool> {
        match self.u8()? {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        }
    }

    pub(super) fn u16(&mut self) -> Option<u16> {
        self.array().map(u16::from_le_bytes)
    }

    pub(super) fn u32(&mut self) -> Option<u32> {
        self.array().map(u32::from_le_bytes)
    }

    pub(super) fn u64(&mut self) -> Option<u64> {
        self.array().map(u64::from_le_bytes)
    }

    /// A number, not an infinite one.
    pub(super) fn f32(&mut self) -> Option<f32> {
        self.array().map(f32::from_le_bytes).filter(|number| number.is_finite())
    }

    /// A number, not an infinite one.
    pub(super) fn f64(&mut self) -> Option<f64> {
        self.array().map(f64::from_le_bytes).filter(|number| number.is_finite())
    }

    /// At most `most`.
    pub(super) fn count(&mut self, most: usize) -> Option<usize> {
        self.u16().map(usize::from).filter(|&count| count <= most)
    }

    /// So many bytes.
    pub(super) fn bytes(&mut self, len: usize) -> Option<&'a [u8]> {
        let (first, rest) = self.0.split_at_checked(len)?;
        self.0 = rest;
        Some(first)
    }

    /// A text of at most `most` bytes.
    pub(super) fn text(&mut self, most: usize) -> Option<String> {
        let len = self.count(most)?;
        str::from_utf8(self.bytes(len)?).map_or(None, |text| Some(text.to_owned()))
    }

    pub(super) fn orientation(&mut self) -> Option<Orientation> {
        Orientation::ALL.get(usize::from(self.u8()?)).copied()
    }

    pub(super) fn quality(&mut self) -> Option<Quality> {
        self.u8().filter(|&quality| quality <= 100).map(Quality)
    }

    /// A hash of so many bits: the others are 0.
    pub(super) fn hash(&mut self, bits: usize) -> Option<Hash> {
        let hash = Hash([self.u64()?, self.u64()?, self.u64()?, self.u64()?]);
        let within = (bits..256).all(|bit| hash.0[bit / 64] >> (bit % 64) & 1 == 0);
        within.then_some(hash)
    }

    /// Hashes of so many bits, at least one, each orientation at most once.
    pub(super) fn turned(&mut self, bits: usize) -> Option<Vec<(Orientation, Hash)>> {
        let count = self.count(Orientation::ALL.len())?;
        let mut turned: Vec<(Orientation, Hash)> = Vec::with_capacity(count);
        for _ in 0..count {
            let turn = self.orientation()?;
            if turned.iter().any(|&(known, _)| known == turn) {
                return None;
            }
            turned.push((turn, self.hash(bits)?));
        }
        (count > 0).then_some(turned)
    }

    pub(super) fn place(&mut self) -> Option<Place> {
        let (x, y) = (self.u32()?.cast_signed(), self.u32()?.cast_signed());
        let (width, height) = (self.u32()?, self.u32()?);
        let angle = self.f64().filter(|angle| angle.abs() <= MOST_DEGREES)?;
        Some(Place { x, y, width, height, angle })
    }
}
