//! A cluster of our own making.

use ipnet::Ipv4Net;
use jiff::civil::Date;

use crate::plan::cidr;
use crate::plan::names::{self, Arn};
use crate::plan::network::Network;
use crate::plan::problem::Problems;
use crate::plan::regions::Region;
use crate::plan::support::instances::{self, Family, Of};
use crate::plan::support::{self, Lifetime, Standing};
use crate::spec::{ClusterCreate, IpFamily, Path, SystemNodes, patterns};

/// An EKS cluster to make.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCluster {
    /// The Kubernetes version.
    pub version: String,
    /// Public blocks that reach the API; empty for a private API.
    pub public_from: Vec<String>,
    /// Blocks and security groups that reach the API inside, beside the nodes.
    pub private_from: Vec<String>,
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
    /// The addresses of pods and services, as the module calls them.
    pub ip_family: &'static str,
}

/// Checks the cluster. What it needs of a network that could not be made out is not checked.
pub(super) fn cluster(
    problems: &mut Problems,
    create: &ClusterCreate,
    network: Option<&Network>,
    region: &Region,
    today: Date,
) -> NewCluster {
    let path = Path::new("cluster.create");
    let version = create.version.clone().unwrap_or_else(|| support::default_kubernetes(today));
    check_version(problems, &path.key("version"), &version, today);
    check_public(problems, &path.key("endpoint").key("public_from"), &create.endpoint.public_from);
    check_private(problems, &path.key("endpoint").key("private_from"), &create.endpoint.private_from);
    names::check_retention(problems, &path.key("log_retention_days"), create.log_retention_days);
    check_nodes(problems, &path.key("system_nodes"), &create.system_nodes);
    if let (IpFamily::Ipv6, Some(network)) = (create.ip_family, network) {
        check_ipv6(problems, &path.key("ip_family"), network);
    }
    NewCluster {
        version,
        public_from: create.endpoint.public_from.clone(),
        private_from: create.endpoint.private_from.clone(),
        admins: admins(problems, &path.key("admins"), &create.admins, region),
        log_retention_days: create.log_retention_days,
        instance_types: create.system_nodes.instance_types.clone(),
        min_nodes: create.system_nodes.min,
        max_nodes: create.system_nodes.max,
        ami: create.system_nodes.ami.name(),
        disk_gib: create.system_nodes.disk_gib,
        identity: create.identity.name(),
        ip_family: create.ip_family.name(),
    }
}

/// Whether an existing network has IPv6 is seen when it is planned.
fn check_ipv6(problems: &mut Problems, path: &Path, network: &Network) {
    if let Network::New(new) = network {
        problems.require(
            new.ipv6,
            path,
            "a cluster of `ip_family: ipv6` needs subnets with IPv6",
            "write `ipv6: true` in `network.create`",
        );
    }
    if network.has_pod_subnets() {
        let (key, to) = match network {
            Network::New(_) => ("network.create.pods_cidr", "write `pods_cidr: none` in `network.create`"),
            Network::Existing(_) => {
                ("network.existing.pod_subnets", "leave `pod_subnets` out of `network.existing`")
            }
        };
        problems
            .add(path, format!("`ip_family: ipv6` and `{key}` exclude each other"))
            .note("with IPv6, pods have addresses enough in the subnets of their nodes")
            .hint(to);
    }
}

fn check_public(problems: &mut Problems, path: &Path, blocks: &[String]) {
    for (i, block) in blocks.iter().enumerate() {
        check_public_block(problems, &path.index(i), block, &blocks[..i]);
    }
    problems.require(
        blocks.len() <= 40,
        path,
        format!("{} blocks are more than EKS takes", blocks.len()),
        "write at most 40",
    );
}

fn check_private(problems: &mut Problems, path: &Path, sources: &[String]) {
    for (i, text) in sources.iter().enumerate() {
        let at = path.index(i);
        let block = cidr::block(text);
        if !patterns::GROUP_ID.fits(text) && block.is_none() {
            problems
                .add(&at, format!("`{text}` is neither an IPv4 address block nor the ID of a security group"))
                .hint("write `10.8.0.0/16`, or `sg-` and 17 digits of `0-9a-f`");
        } else if let Some(block) = block {
            if block.prefix_len() < 8 {
                problems
                    .add(&at, format!("`{text}` is wider than a /8: no network inside is"))
                    .hint("list the blocks of your VPN and runners");
            } else if block.trunc() != block {
                problems
                    .add(&at, format!("`{text}` has address bits behind its prefix"))
                    .hint(format!("the block around it is `{}`", block.trunc()));
            }
        }
        if sources[..i].contains(text) {
            problems.add(&at, format!("`{text}` is listed twice")).hint("keep one of them");
        }
    }
}

fn check_version(problems: &mut Problems, path: &Path, version: &str, today: Date) {
    if !patterns::KUBERNETES.fits(version) {
        return problems
            .add(path, format!("`{version}` is not a Kubernetes version of EKS"))
            .hint("write major and minor in quotes, for example `\"1.35\"`");
    }
    let table = support::KUBERNETES.table();
    let named = |one: Option<&Lifetime>| one.map_or("1.35", |one| one.version.as_str()).to_owned();
    match table.standing(version, today) {
        Some(Standing::Over(ended)) => {
            let added = problems.add(path, format!("EKS no longer makes clusters of Kubernetes {version}"));
            match ended {
                Some(one) => added.note(format!("its extended support ended on {}", one.extended_until)),
                None => added.note("its extended support has ended"),
            }
            .hint(support::or_newer(table, today));
        }
        Some(Standing::Impossible) => problems
            .add(path, format!("there is no Kubernetes {version}"))
            .note(format!(
                "{} was the newest of EKS on {}, and three come out in a year",
                named(table.newest()),
                table.dated
            ))
            .hint(format!("write `\"{}\"`, or leave it out", support::default_kubernetes(today))),
        _ => {}
    }
}

fn check_public_block(problems: &mut Problems, path: &Path, text: &str, before: &[String]) {
    let Some(block) = cidr::block(text) else {
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
    if private.iter().any(|r| cidr::block(r).is_some_and(|r| cidr::overlap(r, block))) {
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
        names::check_iam_arn(problems, &at, arn, (&["role", "user"], &patterns::PRINCIPAL_ARN), region);
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
        check_family(problems, &at, name);
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

fn check_family(problems: &mut Problems, path: &Path, name: &str) {
    let family = name.split('.').next().unwrap_or_default();
    if let Family::None(near) = instances::family(family, Of::Machines) {
        let added =
            problems.add(path, format!("`{name}` is no EC2 instance type: there is no family `{family}`"));
        match near {
            Some(near) => added.hint(format!("did you mean `{}`?", name.replacen(family, near, 1))),
            None => added.hint("`aws ec2 describe-instance-types` lists what there is"),
        }
    }
}

/// Whether an instance type has an Arm processor; `None` when it is no instance type.
fn is_arm(name: &str) -> Option<bool> {
    let (family, _) = name.split_once('.').filter(|_| patterns::INSTANCE_TYPE.fits(name))?;
    Some(names::has_arm_processors(family))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arm_is_told_from_x86_and_from_gpus() {
        for (name, arm) in [
            ("m7i.large", false),
            ("m7g.large", true),
            ("c6gn.xlarge", true),
            ("g5.xlarge", false),
            ("t4g.medium", true),
            ("a1.large", true),
            ("u-6tb1.metal", false),
            ("p6e-gb200.36xlarge", true),
            ("p6-b200.48xlarge", false),
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
