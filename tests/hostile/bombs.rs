//! Small files that claim to be huge, in every format.

use std::fs;
use std::path::Path;

use image::ImageFormat;
use kinga::record::{Outcome, Reason};

use crate::files::{chunk, chunks, find, jpeg, png, put, small, tiff};
use crate::support::{Report, end, kinga};
use crate::{hashed, must_be_sound};

/// More than this a bomb may not weigh, so that it is one.
const SMALL: usize = 8_000;

/// A side that no format forbids.
const SIDE: u16 = 60_000;

/// Names, bytes, and which reasons are right; a picture that is nothing but one colour may also be
/// hashed, and is then of low quality.
fn bombs() -> Vec<(&'static str, Vec<u8>, &'static [Reason])> {
    use Reason::{DecoderError, LowQuality, MemoryLimit, Partial};
    const CUT: &[Reason] = &[Partial];
    vec![
        ("sequential.jpg", jpeg_of(false), CUT),
        ("progressive.jpg", jpeg_of(true), CUT),
        ("straight.png", png_of(0), CUT),
        ("interlaced.png", png_of(1), CUT),
        ("frame.gif", gif_of(SIDE, SIDE), CUT),
        ("screen.gif", gif_of(96, 72), CUT),
        ("lossless.webp", webp_of(true), &[LowQuality, DecoderError]),
        ("lossy.webp", webp_of(false), &[Partial, LowQuality, DecoderError]),
        ("colours.bmp", bmp_of(24, 0), CUT),
        ("bits.bmp", bmp_of(1, 0), CUT),
        ("runs.bmp", bmp_of(8, 1), CUT),
        ("strip.tiff", tiff_of(1), &[Partial, MemoryLimit]),
        ("deflated.tiff", tiff_of(8), &[Partial, MemoryLimit]),
        ("png.ico", ico_of(&png_of(0)), &[MemoryLimit]),
        ("colours.ppm", pnm_of(6), CUT),
        ("bits.pbm", pnm_of(4), CUT),
        ("digits.pgm", pnm_of(2), CUT),
        ("plain.tga", tga_of(2), CUT),
        ("runs.tga", tga_of(10), CUT),
        ("colours.qoi", qoi_of(), CUT),
        ("blocks.dds", dds_of(), CUT),
        ("colours.ff", [&b"farbfeld"[..], &[0, 0, 0xea, 0x60, 0, 0, 0xea, 0x60, 1]].concat(), CUT),
        ("colours.hdr", hdr_of(), CUT),
    ]
}

fn jpeg_of(progressive: bool) -> Vec<u8> {
    let mut bytes = jpeg(progressive);
    let frame = find(&bytes, if progressive { b"\xff\xc2" } else { b"\xff\xc0" });
    put(&mut bytes, frame + 5, &[0xff, 0xff, 0xff, 0xff]);
    bytes
}

fn png_of(interlaced: u8) -> Vec<u8> {
    let mut chunks = chunks(&small(ImageFormat::Png));
    let side = u32::from(SIDE).to_be_bytes();
    put(&mut chunks[0].1, 0, &[side, side].concat());
    chunks[0].1[12] = interlaced;
    for (name, data) in &mut chunks {
        data.truncate(if name == b"IDAT" { 3_000 } else { data.len() });
    }
    png(&chunks)
}

/// A screen of the largest size with a frame of this one.
fn gif_of(width: u16, height: u16) -> Vec<u8> {
    let mut bytes = small(ImageFormat::Gif);
    put(&mut bytes, 6, &[0xff; 4]);
    let frame = find(&bytes, &[0x2c, 0, 0, 0, 0, 96, 0, 72, 0]);
    put(&mut bytes, frame + 5, &[width.to_le_bytes(), height.to_le_bytes()].concat());
    bytes.truncate(SMALL);
    bytes
}

