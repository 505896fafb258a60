//! What each stage of the way of one file costs: reading, decoding, hashing, writing its record,
//! and a whole scan. What a look-up costs: `search.rs`.
//!
//! Figures go to `benches/RESULTS.md`, with machine, date and command; read them as ratios.

#![expect(clippy::unwrap_used, reason = "a bench fails by panicking")]

use std::fs::{self, File};
use std::hint::black_box;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use kinga::algorithm::pdq;
use kinga::content::{DigestKinds, HashOptions};
use kinga::hash::{Algorithm, Hash};
use kinga::index::HashIndex;
use kinga::list::{HashList, ReadOptions};
use kinga::luma::{Luma, Pixels};
use kinga::orientation::Orientation;
use kinga::picture::{Detail, Kind, Limits, decode};
use kinga::region;
use kinga::report::{ReportFormat, ReportOptions, Subject};
use kinga::scan::{DEFAULT_MAX_FILE_BYTES, Examiner, MatchOptions, ScanOptions, in_order};
use kinga::view::Effort;
use kinga::walk::{Root, Walk, WalkOptions};
use multiversion::multiversion;

fn fixture_path(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(path)
}

fn fixture(path: &str) -> Vec<u8> {
    fs::read(fixture_path(path)).unwrap()
}

/// Deterministic bytes with large shapes and fine grain.
fn picture(width: usize, height: usize, channels: usize) -> Luma {
    let byte = |k: usize| {
        let (x, y) = (k / channels % width, k / channels / width);
        u8::try_from((x * 7 / 31 + y * 5 / 17 + (x * y) / 4096 + k % 5) % 256).unwrap()
    };
    let bytes = (0..width * height * channels).map(byte).collect();
    let pixels = if channels == 1 { Pixels::Grey(bytes) } else { Pixels::Rgb(bytes) };
    Luma::new(width, height, pixels).unwrap()
}

/// The least that reading a file costs: open, ask for its size, read into a reused buffer, close.
fn reading(c: &mut Criterion) {
    let mut group = c.benchmark_group("read");
    for path in ["formats/scene-420.jpg", "pictures/office/poster-large.jpg"] {
        let full_path = fixture_path(path);
        let mut buffer = Vec::new();
        group.throughput(Throughput::Bytes(fs::metadata(&full_path).unwrap().len()));
        group.bench_function(path, |b| {
            b.iter(|| {
                buffer.clear();
                let mut file = File::open(&full_path).unwrap();
                file.metadata().unwrap();
                file.read_to_end(black_box(&mut buffer)).unwrap()
            });
        });
    }
    group.finish();
}

fn decoding(c: &mut Criterion) {
    let mut group = c.benchmark_group("decode");
    let files = [
        ("formats/scene-420.jpg", Kind::Jpeg),
        ("formats/scene-progressive.jpg", Kind::Jpeg),
        ("formats/scene.png", Kind::Png),
        ("formats/scene.webp", Kind::WebP),
        ("formats/scene.heic", Kind::Heic),
    ];
    for (path, kind) in files {
        let bytes = fixture(path);
        group.throughput(Throughput::Bytes(bytes.len() as u64));
        group.bench_function(path, |b| {
            let limits = Limits::default();
            b.iter(|| decode(black_box(&bytes), kind, &limits, Detail::Luma).unwrap());
        });
    }
    group.finish();
}

/// Reads every byte once and does next to nothing else: the limit of what a hash can take. It adds
/// up bytes in 256 columns, as fast as they come from memory or cache.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512vl", "x86_64+avx2", "aarch64+neon"))]
fn read(bytes: &[u8]) -> [u8; 256] {
    let mut sums = [0u8; 256];
    let (chunks, rest) = bytes.as_chunks::<256>();
    for chunk in chunks {
        for k in 0..256 {
            sums[k] = sums[k].wrapping_add(chunk[k]);
        }
    }
    for (sum, byte) in sums.iter_mut().zip(rest) {
        *sum = sum.wrapping_add(*byte);
    }
    sums
}

