//! What Terraform's own work leaves in resources that it made earlier.
//!
//! A bucket is made, then its policy; the next look at the bucket shows the policy in it, and Terraform calls that a change outside of it. So
//! it is after every first apply, in nearly every layer. What a resource shows of another one that is managed, in whichever layer, is told by
//! that other one when it changes. What it shows that nobody manages is drift, and the kind that no plan shows: a rule in a security group, a
//! policy attached to a role.

use std::collections::BTreeSet;

use serde_json::Value as Json;

use super::difference::is_same;

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

const MIRRORS: [Mirror; 14] = [
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
    mirror("aws_s3_bucket", &["grant", "acl"], "aws_s3_bucket_ownership_controls", BUCKET),
    mirror("aws_sqs_queue", &["policy"], "aws_sqs_queue_policy", ("queue_url", &["url", "id"])),
    mirror(
        "aws_efs_file_system",
        &["number_of_mount_targets", "availability_zone_id", "availability_zone_name"],
        "aws_efs_mount_target",
        ("file_system_id", &["id"]),
    ),
    mirror(
        "aws_eip",
        &[
            "association_id",
            "instance",
            "network_interface",
            "private_dns",
            "private_ip",
            "domain",
            "public_dns",
        ],
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
    mirror("aws_lb_target_group", &["load_balancer_arns"], "aws_lb_listener", ("", &[])),
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
        let is_count = matches!(attribute, "attachment_count" | "number_of_mount_targets");
        let is_theirs = !is_count || is[attribute].as_u64() == Some(others as u64);
        if others > 0 && is_theirs { Verdict::Trace } else { self.perhaps(Verdict::Own) }
    }

    /// How many of the others are managed that name this one.
    fn others(&self, mirror: &Mirror, this: &Json) -> usize {
        let (by, names) = mirror.key;
        let names: BTreeSet<&str> = names.iter().filter_map(|name| this[*name].as_str()).collect();
        let is_it = |other: &&Managed| {
            other.kind == mirror.other
                && (by.is_empty() || other.values[by].as_str().is_some_and(|name| names.contains(name)))
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

/// An attribute that lists what other resources manage one by one. An element is a text that says what it is.
struct Elements {
    /// Those of the resource itself.
    here: fn(&str, &Json) -> BTreeSet<String>,
    /// The types of the others.
    others: &'static [&'static str],
    /// Those that another one manages in this resource.
    there: fn(&str, &Json, &Json) -> Vec<String>,
}

impl Elements {
    fn of(kind: &str, attribute: &str) -> Option<Self> {
        Some(match (kind, attribute) {
            ("aws_security_group", "ingress" | "egress") => Self {
                here: rules,
                others: &[
                    "aws_vpc_security_group_ingress_rule",
                    "aws_vpc_security_group_egress_rule",
                    "aws_security_group_rule",
                ],
                there: rule,
            },
            ("aws_iam_role", "managed_policy_arns") => Self {
                here: |attribute, role| texts(&role[attribute]),
                others: &["aws_iam_role_policy_attachment"],
                there: |_, attachment, role| of_role(attachment, role, "policy_arn"),
            },
            ("aws_iam_role", "inline_policy") => Self {
                here: |attribute, role| named(&role[attribute], &["name"]),
                others: &["aws_iam_role_policy"],
                there: |_, policy, role| of_role(policy, role, "name"),
            },
            ("aws_route_table", "route") => Self {
                here: |attribute, table| {
                    named(&table[attribute], &["cidr_block", "ipv6_cidr_block", "destination_prefix_list_id"])
                },
                others: &["aws_route"],
                there: |_, route, table| {
                    let keys = [
                        "destination_cidr_block",
                        "destination_ipv6_cidr_block",
                        "destination_prefix_list_id",
                    ];
                    if route["route_table_id"] == table["id"] {
                        first(route, &keys).into_iter().collect()
                    } else {
                        Vec::new()
                    }
                },
            },
            _ => return None,
        })
    }
}

fn of_role(other: &Json, role: &Json, key: &str) -> Vec<String> {
    let is_of_role = [&role["name"], &role["id"]].contains(&&other["role"]);
    if is_of_role { first(other, &[key]).into_iter().collect() } else { Vec::new() }
}

fn texts(list: &Json) -> BTreeSet<String> {
    list.as_array().into_iter().flatten().filter_map(|text| text.as_str().map(str::to_owned)).collect()
}

fn named(list: &Json, keys: &[&str]) -> BTreeSet<String> {
    list.as_array().into_iter().flatten().filter_map(|one| first(one, keys)).collect()
}

/// The first of these attributes that says something.
fn first(of: &Json, keys: &[&str]) -> Option<String> {
    let texts = keys.iter().filter_map(|key| of[*key].as_str());
    texts.filter(|text| !text.is_empty()).map(str::to_owned).next()
}

/// The rules of a security group, one for each source. Those of the load balancer controller are its own.
fn rules(attribute: &str, group: &Json) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    for rule in group[attribute].as_array().into_iter().flatten() {
        if rule["description"].as_str().is_some_and(|text| text.starts_with("elbv2.k8s.aws/")) {
            continue;
        }
        let ports = ports(&rule["protocol"], &rule["from_port"], &rule["to_port"]);
        let lists = ["cidr_blocks", "ipv6_cidr_blocks", "prefix_list_ids", "security_groups"];
        let mut sources: BTreeSet<String> = lists.iter().flat_map(|list| texts(&rule[*list])).collect();
        if rule["self"] == true {
            sources.extend(group["id"].as_str().map(str::to_owned));
        }
        all.extend(sources.iter().map(|source| element(attribute, &ports, source)));
    }
    all
}

/// The rules that another resource makes in a security group.
fn rule(attribute: &str, rule: &Json, group: &Json) -> Vec<String> {
    if rule["security_group_id"] != group["id"] {
        return Vec::new();
    }
    let protocol = if rule["ip_protocol"].is_null() { &rule["protocol"] } else { &rule["ip_protocol"] };
    let ports = ports(protocol, &rule["from_port"], &rule["to_port"]);
    let single = [
        "cidr_ipv4",
        "cidr_ipv6",
        "prefix_list_id",
        "referenced_security_group_id",
        "source_security_group_id",
    ];
    let mut sources: Vec<String> = single.iter().filter_map(|key| first(rule, &[key])).collect();
    let lists = ["cidr_blocks", "ipv6_cidr_blocks", "prefix_list_ids"];
    sources.extend(lists.iter().flat_map(|list| texts(&rule[*list])));
    if rule["self"] == true {
        sources.extend(group["id"].as_str().map(str::to_owned));
    }
    sources.iter().map(|source| element(attribute, &ports, source)).collect()
}

fn element(attribute: &str, ports: &str, source: &str) -> String {
    let way = if attribute == "egress" { "to" } else { "from" };
    // A group of another account is named with it.
    format!(
        "{ports} {way} {}",
        source.rsplit_once("/sg-").map_or(source.to_owned(), |(_, id)| format!("sg-{id}"))
    )
}

/// `tcp 443`, `udp 1000-2000`, `all`.
fn ports(protocol: &Json, from: &Json, to: &Json) -> String {
    let protocol = protocol.as_str().unwrap_or("-1");
    match (protocol, from.as_i64(), to.as_i64()) {
        ("-1" | "all", ..) => "all".to_owned(),
        (protocol, Some(from), Some(to)) if from != to => format!("{protocol} {from}-{to}"),
        (protocol, Some(port), _) => format!("{protocol} {port}"),
        (protocol, ..) => protocol.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn managed(kind: &str, values: Json) -> Managed {
        Managed { kind: kind.to_owned(), values }
    }

    fn traces(managed: Vec<Managed>) -> Traces {
        Traces::new(managed, Vec::new())
    }

    fn group(rules: &Json) -> Json {
        json!({ "id": "sg-1", "ingress": rules })
    }

    fn https(source: &str) -> Json {
        json!({ "protocol": "tcp", "from_port": 443, "to_port": 443, "cidr_blocks": [source], "self": false })
    }

    #[test]
    fn a_rule_that_another_resource_makes_is_its_own() {
        let rule = json!({ "security_group_id": "sg-1", "ip_protocol": "tcp", "from_port": 443, "to_port": 443,
            "cidr_ipv4": "10.0.0.0/8" });
        let known = traces(vec![managed("aws_vpc_security_group_ingress_rule", rule)]);
        let (before, after) = (group(&json!([])), group(&json!([https("10.0.0.0/8")])));
        assert_eq!(known.judge("aws_security_group", "ingress", &before, &after), Verdict::Trace);
        assert_eq!(known.judge("aws_security_group", "ingress", &after, &before), Verdict::Trace);
    }

    #[test]
    fn a_rule_that_nobody_makes_is_named() {
        let (before, after) = (group(&json!([])), group(&json!([https("0.0.0.0/0")])));
        let path = "ingress[\"tcp 443 from 0.0.0.0/0\"]".to_owned();
        assert_eq!(
            traces(Vec::new()).judge("aws_security_group", "ingress", &before, &after),
            Verdict::Foreign(vec![(path.clone(), false, true)])
        );
        assert_eq!(
            traces(Vec::new()).judge("aws_security_group", "ingress", &after, &before),
            Verdict::Foreign(vec![(path, true, false)])
        );
        let unknown = Traces::new(Vec::new(), vec!["identity".to_owned()]);
        assert_eq!(
            unknown.judge("aws_security_group", "ingress", &before, &after),
            Verdict::CannotTell("identity".to_owned())
        );
    }

    #[test]
    fn rules_are_known_in_every_form() {
        let all = json!([
            { "protocol": "-1", "from_port": 0, "to_port": 0, "self": true },
            { "protocol": "udp", "from_port": 1, "to_port": 9, "security_groups": ["sg-2"], "ipv6_cidr_blocks": ["::/0"] },
            { "protocol": "tcp", "from_port": 80, "to_port": 80, "cidr_blocks": ["0.0.0.0/0"],
              "description": "elbv2.k8s.aws/targetGroupBinding=shared" },
        ]);
        let others = vec![
            managed(
                "aws_vpc_security_group_ingress_rule",
                json!({ "security_group_id": "sg-1", "ip_protocol": "-1", "referenced_security_group_id": "sg-1" }),
            ),
            managed(
                "aws_security_group_rule",
                json!({ "security_group_id": "sg-1", "protocol": "udp", "from_port": 1, "to_port": 9,
                    "source_security_group_id": "210987654321/sg-2", "ipv6_cidr_blocks": ["::/0"] }),
            ),
        ];
        let verdict = traces(others).judge("aws_security_group", "ingress", &group(&json!([])), &group(&all));
        assert_eq!(verdict, Verdict::Trace);
    }

    #[test]
    fn a_policy_that_somebody_attached_is_named() {
        let role = |arns: Json| json!({ "id": "r", "name": "r", "managed_policy_arns": arns });
        let known = traces(vec![managed(
            "aws_iam_role_policy_attachment",
            json!({ "role": "r", "policy_arn": "arn:aws:iam::aws:policy/Ours" }),
        )]);
        let judge =
            |arns: Json| known.judge("aws_iam_role", "managed_policy_arns", &role(json!([])), &role(arns));
        assert_eq!(judge(json!(["arn:aws:iam::aws:policy/Ours"])), Verdict::Trace);
        let path = "managed_policy_arns[\"arn:aws:iam::aws:policy/AdministratorAccess\"]".to_owned();
        assert_eq!(
            judge(json!(["arn:aws:iam::aws:policy/AdministratorAccess", "arn:aws:iam::aws:policy/Ours"])),
            Verdict::Foreign(vec![(path, false, true)])
        );
    }

    #[test]
    fn what_a_bucket_shows_of_its_policy_is_the_policys() {
        let bucket = |policy: &str| json!({ "id": "b", "bucket": "b", "policy": policy });
        let of = |bucket: &str| traces(vec![managed("aws_s3_bucket_policy", json!({ "bucket": bucket }))]);
        assert_eq!(of("b").judge("aws_s3_bucket", "policy", &bucket(""), &bucket("{}")), Verdict::Trace);
        assert_eq!(of("c").judge("aws_s3_bucket", "policy", &bucket(""), &bucket("{}")), Verdict::Own);
        assert_eq!(of("b").judge("aws_s3_bucket", "tags", &bucket(""), &bucket("{}")), Verdict::Own);
    }

    #[test]
    fn one_attachment_more_than_are_managed_is_none_of_ours() {
        let policy = |count: u64| json!({ "arn": "arn:p", "attachment_count": count });
        let known = traces(vec![managed("aws_iam_role_policy_attachment", json!({ "policy_arn": "arn:p" }))]);
        let judge = |count| known.judge("aws_iam_policy", "attachment_count", &policy(0), &policy(count));
        assert_eq!((judge(1), judge(2)), (Verdict::Trace, Verdict::Own));
    }

    #[test]
    fn what_moves_by_itself_is_no_drift() {
        let any = json!({});
        let known = traces(Vec::new());
        assert_eq!(known.judge("aws_db_instance", "latest_restorable_time", &any, &any), Verdict::Trace);
        let object = |version: &str, label: &str| json!({ "metadata": [{ "resource_version": version, "labels": { "a": label } }] });
        let judge = |label| {
            known.judge("kubernetes_namespace_v1", "metadata", &object("1", "x"), &object("2", label))
        };
        assert_eq!((judge("x"), judge("y")), (Verdict::Trace, Verdict::Own));
    }
}
