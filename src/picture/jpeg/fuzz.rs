//! Damage of all kinds, done to real files: whatever comes, there is an answer, soon, and of the
//! right size.
//!
//! `KINGA_FUZZ_RUNS` says how many files to damage; without it, as many as take a few seconds.

#![expect(clippy::cast_possible_truncation, reason = "numbers below 256")]

use jpeg_encoder::ColorType;

use super::reduced::{Refusal, Wanted, decode};
use super::tests::{at_scale, encode, fixtures, forms};
use super::{Limits, PictureError};

/// Runs where nothing else is asked for.
const RUNS: u64 = 3_000;

/// A generator of numbers (PCG's multiplier, and its high bits).
struct Random(u64);

impl Random {
    /// A number below `end`, which is at least 1.
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963);
        (self.0 >> 33) as usize % end
    }

    fn byte(&mut self) -> u8 {
        // Bytes that mean something are as likely as all others together.
        match self.below(8) {
            0 => 0xff,
            1 => 0,
            2 => 0xd0 + self.below(11) as u8,
            3 => 0xc0 + self.below(5) as u8,
            _ => self.below(256) as u8,
        }
    }

    /// A place in so many bytes; every fourth is among the headers in front.
    fn place(&mut self, length: usize) -> usize {
        let end = if self.below(4) > 0 { length } else { length.min(700) };
        self.below(end.max(1))
    }

    /// Damages a file once.
    fn damage(&mut self, bytes: &mut Vec<u8>, other: &[u8]) {
        let (from, to) = (self.place(bytes.len()), self.place(bytes.len()));
        let (from, to) = (from.min(to), from.max(to).min(bytes.len()));
        match self.below(7) {
            0 if !bytes.is_empty() => bytes[from] ^= 1 << self.below(8),
            1 if !bytes.is_empty() => bytes[from] = self.byte(),
            2 => bytes.truncate(to),
            3 => drop(bytes.drain(from..to)),
            4 => bytes.insert(from.min(bytes.len()), self.byte()),
            5 => {
                let (start, length) = (self.place(other.len()), self.below(200));
                let piece = other[start..].iter().take(length).copied();
                drop(bytes.splice(from..from, piece));
            }
            _ => {
                let byte = self.byte();
                bytes[from..to.min(from + 40)].fill(byte);
            }
        }
    }
}

#[test]
fn no_damage_makes_the_decoder_panic_hang_or_answer_nonsense() {
    let runs = std::env::var("KINGA_FUZZ_RUNS").map_or(RUNS, |runs| runs.parse().unwrap());
    let mut seeds: Vec<Vec<u8>> = fixtures().into_iter().map(|(_, bytes)| bytes).collect();
    seeds.retain(|bytes| bytes.len() < 12_000);
    seeds.extend(forms().map(|form| encode(form, ColorType::Rgb)));
    // Little enough that nothing is slow, and that the limits are met, too.
    let limits = Limits { max_pixels: 1_000_000, max_memory: 2_000_000 };
    let mut random = Random(20);
    let (mut decoded, mut partial, mut refused) = (0u64, 0u64, 0u64);
    for _ in 0..runs {
        let mut bytes = seeds[random.below(seeds.len())].clone();
        let other = &seeds[random.below(seeds.len())];
        for _ in 0..=random.below(3) {
            random.damage(&mut bytes, other);
        }
        let scale = [1, 2, 4, 8][random.below(4)];
        let finest = [0, 1, 2][random.below(3)];
        match decode(&bytes, Wanted { finest, ..at_scale(scale) }, &limits) {
            Ok(reduced) => {
                let expected = reduced.width.div_ceil(scale) * reduced.height.div_ceil(scale);
                assert_eq!((reduced.plane.len(), reduced.scale), (expected, scale));
                assert!(reduced.share > 0.0 && reduced.share <= 1.0, "{}", reduced.share);
                assert!(!reduced.complete || reduced.share >= 1.0);
                decoded += 1;
                partial += u64::from(!reduced.complete);
            }
            Err(Refusal::Refused(PictureError::Damaged(what))) => panic!("{what}"),
            Err(Refusal::NotOurs | Refusal::Refused(_)) => refused += 1,
        }
    }
    eprintln!("{runs} damaged files: {decoded} decoded, {partial} of them in part, {refused} not");
    assert!([decoded - partial, partial, refused].iter().all(|&kind| kind > runs / 20));
}
