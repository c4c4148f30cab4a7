//! Many patterns, found in one pass each.

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};

use crate::spellings::Pattern;

/// Patterns that are looked for together.
struct Segment {
    /// `None` where there are too many to look for: then every text is one.
    automaton: Option<AhoCorasick>,
    patterns: Vec<Pattern>,
}

/// Patterns, of which new ones come while they are looked for. Each segment is larger than all after it together, so that a
/// pattern is built into some ten automata at most before there are a thousand.
#[derive(Default)]
pub(crate) struct Segments {
    built: Vec<Segment>,
    new: Vec<Pattern>,
}

impl Segments {
    pub(crate) fn add(&mut self, pattern: Pattern) {
        self.new.push(pattern);
    }

    pub(crate) fn is_built(&self) -> bool {
        self.new.is_empty()
    }

    /// Makes the patterns that came last findable.
    pub(crate) fn build(&mut self) {
        if self.is_built() {
            return;
        }
        let mut patterns = std::mem::take(&mut self.new);
        while let Some(last) = self.built.pop_if(|last| last.patterns.len() <= patterns.len()) {
            patterns.extend(last.patterns);
        }
        self.built.push(Segment::of(patterns));
    }

    /// Adds where patterns are in the bytes, overlapping ones too.
    pub(crate) fn find(&self, bytes: &[u8], found: &mut Vec<(usize, usize)>) {
        for segment in &self.built {
            segment.find(bytes, found);
        }
    }
}

impl Segment {
    fn of(patterns: Vec<Pattern>) -> Self {
        let automaton = AhoCorasick::builder()
            .match_kind(MatchKind::Standard)
            .kind(Some(AhoCorasickKind::ContiguousNFA))
            .build(patterns.iter().map(|pattern| &pattern.bytes));
        Self { automaton: automaton.ok(), patterns }
    }

    fn find(&self, bytes: &[u8], found: &mut Vec<(usize, usize)>) {
        let Some(automaton) = &self.automaton else {
            found.push((0, bytes.len()));
            return;
        };
        for hit in automaton.find_overlapping_iter(bytes) {
            let pattern = &self.patterns[hit.pattern().as_usize()];
            let (mut from, mut to) = (hit.start(), hit.end());
            if pattern.begun_before && from > 0 && is_base64(bytes[from - 1]) {
                from -= 1;
            }
            if pattern.ended_after && bytes.get(to).copied().is_some_and(is_base64) {
                to += 1;
                to += bytes[to..].iter().take(2).take_while(|byte| **byte == b'=').count();
            }
            found.push((from, to));
        }
    }
}

fn is_base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"+/-_".contains(&byte)
}
