//! What may happen to one request.

use serde_json::{Value as Json, json};

use crate::cell::Deed;

/// A fault by the name that it is reported under.
#[derive(Clone, Debug)]
pub(crate) struct Fault {
    pub(crate) name: &'static str,
    /// A rule of the sandbox, without the number of the request.
    pub(crate) rule: Json,
}

impl Fault {
    /// A read that says "not found" of an object that is there is a lie, and nothing can tell it from the truth.
    pub(crate) fn is_for(&self, deed: Deed) -> bool {
        self.name != "404" || deed == Deed::Create
    }

    /// At the request with this number, from 1.
    pub(crate) fn at(&self, nth: usize) -> Json {
        let mut rule = self.rule.clone();
        rule["nth"] = nth.into();
        json!([rule])
    }
}

/// Every fault.
pub(crate) fn all() -> impl Iterator<Item = Fault> {
    let login = "<!doctype html><html><head><title>Sign in</title></head></html>";
    let maintenance = json!({ "message": "maintenance" });
    let failure = json!({ "statusCode": 503, "message": "no healthy upstream" });
    let faults = [
        ("429", json!({ "status": 429, "headers": { "Retry-After": "0" } })),
        ("500", json!({ "status": 500 })),
        ("503", json!({ "status": 503 })),
        ("403", json!({ "status": 403 })),
        ("404", json!({ "match": { "method": "GET" }, "status": 404 })),
        ("401, done", json!({ "status": 401, "effect": true })),
        ("403, done", json!({ "status": 403, "effect": true })),
        ("500, done", json!({ "status": 500, "effect": true })),
        ("503, done", json!({ "status": 503, "effect": true })),
        ("reset before", json!({ "reset_before": true })),
        ("reset after", json!({ "reset_after": true })),
        ("truncated", json!({ "truncate": true })),
        ("silence", json!({ "stall_ms": 1 })),
        ("login page", json!({ "status": 200, "body": login })),
        ("login page, done", json!({ "status": 200, "body": login, "effect": true })),
        ("null", json!({ "status": 200, "body": "null" })),
        ("null, done", json!({ "status": 200, "body": "null", "effect": true })),
        ("empty list", json!({ "status": 200, "body": [] })),
        ("empty list, done", json!({ "status": 200, "body": [], "effect": true })),
        ("message", json!({ "status": 200, "body": maintenance })),
        ("message, done", json!({ "status": 200, "body": maintenance, "effect": true })),
        ("failure with 200", json!({ "status": 200, "body": failure })),
        ("failure with 200, done", json!({ "status": 200, "body": failure, "effect": true })),
    ];
    faults.into_iter().map(|(name, rule)| Fault { name, rule })
}
