//! One question and its answer.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::json;

use super::{Identity, Policy, Tags};

/// Condition keys and their values.
pub type Context = BTreeMap<String, Vec<String>>;

/// The region of what has none in its ARN.
const REGION: &str = "us-east-1";

/// Services that have a key of their own for the tags of a thing, beside `aws:ResourceTag`; that of Secrets Manager the evaluator cannot read, and nothing uses it.
const OWN_TAG_KEYS: [(&str, &str); 7] = [
    ("ec2", "ec2:ResourceTag/"),
    ("ecr", "ecr:ResourceTag/"),
    ("elasticloadbalancing", "elasticloadbalancing:ResourceTag/"),
    ("iam", "iam:ResourceTag/"),
    ("rds", "rds:db-tag/"),
    ("ssm", "ssm:resourceTag/"),
    ("autoscaling", "autoscaling:ResourceTag/"),
];

/// What an identity may do with one thing.
#[derive(Clone, Debug)]
pub struct Question {
    /// Who asks.
    pub who: Arc<Identity>,
    /// `service:Action`.
    pub action: String,
    /// An ARN, or `*` for an action that knows no resource.
    pub resource: String,
    /// The policy of the resource, if it has one.
    pub of_resource: Option<Arc<Policy>>,
    /// What is known beside. Keys of every request are added, those that AWS does not have for the action are left out by the evaluator.
    pub context: Context,
}

impl Question {
    /// A question without context.
    #[must_use]
    pub fn new(who: &Arc<Identity>, action: &str, resource: &str) -> Self {
        Self {
            who: Arc::clone(who),
            action: action.to_owned(),
            resource: resource.to_owned(),
            of_resource: None,
            context: Context::new(),
        }
    }

    /// With a key and its value.
    #[must_use]
    pub fn with(mut self, key: &str, value: &str) -> Self {
        self.context.entry(key.to_owned()).or_default().push(value.to_owned());
        self
    }

    /// With the tags that the thing has.
    #[must_use]
    pub fn of_tags(mut self, tags: &Tags) -> Self {
        let service = self.action.split(':').next().unwrap_or_default();
        let own = OWN_TAG_KEYS.iter().find(|(name, _)| *name == service).map(|(_, key)| *key);
        for (key, value) in tags {
            for start in own.into_iter().chain(["aws:ResourceTag/"]) {
                self.context.insert(format!("{start}{key}"), vec![value.clone()]);
            }
        }
        self
    }

    /// With tags that the request would set.
    #[must_use]
    pub fn tagging(mut self, tags: &Tags) -> Self {
        for (key, value) in tags {
            self.context.insert(format!("aws:RequestTag/{key}"), vec![value.clone()]);
        }
        if !tags.is_empty() {
            self.context.insert("aws:TagKeys".to_owned(), tags.keys().cloned().collect());
        }
        self
    }

    /// With the policy of the resource.
    #[must_use]
    pub fn by(mut self, policy: Option<&Arc<Policy>>) -> Self {
        self.of_resource = policy.cloned();
        self
    }

    /// The account of the resource: what names none is in the asker's own, unless the question says so.
    #[must_use]
    pub fn account(&self) -> &str {
        let said = self.context.get("aws:ResourceAccount").and_then(|values| values.first());
        let of_arn = self.resource.split(':').nth(4).filter(|part| part.len() == 12);
        said.map(String::as_str).or(of_arn).unwrap_or_else(|| self.who.account())
    }

    /// The policy of the resource. A key has one always; of those that nobody says it is the one that leaves everything to its account.
    #[must_use]
    pub fn policy_at(&self) -> Option<Arc<Policy>> {
        let is_key = self.action.starts_with("kms:") && self.resource.contains(":key/");
        self.of_resource.clone().or_else(|| is_key.then(|| of_key(self.account())))
    }

    /// All that is known, with the keys that every request has.
    #[must_use]
    pub fn whole_context(&self) -> Context {
        let region = self.resource.split(':').nth(3).filter(|part| !part.is_empty()).unwrap_or(REGION);
        let mut context = Context::new();
        let mut always = |key: &str, value: &str| context.insert(key.to_owned(), vec![value.to_owned()]);
        always("aws:RequestedRegion", region);
        always("aws:PrincipalArn", &self.who.arn);
        always("aws:PrincipalAccount", self.who.account());
        always("aws:ResourceAccount", self.account());
        always("aws:SecureTransport", "true");
        always("aws:PrincipalIsAWSService", "false");
        always("aws:ViaAWSService", "false");
        for (key, value) in &self.who.tags {
            context.insert(format!("aws:PrincipalTag/{key}"), vec![value.clone()]);
        }
        context.extend(self.context.clone());
        context
    }
}

fn of_key(account: &str) -> Arc<Policy> {
    let root = format!("arn:aws:iam::{account}:root");
    let allow = json!({ "Sid": "ByIam", "Effect": "Allow", "Principal": { "AWS": root }, "Action": "kms:*", "Resource": "*" });
    Policy::new("of the key", &json!({ "Version": "2012-10-17", "Statement": [allow] }))
}

/// What an evaluator decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Decision {
    /// Something allows it and nothing denies it.
    Allowed,
    /// Nothing allows it.
    NotAllowed,
    /// Something denies it.
    Denied,
    /// The evaluator does not know what it would have to know.
    Unknown,
}

impl Decision {
    /// Whether the call would be answered.
    #[must_use]
    pub fn is_allowed(self) -> bool {
        self == Self::Allowed
    }
}

/// A decision and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// What was decided.
    pub decision: Decision,
    /// `Sid`s of the statements that did.
    pub by: Vec<String>,
    /// Keys of the question that AWS does not have for the action.
    pub ignored: Vec<String>,
}

/// Whether a text is like a pattern with `*`.
pub(super) fn is_like(pattern: &str, text: &str) -> bool {
    let Some((start, rest)) = pattern.split_once('*') else { return pattern == text };
    let Some(after) = text.strip_prefix(start) else { return false };
    (0..=after.len()).any(|at| after.is_char_boundary(at) && is_like(rest, &after[at..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_have_stars_anywhere() {
        let like = |pattern: &str, texts: &[&str]| texts.iter().filter(|text| is_like(pattern, text)).count();
        assert_eq!(like("lambda:*", &["lambda:UpdateFunctionCode", "lambda:"]), 2);
        assert_eq!(like("*:role/*-apply", &["arn:aws:iam::1:role/a-apply"]), 1);
        assert_eq!(like("*", &["", "x"]), 2);
        assert_eq!(like("kms:Decrypt", &["kms:Decrypt*", "kms:DecryptX", "ms:Decrypt"]), 0);
        assert_eq!(like("a*b", &["a", "b", "ba", "abc"]), 0);
    }
}
