//! From a picture to 64x64 brightness samples, without blurring every pixel.
//!
//! The reference blurs the whole picture with four box filters (two along rows, two along
//! columns) and then looks at 64x64 points of it (ThreatExchange, `pdq/cpp/downscaling`). Boxes
//! and sampling are linear and separable, so `P = Kh * Y * Kw^T` with a few weights for each
//! sample. Here the weights are whole numbers over a common divisor and every sum is exact, hence
//! independent of order: a mirrored picture gives exactly the mirrored samples, on any machine.

use multiversion::multiversion;

use crate::luma::Luma;

/// Samples on a side of the small plane.
pub(super) const SIDE: usize = 64;

/// 64 rows of 64 brightness samples, 0.0 (black) to 255.0, from the top left.
pub(super) type Plane = [[f32; SIDE]; SIDE];

/// The pixels along one axis that enter one sample.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Taps {
    /// The first pixel that enters.
    start: usize,
    /// How often each pixel from `start` on enters, out of `divisor`.
    weights: Vec<u64>,
    /// The sum of `weights`.
    divisor: u64,
}

/// Which pixels enter each of the 64 samples along an axis, in the order of the samples; where the
/// plane is reduced, which blocks of pixels.
#[derive(Debug, PartialEq, Eq)]
struct Kernel(Vec<Taps>);

impl Kernel {
    /// The kernel of an axis of `n` pixels, at least 1.
    fn new(n: usize) -> Self {
        Self((0..SIDE).map(|i| Taps::new(n, (2 * i + 1) * n / (2 * SIDE))).collect())
    }

    /// The kernel with which a picture gives the samples of its mirror image.
    fn mirrored(&self, n: usize) -> Self {
        let mirror = |taps: &Taps| Taps {
            start: n - taps.start - taps.weights.len(),
            weights: taps.weights.iter().rev().copied().collect(),
            divisor: taps.divisor,
        };
        Self(self.0.iter().map(mirror).collect())
    }

    /// The kernel of a plane whose every value stands for a block of `scale` pixels.
    fn folded(self, scale: usize) -> Self {
        let Self(taps) = self;
        Self(taps.into_iter().map(|taps| taps.folded(scale)).collect())
    }

    /// Whether the samples of the mirror image are simply those of the picture in reverse.
    fn is_symmetric(&self, n: usize) -> bool {
        self.mirrored(n).0.iter().eq(self.0.iter().rev())
    }
}

impl Taps {
    /// What two box filters, one after the other, gather at pixel `at` of `n`.
    fn new(n: usize, at: usize) -> Self {
        let outer = box_around(at, n);
        let common = outer.clone().map(|q| box_around(q, n).len()).fold(1, lcm);
        let start = box_around(outer.start, n).start;
        let end = box_around(outer.end - 1, n).end;
        let mut weights = vec![0; end - start];
        // Each inner box adds the same to all its pixels: note where that begins and where it
        // ends, then sum up.
        let mut begins = vec![0; end - start + 1];
        let mut ends = begins.clone();
        for q in outer.clone() {
            let inner = box_around(q, n);
            let share = (common / inner.len()) as u64;
            begins[inner.start - start] += share;
            ends[inner.end - start] += share;
        }
        let mut weight = 0;
        for (slot, (begin, end)) in weights.iter_mut().zip(begins.into_iter().zip(ends)) {
            weight = weight + begin - end;
            *slot = weight;
        }
        Self { start, weights, divisor: (outer.len() * common) as u64 }
    }

    /// What enters from each block of `scale` pixels: as much as from all its pixels together.
    fn folded(self, scale: usize) -> Self {
        if scale == 1 {
            return self;
        }
        let (start, end) = (self.start / scale, (self.start + self.weights.len()).div_ceil(scale));
        let mut weights = vec![0; end - start];
        for (x, weight) in (self.start..).zip(self.weights) {
            weights[x / scale - start] += weight;
        }
        Self { start, weights, divisor: self.divisor }
    }
}

