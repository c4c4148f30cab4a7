//! Target groups and their targets.

use std::collections::BTreeSet;
use std::net::IpAddr;

use anyhow::{Context as _, Result};

use super::super::aws::{Aws, Parameters, if_there, texts};
use super::super::hands::Hands;
use super::endpoints::Endpoint;

/// What the controller asks of a target group.
pub(super) struct TargetGroup {
    pub(super) arn: String,
    pub(super) vpc: String,
    pub(super) kind: String,
    pub(super) family: String,
}

/// A target group by its ARN or its name; none where there is none.
pub(super) fn find(aws: &Aws, key: &str, value: &str) -> Result<Option<TargetGroup>> {
    let parameters = [(format!("{key}.member.1"), value.to_owned())];
    let Some(answer) = if_there(aws.elb("DescribeTargetGroups", &parameters))? else { return Ok(None) };
    let of = |tag: &str| texts(&answer, tag).first().map(|it| (*it).to_owned());
    let found = || {
        Some(TargetGroup {
            arn: of("TargetGroupArn")?,
            vpc: of("VpcId")?,
            kind: of("TargetType")?,
            family: of("IpAddressType").unwrap_or_else(|| "ipv4".to_owned()),
        })
    };
    Ok(Some(found().context("DescribeTargetGroups told no target group")?))
}

/// The targets of a group; none where the group is not there.
pub(super) fn targets(aws: &Aws, arn: &str) -> Result<Option<BTreeSet<Endpoint>>> {
    let parameters = [("TargetGroupArn".to_owned(), arn.to_owned())];
    let Some(answer) = if_there(aws.elb("DescribeTargetHealth", &parameters))? else { return Ok(None) };
    Ok(Some(
        texts(&answer, "Target")
            .into_iter()
            .filter_map(|it| {
                let of = |tag: &str| texts(it, tag).first().copied();
                Some((of("Id")?.to_owned(), of("Port")?.parse().ok()?))
            })
            .collect(),
    ))
}

/// Makes the targets of a group what is wanted: what is gone goes first. Whether anything was to do.
pub(super) fn settle(hands: &Hands, group: &TargetGroup, wanted: &BTreeSet<Endpoint>) -> Result<bool> {
    let Some(aws) = hands.reading_aws() else { return Ok(false) };
    let there = targets(aws, &group.arn)?.unwrap_or_default();
    let gone: Vec<&Endpoint> = there.difference(wanted).collect();
    let new: Vec<&Endpoint> = wanted.difference(&there).collect();
    deregister(hands, &group.arn, &gone)?;
    if !new.is_empty()
        && let Some(aws) = hands.aws()
    {
        let ranges = ranges(aws, &group.vpc)?;
        let mut parameters = of_targets(&group.arn, &new);
        for (number, (address, _)) in (1..).zip(&new) {
            if !ranges.iter().any(|range| is_in(address, range)) {
                parameters.push((format!("Targets.member.{number}.AvailabilityZone"), "all".to_owned()));
            }
        }
        aws.elb("RegisterTargets", &parameters)?;
    }
    Ok(!gone.is_empty() || !new.is_empty())
}

/// Takes targets out of a group; a group that is not there has none.
pub(super) fn deregister(hands: &Hands, arn: &str, gone: &[&Endpoint]) -> Result<()> {
    if gone.is_empty() {
        return Ok(());
    }
    let Some(aws) = hands.aws() else { return Ok(()) };
    if_there(aws.elb("DeregisterTargets", &of_targets(arn, gone))).map(drop)
}

fn of_targets(arn: &str, targets: &[&Endpoint]) -> Parameters {
    let mut parameters = vec![("TargetGroupArn".to_owned(), arn.to_owned())];
    for (number, (address, port)) in (1..).zip(targets) {
        parameters.push((format!("Targets.member.{number}.Id"), address.clone()));
        parameters.push((format!("Targets.member.{number}.Port"), port.to_string()));
    }
    parameters
}

/// The ranges of a VPC: the controller compares with them, where ELB compares with subnets.
fn ranges(aws: &Aws, vpc: &str) -> Result<Vec<String>> {
    let answer = aws.ec2("DescribeVpcs", &[("VpcId.1".to_owned(), vpc.to_owned())])?;
    let of = |tag: &str| texts(&answer, tag).into_iter().map(str::to_owned).collect::<Vec<_>>();
    Ok([of("cidrBlock"), of("ipv6CidrBlock")].concat())
}

fn is_in(address: &str, range: &str) -> bool {
    let Some((network, length)) = range.split_once('/') else { return false };
    let (Ok(address), Ok(network)) = (address.parse(), network.parse()) else { return false };
    let Ok(length) = length.parse::<u32>() else { return false };
    match (address, network) {
        (IpAddr::V4(address), IpAddr::V4(network)) => {
            (address.to_bits() ^ network.to_bits()).leading_zeros() >= length.min(32)
        }
        (IpAddr::V6(address), IpAddr::V6(network)) => {
            (address.to_bits() ^ network.to_bits()).leading_zeros() >= length.min(128)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_in_a_range_of_its_family() {
        assert!(is_in("10.0.255.1", "10.0.0.0/16") && is_in("2001:db8::7", "2001:db8::/56"));
        for (address, range) in [
            ("10.1.0.1", "10.0.0.0/16"),
            ("2001:db9::7", "2001:db8::/56"),
            ("10.0.0.1", "::/0"),
            ("x", "10.0.0.0/8"),
        ] {
            assert!(!is_in(address, range), "{address} in {range}");
        }
    }
}
