//! Flags of which the values are numbers.

use kinga::hash::{MaxDistance, Quality};
use kinga::record::Bounds;

/// Three distances, each not smaller than the one before.
pub(super) fn bounds(text: &str) -> Result<Bounds, String> {
    let bits = text.split(',').map(max_distance).collect::<Result<Vec<_>, _>>()?;
    match bits[..] {
        [matching, likely, possible] if matching <= likely && likely <= possible => {
            Ok(Bounds { matching, likely, possible })
        }
        _ => Err("three distances, none smaller than the one before, such as 31,48,52".to_owned()),
    }
}

pub(super) fn quality(text: &str) -> Result<Quality, String> {
    let number: u8 =
        text.parse().map_err(|_not_a_number| "a whole number from 0 to 100".to_owned())?;
    if number > 100 {
        return Err("a quality is at most 100".to_owned());
    }
    Ok(Quality(number))
}

pub(super) fn max_distance(text: &str) -> Result<MaxDistance, String> {
    let bits: u16 =
        text.parse().map_err(|_not_a_number| "a whole number from 0 to 256".to_owned())?;
    if bits > 256 {
        return Err("a distance is at most 256 bits".to_owned());
    }
    Ok(MaxDistance(bits))
}

pub(super) fn at_least_one(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(number) if number > 0 => Ok(number),
        _ => Err("a whole number from 1".to_owned()),
    }
}

pub(super) fn threads(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(number @ 1..=1024) => Ok(number),
        _ => Err("a whole number from 1 to 1024".to_owned()),
    }
}

/// A number of bytes or pixels, with an optional K, M, G or T (powers of 1024).
pub(super) fn bytes(text: &str) -> Result<u64, String> {
    let suffixes = [('k', 10), ('m', 20), ('g', 30), ('t', 40)];
    let lower = text.to_ascii_lowercase();
    let found = suffixes.iter().find(|(suffix, _)| lower.ends_with(*suffix));
    let (digits, shift) =
        found.map_or((lower.as_str(), 0), |&(_, shift)| (&lower[..lower.len() - 1], shift));
    let number: u64 =
        digits.parse().map_err(|_not_a_number| "a number such as 500000, 20M or 2G".to_owned())?;
    number.checked_mul(1 << shift).ok_or_else(|| "that is too large".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_bytes_may_have_a_suffix() {
        assert_eq!((bytes("12"), bytes("2K"), bytes("1g")), (Ok(12), Ok(2048), Ok(1 << 30)));
        assert!(bytes("many").is_err() && bytes("99999999999T").is_err() && bytes("k").is_err());
    }

    #[test]
    fn bounds_of_numbers_come_in_pairs() {
        assert!(quality("100").is_ok() && quality("101").is_err());
        assert!(max_distance("256").is_ok() && max_distance("257").is_err());
        assert!(threads("1").is_ok() && threads("0").is_err());
        assert!(bounds("31,31,31").is_ok() && bounds("31,30,31").is_err());
        assert!(bounds("31,48").is_err() && bounds("31,48,52,60").is_err());
    }
}
