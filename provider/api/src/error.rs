//! What can go wrong, by what the caller can do about it.

use std::borrow::Cow;
use std::time::Duration;

use reqwest::Method;

/// What a failed call has done to the control plane.
///
/// Only what says so itself counts as refused: an answer that may come from something in between (a proxy, an identity check) says
/// nothing about what was done before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Effect {
    /// Surely nothing: it never arrived, it only reads, or the control plane has refused it.
    #[default]
    None,
    /// Nobody can tell. Look before writing again.
    Unknown,
    /// What was asked for was done; something after it failed.
    Done,
}

/// The request that failed, and what came back.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Failure {
    /// HTTP method of the request.
    pub method: String,
    /// Path of the request, without host, with its query.
    pub path: String,
    /// HTTP status of the last answer; absent when there was none.
    pub status: Option<u16>,
    /// What the server said, or what went wrong on the way. Holds no secret that the request carried.
    pub message: String,
    /// How many times the request was sent.
    pub attempts: u32,
    /// What all these attempts together have done.
    pub effect: Effect,
    /// After how long another attempt is welcome, where the last answer said so.
    pub retry_after: Option<Duration>,
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "`{} {}`", self.method, self.path)?;
        if let Some(status) = self.status {
            write!(f, " answered {status}")?;
        }
        write!(f, ": {}", self.message)?;
        if self.attempts > 1 {
            write!(f, " (after {} attempts)", self.attempts)?;
        }
        Ok(())
    }
}

/// A failed call. [`Error::hint`] says what to do next.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Error {
    /// The client cannot be made from these settings.
    #[error("{message}")]
    Config {
        /// What is wrong.
        message: String,
        /// What to do next.
        hint: String,
    },
    /// 401: the API key is unknown, expired or revoked.
    #[error("the control plane does not accept the API key: {0}")]
    Unauthorized(Failure),
    /// 401 for a token of an identity provider.
    #[error("the control plane does not accept the workload identity token: {0}")]
    UnknownIdentity(Failure),
    /// 403: the key is known but may not do this.
    #[error("the API key lacks a permission: {0}")]
    Forbidden(Failure),
    /// 404, said by the control plane itself (a JSON answer).
    #[error("not found: {0}")]
    NotFound(Failure),
    /// 409 on a write.
    #[error("conflict: {0}")]
    Conflict(Failure),
    /// 417, or 409 on a deletion: something still depends on the object.
    #[error("still in use: {0}")]
    InUse(Failure),
    /// 400, 422 or another refusal of what was sent.
    #[error("refused by the control plane: {0}")]
    Invalid(Failure),
    /// 429 that did not go away within the retries.
    #[error("rate limit reached: {0}")]
    RateLimited(Failure),
    /// 408 or 5xx that did not go away within the retries.
    #[error("the control plane failed: {0}")]
    Server(Failure),
    /// The answer could not be understood. It never means that something is absent.
    #[error("the answer cannot be understood: {0}")]
    Decode(Failure),
    /// No (complete) answer arrived.
    #[error("the control plane cannot be reached: {0}")]
    Transport(Failure),
    /// The operation was cancelled. Whether a write took effect is not known.
    #[error("cancelled: {0}")]
    Cancelled(Failure),
    /// A deployment or deletion of an application did not come to a good end.
    #[error("the application `{application}` ended as `{status}`: {message}")]
    Deployment {
        /// Its name or id.
        application: String,
        /// What the control plane calls the end: `DEPLOY_FAILED` or the like.
        status: String,
        /// Why, in its words.
        message: String,
    },
    /// A name that should be unique is not.
    #[error("`{key}` names more than one of {collection}: {}", candidates.join(", "))]
    Ambiguous {
        /// The collection that was searched, such as `workspaces`.
        collection: &'static str,
        /// What was looked for.
        key: String,
        /// FQNs (or ids) of all that match.
        candidates: Vec<String>,
    },
}

/// The failed request of an error, borrowed as the error is.
macro_rules! failure_of {
    ($error:expr) => {
        match $error {
            Error::Config { .. } | Error::Ambiguous { .. } | Error::Deployment { .. } => None,
            Error::Unauthorized(failure)
            | Error::UnknownIdentity(failure)
            | Error::Forbidden(failure)
            | Error::NotFound(failure)
            | Error::Conflict(failure)
            | Error::InUse(failure)
            | Error::Invalid(failure)
            | Error::RateLimited(failure)
            | Error::Server(failure)
            | Error::Decode(failure)
            | Error::Transport(failure)
            | Error::Cancelled(failure) => Some(failure),
        }
    };
}

