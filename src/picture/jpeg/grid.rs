//! Which blocks a scan holds, and in which order.

use super::header::{Frame, Scan};

/// The blocks of luma.
#[derive(Clone, Copy, Debug)]
pub(super) struct Grid {
    /// Blocks in a row, those included that only fill up the last MCU.
    pub(super) columns: usize,
    /// Rows of blocks, likewise.
    pub(super) rows: usize,
}

/// The order of a scan (ITU-T T.81, A.2).
#[derive(Debug)]
pub(super) struct Order {
    /// MCUs in a row.
    across: usize,
    /// All MCUs.
    pub(super) mcus: usize,
    /// Luma blocks in a row of an MCU, and rows of them.
    luma: (usize, usize),
    /// The blocks of an MCU.
    pub(super) steps: Vec<Step>,
}

/// One block of an MCU.
#[derive(Clone, Copy, Debug)]
pub(super) struct Step {
    /// Which part of the scan it belongs to.
    pub(super) part: usize,
    /// For luma: its column and row within the MCU.
    pub(super) luma: Option<(usize, usize)>,
}

impl Grid {
    pub(super) fn of(frame: &Frame) -> Self {
        let luma = frame.components[0];
        Self {
            columns: frame.width.div_ceil(8).next_multiple_of(luma.across),
            rows: frame.height.div_ceil(8).next_multiple_of(luma.down),
        }
    }
}

impl Order {
    /// `scan` holds luma.
    pub(super) fn of(scan: &Scan, frame: &Frame) -> Self {
        if let [_] = scan.parts[..] {
            // Without the blocks that fill up MCUs.
            let (across, down) = (frame.width.div_ceil(8), frame.height.div_ceil(8));
            let steps = vec![Step { part: 0, luma: Some((0, 0)) }];
            return Self { across, mcus: across * down, luma: (1, 1), steps };
        }
        let luma = frame.components[0];
        let mut steps = Vec::new();
        for (number, part) in scan.parts.iter().enumerate() {
            let component = frame.components[part.component];
            for y in 0..component.down {
                for x in 0..component.across {
                    let luma = (part.component == 0).then_some((x, y));
                    steps.push(Step { part: number, luma });
                }
            }
        }
        let Grid { columns, rows } = Grid::of(frame);
        let across = columns / luma.across;
        let mcus = across * (rows / luma.down);
        Self { across, mcus, luma: (luma.across, luma.down), steps }
    }

    /// Column and row of the first luma block of each MCU from `first` on.
    #[inline]
    pub(super) fn places(&self, first: usize) -> impl Iterator<Item = (usize, usize)> + use<> {
        let (across, luma) = (self.across, self.luma);
        let (mut column, mut row) = (first % across, first / across);
        std::iter::repeat_with(move || {
            let place = (column * luma.0, row * luma.1);
            column += 1;
            if column == across {
                (column, row) = (0, row + 1);
            }
            place
        })
    }

    /// The share of all luma blocks that `blocks` are, 0.0 to 1.0.
    #[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
    pub(super) fn share(&self, blocks: usize) -> f64 {
        blocks as f64 / (self.mcus * self.luma.0 * self.luma.1) as f64
    }

    /// The share of all MCUs that `mcus` are, 0.0 to 1.0.
    #[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
    pub(super) fn share_of_mcus(&self, mcus: usize) -> f64 {
        mcus as f64 / self.mcus as f64
    }

    /// The MCUs of the restart interval of this number.
    pub(super) fn interval(&self, number: usize, length: usize) -> std::ops::Range<usize> {
        if length == 0 {
            return if number == 0 { 0..self.mcus } else { 0..0 };
        }
        let first = number.saturating_mul(length).min(self.mcus);
        first..(first + length).min(self.mcus)
    }
}
