//! What an account, a network or a machine can lack: how each is set up, and what has to be said of it.

use anyhow::Result;
use serde_json::{Value, json};

use crate::bed::{Bed, REGION, Told};

/// One thing that is not as a platform needs it.
pub(crate) struct Situation {
    pub(crate) name: &'static str,
    /// Sets it up; gives what has to be said.
    pub(crate) set: fn(&mut Bed) -> Result<Wanted>,
}

/// What `preflight` has to say, and what it may not.
#[derive(Default)]
pub(crate) struct Wanted {
    /// The checks that find something.
    found: &'static [&'static str],
    /// The checks that cannot be made; with `*` at the end those that begin so, of which there must be one.
    open: &'static [&'static str],
    /// What the first finding, or the first check that is open, has to name.
    names: &'static [&'static str],
}

const fn found(found: &'static [&'static str], names: &'static [&'static str]) -> Wanted {
    Wanted { found, open: &[], names }
}

const fn open(open: &'static [&'static str], names: &'static [&'static str]) -> Wanted {
    Wanted { found: &[], open, names }
}

impl Wanted {
    /// What is another.
    pub(crate) fn differences(&self, told: &Told) -> impl Iterator<Item = String> {
        let mut wrong = Vec::new();
        let code = if self.found.is_empty() { 1 } else { 3 };
        if told.code != code {
            wrong.push(format!("exit code {} and not {code}", told.code));
        }
        if told.found() != self.found {
            wrong.push(format!("found {:?} and not {:?}", told.found(), self.found));
        }
        let fits = |check: &str, pattern: &str| {
            pattern.strip_suffix('*').map_or(check == pattern, |start| check.starts_with(start))
        };
        let opened = told.open();
        let more: Vec<_> =
            opened.iter().filter(|check| !self.open.iter().any(|pattern| fits(check, pattern))).collect();
        let fewer: Vec<_> =
            self.open.iter().filter(|pattern| !opened.iter().any(|check| fits(check, pattern))).collect();
        if !more.is_empty() || !fewer.is_empty() {
            wrong.push(format!("open are {more:?} too, and not {fewer:?}"));
        }
        if told.said().any(|each| ["message", "cause", "next"].iter().any(|key| is_empty(&each[*key]))) {
            wrong.push("something is said without its cause or what to do".to_owned());
        }
        let first = told.said().next().map(Value::to_string).unwrap_or_default();
        wrong.extend(
            self.names
                .iter()
                .filter(|name| !first.contains(**name))
                .map(|name| format!("no word of `{name}`")),
        );
        wrong.into_iter()
    }
}

fn is_empty(text: &Value) -> bool {
    text.as_str().is_none_or(str::is_empty)
}

/// What nobody knows when the region does not answer for the account. DNS and the control plane are not of AWS, and the hour is told to anybody.
const REGIONAL: &[&str] =
    &["zones", "network.*", "quota.*", "eks.*", "instances.*", "spot", "rds.*", "bucket"];

/// What nobody knows when AWS does not answer at all.
const ALL_OF_AWS: &[&str] = &[
    "credentials",
    "account",
    "clock",
    "region",
    "zones",
    "network.*",
    "quota.*",
    "eks.*",
    "instances.*",
    "spot",
    "rds.*",
    "permissions",
    "service-linked-role.*",
    "bucket",
];

/// The same when it answers to somebody else, or to nobody: the region and all that is behind it.
const ALL_BUT_WHO: &[&str] = &[
    "region",
    "zones",
    "network.*",
    "quota.*",
    "eks.*",
    "instances.*",
    "spot",
    "rds.*",
    "permissions",
    "service-linked-role.*",
    "bucket",
];

/// And when it is not even known whose the account is.
const ALL_WITHOUT_CREDENTIALS: &[&str] = &[
    "account",
    "region",
    "zones",
    "network.*",
    "quota.*",
    "eks.*",
    "instances.*",
    "spot",
    "rds.*",
    "permissions",
    "service-linked-role.*",
    "bucket",
];

/// What a wrong clock keeps from being known. The SDK corrects its signatures by the date of a refusal, but for EC2's, which says no more
/// than that a request has expired, and the bucket's name is asked for without it.
const WITHOUT_CORRECTION: &[&str] =
    &["region*", "zones*", "network.*", "quota.*", "instances.*", "spot*", "bucket"];

const MAKE_SPOT_ROLE: &str = "aws iam create-service-linked-role --aws-service-name spot.amazonaws.com";

macro_rules! situations {
    ($($name:literal = $set:expr;)*) => {
        pub(crate) const SITUATIONS: &[Situation] = &[$(Situation { name: $name, set: $set }),*];
    };
}

