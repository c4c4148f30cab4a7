//! The IAM actions that the tree of a platform calls, from the plan to the destroy.
//!
//! Which type of resource calls what was recorded: `cargo xtask permissions` has the real AWS provider apply, change and
//! destroy the modules, and keeps what it asked for in `generator/data/permissions.json`. Which types a tree has stands in
//! its own text, of which `absent` takes away what its modules make for other platforms only.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use serde::Deserialize;

use super::{Cluster, Network, NewNetwork, Platform, Registry, Target};

/// What every run calls, whatever it makes.
const PROVIDER: &str = "provider";
/// What Terraform itself calls where states are in a bucket.
const BACKEND: &str = "backend.s3";

/// What was recorded.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Recorded {
    /// What this file is.
    #[serde(rename = "about")]
    _about: String,
    /// The release of the AWS provider that was watched.
    #[serde(rename = "provider")]
    _provider: String,
    /// Type, such as `aws_vpc` or `data.aws_vpc` => `create`, `read`, `update` or `delete` => IAM actions.
    types: BTreeMap<String, BTreeMap<String, Vec<String>>>,
}

/// A test holds that the file can be read, and what is in it.
static RECORDED: LazyLock<Recorded> =
    LazyLock::new(|| serde_json::from_str(include_str!("../../data/permissions.json")).unwrap_or_default());

/// The IAM actions that the tree of this platform calls, such as `eks:CreateCluster`.
#[must_use]
pub fn needed(platform: &Platform) -> BTreeSet<String> {
    needed_by(platform).into_keys().collect()
}

/// The same, each with the types of resources that call it: `aws_vpc`, `data.aws_vpc`, or `provider` and `backend.s3`.
#[must_use]
pub fn needed_by(platform: &Platform) -> BTreeMap<String, BTreeSet<String>> {
    let mut needed: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for kind in kinds(platform) {
        let actions = RECORDED.types.get(&kind).into_iter().flat_map(BTreeMap::values).flatten();
        for action in actions {
            needed.entry(action.clone()).or_default().insert(kind.clone());
        }
    }
    needed
}

/// The types of resources and data sources of AWS in the tree.
fn kinds(platform: &Platform) -> BTreeSet<String> {
    let absent = absent(platform);
    let mut kinds = BTreeSet::from([PROVIDER.to_owned()]);
    if matches!(platform.target, Target::S3(_)) {
        kinds.insert(BACKEND.to_owned());
    }
    // A template that fails stops `generate` with its own message; here it leaves out what it would have had.
    for (path, text) in platform.files().unwrap_or_default() {
        let module =
            path.strip_prefix("modules/").and_then(|rest| rest.split('/').next()).unwrap_or_default();
        kinds.extend(declared(&text).filter(|kind| !absent.contains(&(module, kind.as_str()))));
    }
    kinds
}

/// The types in the text of a `.tf` file.
fn declared(text: &str) -> impl Iterator<Item = String> {
    text.lines().filter_map(|line| {
        let (prefix, rest) = match line.strip_prefix("data \"") {
            Some(rest) => ("data.", rest),
            None => ("", line.strip_prefix("resource \"")?),
        };
        let kind = rest.split('"').next().filter(|kind| kind.starts_with("aws_"))?;
        Some(format!("{prefix}{kind}"))
    })
}

