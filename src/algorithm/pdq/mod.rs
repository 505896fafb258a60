//! PDQ, exact: our own implementation of Meta's perceptual hash.
//!
//! Source of every fact: facebook/ThreatExchange, `pdq/cpp` and the paper `hashing/hashing.pdf`
//! there. The same pixels give the same 256 bits and the same quality as the reference's core;
//! `tests/conformance.rs` compares them.

mod kernel;
mod rows;
mod sample;
mod spectrum;
mod transform;
mod windows;

use transform::Coefficients;

pub use kernel::SIDE;
pub use sample::Plane;
pub use spectrum::Spectrum;

use crate::hash::{Hash, Quality};
use crate::luma::Luma;
use crate::orientation::Orientation;

/// A picture with a shorter side than this has no PDQ hash: the reference answers all zeros with
/// quality 0.
///
/// Source: ThreatExchange, `pdq/cpp/hashing/pdqhashing.cpp`, `MIN_HASHABLE_DIM`.
pub const MIN_SIDE: usize = 5;

/// The hash and quality of a picture's pixels as they are.
pub fn hash(picture: &Luma) -> (Hash, Quality) {
    if too_small(picture) {
        return (Hash([0; 4]), Quality(0));
    }
    let plane = sample::sample(picture);
    (transform::bits(&transform::transform(&plane)), transform::quality(&plane))
}

/// The hash and quality of a picture turned in the eight ways, in the order of
/// [`Orientation::ALL`]. Each is exactly [`hash`] of the turned pixels.
pub fn hash_all(picture: &Luma) -> [(Hash, Quality); 8] {
    if too_small(picture) {
        return [(Hash([0; 4]), Quality(0)); 8];
    }
    let planes = sample::sample_mirrored(picture);
    let qualities = planes.each_ref().map(|half| half.each_ref().map(|p| transform::quality(p)));
    Orientation::ALL.map(|orientation| {
        let (transpose, mirror, flip) = orientation.steps();
        // To transpose and then mirror is to flip and then transpose.
        let (mirror, flip) = if transpose { (flip, mirror) } else { (mirror, flip) };
        let plane = &planes[usize::from(flip)][usize::from(mirror)];
        let quality = qualities[usize::from(flip)][usize::from(mirror)];
        let plane = if transpose { &transposed(plane) } else { plane };
        (transform::bits(&transform::transform(plane)), quality)
    })
}

/// The reference's own eight orientations, computed from the signs of one transform, in the order
/// original, rotate 90, 180, 270, flip x, flip y, flip plus 1, flip minus 1.
///
/// They are approximate (PDQ's sampling is not symmetric) and serve only to compare with the
/// reference; [`hash_all`] is exact.
pub fn reference_orientations(picture: &Luma) -> [Hash; 8] {
    if too_small(picture) {
        return [Hash([0; 4]); 8];
    }
    let original = transform::transform(&sample::sample(picture));
    let even = |k: usize| k.is_multiple_of(2);
    let hash_of = |transpose: bool, negate: &dyn Fn(usize, usize) -> bool| {
        let coefficients: Coefficients = std::array::from_fn(|i| {
            std::array::from_fn(|j| {
                let value = if transpose { original[j][i] } else { original[i][j] };
                if negate(i, j) { -value } else { value }
            })
        });
        transform::bits(&coefficients)
    };
    [
        hash_of(false, &|_, _| false),
        hash_of(true, &|i, _| even(i)),
        hash_of(false, &|i, j| even(i) != even(j)),
        hash_of(true, &|_, j| even(j)),
        hash_of(false, &|i, _| even(i)),
        hash_of(false, &|_, j| even(j)),
        hash_of(true, &|_, _| false),
        hash_of(true, &|i, j| even(i) != even(j)),
    ]
}

fn too_small(picture: &Luma) -> bool {
    picture.width().min(picture.height()) < MIN_SIDE
}

fn transposed(plane: &Plane) -> Plane {
    let mut result = [[0.0; SIDE]; SIDE];
    for (y, row) in plane.iter().enumerate() {
        for (x, &sample) in row.iter().enumerate() {
            result[x][y] = sample;
        }
    }
    result
}