/// 8,000 times 8,000 pixels of one colour, each in no bits at all; or as many of nothing.
fn webp_of(lossless: bool) -> Vec<u8> {
    let data = if lossless {
        let size: u32 = 0x1f3f | 0x1f3f << 14;
        // No transform, no cache, one group; five codes of one symbol each.
        [&[0x2f][..], &size.to_le_bytes(), &[0x88, 0x88, 0x08, 0, 0, 0, 0, 0, 0]].concat()
    } else {
        let mut data = vec![0x30, 1, 0, 0x9d, 1, 0x2a, 0x40, 0x1f, 0x40, 0x1f];
        data.resize(60, 0);
        data
    };
    let length = u32::try_from(data.len()).unwrap();
    let name: &[u8; 4] = if lossless { b"VP8L" } else { b"VP8 " };
    let sizes = [(length + 12).to_le_bytes(), length.to_le_bytes()];
    [&b"RIFF"[..], &sizes[0], b"WEBP", name, &sizes[1], &data].concat()
}

fn bmp_of(bits: u8, compression: u8) -> Vec<u8> {
    let mut bytes = b"BM\0\0\0\0\0\0\0\0\x36\x04\0\0\x28\0\0\0".to_vec();
    bytes.extend([u32::from(SIDE).to_le_bytes(), u32::from(SIDE).to_le_bytes()].concat());
    bytes.extend([1, 0, bits, 0, compression, 0, 0, 0]);
    bytes.resize(0x436, 0);
    bytes.extend([7; 500]);
    bytes
}

fn tiff_of(compression: u32) -> Vec<u8> {
    let side = u32::from(SIDE);
    let tags = [
        (256, side),
        (257, side),
        (258, 8),
        (259, compression),
        (262, 1),
        (273, 200),
        (277, 1),
        (278, side),
        (279, 400),
    ];
    tiff(&tags, 0, &[0x78; 400])
}

fn ico_of(inner: &[u8]) -> Vec<u8> {
    let mut bytes = b"\0\0\x01\0\x01\0\0\0\0\0\x01\0\x20\0".to_vec();
    bytes.extend(u32::try_from(inner.len()).unwrap().to_le_bytes());
    bytes.extend(22u32.to_le_bytes());
    bytes.extend(inner);
    bytes
}

fn pnm_of(kind: u8) -> Vec<u8> {
    let most = if kind == 4 { "" } else { "255\n" };
    format!("P{kind}\n{SIDE} {SIDE}\n{most}1 2 3 4 5 6 7 8 9").into_bytes()
}

fn tga_of(kind: u8) -> Vec<u8> {
    let mut bytes = vec![0, 0, kind, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    bytes.extend([SIDE.to_le_bytes(), SIDE.to_le_bytes()].concat());
    bytes.extend([24, 0]);
    bytes.resize(500, 0xff);
    bytes
}

fn qoi_of() -> Vec<u8> {
    // The decoder takes at most 400 million pixels.
    let side = 15_000u32.to_be_bytes();
    [&b"qoif"[..], &side, &side, &[3, 0], &[0xfd; 300], &[0, 0, 0, 0, 0, 0, 0, 1]].concat()
}

fn dds_of() -> Vec<u8> {
    let mut bytes = b"DDS \x7c\0\0\0\x07\x10\x08\0".to_vec();
    let side = u32::from(SIDE).to_le_bytes();
    bytes.extend([side, side].concat());
    bytes.resize(76, 0);
    bytes.extend(b"\x20\0\0\0\x04\0\0\0DXT1");
    bytes.resize(108, 0);
    bytes.extend([0, 0x10, 0, 0]);
    bytes.resize(400, 3);
    bytes
}

fn hdr_of() -> Vec<u8> {
    let head = format!("#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n\n-Y {SIDE} +X {SIDE}\n");
    [head.as_bytes(), &[1; 600]].concat()
}

fn write(folder: &Path) {
    for (name, bytes, _) in bombs() {
        assert!(bytes.len() <= SMALL, "{name} has {} bytes", bytes.len());
        fs::write(folder.join(name), bytes).unwrap();
    }
}

#[test]
fn each_bomb_has_one_record_that_says_how_little_is_there_or_which_limit_was_hit() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path());
    let report = hashed(folder.path());
    assert_eq!(report.files.len(), 23);
    let wrong = bombs().into_iter().filter_map(|(name, _, right)| {
        let record = report.file(name);
        must_be_sound(record);
        let said = (record.reason, record.share, &record.detail);
        let near = record.share.is_none_or(|share| share < 0.1);
        (!near || !record.reason.is_some_and(|reason| right.contains(&reason)))
            .then(|| format!("{name}: {said:?}"))
    });
    assert_eq!(wrong.collect::<Vec<_>>(), Vec::<String>::new());
    let blank = report.files.iter().filter(|file| file.outcome == Outcome::Hashed);
    assert!(blank.count() <= 2, "but for WebP, all are cut");
}

