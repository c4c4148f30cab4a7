//! Attributes that list what other resources manage one by one: rules, policies, routes.

use std::collections::BTreeSet;

use serde_json::Value as Json;

/// An attribute that lists what other resources manage one by one. An element is a text that says what it is.
pub(super) struct Elements {
    /// Those of the resource itself.
    pub(super) here: fn(&str, &Json) -> BTreeSet<String>,
    /// The types of the others.
    pub(super) others: &'static [&'static str],
    /// Those that another one manages in this resource.
    pub(super) there: fn(&str, &Json, &Json) -> Vec<String>,
}

impl Elements {
    /// Of an attribute of a type of resource, if it is such a list.
    pub(super) fn of(kind: &str, attribute: &str) -> Option<Self> {
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
            ("aws_lb_target_group", "load_balancer_arns") => Self {
                here: |attribute, group| texts(&group[attribute]),
                others: &["aws_lb_listener"],
                there: |_, listener, _| first(listener, &["load_balancer_arn"]).into_iter().collect(),
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
