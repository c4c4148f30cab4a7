//! A text with its escapes undone.
//!
//! One encoder writes a quote as `\"`, another one as `\u0022`; each of the characters of a secret can be written in several
//! ways. So it is not the secret that is escaped in all of them, but the text that is read.

/// A text as somebody would read it, and where each byte of it came from.
pub(crate) struct View {
    pub(crate) bytes: Vec<u8>,
    /// The bytes of the text as it was, from and to, of which each byte was made.
    origins: Vec<(usize, usize)>,
}

/// How often escapes are undone within one another: JSON in a text in JSON, with one more around it.
const DEEPEST: usize = 3;

/// Searches the text, and every view of it, for ranges; they are those of the text as it is.
pub(crate) fn search(
    text: &[u8],
    form: bool,
    find: &mut impl FnMut(&[u8], &mut Vec<(usize, usize)>),
) -> Vec<(usize, usize)> {
    let mut all = Vec::new();
    find(text, &mut all);
    let has = |byte| text.contains(&byte);
    if !has(b'\\') && !has(b'%') && !(form && has(b'+')) {
        return all;
    }
    let whole = View { bytes: text.to_vec(), origins: (0..text.len()).map(|at| (at, at + 1)).collect() };
    deeper(&whole, DEEPEST, true, form, find, &mut all);
    all
}

/// Searches what is within the escapes of a view. Of percents one layer is undone, wherever it is.
fn deeper(
    view: &View,
    layers: usize,
    percents: bool,
    form: bool,
    find: &mut impl FnMut(&[u8], &mut Vec<(usize, usize)>),
    all: &mut Vec<(usize, usize)>,
) {
    if layers == 0 {
        return;
    }
    let mut go = |inner: Option<View>, percents| {
        let Some(inner) = inner else { return };
        let mut found = Vec::new();
        find(&inner.bytes, &mut found);
        all.extend(found.into_iter().filter(|(from, to)| from < to).map(|range| inner.origin(range)));
        deeper(&inner, layers - 1, percents, form, find, all);
    };
    go(view.undone(b"\\", backslash), percents);
    if percents {
        go(view.undone(b"%", percent), false);
        if form {
            go(view.undone(b"%+", percent_or_plus), false);
        }
    }
}

/// What an escape at the beginning of some bytes stands for, and how long it is.
type Undone = Option<([u8; 4], usize, usize)>;

impl View {
    /// With the escapes undone that begin with one of these bytes; `None` where there are none.
    fn undone(&self, starts: &[u8], escape: fn(&[u8]) -> Undone) -> Option<View> {
        let first = self.bytes.iter().position(|byte| starts.contains(byte))?;
        let mut inner = View { bytes: self.bytes[..first].to_vec(), origins: self.origins[..first].to_vec() };
        let (mut at, mut changed) = (first, false);
        while let Some(byte) = self.bytes.get(at) {
            let undone = if starts.contains(byte) { escape(&self.bytes[at..]) } else { None };
            match undone {
                Some((stands_for, count, length)) => {
                    let origin = self.origin((at, at + length));
                    inner.bytes.extend_from_slice(&stands_for[..count]);
                    inner.origins.extend(std::iter::repeat_n(origin, count));
                    at += length;
                    changed = true;
                }
                None => {
                    inner.bytes.push(*byte);
                    inner.origins.push(self.origins[at]);
                    at += 1;
                }
            }
        }
        changed.then_some(inner)
    }

    /// Where a range that is not empty came from.
    fn origin(&self, (from, to): (usize, usize)) -> (usize, usize) {
        (self.origins[from].0, self.origins[to - 1].1)
    }
}

fn of_char(c: char, length: usize) -> Undone {
    let mut bytes = [0; 4];
    let count = c.encode_utf8(&mut bytes).len();
    Some((bytes, count, length))
}

