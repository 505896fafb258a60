//! `formats/`: one scene in every format and colour type, and the table of twins, which says for
//! each file which PNG shows the same pixels.

use crate::catalogue::FORMATS;
use crate::encode::{self, JpegStyle};
use crate::output::Folder;
use crate::png_parts::{self, GREY, PALETTE};
use crate::tiff_parts;
use anyhow::Result;
use image::codecs::bmp::BmpEncoder;
use image::codecs::gif::GifEncoder;
use image::imageops::{self, FilterType};
use image::{
    Delay, DynamicImage, ExtendedColorType, Frame, GrayImage, ImageFormat, Luma, Rgb, RgbImage,
    RgbaImage,
};
use jpeg_encoder::{ColorType, SamplingFactor};

/// Whether a file holds the very pixels of its twin or, after lossy compression, nearly those.
#[derive(Debug, Clone, Copy)]
enum Pixels {
    Equal,
    Close,
}

/// The folder and its table of twins.
struct Formats {
    folder: Folder,
    twins: csv::Writer<Vec<u8>>,
}

impl Formats {
    fn write(&mut self, name: &str, bytes: Vec<u8>, twin: &str, pixels: Pixels) -> Result<()> {
        self.folder.write(name, bytes)?;
        let pixels = if matches!(pixels, Pixels::Equal) { "equal" } else { "close" };
        self.twins.write_record([name, twin, pixels])?;
        Ok(())
    }
}

/// Writes the folder.
pub(crate) fn write_formats(fixtures: &Folder) -> Result<()> {
    let twins = csv::Writer::from_writer(Vec::new());
    let mut formats = Formats { folder: fixtures.below("formats"), twins };
    formats.twins.write_record(["file", "twin", "pixels"])?;
    let scene = FORMATS.draw();
    write_colour(&mut formats, &scene)?;
    write_grey(&mut formats, &DynamicImage::ImageRgb8(scene.clone()).to_luma8())?;
    write_palette(&mut formats, &scene)?;
    write_alpha(&mut formats, &scene)?;
    write_jpegs(&mut formats, &scene)?;
    let small = imageops::resize(&scene, 160, 120, FilterType::Triangle);
    let tiny = imageops::resize(&scene, 80, 60, FilterType::Triangle);
    write_small(&mut formats, &small, &tiny)?;
    write_tiny(&mut formats, &tiny)?;
    // Made by make-heic.py, which needs encoders that Rust has not.
    for name in ["scene.heic", "rotated.heic", "scene-lossy.webp"] {
        formats.twins.write_record([name, "scene.png", "close"])?;
    }
    formats.folder.write("twins.csv", formats.twins.into_inner()?)
}

/// Lossless RGB in many containers.
fn write_colour(formats: &mut Formats, scene: &RgbImage) -> Result<()> {
    let picture = DynamicImage::ImageRgb8(scene.clone());
    let mut equal = |name: &str, bytes| formats.write(name, bytes, "scene.png", Pixels::Equal);
    let png = encode::png(scene)?;
    equal("scene.png", png.clone())?;
    equal("scene-many-idat.png", png_parts::split_pixels(&png, 4096))?;
    equal("scene.webp", encode::webp(scene)?)?;
    equal("scene.qoi", encode::plain(&picture, ImageFormat::Qoi)?)
}

/// Grey in 16, 8, 4, 2 and 1 bits.
fn write_grey(formats: &mut Formats, grey: &GrayImage) -> Result<()> {
    let size = grey.dimensions();
    let picture = DynamicImage::ImageLuma8(grey.clone());
    let deep = encode::plain(&DynamicImage::ImageLuma16(picture.to_luma16()), ImageFormat::Png)?;
    let interlaced = png_parts::interlaced(grey.as_raw(), size, GREY, Vec::new());
    let mut equal = |name: &str, bytes| formats.write(name, bytes, "grey.png", Pixels::Equal);
    equal("grey.png", encode::png_grey(grey)?)?;
    equal("grey16.png", deep)?;
    equal("grey-interlaced.png", interlaced)?;
    formats.write("grey.jpg", JpegStyle::fine(95).grey(grey)?, "grey.png", Pixels::Close)?;
    for depth in [1u8, 2, 4] {
        let most = (1u32 << depth) - 1;
        let levels = dithered(grey, most);
        let twin = format!("grey-{depth}bit-twin.png");
        let shown = GrayImage::from_fn(size.0, size.1, |x, y| {
            Luma([(u32::from(levels.get_pixel(x, y)[0]) * 255 / most) as u8])
        });
        formats.write(&twin, encode::png_grey(&shown)?, &twin, Pixels::Equal)?;
        let packed = pack(&levels, depth);
        let row = size.0 * u32::from(depth) / 8;
        let png = encode::png_of(&packed, (row, size.1), ExtendedColorType::L8)?;
        let header = png_parts::header(size, depth, GREY, false);
        let png = png_parts::disguise(&png, header, Vec::new());
        formats.write(&format!("grey-{depth}bit.png"), png, &twin, Pixels::Equal)?;
        if depth == 1 {
            // In PBM a set bit is black.
            let black: Vec<u8> = packed.iter().map(|byte| !byte).collect();
            let pbm = [format!("P4\n{} {}\n", size.0, size.1).into_bytes(), black].concat();
            formats.write("grey-1bit.pbm", pbm, &twin, Pixels::Equal)?;
        }
    }
    Ok(())
}

