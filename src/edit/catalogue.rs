//! The table of edits.
//!
//! How many there are of each group: the mix that the first measurements of match quality were
//! made with (144 edits, a third of which only change bytes, size or tone).

use super::acts::Act::{
    self, Cropped, Flipped, Framed, Joined, Long, Mirrored, Overlaid, Quarters, Saved, Scaled,
    Shown, Stretched, Tilted, Toned,
};
use super::acts::Crop::{Anywhere, ByHand, OneSide, Shape, Sides};
use super::collages::Collage::{Grid, Inset, InsetOther, OneAndTwo};
use super::collages::Gutter;
use super::encode::Save::{self, FineJpeg, Gif, GreyJpeg, Jpeg, Png, ProgressiveJpeg, WebP};
use super::frames::{Frame, Ink};
use super::overlays::Overlay;
use super::screens::Screen;
use super::tilts::Tilt;
use super::tone::Tone;
use super::{Edit, Group};

const fn edit(name: &'static str, group: Group, acts: &'static [Act], save: Save) -> Edit {
    Edit { name, group, acts, save }
}

const fn re(name: &'static str, acts: &'static [Act], save: Save) -> Edit {
    edit(name, Group::Reencoded, acts, save)
}

const fn tone(name: &'static str, acts: &'static [Act]) -> Edit {
    edit(name, Group::Toned, acts, Jpeg(85))
}

const fn turn(name: &'static str, acts: &'static [Act]) -> Edit {
    edit(name, Group::Turned, acts, Jpeg(85))
}

const fn tilt(name: &'static str, acts: &'static [Act]) -> Edit {
    edit(name, Group::Tilted, acts, Jpeg(85))
}

const fn crop(name: &'static str, acts: &'static [Act]) -> Edit {
    edit(name, Group::Cropped, acts, Jpeg(85))
}

const fn frame(name: &'static str, acts: &'static [Act]) -> Edit {
    edit(name, Group::Framed, acts, Jpeg(85))
}

const fn screen(name: &'static str, acts: &'static [Act]) -> Edit {
    edit(name, Group::Screenshot, acts, Jpeg(85))
}

const fn collage(name: &'static str, acts: &'static [Act]) -> Edit {
    edit(name, Group::Collage, acts, Jpeg(85))
}

const fn overlay(name: &'static str, acts: &'static [Act]) -> Edit {
    edit(name, Group::Overlaid, acts, Jpeg(85))
}

const fn chain(name: &'static str, acts: &'static [Act], quality: u8) -> Edit {
    edit(name, Group::Chained, acts, Jpeg(quality))
}