/// What modules have for other platforms than this: module and type, each with none made.
fn absent(platform: &Platform) -> BTreeSet<(&'static str, &'static str)> {
    let mut absent = BTreeSet::new();
    let mut without = |module: &'static str, kinds: &[&'static str], is_absent: bool| {
        absent.extend(kinds.iter().filter(|_| is_absent).map(|kind| (module, *kind)));
    };
    match &platform.network {
        Network::New(new) => without_in_network(new, &mut without),
        Network::Existing(existing) => {
            without("existing-network", &["aws_ec2_tag"], !existing.set_tags);
            let endpoint = ["data.aws_vpc_endpoint", "data.aws_vpc_endpoint_service"];
            without("existing-network", &endpoint, !existing.needs_s3_endpoint);
        }
    }
    match &platform.cluster {
        Cluster::New(new) => {
            let irsa = new.identity == "irsa";
            without("cluster", &["aws_iam_openid_connect_provider"], !irsa);
            without("cluster", &["aws_eks_pod_identity_association"], irsa);
            without("cluster", &["aws_vpc_security_group_ingress_rule"], new.private_from.is_empty());
        }
        Cluster::Existing(existing) => {
            without("existing-cluster", &["aws_ec2_tag"], !existing.set_discovery_tag);
        }
    }
    if let Some(registry) = &platform.registry {
        without_in_registry(registry, &mut without);
    }
    let no_origins = platform.bucket.cors_allowed_origins.is_empty();
    without("object-store", &["aws_s3_bucket_cors_configuration"], no_origins);
    // Those that reach them are allowed by the layer `identity`.
    let rules = ["aws_vpc_security_group_ingress_rule"];
    without("database", &rules, true);
    without("file-system", &rules, true);
    without("file-system", &["aws_efs_access_point"], true);
    without("karpenter", &["aws_iam_instance_profile"], !platform.network.is_isolated());
    absent
}

