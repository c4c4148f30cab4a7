//! Who enters a cluster that nobody is listed for: whoever applies it first, if that is wanted, by flag, by the variable or by an answer.

use super::commands::Failed;
use super::in_cluster::CLUSTER;

/// What the layer `cluster` takes the answer from.
pub(super) const VARIABLE: &str = "TF_VAR_caller_is_admin";

/// Who runs this, as far as it is known.
#[derive(Debug, Clone, Default)]
pub struct Caller {
    /// Whether whoever runs this is to be an administrator of a cluster that is made.
    pub is_admin: bool,
    /// The ARN by which AWS knows whoever runs this; `None` where AWS was not asked.
    pub arn: Option<String>,
}

impl Caller {
    /// Who it is, in a sentence.
    fn named(&self) -> String {
        match self.arn.as_deref() {
            Some(arn) if arn.contains(":assumed-role/") => format!("the role of `{arn}`"),
            Some(arn) => format!("`{arn}`"),
            None => "the identity of the AWS credentials".to_owned(),
        }
    }

    /// What is asked where somebody can answer.
    pub(super) fn question(&self) -> String {
        format!(
            "`cluster.create.admins` of platform.yaml lists nobody. Make {} an administrator of the new cluster? Only `yes` is taken as yes: ",
            self.named()
        )
    }

    /// Why no cluster is planned.
    pub(super) fn refused(&self) -> Failed {
        Failed::one(
            "nobody could enter the cluster that would be made",
            &format!(
                "EKS gives whoever makes a cluster no rights in it, and `cluster.create.admins` of platform.yaml lists nobody. List roles there and \
                 generate, or give `--caller-is-admin`: then {} becomes an administrator, and stays one.",
                self.named()
            ),
        )
    }
}

/// Whether the state of the layer `cluster` has what was decided once, or a cluster.
pub(super) fn is_decided(addresses: &[String]) -> bool {
    addresses
        .iter()
        .any(|one| one == "terraform_data.deployer" || one == "module.cluster.aws_eks_cluster.this")
}

/// Whether the question concerns a layer.
pub(super) fn concerns(layer: &str) -> bool {
    layer == CLUSTER
}

/// Whether the variable is set by whoever runs this.
pub(super) fn is_given() -> bool {
    std::env::var_os(VARIABLE).is_some_and(|value| !value.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn caller(arn: Option<&str>) -> Caller {
        Caller { is_admin: false, arn: arn.map(str::to_owned) }
    }

    #[test]
    fn whoever_would_be_entered_is_named() {
        let role = caller(Some("arn:aws:sts::123456789012:assumed-role/deploy/me"));
        insta::assert_snapshot!(role.question().trim_end(), @"`cluster.create.admins` of platform.yaml lists nobody. Make the role of `arn:aws:sts::123456789012:assumed-role/deploy/me` an administrator of the new cluster? Only `yes` is taken as yes:");
        let user = caller(Some("arn:aws:iam::123456789012:user/ada"));
        insta::assert_snapshot!(user.question().trim_end(), @"`cluster.create.admins` of platform.yaml lists nobody. Make `arn:aws:iam::123456789012:user/ada` an administrator of the new cluster? Only `yes` is taken as yes:");
        let problem = &caller(None).refused().0[0];
        insta::assert_snapshot!(format!("{}\n{}", problem.summary, problem.detail), @r"
        nobody could enter the cluster that would be made
        EKS gives whoever makes a cluster no rights in it, and `cluster.create.admins` of platform.yaml lists nobody. List roles there and generate, or give `--caller-is-admin`: then the identity of the AWS credentials becomes an administrator, and stays one.
        ");
    }

    #[test]
    fn what_was_decided_once_or_made_is_not_asked_again() {
        let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        assert!(is_decided(&owned(&["module.cluster.aws_kms_key.this", "terraform_data.deployer"])));
        assert!(is_decided(&owned(&["module.cluster.aws_eks_cluster.this"])));
        assert!(!is_decided(&owned(&["module.cluster.aws_kms_key.this"])));
        assert!(concerns("cluster") && !concerns("network"));
    }
}
