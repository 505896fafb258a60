//! Points in time, as lists write them.

use std::time::UNIX_EPOCH;

/// Seconds since the beginning of 1970 of a time such as `2026-01-31T12:00:00.5+01:00`, with `Z`, an
/// offset or nothing behind it, which is taken for UTC; parts of a second are left out. None for
/// what is no such time.
pub(super) fn seconds(text: &str) -> Option<i64> {
    let text = text.trim();
    let (date, rest) = text.split_at_checked(10)?;
    let rest = rest.strip_prefix(['T', 't', ' '])?;
    let zone = rest.find(['Z', 'z', '+', '-']).unwrap_or(rest.len());
    let (time, zone) = rest.split_at(zone);
    let whole = time.split('.').next().unwrap_or_default();
    let utc = humantime::parse_rfc3339(&format!("{date}T{whole}Z"));
    let utc = utc.iter().flat_map(|time| time.duration_since(UNIX_EPOCH)).next()?;
    let utc = i64::try_from(utc.as_secs()).into_iter().next()?;
    Some(utc - offset(zone)?)
}

/// The seconds of `+01:00`, `-0130` or `Z`.
fn offset(zone: &str) -> Option<i64> {
    let (sign, digits) = match zone.split_at_checked(1) {
        None | Some(("Z" | "z", "")) => return Some(0),
        Some(("+", digits)) => (1, digits),
        Some(("-", digits)) => (-1, digits),
        Some(_) => return None,
    };
    let digits = digits.replace(':', "");
    let (hours, minutes) = digits.split_at_checked(2)?;
    let number = |text: &str| match text {
        "" => Some(0),
        digits => digits.parse::<i64>().into_iter().next(),
    };
    Some(sign * (number(hours)? * 3600 + number(minutes)? * 60))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_with_and_without_zone_and_parts_of_a_second() {
        for text in [
            "2001-09-09T01:46:40Z",
            "2001-09-09T01:46:40",
            "2001-09-09 01:46:40.999Z",
            "2001-09-09T03:46:40+02:00",
            "2001-09-08T20:16:40-0530",
        ] {
            assert_eq!(seconds(text), Some(1_000_000_000), "{text}");
        }
        for text in
            ["", "2001-09-09", "yesterday at noon", "2001-13-09T01:46:40Z", "2001-09-09T01:46:40*"]
        {
            assert_eq!(seconds(text), None, "{text}");
        }
    }
}
