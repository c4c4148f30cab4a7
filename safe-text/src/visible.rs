//! Characters that show nothing of themselves.

use std::borrow::Cow;
use std::fmt::Write as _;

/// The text with each character that has no look of its own written as `\u{1b}`: control characters other than line feed and
/// tab, marks that turn the direction of what follows, separators of lines, and what is invisible. A line feed alone stands
/// for a carriage return with a line feed.
///
/// Such characters can move the cursor, ring, retitle a window, hide text or show it in another order than it is in. They are
/// Unicode's categories Cc, Zl and Zp, and of Cf what is never drawn.
#[must_use]
pub fn visible(text: &str) -> Cow<'_, str> {
    // Without a branch in each byte, many are looked at together.
    let is_plain = |bytes: &[u8]| bytes.iter().fold(true, |plain, byte| plain & is_plain(*byte));
    if text.as_bytes().chunks(64).all(is_plain) {
        return Cow::Borrowed(text);
    }
    let Some(first) = text.find(hides) else { return Cow::Borrowed(text) };
    let mut shown = String::with_capacity(text.len() + 16);
    shown.push_str(&text[..first]);
    let mut rest = text[first..].chars().peekable();
    while let Some(c) = rest.next() {
        if c == '\r' && rest.peek() == Some(&'\n') {
            continue;
        }
        if hides(c) {
            let _ = write!(shown, "\\u{{{:x}}}", u32::from(c));
        } else {
            shown.push(c);
        }
    }
    Cow::Owned(shown)
}

/// Nearly every text has no other bytes than these.
fn is_plain(byte: u8) -> bool {
    matches!(byte, b' '..=b'~' | b'\n' | b'\t')
}

fn hides(c: char) -> bool {
    match c {
        '\n' | '\t' => false,
        c if c.is_control() => true,
        // Soft hyphen, joiners of graphemes, fillers and separators without width.
        '\u{ad}' | '\u{34f}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180e}' => true,
        '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' => true,
        '\u{3164}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' => true,
        // The Arabic mark of direction, shorthand and music controls, and tags.
        '\u{61c}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' => true,
        '\u{e0000}'..='\u{e007f}' => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_a_terminal_obeys_is_written_out() {
        assert_eq!(visible("a\u{1b}[31mred\u{7} \u{202e}txt.exe"), "a\\u{1b}[31mred\\u{7} \\u{202e}txt.exe");
        assert_eq!(visible("\u{9b}2J\u{7f}\u{0}\u{8}"), "\\u{9b}2J\\u{7f}\\u{0}\\u{8}");
        assert_eq!(visible("\u{200e}\u{2066}x\u{2069}\u{61c}"), "\\u{200e}\\u{2066}x\\u{2069}\\u{61c}");
        assert_eq!(visible("a\u{2028}b\u{2029}c\u{85}d"), "a\\u{2028}b\\u{2029}c\\u{85}d");
        assert_eq!(visible("prod\u{200b}\u{feff}\u{e0041}"), "prod\\u{200b}\\u{feff}\\u{e0041}");
    }

    #[test]
    fn lines_stay_lines_and_a_lone_return_does_not_write_over_one() {
        assert_eq!(visible("a\n\tb\r\nc"), "a\n\tb\nc");
        assert_eq!(visible("failed\rdone  \r\r\n"), "failed\\u{d}done  \\u{d}\n");
    }

    #[test]
    fn texts_of_any_language_are_as_they_were() {
        for text in ["", "grün – 日本語 🦀 ❤\u{fe0f}", "العربية", "עברית", "हिन्दी", "\u{1f1e9}\u{1f1ea}"]
        {
            assert!(matches!(visible(text), Cow::Borrowed(same) if same == text), "{text}");
        }
    }

    proptest! {
        #[test]
        fn nothing_hides_any_more_and_the_rest_stays(text in "(\\PC|[\\x00-\\x1f\u{7f}-\u{9f}\u{200b}-\u{2069}]){0,40}") {
            let shown = visible(&text);
            prop_assert!(!shown.chars().any(hides), "{shown:?}");
            let rest = |text: &str| text.chars().filter(|c| !hides(*c)).collect::<String>();
            if !text.contains("\\u{") {
                let undone = shown.split("\\u{").enumerate().map(|(index, part)| match part.split_once('}') {
                    Some((_, rest)) if index > 0 => rest,
                    _ => part,
                });
                prop_assert_eq!(undone.collect::<String>(), rest(&text));
            }
        }
    }
}