situations! {
    "quota exhausted" = |bed| {
        bed.quota("ec2/L-0263D0A3", 0)?;
        Ok(found(&["quota.eip"], &["request-service-quota-increase", "L-0263D0A3"]))
    };
    "quota that cannot be read" = |bed| {
        bed.aws.fault(&json!({ "kind": "denied", "service": "servicequotas" }))?;
        Ok(open(&["quota.*"], &["servicequotas"]))
    };
    "overlapping range" = |bed| {
        bed.ec2(REGION, "CreateVpc&CidrBlock=10.20.128.0/20", "vpcId")?;
        Ok(found(&["network.cidr"], &["10.20.", "network.create.cidr"]))
    };
    "overlapping peer" = |bed| {
        overlapping_peer(bed)?;
        Ok(found(&["network.peering"], &["pcx-"]))
    };
    "zone without the GPU type" = |bed| {
        bed.aws.account(&json!({ "not_offered": { "g4dn.*": ["use1-az1"] } }))?;
        Ok(found(&["instances.gpu"], &["use1-az1", "g4dn"]))
    };
    "missing tag" = |bed| {
        let subnet = existing_network(bed, "kubernetes.io/role/internal-elb")?;
        assert!(subnet.starts_with("subnet-"), "{subnet}");
        Ok(found(&["existing.subnets.tags"], &["kubernetes.io/role/internal-elb"]))
    };
    "EKS version past support" = |bed| {
        let past = json!({ "support": "UNSUPPORTED", "standard_until": "2020-01-01", "extended_until": "2021-01-01" });
        bed.aws.account(&json!({ "kubernetes": { "1.33": past, "1.34": past, "1.35": past } }))?;
        Ok(found(&["eks.version"], &["cluster.create.version"]))
    };
    "denied permission" = |bed| {
        bed.aws.account(&json!({ "denied": ["eks:CreateCluster"] }))?;
        Ok(found(&["permissions"], &["eks:CreateCluster"]))
    };
    "denied check" = |bed| {
        bed.aws.fault(&json!({ "kind": "denied", "service": "iam", "operation": "SimulatePrincipalPolicy" }))?;
        Ok(open(&["permissions"], &["iam:SimulatePrincipalPolicy"]))
    };
    "no service-linked role" = |bed| {
        bed.without_role("spot")?;
        Ok(found(&["service-linked-role.spot"], &[MAKE_SPOT_ROLE, "AWSServiceRoleForEC2Spot"]))
    };
    "DNS zone not delegated" = |bed| {
        bed.forget_zones()?;
        Ok(found(&["dns.ai.acme.com"], &["ai.acme.com", "NS"]))
    };
    "no hosted zone for the way in" = |bed| {
        bed.way_in("zone: acme.com");
        Ok(found(&["ingress.zone"], &["acme.com", "ingress.zone"]))
    };
    "hosted zone of the way in that nobody leads to" = |bed| {
        bed.aws.account(&json!({ "hosted_zones": ["acme.com"] }))?;
        bed.way_in("zone: acme.com");
        Ok(found(&["ingress.delegation"], &["ns-2048.awsdns-64.com", "NS"]))
    };
    "hosted zones that nobody may read" = |bed| {
        bed.aws.fault(&json!({ "kind": "denied", "service": "route53" }))?;
        bed.way_in("zone: ai.acme.com");
        Ok(open(&["ingress.zone"], &["route53:ListHostedZonesByName"]))
    };
    "certificate and web ACL that are gone" = |bed| {
        bed.way_in(
            "certificate: \"arn:aws:acm:us-east-1:123456789012:certificate/00000000-0000-0000-0000-000000000000\", \
             waf: { existing: { web_acl: \"arn:aws:wafv2:us-east-1:123456789012:regional/webacl/gone/1\" } }",
        );
        Ok(found(&["ingress.certificate", "ingress.web-acl"], &["certificate/00000000", "us-east-1"]))
    };
    "class not orderable" = |bed| {
        bed.aws.account(&json!({ "not_orderable": ["db.t4g.medium"] }))?;
        Ok(found(&["rds.class"], &["db.t4g.medium", "database.class"]))
    };
    "bucket name taken" = |bed| {
        bed.aws.account(&json!({ "buckets_of_others": ["acme-dev-123456789012-us-east-1"] }))?;
        Ok(found(&["bucket"], &["acme-dev-123456789012-us-east-1"]))
    };
    "expired credentials" = |bed| {
        bed.aws.fault(&json!({ "kind": "expired" }))?;
        Ok(Wanted { found: &["credentials"], open: ALL_WITHOUT_CREDENTIALS, names: &["expired"] })
    };
    "wrong account" = |bed| {
        bed.change_account("210987654321")?;
        Ok(Wanted { found: &["account"], open: ALL_BUT_WHO, names: &["210987654321", "aws.account"] })
    };
    "region not enabled" = |bed| {
        bed.spec = bed.spec.replace(REGION, "eu-south-1").replace("use1-", "eus1-");
        bed.aws.fault(&json!({ "kind": "unknown-key", "region": "eu-south-1" }))?;
        Ok(Wanted { found: &["region"], open: REGIONAL, names: &["eu-south-1", "enable-region"] })
    };
    "endpoint unreachable" = |bed| {
        bed.close_aws()?;
        Ok(open(ALL_OF_AWS, &["127.0.0.1"]))
    };
    "throttled API" = |bed| {
        bed.aws.fault(&json!({ "kind": "throttled", "service": "ec2", "operation": "DescribeInstanceTypeOfferings" }))?;
        Ok(open(&["instances.*"], &["DescribeInstanceTypeOfferings", "RequestLimitExceeded"]))
    };
    "half an answer" = |bed| {
        bed.aws.fault(&json!({ "kind": "half", "service": "ec2", "operation": "DescribeVpcs" }))?;
        Ok(open(&["network.cidr", "quota.*"], &["DescribeVpcs"]))
    };
    "clock skew" = |bed| {
        bed.aws.fault(&json!({ "kind": "clock", "seconds": 3600 }))?;
        Ok(Wanted { found: &["clock"], open: WITHOUT_CORRECTION, names: &["clock"] })
    };
    // The last one: the control plane keeps it.
    "cluster that is registered already" = |bed| {
        let environment =
            json!({ "type": "environment", "name": "dev", "isProduction": false, "optimizeFor": "COST", "color": {} });
        let cluster = json!({ "type": "cluster", "name": "acme-dev", "cluster_type": "aws-eks", "environment_names": ["dev"] });
        for manifest in [environment, cluster] {
            let body = json!({ "manifest": manifest });
            bed.sandbox.request("PUT", "/api/svc/v1/apply", Some(&body))?;
        }
        Ok(found(&["control-plane.cluster"], &["acme-dev", "name"]))
    };
}

