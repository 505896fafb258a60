//! Progressive scans (ITU-T T.81, annex G). Of each luma block the coefficients that are wanted are
//! kept until all scans were seen.

#![expect(
    clippy::inline_always,
    reason = "so that functions take over the CPU features of their callers"
)]

use multiversion::multiversion;

use super::bands::{constants, first, refine};
use super::bits::Bits;
use super::grid::{Grid, Order};
use super::header::{Frame, Header, NotOurs, Scan};
use super::huffman::Codes;
use super::idct::Transform;
use super::plane::Plane;
use super::segment::Stretches;
use super::zigzag::last_within;

/// What is known of the luma of a progressive picture.
#[derive(Debug)]
pub(super) struct Coefficients {
    grid: Grid,
    /// How many coefficients of each block are kept, from the first in the order of the file: 1
    /// to 64.
    pub(super) kept: usize,
    /// `kept` for each block, row by row.
    values: Vec<i16>,
    /// For each coefficient: how many of its lowest bits are still to come; `None` where nothing
    /// was seen of it.
    missing: [Option<u32>; 64],
    /// The share of the blocks of which there is the constant term.
    pub(super) share: f64,
    /// Whether a scan ended before its time.
    pub(super) damaged: bool,
}

impl Coefficients {
    /// Nothing yet of a picture of which each block is to give `side` times `side` bytes; `exact`:
    /// whether refinements are to be taken, too.
    pub(super) fn new(frame: &Frame, side: usize, exact: bool) -> Self {
        let (grid, kept) = (Grid::of(frame), Self::kept(side, exact));
        let values = vec![0; grid.columns * grid.rows * kept];
        Self { grid, kept, values, missing: [None; 64], share: 0.0, damaged: false }
    }

    /// What [`Coefficients::new`] takes, in bytes.
    pub(super) fn bytes(frame: &Frame, side: usize, exact: bool) -> usize {
        let grid = Grid::of(frame);
        2 * grid.columns * grid.rows * Self::kept(side, exact)
    }

    fn kept(side: usize, exact: bool) -> usize {
        // Refinements cannot be read without knowing which coefficients are zero so far.
        match side {
            1 => 1,
            _ if exact => 64,
            _ => last_within(side) + 1,
        }
    }

    /// Whether all bits of the constant terms and of the coefficients from it on were seen, had
    /// all scans been taken.
    pub(super) fn is_complete(&self) -> bool {
        !self.damaged && self.missing.iter().all(|&bits| bits == Some(0))
    }

    /// Takes a scan of luma, as far as it holds something that is wanted: refinements of the AC
    /// coefficients only to the bit `finest`.
    pub(super) fn take(
        &mut self,
        scan: &Scan,
        coded: &[u8],
        header: &Header<'_>,
        finest: u32,
    ) -> Result<(), NotOurs> {
        let frame = header.frame_with_luma()?;
        self.missing[scan.first..=scan.last].fill(Some(scan.low));
        let refined = scan.high > 0;
        let readable = self.kept == 64 && scan.low >= finest;
        if scan.first >= self.kept || scan.first > 0 && refined && !readable {
            return Ok(());
        }
        let order = Order::of(scan, frame);
        let mut tables = Vec::new();
        for part in scan.parts.iter().filter(|_| scan.first > 0 || !refined) {
            let known = if scan.first == 0 { &header.dc[part.dc] } else { &header.ac[part.ac] };
            let spec = known.as_ref().ok_or(NotOurs)?;
            tables.push(Codes::new(spec));
        }
        let decode = match (scan.first, refined) {
            (0, _) => constants,
            (_, false) => first,
            (_, true) => refine,
        };
        let (mut bits, mut decoded) = (Bits::new(), 0);
        for (number, stretch) in Stretches::of(coded) {
            let mcus = order.interval(number, header.restart_interval);
            if mcus.is_empty() {
                break;
            }
            let cursor = bits.begin(stretch);
            decoded += decode(self, (&order, scan), &tables, mcus, (&mut bits, cursor));
        }
        if scan.first == 0 && !refined {
            self.share = order.share_of_mcus(decoded);
        }
        self.damaged |= decoded < order.mcus;
        Ok(())
    }

    /// The coefficients of the block at this column and row.
    #[inline(always)]
    pub(super) fn block(&mut self, (column, row): (usize, usize)) -> &mut [i16] {
        let place = row * self.grid.columns + column;
        &mut self.values[place * self.kept..][..self.kept]
    }
}

/// Puts all blocks into the plane, `N` times `N` bytes each.
#[multiversion(targets("x86_64+avx2+bmi1+bmi2+lzcnt", "aarch64+neon"))]
pub(super) fn put_all<const N: usize>(
    all: &Coefficients,
    transform: &Transform<N>,
    plane: &mut Plane,
) {
    let mut rows = [[0.0; N]; N];
    for (place, values) in all.values.chunks_exact(all.kept).enumerate() {
        let mut last = 0;
        for (at, &value) in values.iter().enumerate().skip(1) {
            if value != 0 {
                transform.add(at, value, &mut rows);
                last = at;
            }
        }
        let place = (place % all.grid.columns, place / all.grid.columns);
        transform.put(values[0], last, &mut rows, place, plane);
    }
}
