//! Which blocks of addresses a VPC may have.

use ipnet::Ipv4Net;

use crate::plan::cidr;
use crate::plan::problem::Problems;
use crate::spec::{Path, PodsCidr};
use crate::suggest::all_of;

/// A private range, and what AWS associates with no VPC whose first block is of it: the table of association restrictions in the VPC user
/// guide ("VPC CIDR blocks").
struct Range {
    block: &'static str,
    never_beside: &'static [&'static str],
}

/// The private ranges of RFC 1918, and the shared range of RFC 6598.
const RANGES: [Range; 4] = [
    Range { block: "10.0.0.0/8", never_beside: &["172.16.0.0/12", "192.168.0.0/16", BENCHMARKS] },
    Range {
        block: "172.16.0.0/12",
        never_beside: &["10.0.0.0/8", "192.168.0.0/16", "172.31.0.0/16", BENCHMARKS],
    },
    Range { block: "192.168.0.0/16", never_beside: &["10.0.0.0/8", "172.16.0.0/12", BENCHMARKS] },
    Range {
        block: "100.64.0.0/10",
        never_beside: &["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", BENCHMARKS],
    },
];

/// Half of what RFC 2544 keeps for benchmarks. AWS's services use it.
const BENCHMARKS: &str = "198.19.0.0/16";

/// A block that AWS advises against: SageMaker, Cloud9 and whatever runs Docker have it for themselves.
pub(in crate::plan) const DOCKER: &str = "172.17.0.0/16";

fn within(block: Ipv4Net, range: &str) -> bool {
    cidr::block(range).is_some_and(|range| range.contains(&block))
}

fn range_of(block: Ipv4Net) -> Option<&'static Range> {
    const { &RANGES }.iter().find(|range| within(block, range.block))
}

/// What AWS restricts beside a first block, and the second one is of.
fn restricted(first: Ipv4Net, second: Ipv4Net) -> Option<&'static str> {
    // One block of 10.0.0.0/15 keeps 10.0.0.0/16 from the others.
    let low = "10.0.0.0/16";
    if within(first, "10.0.0.0/15") && within(second, low) {
        return Some(low);
    }
    range_of(first)?.never_beside.iter().copied().find(|range| within(second, range))
}

/// Parses a block of the right size, on its own boundary.
fn sized(problems: &mut Problems, path: &Path, text: &str) -> Option<Ipv4Net> {
    let Some(net) = cidr::block(text) else {
        problems
            .add(path, format!("`{text}` is not an IPv4 address block"))
            .hint("write it as `10.20.0.0/16`, without leading zeros");
        return None;
    };
    let prefix = net.prefix_len();
    if prefix > *cidr::PREFIXES.end() {
        problems
            .add(
                path,
                format!("`{text}` is too small: a /{prefix} holds {} addresses", 1_u64 << (32 - prefix)),
            )
            .note("six zones, each with four subnets and room to grow, need at least a /20")
            .hint("take a block between /16 and /20");
        return None;
    }
    if prefix < *cidr::PREFIXES.start() {
        let added = problems.add(path, format!("`{text}` is too large: AWS allows at most a /16 in a VPC"));
        added.hint("take a block between /16 and /20");
        return None;
    }
    if net.trunc() != net {
        let added = problems.add(path, format!("`{text}` does not start at the boundary of a /{prefix}"));
        added.hint(format!("the block around it is `{}`", net.trunc()));
        return None;
    }
    Some(net)
}

fn private(problems: &mut Problems, path: &Path, net: Ipv4Net) -> Option<Ipv4Net> {
    if range_of(net).is_none() {
        let added = problems.add(path, format!("`{net}` is not in a private range"));
        added.hint("take it from `10.0.0.0/8`, `172.16.0.0/12`, `192.168.0.0/16` or `100.64.0.0/10`");
        return None;
    }
    Some(net)
}

/// The VPC's first block.
pub(super) fn vpc(problems: &mut Problems, path: &Path, text: &str) -> Option<Ipv4Net> {
    let net = sized(problems, path, text)?;
    private(problems, path, net)
}