/// The pixels that the reference's box filter averages at pixel `at` of `n`: its window is
/// `ceil(n / 128)` wide, reaches further to the right where that is even, and is cut at the ends.
fn box_around(at: usize, n: usize) -> std::ops::Range<usize> {
    let window = n.div_ceil(2 * SIDE);
    let half = window.midpoint(2);
    at.saturating_sub(window - half)..(at + half).min(n)
}

fn lcm(a: usize, b: usize) -> usize {
    let (mut x, mut y) = (a, b);
    while y != 0 {
        (x, y) = (y, x % y);
    }
    a / x * b
}

/// The samples of a picture and of its mirror images: `[flipped][mirrored]`, so that `[0][0]` is
/// the picture as it is, `[0][1]` has left and right exchanged, `[1][0]` top and bottom.
pub(super) type Planes = [[Box<Plane>; 2]; 2];

/// The 64x64 samples of a picture.
pub(super) fn sample(picture: &Luma) -> Box<Plane> {
    let across = Kernel::new(picture.width()).folded(picture.scale());
    let down = Kernel::new(picture.height()).folded(picture.scale());
    let [plane] = sample_with(picture, &down, [&across]);
    plane
}

/// The 64x64 samples of a picture and of its mirror images, each exactly what [`sample`] gives for
/// the mirrored pixels.
pub(super) fn sample_mirrored(picture: &Luma) -> Planes {
    let (width, height, scale) = (picture.width(), picture.height(), picture.scale());
    // The blocks stay where they are, so a kernel is mirrored before it is folded.
    let across = Kernel::new(width);
    let mirrored = across.mirrored(width).folded(scale);
    let both = [&across.folded(scale), &mirrored];
    let down = Kernel::new(height);
    let (symmetric, flipped) = (down.is_symmetric(height), down.mirrored(height).folded(scale));
    let planes = sample_with(picture, &down.folded(scale), both);
    let flipped = if symmetric {
        let mut flipped = planes.clone();
        for plane in &mut flipped {
            plane.reverse();
        }
        flipped
    } else {
        sample_with(picture, &flipped, both)
    };
    [planes, flipped]
}

/// One plane for each of the kernels `across`, all with the same kernel `down`.
fn sample_with<const N: usize>(
    picture: &Luma,
    down: &Kernel,
    across: [&Kernel; N],
) -> [Box<Plane>; N] {
    let channels = picture.channels();
    let across = across.map(|kernel| kernel.0.iter().map(|taps| Window::new(taps, channels)));
    let across: [Vec<Window>; N] = across.map(Iterator::collect);
    let mut planes = std::array::from_fn(|_| Box::new([[0.0; SIDE]; SIDE]));
    let mut sums = vec![0.0; picture.columns() * channels];
    let mut part = vec![0; sums.len()];
    for (i, rows) in down.0.iter().enumerate() {
        fold_rows(picture, rows, &mut sums, &mut part);
        for (plane, windows) in planes.iter_mut().zip(&across) {
            for (sample, window) in plane[i].iter_mut().zip(windows) {
                *sample = window.brightness(&sums, channels, rows.divisor);
            }
        }
    }
    planes
}

/// The values along a row of column sums that enter one sample.
struct Window {
    /// The first value that enters.
    start: usize,
    /// How often each value enters: a weight for each channel of each pixel.
    weights: Vec<f64>,
    divisor: u64,
}

/// As long as weights add up to no more than this, sums of weighted bytes fit a `u32`.
const MOST_WEIGHT: u64 = u32::MAX as u64 / 255;

/// As long as four weights add up to no more than this, the sum of four weighted bytes fits a `u16`.
const LIGHT: u64 = u16::MAX as u64 / 255;

