//! What a search knows: identities and things as they are, and as they become by what is done to them.

use std::sync::Arc;

use serde_json::json;

use super::{Account, Identity, Policy, Tags, Thing, Things};

/// A step of a way, and the steps that it needs.
#[derive(Clone, Debug)]
pub(super) struct Step {
    pub(super) text: String,
    pub(super) after: Vec<usize>,
}

/// An identity as it is, or as it became by a step.
#[derive(Clone, Debug)]
pub(super) struct Form {
    pub(super) identity: Arc<Identity>,
    pub(super) step: Option<usize>,
}

/// A thing as it is, or as it became by a step.
#[derive(Clone, Debug)]
pub(super) struct ThingForm {
    pub(super) thing: Thing,
    /// What whoever wants may do with it since its policy was written anew; of a key with a grant, to use it.
    pub(super) open: Option<&'static [&'static str]>,
    pub(super) step: Option<usize>,
}

impl ThingForm {
    /// The policy that it then has.
    pub(super) fn policy(&self, who: &Identity) -> Option<Arc<Policy>> {
        self.open.map(|actions| {
            let allow = json!({
                "Sid": "Opened",
                "Effect": "Allow",
                "Principal": { "AWS": who.caller() },
                "Action": actions,
                "Resource": "*",
            });
            Policy::new("opened", &json!({ "Version": "2012-10-17", "Statement": [allow] }))
        })
    }
}

/// What is looked at: who and what there is, and what whoever looks for a way may choose.
#[derive(Clone, Debug)]
pub struct World<'a> {
    /// Who there is.
    pub account: &'a Account,
    /// What there is.
    pub things: &'a Things,
    /// Tags that a request may set: those of the platform's layers, with which one brings things into reach.
    pub tags: Vec<Tags>,
    /// What a name made up begins with.
    pub name: String,
    /// The region of what is made.
    pub region: String,
}

impl World<'_> {
    /// An ARN with `{region}`, `{account}` and `{name}` filled in.
    pub(super) fn arn(&self, template: &str) -> String {
        let made = template.replace("{region}", &self.region).replace("{account}", &self.account.number);
        made.replace("{name}", &format!("{}-new", self.name))
    }

    /// ARNs of the clusters of ours.
    pub(super) fn clusters(&self) -> Vec<&str> {
        let ours =
            self.things.iter().filter(|thing| thing.kind == "cluster" && self.tags.contains(&thing.tags));
        ours.map(|thing| thing.arn.as_str()).collect()
    }

    /// No tags, and each of those that a request may set.
    pub(super) fn choices(&self) -> impl Iterator<Item = Tags> + '_ {
        [Tags::new()].into_iter().chain(self.tags.iter().cloned())
    }
}

/// How a policy that allows everything is called where one gives it.
pub(super) const GIVEN: &str = "given";

/// Everything is allowed.
pub(super) fn everything(name: &str) -> Arc<Policy> {
    let allow = json!({ "Sid": "Everything", "Effect": "Allow", "Action": "*", "Resource": "*" });
    Policy::new(name, &json!({ "Version": "2012-10-17", "Statement": [allow] }))
}

/// That caller may take the role. A session by name is not held by the boundary of its role.
pub(super) fn trusting(who: &Identity) -> Arc<Policy> {
    let allow = json!({ "Sid": "Trusted", "Effect": "Allow", "Action": "sts:AssumeRole", "Principal": { "AWS": who.caller() } });
    Policy::new("written anew", &json!({ "Version": "2012-10-17", "Statement": [allow] }))
}
