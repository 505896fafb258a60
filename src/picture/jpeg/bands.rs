//! The four kinds of progressive scans, one restart interval at a time. Each answers how many MCUs
//! there were.

#![expect(clippy::cast_possible_truncation, reason = "coefficients have 16 bits")]

use std::ops::Range;

use super::bits::{Bits, Cursor};
use super::grid::Order;
use super::header::Scan;
use super::huffman::Codes;
use super::progressive::Coefficients;

/// Constant terms: their first bits with a table for each part of the scan, a further bit without
/// tables (ITU-T T.81, G.1.2.1).
pub(super) fn constants(
    all: &mut Coefficients,
    (order, scan): (&Order, &Scan),
    tables: &[Codes],
    mcus: Range<usize>,
    (bits, mut cursor): (&mut Bits<'_>, Cursor),
) -> usize {
    let count = mcus.len();
    let mut constant = 0i32;
    for (done, (column, row)) in order.places(mcus.start).take(count).enumerate() {
        for step in &order.steps {
            cursor.refill(&bits.plain);
            let mut value = 0;
            if let Some(codes) = tables.get(step.part) {
                let Some(size @ 0..=15) = codes.next(&mut cursor) else { return done };
                value = cursor.number(size.into());
            } else if cursor.take(1) == 1 {
                value = 1;
            }
            if !bits.were_there(&mut cursor) {
                return done;
            }
            let Some((x, y)) = step.luma else { continue };
            let first = &mut all.block((column + x, row + y))[0];
            if tables.is_empty() {
                *first |= (value << scan.low) as i16;
            } else {
                constant = constant.wrapping_add(value);
                *first = (constant << scan.low).clamp(i16::MIN.into(), i16::MAX.into()) as i16;
            }
        }
    }
    count
}

/// The first bits of a band of AC coefficients (ITU-T T.81, G.1.2.2).
pub(super) fn first(
    all: &mut Coefficients,
    (order, scan): (&Order, &Scan),
    tables: &[Codes],
    mcus: Range<usize>,
    (bits, mut cursor): (&mut Bits<'_>, Cursor),
) -> usize {
    let (count, kept) = (mcus.len(), all.kept);
    let [codes] = tables else { return 0 };
    let mut empty = 0;
    for (done, place) in order.places(mcus.start).take(count).enumerate() {
        if empty > 0 {
            empty -= 1;
            continue;
        }
        let block = all.block(place);
        let mut at = scan.first;
        while at <= scan.last {
            cursor.refill(&bits.plain);
            let Some(symbol) = codes.next(&mut cursor) else { return done };
            let (run, size) = (symbol >> 4, u32::from(symbol & 15));
            if size == 0 && run < 15 {
                empty = band_ends(run, &mut cursor) - 1;
                break;
            }
            at += usize::from(run);
            let value = cursor.number(size);
            if at > scan.last {
                return done;
            }
            if at < kept {
                block[at] = (value << scan.low) as i16;
            }
            at += 1;
        }
        if !bits.were_there(&mut cursor) {
            return done;
        }
    }
    count
}

/// For how many blocks, this one included, nothing more comes (ITU-T T.81, table G.1).
fn band_ends(run: u8, cursor: &mut Cursor) -> i32 {
    (1 << run) + cursor.take(run.into())
}

/// A further bit of a band of AC coefficients (ITU-T T.81, G.1.2.3).
pub(super) fn refine(
    all: &mut Coefficients,
    (order, scan): (&Order, &Scan),
    tables: &[Codes],
    mcus: Range<usize>,
    (bits, mut cursor): (&mut Bits<'_>, Cursor),
) -> usize {
    let count = mcus.len();
    let [codes] = tables else { return 0 };
    let bit = 1 << scan.low;
    let mut empty = 0;
    for (done, place) in order.places(mcus.start).take(count).enumerate() {
        let Some(band) = all.block(place).get_mut(scan.first..=scan.last) else { return done };
        let mut band = band.iter_mut();
        while empty == 0 && band.len() > 0 {
            cursor.refill(&bits.plain);
            let Some(symbol) = codes.next(&mut cursor) else { return done };
            let (run, size) = (symbol >> 4, symbol & 15);
            if size == 0 && run < 15 {
                empty = band_ends(run, &mut cursor);
                break;
            }
            // A coefficient that was zero so far gets its first bit.
            let value = match size {
                0 => 0,
                _ if cursor.take(1) == 1 => bit,
                _ => -bit,
            };
            let mut zeros = run;
            for coefficient in band.by_ref() {
                if *coefficient != 0 {
                    cursor.refill(&bits.plain);
                    add_bit(coefficient, bit, &mut cursor);
                } else if zeros == 0 {
                    *coefficient = value;
                    break;
                } else {
                    zeros -= 1;
                }
            }
        }
        if empty > 0 {
            for coefficient in band.filter(|coefficient| **coefficient != 0) {
                cursor.refill(&bits.plain);
                add_bit(coefficient, bit, &mut cursor);
            }
            empty -= 1;
        }
        if !bits.were_there(&mut cursor) {
            return done;
        }
    }
    count
}

/// Adds a bit to the absolute value of a coefficient that is not zero.
fn add_bit(coefficient: &mut i16, bit: i16, cursor: &mut Cursor) {
    if cursor.take(1) == 1 && *coefficient & bit == 0 {
        *coefficient += if *coefficient > 0 { bit } else { -bit };
    }
}
