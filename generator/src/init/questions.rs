//! What is asked, in its order. A flag answers each; what has a standard answer needs none.

use super::answers::{Answers, list};
use crate::diag::Diagnostic;
use crate::plan::regions::Region;
use crate::spec::patterns;

/// One thing that is asked.
#[derive(Debug)]
pub struct Question {
    /// The flag that answers it, without its `--`; of a question that other flags answer, a word of its own.
    pub flag: &'static str,
    /// The question.
    pub asks: &'static str,
    /// What it means, in a line.
    pub help: &'static str,
    /// How it is answered.
    pub kind: Kind,
    /// Whether it is asked at all, after the answers before it.
    pub applies: fn(&Answers) -> bool,
    /// With what it is asked.
    pub goes_with: &'static str,
    /// The answer where nobody gives another.
    pub standard: fn(&Answers) -> Option<String>,
    set: fn(&mut Answers, &str),
}

/// How something is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// By a text, or by several with commas.
    Text,
    /// By the name of a region.
    Region,
    /// By one of these words, each with what it means.
    Words(&'static [(&'static str, &'static str)]),
    /// By `yes` or `no`.
    YesNo,
}

impl Question {
    /// The flag by which whoever gave the answer gave it.
    pub(super) fn given_by(&self) -> &'static str {
        match self.flag {
            "network" => "vpc",
            "cluster-is" => "cluster",
            "ingress" => "domain",
            "state" => "state-bucket",
            own => own,
        }
    }

    /// The answers with this one among them.
    ///
    /// # Errors
    /// What the check of a `platform.yaml` has against it.
    pub fn answered(&self, before: &Answers, text: &str) -> Result<Answers, Diagnostic> {
        let mut answers = before.clone();
        (self.set)(&mut answers, text.trim());
        match super::check("platform.yaml", &answers) {
            Ok(()) => Ok(answers),
            Err(report) => Err(report.problems.into_iter().next().unwrap_or_else(|| Diagnostic::new(""))),
        }
    }
}

fn always(_: &Answers) -> bool {
    true
}

fn none(_: &Answers) -> Option<String> {
    None
}

fn empty(_: &Answers) -> Option<String> {
    Some(String::new())
}

fn no(_: &Answers) -> Option<String> {
    Some("no".to_owned())
}

fn is_private(answers: &Answers) -> bool {
    matches!(answers.access.as_str(), "vpn" | "runner")
}

/// As many zones as the default of platform.yaml, where the region has them.
fn zones(answers: &Answers) -> Option<String> {
    let there = Region::find(&answers.region).map_or(3, |region| region.zone_ids().len());
    Some(there.min(3).to_string())
}

fn set_access(answers: &mut Answers, word: &str) {
    word.clone_into(&mut answers.access);
    // Valid until the question after this one is answered.
    answers.api_from = match word {
        "public" => vec!["203.0.113.0/24".to_owned()],
        _ if is_private(answers) => vec!["10.8.0.0/16".to_owned()],
        _ => Vec::new(),
    };
}

fn set_zone(answers: &mut Answers, zone: &str) {
    zone.clone_into(&mut answers.zone);
    if !patterns::ZONE_ID.fits(zone) {
        answers.domain = format!("ai.{zone}");
    }
}

const VPC: &[(&str, &str)] = &[
    ("new", "made with its subnets, routes and NAT gateways"),
    ("existing", "one that is there, which every plan checks"),
];
const NAT: &[(&str, &str)] = &[
    ("per-zone", "a NAT gateway in every zone; the loss of a zone cuts no other off"),
    ("single", "one NAT gateway for all zones: cheaper, and fails with its zone"),
    ("none", "no way to the internet; endpoints for AWS, and a mirror of images that you keep"),
];
const CLUSTER: &[(&str, &str)] = &[("new", "an EKS cluster is made"), ("existing", "one that is there")];
/// The keys of `access`.
pub const ACCESS: [(&str, &str); 4] = [
    ("ssm", "Systems Manager forwards a port: no network is needed, only the right to it"),
    ("vpn", "over a VPN that is connected to the VPC"),
    ("runner", "from machines in the VPC, or in a network that is connected to it"),
    ("public", "over the internet, from blocks of addresses"),
];
const STATE: &[(&str, &str)] = &[
    ("local", "files beside the layers; for one person"),
    ("s3", "a bucket that exists, with versioning on; for more than one"),
];

