//! What may lie around a picture: its edge, continued outwards and blurred the more the farther.
//!
//! A window that is larger than its picture undoes a crop, and what was cut away is not known. The
//! edge as it is would draw streaks across it. A natural picture loses its fine detail with the
//! distance from where it is known, so a line at some distance is the edge seen through a blur as
//! wide as that distance. Measured on crops of 8 % a side, that brings 44 % of them within distance
//! 31, and streaks 16 %.

use multiversion::multiversion;

use super::pyramid::Level;

/// A line at a distance is blurred over so much of that distance to either side, in tenths.
const SPREAD: usize = 7;

/// A level with `margin` samples of surroundings on each side.
pub(super) fn surrounded(level: &Level, margin: usize) -> Level {
    // Left and right are to the turned plane what above and below are to the plane.
    heightened(&heightened(&level.transposed(), margin).transposed(), margin)
}

/// With so many rows more above and below.
fn heightened(level: &Level, margin: usize) -> Level {
    let (columns, rows) = (level.columns, level.rows);
    let mut samples = vec![0; columns * (rows + 2 * margin)];
    let (above, rest) = samples.split_at_mut(columns * margin);
    let (within, under) = rest.split_at_mut(columns * rows);
    within.copy_from_slice(&level.samples);
    let mut line = Line::of(&level.samples[..columns]);
    for (to, distance) in above.chunks_exact_mut(columns).rev().zip(1..) {
        line.blur(distance * SPREAD / 10, to);
    }
    line = Line::of(&level.samples[columns * (rows - 1)..]);
    for (to, distance) in under.chunks_exact_mut(columns).zip(1..) {
        line.blur(distance * SPREAD / 10, to);
    }
    Level { rows: rows + 2 * margin, samples, ..*level }
}

/// An edge, and room to blur it.
struct Line<'a> {
    edge: &'a [u16],
    once: Vec<u16>,
    sums: Vec<u32>,
}

impl<'a> Line<'a> {
    fn of(edge: &'a [u16]) -> Self {
        Self { edge, once: vec![0; edge.len()], sums: vec![0; edge.len() + 1] }
    }

    /// The edge after two means, which together reach `radius` neighbours to either side, or a
    /// little farther, or as many as there are.
    fn blur(&mut self, radius: usize, to: &mut [u16]) {
        if radius == 0 {
            to.copy_from_slice(self.edge);
            return;
        }
        let half = radius.div_ceil(2);
        mean(self.edge, half, &mut self.sums, &mut self.once);
        mean(&self.once, half, &mut self.sums, to);
    }
}

/// The mean of each value and `radius` neighbours on either side, or as many as there are.
fn mean(line: &[u16], radius: usize, sums: &mut [u32], means: &mut [u16]) {
    let mut sum = 0;
    for (to, &value) in sums[1..].iter_mut().zip(line) {
        sum += u32::from(value);
        *to = sum;
    }
    let len = line.len();
    let radius = radius.min(len - 1);
    let cut = |at: usize| {
        let (start, end) = (at.saturating_sub(radius), (at + radius + 1).min(len));
        let count = u32::try_from(end - start).unwrap_or(u32::MAX);
        // A mean of what fits a `u16` fits it, too.
        u16::try_from((sums[end] - sums[start] + count / 2) / count).unwrap_or(u16::MAX)
    };
    let inner = radius..(len - radius).max(radius);
    for at in (0..inner.start).chain(inner.end..len) {
        means[at] = cut(at);
    }
    let window = 2 * radius + 1;
    if let (Some(means), Some(ends)) = (means.get_mut(inner), sums.get(window..)) {
        inner_means(means, sums, ends, window);
    }
}

/// Where no end of the line cuts the window.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512vl", "x86_64+avx2", "aarch64+neon"))]
fn inner_means(means: &mut [u16], starts: &[u32], ends: &[u32], window: usize) {
    #[expect(clippy::cast_precision_loss, reason = "sums of some samples are below 2^24")]
    let share = 1.0 / window as f32;
    for ((mean, &start), &end) in means.iter_mut().zip(starts).zip(ends) {
        // Signed, since there are no instructions for unsigned numbers on older processors.
        let sum = (end - start).cast_signed();
        #[expect(clippy::cast_precision_loss, reason = "sums of some samples are below 2^24")]
        let rounded = sum as f32 * share + 0.5;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a sample")]
        let rounded = rounded as i32 as u16;
        *mean = rounded;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn level(columns: usize, rows: usize, samples: Vec<u16>) -> Level {
        Level { columns, rows, pixels: 1, summed: 1, samples }
    }

    #[test]
    fn the_picture_stays_and_its_edge_goes_on() {
        let samples: Vec<u16> = (0..12).map(|n| n * 10).collect();
        let around = surrounded(&level(4, 3, samples.clone()), 2);
        assert_eq!((around.columns, around.rows), (8, 7));
        for y in 0..3 {
            assert_eq!(around.samples[(y + 2) * 8 + 2..][..4], samples[y * 4..][..4]);
        }
        // Right beside the picture nothing is blurred yet.
        assert_eq!(around.samples[2 * 8 + 1], samples[0]);
        assert_eq!(around.samples[8 + 2], samples[0]);
    }

    #[test]
    fn a_flat_picture_has_flat_surroundings() {
        let around = surrounded(&level(5, 9, vec![77; 45]), 20);
        assert!(around.samples.iter().all(|&sample| sample == 77));
    }

    #[test]
    fn detail_gets_lost_with_the_distance() {
        // Stripes of one row each.
        let stripes: Vec<u16> = (0..64).map(|n| if n / 2 % 2 == 0 { 0 } else { 200 }).collect();
        let around = surrounded(&level(2, 32, stripes), 12);
        let contrast = |x: usize| {
            let column = (20..36).map(|y| around.samples[y * 26 + x]);
            column.clone().max().unwrap() - column.min().unwrap()
        };
        assert_eq!(contrast(11), 200);
        assert!(contrast(8) < 200 && contrast(2) < contrast(8));
    }
}
