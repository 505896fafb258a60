//! Other sizes and blurs: each pixel becomes a weighted mean of its neighbours, along the rows and
//! then along the columns.

use super::photo::{Photo, byte};

/// What one place of a line is made of: weights, with sum 1, of the places from `first` on.
struct Taps {
    first: usize,
    weights: Vec<f32>,
}

impl Taps {
    /// Weights by distance from `centre`, up to `reach` places away, in a line of `length`.
    fn around(centre: f32, reach: f32, length: usize, weight: impl Fn(f32) -> f32) -> Self {
        let last = length - 1;
        let first = ((centre - reach).floor().max(0.0) as usize).min(last);
        let end = ((centre + reach).ceil() as usize).clamp(first + 1, length);
        let mut weights: Vec<f32> =
            (first..end).map(|place| weight((place as f32 + 0.5 - centre).abs())).collect();
        let sum: f32 = weights.iter().sum();
        for weight in &mut weights {
            *weight /= sum;
        }
        Self { first, weights }
    }
}

/// A line of `from` places drawn on `to` places, by a triangle that is as wide as a new place (or
/// an old one, where it is enlarged): no aliases, like the `bilinear` of most programs.
fn scaling(from: usize, to: usize) -> Vec<Taps> {
    let scale = from as f32 / to as f32;
    let reach = scale.max(1.0);
    let centres = (0..to).map(|place| (place as f32 + 0.5) * scale);
    centres
        .map(|centre| Taps::around(centre, reach, from, |far| (1.0 - far / reach).max(1e-6)))
        .collect()
}

/// A line blurred by a normal distribution with this standard deviation, in places.
fn blurring(length: usize, deviation: f32) -> Vec<Taps> {
    let centres = (0..length).map(|place| place as f32 + 0.5);
    centres
        .map(|centre| {
            let weight = |far: f32| (-0.5 * (far / deviation).powi(2)).exp();
            Taps::around(centre, 3.0 * deviation, length, weight)
        })
        .collect()
}

/// The picture with `columns` applied to each row, and `rows` to each column.
fn resample(photo: &Photo, columns: &[Taps], rows: &[Taps]) -> Photo {
    let stride = 3 * columns.len();
    let mut narrow = vec![0.0f32; stride * photo.height];
    for (from, to) in photo.rgb.chunks_exact(3 * photo.width).zip(narrow.chunks_exact_mut(stride)) {
        for (taps, pixel) in columns.iter().zip(to.chunks_exact_mut(3)) {
            let sources = from[3 * taps.first..].chunks_exact(3);
            for (weight, source) in taps.weights.iter().zip(sources) {
                for (sum, part) in pixel.iter_mut().zip(source) {
                    *sum += weight * f32::from(*part);
                }
            }
        }
    }
    let mut rgb = Vec::with_capacity(stride * rows.len());
    let mut line = vec![0.0f32; stride];
    for taps in rows {
        line.fill(0.0);
        let sources = narrow[stride * taps.first..].chunks_exact(stride);
        for (weight, source) in taps.weights.iter().zip(sources) {
            for (sum, part) in line.iter_mut().zip(source) {
                *sum += weight * part;
            }
        }
        rgb.extend(line.iter().map(|&value| byte(value)));
    }
    Photo { width: columns.len(), height: rows.len(), rgb }
}

impl Photo {
    /// The picture at this size, smooth and without aliases. A side of 0 becomes 1.
    pub(super) fn resized(&self, width: usize, height: usize) -> Self {
        let (width, height) = (width.max(1), height.max(1));
        if (width, height) == (self.width, self.height) {
            return self.clone();
        }
        resample(self, &scaling(self.width, width), &scaling(self.height, height))
    }

    /// The picture `by` times as large.
    pub(super) fn scaled(&self, by: f32) -> Self {
        let side = |side: usize| (side as f32 * by).round() as usize;
        self.resized(side(self.width), side(self.height))
    }

    /// The picture as large as it goes whole into a box.
    #[must_use]
    pub fn fitted(&self, width: usize, height: usize) -> Self {
        let by = (width as f32 / self.width as f32).min(height as f32 / self.height as f32);
        self.scaled(by)
    }

    /// The picture at this width, in its own shape.
    pub(super) fn at_width(&self, width: usize) -> Self {
        self.scaled(width as f32 / self.width as f32)
    }

    /// The middle of the picture, as large as it fills a box.
    pub(super) fn covering(&self, width: usize, height: usize) -> Self {
        self.cropped_to(width as f32 / height.max(1) as f32, (0.5, 0.5)).resized(width, height)
    }

    /// As much of the picture as has this width by height; `at` says from where: 0 is the left or
    /// upper end, 1 the other.
    pub(super) fn cropped_to(&self, aspect: f32, at: (f32, f32)) -> Self {
        let wide = (self.height as f32 * aspect).round().min(self.width as f32);
        let tall = (self.width as f32 / aspect).round().min(self.height as f32);
        let left = (self.width as f32 - wide) * at.0;
        let top = (self.height as f32 - tall) * at.1;
        self.cropped(left as usize, top as usize, wide as usize, tall as usize)
    }

    /// The picture out of focus, by a normal distribution with this standard deviation in pixels.
    pub(super) fn blurred(&self, deviation: f32) -> Self {
        // A strong blur leaves nothing that a smaller picture could not hold.
        if deviation > 6.0 && self.short() > 32 {
            let by = (4.0 / deviation).max(16.0 / self.short() as f32);
            let small = self.scaled(by).blurred(deviation * by);
            return small.resized(self.width, self.height);
        }
        resample(self, &blurring(self.width, deviation), &blurring(self.height, deviation))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_colour_stays_that_colour_at_every_size() {
        let plain = Photo::filled(13, 7, [10, 100, 250]);
        for (width, height) in [(1, 1), (5, 9), (26, 14), (13, 70)] {
            assert_eq!(plain.resized(width, height), Photo::filled(width, height, [10, 100, 250]));
        }
        assert_eq!(plain.blurred(2.0), plain);
        assert_eq!(plain.blurred(9.0), plain);
    }

    #[test]
    fn half_the_size_of_a_fine_pattern_is_its_mean() {
        let stripes = Photo::paint(64, 4, |x, _| [if x % 2 == 0 { 0 } else { 200 }; 3]);
        let half = stripes.resized(32, 2);
        assert!((1..31).all(|x| half.at(x, 0)[0].abs_diff(100) <= 1), "{half:?}");
    }

    #[test]
    fn what_covers_a_box_is_the_middle() {
        let thirds = Photo::paint(30, 10, |x, _| [(x / 10 * 100) as u8; 3]);
        assert_eq!(thirds.covering(10, 10), Photo::filled(10, 10, [100; 3]));
        assert_eq!(thirds.fitted(15, 15).height, 5);
    }
}
