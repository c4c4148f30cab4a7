//! What was called while something ran, of AWS and of a cluster together, and in which order.
//!
//! The calls of AWS are those that the local AWS keeps, the cluster's are those of the audit log of its API server. Both have the clock of this
//! machine. A call has two times: when it came, and when it was answered. One thing is before another when its last answer is before the
//! other's first request.
//!
//! A call is words: service, operation and what it is about of AWS (`eks DeleteNodegroup /clusters/demo/node-groups/system`); verb, kind, object
//! and user of the cluster (`delete deployments.apps keda/keda-operator admin`). A pattern has the first of them, each with `*` for any text.
//!
//! An object with finalizers is not gone when its deletion is answered. It is with the last change of it that succeeds: nothing changes what is
//! not there. So `gone KIND OBJECT` is the last change of objects that were deleted by name. What goes with its namespace has no such call.

use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use fs_err as fs;
use serde_json::Value;

use crate::{Cluster, LocalAws};

/// The file of the cluster's folder that has its calls.
const AUDIT_LOG: &str = "audit.log";
/// The verb of a pattern for what is not there any more.
const GONE: &str = "gone";

/// One call that succeeded. Times are texts that are in the order of the alphabet.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Call {
    begun: String,
    ended: String,
    words: Vec<String>,
}

/// Calls that succeeded.
#[derive(Clone, Debug, Default)]
pub struct Recorded {
    calls: Vec<Call>,
}

impl Recorded {
    /// What a local AWS has kept, and what the API server of a cluster has recorded.
    ///
    /// # Errors
    /// When one of them cannot be asked or understood.
    pub fn take(aws: &LocalAws, cluster: &Cluster) -> Result<Self> {
        let calls = aws.calls()?;
        ensure!(!calls.is_empty(), "the local AWS has kept no calls");
        Self::of(&calls, &audit_log(cluster.folder())?)
    }

    /// Of calls as [`LocalAws::calls`] gives them, and of the text of an audit log.
    ///
    /// # Errors
    /// When a line of the log is none.
    pub fn of(aws: &[Value], audit: &str) -> Result<Self> {
        let mut calls: Vec<Call> = aws.iter().filter_map(of_aws).collect();
        for line in audit.lines() {
            let event: Value =
                serde_json::from_str(line).with_context(|| format!("a line of the audit log: {line}"))?;
            calls.extend(of_cluster(&event));
        }
        Ok(Self { calls })
    }

    /// Those that came after the last of `earlier`.
    #[must_use]
    pub fn since(mut self, earlier: &Self) -> Self {
        let last = earlier.calls.iter().map(|call| &call.begun).max();
        self.calls.retain(|call| Some(&call.begun) > last);
        self
    }

    /// Expects that the last call of one pattern was answered before the first of another came.
    ///
    /// # Errors
    /// When it was not, or when there is no call of one of them.
    pub fn expect_in_turn(&self, first: &str, then: &str) -> Result<()> {
        let last = self.matching(first)?.into_iter().max_by_key(|call| &call.ended);
        let next = self.matching(then)?.into_iter().min_by_key(|call| &call.begun);
        let (last, next) =
            (last.context("matching gives none empty")?, next.context("matching gives none empty")?);
        ensure!(
            last.ended < next.begun,
            "`{first}` was not before `{then}`:\n{} answered `{}`\n{} came `{}`",
            last.ended,
            last.words.join(" "),
            next.begun,
            next.words.join(" ")
        );
        Ok(())
    }

    /// The calls of a pattern, at least one.
    fn matching(&self, pattern: &str) -> Result<Vec<&Call>> {
        let words: Vec<&str> = pattern.split(' ').collect();
        let found: Vec<&Call> = match words.as_slice() {
            [GONE, rest @ ..] => self.changes_of_deleted(rest),
            words => self.calls.iter().filter(|call| is_like(&call.words, words)).collect(),
        };
        ensure!(!found.is_empty(), "no call of `{pattern}` was recorded");
        Ok(found)
    }

