//! Whole platforms: generated, applied, planned again, destroyed, with the real AWS provider against the local AWS.
//!
//! They show that the AWS provider accepts what is generated and that it is idempotent, not that AWS accepts it.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use acceptance_tests::platform::Inside;
use acceptance_tests::terraform::Run;
use acceptance_tests::{Binaries, Platform, Recorded, forbidden, leaks, scratch};
use anyhow::{Context as _, Result, ensure};
use fs_err as fs;
use serde_json::Value;

#[path = "demo/order.rs"]
mod order;

/// A whole platform has at least so many AWS resources.
const LEAST_AWS_RESOURCES: usize = 60;
/// Every release of the demo: the whole set, the operator for its GPU pool included, without external-dns; the way in, and the agent.
const RELEASES: usize = 22;

/// Runs one command of the generator; what it prints stays in the test's folder.
fn succeed(folder: &Path, what: &str, mut command: Command) -> Result<()> {
    let begin = Instant::now();
    let run = Run::from(command.output().with_context(|| format!("starting `tfy-infra {what}`"))?);
    let took = begin.elapsed().as_secs_f64();
    fs::write(folder.join(format!("{what}.log")), format!("{}\n{}\n{took:.1} s\n", run.stdout, run.stderr))?;
    ensure!(
        run.code == 0,
        "`tfy-infra {what}` ended with code {}:\n{}\n{}",
        run.code,
        run.stdout,
        run.stderr
    );
    Ok(())
}

fn start(example: &str, folder: &Path) -> Result<Platform> {
    let platform = Platform::start(&Binaries::build()?, example, &folder.join("tree"), folder)?;
    succeed(folder, "generate", platform.generate())?;
    Ok(platform)
}

fn destroy_leaves_nothing(folder: &Path, platform: &Platform) -> Result<()> {
    let recorded = |inside: &Inside| Recorded::take(&platform.aws, &inside.cluster);
    let made = platform.inside.as_ref().map(recorded).transpose()?;
    succeed(folder, "destroy", platform.destroy())?;
    if let (Some(inside), Some(made)) = (&platform.inside, &made) {
        assert_eq!(inside.left()?, [] as [String; 0], "left in the cluster");
        // For whoever looks why an order was not kept.
        fs::write(folder.join("aws-calls.json"), Value::from(platform.aws.calls()?).to_string())?;
        order::is_kept(made, &recorded(inside)?.since(made))?;
    }
    let aws = platform.aws.inventory()?;
    assert_eq!(aws["objects"], 0, "left in the local AWS: {aws}");
    let sandbox = platform.sandbox.inventory()?;
    assert_eq!(sandbox["objects"], 0, "left in the control plane: {sandbox}");
    Ok(())
}

/// The demo, with everything that can be logged logged: no secret of the run may stand in a state, a plan, a
/// log or a generated file.
#[test]
fn demo_applies_is_idempotent_leaks_nothing_and_goes() -> Result<()> {
    let folder = scratch::folder("demo")?;
    let tree = folder.join("tree");
    lives(&folder, Platform::start(&Binaries::build()?, "demo", &tree, &folder)?)
}

/// The same with a Kubernetes cluster behind EKS, and all add-ons in it.
#[test]
fn demo_with_its_cluster_applies_is_idempotent_leaks_nothing_and_goes() -> Result<()> {
    let folder = scratch::folder("demo-with-cluster")?;
    let tree = folder.join("tree");
    lives(&folder, Platform::start_with_cluster(&Binaries::build()?, "demo", &tree, &folder)?)
}

