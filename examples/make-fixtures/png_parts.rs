//! PNG files taken apart into chunks and put together again, for kinds that no encoder at hand
//! writes: palettes, 1 to 4 bits, transparent colours, interlacing, and damage.

/// One chunk of a PNG: its four-letter type and its data.
#[derive(Debug, Clone)]
pub(crate) struct Chunk {
    /// `IHDR`, `PLTE`, `IDAT` and so on.
    pub(crate) kind: [u8; 4],
    /// What stands between type and checksum.
    pub(crate) data: Vec<u8>,
}

/// The eight bytes every PNG starts with.
const SIGNATURE: [u8; 8] = *b"\x89PNG\r\n\x1a\n";

/// Colour types of PNG that are written here.
pub(crate) const GREY: u8 = 0;
/// Indices into a palette.
pub(crate) const PALETTE: u8 = 3;

/// The chunks of a PNG that an encoder wrote; its checksums are not looked at.
pub(crate) fn chunks(png: &[u8]) -> Vec<Chunk> {
    let mut found = Vec::new();
    let mut rest = &png[SIGNATURE.len()..];
    while let Some((head, tail)) = rest.split_first_chunk::<8>() {
        let length = u32::from_be_bytes([head[0], head[1], head[2], head[3]]) as usize;
        let kind = [head[4], head[5], head[6], head[7]];
        found.push(Chunk { kind, data: tail[..length].to_vec() });
        rest = &tail[length + 4..];
    }
    found
}

/// A PNG made of chunks.
pub(crate) fn assemble(chunks: &[Chunk]) -> Vec<u8> {
    let mut png = SIGNATURE.to_vec();
    for chunk in chunks {
        png.extend((chunk.data.len() as u32).to_be_bytes());
        let covered = [&chunk.kind[..], &chunk.data].concat();
        png.extend(&covered);
        png.extend(crc32(&covered).to_be_bytes());
    }
    png
}

/// The header chunk.
pub(crate) fn header(
    (width, height): (u32, u32),
    depth: u8,
    colour_type: u8,
    interlaced: bool,
) -> Chunk {
    let mut data = [width.to_be_bytes(), height.to_be_bytes()].concat();
    data.extend([depth, colour_type, 0, 0, u8::from(interlaced)]);
    Chunk { kind: *b"IHDR", data }
}

/// A chunk with a palette.
pub(crate) fn palette(colours: &[[u8; 3]]) -> Chunk {
    Chunk { kind: *b"PLTE", data: colours.concat() }
}

/// A PNG whose header is replaced, with `extra` chunks between the header and the pixels.
///
/// A row of packed samples and a row of 8-bit grey look the same inside a PNG. So an encoder for
/// grey does the compression for all of them.
pub(crate) fn disguise(grey_png: &[u8], header: Chunk, extra: Vec<Chunk>) -> Vec<u8> {
    let mut all = vec![header];
    all.extend(extra);
    all.extend(chunks(grey_png).into_iter().filter(|chunk| chunk.kind != *b"IHDR"));
    assemble(&all)
}

/// The same PNG with its pixel data in chunks of at most `size` bytes.
pub(crate) fn split_pixels(png: &[u8], size: usize) -> Vec<u8> {
    let (mut before, mut pixels) = (Vec::new(), Vec::new());
    for chunk in chunks(png) {
        match &chunk.kind {
            b"IDAT" => pixels.extend(chunk.data),
            b"IEND" => {}
            _ => before.push(chunk),
        }
    }
    before.extend(pixels.chunks(size).map(|data| Chunk { kind: *b"IDAT", data: data.to_vec() }));
    before.push(Chunk { kind: *b"IEND", data: Vec::new() });
    assemble(&before)
}

/// An interlaced (Adam7) PNG of one byte a pixel; uncompressed, since no encoder writes it.
pub(crate) fn interlaced(
    pixels: &[u8],
    (width, height): (u32, u32),
    colour_type: u8,
    extra: Vec<Chunk>,
) -> Vec<u8> {
    /// First column, first row, columns apart, rows apart; PNG specification, section 8.2.
    const PASSES: [(usize, usize, usize, usize); 7] = [
        (0, 0, 8, 8),
        (4, 0, 8, 8),
        (0, 4, 4, 8),
        (2, 0, 4, 4),
        (0, 2, 2, 4),
        (1, 0, 2, 2),
        (0, 1, 1, 2),
    ];
    let mut stream = Vec::new();
    for (column, row, across, down) in PASSES {
        for y in (row..height as usize).step_by(down) {
            stream.push(0);
            let line = &pixels[y * width as usize..(y + 1) * width as usize];
            stream.extend(line.iter().skip(column).step_by(across));
        }
    }
    let mut all = vec![header((width, height), 8, colour_type, true)];
    all.extend(extra);
    all.push(Chunk { kind: *b"IDAT", data: zlib_stored(&stream) });
    all.push(Chunk { kind: *b"IEND", data: Vec::new() });
    assemble(&all)
}

/// A zlib stream of stored (uncompressed) blocks.
pub(crate) fn zlib_stored(data: &[u8]) -> Vec<u8> {
    let mut stream = vec![0x78, 0x01];
    let blocks = data.chunks(0xFFFF);
    let last = blocks.len().saturating_sub(1);
    for (number, block) in blocks.enumerate() {
        let length = block.len() as u16;
        stream.push(u8::from(number == last));
        stream.extend(length.to_le_bytes());
        stream.extend((!length).to_le_bytes());
        stream.extend(block);
    }
    stream.extend(adler32(data).to_be_bytes());
    stream
}

/// The checksum of a zlib stream (RFC 1950).
fn adler32(data: &[u8]) -> u32 {
    let (mut low, mut high) = (1u32, 0u32);
    for &byte in data {
        low = (low + u32::from(byte)) % 65521;
        high = (high + low) % 65521;
    }
    high << 16 | low
}

/// The checksum of PNG chunks and ZIP members (ISO 3309).
pub(crate) fn crc32(data: &[u8]) -> u32 {
    let mut remainder = u32::MAX;
    for &byte in data {
        remainder ^= u32::from(byte);
        for _bit in 0..8 {
            let carry = remainder & 1 == 1;
            remainder >>= 1;
            if carry {
                remainder ^= 0xEDB8_8320;
            }
        }
    }
    !remainder
}