/// At most 216 colours: PNG with a palette, plain and interlaced, BMP with a palette, GIF.
fn write_palette(formats: &mut Formats, scene: &RgbImage) -> Result<()> {
    let size = scene.dimensions();
    let channel = |part: usize| {
        let only = GrayImage::from_fn(size.0, size.1, |x, y| Luma([scene.get_pixel(x, y)[part]]));
        dithered(&only, 5)
    };
    let (red, green, blue) = (channel(0), channel(1), channel(2));
    let indices: Vec<u8> = (red.as_raw().iter().zip(green.as_raw()).zip(blue.as_raw()))
        .map(|((red, green), blue)| red * 36 + green * 6 + blue)
        .collect();
    let colours: Vec<[u8; 3]> =
        (0..216u8).map(|index| [index / 36, index / 6 % 6, index % 6].map(|l| l * 51)).collect();
    let shown = RgbImage::from_fn(size.0, size.1, |x, y| {
        Rgb(colours[usize::from(indices[(y * size.0 + x) as usize])])
    });
    let as_grey = encode::png_of(&indices, size, ExtendedColorType::L8)?;
    let header = png_parts::header(size, 8, PALETTE, false);
    let plte = vec![png_parts::palette(&colours)];
    let interlaced = png_parts::interlaced(&indices, size, PALETTE, plte.clone());
    let mut bmp = Vec::new();
    BmpEncoder::new(&mut bmp).encode_with_palette(
        &indices,
        size.0,
        size.1,
        ExtendedColorType::L8,
        Some(&colours),
    )?;
    let rgba = DynamicImage::ImageRgb8(shown.clone()).to_rgba8();
    let mut second = rgba.clone();
    imageops::invert(&mut second);
    let twin = "scene-palette-rgb.png";
    let mut equal = |name: &str, bytes| formats.write(name, bytes, twin, Pixels::Equal);
    equal(twin, encode::png(&shown)?)?;
    equal("scene-palette.png", png_parts::disguise(&as_grey, header, plte))?;
    equal("scene-palette-interlaced.png", interlaced)?;
    equal("scene-palette.bmp", bmp)?;
    equal("scene.gif", gif(vec![rgba.clone()])?)?;
    // The first frame is the picture; the second is its negative.
    equal("scene-animated.gif", gif(vec![rgba, second])?)
}

/// Transparency in PNG: RGBA, grey with alpha, a transparent colour; each with its twin on white.
fn write_alpha(formats: &mut Formats, scene: &RgbImage) -> Result<()> {
    let (width, height) = scene.dimensions();
    let middle = (width as f32 * 0.45, height as f32 * 0.5);
    let alpha = |x: u32, y: u32| {
        let far = (x as f32 - middle.0).hypot(y as f32 - middle.1) / height as f32;
        ((1.25 - 1.6 * far).clamp(0.0, 1.0) * 255.0).round() as u8
    };
    let on_white = |sample: u8, alpha: u8| {
        let (sample, alpha) = (f32::from(sample), f32::from(alpha) / 255.0);
        (sample * alpha + 255.0 * (1.0 - alpha)).round() as u8
    };
    let colour = RgbaImage::from_fn(width, height, |x, y| {
        let [red, green, blue] = scene.get_pixel(x, y).0;
        image::Rgba([red, green, blue, alpha(x, y)])
    });
    let composed = RgbImage::from_fn(width, height, |x, y| {
        Rgb(scene.get_pixel(x, y).0.map(|sample| on_white(sample, alpha(x, y))))
    });
    let twin = "alpha-on-white.png";
    formats.write(twin, encode::png(&composed)?, twin, Pixels::Equal)?;
    let png = encode::plain(&DynamicImage::ImageRgba8(colour), ImageFormat::Png)?;
    formats.write("alpha.png", png, twin, Pixels::Equal)?;

    let grey = DynamicImage::ImageRgb8(scene.clone()).to_luma8();
    let both: Vec<u8> =
        grey.enumerate_pixels().flat_map(|(x, y, sample)| [sample[0], alpha(x, y)]).collect();
    let composed = GrayImage::from_fn(width, height, |x, y| {
        Luma([on_white(grey.get_pixel(x, y)[0], alpha(x, y))])
    });
    let twin = "grey-alpha-on-white.png";
    formats.write(twin, encode::png_grey(&composed)?, twin, Pixels::Equal)?;
    let png = encode::png_of(&both, (width, height), ExtendedColorType::La8)?;
    formats.write("grey-alpha.png", png, twin, Pixels::Equal)?;

    let levels = dithered(&grey, 15);
    let shown = GrayImage::from_fn(width, height, |x, y| {
        let level = levels.get_pixel(x, y)[0];
        Luma([if level == 4 { 255 } else { level * 17 }])
    });
    let twin = "transparent-colour-on-white.png";
    formats.write(twin, encode::png_grey(&shown)?, twin, Pixels::Equal)?;
    let png = encode::png_of(&pack(&levels, 4), (width / 2, height), ExtendedColorType::L8)?;
    let header = png_parts::header((width, height), 4, GREY, false);
    let transparent = png_parts::Chunk { kind: *b"tRNS", data: vec![0, 4] };
    let png = png_parts::disguise(&png, header, vec![transparent]);
    formats.write("transparent-colour.png", png, twin, Pixels::Equal)
}

