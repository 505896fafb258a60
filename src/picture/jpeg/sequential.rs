//! Sequential scans, baseline and extended (ITU-T T.81, annex F): blocks go to the plane as they
//! are decoded.

#![expect(
    clippy::inline_always,
    clippy::cast_possible_truncation,
    reason = "so that functions take over the CPU features of their callers, and coefficients have 16 bits"
)]

use multiversion::multiversion;

use super::bits::{Bits, Cursor, Plain};
use super::block::{Damaged, Tables};
use super::grid::Order;
use super::header::{Header, NotOurs, Scan};
use super::idct::{Rows, Transform};
use super::plane::Plane;
use super::segment::Stretches;
use super::zigzag::last_within;

/// A scan made ready to be decoded to `N` times `N` bytes a block.
#[derive(Debug)]
struct Work<const N: usize> {
    order: Order,
    /// Of each step of an MCU: its tables.
    steps: Vec<usize>,
    tables: Vec<Tables>,
    transform: Transform<N>,
}

/// Decodes a scan with luma to `N` times `N` bytes a block. The share of the blocks that were
/// there.
pub(super) fn decode<const N: usize>(
    scan: &Scan,
    coded: &[u8],
    header: &Header<'_>,
    plane: &mut Plane,
) -> Result<f64, NotOurs> {
    let work = Work::<N>::new(scan, header)?;
    let mut bits = Bits::new();
    let mut decoded = 0;
    for (number, stretch) in Stretches::of(coded) {
        let mcus = work.order.interval(number, header.restart_interval);
        if mcus.is_empty() {
            break;
        }
        let cursor = bits.begin(stretch);
        decoded += interval(&work, mcus, (&mut bits, cursor), plane);
    }
    Ok(work.order.share(decoded))
}

impl<const N: usize> Work<N> {
    fn new(scan: &Scan, header: &Header<'_>) -> Result<Self, NotOurs> {
        let frame = header.frame_with_luma()?;
        let order = Order::of(scan, frame);
        let mut known = Vec::new();
        let mut tables = Vec::new();
        let mut of_part = Vec::new();
        for part in &scan.parts {
            let names = (part.dc, part.ac, part.component == 0 && N > 1);
            if !known.contains(&names) {
                let missing = NotOurs;
                let dc = header.dc[part.dc].as_ref().ok_or(missing)?;
                let ac = header.ac[part.ac].as_ref().ok_or(missing)?;
                tables.push(Tables::new(dc, ac, names.2));
                known.push(names);
            }
            of_part.push(known.iter().position(|&other| other == names).unwrap_or(0));
        }
        let quantization = header.quantization_of(&frame.components[0])?;
        let steps = order.steps.iter().map(|step| of_part[step.part]).collect();
        Ok(Self { order, steps, tables, transform: Transform::new(quantization) })
    }
}

/// Decodes an interval as far as its data are sound: how many luma blocks there were.
#[multiversion(targets("x86_64+avx2+bmi1+bmi2+lzcnt", "aarch64+neon"))]
fn interval<const N: usize>(
    work: &Work<N>,
    mcus: std::ops::Range<usize>,
    (bits, mut cursor): (&mut Bits<'_>, Cursor),
    plane: &mut Plane,
) -> usize {
    let mut decoded = 0;
    let mut constant = 0i32;
    let mut rows = [[0.0; N]; N];
    for ((column, row), _) in work.order.places(mcus.start).zip(mcus) {
        for (step, &tables) in work.order.steps.iter().zip(&work.steps) {
            let tables = &work.tables[tables];
            let Some((x, y)) = step.luma else {
                if tables.skip(&mut cursor, &bits.plain).is_err() || !bits.were_there(&mut cursor) {
                    return decoded;
                }
                continue;
            };
            let Ok((difference, last)) =
                luma(tables, &work.transform, &mut rows, &mut cursor, &bits.plain)
            else {
                return decoded;
            };
            if !bits.were_there(&mut cursor) {
                return decoded;
            }
            constant = constant.wrapping_add(difference);
            let constant = constant.clamp(i16::MIN.into(), i16::MAX.into()) as i16;
            work.transform.put(constant, last, &mut rows, (column + x, row + y), plane);
            decoded += 1;
        }
    }
    decoded
}

/// Decodes as much of a block as `N` asks for: the difference of the constant term, and where the
/// last coefficient stands.
#[inline(always)]
fn luma<const N: usize>(
    tables: &Tables,
    transform: &Transform<N>,
    rows: &mut Rows<N>,
    cursor: &mut Cursor,
    plain: &Plain,
) -> Result<(i32, usize), Damaged> {
    if N == 1 {
        return Ok((tables.constant(cursor, plain)?, 0));
    }
    tables.block(last_within(N), cursor, plain, |at, value| transform.add(at, value, rows))
}
