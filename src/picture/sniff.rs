//! What a file seems to be, by its first bytes and not by its name: evidence is renamed.

use super::{Kind, tiff};

/// How many of a file's first bytes [`sniff`] wants to see, if the file has as many.
pub const SNIFF_BYTES: usize = 65_536;

/// What a file seems to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// A picture of a kind that kinga decodes.
    Picture(Kind),
    /// Anything else.
    Other(Other),
}

/// What a file that kinga can't look into seems to be; the text names it, such as `avif` or
/// `video/mp4`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Other {
    /// A picture of a kind that kinga knows but can't decode: it was *not* looked at.
    PictureFormat(String),
    /// A video: it was *not* looked at.
    Video(String),
    /// An archive or document, which may hold pictures: they were *not* looked at.
    Container(String),
    /// Nothing that shows a picture, as far as its first bytes tell.
    NotAPicture(String),
    /// No bytes at all.
    Empty,
}

/// What a file seems to be that begins with `head` (its first [`SNIFF_BYTES`], or all of it).
/// `named_tga` tells whether its name ends in `.tga`: that format has no magic bytes.
pub fn sniff(head: &[u8], named_tga: bool) -> Content {
    if head.is_empty() {
        return Content::Other(Other::Empty);
    }
    if let Some(content) = picture(head) {
        return content;
    }
    if let Some(other) = named_by_library(head) {
        return Content::Other(other);
    }
    if named_tga {
        return Content::Picture(Kind::Tga);
    }
    Content::Other(Other::NotAPicture(
        if is_text(head) { "text" } else { "unknown data" }.to_owned(),
    ))
}