/// All questions.
pub const QUESTIONS: &[Question] = &[
    Question {
        flag: "name",
        asks: "Name of the platform?",
        help: "3 to 24 of a-z, 0-9 and -; it starts the name of everything that is made",
        kind: Kind::Text,
        applies: always,
        goes_with: "",
        standard: none,
        set: |answers, text| text.clone_into(&mut answers.name),
    },
    Question {
        flag: "account",
        asks: "AWS account?",
        help: "12 digits; credentials of any other account are refused",
        kind: Kind::Text,
        applies: always,
        goes_with: "",
        standard: none,
        set: |answers, text| text.clone_into(&mut answers.account),
    },
    Question {
        flag: "region",
        asks: "AWS region?",
        help: "for example us-east-1",
        kind: Kind::Region,
        applies: always,
        goes_with: "",
        standard: none,
        set: |answers, text| text.clone_into(&mut answers.region),
    },
    Question {
        flag: "host",
        asks: "Address of the TrueFoundry control plane?",
        help: "for example https://acme.truefoundry.cloud; empty: from TFY_HOST when Terraform runs",
        kind: Kind::Text,
        applies: always,
        goes_with: "",
        standard: empty,
        set: |answers, text| text.clone_into(&mut answers.host),
    },
    Question {
        flag: "network",
        asks: "VPC?",
        help: "an existing one is given by its ID and its subnets",
        kind: Kind::Words(VPC),
        applies: always,
        goes_with: "",
        standard: |_| Some("new".to_owned()),
        set: |answers, word| answers.vpc_exists = word == "existing",
    },
    Question {
        flag: "cidr",
        asks: "Block of addresses of the VPC?",
        help: "private, /16 to /20; it can never be changed, and what overlaps can never be connected",
        kind: Kind::Text,
        applies: |answers| !answers.vpc_exists,
        goes_with: "a new VPC, without `--vpc`",
        standard: |_| Some("10.0.0.0/16".to_owned()),
        set: |answers, text| text.clone_into(&mut answers.cidr),
    },
    Question {
        flag: "zones",
        asks: "How many zones?",
        help: "2 to 6, or AZ IDs with commas (use1-az1,use1-az2)",
        kind: Kind::Text,
        applies: |answers| !answers.vpc_exists,
        goes_with: "a new VPC, without `--vpc`",
        standard: zones,
        set: |answers, text| text.clone_into(&mut answers.zones),
    },
    Question {
        flag: "nat",
        asks: "How do private subnets reach the internet?",
        help: "NAT gateways are billed by the hour and by what goes through them",
        kind: Kind::Words(NAT),
        applies: |answers| !answers.vpc_exists,
        goes_with: "a new VPC, without `--vpc`",
        standard: |_| Some("per-zone".to_owned()),
        set: |answers, word| word.clone_into(&mut answers.nat),
    },
    Question {
        flag: "vpc",
        asks: "ID of the VPC?",
        help: "vpc-...",
        kind: Kind::Text,
        applies: |answers| answers.vpc_exists,
        goes_with: "an existing VPC",
        standard: none,
        set: |answers, text| text.clone_into(&mut answers.vpc),
    },
    Question {
        flag: "private-subnets",
        asks: "IDs of its private subnets, with commas?",
        help: "for nodes and internal load balancers, one in each zone, in two zones or more",
        kind: Kind::Text,
        applies: |answers| answers.vpc_exists,
        goes_with: "`--vpc`",
        standard: none,
        set: |answers, text| answers.private_subnets = list(text),
    },
    Question {
        flag: "public-subnets",
        asks: "IDs of its public subnets, with commas?",
        help: "for public load balancers; empty: none",
        kind: Kind::Text,
        applies: |answers| answers.vpc_exists,
        goes_with: "`--vpc`",
        standard: empty,
        set: |answers, text| answers.public_subnets = list(text),
    },
    Question {
        flag: "cluster-is",
        asks: "EKS cluster?",
        help: "an existing one is in the VPC that exists",
        kind: Kind::Words(CLUSTER),
        applies: |answers| answers.vpc_exists,
        goes_with: "",
        standard: |_| Some("new".to_owned()),
        set: |answers, word| answers.cluster_exists = word == "existing",
    },
    Question {
        flag: "cluster",
        asks: "Name of the cluster?",
        help: "as EKS has it",
        kind: Kind::Text,
        applies: |answers| answers.cluster_exists,
        goes_with: "an existing VPC: `--vpc` and `--private-subnets`",
        standard: none,
        set: |answers, text| text.clone_into(&mut answers.cluster),
    },
    Question {
        flag: "admin",
        asks: "Who administers the cluster: ARNs of IAM roles, with commas?",
        help: "empty: the first apply asks whether whoever runs it does",
        kind: Kind::Text,
        applies: |answers| !answers.cluster_exists,
        goes_with: "a new cluster, without `--cluster`",
        standard: empty,
        set: |answers, text| answers.admins = list(text),
    },
    Question {
        flag: "access",
        asks: "How do Terraform and people reach the cluster's API?",
        help: "it answers to nobody else",
        kind: Kind::Words(&ACCESS),
        applies: always,
        goes_with: "",
        standard: |_| Some("ssm".to_owned()),
        set: set_access,
    },
    Question {
        flag: "api-from",
        asks: "From which blocks of addresses, with commas?",
        help: "as narrow as you can: 203.0.113.0/28",
        kind: Kind::Text,
        applies: |answers| !answers.cluster_exists && (answers.access == "public" || is_private(answers)),
        goes_with: "`--access public`, `vpn` or `runner` of a new cluster",
        standard: none,
        set: |answers, text| answers.api_from = list(text),
    },
    Question {
        flag: "database",
        asks: "A PostgreSQL database?",
        help: "on RDS; the compute plane needs none",
        kind: Kind::YesNo,
        applies: always,
        goes_with: "",
        standard: no,
        set: |answers, word| answers.database = word == "yes",
    },
    Question {
        flag: "ingress",
        asks: "A load balancer for services?",
        help: "with its certificate and records; without it they are reached from inside the cluster alone",
        kind: Kind::YesNo,
        applies: always,
        goes_with: "",
        standard: no,
        set: |answers, word| answers.ingress = word == "yes",
    },
    Question {
        flag: "zone",
        asks: "Public Route 53 zone?",
        help: "its name (acme.com) or its ID; records and certificate are made in it",
        kind: Kind::Text,
        applies: |answers| answers.ingress,
        goes_with: "a load balancer",
        standard: none,
        set: set_zone,
    },
    Question {
        flag: "domain",
        asks: "Domain of the services?",
        help: "in that zone, for example ai.acme.com",
        kind: Kind::Text,
        applies: |answers| answers.ingress,
        goes_with: "a load balancer",
        standard: none,
        set: |answers, text| text.clone_into(&mut answers.domain),
    },
    Question {
        flag: "allow-from",
        asks: "Who may connect: blocks of addresses with commas, or anywhere?",
        help: "anywhere is the whole internet",
        kind: Kind::Text,
        applies: |answers| answers.ingress,
        goes_with: "a load balancer",
        standard: none,
        set: |answers, text| answers.allow_from = list(text),
    },
    Question {
        flag: "state",
        asks: "Where does Terraform keep its state?",
        help: "whoever applies needs it",
        kind: Kind::Words(STATE),
        applies: always,
        goes_with: "",
        standard: |_| Some("local".to_owned()),
        set: |answers, word| answers.state_in_bucket = word == "s3",
    },
    Question {
        flag: "state-bucket",
        asks: "Which bucket?",
        help: "it must exist, with versioning on",
        kind: Kind::Text,
        applies: |answers| answers.state_in_bucket,
        goes_with: "a state in a bucket",
        standard: none,
        set: |answers, text| text.clone_into(&mut answers.bucket),
    },
];