/// Adds up the rows that `rows` names, each as often as its weight says, into `sums`. `part` is
/// room to work in, of the same length.
fn fold_rows(picture: &Luma, rows: &Taps, sums: &mut [f64], part: &mut [u32]) {
    sums.fill(0.0);
    let heaviest = rows.weights.iter().copied().max().unwrap_or(1);
    let at_once = usize::try_from(MOST_WEIGHT / heaviest).unwrap_or(usize::MAX);
    if at_once == 0 {
        return fold_heavy_rows(picture, rows, sums);
    }
    let mut y = rows.start;
    for weights in rows.weights.chunks(at_once) {
        part.fill(0);
        for weights in weights.chunks(4) {
            if weights.len() == 4 && weights.iter().sum::<u64>() <= LIGHT {
                let four = [0, 1, 2, 3].map(|k| picture.row(y + k));
                #[expect(clippy::cast_possible_truncation, reason = "at most LIGHT")]
                add_four(part, four, [0, 1, 2, 3].map(|k| weights[k] as u16));
            } else {
                for (k, &weight) in weights.iter().enumerate() {
                    #[expect(clippy::cast_possible_truncation, reason = "at most MOST_WEIGHT")]
                    add_one(part, picture.row(y + k), weight as u32);
                }
            }
            y += weights.len();
        }
        for (sum, &part) in sums.iter_mut().zip(&*part) {
            *sum += f64::from(part);
        }
    }
}

/// The same for a picture of half a million rows and more.
fn fold_heavy_rows(picture: &Luma, rows: &Taps, sums: &mut [f64]) {
    for (y, &weight) in (rows.start..).zip(&rows.weights) {
        for (sum, &byte) in sums.iter_mut().zip(picture.row(y)) {
            #[expect(clippy::cast_precision_loss, reason = "far below the precision of a sample")]
            let weight = weight as f64;
            *sum += f64::from(byte) * weight;
        }
    }
}

/// Adds four rows whose weights together are [`LIGHT`].
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512vl", "x86_64+avx2", "aarch64+neon"))]
fn add_four(sums: &mut [u32], rows: [&[u8]; 4], weights: [u16; 4]) {
    let len = sums.len();
    let [a, b, c, d] = rows.map(|row| &row[..len]);
    for x in 0..len {
        let four = u16::from(a[x]) * weights[0]
            + u16::from(b[x]) * weights[1]
            + u16::from(c[x]) * weights[2]
            + u16::from(d[x]) * weights[3];
        sums[x] += u32::from(four);
    }
}

#[multiversion(targets("x86_64+avx512f+avx512bw+avx512vl", "x86_64+avx2", "aarch64+neon"))]
fn add_one(sums: &mut [u32], row: &[u8], weight: u32) {
    for (sum, &byte) in sums.iter_mut().zip(row) {
        *sum += u32::from(byte) * weight;
    }
}

impl Window {
    fn new(taps: &Taps, channels: usize) -> Self {
        #[expect(clippy::cast_precision_loss, reason = "far below the precision of a sample")]
        let of_pixel = |&weight: &u64| std::iter::repeat_n(weight as f64, channels);
        Self {
            start: taps.start * channels,
            weights: taps.weights.iter().flat_map(of_pixel).collect(),
            divisor: taps.divisor,
        }
    }

    /// The brightness that the window gathers from a row of column sums over `divisor`.
    fn brightness(&self, sums: &[f64], channels: usize, divisor: u64) -> f32 {
        let values = &sums[self.start..][..self.weights.len()];
        // A short window is not worth the way to the vectors and back.
        let rgb = if values.len() < 8 * LANES {
            gather(values, &self.weights, channels)
        } else {
            gather_long(values, &self.weights, channels)
        };
        #[expect(clippy::cast_precision_loss, reason = "below 2^53, but for absurdly long sides")]
        let divisor = (divisor * self.divisor) as f64;
        // Rounding to `f32` happens here, once, and luma is computed as the reference does it.
        #[expect(clippy::cast_possible_truncation, reason = "the reference's precision")]
        let [red, green, blue] = rgb.map(|sum| (sum / divisor) as f32);
        if channels == 1 { red } else { 0.299 * red + 0.587 * green + 0.114 * blue }
    }
}

