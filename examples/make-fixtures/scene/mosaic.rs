//! A mosaic: tiles of irregular shape (Voronoi cells) that together show a simple picture.

use crate::canvas::{Canvas, Colour, hex, lit, mix};
use crate::dice::{Dice, lattice};

/// A large shape that the tiles show.
struct Shape {
    x: f32,
    y: f32,
    size: f32,
    corners: u32,
    turn: f32,
    colour: Colour,
}

impl Shape {
    /// Whether the point lies inside: a disc, or a star with as many points as `corners`.
    fn holds(&self, x: f32, y: f32) -> bool {
        let (dx, dy) = (x - self.x, y - self.y);
        let far = (dx * dx + dy * dy).sqrt();
        if self.corners == 0 {
            return far < self.size;
        }
        let angle = dy.atan2(dx) + self.turn;
        far < self.size * (0.72 + 0.28 * (angle * self.corners as f32).cos())
    }
}

/// Draws a mosaic.
pub(super) fn draw(seed: u64, width: usize, height: usize) -> Canvas {
    let mut dice = Dice::new(seed ^ 0x3051);
    let unit = height as f32;
    let wide = width as f32 / unit;
    let grounds = [[0x1B_4965, 0xBE_E9E8], [0x6A_1B2E, 0xF3_D9B1], [0x20_3A27, 0xE9_EDC9]];
    let ground = grounds[seed as usize % grounds.len()].map(hex);
    let colours = [0xF4_A261, 0xE7_6F51, 0x2A_9D8F, 0xF1_FAEE, 0x26_4653, 0xE9_C46A, 0x7B_2CBF];
    let shapes: Vec<Shape> = (0..7 + dice.below(5))
        .map(|_| Shape {
            x: dice.between(0.0, wide),
            y: dice.between(0.0, 1.0),
            size: dice.between(0.12, 0.34),
            corners: dice.pick(&[0, 3, 4, 5, 7]),
            turn: dice.between(0.0, 6.3),
            colour: hex(dice.pick(&colours)),
        })
        .collect();
    let (tiles, slant, salt) =
        (dice.between(17.0, 26.0), dice.between(0.0, 6.3f32).sin_cos(), seed as u32);
    Canvas::paint(width, height, |x, y| {
        let tile = nearest_tile(x / unit * tiles, y / unit * tiles, salt);
        if tile.to_edge < 0.07 {
            return hex(0x2A_2622);
        }
        let (x, y) = (tile.x / tiles, tile.y / tiles);
        let across = (x - wide / 2.0) * slant.0 + (y - 0.5) * slant.1;
        let mut colour = mix(ground[0], ground[1], across + 0.5);
        for shape in &shapes {
            if shape.holds(x, y) {
                colour = mix(shape.colour, ground[0], (across + 0.3).clamp(0.0, 0.35));
            }
        }
        lit(colour, 0.78 + 0.4 * tile.chance + 0.12 * tile.tilt)
    })
}

/// What is known of a tile at one of its points.
struct Tile {
    x: f32,
    y: f32,
    to_edge: f32,
    chance: f32,
    tilt: f32,
}

/// The tile that covers a point; tiles are about one unit wide.
fn nearest_tile(x: f32, y: f32, seed: u32) -> Tile {
    let (column, row) = (x.floor() as i32, y.floor() as i32);
    let mut first = (f32::MAX, 0.0, 0.0, 0.0);
    let mut second = f32::MAX;
    for dy in -2..=2 {
        for dx in -2..=2 {
            let (cx, cy) = (column + dx, row + dy);
            let px = cx as f32 + 0.1 + 0.8 * lattice(cx, cy, seed);
            let py = cy as f32 + 0.1 + 0.8 * lattice(cx, cy, seed ^ 0x5555);
            let far = ((px - x).powi(2) + (py - y).powi(2)).sqrt();
            if far < first.0 {
                second = first.0;
                first = (far, px, py, lattice(cx, cy, seed ^ 0xAAAA));
            } else if far < second {
                second = far;
            }
        }
    }
    let (far, px, py, chance) = first;
    Tile { x: px, y: py, to_edge: second - far, chance, tilt: (px - x) + (py - y) }
}
