//! A text with its escapes undone.
//!
//! One encoder writes a quote as `\"`, another one as `\u0022`; each of the characters of a secret can be written in several
//! ways. So it is not the secret that is escaped in all of them, but the text that is read: from every place of it, since what
//! stands before a secret may end in half an escape.

/// How a text is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Codec {
    /// The escapes of JSON, and those of Rust, Go, C, Python and HCL, none of which means another thing there.
    Backslash,
    Percent,
    /// With `+` for a space, as forms have it.
    Form,
}

/// What stands at a place of a text: some bytes, and the place after them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Unit {
    bytes: [u8; 4],
    count: u8,
    pub(crate) next: usize,
}

impl Unit {
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes[..usize::from(self.count)]
    }
}

/// For each place of a text what stands there, read in one way.
pub(crate) struct Reading(Vec<Unit>);

/// How often escapes are undone within one another: JSON in a text in JSON, with one more around it.
const DEEPEST: usize = 3;

/// The longest escape, two halves of a character: `\ud83e\udd80`.
const LONGEST: usize = 12;

/// Gives every reading of the text in which another thing stands somewhere than in the text. `form` has `+` read as a space too.
pub(crate) fn each_reading(text: &[u8], form: bool, see: &mut impl FnMut(&Reading)) {
    let has = |byte| text.contains(&byte);
    if has(b'\\') || has(b'%') || (form && has(b'+')) {
        deeper(&Reading::plain(text), DEEPEST, true, form, see);
    }
}

/// Reads what is within the escapes of a reading. Of percents one layer is undone, wherever it is.
fn deeper(reading: &Reading, layers: usize, percents: bool, form: bool, see: &mut impl FnMut(&Reading)) {
    if layers == 0 {
        return;
    }
    let codecs = [(Codec::Backslash, true), (Codec::Percent, percents), (Codec::Form, percents && form)];
    for (codec, _) in codecs.into_iter().filter(|(_, wanted)| *wanted) {
        if let Some(inner) = reading.undone(codec) {
            see(&inner);
            deeper(&inner, layers - 1, percents && codec == Codec::Backslash, form, see);
        }
    }
}

impl Reading {
    fn plain(text: &[u8]) -> Self {
        let unit = |(at, byte): (usize, &u8)| Unit { bytes: [*byte, 0, 0, 0], count: 1, next: at + 1 };
        Self(text.iter().enumerate().map(unit).collect())
    }

    /// What stands at a place; nothing at the end.
    pub(crate) fn at(&self, place: usize) -> Option<&Unit> {
        self.0.get(place)
    }

    /// With one more layer of escapes undone; `None` where there are none.
    fn undone(&self, codec: Codec) -> Option<Self> {
        let escapes = (0..self.0.len()).filter_map(|place| Some((place, self.escape(codec, place)?)));
        let mut escapes = escapes.peekable();
        escapes.peek()?;
        let mut inner = self.0.clone();
        for (place, unit) in escapes {
            inner[place] = unit;
        }
        Some(Self(inner))
    }

    /// What an escape at a place stands for.
    fn escape(&self, codec: Codec, place: usize) -> Option<Unit> {
        let first = self.0[place].bytes();
        if !first.first().is_some_and(|byte| codec.begins(*byte)) {
            return None;
        }
        let (mut window, mut ends) = ([0; LONGEST], [0; LONGEST]);
        let (mut length, mut at) = (0, place);
        while let Some(unit) = self.0.get(at) {
            // No escape has another character than those of one byte.
            let [byte] = *unit.bytes() else { break };
            at = unit.next;
            (window[length], ends[length]) = (byte, at);
            length += 1;
            if length == LONGEST {
                break;
            }
        }
        let (bytes, count, taken) = codec.undo(&window[..length])?;
        Some(Unit { bytes, count, next: ends[taken - 1] })
    }
}

impl Codec {
    fn begins(self, byte: u8) -> bool {
        match self {
            Self::Backslash => byte == b'\\',
            Self::Percent => byte == b'%',
            Self::Form => byte == b'%' || byte == b'+',
        }
    }

    fn undo(self, bytes: &[u8]) -> Undone {
        match self {
            Self::Backslash => backslash(bytes),
            Self::Form if bytes.starts_with(b"+") => Some(([b' ', 0, 0, 0], 1, 1)),
            Self::Percent | Self::Form => percent(bytes),
        }
    }
}

/// What an escape at the beginning of some bytes stands for: bytes, how many, and how long the escape is.
type Undone = Option<([u8; 4], u8, usize)>;

fn of_char(c: char, length: usize) -> Undone {
    let mut bytes = [0; 4];
    let count = u8::try_from(c.encode_utf8(&mut bytes).len()).ok()?;
    Some((bytes, count, length))
}

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

fn hex(digits: &[u8]) -> Option<u32> {
    let digit = |byte: &u8| char::from(*byte).to_digit(16);
    let some = !digits.is_empty();
    some.then(|| digits.iter().try_fold(0, |number, byte| Some(number * 16 + digit(byte)?)))?
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every other reading of a text, from a place of it.
    fn readings(text: &str, from: usize, form: bool) -> Vec<String> {
        let mut all = Vec::new();
        each_reading(text.as_bytes(), form, &mut |reading| {
            let mut bytes = Vec::new();
            let mut at = from;
            while let Some(unit) = reading.at(at) {
                bytes.extend_from_slice(unit.bytes());
                at = unit.next;
            }
            all.push(String::from_utf8_lossy(&bytes).into_owned());
        });
        all
    }

    #[test]
    fn a_text_without_escapes_has_no_other_reading() {
        assert_eq!(readings("1 + 1, grün", 0, false), [""; 0]);
        assert_eq!(readings("1 + 1", 0, true), ["1   1"]);
    }

    #[test]
    fn escapes_of_every_spelling_are_undone() {
        let read = |text| readings(text, 0, false)[0].clone();
        assert_eq!(
            read(r#"\"\u0022\/\n\u000A\u20ac\u20AC\ud83e\udd80\u{1f980}\U0001f980\x41"#),
            "\"\"/\n\n€€🦀🦀🦀A"
        );
        assert_eq!(read("%C3%bcber%20%25"), "über %");
        assert_eq!(readings("a%2Bb+c", 0, true), ["a+b+c", "a+b c"]);
    }

    #[test]
    fn escapes_within_escapes_are_undone_as_well() {
        let read = readings(r#"{\"a\":\"x\\\"y\\u0041\"}"#, 0, false);
        assert!(read.contains(&r#"{"a":"x"yA"}"#.to_owned()), "{read:?}");
    }

    #[test]
    fn half_an_escape_before_a_place_does_not_matter() {
        assert_eq!(readings(r"\a\nb", 0, false)[0], "\u{7}\nb");
        assert_eq!(readings(r"\a\nb", 1, false)[0], "a\nb");
    }

    #[test]
    fn what_is_no_escape_stays() {
        for text in [r"\q \u12 \ud83e \u{} \u{110000} \", "100% %zz %4"] {
            assert_eq!(readings(text, 0, false), [""; 0], "{text}");
        }
    }
}