/// All but the picture of 64 million pixels that are there, if in no bits.
#[cfg(target_os = "linux")]
#[test]
fn no_lie_costs_memory() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path());
    fs::remove_file(folder.path().join("lossless.webp")).unwrap();
    fs::remove_file(folder.path().join("lossy.webp")).unwrap();
    let program = env!("CARGO_BIN_EXE_kinga");
    let mut shell = assert_cmd::Command::new("sh");
    // In KiB: what the program itself, its stacks and its buffers take, and not much more.
    let limited = format!("ulimit -v 400000; exec '{program}' hash --threads 1 --format jsonl .");
    let output = end(shell.current_dir(folder.path()).args(["-c", &limited]));
    assert_eq!(output.status.code(), Some(3));
    let records = output.stdout.split(|&byte| byte == b'\n').filter(|line| !line.is_empty());
    assert_eq!(records.count(), 21 + 2, "a run, a summary, and a record of each");
}

/// Most of what the process ever held that started the workers, in KiB.
#[cfg(target_os = "linux")]
fn most_held(process: &std::process::Child) -> u64 {
    let status = fs::read_to_string(format!("/proc/{}/status", process.id())).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.map_or(0, |line| line.trim().trim_end_matches(" kB").trim().parse().unwrap())
}

#[cfg(target_os = "linux")]
#[test]
fn whoever_started_the_workers_stays_below_300_megabytes() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path());
    let mut process = std::process::Command::new(env!("CARGO_BIN_EXE_kinga"));
    process.args(["scan", "--list", "fixtures/lists/known.csv", "--effort", "deep"]);
    process.arg(folder.path()).current_dir(env!("CARGO_MANIFEST_DIR"));
    process.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null());
    let mut process = process.spawn().unwrap();
    let mut most = 0;
    let status = loop {
        most = most.max(most_held(&process));
        if let Some(status) = process.try_wait().unwrap() {
            break status;
        }
        std::thread::sleep(std::time::Duration::from_millis(2));
    };
    assert_eq!(status.code(), Some(3));
    assert!((1..300_000).contains(&most), "{most} KiB");
}

#[test]
fn the_limits_that_are_hit_are_named() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.png"), small(ImageFormat::Png)).unwrap();
    for (flag, reason) in
        [("--max-pixels=6911", Reason::OverPixelLimit), ("--max-memory=9999", Reason::MemoryLimit)]
    {
        let report = Report::of(kinga(["hash", flag]).arg(folder.path()));
        let record = report.file("a.png");
        assert_eq!(record.reason, Some(reason));
        let (name, limit) = flag.split_once('=').unwrap();
        let detail = record.detail.as_ref().unwrap();
        assert!(detail.contains(name) && detail.contains(limit), "{detail}");
    }
    let report = Report::of(kinga(["hash", "--max-pixels=6912"]).arg(folder.path()));
    assert_eq!(report.summary.hashed, 1);
}

#[test]
fn a_chunk_is_written_as_the_standard_has_it() {
    // PNG 3rd edition: the end of every file.
    assert_eq!(chunk(*b"IEND", b""), b"\0\0\0\0IEND\xaeB`\x82");
}