    /// All changes of the objects of a pattern that were deleted.
    fn changes_of_deleted(&self, pattern: &[&str]) -> Vec<&Call> {
        let of_it = |call: &&Call| call.words.get(1..).is_some_and(|words| is_like(words, pattern));
        let deleted: Vec<&[String]> = self
            .calls
            .iter()
            .filter(of_it)
            .filter(|call| call.words[0] == "delete")
            .map(|call| &call.words[1..3])
            .collect();
        self.calls
            .iter()
            .filter(|call| call.words.get(1..3).is_some_and(|object| deleted.contains(&object)))
            .collect()
    }
}

fn audit_log(folder: &Path) -> Result<String> {
    let text = fs::read_to_string(folder.join(AUDIT_LOG))?;
    // The API server may be writing the next line.
    let whole = text.rfind('\n').map_or(0, |end| end + 1);
    Ok(text[..whole].to_owned())
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn of_aws(call: &Value) -> Option<Call> {
    let words = ["service", "operation", "about"].map(|key| text(&call[key])).into();
    let succeeded = text(&call["status"]).starts_with('2');
    succeeded.then(|| Call { begun: text(&call["begun"]), ended: text(&call["ended"]), words })
}

/// Of a call that succeeded. Parts of an object are other things, but for the last word on a namespace.
fn of_cluster(event: &Value) -> Option<Call> {
    let object = &event["objectRef"];
    let is_whole = object["subresource"].is_null() || object["subresource"] == "finalize";
    let succeeded = event["responseStatus"]["code"].as_u64().is_some_and(|code| (200..300).contains(&code));
    if !is_whole || !succeeded {
        return None;
    }
    let dotted =
        |kind: String, group: String| if group.is_empty() { kind } else { format!("{kind}.{group}") };
    let kind = dotted(text(&object["resource"]), text(&object["apiGroup"]));
    let (namespace, name) = (text(&object["namespace"]), text(&object["name"]));
    // The namespace of a namespace is itself.
    let is_in_one = !namespace.is_empty() && kind != "namespaces";
    let place = if is_in_one { format!("{namespace}/{name}") } else { name };
    Some(Call {
        begun: text(&event["requestReceivedTimestamp"]),
        ended: text(&event["stageTimestamp"]),
        words: vec![text(&event["verb"]), kind, place, text(&event["user"]["username"])],
    })
}

fn is_like(words: &[String], pattern: &[&str]) -> bool {
    words.len() >= pattern.len() && words.iter().zip(pattern).all(|(word, pattern)| matches(word, pattern))
}

/// Whether a text is a pattern with `*` for any text.
fn matches(text: &str, pattern: &str) -> bool {
    let Some((start, rest)) = pattern.split_once('*') else { return text == pattern };
    let Some(after) = text.strip_prefix(start) else { return false };
    let mut ends = after.char_indices().map(|(at, _)| at).chain([after.len()]);
    ends.any(|at| matches(&after[at..], rest))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// A time of one minute.
    fn at(second: u32) -> String {
        format!("2026-11-30T02:00:{second:02}.000000Z")
    }

    /// A call of the cluster that came at one second and was answered at another.
    fn event(times: (u32, u32), verb: &str, object: &Value, code: u16) -> String {
        json!({
            "verb": verb, "objectRef": object, "responseStatus": { "code": code }, "user": { "username": "deployer" },
            "requestReceivedTimestamp": at(times.0), "stageTimestamp": at(times.1),
        })
        .to_string()
    }

    fn pool() -> Value {
        json!({ "apiGroup": "karpenter.sh", "resource": "nodepools", "name": "default" })
    }

    fn karpenter() -> Value {
        json!({ "apiGroup": "apps", "resource": "deployments", "namespace": "kube-system", "name": "karpenter" })
    }

    fn aws(times: (u32, u32), operation: &str, about: &str, status: &str) -> Value {
        json!({ "service": "ec2", "operation": operation, "about": about, "status": status, "begun": at(times.0), "ended": at(times.1) })
    }

    fn recorded(aws: &[Value], events: &[String]) -> Recorded {
        Recorded::of(aws, &events.join("\n")).unwrap()
    }

    const GONE_FIRST: (&str, &str) =
        ("gone nodepools.karpenter.sh *", "delete deployments.apps kube-system/karpenter");

    fn error(recorded: &Recorded, (first, then): (&str, &str)) -> String {
        recorded.expect_in_turn(first, then).unwrap_err().to_string()
    }

    #[test]
    fn an_object_is_gone_with_the_last_change_of_it() {
        let good = [
            event((1, 1), "delete", &pool(), 200),
            event((5, 6), "patch", &pool(), 200),
            // Who comes too late changes nothing.
            event((9, 9), "patch", &pool(), 404),
            event((7, 8), "delete", &karpenter(), 200),
        ];
        recorded(&[], &good).expect_in_turn(GONE_FIRST.0, GONE_FIRST.1).unwrap();
        let early = [&good[..3], &[event((5, 8), "delete", &karpenter(), 200)]].concat();
        let told = "`gone nodepools.karpenter.sh *` was not before `delete deployments.apps kube-system/karpenter`:\n\
                    2026-11-30T02:00:06.000000Z answered `patch nodepools.karpenter.sh default deployer`\n\
                    2026-11-30T02:00:05.000000Z came `delete deployments.apps kube-system/karpenter deployer`";
        assert_eq!(error(&recorded(&[], &early), GONE_FIRST), told);
    }

    #[test]
    fn what_was_never_deleted_is_not_gone() {
        let never = [event((1, 1), "patch", &pool(), 200), event((7, 8), "delete", &karpenter(), 200)];
        let told = "no call of `gone nodepools.karpenter.sh *` was recorded";
        assert_eq!(error(&recorded(&[], &never), GONE_FIRST), told);
        let refused = [event((1, 1), "delete", &pool(), 403), event((7, 8), "delete", &karpenter(), 200)];
        assert_eq!(error(&recorded(&[], &refused), GONE_FIRST), told);
        let without = [event((1, 1), "delete", &pool(), 200)];
        let told = "no call of `delete deployments.apps kube-system/karpenter` was recorded";
        assert_eq!(error(&recorded(&[], &without), GONE_FIRST), told);
    }

    #[test]
    fn a_namespace_is_gone_when_its_finalizer_is() {
        let namespace = json!({ "resource": "namespaces", "namespace": "keda", "name": "keda" });
        let mut finalized = namespace.clone();
        finalized["subresource"] = json!("finalize");
        let events = [
            event((1, 1), "delete", &namespace, 200),
            event((4, 4), "update", &finalized, 200),
            event((2, 3), "delete", &karpenter(), 200),
        ];
        let pair = ("gone namespaces keda", "delete deployments.apps kube-system/karpenter");
        assert!(error(&recorded(&[], &events), pair).starts_with("`gone namespaces keda` was not before"));
    }

    #[test]
    fn calls_of_aws_and_of_the_cluster_are_in_one_order() {
        let pair = ("ec2 TerminateInstances i-1", "delete deployments.apps kube-system/karpenter");
        let gone = event((5, 5), "delete", &karpenter(), 200);
        let ended = |times, status| aws(times, "TerminateInstances", "i-1", status);
        let check = |aws: &[Value]| recorded(aws, std::slice::from_ref(&gone)).expect_in_turn(pair.0, pair.1);
        check(&[ended((3, 4), "200")]).unwrap();
        // One that fails does not count, and of many the last does.
        check(&[ended((3, 4), "200"), ended((6, 7), "400")]).unwrap();
        let late = check(&[ended((3, 4), "200"), ended((6, 7), "200")]).unwrap_err().to_string();
        assert!(late.starts_with("`ec2 TerminateInstances i-1` was not before"), "{late}");
        let other = check(&[aws((1, 2), "TerminateInstances", "i-2", "200")]).unwrap_err().to_string();
        assert_eq!(other, "no call of `ec2 TerminateInstances i-1` was recorded");
    }

    #[test]
    fn what_came_before_counts_no_more() {
        let made = recorded(&[], &[event((1, 1), "delete", &karpenter(), 200)]);
        let events = [
            event((1, 1), "delete", &karpenter(), 200),
            event((2, 3), "delete", &pool(), 200),
            event((4, 5), "delete", &karpenter(), 200),
        ];
        recorded(&[], &events).since(&made).expect_in_turn(GONE_FIRST.0, GONE_FIRST.1).unwrap();
    }

    #[test]
    fn a_star_stands_for_any_text() {
        for (pattern, is) in [
            ("*", true),
            ("keda/*", true),
            ("*operator", true),
            ("keda/*-op*r", true),
            ("keda", false),
            ("*x", false),
        ] {
            assert_eq!(matches("keda/keda-operator", pattern), is, "{pattern}");
        }
    }
}
