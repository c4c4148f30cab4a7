//! Answers.

use serde_json::{Value, json};

use crate::schema::Problem;

/// An answer to one request: JSON, or nothing.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Body,
}

/// What an answer says.
#[derive(Clone, Debug)]
pub(crate) enum Body {
    Json(Value),
    Empty,
}

impl Answer {
    pub(crate) fn ok(body: Value) -> Self {
        Self::with_status(200, body)
    }

    pub(crate) fn with_status(status: u16, body: Value) -> Self {
        Self { status, headers: Vec::new(), body: Body::Json(body) }
    }

    /// `{"data": ...}`
    pub(crate) fn data(data: impl Into<Value>) -> Self {
        Self::ok(json!({"data": data.into()}))
    }

    /// Success that says nothing.
    pub(crate) fn empty() -> Self {
        Self { status: 200, headers: Vec::new(), body: Body::Empty }
    }

    /// An error with the fields that the clients insist on.
    pub(crate) fn error(status: u16, message: impl Into<String>) -> Self {
        let message: String = message.into();
        Self::with_status(status, json!({"statusCode": status, "message": message}))
    }

    pub(crate) fn invalid(problems: &[Problem]) -> Self {
        let sentences: Vec<_> =
            problems.iter().map(|problem| format!("`{}` {}", problem.path, problem.message)).collect();
        let details: Vec<_> = problems
            .iter()
            .map(|problem| json!({"path": problem.path, "message": problem.message}))
            .collect();
        Self::with_status(
            422,
            json!({
                "statusCode": 422, "message": sentences.join("; "), "code": "VALIDATION_ERROR", "details": details
            }),
        )
    }
}

impl From<crate::Error> for Answer {
    fn from(error: crate::Error) -> Self {
        Self::error(500, error.to_string())
    }
}