/// The escapes of JSON, and those of Rust, Go, C, Python and HCL, none of which means another thing there.
fn backslash(bytes: &[u8]) -> Undone {
    let c = match *bytes.get(1)? {
        b'n' => '\n',
        b't' => '\t',
        b'r' => '\r',
        b'b' => '\u{8}',
        b'f' => '\u{c}',
        b'a' => '\u{7}',
        b'v' => '\u{b}',
        b'0' => '\0',
        b'u' => return code_point(bytes),
        b'U' => return of_char(char::from_u32(hex(bytes.get(2..10)?)?)?, 10),
        b'x' => {
            let byte = u8::try_from(hex(bytes.get(2..4)?)?).ok()?;
            return Some(([byte, 0, 0, 0], 1, 4));
        }
        other if other.is_ascii_punctuation() => char::from(other),
        _ => return None,
    };
    of_char(c, 2)
}

/// `\u20ac`, `\ud83e\udd80` or `\u{1f980}`.
fn code_point(bytes: &[u8]) -> Undone {
    if bytes.get(2) == Some(&b'{') {
        let digits = bytes[3..].iter().take(7).position(|byte| *byte == b'}')?;
        return of_char(char::from_u32(hex(&bytes[3..3 + digits])?)?, digits + 4);
    }
    let first = hex(bytes.get(2..6)?)?;
    if let Some(c) = char::from_u32(first) {
        return of_char(c, 6);
    }
    let second = bytes.get(6..12).filter(|rest| rest.starts_with(b"\\u")).and_then(|rest| hex(&rest[2..]))?;
    let units = [u16::try_from(first).ok()?, u16::try_from(second).ok()?];
    of_char(char::decode_utf16(units).next()?.ok()?, 12)
}

fn percent(bytes: &[u8]) -> Undone {
    let byte = u8::try_from(hex(bytes.get(1..3)?)?).ok()?;
    Some(([byte, 0, 0, 0], 1, 3))
}

/// As forms have it.
fn percent_or_plus(bytes: &[u8]) -> Undone {
    if bytes.first() == Some(&b'+') { Some(([b' ', 0, 0, 0], 1, 1)) } else { percent(bytes) }
}

fn hex(digits: &[u8]) -> Option<u32> {
    let digit = |byte: &u8| char::from(*byte).to_digit(16);
    let some = !digits.is_empty();
    some.then(|| digits.iter().try_fold(0, |number, byte| Some(number * 16 + digit(byte)?)))?
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every reading of a text, with the text as it is first.
    fn readings(text: &str, form: bool) -> Vec<String> {
        let mut all = Vec::new();
        let mut note =
            |bytes: &[u8], _: &mut Vec<(usize, usize)>| all.push(String::from_utf8_lossy(bytes).into_owned());
        search(text.as_bytes(), form, &mut note);
        all
    }

    #[test]
    fn a_text_without_escapes_is_read_once() {
        assert_eq!(readings("1 + 1, grün", false), ["1 + 1, grün"]);
    }

    #[test]
    fn escapes_of_every_spelling_are_undone() {
        let read = |text| readings(text, false)[1].clone();
        assert_eq!(read(r#"\"\u0022\/\n\u000A\u20ac\u20AC\ud83e\udd80\u{1f980}"#), "\"\"/\n\n€€🦀🦀");
        assert_eq!(read("%C3%bcber%20%25"), "über %");
        assert_eq!(readings("a%2Bb+c", true)[2], "a+b c");
    }

    #[test]
    fn escapes_within_escapes_are_undone_as_well() {
        let read = readings(r#"{\"a\":\"x\\\"y\\u0041\"}"#, false);
        assert!(read.contains(&r#"{"a":"x"yA"}"#.to_owned()), "{read:?}");
    }

    #[test]
    fn what_is_no_escape_stays() {
        for text in [r"\q \u12 \ud83e \u{} \u{110000} \", "100% %zz %4"] {
            assert_eq!(readings(text, false), [text]);
        }
    }

    #[test]
    fn ranges_are_those_of_the_text() {
        let text = r#"say \\u0022x\\u0022 now"#;
        let mut find = |bytes: &[u8], found: &mut Vec<(usize, usize)>| {
            found.extend(bytes.windows(3).position(|three| three == b"\"x\"").map(|at| (at, at + 3)));
        };
        let found = search(text.as_bytes(), false, &mut find);
        assert_eq!(
            found.iter().map(|(from, to)| &text[*from..*to]).collect::<Vec<_>>(),
            [r"\\u0022x\\u0022"]
        );
    }
}
