//! The plane in which frames are looked for, and rectangles in it.

use super::pyramid::Level;

/// Brightness of each sample, 0 to 255, row by row from the top left.
#[derive(Debug)]
pub(super) struct Grey {
    pub(super) columns: usize,
    pub(super) rows: usize,
    bytes: Vec<u8>,
}

/// Some columns and rows of a plane: from `left` and `top`, up to but without `right` and `bottom`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Rect {
    pub(super) left: usize,
    pub(super) top: usize,
    pub(super) right: usize,
    pub(super) bottom: usize,
}

impl Grey {
    /// The brightnesses of a level.
    pub(super) fn of(level: &Level) -> Self {
        Self { columns: level.columns, rows: level.rows, bytes: level.bytes() }
    }

    /// All samples.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The samples of a row.
    pub(super) fn row(&self, y: usize) -> &[u8] {
        &self.bytes[y * self.columns..][..self.columns]
    }

    /// The same with columns and rows exchanged.
    pub(super) fn transposed(&self) -> Self {
        let mut bytes = vec![0; self.bytes.len()];
        for y in 0..self.rows {
            for (x, &byte) in self.row(y).iter().enumerate() {
                bytes[x * self.rows + y] = byte;
            }
        }
        Self { columns: self.rows, rows: self.columns, bytes }
    }

    /// A part of it.
    pub(super) fn part(&self, part: Rect) -> Self {
        let mut bytes = Vec::with_capacity(part.area());
        for y in part.top..part.bottom {
            bytes.extend_from_slice(&self.row(y)[part.left..part.right]);
        }
        Self { columns: part.width(), rows: part.height(), bytes }
    }

    /// All of it.
    pub(super) fn whole(&self) -> Rect {
        Rect { left: 0, top: 0, right: self.columns, bottom: self.rows }
    }
}

impl Rect {
    pub(super) fn width(&self) -> usize {
        self.right - self.left
    }

    pub(super) fn height(&self) -> usize {
        self.bottom - self.top
    }

    pub(super) fn area(&self) -> usize {
        self.width() * self.height()
    }

    /// As far to the right and down.
    pub(super) fn moved(self, right: usize, down: usize) -> Self {
        Self {
            left: self.left + right,
            top: self.top + down,
            right: self.right + right,
            bottom: self.bottom + down,
        }
    }

    /// Whether no side of one is further from the other's than a fiftieth of the shorter side: too
    /// near for their hashes to tell more than one.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        let near = self.width().min(self.height()) / 50;
        let sides = |rect: &Self| [rect.left, rect.top, rect.right, rect.bottom];
        sides(self).into_iter().zip(sides(other)).all(|(a, b)| a.abs_diff(b) <= near.max(1))
    }
}
