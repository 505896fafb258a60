//! Shaded spheres with shadows and reflections on a checkered floor (a small ray tracer).

use crate::canvas::{Canvas, Colour, hex, lit, mix};
use crate::dice::{Dice, fractal_noise};

type Vector = [f32; 3];

/// A ball that lies on the floor or floats above it.
struct Ball {
    centre: Vector,
    radius: f32,
    colour: Colour,
    stripe: Option<Colour>,
}

/// Everything in the room.
struct Room {
    balls: Vec<Ball>,
    tiles: [Colour; 2],
    tile_size: f32,
    sky: [Colour; 2],
    light: Vector,
    seed: u32,
}

/// Draws a room with balls.
pub(super) fn draw(seed: u64, width: usize, height: usize) -> Canvas {
    let mut dice = Dice::new(seed ^ 0xBA11);
    let room = furnish(&mut dice, seed);
    let eye = [dice.between(-0.6, 0.6), dice.between(1.3, 2.6), -5.0];
    let (tilt, turn) = (dice.between(-0.30, -0.12), dice.between(-0.25, 0.25));
    let unit = width.min(height) as f32;
    Canvas::paint(width, height, |x, y| {
        let across = (x - width as f32 / 2.0) / unit;
        let up = (height as f32 / 2.0 - y) / unit;
        let ahead = normal([across + turn, up + tilt, 1.1]);
        trace(&room, eye, ahead, 2)
    })
}

/// Chooses balls that do not overlap, colours and the light.
fn furnish(dice: &mut Dice, seed: u64) -> Room {
    let colours =
        [0xD9_3A2B, 0x2B_6FD9, 0xF2_C12E, 0x2F_9E56, 0x8E_44AD, 0xE8_E4DA, 0xE6_7E22, 0x1A_2A3A];
    let mut balls: Vec<Ball> = Vec::new();
    let wanted = 5 + dice.below(6);
    for _attempt in 0..200 {
        let radius = dice.between(0.35, 1.1);
        let lift = if dice.happens(0.25) { dice.between(0.3, 1.3) } else { 0.0 };
        let centre = [dice.between(-3.4, 3.4), radius + lift, dice.between(-1.0, 4.5)];
        let free = balls.iter().all(|b| length(minus(b.centre, centre)) > b.radius + radius + 0.05);
        if free && balls.len() < wanted {
            let stripe = dice.happens(0.4).then(|| hex(dice.pick(&colours)));
            balls.push(Ball { centre, radius, colour: hex(dice.pick(&colours)), stripe });
        }
    }
    let floors = [[0xEF_E6D2, 0x3A_3532], [0xD8_E2EC, 0x7A_2E2E], [0xE3_D6B0, 0x2F_5D50]];
    let skies = [[0x3B_78B8, 0xE8_EEF2], [0x2A_2440, 0xF0_A060], [0x7F_8C99, 0xF4_F1E8]];
    Room {
        balls,
        tiles: dice.pick(&floors).map(hex),
        tile_size: dice.between(0.7, 1.5),
        sky: dice.pick(&skies).map(hex),
        light: normal([dice.between(-0.9, 0.9), dice.between(0.7, 1.3), dice.between(-0.9, 0.1)]),
        seed: seed as u32,
    }
}

/// The colour seen from `from` in direction `ahead`, with at most `bounces` mirrorings.
fn trace(room: &Room, from: Vector, ahead: Vector, bounces: u32) -> Colour {
    let ball = nearest(room, from, ahead);
    if let Some((ball, far)) = ball {
        let point = plus(from, times(ahead, far));
        let out = times(minus(point, ball.centre), 1.0 / ball.radius);
        let banded = (out[1] * 6.0 + out[0] * 2.0).sin() > 0.35;
        let glaze = ball.stripe.filter(|_| banded).unwrap_or(ball.colour);
        let shade = 0.22 + 0.8 * sunlight(room, point, out);
        let mirrored = minus(ahead, times(out, 2.0 * dot(ahead, out)));
        let shine = dot(mirrored, room.light).max(0.0).powi(40);
        let mut seen = lit(glaze, shade);
        if bounces > 0 {
            let start = plus(point, times(out, 1e-3));
            seen = mix(seen, trace(room, start, mirrored, bounces - 1), 0.14);
        }
        return mix(seen, [1.0, 1.0, 1.0], shine * 0.85);
    }
    if ahead[1] < -1e-3 {
        let far = -from[1] / ahead[1];
        return floor(room, plus(from, times(ahead, far)), far);
    }
    let clouds = fractal_noise(ahead[0] * 5.0, ahead[1] * 12.0, 4, room.seed);
    let sky = mix(room.sky[1], room.sky[0], ahead[1] * 2.2);
    mix(sky, hex(0xFF_FFFF), ((clouds - 0.5) * 3.0).clamp(0.0, 0.8))
}

/// The colour of the floor at `point`, `far` from the eye.
fn floor(room: &Room, point: Vector, far: f32) -> Colour {
    let (column, row) = ((point[0] / room.tile_size).floor(), (point[2] / room.tile_size).floor());
    let odd = (column as i32 + row as i32).rem_euclid(2) as usize;
    let worn = 0.82 + 0.3 * fractal_noise(point[0] * 3.0, point[2] * 3.0, 3, room.seed + 7);
    let shade = 0.35 + 0.65 * sunlight(room, point, [0.0, 1.0, 0.0]);
    mix(lit(room.tiles[odd], worn * shade), room.sky[1], (far - 6.0) / 26.0)
}

/// The first ball hit by a ray, and how far away.
fn nearest(room: &Room, from: Vector, ahead: Vector) -> Option<(&Ball, f32)> {
    let mut best: Option<(&Ball, f32)> = None;
    for ball in &room.balls {
        let to_eye = minus(from, ball.centre);
        let half = dot(to_eye, ahead);
        let inside = half * half - dot(to_eye, to_eye) + ball.radius * ball.radius;
        if inside > 0.0 {
            let far = -half - inside.sqrt();
            if far > 1e-3 && best.is_none_or(|(_, nearest)| far < nearest) {
                best = Some((ball, far));
            }
        }
    }
    best
}

/// How much direct light falls on a surface, 0 in the shadow of a ball.
fn sunlight(room: &Room, point: Vector, out: Vector) -> f32 {
    let start = plus(point, times(out, 2e-3));
    if nearest(room, start, room.light).is_some() { 0.0 } else { dot(out, room.light).max(0.0) }
}

fn dot(a: Vector, b: Vector) -> f32 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

fn plus(a: Vector, b: Vector) -> Vector {
    [0, 1, 2].map(|axis| a[axis] + b[axis])
}

fn minus(a: Vector, b: Vector) -> Vector {
    [0, 1, 2].map(|axis| a[axis] - b[axis])
}

fn times(a: Vector, factor: f32) -> Vector {
    a.map(|axis| axis * factor)
}

fn length(a: Vector) -> f32 {
    dot(a, a).sqrt()
}

fn normal(a: Vector) -> Vector {
    times(a, 1.0 / length(a))
}