impl Error {
    /// The failed request, where there was one.
    pub fn failure(&self) -> Option<&Failure> {
        failure_of!(self)
    }

    /// What the call has done to the control plane.
    pub fn effect(&self) -> Effect {
        match self {
            Self::Deployment { .. } => Effect::Done,
            _ => self.failure().map_or(Effect::None, |failure| failure.effect),
        }
    }

    /// The same error of a call that came after a write which was heard, or of which nobody can tell: it says nothing any more
    /// of what was not changed.
    #[must_use]
    pub fn after_a_write(mut self) -> Self {
        if let Some(failure) = failure_of!(&mut self) {
            failure.effect = failure.effect.max(Effect::Unknown);
        }
        self
    }

    /// Whether the same call may well succeed a moment later.
    pub fn is_passing(&self) -> bool {
        match self {
            Self::RateLimited(_) | Self::Transport(_) => true,
            Self::Server(failure) => failure.status != Some(500),
            _ => false,
        }
    }

    /// HTTP status of the last answer, where there was one.
    pub fn status(&self) -> Option<u16> {
        self.failure().and_then(|failure| failure.status)
    }

    /// What to do next, as one sentence without a final stop.
    pub fn hint(&self) -> Cow<'_, str> {
        Cow::Borrowed(match self {
            Self::Config { hint, .. } => hint,
            Self::Unauthorized(_) => {
                "check `TFY_API_KEY` (or `api_key`): it must be a valid key of the tenant that `host` names"
            }
            Self::UnknownIdentity(_) => {
                "check that a virtual account has the token's subject in its `identity_provider_mapping`, that the identity provider is set up in the control plane, and that the run has not outlived its token"
            }
            Self::Forbidden(_) => {
                "give the key's user or virtual account a role that allows this, or use another key"
            }
            Self::NotFound(_) => "check the name or id, and that `host` is the right tenant",
            Self::Conflict(_) => "something else changed or holds this object; look at it, then run again",
            Self::InUse(_) => "remove what the message names as depending on it first, then run again",
            Self::Invalid(Failure { effect: Effect::None, .. }) => {
                "correct what the message names; nothing was changed"
            }
            Self::Invalid(_) => "correct what the message names",
            Self::RateLimited(_) => {
                "run again later, or with less parallelism (`terraform apply -parallelism=2`)"
            }
            Self::Server(_) => "run again later; nothing here needs to be changed",
            Self::Decode(failure) => decode_hint(failure),
            Self::Transport(failure) => transport_hint(failure),
            Self::Cancelled(_) => "run again: what had been written is found and kept",
            Self::Ambiguous { .. } => "use the FQN instead of the name",
            Self::Deployment { .. } => {
                "look at its logs and events in the dashboard, correct the cause (or give it more time), then run again"
            }
        })
    }
}

fn decode_hint(failure: &Failure) -> &'static str {
    match failure.status {
        Some(300..=399) => "set `host` to the address that the message names; redirects are not followed",
        _ => {
            "check that `host` is the control plane itself, not a login page, a proxy or another service; \
             nothing was concluded from this answer"
        }
    }
}

fn transport_hint(failure: &Failure) -> &'static str {
    let message = failure.message.to_ascii_lowercase();
    if message.contains("certificate") || message.contains("unknownissuer") {
        "when the control plane (or a proxy) uses a private certificate authority, set `ca_cert_file`"
    } else if message.contains("timed out") {
        "the control plane may be slow: raise `timeout`, or run again later"
    } else {
        "check `host`, the network, and the proxy variables `HTTPS_PROXY` and `NO_PROXY`"
    }
}

