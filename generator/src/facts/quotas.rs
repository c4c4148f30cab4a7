//! The quotas that a platform can run into.

/// A quota: how it is called here, where AWS has it, and the words by which its listing is checked to mean it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kind {
    /// As findings call it: `quota.<name>`.
    pub name: &'static str,
    /// The code of the service in Service Quotas; empty where the service itself tells.
    pub service: &'static str,
    /// The code of the quota.
    pub code: &'static str,
    /// Words that AWS's name for it must have, in lower case. Codes alone are not trusted.
    pub words: &'static [&'static str],
    /// Whether it is of the whole account rather than of the region.
    pub global: bool,
}

const fn kind(
    name: &'static str,
    service: &'static str,
    code: &'static str,
    words: &'static [&'static str],
) -> Kind {
    Kind { name, service, code, words, global: false }
}

/// Elastic IPs.
pub const EIP: &str = "eip";
/// VPCs.
pub const VPCS: &str = "vpcs";
/// Internet gateways.
pub const INTERNET_GATEWAYS: &str = "internet-gateways";
/// NAT gateways of a zone.
pub const NAT_GATEWAYS: &str = "nat-gateways";
/// Gateway endpoints of the region.
pub const GATEWAY_ENDPOINTS: &str = "gateway-endpoints";
/// Interface endpoints of a VPC.
pub const INTERFACE_ENDPOINTS: &str = "interface-endpoints";
/// Rules of a security group.
pub const RULES: &str = "rules-per-security-group";
/// EKS clusters.
pub const CLUSTERS: &str = "eks-clusters";
/// Network load balancers.
pub const NLB: &str = "nlb";
/// Application load balancers.
pub const ALB: &str = "alb";
/// Target groups of load balancers.
pub const TARGET_GROUPS: &str = "target-groups";
/// Web ACLs of the region.
pub const WEB_ACLS: &str = "web-acls";
/// Database instances.
pub const RDS_INSTANCES: &str = "rds-instances";
/// GiB of all databases.
pub const RDS_STORAGE: &str = "rds-storage";
/// IAM roles.
pub const ROLES: &str = "iam-roles";
/// OIDC providers.
pub const OIDC_PROVIDERS: &str = "oidc-providers";
/// Virtual processors on demand: families A, C, D, H, I, M, R, T, Z.
pub const VCPUS_ON_DEMAND: &str = "vcpus-on-demand";
/// The same as spot instances.
pub const VCPUS_SPOT: &str = "vcpus-spot";
/// Virtual processors of G and VT on demand.
pub const GPU_G_ON_DEMAND: &str = "gpu-g-on-demand";
/// The same as spot instances.
pub const GPU_G_SPOT: &str = "gpu-g-spot";
/// Virtual processors of P on demand.
pub const GPU_P_ON_DEMAND: &str = "gpu-p-on-demand";
/// Those of P4 and older as spot instances.
pub const GPU_P_SPOT: &str = "gpu-p-spot";

/// Every quota that is looked at.
pub const ALL: [Kind; 22] = [
    kind(EIP, "ec2", "L-0263D0A3", &["elastic ip"]),
    kind(VPCS, "vpc", "L-F678F1CE", &["vpcs per region"]),
    kind(INTERNET_GATEWAYS, "vpc", "L-A4707A72", &["internet gateways per region"]),
    kind(NAT_GATEWAYS, "vpc", "L-FE5A380F", &["nat gateways per"]),
    kind(GATEWAY_ENDPOINTS, "vpc", "L-1B52E74A", &["gateway vpc endpoints per region"]),
    kind(INTERFACE_ENDPOINTS, "vpc", "L-29B6F2EB", &["interface vpc endpoints per vpc"]),
    kind(RULES, "vpc", "L-0EA8095F", &["rules per security group"]),
    kind(CLUSTERS, "eks", "L-1194D53C", &["clusters"]),
    kind(NLB, "elasticloadbalancing", "L-69A177A2", &["network load balancers"]),
    kind(ALB, "elasticloadbalancing", "L-53DA6B97", &["application load balancers"]),
    kind(TARGET_GROUPS, "elasticloadbalancing", "L-B22855CB", &["target groups per region"]),
    kind(WEB_ACLS, "wafv2", "L-2EC3DE7B", &["web acls per account", "regional"]),
    kind(RDS_INSTANCES, "rds", "L-7B6409FD", &["db instances"]),
    kind(RDS_STORAGE, "rds", "L-7ADDB58A", &["total storage"]),
    Kind { global: true, ..kind(ROLES, "", "L-FE177D64", &["roles per account"]) },
    Kind { global: true, ..kind(OIDC_PROVIDERS, "iam", "L-858F3967", &["openid connect providers"]) },
    kind(VCPUS_ON_DEMAND, "ec2", "L-1216C47A", &["on-demand", "standard"]),
    kind(VCPUS_SPOT, "ec2", "L-34B43A08", &["standard", "spot"]),
    kind(GPU_G_ON_DEMAND, "ec2", "L-DB2E81BA", &["on-demand", "g and vt"]),
    kind(GPU_G_SPOT, "ec2", "L-3819A6DF", &["g and vt", "spot"]),
    kind(GPU_P_ON_DEMAND, "ec2", "L-417A185B", &["on-demand", " p instances"]),
    kind(GPU_P_SPOT, "ec2", "L-7212CCBC", &["p4", "p3", "spot"]),
];

