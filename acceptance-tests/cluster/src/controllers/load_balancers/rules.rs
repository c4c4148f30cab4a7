//! Rules on the security group of the cluster's nodes: those that bindings ask for, which all of them share.

use std::collections::BTreeSet;

use anyhow::{Result, bail};
use serde_json::Value;

use super::super::aws::{Aws, Parameters, filter, texts};
use super::super::hands::Hands;
use super::super::object::{is_deleted, items, text};

/// By which the controller knows its rules: their description.
const LABEL: &str = "elbv2.k8s.aws/targetGroupBinding=shared";

/// Protocol, first and last port, and the peer: a range or a security group.
type Rule = (String, String, String, String);

/// Makes the rules those that the bindings ask for: new ones first, then those that nobody asks for any more go.
pub(super) fn step(hands: &Hands, bindings: &[Value]) -> Result<()> {
    let wanted: BTreeSet<Rule> = bindings.iter().filter(|it| !is_deleted(it)).flat_map(asked).collect();
    let Some(aws) = hands.reading_aws() else { return Ok(()) };
    let groups = groups_of_nodes(aws, &hands.cluster_name)?;
    let [group] = groups.as_slice() else {
        if wanted.is_empty() {
            return Ok(());
        }
        bail!(
            "expected exactly one security group with the tag kubernetes.io/cluster/{}, got {groups:?}: no rule is made",
            hands.cluster_name
        );
    };
    let there = rules_of(aws, group)?;
    for rule in wanted.iter().filter(|rule| !there.iter().any(|(_, is)| is == *rule)) {
        if let Some(aws) = hands.aws() {
            aws.ec2("AuthorizeSecurityGroupIngress", &permission(group, rule))?;
            hands.say(&format!("security group {group}: rule {rule:?}"));
        }
    }
    for (id, rule) in there.iter().filter(|(_, rule)| !wanted.contains(rule)) {
        if let Some(aws) = hands.aws() {
            let parameters =
                [("GroupId".to_owned(), group.clone()), ("SecurityGroupRuleId.1".to_owned(), id.clone())];
            aws.ec2("RevokeSecurityGroupIngress", &parameters)?;
            hands.say(&format!("security group {group}: rule {rule:?} is gone"));
        }
    }
    Ok(())
}

/// What one binding asks for.
fn asked(binding: &Value) -> Vec<Rule> {
    let mut rules = Vec::new();
    for ingress in items(&binding["spec"]["networking"]["ingress"]) {
        for from in items(&ingress["from"]) {
            let peer =
                from["ipBlock"]["cidr"].as_str().unwrap_or_else(|| text(&from["securityGroup"]["groupID"]));
            for port in items(&ingress["ports"]) {
                let protocol = port["protocol"].as_str().unwrap_or("TCP").to_lowercase();
                let (first, last) = match port["port"].as_u64() {
                    Some(number) => (number.to_string(), number.to_string()),
                    // None is all of them.
                    None => ("0".to_owned(), "65535".to_owned()),
                };
                rules.push((protocol, first, last, peer.to_owned()));
            }
        }
    }
    rules
}

fn groups_of_nodes(aws: &Aws, cluster: &str) -> Result<Vec<String>> {
    let tag = format!("kubernetes.io/cluster/{cluster}");
    let answer = aws.ec2("DescribeSecurityGroups", &filter(1, "tag-key", &tag))?;
    let ids: BTreeSet<&str> = texts(&answer, "securityGroupInfo")
        .into_iter()
        .flat_map(|it| texts(it, "groupName").into_iter().zip(texts(it, "groupId")))
        .map(|(_, id)| id)
        .collect();
    Ok(ids.into_iter().map(str::to_owned).collect())
}

/// Those of the controller's, with their ids.
fn rules_of(aws: &Aws, group: &str) -> Result<Vec<(String, Rule)>> {
    let answer = aws.ec2("DescribeSecurityGroupRules", &filter(1, "group-id", group))?;
    Ok(answer
        .split("<item>")
        .filter_map(|it| {
            let of = |tag: &str| texts(it, tag).first().copied();
            let is_ours = of("description")? == LABEL && of("isEgress")? == "false";
            let referred = || texts(of("referencedGroupInfo")?, "groupId").first().copied();
            let peer = of("cidrIpv4").or_else(|| of("cidrIpv6")).or_else(referred)?;
            let rule = (of("ipProtocol")?, of("fromPort")?, of("toPort")?, peer);
            let rule = (rule.0.to_owned(), rule.1.to_owned(), rule.2.to_owned(), rule.3.to_owned());
            is_ours.then_some((of("securityGroupRuleId")?.to_owned(), rule))
        })
        .collect())
}

fn permission(group: &str, (protocol, first, last, peer): &Rule) -> Parameters {
    let (list, key) = match peer {
        peer if peer.starts_with("sg-") => ("Groups", "GroupId"),
        peer if peer.contains(':') => ("Ipv6Ranges", "CidrIpv6"),
        _ => ("IpRanges", "CidrIp"),
    };
    let of = |key: &str, value: &str| (format!("IpPermissions.1.{key}"), value.to_owned());
    vec![
        ("GroupId".to_owned(), group.to_owned()),
        of("IpProtocol", protocol),
        of("FromPort", first),
        of("ToPort", last),
        of(&format!("{list}.1.{key}"), peer),
        of(&format!("{list}.1.Description"), LABEL),
    ]
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_binding_without_networking_asks_for_nothing() {
        let mut binding = json!({ "spec": { "serviceRef": { "name": "gateway", "port": 443 } } });
        assert_eq!(asked(&binding), []);
        binding["spec"]["networking"] = json!({ "ingress": [{
            "from": [{ "securityGroup": { "groupID": "sg-1" } }, { "ipBlock": { "cidr": "10.0.0.0/16" } }],
            "ports": [{ "port": 8443, "protocol": "TCP" }, { "protocol": "UDP" }],
        }] });
        let rule = |protocol: &str, first: &str, last: &str, peer: &str| {
            (protocol.to_owned(), first.to_owned(), last.to_owned(), peer.to_owned())
        };
        let expected = [
            rule("tcp", "8443", "8443", "sg-1"),
            rule("udp", "0", "65535", "sg-1"),
            rule("tcp", "8443", "8443", "10.0.0.0/16"),
            rule("udp", "0", "65535", "10.0.0.0/16"),
        ];
        assert_eq!(asked(&binding), expected);
    }
}