/// The block for pods. `None` after a problem, `Some(None)` when pods have no block of their own.
pub(super) fn pods(
    problems: &mut Problems,
    path: &Path,
    pods: &PodsCidr,
    vpc: Option<Ipv4Net>,
) -> Option<Option<Ipv4Net>> {
    let PodsCidr::Block(text) = pods else { return Some(None) };
    let pods = sized(problems, path, text)?;
    let Some(vpc) = vpc else { return private(problems, path, pods).map(Some) };
    if cidr::overlap(vpc, pods) {
        let clashes = |text: &str| cidr::block(text).is_some_and(|block| cidr::overlap(vpc, block));
        let free = if clashes("100.64.0.0/16") { "100.96.0.0/16" } else { "100.64.0.0/16" };
        problems.add(path, format!("the block for pods `{pods}` overlaps the VPC's block `{vpc}`")).hint(
            format!(
                "write `pods_cidr: {free}` in `network.create`, or another block outside of `cidr`, or `none`"
            ),
        );
        return None;
    }
    if let (Some(range), Some(found)) = (range_of(vpc), restricted(vpc, pods)) {
        let note = if found == "10.0.0.0/16" {
            "a VPC with a block of `10.0.0.0/15` takes none of `10.0.0.0/16` beside it".to_owned()
        } else {
            format!("beside a block of `{}` AWS takes none of {}", range.block, all_of(range.never_beside))
        };
        problems
            .add(path, format!("AWS does not let a VPC in `{}` take `{pods}` as a second block", range.block))
            .note(note)
            .hint("write `pods_cidr: 100.64.0.0/16` in `network.create`");
        return None;
    }
    private(problems, path, pods).map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn net(text: &str) -> Ipv4Net {
        cidr::block(text).unwrap()
    }

    #[test]
    fn what_aws_restricts_beside_a_first_block() {
        for (first, second, found) in [
            ("10.20.0.0/16", "10.30.0.0/16", None),
            ("10.20.0.0/16", "10.0.0.0/16", None),
            ("10.1.0.0/16", "10.0.0.0/16", Some("10.0.0.0/16")),
            ("10.0.0.0/17", "10.0.128.0/17", Some("10.0.0.0/16")),
            ("10.0.0.0/16", "10.1.0.0/16", None),
            ("10.20.0.0/16", "172.17.0.0/16", Some("172.16.0.0/12")),
            ("10.20.0.0/16", "192.168.0.0/16", Some("192.168.0.0/16")),
            ("10.20.0.0/16", "198.19.0.0/16", Some("198.19.0.0/16")),
            ("172.17.0.0/16", "172.18.0.0/16", None),
            ("172.17.0.0/16", "172.31.0.0/16", Some("172.31.0.0/16")),
            ("172.31.0.0/16", "172.17.0.0/16", None),
            ("172.17.0.0/16", "198.19.0.0/17", Some("198.19.0.0/16")),
            ("172.17.0.0/16", "100.64.0.0/16", None),
            ("192.168.0.0/20", "10.0.0.0/16", Some("10.0.0.0/8")),
            ("192.168.0.0/20", "192.168.16.0/20", None),
            ("100.64.0.0/16", "10.20.0.0/16", Some("10.0.0.0/8")),
            ("100.64.0.0/16", "198.19.0.0/16", Some("198.19.0.0/16")),
            ("100.64.0.0/16", "100.96.0.0/16", None),
        ] {
            assert_eq!(restricted(net(first), net(second)), found, "{second} beside {first}");
        }
    }

    #[test]
    fn leading_zeros_are_no_block() {
        for text in
            ["010.0.0.0/16", "10.0.0.00/16", "10.0.0.0/016", "10.0.0.0/+16", "10.0.0/16", "256.0.0.0/16"]
        {
            assert_eq!(cidr::block(text), None, "{text}");
        }
        assert_eq!(cidr::any_block("2001:db8::/032"), None);
        assert_eq!(
            cidr::any_block("2001:db8::/32").map(|block| block.to_string()),
            Some("2001:db8::/32".to_owned())
        );
    }
}