type Without<'a> = dyn FnMut(&'static str, &[&'static str], bool) + 'a;

fn without_in_network(network: &NewNetwork, without: &mut Without<'_>) {
    let closed = network.nat.mode == "none";
    let gateways = ["aws_internet_gateway", "aws_nat_gateway", "aws_eip", "aws_route"];
    without("network", &gateways, closed);
    without("network", &["aws_eip"], !network.nat.elastic_ips.is_empty());
    without("network", &["aws_egress_only_internet_gateway"], closed || !network.ipv6);
    without("network", &["aws_vpc_ipv4_cidr_block_association"], network.pods_cidr.is_none());
    let no_interfaces = network.interface_endpoints.is_empty();
    without("network", &["aws_security_group", "aws_vpc_security_group_ingress_rule"], no_interfaces);
    let no_endpoints = no_interfaces && network.gateway_endpoints.is_empty();
    without("network", &["aws_vpc_endpoint", "data.aws_vpc_endpoint_service"], no_endpoints);
    let flow_logs = [
        "aws_cloudwatch_log_group",
        "aws_flow_log",
        "aws_iam_role",
        "aws_iam_role_policy",
        "aws_kms_alias",
        "aws_kms_key",
    ];
    without("network", &flow_logs, network.flow_log_days.is_none());
    // Of options that no key of the spec brings.
    let by_override = [
        "aws_s3_bucket",
        "aws_s3_bucket_lifecycle_configuration",
        "aws_s3_bucket_notification",
        "aws_s3_bucket_ownership_controls",
        "aws_s3_bucket_policy",
        "aws_s3_bucket_public_access_block",
        "aws_s3_bucket_server_side_encryption_configuration",
        "aws_s3_bucket_versioning",
        "aws_vpc_block_public_access_exclusion",
        "aws_vpc_endpoint_policy",
    ];
    without("network", &by_override, true);
}

fn without_in_registry(registry: &Registry, without: &mut Without<'_>) {
    let module = "container-registry";
    without(module, &["aws_ecr_repository", "aws_ecr_lifecycle_policy"], registry.repositories.is_empty());
    let no_readers = registry.repositories.is_empty() || registry.readers.is_empty();
    without(module, &["aws_ecr_repository_policy"], no_readers);
    without(module, &["aws_ecr_registry_scanning_configuration"], !registry.enhanced_scanning);
    let caches = [
        "aws_ecr_pull_through_cache_rule",
        "aws_ecr_repository_creation_template",
        "aws_iam_role",
        "aws_iam_role_policy",
    ];
    without(module, &caches, registry.caches.is_empty());
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::plan::{plan, tests::example};

    const ACTIONS: [&str; 4] = ["create", "delete", "read", "update"];

    fn platform(more: &str) -> Platform {
        let text = format!(
            "version: 1\nname: acme-dev\naws: {{ account: \"123456789012\", region: us-east-1 }}\ntruefoundry: {{ host: \
             https://acme.truefoundry.cloud }}\n{more}"
        );
        plan(&crate::spec::load_text("platform.yaml".to_owned(), text).unwrap().spec).unwrap()
    }

    /// Every `.tf` file below a folder, tests and examples aside.
    fn sources(folder: &Path, found: &mut Vec<String>) {
        for entry in fs_err::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            if path.is_dir() && !["tests", "examples", ".terraform"].contains(&name.as_str()) {
                sources(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "tf") {
                found.push(fs_err::read_to_string(path).unwrap());
            }
        }
    }

    #[test]
    fn every_type_of_the_modules_and_layers_was_recorded() {
        let mut texts = Vec::new();
        sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../modules"), &mut texts);
        texts.extend(example(true).files().unwrap().into_values());
        let kinds: BTreeSet<String> = texts.iter().flat_map(|text| declared(text)).collect();
        assert!(kinds.len() > 80, "{}", kinds.len());
        let missing: Vec<_> = kinds.iter().filter(|kind| !RECORDED.types.contains_key(*kind)).collect();
        assert!(missing.is_empty(), "run `cargo xtask permissions`: not recorded are {missing:?}");
    }

    #[test]
    fn what_was_recorded_is_what_it_says() {
        let mut actions = BTreeSet::new();
        for (kind, recorded) in &RECORDED.types {
            let is_read_only = kind.starts_with("data.") || kind == PROVIDER;
            let known: &[&str] = if is_read_only { &["read"] } else { &ACTIONS };
            for (action, called) in recorded {
                assert!(known.contains(&action.as_str()), "{kind}: {action}");
                actions.extend(called);
            }
            if kind.starts_with("aws_") {
                assert!(recorded.contains_key("create") && recorded.contains_key("delete"), "{kind}");
            }
        }
        assert!(actions.len() > 250, "{}", actions.len());
        for action in actions {
            let (service, name) = action.split_once(':').unwrap();
            assert!(service.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()), "{action}");
            assert!(name.starts_with(|c: char| c.is_ascii_uppercase()) && !name.contains('*'), "{action}");
        }
    }

    #[test]
    fn a_platform_needs_what_it_is_made_of() {
        let small =
            needed(&platform("network: { create: { nat: none, endpoints: all, flow_logs: none } }\n"));
        for action in ["eks:CreateCluster", "iam:PassRole", "ec2:CreateTags", "s3:PutBucketVersioning"] {
            assert!(small.contains(action), "{action}");
        }
        let others = ["ec2:CreateNatGateway", "rds:CreateDBInstance", "elasticfilesystem:CreateFileSystem"];
        for action in others.iter().chain(&["ec2:CreateFlowLogs", "s3:GetObject"]) {
            assert!(!small.contains(*action), "{action}");
        }
        let large = needed(&platform("database: {}\nstorage: { file_system: {} }\n"));
        for action in others {
            assert!(large.contains(action), "{action}");
        }
    }

    #[test]
    fn each_action_says_who_calls_it() {
        let by = needed_by(&platform(""));
        assert!(by["eks:CreateCluster"].contains("aws_eks_cluster"), "{:?}", by["eks:CreateCluster"]);
        assert!(by["sts:GetCallerIdentity"].contains(PROVIDER), "{:?}", by["sts:GetCallerIdentity"]);
    }

    #[test]
    fn types_are_found_where_they_are_declared() {
        let text = "# resource \"aws_no\"\nresource \"aws_vpc\" \"a\" {\n  data \"aws_x\" {}\n}\ndata \"aws_vpc\" \"a\" {\nresource \
                    \"terraform_data\" \"a\" {\n";
        assert_eq!(declared(text).collect::<Vec<_>>(), ["aws_vpc", "data.aws_vpc"]);
    }
}
