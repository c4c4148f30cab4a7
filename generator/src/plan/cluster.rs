//! The cluster of the layout.

use ipnet::Ipv4Net;

use super::names::{self, Arn};
use super::problem::Problems;
use super::regions::Region;
use crate::spec::{ClusterChoice, Path, Spec, SystemNodes};

/// The oldest Kubernetes version that a new cluster may have: what EKS keeps in standard or extended support.
const OLDEST_MINOR: u32 = 31;

/// An EKS cluster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cluster {
    /// The Kubernetes version.
    pub version: String,
    /// Public blocks that reach the API; empty for a private API.
    pub public_from: Vec<String>,
    /// Administrators: a key that stays the same, and the ARN.
    pub admins: Vec<(String, String)>,
    /// For how many days the control plane's logs are kept.
    pub log_retention_days: u32,
    /// Instance types of the system nodes.
    pub instance_types: Vec<String>,
    /// The least number of system nodes.
    pub min_nodes: u32,
    /// The greatest number of system nodes.
    pub max_nodes: u32,
    /// Their operating system, as the module calls it.
    pub ami: &'static str,
    /// The size of their disks, in GiB.
    pub disk_gib: u32,
    /// How pods get roles, as the module calls it.
    pub identity: &'static str,
}

/// Checks the cluster.
pub(super) fn cluster(problems: &mut Problems, spec: &Spec, region: &Region) -> Cluster {
    let ClusterChoice::Create(create) = &spec.cluster;
    let path = Path::new("cluster.create");
    check_version(problems, &path.key("version"), &create.version);
    let from = path.key("endpoint").key("public_from");
    for (i, block) in create.endpoint.public_from.iter().enumerate() {
        check_public_block(problems, &from.index(i), block, &create.endpoint.public_from[..i]);
    }
    problems.require(
        create.endpoint.public_from.len() <= 40,
        &from,
        format!("{} blocks are more than EKS takes", create.endpoint.public_from.len()),
        "write at most 40",
    );
    names::check_retention(problems, &path.key("log_retention_days"), create.log_retention_days);
    check_nodes(problems, &path.key("system_nodes"), &create.system_nodes);
    Cluster {
        version: create.version.clone(),
        public_from: create.endpoint.public_from.clone(),
        admins: admins(problems, &path.key("admins"), &create.admins, region),
        log_retention_days: create.log_retention_days,
        instance_types: create.system_nodes.instance_types.clone(),
        min_nodes: create.system_nodes.min,
        max_nodes: create.system_nodes.max,
        ami: create.system_nodes.ami.name(),
        disk_gib: create.system_nodes.disk_gib,
        identity: create.identity.name(),
    }
}

fn check_version(problems: &mut Problems, path: &Path, version: &str) {
    let minor = version.strip_prefix("1.").and_then(|m| m.parse::<u32>().ok());
    match minor {
        None => problems
            .add(path, format!("`{version}` is not a Kubernetes version of EKS"))
            .hint("write major and minor in quotes, for example `\"1.33\"`"),
        Some(minor) if minor < OLDEST_MINOR => problems
            .add(path, format!("EKS no longer makes clusters of Kubernetes {version}"))
            .hint(format!("write `\"1.{OLDEST_MINOR}\"` or newer")),
        Some(_) => {}
    }
}

fn check_public_block(problems: &mut Problems, path: &Path, text: &str, before: &[String]) {
    let Ok(block) = text.parse::<Ipv4Net>() else {
        return problems
            .add(path, format!("`{text}` is not an IPv4 address block"))
            .hint("write it as `203.0.113.0/24`, a single address as `203.0.113.7/32`");
    };
    if block.prefix_len() < 8 {
        return problems
            .add(path, format!("`{text}` opens the Kubernetes API to {} of the internet", share(block)))
            .note("the API would be found and attacked within minutes")
            .hint("list the addresses of your office or VPN, or leave `endpoint` out for a private API");
    }
    if block.trunc() != block {
        let added = problems.add(path, format!("`{text}` has address bits behind its prefix"));
        return added.hint(format!("the block around it is `{}`", block.trunc()));
    }
    let private =
        ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16"];
    if private.iter().any(|r| r.parse::<Ipv4Net>().is_ok_and(|r| super::cidr::overlap(r, block))) {
        return problems
            .add(path, format!("`{text}` is not public: no packet from the internet comes from there"))
            .hint("inside the VPC the API is reached without it; list public addresses only");
    }
    if before.contains(&text.to_owned()) {
        problems.add(path, format!("`{text}` is listed twice")).hint("keep one of them");
    }
}

