//! `pictures/`, the demonstration folder: altered copies of listed scenes among strangers; and
//! `originals/`, `exif/` and `exact/`.

use crate::catalogue::{EXACT, LISTED, STRANGERS, TURNED, WITHDRAWN};
use crate::encode::{self, JpegStyle};
use crate::output::Folder;
use anyhow::{Context, Result};
use image::imageops::{self, FilterType};
use image::metadata::Orientation;
use image::{DynamicImage, ImageFormat, Rgb, RgbImage};

/// JPEG quality of originals and strangers, as cameras and web sites use it.
const USUAL_QUALITY: u8 = 75;

/// What was done to a copy, and how it is stored.
#[derive(Debug, Clone, Copy)]
enum Change {
    SameBytes,
    Quality(u8),
    Percent(u32),
    Png,
    Webp,
    Bmp,
    Grey,
    Brighter,
    Mirrored,
    Turned,
    TurnedByExif,
    Chain,
    CutOff,
}

/// Each altered copy: its path under `pictures/`, the number of the listed scene, what was done.
const COPIES: [(&str, usize, Change); 20] = [
    ("holiday/IMG_2041.jpg", 0, Change::SameBytes),
    ("phone/IMG-20240611-WA0003.jpg", 0, Change::Quality(60)),
    ("downloads/unnamed.jpg", 1, Change::Percent(50)),
    ("office/poster-large.jpg", 1, Change::Percent(150)),
    ("phone/20240705_101512.jpg", 2, Change::Brighter),
    ("downloads/bw.jpg", 2, Change::Grey),
    ("phone/Screenshot_20240702-091455.png", 3, Change::Png),
    ("holiday/mirror.jpg", 3, Change::Mirrored),
    ("office/scan0007.jpg", 4, Change::Turned),
    ("phone/DSC_0420.JPG", 4, Change::TurnedByExif),
    ("office/todo.txt", 5, Change::Quality(72)),
    ("downloads/picture.png", 5, Change::Quality(70)),
    ("downloads/f3a9c1", 6, Change::Quality(65)),
    ("phone/.cache/4d1f.jpg", 6, Change::Percent(60)),
    ("downloads/wallpaper.webp", 7, Change::Webp),
    ("office/Küche (2).jpg", 7, Change::SameBytes),
    ("downloads/forwarded-many-times.jpg", 8, Change::Chain),
    ("office/plan.bmp", 8, Change::Bmp),
    ("downloads/backup/old.jpg", 9, Change::SameBytes),
    ("downloads/interrupted.jpg", 9, Change::CutOff),
];

/// Writes `originals/`, `pictures/` and the table of what each picture is.
pub(crate) fn write_pictures(fixtures: &Folder) -> Result<()> {
    let originals = fixtures.below("originals");
    let pictures = fixtures.below("pictures");
    let usual = JpegStyle::usual(USUAL_QUALITY);
    for scene in LISTED.iter().chain([&WITHDRAWN]) {
        originals.write(&format!("{}.jpg", scene.name), usual.colour(&scene.draw())?)?;
    }
    let mut origins = csv::Writer::from_writer(Vec::new());
    origins.write_record(["file", "entry", "change"])?;
    for (path, number, change) in COPIES {
        let original = originals.read(&format!("{}.jpg", LISTED[number].name))?;
        let bytes = alter(&original, change).with_context(|| format!("cannot make {path}"))?;
        pictures.write(path, bytes)?;
        origins.write_record([path, &entry_id(number), &format!("{change:?}")])?;
    }
    pictures.write("holiday/IMG_2077.jpg", originals.read(&format!("{}.jpg", WITHDRAWN.name))?)?;
    origins.write_record(["holiday/IMG_2077.jpg", &entry_id(LISTED.len()), "Withdrawn"])?;
    for (path, scene) in STRANGERS {
        let picture = scene.draw();
        let bytes = match path.rsplit('.').next() {
            Some("png") => encode::png(&picture)?,
            Some("webp") => encode::webp(&picture)?,
            _ => usual.colour(&picture)?,
        };
        pictures.write(path, bytes)?;
        origins.write_record([path, "", "Stranger"])?;
    }
    let blank = RgbImage::from_pixel(400, 300, Rgb([236, 233, 224]));
    pictures.write("office/blank-scan.jpg", usual.colour(&blank)?)?;
    origins.write_record(["office/blank-scan.jpg", "", "Featureless"])?;
    pictures.write("office/shopping-list.txt", "bread\nkettle\ngarden twine\ntwo lemons\n")?;
    origins.write_record(["office/shopping-list.txt", "", "NoPicture"])?;
    fixtures.write("pictures-origin.csv", origins.into_inner()?)
}