/// JPEG in its many kinds.
fn write_jpegs(formats: &mut Formats, scene: &RgbImage) -> Result<()> {
    let size = scene.dimensions();
    let fine = JpegStyle::fine(95);
    let ink: Vec<u8> = scene.pixels().flat_map(|pixel| to_ink(pixel.0)).collect();
    let good = JpegStyle::fine(90);
    let half = JpegStyle { sampling: SamplingFactor::R_4_2_2, ..good };
    let mut close = |name: &str, bytes| formats.write(name, bytes, "scene.png", Pixels::Close);
    close("scene-444.jpg", fine.colour(scene)?)?;
    close("scene-422.jpg", half.colour(scene)?)?;
    close("scene-420.jpg", JpegStyle::usual(90).colour(scene)?)?;
    close("scene-progressive.jpg", JpegStyle { progressive: true, ..good }.colour(scene)?)?;
    close("scene-restart.jpg", JpegStyle { restart: Some(7), ..good }.colour(scene)?)?;
    close("scene-cmyk.jpg", good.write(&ink, size, ColorType::Cmyk)?)?;
    close("scene-ycck.jpg", good.write(&ink, size, ColorType::CmykAsYcck)?)?;
    // Red, green and blue are passed as if they were luma and chroma; the Adobe marker says so.
    let direct = good.write(scene.as_raw(), size, ColorType::Ycbcr)?;
    close("scene-rgb.jpg", marked_as_rgb(&direct))
}

/// The bulky and the size-limited formats, at 160 x 120.
fn write_small(formats: &mut Formats, small: &RgbImage, tiny: &RgbImage) -> Result<()> {
    let picture = DynamicImage::ImageRgb8(small.clone());
    let grey = picture.to_luma8();
    let rgba = DynamicImage::ImageRgba8(picture.to_rgba8());
    let deep = DynamicImage::ImageRgb16(picture.to_rgb16());
    // As plain fractions, not as light: so a reader that only scales gets the same samples back.
    let floats = DynamicImage::ImageRgb32F(picture.to_rgb32f());
    let hdr = encode::plain(&floats, ImageFormat::Hdr)?;
    formats.write("small.hdr", hdr, "small.png", Pixels::Close)?;
    let pages = [tiff_parts::rgb_page(small), tiff_parts::rgb_page(tiny)];
    let mut equal = |name: &str, bytes| formats.write(name, bytes, "small.png", Pixels::Equal);
    equal("small.png", encode::png(small)?)?;
    equal("small-rgb16.png", encode::plain(&deep, ImageFormat::Png)?)?;
    equal("small.bmp", encode::plain(&picture, ImageFormat::Bmp)?)?;
    equal("small.tiff", encode::plain(&picture, ImageFormat::Tiff)?)?;
    // The first page is the picture; the second is `tiny.png`.
    equal("small-two-pages.tiff", tiff_parts::tiff(&pages, &[]))?;
    equal("small.ppm", netpbm("P6", small.dimensions(), small.as_raw()))?;
    equal("small.tga", encode::plain(&picture, ImageFormat::Tga)?)?;
    equal("small.ico", encode::plain(&rgba, ImageFormat::Ico)?)?;
    let twin = "small-grey.png";
    let mut equal = |name: &str, bytes| formats.write(name, bytes, twin, Pixels::Equal);
    let as_tiff = encode::plain(&DynamicImage::ImageLuma8(grey.clone()), ImageFormat::Tiff)?;
    equal(twin, encode::png_grey(&grey)?)?;
    equal("small-grey.tiff", as_tiff)?;
    equal("small-grey.pgm", netpbm("P5", grey.dimensions(), grey.as_raw()))
}

