//! A cluster that somebody else made. Whether it is there, and fit, is what the module `existing-cluster` sees when it is planned.

use crate::plan::names::Arn;
use crate::plan::problem::Problems;
use crate::plan::regions::Region;
use crate::spec::{ClusterExisting, NetworkChoice, Path, Spec, patterns};

/// A cluster that is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExistingCluster {
    /// Its name in EKS.
    pub name: String,
    /// The security group of its nodes; `None` for the cluster's own.
    pub node_security_group: Option<String>,
    /// ARN of the IAM OIDC provider that trusts it; `None` with Pod Identity.
    pub oidc_provider: Option<String>,
    /// Add-ons that must be there.
    pub required_addons: Vec<String>,
    /// Whether the tag by which Karpenter finds the security group is set.
    pub set_discovery_tag: bool,
}

/// Checks the shape of what is given.
pub(super) fn cluster(
    problems: &mut Problems,
    existing: &ClusterExisting,
    spec: &Spec,
    region: &Region,
) -> ExistingCluster {
    let path = Path::new("cluster.existing");
    let name = &existing.name;
    problems.require(
        patterns::CLUSTER.fits(name),
        &path.key("name"),
        format!("`{name}` is not the name of an EKS cluster"),
        "write the name that `aws eks list-clusters` shows",
    );
    if matches!(spec.network, NetworkChoice::Create(_)) {
        problems
            .add(&path.key("name"), format!("the cluster `{name}` is there, and the VPC is to be made"))
            .note("a cluster never leaves its VPC, and nodes of a new VPC cannot join it")
            .hint("name the cluster's VPC and subnets in `network.existing`");
    }
    if let Some(group) = &existing.node_security_group {
        problems.require(
            patterns::GROUP_ID.fits(group),
            &path.key("node_security_group"),
            format!("`{group}` is not the ID of a security group"),
            "write it as `sg-` and 17 digits of `0-9a-f`",
        );
    }
    if let Some(provider) = &existing.oidc_provider {
        check_provider(problems, &path.key("oidc_provider"), provider, spec, region);
    }
    ExistingCluster {
        name: name.clone(),
        node_security_group: existing.node_security_group.clone(),
        oidc_provider: existing.oidc_provider.clone(),
        required_addons: required_addons(problems, &path.key("required_addons"), existing, spec),
        set_discovery_tag: existing.set_discovery_tag,
    }
}

fn check_provider(problems: &mut Problems, path: &Path, text: &str, spec: &Spec, region: &Region) {
    let example = format!(
        "write it as `arn:{}:iam::{}:oidc-provider/oidc.eks.{}.amazonaws.com/id/...`; `aws iam list-open-id-connect-providers` lists \
         them",
        region.partition(),
        spec.aws.account,
        region.name()
    );
    let Some(arn) = Arn::parse(text).filter(|_| patterns::PROVIDER_ARN.fits(text)) else {
        return problems.add(path, format!("`{text}` is not the ARN of an IAM OIDC provider")).hint(example);
    };
    if arn.partition != region.partition() || arn.account != spec.aws.account {
        problems
            .add(path, format!("the OIDC provider `{text}` is not in the account {}", spec.aws.account))
            .note("roles trust a provider of their own account only")
            .hint(example);
    }
}

fn required_addons(
    problems: &mut Problems,
    path: &Path,
    existing: &ClusterExisting,
    spec: &Spec,
) -> Vec<String> {
    if let Some(names) = &existing.required_addons {
        for (i, name) in names.iter().enumerate() {
            problems.require(
                patterns::NAME.fits(name),
                &path.index(i),
                format!("`{name}` is not the name of an EKS add-on"),
                "write the name that `aws eks list-addons` shows, for example `vpc-cni`",
            );
        }
        let mut names = names.clone();
        names.sort();
        names.dedup();
        return names;
    }
    let pod_identity = existing.oidc_provider.is_none().then_some("eks-pod-identity-agent");
    let files = spec.storage.file_system.options().map(|_| "aws-efs-csi-driver");
    let names = [files, Some("coredns"), pod_identity, Some("kube-proxy"), Some("vpc-cni")];
    names.into_iter().flatten().map(str::to_owned).collect()
}
