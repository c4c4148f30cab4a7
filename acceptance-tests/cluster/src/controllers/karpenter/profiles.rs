//! The instance profile of a node class that has a role: as long as the one is there, the other cannot be deleted.

use anyhow::Result;
use serde_json::Value;

use super::super::aws::{if_there, texts};
use super::super::hands::Hands;
use super::super::object::{self, text};

/// Its name, which is none's other.
fn name(hands: &Hands, class: &Value) -> String {
    format!("{}_{}", hands.cluster_name, text(&class["metadata"]["uid"]))
}

/// The instance profile of a node class, made where there is none; none when it cannot be, for its role is not there.
pub(super) fn ensure(hands: &Hands, class: &Value) -> Result<Option<String>> {
    if let Some(given) = class["spec"]["instanceProfile"].as_str() {
        return Ok(Some(given.to_owned()));
    }
    let name = name(hands, class);
    let Some(aws) = hands.reading_aws() else { return Ok(Some(name)) };
    let role = text(&class["spec"]["role"]);
    if if_there(aws.iam("GetRole", &[("RoleName", role)]))?.is_none() {
        return Ok(None);
    }
    let profile = [("InstanceProfileName", name.as_str())];
    let found = if_there(aws.iam("GetInstanceProfile", &profile))?;
    let has_role = found.as_ref().is_some_and(|found| texts(found, "RoleName").contains(&role));
    if !has_role && let Some(aws) = hands.aws() {
        if found.is_none() {
            let owned = format!("kubernetes.io/cluster/{}", hands.cluster_name);
            let tags = [
                ("Tags.member.1.Key", owned.as_str()),
                ("Tags.member.1.Value", "owned"),
                ("Tags.member.2.Key", "karpenter.k8s.aws/ec2nodeclass"),
                ("Tags.member.2.Value", object::name(class)),
                ("Tags.member.3.Key", "eks:eks-cluster-name"),
                ("Tags.member.3.Value", &hands.cluster_name),
                ("Tags.member.4.Key", "topology.kubernetes.io/region"),
                ("Tags.member.4.Value", &hands.region),
            ];
            aws.iam("CreateInstanceProfile", &[profile.as_slice(), &tags].concat())?;
        }
        aws.iam("AddRoleToInstanceProfile", &[profile[0], ("RoleName", role)])?;
    }
    Ok(Some(name))
}

/// Removes what [`ensure`] made.
pub(super) fn remove(hands: &Hands, class: &Value) -> Result<()> {
    let name = name(hands, class);
    let (None, Some(aws)) = (class["spec"]["instanceProfile"].as_str(), hands.aws()) else { return Ok(()) };
    let profile = [("InstanceProfileName", name.as_str())];
    let Some(found) = if_there(aws.iam("GetInstanceProfile", &profile))? else { return Ok(()) };
    for role in texts(&found, "RoleName") {
        aws.iam("RemoveRoleFromInstanceProfile", &[profile[0], ("RoleName", role)])?;
    }
    aws.iam("DeleteInstanceProfile", &profile).map(drop)
}
