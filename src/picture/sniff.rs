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

impl Other {
    /// What it is called; an empty file is called nothing.
    pub fn name(self) -> Option<String> {
        match self {
            Self::PictureFormat(name)
            | Self::Video(name)
            | Self::Container(name)
            | Self::NotAPicture(name) => Some(name),
            Self::Empty => None,
        }
    }
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
    if named_tga && is_tga_header(head) {
        return Content::Picture(Kind::Tga);
    }
    Content::Other(if is_text(head) {
        Other::NotAPicture("text".to_owned())
    } else if holds_picture(head) {
        Other::Container("unknown data with a picture inside".to_owned())
    } else {
        Other::NotAPicture("unknown data".to_owned())
    })
}

/// Whether the fields of a TGA header have values that occur: colour map, type, depth, size.
///
/// Source: Truevision TGA File Format Specification 2.0.
fn is_tga_header(head: &[u8]) -> bool {
    let Some(&[_, map, kind, .., w0, w1, h0, h1, depth, _]) = head.first_chunk::<18>() else {
        return false;
    };
    map <= 1
        && matches!(kind, 1..=3 | 9..=11)
        && matches!(depth, 8 | 15 | 16 | 24 | 32)
        && [w0, w1] != [0, 0]
        && [h0, h1] != [0, 0]
}

/// Whether a JPEG or PNG begins somewhere in what is nothing known.
fn holds_picture(head: &[u8]) -> bool {
    let jpeg = |at: usize| matches!(head[at..], [0xff, 0xd8, 0xff, 0xdb | 0xe0 | 0xe1, ..]);
    memchr::memchr_iter(0xff, head).any(jpeg)
        || memchr::memmem::find(head, b"\x89PNG\r\n\x1a\n").is_some()
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
    } else if has(&[b"M4A ", b"M4B ", b"M4P "]) {
        Some(Content::Other(Other::NotAPicture("audio/m4a".to_owned())))
    } else if has(&[b"jp2 ", b"jpx ", b"jpm "]) {
        other("jpeg 2000")
    } else {
        // There are more brands of video than anyone lists: telephones', cameras', broadcasters'.
        // A file that ends before its brand is named all the same.
        // A worker's answer whose kind is not plain ASCII is not believed, so none is made.
        let brand = brands.first().map_or_else(String::new, |name| name.escape_ascii().to_string());
        let brand = brand.trim().to_owned();
        let video = || Other::Video(format!("video (iso media, {brand})"));
        Some(Content::Other(named_by_library(head).unwrap_or_else(video)))
    }
}

/// Formats that the library in [`named_by_library`] does not know.
fn undecodable(head: &[u8]) -> Option<Content> {
    if let Some(other) = video_or_container(head) {
        return Some(Content::Other(other));
    }
    let name = match head {
        [0xff, 0x0a, ..] | [0, 0, 0, 12, b'J', b'X', b'L', b' ', ..] => "jxl",
        [0xff, 0x4f, 0xff, 0x51, ..] => "jpeg 2000",
        [0x76, 0x2f, 0x31, 0x01, ..] => "openexr",
        [b'i', b'c', b'n', b's', ..] => "icns",
        [b'g', b'i', b'm', b'p', b' ', b'x', b'c', b'f', ..] => "xcf",
        [0xd7, 0xcd, 0xc6, 0x9a, ..] => "wmf",
        [1, 0, 0, 0, ..] if head.get(40..44) == Some(b" EMF") => "emf",
        [0x8a, b'M', b'N', b'G', ..] => "mng",
        [0x8b, b'J', b'N', b'G', ..] => "jng",
        [b'B', b'P', b'G', 0xfb, ..] => "bpg",
        [b'F', b'L', b'I', b'F', ..] => "flif",
        [0x59, 0xa6, 0x6a, 0x95, ..] => "sun raster",
        [0x01, 0xda, 0 | 1, 1 | 2, ..] => "sgi",
        [b'R', b'I', b'F', b'F', _, _, _, _, b'A', b'C', b'O', b'N', ..] => "ani",
        [0x0a, 0 | 2..=5, 0 | 1, 1 | 2 | 4 | 8, ..] => "pcx",
        _ if is_svg(head) => "svg",
        _ => return None,
    };
    Some(Content::Other(Other::PictureFormat(name.to_owned())))
}

/// Videos, and files that hold pictures, that the library does not know.
fn video_or_container(head: &[u8]) -> Option<Other> {
    let packet = |at: usize| head.get(at) == Some(&0x47);
    Some(match head {
        [b'.', b'R', b'M', b'F', ..] => Other::Video("video/realmedia".to_owned()),
        // Packets of 188 bytes (ISO/IEC 13818-1), with four bytes in front of each in M2TS.
        [0x47, ..] if packet(188) && packet(376) && packet(564) => {
            Other::Video("video/mp2t".to_owned())
        }
        _ if packet(4) && packet(196) && packet(388) && packet(580) => {
            Other::Video("video/mp2t (m2ts)".to_owned())
        }
        [b'C', b'M', b'M', b'M', ..] => Other::Container("thumbnail cache".to_owned()),
        [b'E' | b'L', b'V', b'F', 0x09, 0x0d, 0x0a, 0xff, 0, ..] => {
            Other::Container("disk image (ewf)".to_owned())
        }
        _ => return None,
    })
}

fn is_svg(head: &[u8]) -> bool {
    let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start();
    text.starts_with(b"<") && memchr::memmem::find(text, b"<svg").is_some()
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

    #[test]
    fn a_brand_that_is_no_ascii_is_named_in_ascii() {
        let name = other(&ftyp(&[*b"hei\x80"])).name().unwrap();
        assert_eq!(name, "video (iso media, hei\\x80)");
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
    fn every_other_brand_of_iso_media_is_a_video() {
        for brand in [b"3gp4", b"3g2a", b"XAVC", b"qt  "] {
            assert!(matches!(other(&ftyp(&[*brand, *b"\0\0\0\0"])), Other::Video(_)), "{brand:?}");
        }
        let audio = ftyp(&[*b"M4A ", *b"\0\0\0\0"]);
        assert_eq!(other(&audio), Other::NotAPicture("audio/m4a".into()));
    }

    #[test]
    fn iso_media_that_end_before_their_brand_are_a_video_all_the_same() {
        for length in 8..12 {
            let head = &b"\0\0\0\x18ftypisom"[..length];
            assert!(matches!(other(head), Other::Video(_)), "{length}");
        }
    }

    #[test]
    fn a_picture_inside_unknown_data_is_not_passed_over() {
        let mut data = vec![0x13; 300];
        assert_eq!(other(&data), Other::NotAPicture("unknown data".into()));
        data.extend([0xff, 0xd8, 0xff, 0xe1, 0, 0]);
        assert_eq!(other(&data), Other::Container("unknown data with a picture inside".into()));
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
        let implausible = [7; 18];
        assert_eq!(
            sniff(&implausible, true),
            Content::Other(Other::NotAPicture("unknown data".into()))
        );
        assert_eq!(other(&head), Other::NotAPicture("unknown data".into()));
    }

    #[test]
    fn an_empty_file_is_empty_whatever_its_name() {
        assert_eq!(sniff(b"", true), Content::Other(Other::Empty));
    }
}
