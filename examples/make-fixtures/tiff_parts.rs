//! TIFF files put together by hand: several pages, and the shells of raw camera files.

/// One entry of a TIFF directory: tag, type (3 = 16 bits, 4 = 32 bits, 1 = bytes), values.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    tag: u16,
    kind: u16,
    values: Vec<u32>,
}

/// 16-bit values.
pub(crate) fn shorts(tag: u16, values: &[u32]) -> Entry {
    Entry { tag, kind: 3, values: values.to_vec() }
}

/// 32-bit values.
pub(crate) fn longs(tag: u16, values: &[u32]) -> Entry {
    Entry { tag, kind: 4, values: values.to_vec() }
}

/// Single bytes.
pub(crate) fn bytes(tag: u16, values: &[u8]) -> Entry {
    Entry { tag, kind: 1, values: values.iter().map(|&value| u32::from(value)).collect() }
}

/// One page: its pixels as one strip, and all entries but those about the strip.
#[derive(Debug, Clone)]
pub(crate) struct Page {
    /// Entries in any order, without `StripOffsets` and `StripByteCounts`.
    pub(crate) entries: Vec<Entry>,
    /// What the strip holds.
    pub(crate) strip: Vec<u8>,
}

/// A page of 8-bit RGB.
pub(crate) fn rgb_page(picture: &image::RgbImage) -> Page {
    let (width, height) = picture.dimensions();
    let entries = vec![
        longs(0x0100, &[width]),
        longs(0x0101, &[height]),
        shorts(0x0102, &[8, 8, 8]),
        shorts(0x0103, &[1]),
        shorts(0x0106, &[2]),
        shorts(0x0115, &[3]),
        longs(0x0116, &[height]),
    ];
    Page { entries, strip: picture.as_raw().clone() }
}

/// A little-endian TIFF of these pages; `after_header` stands between the header and the first page.
pub(crate) fn tiff(pages: &[Page], after_header: &[u8]) -> Vec<u8> {
    let mut file = b"II*\0\0\0\0\0".to_vec();
    file.extend(after_header);
    let mut link = 4;
    for page in pages {
        let strip_at = file.len() as u32;
        file.extend(&page.strip);
        let mut entries = page.entries.clone();
        entries.push(longs(0x0111, &[strip_at]));
        entries.push(longs(0x0117, &[page.strip.len() as u32]));
        entries.sort_by_key(|entry| entry.tag);
        let placed: Vec<[u8; 12]> = entries.iter().map(|entry| place(entry, &mut file)).collect();
        if file.len() % 2 == 1 {
            file.push(0);
        }
        let directory_at = file.len() as u32;
        file[link..link + 4].copy_from_slice(&directory_at.to_le_bytes());
        file.extend((placed.len() as u16).to_le_bytes());
        file.extend(placed.concat());
        link = file.len();
        file.extend([0; 4]);
    }
    file
}

/// The twelve bytes of an entry; values that do not fit into it are added to the file.
fn place(entry: &Entry, file: &mut Vec<u8>) -> [u8; 12] {
    let values: Vec<u8> = entry
        .values
        .iter()
        .flat_map(|value| {
            let size = match entry.kind {
                1 => 1,
                3 => 2,
                _ => 4,
            };
            value.to_le_bytes().into_iter().take(size)
        })
        .collect();
    let mut bytes = [0; 12];
    bytes[..2].copy_from_slice(&entry.tag.to_le_bytes());
    bytes[2..4].copy_from_slice(&entry.kind.to_le_bytes());
    bytes[4..8].copy_from_slice(&(entry.values.len() as u32).to_le_bytes());
    if values.len() <= 4 {
        bytes[8..8 + values.len()].copy_from_slice(&values);
    } else {
        if file.len() % 2 == 1 {
            file.push(0);
        }
        bytes[8..].copy_from_slice(&(file.len() as u32).to_le_bytes());
        file.extend(values);
    }
    bytes
}
