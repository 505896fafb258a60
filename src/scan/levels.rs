//! How far apart hashes may be at each level: the larger the lists and the more hashes of a
//! candidate, the nearer.
//!
//! Unrelated pictures are 128 bits apart on average. How many are how near was measured with
//! `kinga eval` (`benches/RESULTS.md`); beyond what was seen, the tail is continued by a factor of
//! ten for every [`TENFOLD`] bits, which is more than was ever seen.

use crate::hash::MaxDistance;
use crate::record::{Bounds, Level, Levels};
use crate::region::RegisterOptions;
use crate::view::Effort;

/// Ten times as many entries, or as many hashes, cost so many bits at equal false matches.
const TENFOLD: f64 = 6.0;

/// At this distance, one hash of a whole picture is expected to match 10^-6 unrelated entries of
/// 10^6.
const WHOLE_ANCHOR: f64 = 46.0;

/// The same for one hash of a region.
const REGION_ANCHOR: f64 = 47.0;

/// How many false matches in a candidate are allowed at each level, at most.
const FALSE_MATCHES: [f64; 3] = [1e-6, 1e-5, 1e-4];

/// The largest distances of the levels, however short the lists.
///
/// Source of 31: PDQ's makers ([`MaxDistance::PDQ_DEFAULT`]). Beyond 48 of the whole and 36 of a
/// region, structured pictures (screens, slides) of unrelated photographs begin to match.
const WHOLE_MOST: [u16; 3] = [31, 48, 52];

/// See [`WHOLE_MOST`].
const REGION_MOST: [u16; 3] = [31, 36, 46];

/// How many hashes of a candidate are compared, as a rule.
#[derive(Clone, Copy)]
struct Hashes {
    /// Of the whole and of regions, at level `match`.
    matching: [f64; 2],
    /// Of the whole and of regions, beyond that.
    far: [f64; 2],
}

/// Counted on photographs and screenshots with `kinga eval`.
fn hashes(effort: Effort) -> Hashes {
    match effort {
        Effort::Upright => Hashes { matching: [1.0, 0.0], far: [1.0, 0.0] },
        Effort::Orientations => Hashes { matching: [24.0, 0.0], far: [2.0, 0.0] },
        Effort::Standard | Effort::Deep => Hashes { matching: [24.0, 120.0], far: [2.0, 50.0] },
    }
}

/// The bounds for lists with so many PDQ entries.
pub fn levels(entries: u64, effort: Effort, lowest: Level, register: &RegisterOptions) -> Levels {
    let hashes = hashes(effort);
    #[expect(clippy::cast_precision_loss, reason = "an estimate")]
    let entries_f = entries as f64;
    let comparisons = |kind: usize| {
        let far = entries_f * hashes.far[kind];
        [entries_f * hashes.matching[kind], far, far]
    };
    let deep = effort == Effort::Deep;
    let whole_bounds = bounds(WHOLE_ANCHOR, comparisons(0), WHOLE_MOST);
    let region_bounds = bounds(REGION_ANCHOR, comparisons(1), REGION_MOST);
    let nearer = |anchor, comparisons: [f64; 3], bounds: &Bounds, level: usize| {
        let near = expected(anchor, comparisons[0], bounds.matching);
        let far = expected(anchor, comparisons[level], bounds.of(LEVELS[level]));
        if level == 0 { near } else { near + far }
    };
    let expected = [0, 1, 2].map(|level| {
        let whole = nearer(WHOLE_ANCHOR, comparisons(0), &whole_bounds, level);
        let regions = nearer(REGION_ANCHOR, comparisons(1), &region_bounds, level);
        rounded((whole + regions) * 1e6)
    });
    Levels {
        whole: whole_bounds,
        regions: region_bounds,
        lowest,
        entries,
        false_matches_per_million: Some(expected),
        register_within: deep.then_some(register.within),
        registered: deep.then_some(register.accept),
    }
}

