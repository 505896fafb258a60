//! Pictures that lie on flat ground: a feed, a chat, a white page, the black around a film.

use super::grey::{Grey, Rect};

/// How near a sample must be to the brightness of the ground to belong to it.
const TOLERANCE: u8 = 7;

/// A brightness is a ground's if so many samples in a hundred are within [`PEAK`] of it.
const GROUND_PERCENT: usize = 10;

/// See [`GROUND_PERCENT`].
const PEAK: usize = 2;

/// One sample in so many tells how bright a ground may be; a prime, so that it is not always the
/// same columns.
const EVERY: usize = 7;

/// At most so many grounds are looked at.
const GROUNDS: usize = 3;

/// Samples along the side of a cell. A cell is of a picture or not as a whole, so that letters,
/// which leave much of the ground to be seen, are not.
const CELL: usize = 4;

/// So many of a cell's 16 samples must be off the ground.
const OFF: u8 = 10;

/// A picture takes up at least one in so many of all cells.
const PART: usize = 40;

/// The part of a picture's cells that must be off the ground, in percent: pictures have parts as
/// bright as the ground, too.
const FILLED_PERCENT: usize = 60;

/// Cells of one connected piece.
struct Piece {
    /// In cells.
    bounds: Rect,
    cells: usize,
}

/// Bounds of the pictures on all grounds of a part of the plane.
pub(super) fn pictures(grey: &Grey, part: Rect) -> Vec<Rect> {
    if part != grey.whole() {
        let within = |rect: Rect| rect.moved(part.left, part.top);
        let part = grey.part(part);
        return pictures(&part, part.whole()).into_iter().map(within).collect();
    }
    let mut found = Vec::new();
    for ground in grounds(grey) {
        let mut cells = Cells::of(grey, ground);
        for piece in cells.pieces() {
            let all = cells.columns * cells.rows;
            let area = piece.bounds.area();
            if area * PART >= all
                && piece.cells * 100 >= area * FILLED_PERCENT
                && area * 100 < all * 98
            {
                found.push(refined(grey, ground, piece.bounds));
            }
        }
    }
    found
}

/// The brightnesses of which there is much.
fn grounds(grey: &Grey) -> Vec<u8> {
    let mut counts = [0usize; 256];
    let mut looked = 0;
    for &sample in grey.bytes().iter().step_by(EVERY) {
        counts[usize::from(sample)] += 1;
        looked += 1;
    }
    let mut grounds = Vec::new();
    while grounds.len() < GROUNDS {
        let near = |at: usize| at.saturating_sub(PEAK)..(at + PEAK + 1).min(256);
        let sum = |at: usize| counts[near(at)].iter().sum::<usize>();
        let Some(most) = (0..256).max_by_key(|&at| (sum(at), counts[at])) else { break };
        if sum(most) * 100 < looked * GROUND_PERCENT {
            break;
        }
        // At most 255.
        grounds.push(u8::try_from(most).unwrap_or(u8::MAX));
        let around = most.saturating_sub(usize::from(TOLERANCE))
            ..(most + usize::from(TOLERANCE) + 1).min(256);
        counts[around].fill(0);
    }
    grounds
}

/// Which cells of a plane are off the ground.
struct Cells {
    columns: usize,
    rows: usize,
    off: Vec<bool>,
}

impl Cells {
    fn of(grey: &Grey, ground: u8) -> Self {
        let (columns, rows) = (grey.columns / CELL, grey.rows / CELL);
        let mut off = Vec::with_capacity(columns * rows);
        let mut counts = vec![0u8; columns];
        for row in 0..rows {
            counts.fill(0);
            for y in row * CELL..(row + 1) * CELL {
                let (fours, _) = grey.row(y).as_chunks::<CELL>();
                for (count, four) in counts.iter_mut().zip(fours) {
                    for sample in four {
                        *count += u8::from(sample.abs_diff(ground) > TOLERANCE);
                    }
                }
            }
            off.extend(counts.iter().map(|&count| count >= OFF));
        }
        Self { columns, rows, off }
    }

    /// All connected pieces. Takes the cells away.
    fn pieces(&mut self) -> Vec<Piece> {
        let mut pieces = Vec::new();
        let mut waiting = Vec::new();
        for start in 0..self.off.len() {
            if !std::mem::take(&mut self.off[start]) {
                continue;
            }
            waiting.push(start);
            let (x, y) = (start % self.columns, start / self.columns);
            let mut bounds = Rect { left: x, top: y, right: x + 1, bottom: y + 1 };
            let mut cells = 0;
            while let Some(cell) = waiting.pop() {
                cells += 1;
                let (x, y) = (cell % self.columns, cell / self.columns);
                bounds.left = bounds.left.min(x);
                bounds.right = bounds.right.max(x + 1);
                bounds.top = bounds.top.min(y);
                bounds.bottom = bounds.bottom.max(y + 1);
                self.take_neighbours(cell, &mut waiting);
            }
            pieces.push(Piece { bounds, cells });
        }
        pieces
    }

    fn take_neighbours(&mut self, cell: usize, waiting: &mut Vec<usize>) {
        let x = cell % self.columns;
        let neighbours = [
            (x > 0).then(|| cell - 1),
            (x + 1 < self.columns).then_some(cell + 1),
            cell.checked_sub(self.columns),
            Some(cell + self.columns),
        ];
        for next in neighbours.into_iter().flatten() {
            if self.off.get_mut(next).is_some_and(std::mem::take) {
                waiting.push(next);
            }
        }
    }
}

/// The bounds of a picture in samples: each side is moved, by a cell at most, to the outermost line
/// of which a half is off the ground.
fn refined(grey: &Grey, ground: u8, cells: Rect) -> Rect {
    let Rect { left, top, right, bottom } = cells;
    let outer = Rect {
        left: (left * CELL).saturating_sub(CELL),
        top: (top * CELL).saturating_sub(CELL),
        right: ((right + 1) * CELL).min(grey.columns),
        bottom: ((bottom + 1) * CELL).min(grey.rows),
    };
    let inner =
        Rect { left: left * CELL, top: top * CELL, right: right * CELL, bottom: bottom * CELL };
    let off = |sample: u8| usize::from(sample.abs_diff(ground) > TOLERANCE);
    let row = |y: &usize| {
        let samples = &grey.row(*y)[inner.left..inner.right];
        samples.iter().map(|&sample| off(sample)).sum::<usize>() * 2 >= samples.len()
    };
    let column = |x: &usize| {
        let rows = inner.top..inner.bottom;
        let len = rows.len();
        rows.map(|y| off(grey.row(y)[*x])).sum::<usize>() * 2 >= len
    };
    Rect {
        left: (outer.left..inner.left + CELL).find(column).unwrap_or(inner.left),
        top: (outer.top..inner.top + CELL).find(row).unwrap_or(inner.top),
        right: (inner.right - CELL..outer.right).rev().find(column).map_or(inner.right, |x| x + 1),
        bottom: (inner.bottom - CELL..outer.bottom).rev().find(row).map_or(inner.bottom, |y| y + 1),
    }
}
