//! One block of a sequential scan: decoded as far as its coefficients are wanted, and stepped over
//! for the rest (ITU-T T.81, F.2.2).

#![expect(
    clippy::inline_always,
    clippy::cast_possible_truncation,
    reason = "so that functions take over the CPU features of their callers, and coefficients have 16 bits"
)]

use super::bits::{Cursor, Plain};
use super::huffman::{Codes, Spec};
use super::lookup::{ENDED, Firsts, LATER, Pairs, Skips, is_end};

/// The tables of a component.
#[derive(Debug)]
pub(super) struct Tables {
    dc: Codes,
    ac: Codes,
    skips: Skips,
    firsts: Firsts,
    pairs: Option<Pairs>,
}

/// A code that the tables do not have, or more coefficients than a block has.
#[derive(Debug)]
pub(super) struct Damaged;

impl Tables {
    /// `wanted`: whether coefficients will be asked for.
    pub(super) fn new(dc: &Spec, ac: &Spec, wanted: bool) -> Self {
        let skips = Skips::new(ac);
        Self {
            dc: Codes::new(dc),
            ac: Codes::new(ac),
            firsts: Firsts::new(dc, &skips),
            skips,
            pairs: wanted.then(|| Pairs::new(ac)),
        }
    }

    /// Steps over a block.
    #[inline(always)]
    pub(super) fn skip(&self, cursor: &mut Cursor, plain: &Plain) -> Result<(), Damaged> {
        cursor.refill(plain);
        let (length, mut sum, _) = self.firsts.look(cursor.window);
        cursor.drop(length);
        if sum == LATER {
            self.difference(cursor)?;
            sum = 0;
        }
        if sum < 63 {
            self.skip_from(sum, cursor, plain)?;
        }
        Ok(())
    }

    /// Steps over all of a block but the difference of its constant term.
    #[inline(always)]
    pub(super) fn constant(&self, cursor: &mut Cursor, plain: &Plain) -> Result<i32, Damaged> {
        cursor.refill(plain);
        let (length, mut sum, difference) = self.firsts.look(cursor.window);
        let difference = if let Some(difference) = difference
            && sum != LATER
        {
            cursor.drop(length);
            difference
        } else {
            sum = 0;
            self.difference(cursor)?
        };
        if sum < 63 {
            self.skip_from(sum, cursor, plain)?;
        }
        Ok(difference)
    }

    /// Decodes a block up to the coefficient `last_wanted` at least, 1 to 63 in the order of the
    /// file. `take` gets the places and values of coefficients, a zero now and then among them, but
    /// for the constant term. Answers the difference of that, and where the last coefficient
    /// stands.
    #[inline(always)]
    pub(super) fn block(
        &self,
        last_wanted: usize,
        cursor: &mut Cursor,
        plain: &Plain,
        mut take: impl FnMut(usize, i16),
    ) -> Result<(i32, usize), Damaged> {
        let Some(pairs) = &self.pairs else { return Err(Damaged) };
        cursor.refill(plain);
        let difference = self.difference(cursor)?;
        let mut at = 0;
        'decode: loop {
            cursor.refill(plain);
            for _ in 0..4 {
                let pair = pairs.look(cursor.window);
                let sum = at + usize::from(pair.advance);
                if sum < 63 || is_end(sum) {
                    cursor.drop(pair.bits.into());
                    for (&place, &value) in pair.places.iter().zip(&pair.values) {
                        take(at + usize::from(place), value);
                    }
                    at = sum;
                    if at >= last_wanted {
                        break 'decode;
                    }
                    continue;
                }
                cursor.refill(plain);
                let (advance, value);
                (*cursor, advance, value) = self.step(*cursor)?;
                at += advance;
                if at < 64 {
                    take(at, value);
                } else if !is_end(at) {
                    return Err(Damaged);
                }
                if at >= last_wanted {
                    break 'decode;
                }
                break;
            }
        }
        if at < 63 {
            self.skip_from(at, cursor, plain)?;
        }
        // Beyond 63: the end's own code counts as one.
        Ok((difference, if at >= ENDED { at - ENDED - 1 } else { at }))
    }

    /// Steps over the coefficients behind `at`, which is below 63.
    #[inline(always)]
    fn skip_from(&self, mut at: usize, cursor: &mut Cursor, plain: &Plain) -> Result<(), Damaged> {
        loop {
            cursor.refill(plain);
            for _ in 0..2 {
                let (length, advance) = self.skips.look(cursor.window);
                let sum = at + advance;
                if sum < 63 || is_end(sum) {
                    cursor.drop(length);
                    at = sum;
                    if at >= 63 {
                        return Ok(());
                    }
                    continue;
                }
                cursor.refill(plain);
                let advance;
                (*cursor, advance, _) = self.step(*cursor)?;
                at += advance;
                if at >= 63 {
                    return if is_end(at) { Ok(()) } else { Err(Damaged) };
                }
                break;
            }
        }
    }

    /// The difference of the constant term (ITU-T T.81, F.2.2.1); at most 31 bits.
    #[inline(always)]
    fn difference(&self, cursor: &mut Cursor) -> Result<i32, Damaged> {
        match self.dc.next(cursor) {
            Some(size @ 0..=15) => Ok(cursor.number(size.into())),
            _ => Err(Damaged),
        }
    }

    /// One code and its coefficient, at most 31 bits: what comes behind it, its advance and its
    /// value.
    #[inline(never)]
    fn step(&self, mut cursor: Cursor) -> Result<(Cursor, usize, i16), Damaged> {
        let symbol = self.ac.next(&mut cursor).ok_or(Damaged)?;
        let (advance, value) = match (usize::from(symbol >> 4), u32::from(symbol & 15)) {
            (0..15, 0) => (ENDED + 1, 0),
            (run, size) => (run + 1, cursor.number(size) as i16),
        };
        Ok((cursor, advance, value))
    }
}
