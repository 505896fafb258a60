//! How near unrelated pictures come, and what that means for long lists.

use super::report::TailResult;

/// Distances up to this are counted one by one.
pub(super) const SEEN_UP_TO: u16 = 80;

/// A distance tells the rate only if so many pairs were seen within it.
const ENOUGH: u64 = 10;

/// Beyond what was seen, a tenth as many pairs are expected every so many bits nearer.
const TENFOLD: f64 = 6.0;

/// Distances between hashes of unrelated pictures.
#[derive(Clone, Debug)]
pub(super) struct Tail {
    comparisons: u64,
    /// How many pairs were so many bits apart, for each number of bits.
    at: Vec<u64>,
}

impl Tail {
    pub(super) fn new() -> Self {
        Self { comparisons: 0, at: vec![0; usize::from(SEEN_UP_TO) + 1] }
    }

    pub(super) fn compared(&mut self, pairs: u64) {
        self.comparisons += pairs;
    }

    pub(super) fn add(&mut self, distance: u16) {
        if let Some(count) = self.at.get_mut(usize::from(distance)) {
            *count += 1;
        }
    }

    pub(super) fn join(&mut self, other: &Self) {
        self.comparisons += other.comparisons;
        for (count, more) in self.at.iter_mut().zip(&other.at) {
            *count += more;
        }
    }

    fn within(&self, distance: u16) -> u64 {
        self.at.iter().take(usize::from(distance) + 1).sum()
    }

    /// The share of pairs within a distance. Where too few were seen, the share at the smallest
    /// distance with enough of them, less a factor of ten for every [`TENFOLD`] bits; but never
    /// less than what was seen.
    pub(super) fn rate(&self, distance: u16) -> f64 {
        if self.comparisons == 0 {
            return 0.0;
        }
        #[expect(clippy::cast_precision_loss, reason = "a rate")]
        let share = |pairs: u64| pairs as f64 / self.comparisons as f64;
        let seen = share(self.within(distance));
        let anchor = (distance..=SEEN_UP_TO).find(|&wider| self.within(wider) >= ENOUGH);
        // Not even the widest tells: as if just enough had been seen there.
        let (anchor, at_anchor) = match anchor {
            Some(anchor) => (anchor, share(self.within(anchor))),
            None => (SEEN_UP_TO, share(ENOUGH)),
        };
        seen.max(at_anchor * 10f64.powf(-f64::from(anchor - distance) / TENFOLD))
    }

    pub(super) fn result(&self) -> TailResult {
        let nearest = (0..).zip(&self.at).find(|(_, count)| **count > 0);
        TailResult {
            comparisons: self.comparisons,
            nearest: nearest.map(|(distance, _)| distance),
            within: [31, 36, 40, 44, 48, 52, 56, 60, 64, 68, 72, 76, 80]
                .map(|distance| (distance, self.within(distance)))
                .into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rate_is_what_was_seen_where_enough_was_seen() {
        let mut tail = Tail::new();
        tail.compared(1000);
        (0..10).for_each(|_| tail.add(60));
        assert!((tail.rate(60) - 0.01).abs() < 1e-12);
        assert!((tail.rate(54) - 0.001).abs() < 1e-12);
        assert!((tail.rate(70) - 0.01).abs() < 1e-12);
    }

    #[test]
    fn what_was_seen_is_never_extrapolated_away() {
        let mut tail = Tail::new();
        tail.compared(1000);
        tail.add(20);
        (0..10).for_each(|_| tail.add(80));
        assert!((tail.rate(20) - 0.001).abs() < 1e-12);
    }

    #[test]
    fn without_any_near_pair_the_rate_is_small_and_not_zero() {
        let mut tail = Tail::new();
        tail.compared(1_000_000);
        assert!(tail.rate(31) > 0.0 && tail.rate(31) < 1e-12);
    }
}
