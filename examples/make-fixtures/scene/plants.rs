//! Trees and bushes grown by rewriting rules (Lindenmayer systems), on hilly ground.

use crate::canvas::{Canvas, Colour, hex, lit, mix};
use crate::dice::{Dice, fractal_noise};

/// How a plant grows: rewriting rules, rounds, turning angle in degrees.
struct Species {
    start: &'static str,
    rules: &'static [(char, &'static str)],
    rounds: u32,
    angle: f32,
}

const SPECIES: [Species; 4] = [
    Species { start: "X", rules: &[('X', "F[+X][-X]FX"), ('F', "FF")], rounds: 6, angle: 24.0 },
    Species {
        start: "X",
        rules: &[('X', "F-[[X]+X]+F[+FX]-X"), ('F', "FF")],
        rounds: 5,
        angle: 22.5,
    },
    Species { start: "F", rules: &[('F', "FF-[-F+F+F]+[+F-F-F]")], rounds: 4, angle: 22.0 },
    Species { start: "X", rules: &[('X', "F[+X]F[-X]+X"), ('F', "FF")], rounds: 6, angle: 20.0 },
];

/// Colours of a season: sky above and below, ground light and dark, bark, two kinds of leaves.
const SEASONS: [[u32; 7]; 4] = [
    [0x8C_C0E8, 0xF4_F7F2, 0x86_A64A, 0x4C_6B2F, 0x4A_3423, 0x2F_6B2A, 0x74_B04A],
    [0xD9_8E5A, 0xFB_E6C2, 0xA8_7A3C, 0x5E_4222, 0x30_2018, 0xB8_3A1E, 0xE8_A030],
    [0xB9_C4CE, 0xF0_F2F4, 0xE8_ECF0, 0xA8_B4C0, 0x26_2A30, 0x3C_4850, 0x70_8088],
    [0x1E_2A55, 0xE0_8AA0, 0x30_3A5A, 0x18_1E38, 0x10_1020, 0x28_5060, 0x60_A090],
];

/// Draws a few plants on a hill.
pub(super) fn draw(seed: u64, width: usize, height: usize) -> Canvas {
    let mut dice = Dice::new(seed ^ 0x71A2);
    let colours = SEASONS[seed as usize % SEASONS.len()].map(hex);
    let [above, below, light, dark, ..] = colours;
    let (unit, wide) = (height as f32, width as f32 / height as f32);
    let (base, lean) = (dice.between(0.66, 0.84), dice.between(-0.18, 0.18));
    let salt = seed as u32;
    let ground = move |x: f32| {
        base + lean * (x - wide / 2.0) + 0.12 * (fractal_noise(x * 1.7, 0.5, 3, salt) - 0.5)
    };
    let mut canvas = Canvas::paint(width, height, |x, y| {
        let (x, y) = (x / unit, y / unit);
        let top = ground(x);
        if y > top {
            let grass = fractal_noise(x * 16.0, y * 34.0, 4, salt + 5);
            return mix(light, dark, (y - top) * 1.6 + (grass - 0.5) * 2.2 + 0.2);
        }
        let cloud = fractal_noise(x * 2.2, y * 4.5, 5, salt + 9);
        mix(mix(above, below, y / base), hex(0xFF_FFFF), (cloud - 0.52) * 4.0)
    });
    let count = 3 + dice.below(3);
    for number in 0..count {
        let share = (number as f32 + dice.between(0.15, 0.85)) / count as f32;
        let x = share * wide;
        let tall = dice.between(0.34, 0.8) * ground(x);
        let root = (x * unit, (ground(x) + dice.between(0.0, 0.08)) * unit);
        canvas.stain(root, (tall * unit * 0.45, 0.035 * unit), lit(dark, 0.5), 0.8);
        let species = &SPECIES[(dice.below(4) + number) % 4];
        grow(&mut canvas, species, root, tall * unit, &colours, &mut dice);
    }
    canvas
}

/// Draws one plant so that it is about `tall` pixels high.
fn grow(
    canvas: &mut Canvas,
    species: &Species,
    root: (f32, f32),
    tall: f32,
    colours: &[Colour; 7],
    dice: &mut Dice,
) {
    let word = rewrite(species);
    let angle = species.angle * dice.between(0.85, 1.2);
    let slant = dice.between(-7.0, 7.0);
    let sketch = walk(&word, angle, slant, 1.0, &mut dice.clone());
    let highest = sketch.iter().map(|twig| -twig.to.1).fold(1.0, f32::max);
    let step = tall / highest;
    let twigs = walk(&word, angle, slant, step, dice);
    let place = |point: (f32, f32)| (root.0 + point.0, root.1 + point.1);
    for twig in &twigs {
        let thick = tall * 0.034 * 0.72f32.powi(twig.depth) + 1.2;
        let bark = lit(colours[4], 0.8 + 0.25 * (twig.depth as f32 / 6.0));
        canvas.stroke(place(twig.from), place(twig.to), thick, bark);
    }
    for twig in twigs.iter().filter(|twig| twig.depth >= 3) {
        if dice.happens(0.34) {
            let (x, y) = place(twig.to);
            let leaf = mix(colours[5], colours[6], dice.unit());
            canvas.disc(x, y, tall * dice.between(0.008, 0.021), leaf);
        }
    }
}

/// The word that describes the grown plant.
fn rewrite(species: &Species) -> String {
    let mut word = species.start.to_owned();
    for _round in 0..species.rounds {
        let mut next = String::with_capacity(word.len() * 4);
        for letter in word.chars() {
            match species.rules.iter().find(|rule| rule.0 == letter) {
                Some((_, grown)) => next.push_str(grown),
                None => next.push(letter),
            }
        }
        word = next;
    }
    word
}

/// One straight piece of a plant, the root at (0, 0), and how many forks it is from the trunk.
struct Twig {
    from: (f32, f32),
    to: (f32, f32),
    depth: i32,
}

/// Follows the word like a turtle: F goes ahead, + and - turn, brackets remember and come back.
fn walk(word: &str, angle: f32, lean: f32, step: f32, dice: &mut Dice) -> Vec<Twig> {
    let mut twigs = Vec::new();
    let mut remembered = Vec::new();
    let (mut at, mut heading, mut depth) = ((0.0f32, 0.0f32), -90.0 + lean, 0);
    for letter in word.chars() {
        match letter {
            'F' => {
                let way: f32 = (heading + dice.between(-4.0, 4.0)).to_radians();
                let to = (at.0 + step * way.cos(), at.1 + step * way.sin());
                twigs.push(Twig { from: at, to, depth });
                at = to;
            }
            '+' => heading += angle * dice.between(0.7, 1.3),
            '-' => heading -= angle * dice.between(0.7, 1.3),
            '[' => {
                remembered.push((at, heading, depth));
                depth += 1;
            }
            ']' => (at, heading, depth) = remembered.pop().unwrap_or((at, heading, depth)),
            _ => {}
        }
    }
    twigs
}