fn share(block: Ipv4Net) -> String {
    match block.prefix_len() {
        0 => "all".to_owned(),
        n => format!("1/{}", 1_u32 << n),
    }
}

/// Every administrator under the last part of its ARN; a second one of the same name gets its account, then a number,
/// so that adding one never renames another.
fn admins(problems: &mut Problems, path: &Path, arns: &[String], region: &Region) -> Vec<(String, String)> {
    let mut admins: Vec<(String, String)> = Vec::new();
    for (i, arn) in arns.iter().enumerate() {
        let at = path.index(i);
        names::check_iam_arn(problems, &at, arn, &["role", "user"], region);
        if arns[..i].contains(arn) {
            problems.add(&at, format!("`{arn}` is listed twice")).hint("keep one of them");
        }
        let Some(parsed) = Arn::parse(arn) else { continue };
        let short = parsed.last_segment().to_owned();
        let taken = |key: &String| admins.iter().any(|(k, _)| k == key);
        let key = [short.clone(), format!("{short}-{}", parsed.account)]
            .into_iter()
            .chain((2..).map(|n| format!("{short}-{}-{n}", parsed.account)))
            .find(|key| !taken(key));
        admins.extend(key.map(|key| (key, arn.clone())));
    }
    admins
}

fn check_nodes(problems: &mut Problems, path: &Path, nodes: &SystemNodes) {
    let types = path.key("instance_types");
    problems.require(
        !nodes.instance_types.is_empty(),
        &types,
        "`instance_types` lists no instance type",
        "write for example `[m7i.large, m6i.large]`",
    );
    let mut first_is_arm = None;
    for (i, name) in nodes.instance_types.iter().enumerate() {
        let at = types.index(i);
        let Some(arm) = is_arm(name) else {
            problems
                .add(&at, format!("`{name}` is not an EC2 instance type"))
                .hint("write for example `m7i.large`");
            continue;
        };
        problems.require(
            !nodes.instance_types[..i].contains(name),
            &at,
            format!("`{name}` is listed twice"),
            "keep one of them",
        );
        if *first_is_arm.get_or_insert(arm) != arm {
            problems
                .add(&at, format!("`{name}` has another processor architecture than the types before it"))
                .note("one node group has one image, and an image one architecture")
                .hint("list either x86 types (`m7i.large`) or Graviton types (`m7g.large`)");
        }
    }
    problems.require(
        nodes.min < nodes.max,
        &path.key("max"),
        format!("`max` is {}, not more than `min`, which is {}", nodes.max, nodes.min),
        "let `max` be above `min`: a rolling update adds a node before it drains one",
    );
}

/// Whether an instance type has a Graviton processor; `None` when it is no instance type. Graviton families have a
/// `g` right after the generation: `m7g`, `c6gn`, `t4g`; `a1` was the first.
fn is_arm(name: &str) -> Option<bool> {
    let (family, size) = name.split_once('.')?;
    let clean = |s: &str| {
        !s.is_empty() && s.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
    };
    if !clean(family) || !clean(size) || !family.starts_with(|c: char| c.is_ascii_lowercase()) {
        return None;
    }
    let generation = family.find(|c: char| c.is_ascii_digit())?;
    let after = family[generation..].trim_start_matches(|c: char| c.is_ascii_digit());
    Some(after.starts_with('g') || family == "a1")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn graviton_is_told_from_x86_and_from_gpus() {
        for (name, arm) in [
            ("m7i.large", false),
            ("m7g.large", true),
            ("c6gn.xlarge", true),
            ("g5.xlarge", false),
            ("t4g.medium", true),
            ("a1.large", true),
            ("u-6tb1.metal", false),
        ] {
            assert_eq!(is_arm(name), Some(arm), "{name}");
        }
        for bad in ["large", "m7i", "M7i.large", ".large", "m7i.", "7i.large"] {
            assert_eq!(is_arm(bad), None, "{bad}");
        }
    }

    #[test]
    fn administrators_of_one_name_keep_their_keys_when_another_is_added() {
        let region = Region::find("us-east-1").unwrap();
        let arns = [
            "arn:aws:iam::111111111111:role/admin",
            "arn:aws:iam::222222222222:role/admin",
            "arn:aws:iam::222222222222:role/team/admin",
        ]
        .map(str::to_owned);
        let mut problems = Problems::default();
        let all = admins(&mut problems, &Path::default(), &arns, region);
        let keys: Vec<&str> = all.iter().map(|(k, _)| k.as_str()).collect();
        assert_eq!(keys, ["admin", "admin-222222222222", "admin-222222222222-2"]);
        assert_eq!(admins(&mut problems, &Path::default(), &arns[..2], region), all[..2]);
        assert_eq!(problems.0, []);
    }
}