fn lives(folder: &Path, platform: Platform) -> Result<()> {
    let trace = folder.join("trace.log");
    let platform = platform.with([
        ("TF_LOG".to_owned(), "TRACE".to_owned()),
        ("TF_LOG_PATH".to_owned(), trace.display().to_string()),
    ]);
    platform.aws.keep_calls()?;
    succeed(folder, "generate", platform.generate())?;
    succeed(folder, "apply", platform.apply())?;
    succeed(folder, "plan", platform.plan())?;

    let contents = platform.contents()?;
    let count = |prefix: &str| -> usize { contents.iter().map(|(_, layer)| layer.count(prefix)).sum() };
    assert!(count("aws_") >= LEAST_AWS_RESOURCES, "only {} AWS resources", count("aws_"));
    assert!(count("truefoundry_") >= 4, "only {} TrueFoundry resources", count("truefoundry_"));
    assert_eq!(count("null_"), 0);
    assert!(contents.iter().all(|(_, layer)| !layer.data.contains_key("external")));
    assert_eq!(forbidden::find(&platform.folder)?, []);
    let database = &contents.iter().find(|(name, _)| *name == "data").context("no data layer")?.1;
    assert_eq!(database.managed.get("aws_db_instance"), Some(&1), "the demo has a database");
    if let Some(inside) = &platform.inside {
        assert_eq!(count("helm_release"), RELEASES, "releases");
        assert!(inside.settled()?.running > 0, "no pod runs");
    }

    // What Terraform's own work leaves is nobody's drift, and everything can be looked at.
    succeed(folder, "drift", platform.drift())?;
    let token = platform.cluster_token()?;
    for (layer, _) in contents.iter().filter(|(_, contents)| !contents.managed.is_empty()) {
        // Leaves a plan file, which is searched too. What `tfy-infra` sets by itself is set by hand here.
        let quiet = (*layer == "agent").then(|| ("TF_LOG_PROVIDER".to_owned(), "WARN".to_owned()));
        let terraform = platform.layer(layer)?.with(quiet.into_iter().collect::<Vec<_>>());
        assert!(!terraform.plan()?.has_changes, "{layer}");
    }
    if let Some(inside) = &platform.inside {
        assert!(platform.is_connected()?, "the agent in the cluster has not connected it");
        assert_eq!(leaks::keepers(&inside.cluster, &token)?, ["secrets tfy-agent/tfy-agent-cluster-token"]);
        what_the_control_plane_was_told_is_there(&platform, inside)?;
        let asked = "Action=DescribeVolumes&Version=2016-11-15&Filter.1.Name=tag:ebs.csi.aws.com/cluster-name&Filter.1.Value.1=demo";
        let volumes = platform.aws.query("us-east-1", "ec2", asked)?;
        assert!(volumes.contains("<volumeId>"), "no volume says whose it is: {volumes}");
    }
    destroy_leaves_nothing(folder, &platform)?;
    let traced = fs::metadata(&trace)?.len();
    assert!(traced > 1_000_000, "the trace has only {traced} bytes");
    let secrets = [("API key", platform.sandbox.api_key()), ("cluster token", token.as_str())];
    assert_eq!(leaks::find(&[folder], &secrets)?, []);
    Ok(())
}

/// Each address, name and label that `truefoundry_cluster` has is that of an object in the cluster, and the gateway's pods are targets.
fn what_the_control_plane_was_told_is_there(platform: &Platform, inside: &Inside) -> Result<()> {
    let (told, cluster) = (platform.cluster()?, &inside.cluster);
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    for key in ["prometheus_url", "victoria_logs_url"] {
        let url = text(&told["monitoring"][key]);
        let (host, port) =
            url.trim_start_matches("http://").rsplit_once(':').context("an address without a port")?;
        let mut parts = host.split('.');
        let (name, namespace) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
        let service = cluster.get(&format!("/api/v1/namespaces/{namespace}/services/{name}"))?;
        let ports: Vec<String> = service["spec"]["ports"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|p| p["port"].to_string())
            .collect();
        ensure!(ports.iter().any(|there| there == port), "{url}: the service has the ports {ports:?}");
    }
    let names = |list: &Value, path: &str| -> BTreeSet<String> {
        list.as_array()
            .into_iter()
            .flatten()
            .filter_map(|one| one.pointer(path)?.as_str())
            .map(str::to_owned)
            .collect()
    };
    let pools = cluster.get("/apis/karpenter.sh/v1/nodepools")?;
    assert_eq!(names(&told["supported_nodepools"], "/name"), names(&pools["items"], "/metadata/name"));
    let label = text(&told["node_label_keys"]["nodepool_selector_label"]);
    let nodes = cluster.get(&format!("/api/v1/nodes?labelSelector={}", label.replace('/', "%2F")))?;
    assert!(!names(&nodes["items"], "/metadata/name").is_empty(), "no node has the label {label}");
    let class = text(&told["workbench_config"]["default_storage_class"]);
    let class = cluster.get(&format!("/apis/storage.k8s.io/v1/storageclasses/{class}"))?;
    assert_eq!(class["metadata"]["annotations"]["storageclass.kubernetes.io/is-default-class"], "true");
    let gateway =
        cluster.get("/apis/networking.istio.io/v1/namespaces/istio-system/gateways/tfy-wildcard")?;
    let domains = told["base_domains"].as_array().context("no domains")?;
    for host in gateway["spec"]["servers"][0]["hosts"].as_array().context("a gateway without hosts")? {
        assert!(domains.contains(host), "{host} is not among {domains:?}");
    }
    let health = platform.target_health()?;
    ensure!(health.contains("<State>healthy</State>"), "no pod of the gateway is a healthy target: {health}");
    Ok(())
}

