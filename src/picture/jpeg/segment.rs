//! The frame of markers around the coded data (ITU-T T.81, annex B).

/// One segment of a file.
#[derive(Clone, Copy, Debug)]
pub(super) struct Segment<'a> {
    /// The second byte of its marker.
    pub(super) marker: u8,
    /// Where the marker stands.
    pub(super) at: usize,
    /// What stands behind the marker and the length.
    pub(super) body: &'a [u8],
    /// Of a scan: its coded data, restart markers included.
    pub(super) coded: &'a [u8],
}

/// Start of a progressive frame, of a baseline and of an extended one.
pub(super) const SOF: std::ops::RangeInclusive<u8> = 0xc0..=0xcf;
/// Huffman tables.
pub(super) const DHT: u8 = 0xc4;
/// End of the picture.
pub(super) const EOI: u8 = 0xd9;
/// Start of a scan.
pub(super) const SOS: u8 = 0xda;
/// Quantisation tables.
pub(super) const DQT: u8 = 0xdb;
/// Restart interval.
pub(super) const DRI: u8 = 0xdd;
/// Application data that may be Exif.
pub(super) const APP1: u8 = 0xe1;
/// Application data that may be Adobe's.
pub(super) const APP14: u8 = 0xee;

/// The segments of a file, up to its end marker, or as far as they can be followed.
#[derive(Clone, Debug)]
pub(super) struct Segments<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Segments<'a> {
    /// `bytes`: the whole file.
    pub(super) fn of(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 2 }
    }
}

impl<'a> Iterator for Segments<'a> {
    type Item = Segment<'a>;

    fn next(&mut self) -> Option<Segment<'a>> {
        while let Some(&[0xff, marker]) = self.bytes.get(self.at..self.at + 2) {
            let at = self.at;
            match marker {
                // Any number of FF may stand before a marker; markers without a length.
                0xff => self.at += 1,
                0x01 | 0xd0..=0xd8 => self.at += 2,
                EOI => {
                    self.at = self.bytes.len();
                    return Some(Segment { marker, at, body: &[], coded: &[] });
                }
                _ => {
                    let &length = self.bytes.get(at + 2..)?.first_chunk()?;
                    let end = at + 2 + usize::from(u16::from_be_bytes(length));
                    let body = self.bytes.get(at + 4..end)?;
                    self.at = end;
                    let mut coded: &[u8] = &[];
                    if marker == SOS {
                        let data = &self.bytes[end..];
                        coded = &data[..end_of_coded(data)];
                        self.at += coded.len();
                    }
                    return Some(Segment { marker, at, body, coded });
                }
            }
        }
        None
    }
}

/// The place of the first marker in `data` that does not belong to coded data.
fn end_of_coded(data: &[u8]) -> usize {
    // Within coded data FF is followed by 00, or by the number of a restart. What else is not the
    // marker of a segment, damage has made.
    let marker = |&at: &usize| {
        data.get(at + 1).is_some_and(|next| matches!(next, 0xc0..=0xcf | 0xd8..=0xfe))
    };
    memchr::memchr_iter(0xff, data).find(marker).unwrap_or(data.len())
}

/// The stretches of coded data between the restart markers of a scan, each with its number: that
/// of the restart interval that it holds.
#[derive(Clone, Debug)]
pub(super) struct Stretches<'a> {
    rest: Option<&'a [u8]>,
    number: usize,
}

impl<'a> Stretches<'a> {
    pub(super) fn of(coded: &'a [u8]) -> Self {
        Self { rest: Some(coded), number: 0 }
    }
}

impl<'a> Iterator for Stretches<'a> {
    type Item = (usize, &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let data = self.rest.take()?;
        let number = self.number;
        let restart = |&at: &usize| matches!(data.get(at + 1), Some(0xd0..=0xd7));
        let Some(end) = memchr::memchr_iter(0xff, data).find(restart) else {
            return Some((number, data));
        };
        self.rest = data.get(end + 2..);
        // Markers are numbered modulo 8. If this one is a few too far, intervals are missing.
        let ahead = (usize::from(data[end + 1] & 7) + 8 - number % 8) % 8;
        self.number += if ahead <= 4 { 1 + ahead } else { 1 };
        Some((number, &data[..end]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn segments_end_at_the_end_marker_and_scans_at_the_next_segment() {
        let bytes = b"\xff\xd8\xff\xff\xdb\0\x03q\xff\xda\0\x02a\xff\0b\xff\xd0c\xff\x37\xff\xd9\xff\xda\0\x02";
        let found: Vec<_> =
            Segments::of(bytes).map(|s| (s.marker, s.at, s.body, s.coded)).collect();
        let coded: &[u8] = b"a\xff\0b\xff\xd0c\xff\x37";
        let expected = [(DQT, 3, &b"q"[..], &b""[..]), (SOS, 8, b"", coded), (EOI, 21, b"", b"")];
        assert_eq!(found, expected);
    }

    #[test]
    fn stretches_know_their_numbers_also_where_some_are_missing() {
        let coded = b"a\xff\0\xff\xd0b\xff\xd1c\xff\xd4d\xff\xd5";
        let found: Vec<_> = Stretches::of(coded).collect();
        let expected: [(usize, &[u8]); 5] =
            [(0, b"a\xff\0"), (1, b"b"), (2, b"c"), (5, b"d"), (6, b"")];
        assert_eq!(found, expected);
    }
}
