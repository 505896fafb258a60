//! The plane that is being filled block by block.

#![expect(
    clippy::inline_always,
    reason = "so that functions take over the CPU features of their callers"
)]

use super::header::Frame;

/// The level of blocks that were not decoded.
const MID_GREY: u8 = 128;

/// Levels, 0 (black) to 255, row by row from the top left without padding.
#[derive(Debug)]
pub(super) struct Plane {
    columns: usize,
    rows: usize,
    bytes: Vec<u8>,
}

impl Plane {
    /// For a picture at this scale: all mid-grey.
    pub(super) fn of(frame: &Frame, scale: usize) -> Self {
        Self::new(frame.width.div_ceil(scale), frame.height.div_ceil(scale))
    }

    /// What [`Plane::of`] takes.
    pub(super) fn bytes(frame: &Frame, scale: usize) -> usize {
        frame.width.div_ceil(scale) * frame.height.div_ceil(scale)
    }

    fn new(columns: usize, rows: usize) -> Self {
        Self { columns, rows, bytes: vec![MID_GREY; columns * rows] }
    }

    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    /// Puts a block, with what of it is within the plane, at `(column, row)`, counted in blocks.
    #[inline(always)]
    pub(super) fn put<const N: usize>(&mut self, column: usize, row: usize, block: &[[u8; N]; N]) {
        let (x, y) = (column * N, row * N);
        let width = self.columns.saturating_sub(x).min(N);
        if width == 0 || y >= self.rows {
            return;
        }
        let lines = self.bytes[y * self.columns + x..].chunks_mut(self.columns);
        if width == N {
            for (line, levels) in lines.zip(block) {
                line[..N].copy_from_slice(levels);
            }
        } else {
            for (line, levels) in lines.zip(block) {
                line[..width].copy_from_slice(&levels[..width]);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_of_a_block_lies_outside_is_left_out() {
        let mut plane = Plane::new(5, 3);
        plane.put(1, 0, &[[1, 2, 3, 4]; 4]);
        plane.put(0, 1, &[[9; 4]; 4]);
        plane.put(2, 0, &[[9; 4]; 4]);
        let row = [128, 128, 128, 128, 1];
        assert_eq!(plane.into_bytes(), [row, row, row].concat());
    }
}
