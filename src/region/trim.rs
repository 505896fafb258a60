//! Uniform borders, cut away: letterboxes, white margins, passe-partouts.

use super::grey::{Grey, Rect};

/// How far a sample of a border may be from the border's brightness: what JPEG leaves beside an
/// edge.
const TOLERANCE: u8 = 10;

/// The part of a border's samples that must be so near, in 32nds.
const UNIFORM: usize = 30;

/// A frame may lie in a frame, but not for ever.
const ROUNDS: usize = 3;

/// Cuts away the borders of a part of a plane, and those that come to light by that; gives what is
/// left each time.
pub(super) fn trim(grey: &Grey, part: Rect) -> Vec<Rect> {
    let mut found: Vec<Rect> = Vec::new();
    let mut left = part;
    for _ in 0..ROUNDS {
        let Some(next) = once(grey, left).filter(|next| *next != left) else { break };
        found.push(next);
        left = next;
    }
    found
}

/// What is left without a border on each side; none where nothing is left.
fn once(grey: &Grey, part: Rect) -> Option<Rect> {
    let Rect { mut left, mut top, mut right, mut bottom } = part;
    let row = |y: usize, left: usize, right: usize| grey.row(y)[left..right].iter().copied();
    top += border((top..bottom).map(|y| row(y, left, right)));
    bottom -= border((top..bottom).rev().map(|y| row(y, left, right)));
    let column = |x: usize| (top..bottom).map(move |y| grey.row(y)[x]);
    left += border((left..right).map(column));
    right -= border((left..right).rev().map(column));
    (left < right && top < bottom).then_some(Rect { left, top, right, bottom })
}

/// How many of these lines are a border: all as bright as the middle of the first.
fn border<L: ExactSizeIterator<Item = u8>>(lines: impl Iterator<Item = L> + Clone) -> usize {
    let Some(first) = lines.clone().next() else { return 0 };
    let brightness = median(first);
    let mut count = 0;
    for line in lines {
        let len = line.len();
        let near = line.filter(|&sample| sample.abs_diff(brightness) <= TOLERANCE).count();
        if near * 32 < len * UNIFORM {
            return count;
        }
        count += 1;
    }
    count
}

fn median(samples: impl ExactSizeIterator<Item = u8>) -> u8 {
    let half = samples.len() / 2;
    let mut counts = [0usize; 256];
    samples.for_each(|sample| counts[usize::from(sample)] += 1);
    let mut below = 0;
    let reaches = |&brightness: &u8| {
        below += counts[usize::from(brightness)];
        below > half
    };
    (0..=u8::MAX).find(reaches).unwrap_or(u8::MAX)
}
