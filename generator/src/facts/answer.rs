//! An answer and its three values.

use serde::{Deserialize, Serialize};

/// What came back of a question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Answer<T> {
    /// It is known.
    Known(T),
    /// It is known that there is nothing.
    Absent,
    /// Nobody knows.
    Unchecked {
        /// Which kind of reason.
        why: Why,
        /// What happened, in a sentence's part without an end.
        text: String,
    },
}

impl<T> Default for Answer<T> {
    fn default() -> Self {
        Self::Unchecked { why: Why::NotAsked, text: "it was not asked".to_owned() }
    }
}

impl<T> Answer<T> {
    /// The answer without knowing.
    pub fn unchecked(why: Why, text: impl Into<String>) -> Self {
        Self::Unchecked { why, text: text.into() }
    }

    /// What is known, if it is.
    pub fn known(&self) -> Option<&T> {
        match self {
            Self::Known(value) => Some(value),
            Self::Absent | Self::Unchecked { .. } => None,
        }
    }

    /// The same answer with another value.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Answer<U> {
        match self {
            Self::Known(value) => Answer::Known(change(value)),
            Self::Absent => Answer::Absent,
            Self::Unchecked { why, text } => Answer::Unchecked { why, text },
        }
    }
}

/// Why something could not be checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Why {
    /// The caller may not ask.
    Denied,
    /// The account's API was too busy, after waiting.
    Throttled,
    /// Nobody answered.
    Unreachable,
    /// The answer cannot be understood.
    Unreadable,
    /// A part of the answer is missing.
    Incomplete,
    /// There are no credentials that AWS takes.
    Credentials,
    /// This machine's clock is wrong.
    Clock,
    /// The account does not use the region.
    Region,
    /// The credentials are of another account.
    Account,
    /// It was not asked.
    NotAsked,
}

impl Why {
    /// What to do so that it can be checked.
    #[must_use]
    pub fn next(self) -> &'static str {
        match self {
            Self::Denied => "give the identity the right to read it, or let somebody run this who has it",
            Self::Throttled => "run it again in a few minutes: others use up what the account may ask",
            Self::Unreachable => {
                "check the way there (proxy, VPN, firewall, `AWS_ENDPOINT_URL`) and run it again"
            }
            Self::Unreadable => "run it again; when it stays so, something on the way answers in AWS's place",
            Self::Incomplete => "run it again; nothing is concluded from a part of an answer",
            Self::Credentials => "sign in to AWS (`aws sso login`, or set `AWS_PROFILE`) and run it again",
            Self::Clock => "set this machine's clock and run it again",
            Self::Region => "enable the region for the account and run it again",
            Self::Account => "run it again with credentials of the platform's account",
            Self::NotAsked => "run `tfy-infra preflight` without `--facts`, or record the facts anew",
        }
    }
}
