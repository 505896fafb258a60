//! The order in which the coefficients of a block are stored.

/// The places of a block's 64 coefficients in the order of the file, and those beyond them where
/// damaged data place some.
pub(super) const PLACES: usize = 128;

/// Where the coefficients stand in the rows of a block, in the order in which they are stored
/// (ITU-T T.81, figure A.6): place `8 * v + u` for `u` changes along a row and `v` along a column.
pub(super) const NATURAL: [usize; 64] = {
    let mut natural = [0; 64];
    let (mut row, mut column, mut at) = (0, 0, 0);
    while at < 64 {
        natural[at] = 8 * row + column;
        let up = (row + column) % 2 == 0;
        match (up, row, column) {
            (true, _, 7) | (false, 0..7, 0) => row += 1,
            (true, 0, _) | (false, 7, _) => column += 1,
            (true, ..) => {
                row -= 1;
                column += 1;
            }
            (false, ..) => {
                row += 1;
                column -= 1;
            }
        }
        at += 1;
    }
    natural
};

/// The place of the last coefficient, in the order of the file, of the lowest `side` times `side`.
pub(super) const fn last_within(side: usize) -> usize {
    match side {
        1 => 0,
        2 => 4,
        4 => 24,
        _ => 63,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_is_that_of_figure_a_6() {
        assert_eq!(NATURAL[..12], [0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25]);
        for side in [1, 2, 4, 8] {
            let within = |&place: &usize| place / 8 < side && place % 8 < side;
            assert_eq!(NATURAL.iter().rposition(within), Some(last_within(side)));
        }
        assert_eq!(NATURAL[52..], [38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63]);
    }
}
