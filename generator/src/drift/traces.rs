//! What Terraform's own work leaves in resources that it made earlier.
//!
//! A bucket is made, then its policy; the next look at the bucket shows the policy in it, and Terraform calls that a change outside of it. So
//! it is after every first apply, in nearly every layer. What a resource shows of another one that is managed, in whichever layer, is told by
//! that other one when it changes. What it shows that nobody manages is drift, and the kind that no plan shows: a rule in a security group, a
//! policy attached to a role.

mod elements;

use std::collections::BTreeSet;

use serde_json::Value as Json;

use crate::difference::is_same;
use elements::Elements;

/// A resource of some layer.
#[derive(Debug, Clone)]
pub(super) struct Managed {
    pub(super) kind: String,
    pub(super) values: Json,
}

/// All that is managed.
pub(super) struct Traces {
    managed: Vec<Managed>,
    /// Layers that could not be looked at, so that nobody knows what they manage.
    dark: Vec<String>,
}

/// Whose doing a difference is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Of this resource alone.
    Own,
    /// Of another one that is managed, or of time.
    Trace,
    /// Of nobody who is managed: of each element its path, and whether it was and is there.
    Foreign(Vec<(String, bool, bool)>),
    /// Perhaps of this layer, which could not be looked at.
    CannotTell(String),
}

/// Attributes that move by themselves: type and attribute.
const MOVING: [(&str, &str); 6] = [
    ("aws_db_instance", "latest_restorable_time"),
    ("aws_efs_file_system", "size_in_bytes"),
    ("aws_eks_cluster", "platform_version"),
    ("aws_eks_addon", "modified_at"),
    ("aws_eks_access_entry", "modified_at"),
    ("aws_eks_access_policy_association", "modified_at"),
];

