//! The order in which the coefficients of a block are stored.

/// Room for a block's 64 coefficients, and for those that damaged data place beyond them.
pub(super) const SLOTS: usize = 128;

/// Where the coefficients stand in the rows of a block, in the order in which they are stored
/// (ITU-T T.81, figure A.6): place `8 * v + u` for `u` changes along a row and `v` along a column.
/// Places beyond the 64th lie outside of the block.
pub(super) const NATURAL: [usize; SLOTS] = {
    let mut natural = [64; SLOTS];
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_is_that_of_figure_a_6() {
        assert_eq!(NATURAL[..12], [0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25]);
        assert_eq!(NATURAL[52..64], [38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63]);
        assert!(NATURAL[64..].iter().all(|&slot| slot == 64));
    }
}