/// The formats with four or more bytes a pixel, at 80 x 60.
fn write_tiny(formats: &mut Formats, tiny: &RgbImage) -> Result<()> {
    let picture = DynamicImage::ImageRgb8(tiny.clone());
    let rgba = DynamicImage::ImageRgba8(picture.to_rgba8());
    let deep = DynamicImage::ImageRgb16(picture.to_rgb16());
    let deep_rgba = DynamicImage::ImageRgba16(picture.to_rgba16());
    let lines: Vec<String> =
        tiny.pixels().map(|pixel| format!("{} {} {}\n", pixel[0], pixel[1], pixel[2])).collect();
    let text = format!("P3\n# written as text\n80 60\n255\n{}", lines.concat());
    let mut equal = |name: &str, bytes| formats.write(name, bytes, "tiny.png", Pixels::Equal);
    equal("tiny.png", encode::png(tiny)?)?;
    equal("tiny-32bit.bmp", encode::plain(&rgba, ImageFormat::Bmp)?)?;
    equal("tiny-rgb16.tiff", encode::plain(&deep, ImageFormat::Tiff)?)?;
    equal("tiny.ff", encode::plain(&deep_rgba, ImageFormat::Farbfeld)?)?;
    equal("tiny-ascii.ppm", text.into_bytes())
}

/// A binary Netpbm file with samples up to 255.
fn netpbm(magic: &str, (width, height): (u32, u32), samples: &[u8]) -> Vec<u8> {
    let mut file = format!("{magic}\n{width} {height}\n255\n").into_bytes();
    file.extend(samples);
    file
}

/// A GIF of these frames.
fn gif(frames: Vec<RgbaImage>) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let delay = Delay::from_numer_denom_ms(500, 1);
    let frames = frames.into_iter().map(|frame| Frame::from_parts(frame, 0, 0, delay));
    // At speed 1 the encoder keeps colours exactly where there are at most 256.
    GifEncoder::new_with_speed(&mut bytes, 1).encode_frames(frames)?;
    Ok(bytes)
}

/// Levels 0 to `most` instead of 0 to 255, dithered with a 4 x 4 Bayer matrix.
fn dithered(grey: &GrayImage, most: u32) -> GrayImage {
    const BAYER: [[u32; 4]; 4] = [[0, 8, 2, 10], [12, 4, 14, 6], [3, 11, 1, 9], [15, 7, 13, 5]];
    GrayImage::from_fn(grey.width(), grey.height(), |x, y| {
        let threshold = BAYER[y as usize % 4][x as usize % 4] * 255 / 16 + 8;
        Luma([((u32::from(grey.get_pixel(x, y)[0]) * most + threshold.min(254)) / 255) as u8])
    })
}

/// Levels packed into bytes, the first in the highest bits; rows must fill whole bytes.
fn pack(levels: &GrayImage, depth: u8) -> Vec<u8> {
    let in_a_byte = usize::from(8 / depth);
    let join = |group: &[u8]| group.iter().fold(0u8, |byte, level| byte << depth | level);
    levels.as_raw().chunks(in_a_byte).map(join).collect()
}

/// Cyan, magenta, yellow and black, 255 = full ink, such that (1 - c)(1 - k) is the red, and so on.
fn to_ink(rgb: [u8; 3]) -> [u8; 4] {
    let brightest = f32::from(rgb[0].max(rgb[1]).max(rgb[2]).max(1));
    let [cyan, magenta, yellow] =
        rgb.map(|sample| (255.0 * (1.0 - f32::from(sample) / brightest)).round() as u8);
    [cyan, magenta, yellow, (255.0 - brightest) as u8]
}

/// The JPEG without its JFIF segment, and with an Adobe segment that says "no colour transform".
fn marked_as_rgb(jpeg: &[u8]) -> Vec<u8> {
    let jfif = usize::from(u16::from_be_bytes([jpeg[4], jpeg[5]])) + 2;
    let mut marked = jpeg[..2].to_vec();
    marked.extend(b"\xFF\xEE\x00\x0EAdobe\x00\x64\x00\x00\x00\x00\x00");
    marked.extend(&jpeg[2 + jfif..]);
    marked
}