/// What `generate` and `plan` say of changes to a platform that is there. It is as it was afterwards.
fn changes_are_told(folder: &Path, platform: &Platform) -> Result<()> {
    let spec = fs::read_to_string(platform.spec())?;
    let with =
        |network: &str| fs::write(platform.spec(), format!("{spec}network: {{ create: {{ {network} }} }}\n"));
    let generate = |allow: &[&str]| -> Result<Run> {
        let mut command = platform.generate();
        command.args(allow);
        Ok(Run::from(command.output()?))
    };
    fs::write(platform.spec(), spec.replace("region: us-east-1", "region: ap-south-1"))?;
    let refused = generate(&[])?;
    assert_eq!(refused.code, 2, "{}", refused.stderr);
    for told in [
        "`aws.region` changes from `us-east-1` to `ap-south-1`",
        "layer `network` holds ",
        "layer `platform` holds ",
    ] {
        ensure!(refused.stderr.contains(told), "not told: {told}\n{}", refused.stderr);
    }

    with("zones: [use1-az4, use1-az1, use1-az2]")?;
    succeed(folder, "generate-zones", platform.generate())?;
    succeed(folder, "plan-zones", platform.plan())?;

    with("cidr: 10.8.0.0/16")?;
    let refused = generate(&[])?;
    assert_eq!(refused.code, 2, "{}", refused.stderr);
    ensure!(refused.stderr.contains("1 `aws_vpc`"), "{}", refused.stderr);
    let allowed = generate(&["--allow", "cidr"])?;
    assert_eq!(allowed.code, 0, "{}", allowed.stderr);
    let (code, planned) = self::planned(platform, &[])?;
    assert_eq!(code, 3, "{planned}");
    let is = |layer: &str| {
        planned["layers"]
            .as_array()
            .into_iter()
            .flatten()
            .find(|l| l["layer"] == layer)
            .map(|l| l["status"].clone())
    };
    assert_eq!(is("network"), Some("planned".into()), "{planned}");
    assert_eq!(
        is("data"),
        Some("unchanged".into()),
        "without a database it reads nothing of the network: {planned}"
    );
    for layer in ["cluster", "identity", "platform"] {
        assert_eq!(is(layer), Some("stale".into()), "{layer}: {planned}");
    }
    let vpc = planned["layers"][0]["changes"][0].clone();
    ensure!(vpc["action"] == "replace" || vpc["action"] == "delete", "what is destroyed comes first: {vpc}");
    ensure!(planned.to_string().contains(r#""forced_by":["cidr_block"]"#), "{planned}");

    fs::write(platform.spec(), &spec)?;
    assert_eq!(generate(&["--allow", "cidr"])?.code, 0);
    let vpc = platform.attributes("network", "aws_vpc")?;
    let vpc = vpc["id"].as_str().context("a VPC without an ID")?;
    let tag = format!("Version=2016-11-15&ResourceId.1={vpc}&Tag.1.Key=owner&Tag.1.Value=somebody");
    platform.aws.query("us-east-1", "ec2", &format!("Action=CreateTags&{tag}"))?;
    let (code, planned) = self::planned(platform, &["--layer", "network"])?;
    assert_eq!(code, 3, "{planned}");
    let drift = &planned["layers"][0]["drift"];
    ensure!(
        drift.to_string().contains(r#"{"address":"module.network.aws_vpc.this","action":"update"}"#)
            || drift.to_string().contains(r#"{"action":"update","address":"module.network.aws_vpc.this"}"#),
        "{planned}"
    );
    platform.aws.query("us-east-1", "ec2", &format!("Action=DeleteTags&{tag}"))?;
    succeed(folder, "plan-again", platform.plan())
}

/// The exit code of a plan, and what it says to machines.
fn planned(platform: &Platform, more: &[&str]) -> Result<(i32, Value)> {
    let mut command = platform.plan();
    command.arg("--json").args(more);
    let run = Run::from(command.output()?);
    let planned = serde_json::from_str(&run.stdout).with_context(|| run.stderr.clone())?;
    Ok((run.code, planned))
}

/// What `platform.yaml` is with nothing but the required keys. Its defaults keep data: to go, it needs the key that
/// the failed destroy of a bucket with objects tells about.
#[test]
fn quickstart_applies_is_idempotent_and_goes() -> Result<()> {
    let folder = scratch::folder("quickstart")?;
    let platform = start("quickstart", &folder)?;
    succeed(&folder, "apply", platform.apply())?;
    succeed(&folder, "plan", platform.plan())?;
    changes_are_told(&folder, &platform)?;

    let mut spec = fs::read_to_string(platform.spec())?;
    ensure!(!spec.contains("storage:"), "the quickstart has a `storage:` of its own");
    spec.push_str("storage:\n  bucket: { force_destroy: true }\n");
    fs::write(platform.spec(), spec)?;
    succeed(&folder, "generate", platform.generate())?;
    succeed(&folder, "apply", platform.apply())?;
    destroy_leaves_nothing(&folder, &platform)
}
