//! What texts of `platform.yaml` look like. Each rule stands here once: the JSON schema has its text, and the checks ask it.
//!
//! They are written in what ECMA-262 and the crate `regex` have in common: anchored, classes written out, no look-around.

use std::fmt;
use std::sync::OnceLock;

use regex::Regex;
use schemars::Schema;
use serde_json::{Map, Value, json};

/// A rule for a text.
#[derive(Debug)]
pub struct Pattern {
    name: &'static str,
    text: &'static str,
    except: Option<&'static str>,
    longest: Option<usize>,
    compiled: OnceLock<Option<Compiled>>,
}

#[derive(Debug)]
struct Compiled {
    rule: Regex,
    except: Option<Regex>,
}

/// A rule as it is written down here.
struct Rule {
    text: &'static str,
    except: Option<&'static str>,
    longest: Option<usize>,
}

impl Rule {
    const fn new(text: &'static str) -> Self {
        Self { text, except: None, longest: None }
    }

    /// But for what fits this.
    const fn except(self, except: &'static str) -> Self {
        Self { except: Some(except), ..self }
    }

    /// For at most so many characters.
    const fn at_most(self, longest: usize) -> Self {
        Self { longest: Some(longest), ..self }
    }

    const fn named(self, name: &'static str) -> Pattern {
        let Self { text, except, longest } = self;
        Pattern { name, text, except, longest, compiled: OnceLock::new() }
    }
}

impl Pattern {
    /// Whether a text is as the rule says.
    #[must_use]
    pub fn fits(&self, text: &str) -> bool {
        let compiled = self.compiled.get_or_init(|| {
            let except = self.except.map(Regex::new).transpose().ok()?;
            Some(Compiled { rule: Regex::new(self.text).ok()?, except })
        });
        compiled.as_ref().is_some_and(|compiled| {
            self.longest.is_none_or(|longest| text.chars().count() <= longest)
                && compiled.rule.is_match(text)
                && !compiled.except.as_ref().is_some_and(|except| except.is_match(text))
        })
    }

    /// The rule as keywords of JSON schema.
    #[must_use]
    pub fn keywords(&self) -> Map<String, Value> {
        let mut keywords = Map::from_iter([("pattern".to_owned(), json!(self.text))]);
        if let Some(except) = self.except {
            keywords.insert("not".to_owned(), json!({ "pattern": except }));
        }
        if let Some(longest) = self.longest {
            keywords.insert("maxLength".to_owned(), json!(longest));
        }
        keywords
    }
}

/// What an attribute of a field puts into the schema: the name, which `resolve` replaces.
impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "@{}", self.name)
    }
}

/// Puts rules in the place of their names.
pub(super) fn resolve(schema: &mut Schema) {
    let Some(object) = schema.as_object_mut() else { return };
    let name = object.get("pattern").and_then(Value::as_str).and_then(|text| text.strip_prefix('@'));
    if let Some(rule) = name.and_then(|name| ALL.iter().find(|rule| rule.name == name)) {
        object.extend(rule.keywords());
    }
}

/// The schema of a mapping from texts to texts. What is not given is any text.
pub(super) fn mapping(schema: &mut Schema, keys: Option<&Pattern>, values: Option<&Pattern>) {
    let whole = |rule: Option<&Pattern>| rule.map(Pattern::keywords).unwrap_or_default();
    if keys.is_some() {
        schema.insert("propertyNames".to_owned(), whole(keys).into());
    }
    if values.is_some() {
        let mut values = whole(values);
        values.insert("type".to_owned(), json!("string"));
        schema.insert("additionalProperties".to_owned(), values.into());
    }
}

