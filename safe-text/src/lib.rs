//! What a text must lose before anybody may see it: secrets, and characters that a terminal obeys instead of showing them.
//!
//! A program calls [`redact`] with each secret the moment it knows it, and [`shown`] on each text that leaves it, before the
//! text becomes part of something larger: within a line of JSON a secret is spelled otherwise.

mod readings;
mod secrets;
mod segments;
mod spellings;
mod visible;

use std::borrow::Cow;

pub use secrets::{Secrets, redact, scrub};
pub use visible::visible;

/// The text as it may be shown: [`scrub`], then [`visible`].
#[must_use]
pub fn shown(text: &str) -> Cow<'_, str> {
    match scrub(text) {
        Cow::Borrowed(text) => visible(text),
        Cow::Owned(text) => Cow::Owned(visible(&text).into_owned()),
    }
}

/// [`shown`] for a text that is owned already: nothing is copied where nothing changes.
#[must_use]
pub fn into_shown(text: String) -> String {
    match shown(&text) {
        Cow::Borrowed(_) => text,
        Cow::Owned(text) => text,
    }
}

#[cfg(test)]
mod tests;
