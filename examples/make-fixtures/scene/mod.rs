//! The scenes: which kinds there are, and the one door through which each is drawn.
//!
//! Every scene is drawn by this program from a seed. Nothing is a photograph, nobody is shown.

mod balls;
mod fractal;
mod land;
mod map;
mod mosaic;
mod page;
mod plants;
mod town;
mod vases;
mod weave;

use crate::canvas::Canvas;
use image::RgbImage;

/// What a scene shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Shaded spheres with shadows on a checkered floor.
    Balls,
    /// Mountain ridges, a sun, sometimes a lake.
    Land,
    /// Trees and bushes grown by rewriting rules.
    Plants,
    /// Houses with lit windows, by day or by night.
    Town,
    /// A printed page: headline, columns of letters, pictures, a chart.
    Page,
    /// A window into the Mandelbrot set.
    Mandelbrot,
    /// A window into a Julia set.
    Julia,
    /// Coloured tiles that together show a simple picture.
    Mosaic,
    /// Cloth with large shapes woven into it.
    Weave,
    /// Vases on a table before a papered wall.
    Vases,
    /// A map: coasts, hills, roads, towns.
    Map,
}

/// One scene: what it shows, the seed that decides all details, and its size in pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Scene {
    /// Name in file names, labels and tables.
    pub(crate) name: &'static str,
    /// What it shows.
    pub(crate) kind: Kind,
    /// Decides all details.
    pub(crate) seed: u64,
    /// Width in pixels.
    pub(crate) width: u32,
    /// Height in pixels.
    pub(crate) height: u32,
}

impl Scene {
    /// Draws the scene.
    pub(crate) fn draw(&self) -> RgbImage {
        draw(self.kind, self.seed, self.width, self.height).to_rgb()
    }
}

/// Draws what `kind` and `seed` say in the size asked for.
pub(crate) fn draw(kind: Kind, seed: u64, width: u32, height: u32) -> Canvas {
    let (wide, high) = (width as usize * 2, height as usize * 2);
    let twice_as_large = match kind {
        Kind::Balls => balls::draw(seed, wide, high),
        Kind::Land => land::draw(seed, wide, high),
        Kind::Plants => plants::draw(seed, wide, high),
        Kind::Town => town::draw(seed, wide, high),
        Kind::Page => page::draw(seed, wide, high),
        Kind::Mandelbrot => fractal::mandelbrot(seed, wide, high),
        Kind::Julia => fractal::julia(seed, wide, high),
        Kind::Mosaic => mosaic::draw(seed, wide, high),
        Kind::Weave => weave::draw(seed, wide, high),
        Kind::Vases => vases::draw(seed, wide, high),
        Kind::Map => map::draw(seed, wide, high),
    };
    twice_as_large.halved()
}
