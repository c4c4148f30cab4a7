//! What the layer with the add-ons has of both providers: some thirty resources.

use std::io::Write as _;
use std::time::Instant;

use acceptance_tests::charts::{Facts, StandIn};
use anyhow::{Result, ensure};
use serde_json::json;

use crate::NODES;
use crate::bed::{Bed, User};

/// A chart that is installed twice, so that there are twenty releases.
const TWICE: &str = "metrics-server";

/// Applied, planned clean, and destroyed, with nothing left.
pub(crate) fn whole() -> Result<()> {
    let facts = Facts::all()?;
    let charts: Vec<_> = facts.iter().map(StandIn::of).collect();
    let bed = Bed::start("kubernetes_providers_set", &charts, &NODES)?;
    let root = bed.root("set", User::Administrator)?;
    root.write(&configuration(&bed, &facts))?;
    let applied = timed(|| root.terraform.apply().map(drop))?;
    let addresses = root.addresses()?;
    let releases = addresses.iter().filter(|address| address.starts_with("helm_release.")).count();
    assert_eq!((releases, addresses.len()), (20, 31), "{addresses:?}");
    let planned = timed(|| root.terraform.expect_no_changes())?;
    let not_deployed: Vec<_> =
        bed.releases()?.into_iter().filter(|release| !release.ends_with(": deployed")).collect();
    assert_eq!(not_deployed, [""; 0]);
    assert_eq!(root.terraform.output("version")?, json!("1.35.4"));
    let destroyed = timed(|| root.terraform.destroy().map(drop))?;
    assert_eq!(bed.releases()?, [""; 0]);
    for path in ["/api/v1/namespaces/platform-0", "/apis/scheduling.k8s.io/v1/priorityclasses/platform"] {
        let status = bed.administrator.send("GET", path, None)?.status;
        ensure!(status == 404, "`{path}` is still there: {status}");
    }
    writeln!(
        std::io::stderr(),
        "31 objects: apply {applied:.1} s, plan {planned:.1} s, destroy {destroyed:.1} s"
    )?;
    Ok(())
}

fn timed(run: impl FnOnce() -> Result<()>) -> Result<f64> {
    let begin = Instant::now();
    run()?;
    Ok(begin.elapsed().as_secs_f64())
}

/// Releases in their namespaces, behind what has to be there first.
fn configuration(bed: &Bed, facts: &[Facts]) -> String {
    let mut text = OBJECTS.to_owned();
    let twice = facts.iter().filter(|one| one.name() == TWICE).map(|one| (one, "again"));
    let each = facts.iter().map(|one| (one, one.name())).chain(twice);
    for (facts, name) in each {
        // No pod runs what would make another ready, so nobody waits for workloads; two are of a kind only once in a cluster.
        let arguments = format!(
            "wait = false\n  values = [{:?}]\n  depends_on = [data.kubernetes_server_version.this, \
             kubernetes_config_map_v1.sentinel, kubernetes_namespace_v1.platform]\n  max_history = 5\n  skip_crds = true",
            facts.needs().to_string()
        );
        let release = bed.release(name, facts.name(), &arguments);
        // Istio's have objects in the namespace that their values name, wherever the release is.
        let (own, usual) = (format!("namespace = {name:?}"), facts.release().1);
        let is_fixed = facts.objects().iter().any(|object| object["namespace"] == usual);
        let release =
            if is_fixed { release.replace(&own, &format!("namespace = {usual:?}")) } else { release };
        text.push_str(&release);
    }
    text
}

/// What is no release.
const OBJECTS: &str = r#"
data "kubernetes_server_version" "this" {}

output "version" {
  value = data.kubernetes_server_version.this.version
}

resource "kubernetes_namespace_v1" "platform" {
  count = 3

  metadata {
    name   = "platform-${count.index}"
    labels = { "pod-security.kubernetes.io/enforce" = "baseline", "istio-injection" = "enabled" }
  }
}

resource "kubernetes_config_map_v1" "sentinel" {
  metadata {
    name      = "sentinel"
    namespace = "kube-system"
  }
  data = { layer = "addons" }
}

resource "kubernetes_secret_v1" "token" {
  metadata {
    name      = "token"
    namespace = kubernetes_namespace_v1.platform[0].metadata[0].name
    labels    = { "external-secrets.io/type" = "webhook" }
  }
  data_wo          = { CLUSTER_TOKEN = "canary" }
  data_wo_revision = 1
}

resource "kubernetes_storage_class_v1" "gp3" {
  metadata {
    name        = "gp3"
    annotations = { "storageclass.kubernetes.io/is-default-class" = "true" }
  }
  storage_provisioner    = "ebs.csi.aws.com"
  volume_binding_mode    = "WaitForFirstConsumer"
  allow_volume_expansion = true
  parameters             = { type = "gp3", encrypted = "true" }
}

resource "kubernetes_storage_class_v1" "efs" {
  metadata {
    name = "efs"
  }
  storage_provisioner = "efs.csi.aws.com"
  reclaim_policy      = "Retain"
  mount_options       = ["tls"]
}

resource "kubernetes_priority_class_v1" "platform" {
  metadata {
    name = "platform"
  }
  value       = 1000000
  description = "What the platform needs"
}

resource "kubernetes_network_policy_v1" "deny" {
  count = 2

  metadata {
    name      = "default-deny"
    namespace = kubernetes_namespace_v1.platform[count.index].metadata[0].name
  }
  spec {
    pod_selector {}
    policy_types = ["Ingress"]

    ingress {
      from {
        namespace_selector {
          match_labels = { "kubernetes.io/metadata.name" = "istio-system" }
        }
      }
    }
  }
}
"#;
