//! What it costs to get the luma of a JPEG that PDQ needs: our own road against zune-jpeg's whole
//! luma plane, and against libjpeg-turbo's grey plane, whole and at 1/8 (only with
//! `--features peer-turbojpeg`, which builds libjpeg-turbo: it needs cmake, and nasm for its speed).
//!
//! All decoders take turns, and of each the fastest time counts: read the ratios.

#![expect(clippy::unwrap_used, reason = "a bench fails by panicking")]
#![expect(clippy::print_stdout, reason = "this is its report")]

use std::fs;
use std::hint::black_box;
use std::path::Path;
use std::time::{Duration, Instant};

use image::RgbImage;
use image::imageops::{FilterType, resize};
use jpeg_encoder::{ColorType, Encoder, SamplingFactor};
use kinga::picture::{Detail, Kind, Limits, decode};
use zune_core::bytestream::ZCursor;
use zune_core::colorspace::ColorSpace;
use zune_core::options::DecoderOptions;
use zune_jpeg::JpegDecoder;

/// For how long each file is decoded again and again.
const TIME: Duration = Duration::from_secs(2);

/// Photographs among the fixtures.
const PHOTOGRAPHS: [&str; 3] = ["mountains.jpg", "trees.jpg", "skyline.jpg"];

/// A photograph at another size, with as much noise as a sensor adds.
fn picture(name: &str, width: u32, height: u32, noise: i16) -> RgbImage {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/originals").join(name);
    let original = image::load_from_memory(&fs::read(path).unwrap()).unwrap().into_rgb8();
    let mut picture = resize(&original, width, height, FilterType::CatmullRom);
    let mut state = 1u64;
    for level in picture.iter_mut() {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(99);
        let random = i16::try_from(state >> 54).unwrap() - 512;
        *level = u8::try_from((i16::from(*level) + random * noise / 512).clamp(0, 255)).unwrap();
    }
    picture
}

fn encode(picture: &RgbImage, quality: u8, progressive: bool) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, quality);
    encoder.set_sampling_factor(SamplingFactor::R_4_2_0);
    encoder.set_progressive(progressive);
    let [width, height] = [picture.width(), picture.height()].map(|n| n.try_into().unwrap());
    encoder.encode(picture, width, height, ColorType::Rgb).unwrap();
    bytes
}

/// One way to decode, and its name.
type Decoder = (&'static str, fn(&[u8]));

fn ours(bytes: &[u8]) {
    black_box(decode(bytes, Kind::Jpeg, &Limits::default(), Detail::Luma).unwrap());
}

fn zune(bytes: &[u8]) {
    let options = DecoderOptions::default().jpeg_set_out_colorspace(ColorSpace::Luma);
    black_box(JpegDecoder::new_with_options(ZCursor::new(bytes), options).decode().unwrap());
}

#[cfg(feature = "peer-turbojpeg")]
mod turbo {
    use std::hint::black_box;

    use turbojpeg::{Decompressor, Image, PixelFormat, ScalingFactor, Transform, transform};

    fn grey(bytes: &[u8], scale: ScalingFactor) {
        let mut decoder = Decompressor::new().unwrap();
        let header = decoder.read_header(bytes).unwrap();
        decoder.set_scaling_factor(scale).unwrap();
        let (width, height) = (scale.scale(header.width), scale.scale(header.height));
        let mut pixels = vec![0; width * height];
        let format = PixelFormat::GRAY;
        let image = Image { pixels: &mut pixels[..], width, pitch: width, height, format };
        decoder.decompress(bytes, image).unwrap();
        black_box(pixels);
    }

    pub(super) fn whole(bytes: &[u8]) {
        grey(bytes, ScalingFactor::ONE);
    }

    pub(super) fn eighth(bytes: &[u8]) {
        grey(bytes, ScalingFactor::ONE_EIGHTH);
    }

    /// The same picture in the progressive scans that libjpeg makes: with refinements.
    pub(super) fn progressive(bytes: &[u8]) -> Vec<u8> {
        let mut way = Transform::default();
        way.progressive = true;
        transform(&way, bytes).unwrap().to_vec()
    }
}

fn decoders() -> Vec<Decoder> {
    vec![
        ("ours", ours),
        ("zune-jpeg luma", zune),
        #[cfg(feature = "peer-turbojpeg")]
        ("libjpeg-turbo grey", turbo::whole),
        #[cfg(feature = "peer-turbojpeg")]
        ("libjpeg-turbo grey 1/8", turbo::eighth),
    ]
}

fn compare(what: &str, bytes: &[u8]) {
    let decoders = decoders();
    let mut fastest = vec![Duration::MAX; decoders.len()];
    let start = Instant::now();
    while start.elapsed() < TIME {
        for (fastest, (_, decode)) in fastest.iter_mut().zip(&decoders) {
            let start = Instant::now();
            decode(black_box(bytes));
            *fastest = start.elapsed().min(*fastest);
        }
    }
    print!("{what:34} {:5} KB  ours {:7.3} ms", bytes.len() / 1024, fastest[0].as_secs_f64() * 1e3);
    for ((name, _), time) in decoders.iter().zip(&fastest).skip(1) {
        print!("  {:5.2} x {name}", fastest[0].as_secs_f64() / time.as_secs_f64());
    }
    println!();
}

fn main() {
    for name in PHOTOGRAPHS {
        for (width, height, noise, quality) in [
            (500, 375, 4, 92),
            (1000, 750, 4, 88),
            (2000, 1500, 4, 85),
            (4000, 3000, 3, 80),
            (4000, 3000, 12, 80),
        ] {
            let picture = picture(name, width, height, noise);
            let what = format!("{name} {width}x{height} +-{noise}");
            let sequential = encode(&picture, quality, false);
            compare(&what, &sequential);
            compare(&format!("{what} bands"), &encode(&picture, quality, true));
            #[cfg(feature = "peer-turbojpeg")]
            compare(&format!("{what} progressive"), &turbo::progressive(&sequential));
        }
    }
}
