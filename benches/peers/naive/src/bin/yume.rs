//! `yume hash FOLDER` and `yume search LIST QUERIES`: the crate `yume-pdq` between the nearest
//! fast crates, since it leaves decoding and resizing to its caller.

use std::error::Error;
use std::fs;
use std::path::Path;
use std::time::Instant;

use fast_image_resize::images::{Image, ImageRef};
use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer};
use generic_array::GenericArray;
use generic_array::sequence::GenericSequence;
use generic_array::typenum::{U1, U2048};
use yume_pdq::alignment::Align8;
use yume_pdq::matching::{CpuMatcher, PDQMatcher};

const SIDE: u32 = 512;
const RADIUS: u8 = 31;
const BATCH: usize = 2048;
const NEEDLES: usize = 8;

type Hash = [u8; 32];
type Batch = <CpuMatcher<U2048, U1> as PDQMatcher>::Aligner<
    GenericArray<GenericArray<u8, <CpuMatcher<U2048, U1> as PDQMatcher>::InputDimension>, U2048>,
>;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match &arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["hash", folder] => {
            let mut resizer = Resizer::new();
            naive::hash_folder(Path::new(folder), |path| hash(path, &mut resizer))
        }
        ["search", list, queries] => search(Path::new(list), Path::new(queries)),
        _ => Err("usage: yume hash FOLDER | yume search LIST QUERIES".into()),
    }
}

fn hash(path: &Path, resizer: &mut Resizer) -> Result<(Hash, f32), Box<dyn Error>> {
    let bytes = fs::read(path)?;
    let picture = image::load_from_memory(&bytes)?.into_luma8();
    let (width, height) = picture.dimensions();
    let source = ImageRef::new(width, height, picture.as_raw(), PixelType::U8)?;
    let mut square = Image::new(SIDE, SIDE, PixelType::U8);
    let way = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(FilterType::Bilinear));
    resizer.resize(&source, &mut square, &way)?;
    let samples = square.buffer();
    let side = SIDE as usize;
    let input = Box::new(GenericArray::generate(|y: usize| {
        GenericArray::generate(|x: usize| f32::from(samples[y * side + x]))
    }));

    let mut output = GenericArray::default();
    let mut buffer = yume_pdq::alignment::calloc_generic_array_2d::<f32, Align8<_>, _, _>();
    let mut row = GenericArray::default();
    let mut floats = GenericArray::default();
    let mut kernel = yume_pdq::smart_kernel();
    let quality =
        yume_pdq::hash(&mut kernel, &input, &mut output, &mut buffer, &mut row, &mut floats);
    let mut hash = [0; 32];
    for (to, from) in hash.iter_mut().zip(output.iter().flatten()) {
        *to = *from;
    }
    Ok((hash, quality))
}

/// Prints how long loading and all look-ups took, and the hits, as JSON.
fn search(list: &Path, queries: &Path) -> Result<(), Box<dyn Error>> {
    let start = Instant::now();
    let list = read(list)?;
    let batches: Vec<Batch> = list.chunks(BATCH).map(batch).collect();
    let load = start.elapsed().as_secs_f64();

    let queries = read(queries)?;
    let start = Instant::now();
    let mut hits = 0;
    for eight in queries.chunks(NEEDLES) {
        // The last eight may be short of queries, the last batch of entries: zeroes fill both up.
        let needles =
            GenericArray::generate(|i| GenericArray::from(*eight.get(i).unwrap_or(&[0; 32])));
        let mut matcher = CpuMatcher::<U2048, U1>::new(&needles, RADIUS);
        for (number, batch) in batches.iter().enumerate() {
            matcher.find(batch, |entry, query| {
                let real = number * BATCH + entry < list.len() && query < eight.len();
                hits += usize::from(real);
                None::<()>
            });
        }
    }
    let lookups = start.elapsed().as_secs_f64();
    let result = serde_json::json!({ "load": load, "lookups": lookups, "hits": hits });
    println!("{result}");
    Ok(())
}

fn batch(entries: &[Hash]) -> Batch {
    Align8(GenericArray::generate(|i| GenericArray::from(*entries.get(i).unwrap_or(&[0; 32]))))
}

/// One hash of 64 hex digits a line.
fn read(path: &Path) -> Result<Vec<Hash>, Box<dyn Error>> {
    fs::read_to_string(path)?.lines().map(parse).collect()
}

fn parse(line: &str) -> Result<Hash, Box<dyn Error>> {
    let mut hash = [0; 32];
    if line.len() != 64 {
        return Err(format!("{line:?} is not a hash").into());
    }
    for (i, byte) in hash.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&line[2 * i..2 * i + 2], 16)?;
    }
    Ok(hash)
}
