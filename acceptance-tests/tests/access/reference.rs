//! The service authorization reference, as the local AWS keeps it.

use acceptance_tests::repository;
use anyhow::{Context as _, Result, ensure};
use fs_err as fs;
use serde_json::Value;

const FILE: &str = "acceptance-tests/aws/local_aws/access/reference.json";

/// All services.
pub(crate) struct Reference(Value);

impl Reference {
    pub(crate) fn read() -> Result<Self> {
        let told: Value = serde_json::from_str(&fs::read_to_string(repository::root().join(FILE))?)?;
        Ok(Self(told["services"].clone()))
    }

    /// Whether an action changes nothing: its level of access is to list or to read.
    pub(crate) fn reads(&self, action: &str) -> Result<bool> {
        let (service, name) = self.found(action)?;
        let reads = service["reads"].as_array().with_context(|| format!("no `reads` of `{action}`"))?;
        Ok(reads.iter().any(|read| read == name))
    }

    /// What an action can be asked on that a pattern in a statement covers; `*` for one that knows no resource.
    pub(crate) fn resources(&self, action: &str, pattern: &str) -> Result<Vec<String>> {
        let kinds = self.kinds(action)?;
        if kinds.is_empty() {
            return Ok(vec!["*".to_owned()]);
        }
        let one = filled(pattern);
        if kinds.iter().any(|arn| is_of(arn, &one)) {
            return Ok(vec![one]);
        }
        Ok(kinds.iter().map(|arn| sample(arn)).filter(|arn| is_like(pattern, arn)).collect())
    }

    /// Whether an action is asked on such a thing.
    pub(crate) fn is_asked_on(&self, action: &str, arn: &str) -> bool {
        self.kinds(action).is_ok_and(|kinds| kinds.iter().any(|kind| is_of(kind, arn)))
    }

    /// ARNs of the kinds of resource that an action knows, with variables.
    fn kinds(&self, action: &str) -> Result<Vec<&str>> {
        let (service, name) = self.found(action)?;
        let kinds = service["actions"][name].as_object().into_iter().flatten();
        Ok(kinds.filter_map(|(kind, _)| service["resources"][kind]["arn"].as_str()).collect())
    }

    fn found<'a>(&self, action: &'a str) -> Result<(&Value, &'a str)> {
        let (service, name) = action.split_once(':').with_context(|| format!("`{action}` is no action"))?;
        let service = &self.0[service];
        ensure!(service["actions"][name].is_object(), "the reference does not have `{action}`");
        Ok((service, name))
    }
}

/// `arn:${Partition}:s3:::${BucketName}` with what `put` gives for each variable.
fn replaced(arn: &str, put: impl Fn(&str) -> &'static str) -> String {
    let mut made = String::new();
    let mut rest = arn;
    while let Some((before, after)) = rest.split_once("${") {
        let (name, after) = after.split_once('}').unwrap_or((after, ""));
        made.push_str(before);
        made.push_str(put(name));
        rest = after;
    }
    made + rest
}

/// Whether an ARN is of a kind. That of a bucket has no path.
fn is_of(kind: &str, arn: &str) -> bool {
    let pattern = starred(kind);
    is_like(&pattern, arn) && !(pattern.ends_with(":s3:::*") && arn.contains('/'))
}

fn starred(arn: &str) -> String {
    replaced(arn, |_| "*")
}

fn sample(arn: &str) -> String {
    let made = replaced(arn, |name| match name {
        "Partition" => "aws",
        "Region" => "us-east-1",
        "Account" => "123456789012",
        _ => "x",
    });
    filled(&made)
}

/// A text that a pattern covers.
pub(crate) fn filled(pattern: &str) -> String {
    if pattern == "*" { pattern.to_owned() } else { pattern.replace(['*', '?'], "x") }
}

/// Whether a text is like a pattern with `*`.
pub(crate) fn is_like(pattern: &str, text: &str) -> bool {
    let Some((start, rest)) = pattern.split_once('*') else { return pattern == text };
    let Some(after) = text.strip_prefix(start) else { return false };
    (0..=after.len()).any(|at| after.is_char_boundary(at) && is_like(rest, &after[at..]))
}
