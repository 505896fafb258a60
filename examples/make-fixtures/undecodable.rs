//! `formats/known-but-undecodable/`: the first bytes of formats that are recognised but not decoded.
//!
//! Hand-made shells: the right magic and the start of the right structure, and no picture inside.

use crate::output::Folder;
use crate::png_parts::crc32;
use crate::tiff_parts::{Page, bytes, longs, shorts, tiff};
use anyhow::Result;

/// Writes the folder.
pub(crate) fn write_undecodable(fixtures: &Folder) -> Result<()> {
    let folder = fixtures.below("formats/known-but-undecodable");
    folder.write("shell.avif", avif())?;
    folder.write("codestream.jxl", b"\xFF\x0A\x7A\x12\x08\x06\x01\x00\x4B\x38\x41\x3C")?;
    folder.write("container.jxl", container_jxl())?;
    folder.write("shell.cr2", cr2())?;
    folder.write("shell.dng", dng())?;
    folder.write("shell.mp4", mp4())?;
    folder.write("shell.avi", avi())?;
    folder.write("shell.mkv", mkv())?;
    folder.write("shell.psd", psd())?;
    folder.write("shell.pdf", PDF)?;
    folder.write("shell.zip", zip())
}

/// A document with one empty page.
const PDF: &str = "%PDF-1.4\n\
    1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n\
    2 0 obj\n<< /Type /Pages /Kids [3 0 R] /Count 1 >>\nendobj\n\
    3 0 obj\n<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 100] >>\nendobj\n\
    trailer\n<< /Root 1 0 R /Size 4 >>\n%%EOF\n";

/// A box as ISO base media files are made of: length, four letters, content.
fn boxed(kind: [u8; 4], content: &[u8]) -> Vec<u8> {
    let length = content.len() as u32 + 8;
    [&length.to_be_bytes()[..], &kind, content].concat()
}

fn avif() -> Vec<u8> {
    let brands = boxed(*b"ftyp", b"avif\0\0\0\0avifmif1miafMA1B");
    let handler = boxed(*b"hdlr", b"\0\0\0\0\0\0\0\0pict\0\0\0\0\0\0\0\0\0\0\0\0\0");
    let primary = boxed(*b"pitm", b"\0\0\0\0\0\x01");
    let meta = boxed(*b"meta", &[&[0; 4][..], &handler, &primary].concat());
    [brands, meta, boxed(*b"mdat", &[0x12, 0x00, 0x0A, 0x0A])].concat()
}

fn container_jxl() -> Vec<u8> {
    let signature = boxed(*b"JXL ", b"\x0D\x0A\x87\x0A");
    let brands = boxed(*b"ftyp", b"jxl \0\0\0\0jxl ");
    [signature, brands, boxed(*b"jxlc", b"\xFF\x0A\x7A\x12\x08\x06")].concat()
}

fn mp4() -> Vec<u8> {
    let brands = boxed(*b"ftyp", b"isom\0\0\x02\0isomiso2avc1mp41");
    let mut header = vec![0; 100];
    // Time scale 1000 and a length of two seconds, in the movie header's fields.
    header[12..16].copy_from_slice(&1000u32.to_be_bytes());
    header[16..20].copy_from_slice(&2000u32.to_be_bytes());
    let movie = boxed(*b"moov", &boxed(*b"mvhd", &header));
    [brands, boxed(*b"free", &[]), movie, boxed(*b"mdat", &[0; 16])].concat()
}

/// A Canon raw file's start: TIFF, "CR", version 2, place of the raw directory, first directory.
fn cr2() -> Vec<u8> {
    let page = Page {
        entries: vec![
            longs(0x0100, &[5184]),
            longs(0x0101, &[3456]),
            shorts(0x0102, &[8, 8, 8]),
            shorts(0x0103, &[6]),
            shorts(0x0112, &[1]),
        ],
        strip: vec![0xFF, 0xD8, 0xFF, 0xD9],
    };
    tiff(&[page], b"CR\x02\0\0\0\0\0")
}

/// A DNG's start: the first directory is a reduced preview, and carries the version of DNG.
fn dng() -> Vec<u8> {
    let preview: Vec<u8> = (0..16 * 12 * 3u32).map(|at| (at * 5 % 251) as u8).collect();
    let page = Page {
        entries: vec![
            longs(0x00FE, &[1]),
            longs(0x0100, &[16]),
            longs(0x0101, &[12]),
            shorts(0x0102, &[8, 8, 8]),
            shorts(0x0103, &[1]),
            shorts(0x0106, &[2]),
            shorts(0x0115, &[3]),
            longs(0x0116, &[12]),
            bytes(0xC612, &[1, 4, 0, 0]),
        ],
        strip: preview,
    };
    tiff(&[page], &[])
}

/// A RIFF chunk: four letters, length, content.
fn riff(kind: [u8; 4], content: &[u8]) -> Vec<u8> {
    [&kind[..], &(content.len() as u32).to_le_bytes(), content].concat()
}

fn avi() -> Vec<u8> {
    let header = riff(*b"avih", &[0; 56]);
    let headers = riff(*b"LIST", &[&b"hdrl"[..], &header].concat());
    let frames = riff(*b"LIST", b"movi");
    riff(*b"RIFF", &[&b"AVI "[..], &headers, &frames].concat())
}

/// An EBML header that says "matroska", and a segment of 240 unused bytes.
fn mkv() -> Vec<u8> {
    let fields: &[u8] = b"\x42\x86\x81\x01\x42\xF7\x81\x01\x42\xF2\x81\x04\x42\xF3\x81\x08\
        \x42\x82\x88matroska\x42\x87\x81\x04\x42\x85\x81\x02";
    // Lengths in eight bytes start with a one, as common writers have them.
    let length_of = |content: &[u8]| (1 << 56 | content.len() as u64).to_be_bytes();
    let unused = [&b"\xEC\x40\xF0"[..], &[0; 240]].concat();
    let header = [b"\x1A\x45\xDF\xA3", &length_of(fields)[..], fields].concat();
    [&header, &b"\x18\x53\x80\x67"[..], &length_of(&unused), &unused].concat()
}

/// A Photoshop header (16 x 16, RGB, 8 bits) and three empty sections.
fn psd() -> Vec<u8> {
    let mut file = b"8BPS\0\x01\0\0\0\0\0\0\0\x03".to_vec();
    file.extend(16u32.to_be_bytes());
    file.extend(16u32.to_be_bytes());
    file.extend([0, 8, 0, 3]);
    file.extend([0; 12]);
    file
}

/// An archive with one stored text file.
fn zip() -> Vec<u8> {
    let (name, content) = (&b"readme.txt"[..], &b"bread and lemons\n"[..]);
    let size = (content.len() as u32).to_le_bytes();
    let checksum = crc32(content).to_le_bytes();
    // Version, flags, method (stored), time and date (1 January 1980).
    let common = b"\x0A\0\0\0\0\0\0\0\x21\0";
    let name_length = (name.len() as u16).to_le_bytes();
    let about = [&common[..], &checksum, &size, &size, &name_length, &[0, 0]].concat();
    let local = [b"PK\x03\x04", &about[..], name, content].concat();
    let central = [b"PK\x01\x02\x0A\0", &about[..], &[0; 14], name].concat();
    let mut end = b"PK\x05\x06\0\0\0\0\x01\0\x01\0".to_vec();
    end.extend((central.len() as u32).to_le_bytes());
    end.extend((local.len() as u32).to_le_bytes());
    end.extend([0, 0]);
    [local, central, end].concat()
}