fn hashing(c: &mut Criterion) {
    let mut group = c.benchmark_group("hash");
    for (width, height) in [(500, 375), (512, 512), (4000, 3000)] {
        for (name, channels) in [("grey", 1), ("rgb", 3)] {
            let picture = picture(width, height, channels);
            let size = format!("{width}x{height} {name}");
            group.throughput(Throughput::Bytes(picture.bytes().len() as u64));
            group.bench_function(BenchmarkId::new("upright", &size), |b| {
                b.iter(|| pdq::hash(black_box(&picture)));
            });
            group.bench_function(BenchmarkId::new("eight orientations", &size), |b| {
                b.iter(|| pdq::hash_all(black_box(&picture)));
            });
            group.bench_function(BenchmarkId::new("reading every byte once", &size), |b| {
                b.iter(|| read(black_box(picture.bytes())));
            });
        }
    }
    group.finish();
}

/// Looking at the regions of a picture whose pixels are at hand, and moving one to fit a hash that is
/// not there: 150 windows.
fn regions(c: &mut Criterion) {
    let mut group = c.benchmark_group("regions");
    for (width, height) in [(481, 321), (1080, 2340)] {
        let picture = picture(width, height, 1);
        let size = format!("{width}x{height}");
        for effort in [Effort::Orientations, Effort::Standard, Effort::Deep] {
            let (found, _) = region::regions(&picture, Orientation::Upright, effort);
            let hashes: usize = found.iter().map(|region| region.turned.len()).sum();
            let name = format!("{effort}, {} regions, {hashes} hashes", found.len());
            group.bench_function(BenchmarkId::new(name, &size), |b| {
                b.iter(|| region::regions(black_box(&picture), Orientation::Upright, effort));
            });
        }
        let (_, sight) = region::regions(&picture, Orientation::Upright, Effort::Deep);
        let sight = sight.unwrap();
        group.bench_function(BenchmarkId::new("moving a window", &size), |b| {
            b.iter(|| sight.register(0, Orientation::Upright, black_box(Hash([0x55; 4]))));
        });
    }
    group.finish();
}

/// Examines as `kinga scan --effort orientations` does, with the list that comes with the project.
fn examiner() -> Examiner {
    let known = fixture("lists/known.csv");
    let list = HashList::read("known.csv", &known[..], &ReadOptions::default()).unwrap();
    let index = Arc::new(HashIndex::new(vec![list], None).unwrap());
    let options = ScanOptions {
        hashing: HashOptions { effort: Effort::Orientations, ..HashOptions::new(Algorithm::Pdq) },
        keep_all: false,
        digests: DigestKinds::default(),
        max_file_bytes: DEFAULT_MAX_FILE_BYTES,
        max_size: None,
        matching: MatchOptions::default(),
    };
    Examiner::new(options, Some(index))
}

/// Writing the record of a picture that matches, in each format, to nowhere.
fn writing(c: &mut Criterion) {
    let roots = [Root::Path(fixture_path("pictures/holiday/mirror.jpg"))];
    let candidate = Walk::new(&roots, WalkOptions::default()).next().unwrap();
    let record = examiner().examine(&candidate);
    assert_eq!(record.matches_found, 1);
    let mut group = c.benchmark_group("write");
    for format in [ReportFormat::Text, ReportFormat::Jsonl, ReportFormat::Csv] {
        let options = ReportOptions { subject: Subject::Matches, all: true, only_matches: false };
        let mut report = format.open(Box::new(io::sink()), options);
        group.bench_function(BenchmarkId::from_parameter(format), |b| {
            b.iter(|| report.file(black_box(&record)).unwrap());
        });
    }
    group.finish();
}

fn scanning(c: &mut Criterion) {
    let roots = [Root::Path(fixture_path("pictures"))];
    let examiner = examiner();
    let mut group = c.benchmark_group("scan fixtures/pictures");
    group.sample_size(20);
    for threads in [1, 2] {
        group.bench_function(BenchmarkId::new("threads", threads), |b| {
            b.iter(|| {
                let examiner = examiner.clone();
                let walk = Walk::new(&roots, WalkOptions::default());
                let mut matched = 0;
                let work = move |candidate| examiner.examine(&candidate);
                in_order(walk, threads, &AtomicBool::new(false), work, |record| {
                    matched += u64::from(record.matches_found > 0);
                    Ok::<(), ()>(())
                })
                .unwrap();
                assert_eq!(matched, 19);
            });
        });
    }
    group.finish();
}

criterion_group!(benches, reading, decoding, hashing, regions, writing, scanning);
criterion_main!(benches);
