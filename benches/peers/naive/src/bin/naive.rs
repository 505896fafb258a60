//! `naive thumbnail|full FOLDER`: what a Rust program does that takes the crates as they are.

use std::error::Error;
use std::path::Path;

use pdqhash::image as old;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [way, folder] = &arguments[..] else {
        return Err("usage: naive thumbnail|full FOLDER".into());
    };
    let full = way == "full";
    naive::hash_folder(Path::new(folder), |path| hash(path, full))
}

fn hash(path: &Path, full: bool) -> Result<([u8; 32], f32), Box<dyn Error>> {
    let bytes = std::fs::read(path)?;
    let picture = image::load_from_memory(&bytes)?.into_rgb8();
    let (width, height) = picture.dimensions();
    // `pdqhash` takes the pictures of `image` 0.23; the samples move over without a copy.
    let picture = old::RgbImage::from_raw(width, height, picture.into_raw())
        .map(old::DynamicImage::ImageRgb8)
        .ok_or("the samples do not fill the picture")?;
    if full {
        return Ok(pdqhash::generate_pdq_full_size(&picture));
    }
    pdqhash::generate_pdq(&picture).ok_or_else(|| "too small".into())
}
