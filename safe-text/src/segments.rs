//! Many patterns, found in one pass each.

use aho_corasick::automaton::{Automaton as _, StateID};
use aho_corasick::nfa::contiguous::NFA;
use aho_corasick::{Anchored, MatchKind};

use crate::readings::Reading;
use crate::spellings::Pattern;

/// A range of a text, in bytes: from and to.
pub(crate) type Range = (usize, usize);

/// Patterns that are looked for together.
struct Segment {
    /// `None` where there are more than can be looked for: then every text is one.
    automaton: Option<NFA>,
    patterns: Vec<Pattern>,
    /// The bytes that a pattern begins with.
    first: Vec<bool>,
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

    /// Adds where patterns are in the text, overlapping ones too.
    pub(crate) fn find(&self, text: &[u8], found: &mut Vec<Range>) {
        for segment in &self.built {
            segment.find(text, found);
        }
    }

    /// Adds where patterns are in a reading of the text.
    pub(crate) fn find_read(&self, text: &[u8], reading: &Reading, found: &mut Vec<Range>) {
        for place in 0..text.len() {
            let Some(first) = reading.at(place).and_then(|unit| unit.bytes().first()) else { continue };
            for segment in self.built.iter().filter(|segment| segment.first[usize::from(*first)]) {
                segment.find_at(text, reading, place, found);
            }
        }
    }
}

impl Segment {
    fn of(patterns: Vec<Pattern>) -> Self {
        let automaton = NFA::builder()
            .match_kind(MatchKind::Standard)
            .build(patterns.iter().map(|pattern| &pattern.bytes))
            .ok();
        let mut first = vec![false; 256];
        for byte in patterns.iter().filter_map(|pattern| pattern.bytes.first()) {
            first[usize::from(*byte)] = true;
        }
        Self { automaton, patterns, first }
    }

    fn find(&self, text: &[u8], found: &mut Vec<Range>) {
        let Some(automaton) = &self.automaton else { return found.push((0, text.len())) };
        let Ok(mut state) = automaton.start_state(Anchored::No) else { return };
        for (at, byte) in text.iter().enumerate() {
            state = automaton.next_state(Anchored::No, state, *byte);
            for pattern in self.ended(automaton, state) {
                let to = at + 1;
                let from = to - pattern.bytes.len();
                found.push((before(text, pattern, from), after(text, pattern, to)));
            }
        }
    }

    /// Adds the patterns that begin at a place.
    fn find_at(&self, text: &[u8], reading: &Reading, place: usize, found: &mut Vec<Range>) {
        let Some(automaton) = &self.automaton else { return };
        let Ok(mut state) = automaton.start_state(Anchored::Yes) else { return };
        let (mut at, mut length) = (place, 0);
        while let Some(unit) = reading.at(at) {
            at = unit.next;
            for byte in unit.bytes() {
                state = automaton.next_state(Anchored::Yes, state, *byte);
                length += 1;
                if automaton.is_dead(state) {
                    return;
                }
                // Others end here as well, and begin later.
                for pattern in self.ended(automaton, state).filter(|pattern| pattern.bytes.len() == length) {
                    found.push((before(text, pattern, place), after_read(reading, pattern, at)));
                }
            }
        }
    }

    /// The patterns that end where the automaton is in this state.
    fn ended<'a>(&'a self, automaton: &'a NFA, state: StateID) -> impl Iterator<Item = &'a Pattern> {
        let count = if automaton.is_match(state) { automaton.match_len(state) } else { 0 };
        (0..count).map(move |index| &self.patterns[automaton.match_pattern(state, index).as_usize()])
    }
}

/// Where a pattern in base64 begins that the character before it belongs to.
fn before(text: &[u8], pattern: &Pattern, from: usize) -> usize {
    let belongs = pattern.begun_before && from > 0 && is_base64(text[from - 1]);
    if belongs { from - 1 } else { from }
}

/// Where a pattern in base64 ends that the character after it belongs to, or what pads it.
fn after(text: &[u8], pattern: &Pattern, to: usize) -> usize {
    if pattern.ended_after && text.get(to).copied().is_some_and(is_base64) {
        return to + 1 + text[to + 1..].iter().take(2).take_while(|byte| **byte == b'=').count();
    }
    to
}

fn after_read(reading: &Reading, pattern: &Pattern, to: usize) -> usize {
    let Some(unit) = reading.at(to).filter(|_| pattern.ended_after) else { return to };
    let is = |unit: &&crate::readings::Unit, wanted: fn(u8) -> bool| matches!(unit.bytes(), [byte] if wanted(*byte));
    let Some(unit) = Some(unit).filter(|unit| is(unit, is_base64)) else { return to };
    let mut to = unit.next;
    for _ in 0..2 {
        let padding = reading.at(to).filter(|unit| is(unit, |byte| byte == b'='));
        to = padding.map_or(to, |unit| unit.next);
    }
    to
}

fn is_base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"+/-_".contains(&byte)
}