/// Chooses the error for an answer with a status outside 2xx.
pub(crate) fn from_status(method: &Method, deletion: bool, failure: Failure) -> Error {
    match failure.status.unwrap_or_default() {
        401 => Error::Unauthorized(failure),
        403 => Error::Forbidden(failure),
        404 => Error::NotFound(failure),
        409 if deletion || method == Method::DELETE => Error::InUse(failure),
        409 => Error::Conflict(failure),
        417 => Error::InUse(failure),
        429 => Error::RateLimited(failure),
        408 | 500..=599 => Error::Server(failure),
        400..=499 => Error::Invalid(failure),
        _ => Error::Decode(failure),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failure(status: u16) -> Failure {
        Failure {
            method: "PUT".to_owned(),
            path: "/api/svc/v1/clusters".to_owned(),
            status: Some(status),
            message: "name is taken".to_owned(),
            attempts: 1,
            ..Failure::default()
        }
    }

    #[test]
    fn each_status_has_its_error() {
        let name = |status, deletion| {
            let error = from_status(&Method::POST, deletion, failure(status));
            assert_eq!(error.status(), Some(status));
            assert!(error.hint().starts_with(|c: char| c.is_lowercase()), "{status}: {}", error.hint());
            format!("{error:?}").split('(').next().unwrap().to_owned()
        };
        let names: Vec<_> = [400, 401, 403, 404, 405, 408, 409, 417, 422, 424, 429, 500, 501, 503, 302]
            .map(|status| format!("{status} {}", name(status, false)))
            .into();
        assert_eq!(
            names,
            [
                "400 Invalid",
                "401 Unauthorized",
                "403 Forbidden",
                "404 NotFound",
                "405 Invalid",
                "408 Server",
                "409 Conflict",
                "417 InUse",
                "422 Invalid",
                "424 Invalid",
                "429 RateLimited",
                "500 Server",
                "501 Server",
                "503 Server",
                "302 Decode"
            ]
        );
        assert_eq!(name(409, true), "InUse");
    }

    #[test]
    fn a_message_names_request_status_and_attempts() {
        let error = Error::Server(Failure { attempts: 5, ..failure(503) });
        assert_eq!(
            error.to_string(),
            "the control plane failed: `PUT /api/svc/v1/clusters` answered 503: name is taken (after 5 attempts)"
        );
    }

    /// The message and the hint.
    fn said(error: &Error) -> String {
        format!("{error}\nhint: {}", error.hint())
    }

    #[test]
    fn each_error_says_what_happened_and_what_to_do() {
        type Kind = fn(Failure) -> Error;
        let cases: [(Kind, &str, &str); 10] = [
            (
                Error::Unauthorized,
                "the control plane does not accept the API key: `PUT /api/svc/v1/clusters` answered 400: name is taken",
                "check `TFY_API_KEY` (or `api_key`): it must be a valid key of the tenant that `host` names",
            ),
            (
                Error::Forbidden,
                "the API key lacks a permission: `PUT /api/svc/v1/clusters` answered 400: name is taken",
                "give the key's user or virtual account a role that allows this, or use another key",
            ),
            (
                Error::NotFound,
                "not found: `PUT /api/svc/v1/clusters` answered 400: name is taken",
                "check the name or id, and that `host` is the right tenant",
            ),
            (
                Error::Conflict,
                "conflict: `PUT /api/svc/v1/clusters` answered 400: name is taken",
                "something else changed or holds this object; look at it, then run again",
            ),
            (
                Error::InUse,
                "still in use: `PUT /api/svc/v1/clusters` answered 400: name is taken",
                "remove what the message names as depending on it first, then run again",
            ),
            (
                Error::Invalid,
                "refused by the control plane: `PUT /api/svc/v1/clusters` answered 400: name is taken",
                "correct what the message names; nothing was changed",
            ),
            (
                Error::RateLimited,
                "rate limit reached: `PUT /api/svc/v1/clusters` answered 400: name is taken",
                "run again later, or with less parallelism (`terraform apply -parallelism=2`)",
            ),
            (
                Error::Server,
                "the control plane failed: `PUT /api/svc/v1/clusters` answered 400: name is taken",
                "run again later; nothing here needs to be changed",
            ),
            (
                Error::Transport,
                "the control plane cannot be reached: `PUT /api/svc/v1/clusters` answered 400: name is taken",
                "check `host`, the network, and the proxy variables `HTTPS_PROXY` and `NO_PROXY`",
            ),
            (
                Error::Cancelled,
                "cancelled: `PUT /api/svc/v1/clusters` answered 400: name is taken",
                "run again: what had been written is found and kept",
            ),
        ];
        for (error, message, hint) in cases {
            assert_eq!(said(&error(failure(400))), format!("{message}\nhint: {hint}"));
        }
    }

    #[test]
    fn the_hint_of_a_lost_connection_fits_its_cause() {
        let hint = |message: &str| {
            Error::Transport(Failure { message: message.to_owned(), ..failure(0) }).hint().into_owned()
        };
        assert_eq!(
            hint("invalid peer certificate: UnknownIssuer"),
            "when the control plane (or a proxy) uses a private certificate authority, set `ca_cert_file`"
        );
        assert_eq!(hint("timed out"), "the control plane may be slow: raise `timeout`, or run again later");
    }
}