/// The id of the listed scene with that number (from 0) in the lists.
pub(crate) fn entry_id(number: usize) -> String {
    format!("K-{:04}", number + 1)
}

/// An altered copy of an original JPEG, as its bytes.
fn alter(original: &[u8], change: Change) -> Result<Vec<u8>> {
    let picture = image::load_from_memory_with_format(original, ImageFormat::Jpeg)?.to_rgb8();
    let usual = JpegStyle::usual(USUAL_QUALITY);
    match change {
        Change::SameBytes => Ok(original.to_vec()),
        Change::Quality(quality) => JpegStyle::usual(quality).colour(&picture),
        Change::Percent(percent) => usual.colour(&resized(&picture, percent)),
        Change::Png => encode::png(&resized(&picture, 60)),
        Change::Webp => encode::webp(&picture),
        Change::Bmp => {
            let small = resized(&picture, 30);
            encode::plain(&DynamicImage::ImageRgb8(small), ImageFormat::Bmp)
        }
        Change::Grey => usual.grey(&DynamicImage::ImageRgb8(picture).to_luma8()),
        Change::Brighter => usual.colour(&brighter(&picture)),
        Change::Mirrored => usual.colour(&imageops::flip_horizontal(&picture)),
        Change::Turned => usual.colour(&imageops::rotate90(&picture)),
        Change::TurnedByExif => {
            // Stored on its side; orientation 6 says "turn clockwise to show".
            let stored = imageops::rotate270(&picture);
            JpegStyle { orientation: Some(6), ..usual }.colour(&stored)
        }
        Change::Chain => JpegStyle::usual(60).colour(&brighter(&resized(&picture, 50))),
        Change::CutOff => Ok(original[..original.len() * 70 / 100].to_vec()),
    }
}

/// The picture at `percent` of its width and height.
fn resized(picture: &RgbImage, percent: u32) -> RgbImage {
    let (width, height) = picture.dimensions();
    let size = (width * percent / 100, height * percent / 100);
    imageops::resize(picture, size.0, size.1, FilterType::CatmullRom)
}

/// The picture with a little more light, dark parts most, as photo apps do it.
fn brighter(picture: &RgbImage) -> RgbImage {
    let mut changed = picture.clone();
    for sample in changed.iter_mut() {
        let value = f32::from(*sample) / 255.0;
        *sample = (value.powf(0.8) * 255.0).round() as u8;
    }
    changed
}

/// Writes `exif/`: one scene stored in all eight ways, each with the EXIF orientation that shows it
/// upright, and the scene itself.
pub(crate) fn write_orientations(fixtures: &Folder) -> Result<()> {
    let folder = fixtures.below("exif");
    let shown = TURNED.draw();
    folder.write("shown.png", encode::png(&shown)?)?;
    for number in 1..=8 {
        // 6 and 8 are each other's inverse; every other orientation is its own.
        let inverse = match number {
            6 => 8,
            8 => 6,
            own => own,
        };
        let mut stored = DynamicImage::ImageRgb8(shown.clone());
        let turn = Orientation::from_exif(inverse).context("orientations are 1 to 8")?;
        stored.apply_orientation(turn);
        let style = JpegStyle { orientation: Some(number), ..JpegStyle::fine(95) };
        folder.write(&format!("orientation-{number}.jpg"), style.colour(&stored.to_rgb8())?)?;
    }
    Ok(())
}

/// Writes `exact/`: lossless pictures of telling sizes; every third is grey, two are BMP.
pub(crate) fn write_exact(fixtures: &Folder) -> Result<()> {
    let folder = fixtures.below("exact");
    for (number, scene) in EXACT.iter().enumerate() {
        let picture = DynamicImage::ImageRgb8(scene.draw());
        let name = scene.name;
        if matches!(name, "skyline-96x72" | "trees-65x63") {
            folder.write(&format!("{name}.bmp"), encode::plain(&picture, ImageFormat::Bmp)?)?;
        } else if number % 3 == 2 || scene.width >= 512 {
            let grey = encode::png_grey(&picture.to_luma8())?;
            folder.write(&format!("{name}-grey.png"), grey)?;
        } else {
            folder.write(&format!("{name}.png"), encode::png(&picture.to_rgb8())?)?;
        }
    }
    Ok(())
}
