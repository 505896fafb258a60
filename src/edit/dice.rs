//! Repeatable choices: a seeded generator.
//!
//! Own code instead of a crate, because a measurement must come out the same whichever versions of
//! other crates are installed.

/// A small seeded generator of numbers (`SplitMix64`, by Sebastiano Vigna, public domain).
#[derive(Clone, Debug)]
pub(crate) struct Dice(u64);

impl Dice {
    /// Dice that roll the same numbers for the same `seed` and `purpose`.
    pub(crate) fn new(seed: u64, purpose: &str) -> Self {
        // FNV-1a, so that two edits with one seed do not make the same choices.
        let salt = purpose.bytes().fold(0xCBF2_9CE4_8422_2325, |hash: u64, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3)
        });
        Self(seed.wrapping_mul(0x2545_F491_4F6C_DD1D) ^ salt)
    }

    /// The next 64 random bits.
    pub(crate) fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number from 0 (inclusive) to 1 (exclusive).
    pub(crate) fn unit(&mut self) -> f32 {
        (self.bits() >> 40) as f32 / (1u32 << 24) as f32
    }

    /// A number from `low` (inclusive) to `high` (exclusive).
    pub(crate) fn between(&mut self, low: f32, high: f32) -> f32 {
        low + (high - low) * self.unit()
    }

    /// A number that is normally distributed around 0, with a standard deviation of 1 (the sum of
    /// four uniform numbers, so never beyond 3.5).
    pub(crate) fn normal(&mut self) -> f32 {
        let bits = self.bits();
        let sum: u64 = (0..4).map(|part| bits >> (16 * part) & 0xFFFF).sum();
        (sum as f32 / 65_536.0 - 2.0) * 3.0f32.sqrt()
    }

    /// A whole number below `bound`, which must not be 0.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        (self.bits() % bound as u64) as usize
    }

    /// True in a share of `probability` of all calls.
    pub(crate) fn happens(&mut self, probability: f32) -> bool {
        self.unit() < probability
    }

    /// 1 or -1.
    pub(crate) fn sign(&mut self) -> f32 {
        if self.happens(0.5) { 1.0 } else { -1.0 }
    }

    /// One of `choices`, which must not be empty.
    pub(crate) fn pick<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len())]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn normal_numbers_have_mean_0_and_deviation_1() {
        let mut dice = Dice::new(7, "test");
        let rolls: Vec<f32> = (0..10_000).map(|_| dice.normal()).collect();
        let mean = rolls.iter().sum::<f32>() / 10_000.0;
        let variance = rolls.iter().map(|roll| roll * roll).sum::<f32>() / 10_000.0;
        assert!(mean.abs() < 0.05, "{mean}");
        assert!((variance - 1.0).abs() < 0.05, "{variance}");
    }

    #[test]
    fn the_same_seed_rolls_the_same_and_another_purpose_does_not() {
        let first = |seed, purpose| Dice::new(seed, purpose).bits();
        assert_eq!(first(1, "crop"), first(1, "crop"));
        assert_ne!(first(1, "crop"), first(2, "crop"));
        assert_ne!(first(1, "crop"), first(1, "tilt"));
    }
}
