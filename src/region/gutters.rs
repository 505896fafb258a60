//! Pictures with straight bands of one brightness between them, from end to end: the cells of a
//! collage, of a page, of a screen.
//!
//! A plane is cut along its bands, and so is each piece, in turn along the other axis (the recursive
//! XY-cut of Nagy and Seth, "Hierarchical representation of optically scanned documents", ICPR
//! 1984). Unlike flat ground, a band may be as narrow as two samples.

use super::grey::{Grey, Rect};

/// How far a sample of a band may be from the band's brightness: what JPEG leaves beside an edge.
const TOLERANCE: u8 = 10;

/// Of so many samples of a band, one may be farther.
const STRAY: usize = 32;

/// A band is at least so wide.
const BAND: usize = 2;

/// A piece has at least one in so many of the samples along each axis of the plane.
const PART: usize = 10;

/// Pieces are cut so often: down, across, and the pieces that come of it once more.
const CUTS: usize = 4;

/// Along which axis pieces lie side by side.
#[derive(Clone, Copy)]
enum Axis {
    Across,
    Down,
}

/// What is between the bands of a plane and can't be cut any further.
pub(super) fn cells(grey: &Grey) -> Vec<Rect> {
    let whole = grey.whole();
    let mut pieces = vec![whole];
    for cut in 0..CUTS {
        let axis = if cut % 2 == 0 { Axis::Down } else { Axis::Across };
        pieces = pieces.into_iter().flat_map(|piece| axis.cut(grey, piece)).collect();
    }
    pieces.retain(|piece| *piece != whole);
    pieces
}

impl Axis {
    /// The pieces of a part, in order: one if there is no band; none if all is one band.
    fn cut(self, grey: &Grey, part: Rect) -> Vec<Rect> {
        let (from, to, least) = match self {
            Self::Across => (part.left, part.right, grey.columns / PART),
            Self::Down => (part.top, part.bottom, grey.rows / PART),
        };
        let piece = |start: usize, end: usize| match self {
            Self::Across => Rect { left: start, right: end, ..part },
            Self::Down => Rect { top: start, bottom: end, ..part },
        };
        let mut pieces = Vec::new();
        let (mut start, mut band) = (from, 0);
        for at in from..=to {
            if at < to && self.is_plain(grey, part, at) {
                band += 1;
                continue;
            }
            // Single lines are of a picture: its darkest row may be all black.
            if band >= BAND || at == to {
                let end = at - band;
                if end.saturating_sub(start) >= least.max(1) {
                    pieces.push(piece(start, end));
                }
                start = at;
            }
            band = 0;
        }
        pieces
    }

    /// Whether a row or column of a part is all of one brightness.
    fn is_plain(self, grey: &Grey, part: Rect, at: usize) -> bool {
        match self {
            Self::Across => plain(part.height(), |n| grey.row(part.top + n)[at]),
            Self::Down => {
                let row = &grey.row(at)[part.left..part.right];
                plain(row.len(), |n| row[n])
            }
        }
    }
}

/// Whether nearly all of so many samples are as bright as the middle one of three. In a picture it
/// mostly takes a few to tell.
fn plain(len: usize, sample: impl Fn(usize) -> u8) -> bool {
    let mut three = [len / 4, len / 2, len * 3 / 4].map(&sample);
    three.sort_unstable();
    let mut strays = len / STRAY;
    for n in 0..len {
        if sample(n).abs_diff(three[1]) > TOLERANCE {
            match strays.checked_sub(1) {
                Some(left) => strays = left,
                None => return false,
            }
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::super::pyramid::Level;
    use super::*;

    /// A plane that is white but for textured rectangles.
    fn page(columns: usize, rows: usize, pictures: &[Rect]) -> Grey {
        let inside = |x: usize, y: usize| {
            let has = |rect: &Rect| {
                (rect.left..rect.right).contains(&x) && (rect.top..rect.bottom).contains(&y)
            };
            pictures.iter().any(has)
        };
        let sample = |n: usize| {
            let (x, y) = (n % columns, n / columns);
            if inside(x, y) { 40 + u16::try_from((x * 7 + y * 13) % 100).unwrap() } else { 250 }
        };
        let samples = (0..columns * rows).map(sample).collect();
        Grey::of(&Level { columns, rows, pixels: 1, summed: 1, samples })
    }

    fn rect(left: usize, top: usize, right: usize, bottom: usize) -> Rect {
        Rect { left, top, right, bottom }
    }

    #[test]
    fn cells_between_bands_of_two_samples_are_found_and_one_sample_is_no_band() {
        let cells_of = |gap: usize| {
            let pictures = [
                rect(0, 0, 60, 40),
                rect(60 + gap, 0, 120, 40),
                rect(0, 40 + gap, 60, 90),
                rect(60 + gap, 40 + gap, 120, 90),
            ];
            (cells(&page(120, 90, &pictures)), pictures)
        };
        let (found, pictures) = cells_of(2);
        assert_eq!(found, pictures);
        assert_eq!(cells_of(1).0, []);
    }

    #[test]
    fn a_large_cell_beside_two_small_ones_is_cut_down_and_then_across() {
        let pictures = [rect(4, 4, 70, 96), rect(74, 4, 116, 48), rect(74, 52, 116, 96)];
        assert_eq!(cells(&page(120, 100, &pictures)), pictures);
    }

    #[test]
    fn slivers_are_left_out_and_a_picture_without_bands_has_no_cells() {
        assert_eq!(
            cells(&page(100, 100, &[rect(0, 0, 100, 9), rect(0, 12, 100, 100)])),
            [rect(0, 12, 100, 100)]
        );
        assert_eq!(cells(&page(100, 100, &[rect(0, 0, 100, 100)])), []);
    }

    #[test]
    fn a_plane_of_one_brightness_or_of_a_few_samples_has_no_cells() {
        for (columns, rows) in [(100, 100), (1, 1), (3, 200)] {
            assert_eq!(cells(&page(columns, rows, &[])), []);
        }
        assert_eq!(cells(&page(5, 5, &[rect(0, 0, 5, 5)])), []);
    }

    #[test]
    fn dust_on_a_band_does_not_close_it_and_a_line_across_does() {
        let pictures = [rect(0, 0, 50, 100), rect(56, 0, 120, 100)];
        let dust = [rect(50, 30, 56, 33)];
        let bridge = [rect(50, 30, 56, 34)];
        assert_eq!(cells(&page(120, 100, &[&pictures[..], &dust].concat())), pictures);
        assert_eq!(cells(&page(120, 100, &[&pictures[..], &bridge].concat())), []);
    }
}
