//! What a message says, with holes for what is known only when it is printed, and whether a text shows it.

/// One text of a message, such as its summary or its hint.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Template {
    /// As it stands in the code, holes with their names.
    written: String,
    /// What stands between the holes, as texts are searched for it; one more than there are holes.
    pieces: Vec<String>,
    words: usize,
}

impl Template {
    /// A text without holes: braces are braces.
    pub(super) fn plain(text: &str) -> Self {
        Self::of(text, &[text.to_owned()])
    }

    /// A text with holes, as `format!` takes it.
    pub(super) fn with_holes(text: &str) -> Self {
        let (mut between, mut piece) = (Vec::new(), String::new());
        let mut rest = text.chars().peekable();
        while let Some(c) = rest.next() {
            match c {
                '{' | '}' if rest.next_if_eq(&c).is_some() => piece.push(c),
                '{' => {
                    rest.by_ref().find(|c| *c == '}');
                    between.push(std::mem::take(&mut piece));
                }
                _ => piece.push(c),
            }
        }
        between.push(piece);
        Self::of(text, &between)
    }

    fn of(written: &str, between: &[String]) -> Self {
        let words = between.iter().map(|piece| words(piece)).sum();
        let mut pieces: Vec<_> = between.iter().map(|piece| one_space(piece)).collect();
        // The white space around a message is not what it says.
        if let Some(first) = pieces.first_mut() {
            *first = first.trim_start().to_owned();
        }
        if let Some(last) = pieces.last_mut() {
            *last = last.trim_end().to_owned();
        }
        Self { written: written.to_owned(), pieces, words }
    }

    /// In one line.
    pub(super) fn written(&self) -> String {
        self.written.replace('\n', "\\n").replace('\t', "\\t")
    }

    pub(super) fn holes(&self) -> usize {
        self.pieces.len() - 1
    }

    /// How many words of its own it has.
    pub(super) fn words(&self) -> usize {
        self.words
    }

    /// Whether the text holds it whole: every word and sign of its own, and something in every hole. A `fragment` may
    /// stand in the middle of a sentence.
    pub(super) fn is_in(&self, text: &Text, fragment: bool) -> bool {
        let Some((first, rest)) = self.pieces.split_first() else { return false };
        if !self.pieces.iter().all(|piece| text.flat.contains(piece.as_str())) {
            return false;
        }
        // What is nearly all hole is found nearly everywhere: it has to be all that is said there.
        let alone = self.words < 2;
        let goes_on = |at: usize| text.goes_on(at + first.len(), rest, first, alone);
        if first.is_empty() {
            return text.lines().any(goes_on);
        }
        let mut places = text.flat.match_indices(first.as_str()).map(|(at, _)| at);
        places.any(|at| text.begins_at(at, first, fragment && !alone) && goes_on(at))
    }
}

/// Words of at least one letter. A name in backticks is a word as well.
fn words(text: &str) -> usize {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| word.contains(char::is_alphabetic)).count()
}

/// With one space for every run of white space: where a line ends in a test says nothing.
fn one_space(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c.is_whitespace() {
            true if out.ends_with(' ') => {}
            true => out.push(' '),
            false => out.push(c),
        }
    }
    out
}

/// A text of a test.
#[derive(Clone, Debug)]
pub(super) struct Text {
    /// With one space for every run of white space.
    flat: String,
    /// Where such a space was the end of a line: a hole does not reach over it.
    breaks: Vec<usize>,
}

impl Text {
    pub(super) fn new(text: &str) -> Self {
        let (mut flat, mut breaks) = (String::with_capacity(text.len()), Vec::new());
        for c in text.chars() {
            if !c.is_whitespace() {
                flat.push(c);
                continue;
            }
            if !flat.ends_with(' ') {
                flat.push(' ');
            }
            let at = flat.len() - 1;
            if c == '\n' && breaks.last() != Some(&at) {
                breaks.push(at);
            }
        }
        Self { flat, breaks }
    }

    /// Whether nothing but blanks is in it.
    pub(super) fn is_blank(&self) -> bool {
        self.flat.trim().is_empty()
    }

    /// Where its lines begin.
    fn lines(&self) -> impl Iterator<Item = usize> {
        std::iter::once(0).chain(self.breaks.iter().map(|at| at + 1))
    }

    /// Whether a text may begin here: not within a word, and when it is no `fragment`, where something begins.
    fn begins_at(&self, at: usize, piece: &str, fragment: bool) -> bool {
        let before = self.flat.get(..at).unwrap_or_default();
        if fragment {
            return !(before.ends_with(char::is_alphanumeric) && piece.starts_with(char::is_alphanumeric));
        }
        let begun = [": ", "(", "\""];
        before.is_empty() || self.is_break_before(at) || begun.iter().any(|sign| before.ends_with(sign))
    }

    fn is_break_before(&self, at: usize) -> bool {
        at.checked_sub(1).is_some_and(|at| self.breaks.contains(&at))
    }

    /// Whether it may end here.
    fn ends_at(&self, at: usize, last: &str, alone: bool) -> bool {
        let after = self.flat.get(at..).unwrap_or_default();
        if alone {
            return after.is_empty()
                || self.breaks.contains(&at)
                || after.starts_with(['.', ',', ':', ';', ')']);
        }
        !(after.starts_with(char::is_alphanumeric) && last.ends_with(char::is_alphanumeric))
    }

    /// Whether the rest of a template follows: each piece after a hole with something in it.
    fn goes_on(&self, at: usize, pieces: &[String], last: &str, alone: bool) -> bool {
        let Some((piece, rest)) = pieces.split_first() else { return self.ends_at(at, last, alone) };
        // The hole reaches to the end of the line at most.
        let end = self.breaks.iter().copied().find(|place| *place >= at).unwrap_or(self.flat.len());
        let mut hole = at;
        while let Some(c) = self.flat.get(hole..).and_then(|rest| rest.chars().next()).filter(|_| hole < end)
        {
            hole += c.len_utf8();
            // What fills a hole is no blank alone.
            let filled = !self.flat[at..hole].trim().is_empty();
            if filled && self.flat[hole..].starts_with(piece.as_str()) {
                let next = hole + piece.len();
                if piece.is_empty() && rest.is_empty() || self.goes_on(next, rest, piece, alone) {
                    return true;
                }
            }
        }
        false
    }
}