/// The levels that have bounds of their own.
const LEVELS: [Level; 3] = [Level::Match, Level::Likely, Level::Possible];

/// The bounds for so many comparisons of a candidate at each level.
fn bounds(anchor: f64, comparisons: [f64; 3], most: [u16; 3]) -> Bounds {
    let bound = |level: usize| {
        let comparisons = comparisons[level].max(1.0);
        let tens = FALSE_MATCHES[level].log10() - (comparisons / 1e6).log10() + 6.0;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped")]
        let bits = (anchor + TENFOLD * tens).floor().clamp(0.0, 256.0) as u16;
        MaxDistance(bits.min(most[level]))
    };
    let likely = bound(1).max(bound(0));
    Bounds { matching: bound(0), likely, possible: bound(2).max(likely) }
}

/// How many unrelated entries so many comparisons find within a distance.
fn expected(anchor: f64, comparisons: f64, max: MaxDistance) -> f64 {
    comparisons / 1e6 * 1e-6 * 10f64.powf((f64::from(max.0) - anchor) / TENFOLD)
}

/// With two digits that count.
fn rounded(number: f64) -> f64 {
    if number <= 0.0 {
        return 0.0;
    }
    let unit = 10f64.powf(number.log10().floor() - 1.0);
    let digits = (number / unit).round();
    // By dividing, so that decimal fractions come out as short as they are.
    if unit < 1.0 { digits / (1.0 / unit).round() } else { digits * unit.round() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(entries: u64, effort: Effort) -> Levels {
        levels(entries, effort, Level::Likely, &RegisterOptions::default())
    }

    #[test]
    fn ten_times_the_entries_cost_six_bits_where_the_rule_is_in_force() {
        let (long, longer) =
            (of(100_000_000, Effort::Standard), of(1_000_000_000, Effort::Standard));
        assert_eq!(long.regions.matching.0 - longer.regions.matching.0, 6);
        assert_eq!(long.regions.likely.0 - longer.regions.likely.0, 6);
        assert_eq!(long.whole.possible.0 - longer.whole.possible.0, 6);
    }

    #[test]
    fn ten_million_entries_bring_the_regions_nearer_and_one_million_do_not() {
        let regions = |entries| of(entries, Effort::Standard).regions.matching;
        assert_eq!(regions(1_000_000), MaxDistance(REGION_MOST[0]));
        assert!(regions(10_000_000) < regions(1_000_000));
    }

    #[test]
    fn short_lists_have_the_levels_of_the_makers_and_no_more() {
        let levels = of(10, Effort::Standard);
        let bounds = |[a, b, c]: [u16; 3]| Bounds {
            matching: MaxDistance(a),
            likely: MaxDistance(b),
            possible: MaxDistance(c),
        };
        assert_eq!((levels.whole, levels.regions), (bounds(WHOLE_MOST), bounds(REGION_MOST)));
    }

    #[test]
    fn levels_widen_and_no_list_is_so_long_that_equal_hashes_do_not_match() {
        for entries in [0, 1, 1000, 1_000_000, u64::MAX] {
            for effort in Effort::ALL {
                let levels = of(entries, effort);
                for Bounds { matching, likely, possible } in [levels.whole, levels.regions] {
                    assert!(matching <= likely && likely <= possible);
                }
                assert!(levels.whole.matching.0 <= 31);
            }
        }
    }

    #[test]
    fn the_expected_false_matches_are_those_allowed_or_fewer() {
        for entries in [1000, 1_000_000, 100_000_000] {
            let levels = of(entries, Effort::Standard);
            let expected = levels.false_matches_per_million.unwrap();
            for (expected, allowed) in expected.iter().zip(FALSE_MATCHES) {
                // Of the whole and of regions, each.
                assert!(*expected <= 2.0 * allowed * 1e6 * 1.05, "{entries}: {expected}");
            }
        }
    }
}
