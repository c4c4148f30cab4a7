//! Values that must not be written anywhere.

use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::{LazyLock, PoisonError, RwLock};

use crate::readings::each_reading;
use crate::segments::Segments;
use crate::spellings::{SHORTEST, parts, patterns};

/// What stands in a text for a secret.
const BLOT: &str = "***";

static SECRETS: LazyLock<RwLock<Secrets>> = LazyLock::new(RwLock::default);

/// From now on [`scrub`] puts `***` in the place of `secret`, whichever of its spellings stands there: as it is, escaped as in
/// JSON or in source code (twice too), percent-encoded, or in base64. Found by themselves are also the texts in a secret
/// that is JSON, the lines of a key in PEM form, and the password of an address. Values shorter than 4 bytes are ignored: they
/// would be found inside ordinary words.
pub fn redact(secret: &str) {
    // A panic while the lock was held leaves nothing half done.
    if secret.len() < SHORTEST || SECRETS.read().unwrap_or_else(PoisonError::into_inner).knows(secret) {
        return;
    }
    SECRETS.write().unwrap_or_else(PoisonError::into_inner).add(secret);
}

/// The text with each secret given to [`redact`] blotted out.
#[must_use]
pub fn scrub(text: &str) -> Cow<'_, str> {
    loop {
        let secrets = SECRETS.read().unwrap_or_else(PoisonError::into_inner);
        if secrets.patterns.is_built() {
            return secrets.scrubbed(text);
        }
        drop(secrets);
        SECRETS.write().unwrap_or_else(PoisonError::into_inner).patterns.build();
    }
}

/// Secrets of one text alone, where they would be too much to look for everywhere.
#[derive(Default)]
pub struct Secrets {
    known: HashSet<Box<str>>,
    patterns: Segments,
    /// Whether there is a space in any: forms write it as `+`.
    spaced: bool,
}

impl Secrets {
    fn knows(&self, secret: &str) -> bool {
        self.known.contains(secret)
    }

    /// Adds one, as [`redact`] does for all texts.
    pub fn add(&mut self, secret: &str) {
        for part in parts(secret) {
            if self.known.insert(part.as_str().into()) {
                self.spaced |= part.contains(' ');
                patterns(&part).into_iter().for_each(|pattern| self.patterns.add(pattern));
            }
        }
    }

    /// The text with each of these secrets blotted out.
    #[must_use]
    pub fn scrub<'a>(&mut self, text: &'a str) -> Cow<'a, str> {
        self.patterns.build();
        self.scrubbed(text)
    }

    fn scrubbed<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let mut text = Cow::Borrowed(text);
        if self.known.is_empty() {
            return text;
        }
        // What stands on both sides of a blot may be one again; each is shorter than what was there.
        while let Some(blotted) = self.blotted(&text) {
            text = Cow::Owned(blotted);
        }
        text
    }

    fn blotted(&self, text: &str) -> Option<String> {
        let (bytes, mut ranges) = (text.as_bytes(), Vec::new());
        self.patterns.find(bytes, &mut ranges);
        each_reading(bytes, self.spaced, &mut |reading| self.patterns.find_read(bytes, reading, &mut ranges));
        if ranges.is_empty() {
            return None;
        }
        ranges.sort_unstable();
        let mut blotted = String::with_capacity(text.len());
        let mut seen = 0;
        for (from, to) in ranges {
            if to <= seen {
                continue;
            }
            if from >= seen {
                let from = text.floor_char_boundary(from);
                blotted.push_str(text.get(seen..from).unwrap_or_default());
                blotted.push_str(BLOT);
            }
            seen = text.ceil_char_boundary(to);
        }
        blotted.push_str(&text[seen..]);
        Some(blotted)
    }
}