fn picture(head: &[u8]) -> Option<Content> {
    let kind = match head {
        [0xff, 0xd8, 0xff, ..] => Kind::Jpeg,
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Kind::Png,
        [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Kind::Gif,
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Kind::WebP,
        [b'q', b'o', b'i', b'f', ..] => Kind::Qoi,
        [b'D', b'D', b'S', b' ', 124, 0, 0, 0, ..] => Kind::Dds,
        [b'f', b'a', b'r', b'b', b'f', b'e', b'l', b'd', ..] => Kind::Farbfeld,
        // A directory of at least one picture, so that 00 00 01 00 alone is not enough.
        [0, 0, 1 | 2, 0, count, 0, _, _, _, 0, ..] if *count > 0 => Kind::Ico,
        [b'P', b'1'..=b'7', b' ' | b'\t' | b'\r' | b'\n' | b'#', ..] => Kind::Pnm,
        _ if head.starts_with(b"#?RADIANCE") || head.starts_with(b"#?RGBE") => Kind::Hdr,
        _ if is_bmp(head) => Kind::Bmp,
        _ => return tiff_family(head).or_else(|| iso_media(head)).or_else(|| undecodable(head)),
    };
    Some(Content::Picture(kind))
}

/// `BM` alone also begins many a text: the size of the second header must be one of those known.
fn is_bmp(head: &[u8]) -> bool {
    let known = [12, 16, 40, 52, 56, 64, 108, 124];
    head.starts_with(b"BM")
        && head.get(14..18).is_some_and(|size| known.contains(&size[0]) && size[1..] == [0; 3])
}

/// TIFF, and the raw formats of cameras that look like it.
fn tiff_family(head: &[u8]) -> Option<Content> {
    let raw = |name: &str| Some(Content::Other(Other::PictureFormat(name.to_owned())));
    match head.get(..4)? {
        [b'I', b'I', 42 | 43, 0] | [b'M', b'M', 0, 42 | 43] => {
            if head.get(8..10) == Some(b"CR") {
                raw("camera raw (cr2)")
            } else if tiff::first_directory(head).raw {
                raw("camera raw (tiff)")
            } else {
                Some(Content::Picture(Kind::Tiff))
            }
        }
        b"IIU\0" => raw("camera raw (rw2)"),
        b"IIRO" | b"IIRS" | b"MMOR" => raw("camera raw (orf)"),
        b"FUJI" if head.starts_with(b"FUJIFILMCCD-RAW") => raw("camera raw (raf)"),
        b"FOVb" => raw("camera raw (x3f)"),
        _ => None,
    }
}

/// HEIC, AVIF and their kin: boxes, of which the first lists brands (ISO/IEC 14496-12, 4.3).
fn iso_media(head: &[u8]) -> Option<Content> {
    if head.get(4..8)? != b"ftyp" {
        return None;
    }
    let size = usize::try_from(u32::from_be_bytes(head.get(..4)?.try_into().unwrap_or([0; 4])));
    let end = size.unwrap_or(usize::MAX).clamp(16, 256).min(head.len());
    let brands: Vec<&[u8]> = head.get(8..end)?.chunks_exact(4).collect();
    let has =
        |names: &[&[u8; 4]]| brands.iter().any(|brand| names.iter().any(|name| brand == name));
    let other = |name: &str| Some(Content::Other(Other::PictureFormat(name.to_owned())));
    if has(&[b"avif", b"avis"]) {
        other("avif")
    } else if has(&[b"crx "]) {
        other("camera raw (cr3)")
    } else if has(&[b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs"]) {
        Some(Content::Picture(Kind::Heic))
    } else if has(&[b"mif1", b"msf1", b"mif2"]) {
        // Some other codec may be inside; the decoder then says which feature it lacks.
        Some(Content::Picture(Kind::Heic))
    } else {
        None
    }
}

/// Formats that the library in [`named_by_library`] does not know.
fn undecodable(head: &[u8]) -> Option<Content> {
    let name = match head {
        [0xff, 0x0a, ..] | [0, 0, 0, 12, b'J', b'X', b'L', b' ', ..] => "jxl",
        [0xff, 0x4f, 0xff, 0x51, ..] => "jpeg 2000",
        [0x76, 0x2f, 0x31, 0x01, ..] => "openexr",
        [b'i', b'c', b'n', b's', ..] => "icns",
        [b'g', b'i', b'm', b'p', b' ', b'x', b'c', b'f', ..] => "xcf",
        [0xd7, 0xcd, 0xc6, 0x9a, ..] => "wmf",
        [1, 0, 0, 0, ..] if head.get(40..44) == Some(b" EMF") => "emf",
        [0x0a, 0 | 2..=5, 0 | 1, 1 | 2 | 4 | 8, ..] => "pcx",
        _ if is_svg(head) => "svg",
        _ => return None,
    };
    Some(Content::Other(Other::PictureFormat(name.to_owned())))
}

fn is_svg(head: &[u8]) -> bool {
    let start = &head[..head.len().min(1024)];
    start.trim_ascii_start().starts_with(b"<") && start.windows(4).any(|four| four == b"<svg")
}

fn named_by_library(head: &[u8]) -> Option<Other> {
    use infer::MatcherType;
    let found = infer::get(head)?;
    let name = found.mime_type().to_owned();
    if ["image/bmp", "image/vnd.microsoft.icon"].contains(&found.mime_type()) {
        // It looks at fewer bytes than `picture` did, which found none.
        return None;
    }
    Some(match found.matcher_type() {
        MatcherType::Image => Other::PictureFormat(name),
        MatcherType::Video => Other::Video(name),
        MatcherType::Archive | MatcherType::Book | MatcherType::Doc => Other::Container(name),
        _ => Other::NotAPicture(name),
    })
}

/// UTF-8 without control characters, as far as `head` goes.
fn is_text(head: &[u8]) -> bool {
    let text = match std::str::from_utf8(head) {
        Ok(text) => text,
        // The head may end within a character.
        Err(error) if error.error_len().is_none() => {
            std::str::from_utf8(&head[..error.valid_up_to()]).unwrap_or("")
        }
        Err(_) => return false,
    };
    !text.is_empty() && text.chars().all(|c| !c.is_control() || c.is_whitespace())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn other(head: &[u8]) -> Other {
        match sniff(head, false) {
            Content::Other(other) => other,
            Content::Picture(kind) => panic!("{kind}"),
        }
    }

    fn ftyp(brands: &[[u8; 4]]) -> Vec<u8> {
        let size = u32::try_from(8 + 4 * brands.len()).unwrap();
        [&size.to_be_bytes()[..], b"ftyp", brands.as_flattened()].concat()
    }

    #[test]
    fn a_text_that_begins_with_bm_is_no_bmp() {
        assert_eq!(
            other(b"BMW and other makers of cars and motors"),
            Other::NotAPicture("text".into())
        );
    }

    #[test]
    fn formats_that_we_cannot_decode_are_named() {
        let avif = ftyp(&[*b"avif", *b"\0\0\0\0", *b"mif1"]);
        assert_eq!(other(&avif), Other::PictureFormat("avif".into()));
        assert_eq!(other(&[0xff, 0x0a, 1]), Other::PictureFormat("jxl".into()));
        assert_eq!(other(b"<?xml version='1.0'?>\n<svg>"), Other::PictureFormat("svg".into()));
        assert_eq!(other(b"8BPS\0\x01"), Other::PictureFormat("image/vnd.adobe.photoshop".into()));
        assert_eq!(
            other(&ftyp(&[*b"isom", *b"\0\0\0\0", *b"mp41"])),
            Other::Video("video/mp4".into())
        );
        assert_eq!(other(b"PK\x03\x04....."), Other::Container("application/zip".into()));
        assert_eq!(other(b"%PDF-1.7"), Other::Container("application/pdf".into()));
    }

    #[test]
    fn heic_is_a_picture_by_any_of_its_brands() {
        assert_eq!(sniff(&ftyp(&[*b"heic", *b"\0\0\0\0"]), false), Content::Picture(Kind::Heic));
        let mif1 = ftyp(&[*b"mif1", *b"\0\0\0\0", *b"mif1", *b"heic"]);
        assert_eq!(sniff(&mif1, false), Content::Picture(Kind::Heic));
    }

    #[test]
    fn tga_is_known_by_its_name_alone() {
        let head = [0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 4, 0, 24, 0];
        assert_eq!(sniff(&head, true), Content::Picture(Kind::Tga));
        assert_eq!(other(&head), Other::NotAPicture("unknown data".into()));
    }

    #[test]
    fn an_empty_file_is_empty_whatever_its_name() {
        assert_eq!(sniff(b"", true), Content::Other(Other::Empty));
    }
}
