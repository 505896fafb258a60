//! Damage of all kinds, done to real files: whatever comes, there is an answer, soon, and of the
//! right size.
//!
//! `KINGA_FUZZ_RUNS` says how many files to damage; without it, as many as take a few seconds.

#[expect(dead_code, reason = "made for files of all kinds, too")]
#[path = "../../../tests/hostile/damage.rs"]
mod damage;

use damage::Dice;
use jpeg_encoder::ColorType;

use super::reduced::{Refusal, Wanted, decode};
use super::tests::{at_scale, encode, fixtures, forms};
use super::{Limits, PictureError};

/// Runs where nothing else is asked for.
const RUNS: u64 = 3_000;

/// The ends of a picture, of a scan and of what is coded, and the beginnings of others.
const MARKS: &[u8] = &[
    0xff, 0, 0xff, 0, 0xd0, 0xd1, 0xd2, 0xd3, 0xd7, 0xd8, 0xd9, 0xda, 0xc0, 0xc1, 0xc2, 0xc3, 0xc4,
];

#[test]
fn no_damage_makes_the_decoder_panic_hang_or_answer_nonsense() {
    let runs = std::env::var("KINGA_FUZZ_RUNS").map_or(RUNS, |runs| runs.parse().unwrap());
    let mut seeds: Vec<Vec<u8>> = fixtures().into_iter().map(|(_, bytes)| bytes).collect();
    seeds.retain(|bytes| bytes.len() < 12_000);
    seeds.extend(forms().map(|form| encode(form, ColorType::Rgb)));
    // Little enough that nothing is slow, and that the limits are met, too.
    let limits = Limits { max_pixels: 1_000_000, max_memory: 2_000_000 };
    let mut random = Dice::of(20, MARKS, 700);
    let (mut decoded, mut partial, mut refused) = (0u64, 0u64, 0u64);
    for _ in 0..runs {
        let whole = &seeds[random.below(seeds.len())];
        let other = &seeds[random.below(seeds.len())];
        let bytes = random.damaged(whole, other);
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