/// All edits, group by group.
pub const EDITS: &[Edit] = &[
    re("jpeg-95-fine", &[], FineJpeg(95)),
    re("jpeg-85", &[], Jpeg(85)),
    re("jpeg-75", &[], Jpeg(75)),
    re("jpeg-50", &[], Jpeg(50)),
    re("jpeg-30", &[], Jpeg(30)),
    re("jpeg-20", &[], Jpeg(20)),
    re("jpeg-10", &[], Jpeg(10)),
    re("jpeg-30-fine", &[], FineJpeg(30)),
    re("progressive-75", &[], ProgressiveJpeg(75)),
    re("saved-thrice", &[Saved(80), Saved(60)], Jpeg(70)),
    re("png", &[], Png),
    re("webp", &[], WebP),
    re("gif", &[], Gif),
    re("long-side-1280", &[Long(1280)], Jpeg(80)),
    re("long-side-1024", &[Long(1024)], Jpeg(80)),
    re("long-side-720", &[Long(720)], Jpeg(75)),
    re("long-side-640", &[Long(640)], Jpeg(75)),
    re("long-side-480", &[Long(480)], Jpeg(75)),
    re("long-side-320", &[Long(320)], Jpeg(70)),
    re("long-side-200", &[Long(200)], Jpeg(70)),
    re("long-side-150", &[Long(150)], Jpeg(70)),
    re("enlarged-1.5", &[Scaled(1.5)], Jpeg(85)),
    re("enlarged-2", &[Scaled(2.0)], Jpeg(85)),
    re("grey", &[Toned(Tone::Saturation(0.0))], GreyJpeg(85)),
    re("few-colours", &[Toned(Tone::Palette(6))], Png),
    re("stretched-5", &[Stretched(1.05)], Jpeg(85)),
    tone("blur-1", &[Toned(Tone::Blur(1.0))]),
    tone("blur-2", &[Toned(Tone::Blur(2.0))]),
    tone("blur-3", &[Toned(Tone::Blur(3.0))]),
    tone("sharpened", &[Toned(Tone::Sharpen(0.8))]),
    tone("sharpened-much", &[Toned(Tone::Sharpen(2.0))]),
    tone("noise-5", &[Toned(Tone::Noise(5.0))]),
    tone("noise-15", &[Toned(Tone::Noise(15.0))]),
    tone("denoised", &[Toned(Tone::Median), Toned(Tone::Median)]),
    tone("brighter-15", &[Toned(Tone::Brightness(1.15))]),
    tone("brighter-30", &[Toned(Tone::Brightness(1.3))]),
    tone("darker-15", &[Toned(Tone::Brightness(0.85))]),
    tone("darker-30", &[Toned(Tone::Brightness(0.7))]),
    tone("more-contrast", &[Toned(Tone::Contrast(1.35))]),
    tone("less-contrast", &[Toned(Tone::Contrast(0.65))]),
    tone("gamma-lighter", &[Toned(Tone::Gamma(0.7))]),
    tone("gamma-darker", &[Toned(Tone::Gamma(1.45))]),
    tone("more-colourful", &[Toned(Tone::Saturation(1.6))]),
    tone("paler", &[Toned(Tone::Saturation(0.4)), Toned(Tone::Contrast(0.9))]),
    tone("warmer", &[Toned(Tone::Warmth(0.14))]),
    tone("cooler", &[Toned(Tone::Warmth(-0.14))]),
    tone("sepia", &[Toned(Tone::Sepia)]),
    tone("vignette", &[Toned(Tone::Vignette)]),
    tone("negative", &[Toned(Tone::Negative)]),
    tone("posterised", &[Toned(Tone::Steps(5))]),
    turn("mirrored", &[Mirrored]),
    turn("flipped", &[Flipped]),
    turn("turned-90", &[Quarters(1)]),
    turn("turned-180", &[Quarters(2)]),
    turn("turned-270", &[Quarters(3)]),
    turn("mirrored-turned-90", &[Mirrored, Quarters(1)]),
    tilt("tilted-1", &[Tilted(Tilt::Corners(1.0))]),
    tilt("tilted-2", &[Tilted(Tilt::Corners(2.0))]),
    tilt("tilted-3", &[Tilted(Tilt::Corners(3.0))]),
    tilt("tilted-5", &[Tilted(Tilt::Corners(5.0))]),
    tilt("tilted-7", &[Tilted(Tilt::Corners(7.0))]),
    tilt("tilted-10", &[Tilted(Tilt::Corners(10.0))]),
    tilt("straightened-2", &[Tilted(Tilt::Straightened(2.0))]),
    tilt("straightened-3", &[Tilted(Tilt::Straightened(3.0))]),
    tilt("straightened-5", &[Tilted(Tilt::Straightened(5.0))]),
    tilt("perspective-mild", &[Tilted(Tilt::Perspective(0.04))]),
    tilt("perspective-strong", &[Tilted(Tilt::Perspective(0.12))]),
    tilt("photo-of-monitor", &[Tilted(Tilt::Monitor)]),
    tilt("photo-of-monitor-close", &[Tilted(Tilt::MonitorClose)]),
    tilt("photo-of-print", &[Tilted(Tilt::Print)]),
    crop("cropped-3", &[Cropped(Sides(0.03))]),
    crop("cropped-5", &[Cropped(Sides(0.05))]),
    crop("cropped-8", &[Cropped(Sides(0.08))]),
    crop("cropped-10", &[Cropped(Sides(0.10))]),
    crop("cropped-15", &[Cropped(Sides(0.15))]),
    crop("cropped-20", &[Cropped(Sides(0.20))]),
    crop("cropped-30", &[Cropped(Sides(0.30))]),
    crop("cropped-one-side-10", &[Cropped(OneSide(0.10))]),
    crop("cropped-one-side-20", &[Cropped(OneSide(0.20))]),
    crop("square", &[Cropped(Shape(1.0))]),
    crop("four-to-five", &[Cropped(Shape(0.8))]),
    crop("sixteen-to-nine", &[Cropped(Shape(16.0 / 9.0))]),
    crop("nine-to-sixteen", &[Cropped(Shape(9.0 / 16.0))]),
    crop("off-centre-90", &[Cropped(Anywhere(0.9))]),
    crop("off-centre-80", &[Cropped(Anywhere(0.8))]),
    crop("off-centre-65", &[Cropped(Anywhere(0.65))]),
    frame("border-white-3", &[Framed(Frame::Border(0.03, Ink::White))]),
    frame("border-black-5", &[Framed(Frame::Border(0.05, Ink::Black))]),
    frame("border-coloured-10", &[Framed(Frame::Border(0.10, Ink::Bright))]),
    frame("letterboxed", &[Framed(Frame::Page(0.8))]),
    frame("pillarboxed", &[Framed(Frame::Page(2.1))]),
    frame("polaroid", &[Framed(Frame::Polaroid)]),
    frame("meme-bar", &[Framed(Frame::BarAbove)]),
    frame("meme-bars", &[Framed(Frame::Bars)]),
    frame("caption-below", &[Framed(Frame::Caption)]),
    frame("rounded-corners", &[Framed(Frame::RoundCorners)]),
    frame("blurred-fill", &[Framed(Frame::BlurredFill)]),
    frame("drop-shadow", &[Framed(Frame::Shadow)]),
    frame("gradient-frame", &[Framed(Frame::Gradient)]),
    screen("screenshot-gallery", &[Shown(Screen::Gallery)]),
    screen("screenshot-feed", &[Shown(Screen::Feed)]),
    screen("screenshot-chat", &[Shown(Screen::Chat)]),
    screen("screenshot-story", &[Shown(Screen::Story)]),
    screen("screenshot-desktop", &[Shown(Screen::Desktop)]),
    screen("screenshot-web", &[Shown(Screen::Web)]),
    screen("screenshot-post", &[Shown(Screen::Post)]),
    collage("collage-2x1", &[Joined(Grid(2, 1, Gutter::None))]),
    collage("collage-2x1-gutter", &[Joined(Grid(2, 1, Gutter::Wide))]),
    collage("collage-1x2", &[Joined(Grid(1, 2, Gutter::None))]),
    collage("collage-1x2-gutter", &[Joined(Grid(1, 2, Gutter::Wide))]),
    collage("collage-2x2", &[Joined(Grid(2, 2, Gutter::None))]),
    collage("collage-2x2-gutter", &[Joined(Grid(2, 2, Gutter::Wide))]),
    collage("collage-3x3-gutter", &[Joined(Grid(3, 3, Gutter::Wide))]),
    collage("collage-one-and-two", &[Joined(OneAndTwo)]),
    collage("inset-in-other", &[Joined(Inset)]),
    collage("inset-of-other", &[Joined(InsetOther)]),
    overlay("caption", &[Overlaid(Overlay::Caption)]),
    overlay("meme-text", &[Overlaid(Overlay::MemeText)]),
    overlay("watermark-diagonal", &[Overlaid(Overlay::DiagonalMark)]),
    overlay("watermark-tiled", &[Overlaid(Overlay::TiledMark)]),
    overlay("corner-logo", &[Overlaid(Overlay::CornerLogo)]),
    overlay("one-emoji", &[Overlaid(Overlay::Faces(1))]),
    overlay("five-emoji", &[Overlaid(Overlay::Faces(5))]),
    overlay("censor-bar", &[Overlaid(Overlay::CensorBar)]),
    overlay("censor-boxes", &[Overlaid(Overlay::CensorBoxes)]),
    overlay("pixelated-part", &[Overlaid(Overlay::Pixelated)]),
    overlay("scribble", &[Overlaid(Overlay::Scribble)]),
    overlay("stickers", &[Overlaid(Overlay::Stickers)]),
    overlay("arrow", &[Overlaid(Overlay::Arrow)]),
    overlay("play-button", &[Overlaid(Overlay::PlayButton)]),
    overlay("date-stamp", &[Overlaid(Overlay::DateStamp)]),
    overlay("banner", &[Overlaid(Overlay::Banner)]),
    edit(
        "video-frame",
        Group::VideoFrame,
        &[Toned(Tone::Blur(0.8)), Framed(Frame::Page(16.0 / 9.0)), Long(640), Saved(35)],
        Jpeg(80),
    ),
    edit(
        "video-frame-upright",
        Group::VideoFrame,
        &[Toned(Tone::Blur(0.8)), Framed(Frame::Page(9.0 / 16.0)), Long(854), Saved(35)],
        Jpeg(80),
    ),
    chain("mirrored-cropped", &[Mirrored, Cropped(Sides(0.05))], 50),
    chain("gallery-cropped", &[Shown(Screen::Gallery), Cropped(ByHand)], 80),
    chain(
        "tilted-bordered",
        &[Tilted(Tilt::Straightened(3.0)), Framed(Frame::Border(0.04, Ink::White))],
        80,
    ),
    chain("meme-in-feed", &[Framed(Frame::BarAbove), Saved(70), Shown(Screen::Feed)], 80),
    chain("letterboxed-in-gallery", &[Framed(Frame::Page(0.8)), Shown(Screen::Gallery)], 80),
    chain("mirrored-framed", &[Mirrored, Framed(Frame::Gradient)], 80),
    chain("cropped-captioned", &[Cropped(Sides(0.04)), Overlaid(Overlay::Caption)], 75),
    chain(
        "shrunk-blurred-noisy",
        &[Scaled(0.5), Toned(Tone::Blur(1.2)), Toned(Tone::Noise(8.0))],
        60,
    ),
    chain("feed-shrunk", &[Shown(Screen::Feed), Scaled(0.5)], 30),
    chain("turned-bordered", &[Quarters(1), Framed(Frame::Border(0.05, Ink::Black))], 75),
];