/// Sums of weighted values for each channel; of grey, only the first.
fn gather(values: &[f64], weights: &[f64], channels: usize) -> [f64; 3] {
    let mut sums = [0.0; 3];
    if channels == 1 {
        sums[0] = values.iter().zip(weights).map(|(value, weight)| value * weight).sum();
        return sums;
    }
    for (values, weights) in values.as_chunks::<3>().0.iter().zip(weights.as_chunks::<3>().0) {
        for k in 0..3 {
            sums[k] += values[k] * weights[k];
        }
    }
    sums
}

/// Lanes of [`gather_long`]: a multiple of one and of three channels.
const LANES: usize = 12;

/// The same, with value `k` in lane `k % LANES`. The sums are exact, so their order does not matter.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512vl", "x86_64+avx2", "aarch64+neon"))]
fn gather_long(values: &[f64], weights: &[f64], channels: usize) -> [f64; 3] {
    let mut lanes = [0.0; LANES];
    let (values, values_rest) = values.as_chunks::<LANES>();
    let (weights, weights_rest) = weights.as_chunks::<LANES>();
    for (values, weights) in values.iter().zip(weights) {
        for k in 0..LANES {
            lanes[k] += values[k] * weights[k];
        }
    }
    for (lane, (value, weight)) in lanes.iter_mut().zip(values_rest.iter().zip(weights_rest)) {
        *lane += value * weight;
    }
    let mut sums = [0.0; 3];
    for (k, lane) in lanes.iter().enumerate() {
        sums[k % channels] += lane;
    }
    sums
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::luma::Pixels;
    use proptest::prelude::*;

    /// The reference's box filter along one line, written to be read.
    fn box_filter(line: &[f64]) -> Vec<f64> {
        let n = line.len();
        let window = n.div_ceil(128);
        let half = usize::midpoint(window, 2);
        (0..n)
            .map(|at| {
                let first = (at + half).saturating_sub(window);
                let last = (at + half - 1).min(n - 1);
                let inputs = &line[first..=last];
                inputs.iter().sum::<f64>() / inputs.iter().map(|_| 1.0).sum::<f64>()
            })
            .collect()
    }

    fn transposed(rows: &[Vec<f64>]) -> Vec<Vec<f64>> {
        (0..rows[0].len()).map(|x| rows.iter().map(|row| row[x]).collect()).collect()
    }

    /// The reference's way: blur everything twice, then look at 64x64 points.
    fn blur_and_sample(picture: &Luma) -> Vec<Vec<f64>> {
        let (width, height) = (picture.width(), picture.height());
        let mut rows: Vec<Vec<f64>> = (0..height)
            .map(|y| {
                let pixels = picture.row(y).chunks(picture.channels());
                pixels
                    .map(|p| match *p {
                        [r, g, b] => {
                            0.299 * f64::from(r) + 0.587 * f64::from(g) + 0.114 * f64::from(b)
                        }
                        _ => f64::from(p[0]),
                    })
                    .collect()
            })
            .collect();
        for _ in 0..2 {
            rows = rows.iter().map(|row| box_filter(row)).collect();
            rows = transposed(
                &transposed(&rows).iter().map(|row| box_filter(row)).collect::<Vec<_>>(),
            );
        }
        let at = |i: usize, n: usize| (2 * i + 1) * n / 128;
        (0..64).map(|i| (0..64).map(|j| rows[at(i, height)][at(j, width)]).collect()).collect()
    }

    fn noise(seed: u64, len: usize) -> Vec<u8> {
        let mut state = seed | 1;
        let mut byte = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(99);
            (state >> 56) as u8
        };
        (0..len).map(|_| byte()).collect()
    }

    fn picture() -> impl Strategy<Value = Luma> {
        // Few are wide enough for the sums of long windows.
        let width = prop_oneof![4 => 5usize..400, 1 => 2100usize..2400];
        (width, 5usize..400, any::<bool>(), any::<u64>()).prop_map(|(w, h, colour, seed)| {
            let bytes = noise(seed, w * h * if colour { 3 } else { 1 });
            Luma::new(w, h, if colour { Pixels::Rgb(bytes) } else { Pixels::Grey(bytes) }).unwrap()
        })
    }

    fn mirror(picture: &Luma) -> Luma {
        let channels = picture.channels();
        let bytes = (0..picture.height())
            .flat_map(|y| {
                picture.row(y).chunks(channels).rev().flatten().copied().collect::<Vec<_>>()
            })
            .collect();
        let pixels = if channels == 3 { Pixels::Rgb(bytes) } else { Pixels::Grey(bytes) };
        Luma::new(picture.width(), picture.height(), pixels).unwrap()
    }

    fn flip(picture: &Luma) -> Luma {
        let bytes = (0..picture.height()).rev().flat_map(|y| picture.row(y).to_vec()).collect();
        let pixels = if picture.channels() == 3 { Pixels::Rgb(bytes) } else { Pixels::Grey(bytes) };
        Luma::new(picture.width(), picture.height(), pixels).unwrap()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        #[test]
        fn samples_equal_those_of_blurring_the_whole_picture(picture in picture()) {
            let plain = blur_and_sample(&picture);
            for (row, plain) in sample(&picture).iter().zip(&plain) {
                for (sample, plain) in row.iter().zip(plain) {
                    prop_assert!((f64::from(*sample) - plain).abs() < 1e-4, "{sample} {plain}");
                }
            }
        }

        #[test]
        fn mirrored_samples_are_bit_for_bit_those_of_the_mirrored_pixels(picture in picture()) {
            let planes = sample_mirrored(&picture);
            prop_assert_eq!(&planes[0][0], &sample(&picture));
            prop_assert_eq!(&planes[0][1], &sample(&mirror(&picture)));
            prop_assert_eq!(&planes[1][0], &sample(&flip(&picture)));
            prop_assert_eq!(&planes[1][1], &sample(&flip(&mirror(&picture))));
        }
    }

    fn reduced() -> impl Strategy<Value = Luma> {
        let scale = prop_oneof![Just(2), Just(4), Just(8)];
        (5usize..700, 5usize..700, scale, any::<u64>()).prop_map(|(w, h, scale, seed)| {
            let grey = noise(seed, w.div_ceil(scale) * h.div_ceil(scale));
            Luma::reduced(w, h, scale, grey).unwrap()
        })
    }

    /// The picture whose every pixel is its block's mean.
    fn expanded(plane: &Luma) -> Luma {
        let row = |y| (0..plane.width()).map(move |x| plane.row(y)[x / plane.scale()]);
        let bytes = (0..plane.height()).flat_map(|y| row(y / plane.scale())).collect();
        Luma::new(plane.width(), plane.height(), Pixels::Grey(bytes)).unwrap()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        #[test]
        fn a_reduced_plane_gives_the_samples_of_the_picture_with_constant_blocks(
            plane in reduced(),
        ) {
            let full = expanded(&plane);
            prop_assert_eq!(sample(&plane), sample(&full));
            prop_assert_eq!(sample_mirrored(&plane), sample_mirrored(&full));
        }
    }

    #[test]
    fn weights_of_a_sample_add_up_to_its_divisor_for_every_size() {
        for n in (1..1500).chain([4000, 9_999, 32_768, 65_500, 65_535]) {
            for taps in &Kernel::new(n).0 {
                let sum: u64 = taps.weights.iter().sum();
                assert_eq!(sum, taps.divisor, "{n}");
                assert!(taps.start + taps.weights.len() <= n);
            }
        }
    }

    #[test]
    fn a_white_picture_of_any_height_has_samples_of_exactly_255() {
        // Of 600,000 rows, weights are so large that the sums take the slow road.
        for height in [65_535, 600_000] {
            let white = Luma::new(7, height, Pixels::Grey(vec![255; 7 * height])).unwrap();
            let exact = |sample: &f32| sample.to_bits() == 255.0f32.to_bits();
            assert!(sample(&white).iter().flatten().all(exact), "{height}");
        }
    }
}