/// The quota of that name.
#[must_use]
pub fn find(name: &str) -> Option<&'static Kind> {
    ALL.iter().find(|kind| kind.name == name)
}

impl Kind {
    /// Whether AWS's name for a quota means this one.
    #[must_use]
    pub fn is_meant_by(&self, name: &str) -> bool {
        let name = name.to_lowercase();
        self.words.iter().all(|word| name.contains(word))
    }
}

/// The quota that an instance type's processors count for; `None` for families that have one of their own.
#[must_use]
pub fn of_instance(instance_type: &str, spot: bool) -> Option<&'static str> {
    let family = instance_type.split('.').next().unwrap_or_default();
    let letters: String = family.chars().take_while(char::is_ascii_lowercase).collect();
    let generation = family[letters.len()..].chars().next().and_then(|digit| digit.to_digit(10));
    Some(match (letters.as_str(), spot) {
        ("a" | "c" | "d" | "h" | "i" | "im" | "is" | "m" | "r" | "t" | "z", false) => VCPUS_ON_DEMAND,
        ("a" | "c" | "d" | "h" | "i" | "im" | "is" | "m" | "r" | "t" | "z", true) => VCPUS_SPOT,
        ("g" | "gr" | "vt", false) => GPU_G_ON_DEMAND,
        ("g" | "gr" | "vt", true) => GPU_G_SPOT,
        ("p", false) => GPU_P_ON_DEMAND,
        // From P5 on, spot instances have quotas of their own.
        ("p", true) if generation < Some(5) => GPU_P_SPOT,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_aws_mean_the_quota_whose_code_they_have() {
        for (name, said) in [
            (EIP, "EC2-VPC Elastic IPs"),
            (VCPUS_ON_DEMAND, "Running On-Demand Standard (A, C, D, H, I, M, R, T, Z) instances"),
            (VCPUS_SPOT, "All Standard (A, C, D, H, I, M, R, T, Z) Spot Instance Requests"),
            (GPU_G_ON_DEMAND, "Running On-Demand G and VT instances"),
            (GPU_G_SPOT, "All G and VT Spot Instance Requests"),
            (GPU_P_ON_DEMAND, "Running On-Demand P instances"),
            (GPU_P_SPOT, "All P4, P3 and P2 Spot Instance Requests"),
            (NAT_GATEWAYS, "NAT gateways per Availability Zone"),
            (ROLES, "Roles per account"),
            (GATEWAY_ENDPOINTS, "Gateway VPC endpoints per Region"),
            (INTERFACE_ENDPOINTS, "Interface VPC endpoints per VPC"),
            (RULES, "Inbound or outbound rules per security group"),
            (ALB, "Application Load Balancers per Region"),
            (TARGET_GROUPS, "Target Groups per Region"),
            (WEB_ACLS, "Maximum web ACLs per account in WAF for regional"),
            (RDS_STORAGE, "Total storage for all DB instances"),
        ] {
            let meant: Vec<_> =
                ALL.iter().filter(|kind| kind.is_meant_by(said)).map(|kind| kind.name).collect();
            assert!(meant.contains(&name), "{said}: {meant:?}");
        }
    }

    #[test]
    fn an_instance_counts_for_the_quota_of_its_family() {
        for (name, spot, quota) in [
            ("m7i.large", false, Some(VCPUS_ON_DEMAND)),
            ("im4gn.large", true, Some(VCPUS_SPOT)),
            ("g5.xlarge", false, Some(GPU_G_ON_DEMAND)),
            ("gr6.4xlarge", true, Some(GPU_G_SPOT)),
            ("p4d.24xlarge", true, Some(GPU_P_SPOT)),
            ("p5.48xlarge", false, Some(GPU_P_ON_DEMAND)),
            ("p5.48xlarge", true, None),
            ("x2idn.large", false, None),
            ("mac1.metal", false, None),
        ] {
            assert_eq!(of_instance(name, spot), quota, "{name}");
        }
    }
}
