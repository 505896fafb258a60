//! The photograph seen at an angle: tilted, in perspective, photographed from a screen or a print.

use super::brush::area;
use super::dice::Dice;
use super::photo::{BLACK, Colour, Photo, byte, hex, mix};
use super::stage::Stage;
use super::warp::{Corners, Point};

/// How the photograph is tilted.
#[derive(Clone, Copy, Debug)]
pub(super) enum Tilt {
    /// By so many degrees, to one side or the other, with black corners.
    Corners(f32),
    /// By so many degrees, cut to what is filled.
    Straightened(f32),
    /// Each corner moved by up to this share of the shorter side.
    Perspective(f32),
    /// A photograph of a monitor that shows it, with its dark frame.
    Monitor,
    /// A photograph of a screen from so near that only the picture is seen.
    MonitorClose,
    /// A photograph of a print on a table.
    Print,
}

impl Tilt {
    /// The photograph as it is seen.
    pub(super) fn apply(self, photo: &Photo, stage: &mut Stage) -> Photo {
        let dice = &mut stage.dice;
        match self {
            Self::Corners(degrees) => {
                let degrees = degrees * dice.sign();
                if dice.happens(0.6) {
                    photo.tilted(degrees, BLACK)
                } else {
                    photo.tilted_whole(degrees, BLACK)
                }
            }
            Self::Straightened(degrees) => photo.straightened(degrees * dice.sign()),
            Self::Perspective(share) => perspective(photo, dice, share),
            Self::Monitor => monitor(photo, dice),
            Self::MonitorClose => monitor_close(photo, dice),
            Self::Print => print(photo, stage),
        }
    }
}

/// The corners of a box, each moved at random by up to so many pixels.
fn shaken(dice: &mut Dice, [left, top, right, bottom]: [f32; 4], reach: f32) -> Corners {
    let corners = [(left, top), (right, top), (right, bottom), (left, bottom)];
    corners.map(|(x, y)| (x + dice.between(-reach, reach), y + dice.between(-reach, reach)))
}

/// A camera that is not quite in front: one side is nearer than the other.
fn keystone(dice: &mut Dice, [left, top, right, bottom]: [f32; 4], share: f32) -> Corners {
    let reach = share * (right - left).min(bottom - top);
    let (across, down) = (dice.between(-1.0, 1.0) * reach, dice.between(-1.0, 1.0) * reach);
    let corners = [
        (left + across.max(0.0), top + down.max(0.0)),
        (right - across.max(0.0), top - down.min(0.0)),
        (right + across.min(0.0), bottom + down.min(0.0)),
        (left - across.min(0.0), bottom - down.max(0.0)),
    ];
    let turn = dice.between(-0.4, 0.4) * share;
    let middle = (left.midpoint(right), top.midpoint(bottom));
    corners.map(|(x, y)| {
        let (dx, dy) = (x - middle.0, y - middle.1);
        (middle.0 + dx - dy * turn, middle.1 + dy + dx * turn)
    })
}

/// Each corner moved inwards or outwards: on black, or filling the picture.
fn perspective(photo: &Photo, dice: &mut Dice, share: f32) -> Photo {
    let (width, height) = (photo.width as f32, photo.height as f32);
    let reach = share * photo.short() as f32;
    let fills = dice.happens(0.5);
    let mut inwards = |limit: f32| {
        let by = dice.between(0.2, 1.0) * limit;
        if fills { -by } else { by }
    };
    let mut corner = |x: f32, y: f32| {
        let (dx, dy) = (inwards(reach), inwards(reach));
        (if x == 0.0 { dx } else { x - dx }, if y == 0.0 { dy } else { y - dy })
    };
    let corners =
        [corner(0.0, 0.0), corner(width, 0.0), corner(width, height), corner(0.0, height)];
    let mut page = Photo::filled(photo.width, photo.height, BLACK);
    page.lay(photo, corners);
    page
}

/// What a camera makes of a screen: fringes between its pixels and ours, a cast, a reflection.
fn filmed(photo: Photo, dice: &mut Dice, strength: f32) -> Photo {
    let size = photo.long() as f32;
    let wave = |dice: &mut Dice, count: f32| {
        let angle = dice.between(0.0, std::f32::consts::TAU);
        (angle.cos() * count / size, angle.sin() * count / size)
    };
    let count = dice.between(25.0, 60.0);
    let (fine, bend) = (wave(dice, count), wave(dice, 3.0));
    let shine = (dice.unit() * size, dice.between(0.0, 0.5) * size);
    let cast = dice.pick(&[[0.97, 1.0, 1.05], [1.03, 1.0, 0.95], [0.96, 1.02, 1.0]]);
    let turn = std::f32::consts::TAU;
    photo.map_placed(|x, y, colour| {
        let (x, y) = (x as f32, y as f32);
        let sway = 2.0 * (turn * (x * bend.0 + y * bend.1)).sin();
        let phase = turn * (x * fine.0 + y * fine.1) + sway;
        let far = (x - shine.0).hypot(y - shine.1) / (0.5 * size);
        let glare = 26.0 * (1.0 - far).max(0.0);
        let part = |k: usize| {
            let fringe = 1.0 + strength * (phase + 2.1 * k as f32).sin();
            byte((f32::from(colour[k]) * 0.93 + 9.0) * fringe * cast[k] + glare)
        };
        [part(0), part(1), part(2)]
    })
}