macro_rules! patterns {
    ($($(#[$doc:meta])* $name:ident = $rule:expr;)*) => {
        $($(#[$doc])* pub static $name: Pattern = $rule.named(stringify!($name));)*

        /// Every rule.
        pub static ALL: &[&Pattern] = &[$(&$name),*];
    };
}

/// A number of 0 to 255 without leading zeros: some read `010` as 8.
macro_rules! octet {
    () => {
        "(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
    };
}

macro_rules! ipv4 {
    () => {
        concat!(octet!(), "\\.", octet!(), "\\.", octet!(), "\\.", octet!())
    };
}

macro_rules! from_8 {
    () => {
        "/([89]|[12][0-9]|3[0-2])"
    };
}

/// The account and the kind of resource follow.
macro_rules! arn {
    ($service:literal, $account:literal, $resource:literal) => {
        concat!(
            "^arn:aws[a-z-]*:",
            $service,
            ":",
            $account,
            ":",
            $resource,
            "[!#%&()+,./:;<=>@\\[\\]\\^_|~`0-9A-Za-z-]+$"
        )
    };
}

macro_rules! id {
    ($prefix:literal) => {
        concat!("^", $prefix, "[0-9a-f]{8}([0-9a-f]{9})?$")
    };
}

macro_rules! domain {
    () => {
        "([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
    };
}

macro_rules! size {
    () => {
        "(nano|micro|small|medium|large|([1-9][0-9]*)?xlarge|metal(-[1-9][0-9]*xl)?)"
    };
}

macro_rules! port {
    () => {
        "(:([1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5]))?"
    };
}

macro_rules! host {
    () => {
        "([0-9A-Za-z.-]+|\\[[0-9A-Fa-f:.]+\\])"
    };
}

patterns! {
    /// Valid for EKS clusters, RDS instances, IAM roles, Kubernetes namespaces and TrueFoundry objects alike: it starts with a letter, has
    /// `a-z`, `0-9` and single `-`, and ends with a letter or digit.
    NAME = Rule::new("^[a-z](-?[a-z0-9])*$");
    /// The name of a platform. Names of security groups (`<name>-ingress`) and of buckets (`<name>-<account>-<region>`) begin with it, and AWS
    /// keeps some beginnings of these for itself.
    PLATFORM = Rule::new("^[a-z](-?[a-z0-9])*$").except("^(sg|sthree|amzn-s3-demo)(-|$)");
    /// An account: 12 digits.
    ACCOUNT = Rule::new("^[0-9]{12}$");
    /// The name of a region. A bucket of the longest name of a platform leaves it 25 characters.
    REGION = Rule::new("^[a-z]{2,5}(-[a-z]{2,12}){1,3}-[0-9]{1,2}$").at_most(25);
    /// The key of a tag, in what every AWS service takes.
    TAG_KEY = Rule::new("^[\\p{L}\\p{N} _.:/=+@-]+$").except("^[Aa][Ww][Ss]:").at_most(128);
    /// The value of a tag.
    TAG_VALUE = Rule::new("^[\\p{L}\\p{N} _.:/=+@-]*$").at_most(256);
    /// The ARN of an IAM policy.
    POLICY_ARN = Rule::new(arn!("iam", ":([0-9]{12}|aws)", "policy/"));
    /// The ARN of an IAM role.
    ROLE_ARN = Rule::new(arn!("iam", ":[0-9]{12}", "role/"));
    /// The ARN of an IAM role or user.
    PRINCIPAL_ARN = Rule::new(arn!("iam", ":[0-9]{12}", "(role|user)/"));
    /// The ARN of an OIDC provider.
    PROVIDER_ARN = Rule::new(arn!("iam", ":[0-9]{12}", "oidc-provider/"));
    /// The ARN of a KMS key.
    KEY_ARN = Rule::new(arn!("kms", "[a-z0-9-]+:[0-9]{12}", "key/"));
    /// The ARN of a certificate.
    CERTIFICATE_ARN = Rule::new(arn!("acm", "[a-z0-9-]+:[0-9]{12}", "certificate/"));
    /// The ARN of a web ACL.
    WEB_ACL_ARN = Rule::new(arn!("wafv2", "[a-z0-9-]+:[0-9]{12}", "regional/webacl/"));
    /// The ARN of a secret that ECR reads.
    CREDENTIAL_ARN =
        Rule::new(arn!("secretsmanager", "[a-z0-9-]+:[0-9]{12}", "secret:ecr-pullthroughcache/"));
    /// The block of a VPC. /20 is the least that the address plan takes, /16 the most that AWS does.
    VPC_BLOCK = Rule::new(concat!("^", ipv4!(), "/(1[6-9]|20)$"));
    /// A block for pods, or `none`.
    POD_BLOCK = Rule::new(concat!("^(none|", ipv4!(), "/(1[6-9]|20))$"));
    /// An IPv4 block.
    BLOCK = Rule::new(concat!("^", ipv4!(), "/([0-9]|[12][0-9]|3[0-2])$"));
    /// An IPv4 block that is no wider than a /8.
    NARROW_BLOCK = Rule::new(concat!("^", ipv4!(), from_8!(), "$"));
    /// Who reaches the API inside: an IPv4 block, or a security group.
    SOURCE = Rule::new(concat!("^(sg-[0-9a-f]{8}([0-9a-f]{9})?|", ipv4!(), from_8!(), ")$"));
    /// Who may connect: an IPv4 block, or one of IPv6.
    CLIENTS = Rule::new(concat!(
        "^(",
        ipv4!(),
        from_8!(),
        "|[0-9A-Fa-f]{0,4}(:[0-9A-Fa-f]{0,4}){2,7}/(1[6-9]|[2-9][0-9]|1[01][0-9]|12[0-8]))$"
    ));
    /// The ID of a zone.
    ZONE = Rule::new("^[a-z]{2,6}[0-9]{1,2}-az[1-9][0-9]?$");
    /// The ID of a VPC.
    VPC_ID = Rule::new(id!("vpc-"));
    /// The ID of a subnet.
    SUBNET_ID = Rule::new(id!("subnet-"));
    /// The ID of a security group.
    GROUP_ID = Rule::new(id!("sg-"));
    /// The allocation ID of an Elastic IP.
    ADDRESS_ID = Rule::new(id!("eipalloc-"));
    /// The ID of an instance.
    INSTANCE_ID = Rule::new(id!("i-"));
    /// The ID of a capacity reservation.
    RESERVATION_ID = Rule::new(id!("cr-"));
    /// A Kubernetes minor.
    KUBERNETES = Rule::new("^1\\.[1-9][0-9]{0,2}$");
    /// A type of EC2 instance.
    INSTANCE_TYPE = Rule::new(concat!("^[a-z][a-z-]*[0-9]([a-z0-9-]*[a-z0-9])?\\.", size!(), "$"));
    /// A category of EC2 instances (`m`), or a family (`m7i-flex`).
    FAMILY = Rule::new("^[a-z]+([0-9]([a-z0-9-]*[a-z0-9])?)?$");
    /// An instance class of RDS.
    CLASS = Rule::new(concat!("^db\\.[a-z]+[0-9]([a-z0-9-]*[a-z0-9])?\\.", size!(), "$"));
    /// The name of a cluster that is there.
    CLUSTER = Rule::new("^[0-9A-Za-z][0-9A-Za-z_-]*$").at_most(100);
    /// Hours, minutes and seconds.
    DURATION = Rule::new("^([0-9]+[hms])+$");
    /// The same, or `Never`.
    DURATION_OR_NEVER = Rule::new("^(Never|([0-9]+[hms])+)$");
    /// Hours and minutes.
    HOURS = Rule::new("^([0-9]+[hm])+$");
    /// Hours, minutes and seconds, each at most once and in this order.
    WAIT = Rule::new(
        "^([0-9]{1,6}h([0-9]{1,6}m)?([0-9]{1,6}s)?|[0-9]{1,6}m([0-9]{1,6}s)?|[0-9]{1,6}s)$"
    );
    /// A number of nodes, or a share of them.
    NODES = Rule::new("^([0-9]{1,9}|(100|[0-9]{1,2})%)$");
    /// The five fields of cron.
    SCHEDULE = Rule::new("^[^ ]+( +[^ ]+){4}$");
    /// An amount of a resource.
    QUANTITY = Rule::new("^[0-9]+(k|M|G|T|Ki|Mi|Gi|Ti)?$");
    /// What Kubernetes knows by itself, or a device's resource, which has a domain.
    RESOURCE = Rule::new(
        "^(cpu|memory|ephemeral-storage|pods|nodes|[0-9A-Za-z_.-]*\\.[0-9A-Za-z_.-]*/[0-9A-Za-z_.-]+)$"
    );
    /// What is needed of a tag by which something is found.
    SOMETHING = Rule::new("^[^\\r\\n]+$");
    /// A release of an image.
    IMAGE = Rule::new("^al2023@v[0-9]{8}$");
    /// The version of a chart: three numbers, of which the last may have more behind it.
    CHART_VERSION = Rule::new("^v?[0-9]+\\.[0-9]+\\.[0-9][0-9A-Za-z.+-]*$");
    /// The ID of a hosted zone.
    ZONE_ID = Rule::new("^Z[0-9A-Z]{7,31}$");
    /// A name of DNS with a dot in it, in lower case.
    DOMAIN = Rule::new(concat!("^", domain!(), "$")).at_most(253);
    /// A domain, or all names directly below it.
    DOMAINS = Rule::new(concat!("^(\\*\\.)?", domain!(), "$")).at_most(253);
    /// A hosted zone, by its name or its ID.
    HOSTED_ZONE = Rule::new(concat!("^(Z[0-9A-Z]{7,31}|", domain!(), ")$")).at_most(253);
    /// The start of the names of secrets or parameters.
    SECRETS = Rule::new("^[0-9A-Za-z_.-]+(/[0-9A-Za-z_.-]+)*$");
    /// A repository of charts.
    CHARTS = Rule::new("^(https?|oci)://[!-~]+$");
    /// A place of images: host and path.
    IMAGES = Rule::new("^[0-9A-Za-z._-]+(:[0-9]+)?(/[0-9A-Za-z._-]+)*$");
    /// The name of a repository in ECR.
    REPOSITORY = Rule::new("^[a-z0-9]+([._/-][a-z0-9]+)*$").at_most(231);
    /// A PostgreSQL version.
    ENGINE = Rule::new("^[1-9][0-9]?(\\.[0-9]{1,2})?$");
    /// An origin of pages.
    ORIGIN = Rule::new(concat!("^https://", host!(), port!(), "$"));
    /// The address of a control plane. Without TLS this machine alone.
    CONTROL_PLANE = Rule::new(concat!(
        "^(https://",
        host!(),
        "|http://(localhost|127\\.0\\.0\\.1|\\[::1\\]))",
        port!(),
        "/?$"
    ));
    /// An ExternalId, as IAM takes it.
    EXTERNAL_ID = Rule::new("^[0-9A-Za-z_+=,.@:/-][0-9A-Za-z_+=,.@:/-]+$").at_most(1224);
    /// A subject of the control plane.
    SUBJECT =
        Rule::new("^(user|team|virtualaccount|serviceaccount|agent|external-identity):[^\\r\\n]+$");
    /// The name of a workspace, which is a namespace. Kubernetes has some by itself.
    WORKSPACE = Rule::new("^[a-z](-?[a-z0-9])*$").except("^(default|kube-system|kube-public|kube-node-lease)$");
    /// The name of a general-purpose bucket, without dots.
    BUCKET = Rule::new("^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$")
        .except("^(xn--|sthree-|amzn-s3-demo-)|(-s3alias|--ol-s3|--x-s3|--table-s3)$");
    /// What the keys of states start with. No part of it is `.` or `..`.
    STATE_KEY = Rule::new("^[.]*[0-9A-Za-z_-][0-9A-Za-z_.-]*(/[.]*[0-9A-Za-z_-][0-9A-Za-z_.-]*)*$").at_most(900);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_can_be_read_and_takes_whole_texts() {
        for rule in ALL {
            for text in [Some(rule.text), rule.except].into_iter().flatten() {
                Regex::new(text).unwrap();
            }
            assert!(rule.text.starts_with('^') && rule.text.ends_with('$'), "{rule}");
        }
        assert_eq!(TAG_KEY.text, r"^[\p{L}\p{N} _.:/=+@-]+$");
        assert_eq!(TAG_VALUE.text, r"^[\p{L}\p{N} _.:/=+@-]*$");
    }
}
