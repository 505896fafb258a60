//! The table of scenes: which are listed, which is withdrawn, which are strangers.

use crate::scene::{Kind, Scene};

const fn scene(name: &'static str, kind: Kind, seed: u64, width: u32, height: u32) -> Scene {
    Scene { name, kind, seed, width, height }
}

/// The scenes that stand in the lists, as entries `K-0001` to `K-0010` in this order.
pub(crate) const LISTED: [Scene; 10] = [
    scene("spheres", Kind::Balls, 1, 480, 360),
    scene("mountains", Kind::Land, 1, 480, 360),
    scene("trees", Kind::Plants, 1, 480, 360),
    scene("skyline", Kind::Town, 1, 480, 360),
    scene("page", Kind::Page, 3, 300, 400),
    scene("spiral", Kind::Julia, 2, 400, 300),
    scene("mosaic", Kind::Mosaic, 2, 360, 360),
    scene("vases", Kind::Vases, 3, 480, 360),
    scene("map", Kind::Map, 3, 480, 360),
    scene("cloth", Kind::Weave, 2, 400, 300),
];

/// Stands in `known.csv` as `K-0011`, but withdrawn: it must not be found.
pub(crate) const WITHDRAWN: Scene = scene("withdrawn-vases", Kind::Vases, 1, 480, 360);

/// Scenes that are in no list, each with the path it gets under `pictures/`.
pub(crate) const STRANGERS: [(&str, Scene); 19] = [
    ("holiday/IMG_2042.jpg", scene("stranger", Kind::Land, 4, 480, 360)),
    ("holiday/IMG_2043.jpg", scene("stranger", Kind::Land, 3, 1200, 900)),
    ("holiday/IMG_2050.jpg", scene("stranger", Kind::Plants, 4, 480, 360)),
    ("holiday/IMG_2051.jpg", scene("stranger", Kind::Town, 2, 480, 360)),
    ("holiday/sunset at the bridge.jpg", scene("stranger", Kind::Town, 6, 640, 360)),
    ("holiday/trail map.png", scene("stranger", Kind::Map, 2, 200, 150)),
    ("phone/20240630_183011.jpg", scene("stranger", Kind::Balls, 2, 360, 480)),
    ("phone/20240705_101530.jpg", scene("stranger", Kind::Plants, 3, 360, 480)),
    ("phone/20240705_101544.jpg", scene("stranger", Kind::Town, 4, 480, 360)),
    ("phone/IMG-20240612-WA0001.jpg", scene("stranger", Kind::Vases, 4, 480, 360)),
    ("office/newsletter-draft.jpg", scene("stranger", Kind::Page, 1, 300, 400)),
    ("office/site-plan.jpg", scene("stranger", Kind::Map, 1, 480, 360)),
    ("office/fabric-sample.jpg", scene("stranger", Kind::Weave, 3, 400, 400)),
    ("office/tiles.jpg", scene("stranger", Kind::Mosaic, 1, 400, 300)),
    ("downloads/fractal1.jpg", scene("stranger", Kind::Mandelbrot, 1, 480, 360)),
    ("downloads/fractal2.jpg", scene("stranger", Kind::Mandelbrot, 2, 480, 360)),
    ("downloads/coral.jpg", scene("stranger", Kind::Julia, 3, 400, 300)),
    ("downloads/wallpaper-2.webp", scene("stranger", Kind::Mandelbrot, 4, 240, 180)),
    ("downloads/avatar.png", scene("stranger", Kind::Balls, 5, 90, 70)),
];

/// The scene in every format of `formats/`.
pub(crate) const FORMATS: Scene = scene("scene", Kind::Balls, 4, 320, 240);

/// The scene in every orientation of `exif/`; its sides are multiples of 16.
pub(crate) const TURNED: Scene = scene("turned", Kind::Town, 5, 192, 144);

/// The lossless pictures of `exact/`: sizes at which the hash kernel's windows and borders differ.
pub(crate) const EXACT: [Scene; 18] = [
    scene("land-5x5", Kind::Land, 21, 5, 5),
    scene("map-9x9", Kind::Map, 22, 9, 9),
    scene("vases-17x256", Kind::Vases, 23, 17, 256),
    scene("page-63x65", Kind::Page, 24, 63, 65),
    scene("spheres-64x64", Kind::Balls, 25, 64, 64),
    scene("trees-65x63", Kind::Plants, 26, 65, 63),
    scene("skyline-96x72", Kind::Town, 27, 96, 72),
    scene("mosaic-127x129", Kind::Mosaic, 28, 127, 129),
    scene("spiral-128x128", Kind::Julia, 2, 128, 128),
    scene("mountains-129x257", Kind::Land, 29, 129, 257),
    scene("fractal-200x100", Kind::Mandelbrot, 1, 200, 100),
    scene("cloth-150x150", Kind::Weave, 30, 150, 150),
    scene("spheres-37x211", Kind::Balls, 31, 37, 211),
    scene("skyline-640x90", Kind::Town, 32, 640, 90),
    scene("map-160x200", Kind::Map, 33, 160, 200),
    scene("vases-257x129", Kind::Vases, 34, 257, 129),
    scene("page-240x180", Kind::Page, 35, 240, 180),
    scene("fractal-512x512", Kind::Mandelbrot, 5, 512, 512),
];
