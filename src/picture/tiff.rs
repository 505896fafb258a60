//! A look into the first directory of a TIFF file: is it a camera's raw file (whose first picture
//! is a thumbnail), and are there further pages?
//!
//! Source of tags: TIFF 6.0 and Adobe's DNG 1.6 specification.

/// What the first directory says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct FirstDirectory {
    /// The file is a camera's raw data: it has a DNG version, or its first picture is a reduced
    /// one with the real one in a sub-directory.
    pub(super) raw: bool,
    /// Another directory follows.
    pub(super) more: bool,
}

const NEW_SUBFILE_TYPE: u64 = 254;
const SUB_IFDS: u64 = 330;
const DNG_VERSION: u64 = 50_706;

/// Reads integers of either byte order; `None` beyond the end.
struct Reader<'a> {
    bytes: &'a [u8],
    little: bool,
}

impl Reader<'_> {
    fn uint(&self, at: u64, size: usize) -> Option<u64> {
        let at = usize::try_from(at).unwrap_or(usize::MAX);
        let bytes = self.bytes.get(at..at.checked_add(size)?)?;
        let fold = |value: u64, &byte: &u8| value << 8 | u64::from(byte);
        Some(if self.little {
            bytes.iter().rev().fold(0, fold)
        } else {
            bytes.iter().fold(0, fold)
        })
    }
}

/// What the first directory of a classic or big TIFF says, as far as `bytes` reach: a directory
/// beyond their end says nothing.
pub(super) fn first_directory(bytes: &[u8]) -> FirstDirectory {
    read(bytes).unwrap_or_default()
}

fn read(bytes: &[u8]) -> Option<FirstDirectory> {
    let reader = Reader { bytes, little: bytes.first() == Some(&b'I') };
    let big = reader.uint(2, 2)? == 43;
    let (start, counter, entry, offset) =
        if big { (reader.uint(8, 8)?, 8, 20, 8) } else { (reader.uint(4, 4)?, 2, 12, 4) };
    let count = reader.uint(start, counter)?;
    let (mut reduced, mut sub_ifds, mut dng) = (false, false, false);
    let entries = start.checked_add(counter as u64)?;
    // Directories hold some dozens of entries; a hostile count must not cost time.
    for k in 0..count.min(4096) {
        let at = entries.checked_add(k * entry)?;
        match reader.uint(at, 2)? {
            NEW_SUBFILE_TYPE => reduced = reader.uint(at + entry - offset as u64, 4)? & 1 == 1,
            SUB_IFDS => sub_ifds = true,
            DNG_VERSION => dng = true,
            _ => {}
        }
    }
    let next = reader.uint(entries.checked_add(count.checked_mul(entry)?)?, offset).unwrap_or(0);
    Some(FirstDirectory { raw: dng || (reduced && sub_ifds), more: next != 0 })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A little-endian TIFF whose first directory has these tags with value 1.
    fn tiff(tags: &[u16], next: u32) -> Vec<u8> {
        let mut bytes = b"II*\0\x08\0\0\0".to_vec();
        bytes.extend(u16::try_from(tags.len()).unwrap().to_le_bytes());
        for tag in tags {
            bytes.extend(tag.to_le_bytes());
            bytes.extend([4, 0, 1, 0, 0, 0, 1, 0, 0, 0]);
        }
        bytes.extend(next.to_le_bytes());
        bytes
    }

    #[test]
    fn a_thumbnail_with_sub_directories_is_raw_and_a_thumbnail_alone_is_not() {
        assert!(first_directory(&tiff(&[254, 330], 0)).raw);
        assert!(!first_directory(&tiff(&[254], 0)).raw);
        assert!(first_directory(&tiff(&[50_706], 0)).raw);
    }

    #[test]
    fn a_second_page_is_seen() {
        assert!(first_directory(&tiff(&[256], 100)).more);
        assert!(!first_directory(&tiff(&[256], 0)).more);
    }

    #[test]
    fn hostile_counts_and_offsets_say_nothing() {
        for bytes in [
            &b"II*\0\xff\xff\xff\xff"[..],
            b"MM\0*",
            b"II+\0\x08\0\0\0\xff\xff\xff\xff\xff\xff\xff\xff",
        ] {
            assert_eq!(first_directory(bytes), FirstDirectory::default());
        }
    }
}
