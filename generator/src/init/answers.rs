//! The answers, as they were given: what they may be is checked in the text that is made of them.

/// All answers. Those that were not given are valid and mean nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answers {
    /// `name`.
    pub name: String,
    /// `aws.account`.
    pub account: String,
    /// `aws.region`.
    pub region: String,
    /// `truefoundry.host`; empty where it comes from the environment.
    pub host: String,
    /// Whether the VPC is there.
    pub vpc_exists: bool,
    /// `network.create.cidr`.
    pub cidr: String,
    /// `network.create.zones`: a number, or AZ IDs with commas.
    pub zones: String,
    /// `network.create.nat`.
    pub nat: String,
    /// `network.existing.vpc`.
    pub vpc: String,
    /// `network.existing.private_subnets`.
    pub private_subnets: Vec<String>,
    /// `network.existing.public_subnets`.
    pub public_subnets: Vec<String>,
    /// Whether the cluster is there.
    pub cluster_exists: bool,
    /// `cluster.existing.name`.
    pub cluster: String,
    /// `cluster.create.admins`.
    pub admins: Vec<String>,
    /// The key of `access`.
    pub access: String,
    /// `cluster.create.endpoint.public_from` or `private_from`.
    pub api_from: Vec<String>,
    /// Whether there is a `database`.
    pub database: bool,
    /// Whether there is an `ingress`.
    pub ingress: bool,
    /// `ingress.zone`.
    pub zone: String,
    /// `ingress.domain`.
    pub domain: String,
    /// `ingress.allow_from`: blocks, or `anywhere` alone.
    pub allow_from: Vec<String>,
    /// Whether the state is in a bucket.
    pub state_in_bucket: bool,
    /// `state.s3.bucket`.
    pub bucket: String,
}

impl Default for Answers {
    fn default() -> Self {
        let owned = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        Self {
            name: "platform".to_owned(),
            account: "123456789012".to_owned(),
            region: "us-east-1".to_owned(),
            host: String::new(),
            vpc_exists: false,
            cidr: "10.0.0.0/16".to_owned(),
            // So many has every region.
            zones: "2".to_owned(),
            nat: "per-zone".to_owned(),
            vpc: "vpc-0123456789abcdef0".to_owned(),
            private_subnets: owned(&["subnet-0a000000000000001", "subnet-0a000000000000002"]),
            public_subnets: Vec::new(),
            cluster_exists: false,
            cluster: "shared".to_owned(),
            admins: Vec::new(),
            access: "ssm".to_owned(),
            api_from: Vec::new(),
            database: false,
            ingress: false,
            zone: "example.com".to_owned(),
            domain: "ai.example.com".to_owned(),
            allow_from: owned(&["203.0.113.0/24"]),
            state_in_bucket: false,
            bucket: "terraform-state".to_owned(),
        }
    }
}

/// The parts of a list that is written with commas; none of an empty text.
pub(super) fn list(text: &str) -> Vec<String> {
    text.split(',').map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect()
}
