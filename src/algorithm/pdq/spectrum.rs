//! The lowest frequencies of a plane of samples: what a hash is made of, for any of its eight
//! orientations.

use super::sample::Plane;
use super::transform::{self, Coefficients, LOW};
use crate::hash::{Distance, Hash, Quality};
use crate::orientation::Orientation;

/// The 16x16 lowest frequencies of a [`Plane`], and its quality.
///
/// Unlike [`super::hash_all`], which gives what PDQ makes of turned pixels, the orientations are
/// computed from the signs of these coefficients. That is exact only for samples that were taken
/// evenly from left to right and from top to bottom.
#[derive(Clone, Debug, PartialEq)]
pub struct Spectrum {
    coefficients: Coefficients,
    quality: Quality,
}

impl Spectrum {
    /// Transforms a plane.
    pub fn of(plane: &Plane) -> Self {
        Self { coefficients: transform::transform(plane), quality: transform::quality(plane) }
    }

    /// How much there is to see. It is the same in all orientations.
    pub fn quality(&self) -> Quality {
        self.quality
    }

    /// The hash of the plane turned in this way.
    pub fn hash(&self, turn: Orientation) -> Hash {
        if turn == Orientation::Upright {
            return transform::bits(&self.coefficients);
        }
        transform::bits(&self.turned(turn))
    }

    fn turned(&self, turn: Orientation) -> Coefficients {
        let (transpose, mirror, flip) = turn.steps();
        // A mirror image negates the odd frequencies along its axis, and row or column `k` holds
        // frequency `k + 1`.
        let sign = |changed: bool, k: usize| {
            if changed && k.is_multiple_of(2) { -1.0 } else { 1.0 }
        };
        let signs: [f32; LOW] = std::array::from_fn(|j| sign(mirror, j));
        let mut turned = [[0.0; LOW]; LOW];
        for (i, row) in turned.iter_mut().enumerate() {
            let down = sign(flip, i);
            for (j, turned) in row.iter_mut().enumerate() {
                let value =
                    if transpose { self.coefficients[j][i] } else { self.coefficients[i][j] };
                *turned = value * (down * signs[j]);
            }
        }
        turned
    }

    /// How far the plane, turned in this way, is from one with this hash: the strain and the
    /// distance. The strain is the sum, over the bits that differ, of how far their coefficients
    /// are from the median, in means of that over all bits. It is near the distance where
    /// coefficients of all sizes disagree, and smaller where only those do that hardly tell.
    pub fn compare(&self, turn: Orientation, hash: Hash) -> (f32, Distance) {
        let coefficients = self.turned(turn);
        let median = transform::median(&coefficients);
        let (mut all, mut strain, mut distance) = (0.0, 0.0, 0);
        for (k, &coefficient) in coefficients.as_flattened().iter().enumerate() {
            let margin = (coefficient - median).abs();
            all += margin;
            let set = hash.0[k / 64] >> (k % 64) & 1 == 1;
            let differs = set != (coefficient > median);
            strain += if differs { margin } else { 0.0 };
            distance += u16::from(differs);
        }
        // A plane without any contrast has no hash to be near to.
        let strain = if all > 0.0 { strain * 256.0 / all } else { 256.0 };
        (strain, Distance(distance))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::algorithm::pdq::SIDE;
    use proptest::prelude::*;

    fn plane(seed: u64) -> Plane {
        let mut state = seed | 1;
        std::array::from_fn(|_| {
            std::array::from_fn(|_| {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(99);
                f32::from((state >> 56) as u8)
            })
        })
    }

    fn turned(plane: &Plane, turn: Orientation) -> Plane {
        let (transpose, mirror, flip) = turn.steps();
        std::array::from_fn(|y| {
            std::array::from_fn(|x| {
                let x = if mirror { SIDE - 1 - x } else { x };
                let y = if flip { SIDE - 1 - y } else { y };
                if transpose { plane[x][y] } else { plane[y][x] }
            })
        })
    }

    proptest! {
        #[test]
        fn an_orientation_is_the_hash_of_the_turned_plane(seed in any::<u64>()) {
            let plane = plane(seed);
            let spectrum = Spectrum::of(&plane);
            for turn in Orientation::ALL {
                let plain = Spectrum::of(&turned(&plane, turn));
                // Sums in another order may round differently at the median itself.
                prop_assert!(spectrum.hash(turn).distance(plain.hash(Orientation::Upright)).0 <= 2);
                prop_assert_eq!(spectrum.quality(), plain.quality());
            }
        }

        #[test]
        fn only_bits_that_differ_strain(seed in any::<u64>(), bit in 0usize..256) {
            let spectrum = Spectrum::of(&plane(seed));
            for turn in Orientation::ALL {
                let hash = spectrum.hash(turn);
                prop_assert_eq!(spectrum.compare(turn, hash), (0.0, Distance(0)));
                let mut other = hash;
                other.0[bit / 64] ^= 1 << (bit % 64);
                let (strain, distance) = spectrum.compare(turn, other);
                prop_assert!(strain >= 0.0 && distance == Distance(1));
                let (strain, distance) = spectrum.compare(turn, Hash(hash.0.map(|word| !word)));
                prop_assert!((strain - 256.0).abs() < 1e-2 && distance == Distance(256));
            }
        }
    }
}