/// Attributes that are another resource's as a whole.
struct Mirror {
    kind: &'static str,
    attributes: &'static [&'static str],
    other: &'static str,
    /// The attribute of the other one that names this one, and the attributes of this one by which it may be named.
    key: (&'static str, &'static [&'static str]),
}

const BUCKET: (&str, &[&str]) = ("bucket", &["bucket", "id"]);

const MIRRORS: [Mirror; 12] = [
    mirror("aws_s3_bucket", &["policy"], "aws_s3_bucket_policy", BUCKET),
    mirror("aws_s3_bucket", &["versioning"], "aws_s3_bucket_versioning", BUCKET),
    mirror(
        "aws_s3_bucket",
        &["server_side_encryption_configuration"],
        "aws_s3_bucket_server_side_encryption_configuration",
        BUCKET,
    ),
    mirror("aws_s3_bucket", &["lifecycle_rule"], "aws_s3_bucket_lifecycle_configuration", BUCKET),
    mirror("aws_s3_bucket", &["logging"], "aws_s3_bucket_logging", BUCKET),
    mirror("aws_s3_bucket", &["cors_rule"], "aws_s3_bucket_cors_configuration", BUCKET),
    mirror("aws_sqs_queue", &["policy"], "aws_sqs_queue_policy", ("queue_url", &["url", "id"])),
    mirror(
        "aws_efs_file_system",
        &["number_of_mount_targets"],
        "aws_efs_mount_target",
        ("file_system_id", &["id"]),
    ),
    mirror(
        "aws_eip",
        &["association_id", "network_interface", "private_dns", "private_ip"],
        "aws_nat_gateway",
        ("allocation_id", &["allocation_id", "id"]),
    ),
    mirror(
        "aws_acm_certificate",
        &["status", "not_after", "not_before", "type", "renewal_eligibility", "pending_renewal"],
        "aws_acm_certificate_validation",
        ("certificate_arn", &["arn"]),
    ),
    mirror(
        "aws_iam_policy",
        &["attachment_count"],
        "aws_iam_role_policy_attachment",
        ("policy_arn", &["arn"]),
    ),
    mirror("aws_vpc_endpoint", &["policy"], "aws_vpc_endpoint_policy", ("vpc_endpoint_id", &["id"])),
];

const fn mirror(
    kind: &'static str,
    attributes: &'static [&'static str],
    other: &'static str,
    key: (&'static str, &'static [&'static str]),
) -> Mirror {
    Mirror { kind, attributes, other, key }
}

impl Traces {
    pub(super) fn new(managed: Vec<Managed>, dark: Vec<String>) -> Self {
        Self { managed, dark }
    }

    /// Whose doing it is that an attribute of a resource is another.
    pub(super) fn judge(&self, kind: &str, attribute: &str, was: &Json, is: &Json) -> Verdict {
        if MOVING.contains(&(kind, attribute)) || is_bookkeeping(kind, attribute, was, is) {
            return Verdict::Trace;
        }
        if let Some(elements) = Elements::of(kind, attribute) {
            return self.of_elements(&elements, attribute, was, is);
        }
        let mirror =
            MIRRORS.iter().find(|mirror| mirror.kind == kind && mirror.attributes.contains(&attribute));
        let Some(mirror) = mirror else { return Verdict::Own };
        let others = self.others(mirror, is);
        let is_theirs = match attribute {
            "attachment_count" | "number_of_mount_targets" => is[attribute].as_u64() == Some(others as u64),
            // What becomes of a certificate later, revoked or expired, is not the validation's.
            "status" => is[attribute] == "ISSUED",
            _ => true,
        };
        if others > 0 && is_theirs { Verdict::Trace } else { self.perhaps(Verdict::Own) }
    }

    /// How many of the others are managed that name this one.
    fn others(&self, mirror: &Mirror, this: &Json) -> usize {
        let (by, names) = mirror.key;
        let names: BTreeSet<&str> = names.iter().filter_map(|name| this[*name].as_str()).collect();
        let is_it = |other: &&Managed| {
            other.kind == mirror.other && other.values[by].as_str().is_some_and(|name| names.contains(name))
        };
        self.managed.iter().filter(is_it).count()
    }

    /// Nobody who is known did it: a verdict that only holds when every layer is known.
    fn perhaps(&self, verdict: Verdict) -> Verdict {
        match self.dark.first() {
            Some(layer) => Verdict::CannotTell(layer.clone()),
            None => verdict,
        }
    }

    fn of_elements(&self, elements: &Elements, attribute: &str, was: &Json, is: &Json) -> Verdict {
        let before = (elements.here)(attribute, was);
        let after = (elements.here)(attribute, is);
        let others = self.managed.iter().filter(|other| elements.others.contains(&other.kind.as_str()));
        let known: BTreeSet<String> =
            others.flat_map(|other| (elements.there)(attribute, &other.values, is)).collect();
        let foreign: Vec<_> = before
            .symmetric_difference(&after)
            .filter(|element| !known.contains(*element))
            .map(|element| {
                let path = format!("{attribute}[{}]", Json::from(element.as_str()));
                (path, before.contains(element), after.contains(element))
            })
            .collect();
        if !foreign.is_empty() {
            return self.perhaps(Verdict::Foreign(foreign));
        }
        // The same elements, with something else about them: of those that manage them, if all of them are managed.
        let is_all_known = after.iter().all(|element| known.contains(element));
        if before == after && !is_all_known { self.perhaps(Verdict::Own) } else { Verdict::Trace }
    }
}

/// What Kubernetes counts for itself in every object.
fn is_bookkeeping(kind: &str, attribute: &str, was: &Json, is: &Json) -> bool {
    if !kind.starts_with("kubernetes_") || attribute != "metadata" {
        return false;
    }
    let without = |side: &Json| {
        let mut metadata = side[attribute].clone();
        let all = match &mut metadata {
            Json::Array(elements) => elements.iter_mut().collect::<Vec<_>>(),
            other => vec![other],
        };
        for one in all.into_iter().filter_map(Json::as_object_mut) {
            one.retain(|key, _| {
                !matches!(key.as_str(), "resource_version" | "generation" | "managed_fields")
            });
        }
        metadata
    };
    is_same(&without(was), &without(is))
}

#[cfg(test)]
mod tests;
