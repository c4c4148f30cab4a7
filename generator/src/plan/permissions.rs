//! What whoever applies the tree must be allowed in AWS.

use std::collections::BTreeSet;

use super::{Cluster, Network, Platform};

/// IAM actions that applying the tree calls.
#[must_use]
pub fn needed(platform: &Platform) -> BTreeSet<String> {
    let mut actions = vec!["iam:CreateRole", "iam:PassRole", "s3:CreateBucket", "kms:CreateKey"];
    if let Network::New(_) = platform.network {
        actions.extend(["ec2:CreateVpc", "ec2:CreateSubnet", "ec2:AllocateAddress", "ec2:CreateNatGateway"]);
    }
    if let Cluster::New(_) = platform.cluster {
        actions.extend(["eks:CreateCluster", "eks:CreateNodegroup", "eks:CreateAddon"]);
    }
    if platform.database.is_some() {
        actions.push("rds:CreateDBInstance");
    }
    actions.into_iter().map(str::to_owned).collect()
}