/// A VPC that does not overlap, peered with one in another region that does.
fn overlapping_peer(bed: &Bed) -> Result<()> {
    let ours = bed.ec2(REGION, "CreateVpc&CidrBlock=10.99.0.0/16", "vpcId")?;
    let theirs = bed.ec2("us-west-2", "CreateVpc&CidrBlock=10.20.0.0/20", "vpcId")?;
    let call = format!("CreateVpcPeeringConnection&VpcId={ours}&PeerVpcId={theirs}&PeerRegion=us-west-2");
    let peering = bed.ec2(REGION, &call, "vpcPeeringConnectionId")?;
    let accept = format!("AcceptVpcPeeringConnection&VpcPeeringConnectionId={peering}");
    bed.ec2("us-west-2", &accept, "code").map(drop)
}

/// A VPC that somebody else made, as a platform needs it but for one tag of one subnet, and a spec that uses it.
fn existing_network(bed: &mut Bed, without: &str) -> Result<String> {
    let vpc = bed.ec2(REGION, "CreateVpc&CidrBlock=10.50.0.0/16", "vpcId")?;
    for attribute in ["EnableDnsSupport", "EnableDnsHostnames"] {
        bed.tell_ec2(&format!("ModifyVpcAttribute&VpcId={vpc}&{attribute}.Value=true"))?;
    }
    let gateway = bed.ec2(REGION, "CreateInternetGateway", "internetGatewayId")?;
    bed.tell_ec2(&format!("AttachInternetGateway&VpcId={vpc}&InternetGatewayId={gateway}"))?;
    let subnet = |cidr: &str, zone: &str| {
        let call = format!("CreateSubnet&VpcId={vpc}&CidrBlock={cidr}&AvailabilityZoneId={zone}");
        bed.ec2(REGION, &call, "subnetId")
    };
    let public = subnet("10.50.0.0/24", "use1-az1")?;
    let private = [subnet("10.50.16.0/20", "use1-az1")?, subnet("10.50.32.0/20", "use1-az2")?];
    let address = bed.ec2(REGION, "AllocateAddress&Domain=vpc", "allocationId")?;
    let nat = format!("CreateNatGateway&SubnetId={public}&AllocationId={address}");
    let nat = bed.ec2(REGION, &nat, "natGatewayId")?;
    let table = bed.ec2(REGION, &format!("CreateRouteTable&VpcId={vpc}"), "routeTableId")?;
    let route = format!("CreateRoute&RouteTableId={table}&DestinationCidrBlock=0.0.0.0/0&NatGatewayId={nat}");
    bed.tell_ec2(&route)?;
    let endpoint = "CreateVpcEndpoint&ServiceName=com.amazonaws.us-east-1.s3&VpcEndpointType=Gateway";
    bed.ec2(REGION, &format!("{endpoint}&VpcId={vpc}&RouteTableId.1={table}"), "vpcEndpointId")?;
    let tags = [
        ("kubernetes.io/role/internal-elb", "1"),
        ("kubernetes.io/cluster/acme-dev", "shared"),
        ("karpenter.sh/discovery", "acme-dev"),
    ];
    for (place, id) in private.iter().enumerate() {
        bed.ec2(REGION, &format!("AssociateRouteTable&SubnetId={id}&RouteTableId={table}"), "associationId")?;
        for (key, value) in tags.iter().filter(|(key, _)| place == 0 || *key != without) {
            bed.tell_ec2(&format!("CreateTags&ResourceId.1={id}&Tag.1.Key={key}&Tag.1.Value={value}"))?;
        }
    }
    let subnets = private.join(", ");
    let network = format!("network: {{ existing: {{ vpc: {vpc}, private_subnets: [{subnets}] }} }}\n");
    let kept = bed.spec.lines().filter(|line| !line.starts_with("network:"));
    bed.spec = kept.map(|line| format!("{line}\n")).collect::<String>() + &network;
    Ok(private[1].clone())
}