/// A wall or a table top: one colour in uneven light.
fn surface(dice: &mut Dice, width: usize, height: usize, colour: Colour) -> Photo {
    let (low, high) = (dice.between(0.55, 0.8), dice.between(1.0, 1.2));
    let (across, down) = (dice.unit() / width as f32, dice.unit() / height as f32);
    let page = Photo::paint(width, height, |x, y| {
        let light = low + (high - low) * (x as f32 * across + y as f32 * down) / 2.0;
        colour.map(|part| byte(f32::from(part) * light))
    });
    page.noisy(3.0, dice)
}

fn monitor(photo: &Photo, dice: &mut Dice) -> Photo {
    let (width, height) = (photo.width as f32, photo.height as f32);
    let margin = photo.short() as f32 * dice.between(0.1, 0.22);
    let wall = hex(dice.pick(&[0x3A_3F47, 0x6B_6259, 0x22_2428, 0x8C_8F94]));
    let (wide, tall) = (width + 2.0 * margin, height + 2.0 * margin);
    let mut page = surface(dice, wide as usize, tall as usize, wall);
    let bounds = [margin, margin, margin + width, margin + height];
    let share = dice.between(0.04, 0.12);
    let corners = keystone(dice, bounds, share);
    let rim = margin * dice.between(0.3, 0.6);
    let middle = (wide / 2.0, tall / 2.0);
    let outwards = |by: f32| {
        corners.map(|(x, y): Point| {
            (x + by * (x - middle.0).signum(), y + by * (y - middle.1).signum())
        })
    };
    page.convex(&outwards(rim), hex(0x12_1213), 1.0);
    page.convex(&outwards(rim * 0.2), hex(0x05_0506), 1.0);
    page.lay(photo, corners);
    let soft = page.blurred(0.7 * page.long() as f32 / 600.0);
    filmed(soft, dice, 0.045).noisy(4.0, dice)
}

fn monitor_close(photo: &Photo, dice: &mut Dice) -> Photo {
    let (width, height) = (photo.width as f32, photo.height as f32);
    // The edges of the picture lie just outside, or just inside where the dark rim begins.
    let out = photo.short() as f32 * dice.between(-0.01, 0.05);
    let bounds = [-out, -out, width + out, height + out];
    let corners = shaken(dice, bounds, photo.short() as f32 * 0.025);
    let mut page = Photo::filled(photo.width, photo.height, hex(0x08_0809));
    page.lay(photo, corners);
    let soft = page.blurred(0.8 * page.long() as f32 / 600.0);
    filmed(soft, dice, 0.07).noisy(5.0, dice)
}

fn print(photo: &Photo, stage: &mut Stage) -> Photo {
    let dice = &mut stage.dice;
    let (width, height) = (photo.width as f32, photo.height as f32);
    let margin = photo.short() as f32 * dice.between(0.06, 0.16);
    let table = hex(dice.pick(&[0x8A_6642, 0x5E_4630, 0xB9_A68A, 0x55_5B5F]));
    let (wide, tall) = (width + 2.0 * margin, height + 2.0 * margin);
    let mut page = surface(dice, wide as usize, tall as usize, table);
    let rim = photo.short() as f32 * dice.pick(&[0.0, 0.03]);
    let mut paper = Photo::filled(
        photo.width + 2 * rim as usize,
        photo.height + 2 * rim as usize,
        hex(0xF4_F2EC),
    );
    paper.paste(photo, rim as isize, rim as isize);
    let bounds = [margin, margin, margin + width, margin + height];
    let corners = keystone(dice, bounds, 0.07);
    let shadow = area(margin, margin * 1.08, width, height);
    page.shadow(shadow, margin * 0.3, 0.5);
    page.lay(&paper, corners);
    let lamp = (dice.unit() * wide, dice.unit() * tall);
    let lit = page.map_placed(|x, y, colour| {
        let far = (x as f32 - lamp.0).hypot(y as f32 - lamp.1) / wide.max(tall);
        mix(colour, hex(0x20_1810), (0.35 * far).min(0.4))
    });
    lit.blurred(0.5).noisy(3.0, dice)
}
