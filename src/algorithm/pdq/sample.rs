//! From a picture to 64x64 brightness samples, reading each pixel once or twice.
//!
//! The rows that enter a row of samples are added up first, then the sums along that row, all with
//! the weights of a [`Kernel`]. Every sum is a whole number and exact, hence independent of order:
//! a mirrored picture gives exactly the mirrored samples, on any machine.

use multiversion::multiversion;

use super::kernel::{Kernel, SIDE};
use super::rows::Rows;
use super::windows::Windows;
use crate::luma::Luma;

/// 64 rows of 64 brightness samples, 0.0 (black) to 255.0, from the top left.
pub type Plane = [[f32; SIDE]; SIDE];

/// The samples of a picture and of its mirror images: `[flipped][mirrored]`, so that `[0][0]` is
/// the picture as it is, `[0][1]` has left and right exchanged, `[1][0]` top and bottom.
pub(super) type Planes = [[Box<Plane>; 2]; 2];

/// The 64x64 samples of a picture.
pub(super) fn sample(picture: &Luma) -> Box<Plane> {
    let across = Kernel::new(picture.width()).folded(picture.scale());
    let down = Kernel::new(picture.height()).folded(picture.scale());
    let [plane] = sample_with(picture, &down, [&Windows::new(&across)]);
    plane
}

/// The 64x64 samples of a picture and of its mirror images, each exactly what [`sample`] gives for
/// the mirrored pixels.
pub(super) fn sample_mirrored(picture: &Luma) -> Planes {
    let (width, height, scale) = (picture.width(), picture.height(), picture.scale());
    // The blocks stay where they are, so a kernel is mirrored before it is folded.
    let across = Kernel::new(width);
    let mirrored = across.mirrored(width).folded(scale);
    let across = across.folded(scale);
    let both = [&Windows::new(&across), &Windows::new(&mirrored)];
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
    across: [&Windows; N],
) -> [Box<Plane>; N] {
    let rows = Rows::new(picture);
    let mut sums = Sums::new(picture, &rows, &across);
    let mut planes = std::array::from_fn(|_| Box::new([[0.0; SIDE]; SIDE]));
    for (i, (start, shape)) in down.samples().enumerate() {
        let divisor = shape.divisor;
        if Rows::fit(divisor) {
            rows.fold(start, shape, sums.all());
            let lines = sums.lines();
            for (plane, windows) in planes.iter_mut().zip(across) {
                plane[i] = brightness(lines, |line| windows.samples(line, divisor));
            }
        } else {
            let mut sums = Sums::new(picture, &rows, &across);
            rows.fold_plainly(start, shape, sums.all());
            let lines = sums.lines();
            for (plane, windows) in planes.iter_mut().zip(across) {
                plane[i] = brightness(lines, |line| windows.samples_plainly(line, divisor));
            }
        }
    }
    planes
}

/// What rows add up to, a sum for each channel of each column.
struct Sums<T> {
    /// In the order of the samples of a row, with room for what follows a row.
    all: Vec<T>,
    padded: usize,
    columns: usize,
    /// Red, green and blue apart, with room for what a window reads beyond them; empty for grey.
    colours: [Vec<T>; 3],
}

impl<T: Copy + Default> Sums<T> {
    fn new(picture: &Luma, rows: &Rows, across: &[&Windows]) -> Self {
        let columns = picture.columns();
        let beyond = across.iter().map(|windows| windows.len()).max().unwrap_or(0);
        let colour = if picture.channels() == 1 { 0 } else { columns + beyond };
        Self {
            all: vec![T::default(); rows.padded().max(columns + beyond)],
            padded: rows.padded(),
            columns,
            colours: std::array::from_fn(|_| vec![T::default(); colour]),
        }
    }

    /// The sums in the order of the samples of a row, to be filled.
    fn all(&mut self) -> &mut [T] {
        &mut self.all[..self.padded]
    }

    /// A line of sums for each channel; of grey, the others are empty.
    fn lines(&mut self) -> [&[T]; 3] {
        let [red, green, blue] = &mut self.colours;
        if red.is_empty() {
            return [&self.all, &[], &[]];
        }
        separate(&self.all.as_chunks::<3>().0[..self.columns], red, green, blue);
        [red, green, blue]
    }
}

#[multiversion(targets("x86_64+avx512f+avx512bw+avx512vl", "x86_64+avx2", "aarch64+neon"))]
fn separate<T: Copy>(pixels: &[[T; 3]], red: &mut [T], green: &mut [T], blue: &mut [T]) {
    let len = pixels.len();
    let (red, green, blue) = (&mut red[..len], &mut green[..len], &mut blue[..len]);
    for x in 0..len {
        red[x] = pixels[x][0];
        green[x] = pixels[x][1];
        blue[x] = pixels[x][2];
    }
}

/// The brightness of samples, computed from those of the colours as the reference does it.
fn brightness<T>(lines: [&[T]; 3], samples: impl Fn(&[T]) -> [f32; SIDE]) -> [f32; SIDE] {
    let [grey, [], []] = lines else {
        let [red, green, blue] = lines.map(samples);
        return std::array::from_fn(|j| 0.299 * red[j] + 0.587 * green[j] + 0.114 * blue[j]);
    };
    samples(grey)
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
        let size = prop_oneof![
            6 => (5usize..400, 5usize..400),
            1 => (2100usize..2400, 5usize..300),
            1 => (5usize..300, 2100usize..2400),
            1 => (5usize..9, 30_000usize..40_000),
            1 => (30_000usize..40_000, 5usize..9),
        ];
        (size, any::<bool>(), any::<u64>()).prop_map(|((w, h), colour, seed)| {
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
        #![proptest_config(ProptestConfig::with_cases(32))]

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
    fn a_white_picture_of_any_size_has_samples_of_exactly_255() {
        // The last ones have weights so large that sums take the plain road.
        for long in [900, 5_200, 40_000, 65_535, 600_000] {
            for (width, height) in [(7, long), (long, 7)] {
                let white = Luma::new(width, height, Pixels::Grey(vec![255; 7 * long])).unwrap();
                let exact = |sample: &f32| sample.to_bits() == 255.0f32.to_bits();
                assert!(sample(&white).iter().flatten().all(exact), "{width}x{height}");
            }
        }
    }
}
