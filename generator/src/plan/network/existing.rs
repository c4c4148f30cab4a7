//! A VPC that somebody else made. Whether it is there, and fit, is what the module `existing-network` sees when it is planned.

use ipnet::Ipv4Net;

use crate::plan::problem::Problems;
use crate::spec::{NetworkExisting, Path, patterns};

/// A VPC that is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExistingNetwork {
    /// Its ID.
    pub vpc: String,
    /// Subnets for nodes.
    pub private_subnets: Vec<String>,
    /// Subnets for public load balancers.
    pub public_subnets: Vec<String>,
    /// Subnets for databases; empty for the private ones.
    pub database_subnets: Vec<String>,
    /// Subnets for the control plane's interfaces; empty for the private ones.
    pub intra_subnets: Vec<String>,
    /// Subnets for pods; empty when they have none of their own.
    pub pod_subnets: Vec<String>,
    /// Whether missing tags are set.
    pub set_tags: bool,
    /// Whether private subnets must have a default route.
    pub needs_internet: bool,
    /// Whether there must be an S3 gateway endpoint.
    pub needs_s3_endpoint: bool,
    /// How many addresses must be free in each private subnet.
    pub min_free_addresses: u32,
    /// Blocks of the company's own network.
    pub reserved_cidrs: Vec<Ipv4Net>,
}

/// Checks the shape of the IDs.
pub(super) fn network(problems: &mut Problems, existing: &NetworkExisting) -> ExistingNetwork {
    let path = Path::new("network.existing");
    let vpc = &existing.vpc;
    problems.require(
        patterns::VPC_ID.fits(vpc),
        &path.key("vpc"),
        format!("`{vpc}` is not the ID of a VPC"),
        "write it as `vpc-` and 17 digits of `0-9a-f`; `aws ec2 describe-vpcs` lists them",
    );
    let mut kind = |key: &str, ids: &[String], least: usize| {
        let at = path.key(key);
        check_subnets(problems, &at, ids);
        if ids.len() < least {
            problems
                .add(&at, format!("`{key}` names {} of the at least 2 subnets that it must have", ids.len()))
                .note("they are in two zones or more, so that losing one leaves the other")
                .hint(format!("list one subnet of each zone in `{key}`"));
        }
        sorted(ids)
    };
    let optional = |ids: &[String]| if ids.is_empty() { 0 } else { 2 };
    let private_subnets = kind("private_subnets", &existing.private_subnets, 2);
    let public_subnets = kind("public_subnets", &existing.public_subnets, 0);
    let database_subnets =
        kind("database_subnets", &existing.database_subnets, optional(&existing.database_subnets));
    let intra_subnets = kind("intra_subnets", &existing.intra_subnets, optional(&existing.intra_subnets));
    let pod_subnets = kind("pod_subnets", &existing.pod_subnets, 0);
    check_roles(problems, &path, existing);
    ExistingNetwork {
        vpc: vpc.clone(),
        private_subnets,
        public_subnets,
        database_subnets,
        intra_subnets,
        pod_subnets,
        set_tags: existing.set_tags,
        needs_internet: existing.needs_internet,
        needs_s3_endpoint: existing.needs_s3_endpoint,
        min_free_addresses: existing.min_free_addresses,
        reserved_cidrs: super::reserved(problems, &path.key("reserved_cidrs"), &existing.reserved_cidrs),
    }
}

/// The order in the file means nothing, and must not change what is generated.
fn sorted(ids: &[String]) -> Vec<String> {
    let mut ids = ids.to_vec();
    ids.sort();
    ids
}

fn check_subnets(problems: &mut Problems, path: &Path, ids: &[String]) {
    for (i, id) in ids.iter().enumerate() {
        problems.require(
            patterns::SUBNET_ID.fits(id),
            &path.index(i),
            format!("`{id}` is not the ID of a subnet"),
            "write it as `subnet-` and 17 digits of `0-9a-f`; `aws ec2 describe-subnets` lists them",
        );
        problems.require(
            !ids[..i].contains(id),
            &path.index(i),
            format!("the subnet `{id}` is listed twice"),
            "keep one of them",
        );
    }
}

/// A subnet leads to the internet by its own gateway or it does not.
fn check_roles(problems: &mut Problems, path: &Path, existing: &NetworkExisting) {
    for (i, id) in existing.public_subnets.iter().enumerate() {
        let inside = [
            ("private_subnets", &existing.private_subnets),
            ("database_subnets", &existing.database_subnets),
            ("intra_subnets", &existing.intra_subnets),
            ("pod_subnets", &existing.pod_subnets),
        ];
        for (kind, _) in inside.iter().filter(|(_, ids)| ids.contains(id)) {
            problems
                .add(&path.key("public_subnets").index(i), format!("the subnet `{id}` is in `{kind}` too"))
                .note("a public subnet has a route to an internet gateway, the others must not have one")
                .hint("keep it in one of them");
        }
    }
}
