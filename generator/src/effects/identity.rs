//! What a platform is: its name, account and region; and where its states are.

use serde_json::Value;

use super::{Effect, effect, shown};
use crate::spec::Spec;

/// What is the identity of a platform is in the names of everything, and nothing moves from one account or region to another.
const MOVED: &str =
    "everything would be made anew under the new identity, and what is there would go on in no state";

pub(super) fn between(old: &Spec, new: &Spec) -> Vec<Effect> {
    let pairs = [
        ("name", &old.name, &new.name),
        ("aws.account", &old.aws.account, &new.aws.account),
        ("aws.region", &old.aws.region, &new.aws.region),
    ];
    let mut effects: Vec<Effect> =
        pairs.into_iter().filter_map(|(key, was, is)| moved(key, was, is)).collect();
    let (was, is) = (place(old), place(new));
    // With another name or region, states are elsewhere by default: that is told of what is the cause.
    if was != is && effects.is_empty() {
        effects.push(effect("state", "state", was, is).does(
            "the states stay where they are until `tfy-infra migrate` takes them to the new place; until then nothing is planned or applied",
            &[],
        ));
    }
    effects
}

/// What can be told of a tree whose spec this version cannot read any more: whether it is another platform.
pub(crate) fn of_unread(inputs: &Value, new: &Spec) -> Vec<Effect> {
    let pairs = [
        ("name", &inputs["name"], &new.name),
        ("aws.account", &inputs["aws"]["account"], &new.aws.account),
        ("aws.region", &inputs["aws"]["region"], &new.aws.region),
    ];
    pairs.into_iter().filter_map(|(key, was, is)| moved(key, was.as_str()?, is)).collect()
}

fn moved(key: &'static str, was: &str, is: &str) -> Option<Effect> {
    let name = key.rsplit('.').next().unwrap_or(key);
    (was != is).then(|| Effect { is_identity: true, ..effect(name, key, was, is).does(MOVED, &[]) })
}

/// Where states are, with every default.
fn place(spec: &Spec) -> String {
    match &spec.state {
        crate::spec::State::Local(_) => "local".to_owned(),
        crate::spec::State::S3(s3) => {
            let prefix = s3.key_prefix.as_ref().unwrap_or(&spec.name);
            let region = s3.region.as_ref().unwrap_or(&spec.aws.region);
            format!("s3://{}/{prefix} in {}", s3.bucket, shown(region))
        }
    }
}
