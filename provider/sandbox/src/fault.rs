//! Failures on demand: rules that say which requests are delayed, refused or cut off.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Which requests a rule is for. An empty match is for all.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Match {
    /// HTTP method, any case.
    method: Option<String>,
    /// Part of the path, as the client sent it.
    path: Option<String>,
}

/// One rule of a fault script.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Rule {
    #[serde(default, rename = "match")]
    matches: Match,
    /// The first matching request that is hit, counted from 1.
    #[serde(default = "one")]
    nth: u64,
    /// How many matching requests are hit from there on; 0 means all.
    #[serde(default = "one")]
    count: u64,
    /// Waits before anything else happens.
    #[serde(default)]
    delay_ms: u64,
    /// Answers this status; the request has no effect unless `effect` says so.
    status: Option<u16>,
    /// With `status`: the request has its effect all the same.
    #[serde(default)]
    effect: bool,
    /// Headers of that answer.
    #[serde(default)]
    headers: BTreeMap<String, String>,
    /// Body of that answer: a string is sent as text, anything else as JSON.
    body: Option<Value>,
    /// Closes the connection; the request has no effect.
    #[serde(default)]
    reset_before: bool,
    /// Lets the request have its effect, then closes the connection without an answer.
    #[serde(default)]
    reset_after: bool,
    /// Lets the request have its effect, announces the whole answer, sends half of it and closes the connection.
    #[serde(default)]
    truncate: bool,
    /// Lets the request have its effect, then says nothing for this long and closes the connection.
    stall_ms: Option<u64>,
    /// How many requests have matched so far.
    #[serde(default, skip_deserializing)]
    seen: u64,
}

fn one() -> u64 {
    1
}

/// What happens to one request.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Fault {
    pub(crate) delay_ms: u64,
    pub(crate) action: Action,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Action {
    /// Only the delay.
    Proceed,
    Answer {
        status: u16,
        headers: Vec<(String, String)>,
        body: Option<Value>,
        effect: bool,
    },
    ResetBefore,
    ResetAfter,
    Truncate,
    Stall(u64),
}

/// The rules in force.
#[derive(Debug, Default)]
pub(crate) struct Script(Vec<Rule>);

impl Script {
    /// Reads a list of rules, or `{"faults": [...]}`.
    pub(crate) fn parse(body: &Value) -> Result<Self, String> {
        let rules = body.get("faults").unwrap_or(body);
        let rules: Vec<Rule> = serde_json::from_value(rules.clone())
            .map_err(|error| format!("not a list of faults: {error}"))?;
        for (index, rule) in rules.iter().enumerate() {
            rule.check().map_err(|why| format!("fault {}: {why}", index + 1))?;
        }
        Ok(Self(rules))
    }

    /// The rules, with how often each has matched.
    pub(crate) fn shown(&self) -> Value {
        serde_json::to_value(&self.0).unwrap_or_default()
    }

    /// Counts the request with every rule that matches; the first rule in force decides.
    pub(crate) fn take(&mut self, method: &str, path: &str) -> Option<Fault> {
        let mut chosen = None;
        for rule in &mut self.0 {
            if rule.matches(method, path) {
                rule.seen += 1;
                if chosen.is_none() && rule.is_due() {
                    chosen = Some(rule.fault());
                }
            }
        }
        chosen
    }
}

impl Rule {
    fn check(&self) -> Result<(), &'static str> {
        let actions = [
            self.status.is_some(),
            self.reset_before,
            self.reset_after,
            self.truncate,
            self.stall_ms.is_some(),
        ];
        let count = actions.iter().filter(|set| **set).count();
        if count > 1 {
            return Err(
                "takes only one of `status`, `reset_before`, `reset_after`, `truncate` and `stall_ms`",
            );
        }
        if count == 0 && self.delay_ms == 0 {
            return Err(
                "needs `status`, `reset_before`, `reset_after`, `truncate`, `stall_ms` or `delay_ms`",
            );
        }
        if self.nth == 0 {
            return Err("`nth` counts from 1");
        }
        if self.status.is_some_and(|status| !(200..600).contains(&status)) {
            return Err("`status` must be from 200 to 599");
        }
        let describes = self.body.is_some() || !self.headers.is_empty() || self.effect;
        if self.status.is_none() && describes {
            return Err("`headers`, `body` and `effect` need `status`");
        }
        Ok(())
    }

    fn matches(&self, method: &str, path: &str) -> bool {
        self.matches.method.as_ref().is_none_or(|wanted| wanted.eq_ignore_ascii_case(method))
            && self.matches.path.as_ref().is_none_or(|part| path.contains(part.as_str()))
    }

    fn is_due(&self) -> bool {
        self.seen >= self.nth && (self.count == 0 || self.seen < self.nth + self.count)
    }

    fn fault(&self) -> Fault {
        let action = match self.status {
            Some(status) => Action::Answer {
                status,
                headers: self.headers.clone().into_iter().collect(),
                body: self.body.clone(),
                effect: self.effect,
            },
            None if self.truncate => Action::Truncate,
            None if let Some(stall) = self.stall_ms => Action::Stall(stall),
            None if self.reset_before => Action::ResetBefore,
            None if self.reset_after => Action::ResetAfter,
            None => Action::Proceed,
        };
        Fault { delay_ms: self.delay_ms, action }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// The numbers (from 1) of the requests that are hit, out of eight.
    fn hits(script: &Value, method: &str, path: &str) -> Vec<u32> {
        let mut script = Script::parse(script).unwrap();
        (1..=8).filter(|_| script.take(method, path).is_some()).collect()
    }

    #[test]
    fn nth_and_count_choose_requests() {
        assert_eq!(hits(&json!([{"status": 503}]), "GET", "/a"), [1]);
        assert_eq!(hits(&json!([{"status": 503, "nth": 3, "count": 2}]), "GET", "/a"), [3, 4]);
        assert_eq!(hits(&json!([{"status": 503, "nth": 6, "count": 0}]), "GET", "/a"), [6, 7, 8]);
        assert_eq!(
            hits(&json!({"faults": [{"status": 503}, {"nth": 2, "delay_ms": 5}]}), "GET", "/a"),
            [1, 2]
        );
    }

    #[test]
    fn method_and_path_must_both_match() {
        let script =
            json!([{"match": {"method": "put", "path": "/clusters"}, "count": 0, "reset_after": true}]);
        assert_eq!(hits(&script, "PUT", "/api/svc/v1/clusters?x=1").len(), 8);
        assert_eq!(hits(&script, "GET", "/api/svc/v1/clusters").len(), 0);
        assert_eq!(hits(&script, "PUT", "/api/svc/v1/workspaces").len(), 0);
    }

    #[test]
    fn scripts_that_mean_nothing_are_refused() {
        for (script, part) in [
            (json!([{}]), "fault 1: needs `status`"),
            (json!([{"status": 503}, {"status": 1}]), "fault 2: `status` must be"),
            (json!([{"status": 503, "reset_after": true}]), "only one of"),
            (json!([{"delay_ms": 1, "nth": 0}]), "counts from 1"),
            (json!([{"reset_before": true, "body": {}}]), "need `status`"),
            (json!([{"truncate": true, "effect": true}]), "need `status`"),
            (json!([{"truncate": true, "stall_ms": 5}]), "only one of"),
            (json!([{"status": 503, "when": 1}]), "unknown field `when`"),
            (json!({"status": 503}), "not a list"),
        ] {
            let error = Script::parse(&script).unwrap_err();
            assert!(error.contains(part), "{error}");
        }
    }
}
