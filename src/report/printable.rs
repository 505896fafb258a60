//! Text from hostile places, made fit for a terminal and for one line.

use std::borrow::Cow;

/// The same text with every character escaped that a terminal might obey or that would deceive its
/// reader: control characters (a newline becomes `\n`, an escape `\u{1b}`), line and paragraph
/// separators, and the marks that turn the direction of writing.
pub fn printable(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_dangerous) {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        if is_dangerous(c) {
            safe.extend(c.escape_default());
        } else {
            safe.push(c);
        }
    }
    Cow::Owned(safe)
}

/// Source of the ranges: Unicode 16, `Bidi_Control`, and the separators of UAX #14.
pub(super) fn is_dangerous(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_would_obey_is_escaped() {
        assert_eq!(printable("a\n\x1b[31m\u{9b}b"), "a\\n\\u{1b}[31m\\u{9b}b");
        assert_eq!(printable("gpj.\u{202e}exe"), "gpj.\\u{202e}exe");
    }

    #[test]
    fn letters_of_all_the_world_stay() {
        for name in ["plain.jpg", "für_élise.png", "写真 1.jpg", "صورة.jpg", "👩‍🚀.webp"]
        {
            assert_eq!(printable(name), name);
        }
    }
}
