//! What a layer with Helm releases needs to hold before Terraform touches it.
//!
//! The helm provider takes every error of a read for "the release is gone": it leaves the state, and nothing fails. So the cluster is
//! asked here first. Who cannot sign in is told so; a release that is in the cluster and no longer in the state is named with its
//! `import` block; one that an earlier run left half done is named with the way out.
//!
//! Only metadata of Helm's secrets is asked for, so that no value of a release comes here.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;
use serde_json::Value;
use ureq::tls::{Certificate, RootCerts, TlsConfig};

use super::commands::Failed;
use crate::tree::record::Release;

/// The layer that tells where the cluster is.
pub(super) const CLUSTER: &str = "cluster";
/// Set where Terraform takes a token of its own and the program `aws` is not needed.
const EPHEMERAL_TOKEN: &str = "TF_VAR_ephemeral_token";
/// The longest that the API server may take for one answer.
const LIMIT: Duration = Duration::from_secs(30);
/// Helm's records, without what they hold.
const RECORDS: &str = "/api/v1/secrets?labelSelector=owner%3Dhelm";
const METADATA_ONLY: &str = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1";

/// Where a cluster is, as the layer `cluster` tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Cluster {
    name: String,
    region: String,
    endpoint: String,
    authority: Vec<u8>,
}

impl Cluster {
    /// From `terraform output -json`; `None` when there is no cluster yet.
    pub(super) fn told(outputs: &str) -> Result<Option<Self>, Failed> {
        let outputs: Value = serde_json::from_str(outputs.trim()).unwrap_or_default();
        let text = |name: &str| outputs[name]["value"].as_str().unwrap_or_default();
        let (name, arn, endpoint) = (text("name"), text("arn"), text("endpoint"));
        if name.is_empty() || endpoint.is_empty() {
            return Ok(None);
        }
        let authority = decoded(text("certificate_authority_data")).ok_or_else(|| {
            Failed::one(
                "the layer `cluster` does not tell the cluster's certificate authority",
                "Its output `certificate_authority_data` is not base64.",
            )
        })?;
        let region = arn.split(':').nth(3).unwrap_or_default().to_owned();
        Ok(Some(Self { name: name.to_owned(), region, endpoint: endpoint.to_owned(), authority }))
    }

    /// A token of whoever runs this, by the program `aws`.
    fn token(&self) -> Result<String, Failed> {
        let arguments =
            ["eks", "get-token", "--cluster-name", &self.name, "--region", &self.region, "--output", "json"];
        let output = Command::new("aws").args(arguments).stdin(Stdio::null()).output();
        let refused = |said: &str| self.without_token(said);
        let output = output.map_err(|e| refused(&e.to_string()))?;
        let answer: Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
        match answer["status"]["token"].as_str() {
            Some(token) => Ok(token.to_owned()),
            None => Err(refused(&String::from_utf8_lossy(&output.stderr))),
        }
    }

    fn without_token(&self, said: &str) -> Failed {
        Failed::one(
            format!("`aws eks get-token --cluster-name {}` gave no token", self.name),
            &format!(
                "{}\nSign in to AWS (`aws sso login`, or set `AWS_PROFILE`) and run the same command again.",
                said.trim()
            ),
        )
    }

    /// Every release in the cluster with its last revision.
    pub(super) fn releases(&self) -> Result<Vec<Found>, Failed> {
        let agent = self.agent()?;
        let answer = agent
            .get(format!("{}{RECORDS}", self.endpoint))
            .header("accept", METADATA_ONLY)
            .header("authorization", format!("Bearer {}", self.token()?))
            .call();
        let mut answer = answer.map_err(|e| self.unreachable(&e.to_string()))?;
        let status = answer.status().as_u16();
        let text = answer.body_mut().read_to_string().map_err(|e| self.unreachable(&e.to_string()))?;
        self.judged(status, &text)
    }

    /// What an answer of the API server means.
    fn judged(&self, status: u16, text: &str) -> Result<Vec<Found>, Failed> {
        match status {
            200 => found(text).ok_or_else(|| self.unreachable("its answer is not what Kubernetes says")),
            401 => Err(Failed::one(
                format!("the cluster `{}` does not know who runs this", self.name),
                "The identity has no access entry in it. List its role in `cluster.create.admins` of platform.yaml, generate, and let an \
                 administrator apply the layer `cluster`; for a cluster that was there before, add an access entry where it was made.",
            )),
            403 => Err(Failed::one(
                format!("who runs this may not see Helm's records in the cluster `{}`", self.name),
                "Terraform would take every release for deleted. The identity needs to be an administrator of the cluster \
                 (`cluster.create.admins` of platform.yaml).",
            )),
            status => Err(self.unreachable(&format!("it answered with status {status}"))),
        }
    }

    fn agent(&self) -> Result<ureq::Agent, Failed> {
        let authority =
            Certificate::from_pem(&self.authority).map_err(|e| self.unreachable(&e.to_string()))?;
        let tls = TlsConfig::builder()
            .root_certs(RootCerts::new_with_certs(&[authority]))
            .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .build();
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(LIMIT))
            .tls_config(tls)
            .build();
        Ok(config.into())
    }

    fn unreachable(&self, cause: &str) -> Failed {
        Failed::one(
            format!("the API of the cluster `{}` cannot be reached at {}", self.name, self.endpoint),
            &format!(
                "{cause}\nNothing was planned: Terraform would take every release for deleted. Check the way to the API \
                 (`cluster.create.endpoint` of platform.yaml, VPN, proxy) and run the same command again."
            ),
        )
    }
}

/// The addresses that `import` blocks in a layer's folder name: an apply takes these into the state.
pub(super) fn imported(layer: &Path) -> std::io::Result<Vec<String>> {
    let mut addresses = Vec::new();
    for entry in fs_err::read_dir(layer)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "tf") {
            let text = fs_err::read_to_string(&path)?;
            let blocks = text.split("import {").skip(1).filter_map(|rest| rest.split('}').next());
            let lines = blocks.flat_map(str::lines).filter_map(|line| line.trim().strip_prefix("to"));
            addresses.extend(lines.filter_map(|rest| Some(rest.trim().strip_prefix('=')?.trim().to_owned())));
        }
    }
    Ok(addresses)
}

/// Whether the program `aws` can be found where it is needed.
pub(super) fn check_program() -> Result<(), Failed> {
    if ephemeral() || is_on_path("aws") { Ok(()) } else { Err(without_program()) }
}

fn without_program() -> Failed {
    Failed::one(
        "the program `aws` is not on PATH",
        &format!(
            "Terraform asks it for a token of the cluster whenever it needs one. Install the AWS CLI, version 2 or 1.22 and newer; where that \
             cannot be, set `{EPHEMERAL_TOKEN}=true`: then one token has to last, which ends after 15 minutes."
        ),
    )
}

/// Whether Terraform signs in with a token of its own.
pub(super) fn ephemeral() -> bool {
    std::env::var_os(EPHEMERAL_TOKEN).is_some_and(|value| value == "true" || value == "1")
}

fn is_on_path(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
}

/// A release in a cluster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    namespace: String,
    name: String,
    revision: u64,
    status: String,
}

#[derive(Deserialize)]
struct Records {
    /// The API says `null` where there are none.
    items: Option<Vec<Record>>,
}

#[derive(Deserialize)]
struct Record {
    metadata: Metadata,
}

#[derive(Deserialize)]
struct Metadata {
    namespace: String,
    #[serde(default)]
    labels: BTreeMap<String, String>,
}

/// The last revision of each release, by the labels that Helm gives its records.
fn found(answer: &str) -> Option<Vec<Found>> {
    let records: Records = serde_json::from_str(answer).ok()?;
    let mut last: BTreeMap<(String, String), Found> = BTreeMap::new();
    for Metadata { namespace, mut labels } in
        records.items.into_iter().flatten().map(|record| record.metadata)
    {
        let mut label = |key: &str| labels.remove(key).unwrap_or_default();
        let (name, status) = (label("name"), label("status"));
        let revision = label("version").parse().unwrap_or_default();
        let key = (namespace.clone(), name.clone());
        if last.get(&key).is_none_or(|known| known.revision < revision) {
            last.insert(key, Found { namespace, name, revision, status });
        }
    }
    Some(last.into_values().collect())
}

impl Found {
    fn is_of(&self, release: &Release) -> bool {
        self.namespace == release.namespace && self.name == release.name
    }

    fn is_half_done(&self) -> bool {
        self.status.starts_with("pending-") || self.status == "uninstalling"
    }
}

/// What is wrong with the releases of a layer: some half done, or in the cluster and in no state.
pub(super) fn judge(wanted: &[Release], found: &[Found], state: &[String]) -> Result<(), Failed> {
    let problems: Vec<_> = wrong(wanted, found, state).into_iter().flat_map(|(_, failed)| failed.0).collect();
    if problems.is_empty() { Ok(()) } else { Err(Failed(problems)) }
}

/// The same, each with what it is about.
pub(super) fn wrong<'a>(
    wanted: &'a [Release],
    found: &'a [Found],
    state: &[String],
) -> Vec<(Wrong<'a>, Failed)> {
    let mut all = Vec::new();
    for release in wanted {
        let Some(there) = found.iter().find(|f| f.is_of(release)) else { continue };
        if there.is_half_done() {
            all.push((Wrong { release, half_done: Some(&there.status) }, half_done(there)));
        } else if !state.contains(&release.address) {
            all.push((Wrong { release, half_done: None }, lost(release, there)));
        }
    }
    all
}

/// A release with which something is wrong.
pub(super) struct Wrong<'a> {
    pub(super) release: &'a Release,
    /// Its status where an earlier run was cut off; otherwise it is in the cluster and in no state.
    pub(super) half_done: Option<&'a str>,
}

/// The addresses of those releases of a layer that are in the cluster.
pub(super) fn present(wanted: &[Release], found: &[Found]) -> Vec<String> {
    let there = wanted.iter().filter(|release| found.iter().any(|f| f.is_of(release)));
    there.map(|release| release.address.clone()).collect()
}

fn half_done(there: &Found) -> Failed {
    let Found { namespace, name, revision, status } = there;
    let way_out = match status.as_str() {
        "pending-install" => format!(
            "Helm finds it again when its record is gone:\n  kubectl delete secret -n {namespace} sh.helm.release.v1.{name}.v{revision}\nThe next \
             apply then takes over what is there and installs the rest."
        ),
        "uninstalling" => format!("Let Helm end what it began:\n  helm uninstall -n {namespace} {name}"),
        _ => format!(
            "Without the record of that revision the one before it holds:\n  kubectl delete secret -n {namespace} \
             sh.helm.release.v1.{name}.v{revision}\nThe next apply then upgrades again."
        ),
    };
    Failed::one(
        format!("the release `{name}` in `{namespace}` is `{status}`"),
        &format!("An earlier run was cut off, or another one is working on it now. When none is:\n{way_out}"),
    )
}

fn lost(release: &Release, there: &Found) -> Failed {
    let Release { address, namespace, name } = release;
    Failed::one(
        format!("the release `{name}` in `{namespace}` is in the cluster and not in the state"),
        &format!(
            "Its revision {} is `{}`. Terraform would fail to make it again, or leave it behind. Take it into the state: write this into a file \
             of your own in the layer's folder, such as `imports.tf`, and apply:\n  import {{\n    to = {address}\n    id = \"{namespace}/{name}\"\n  }}",
            there.revision, there.status
        ),
    )
}

/// Base64 as AWS writes it.
fn decoded(text: &str) -> Option<Vec<u8>> {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.decode(text).ok().filter(|bytes| !bytes.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn release(name: &str) -> Release {
        Release {
            address: format!("module.addons.helm_release.{name}[0]"),
            namespace: name.to_owned(),
            name: name.to_owned(),
        }
    }

    fn record(name: &str, version: u64, status: &str) -> Value {
        serde_json::json!({ "metadata": { "namespace": name, "labels": {
            "name": name, "owner": "helm", "status": status, "version": version.to_string() } } })
    }

    fn cluster_with(records: &[Value]) -> Vec<Found> {
        found(&serde_json::json!({ "items": records }).to_string()).unwrap()
    }

    fn cluster() -> Cluster {
        let value = |text: &str| serde_json::json!({ "value": text });
        let outputs = serde_json::json!({
            "name": value("acme-dev"), "arn": value("arn:aws:eks:eu-west-1:123456789012:cluster/acme-dev"),
            "endpoint": value("https://x.eks.amazonaws.com"), "certificate_authority_data": value("UEVN"),
        });
        Cluster::told(&outputs.to_string()).unwrap().unwrap()
    }

    /// As it is shown.
    fn shown(failed: &Failed) -> String {
        let problem = |p: &super::super::events::Problem| format!("{}\n{}\n", p.summary, p.detail);
        failed.0.iter().map(problem).collect()
    }

    #[test]
    fn a_cluster_that_refuses_is_told_with_what_to_do() {
        let refused = |status: u16, text: &str| shown(&cluster().judged(status, text).unwrap_err());
        insta::assert_snapshot!(refused(401, ""), @r#"
        the cluster `acme-dev` does not know who runs this
        The identity has no access entry in it. List its role in `cluster.create.admins` of platform.yaml, generate, and let an administrator apply the layer `cluster`; for a cluster that was there before, add an access entry where it was made.
        "#);
        insta::assert_snapshot!(refused(403, ""), @r#"
        who runs this may not see Helm's records in the cluster `acme-dev`
        Terraform would take every release for deleted. The identity needs to be an administrator of the cluster (`cluster.create.admins` of platform.yaml).
        "#);
        insta::assert_snapshot!(refused(503, ""), @r#"
        the API of the cluster `acme-dev` cannot be reached at https://x.eks.amazonaws.com
        it answered with status 503
        Nothing was planned: Terraform would take every release for deleted. Check the way to the API (`cluster.create.endpoint` of platform.yaml, VPN, proxy) and run the same command again.
        "#);
        insta::assert_snapshot!(refused(200, "<html>"), @r#"
        the API of the cluster `acme-dev` cannot be reached at https://x.eks.amazonaws.com
        its answer is not what Kubernetes says
        Nothing was planned: Terraform would take every release for deleted. Check the way to the API (`cluster.create.endpoint` of platform.yaml, VPN, proxy) and run the same command again.
        "#);
        insta::assert_snapshot!(shown(&cluster().without_token("Unable to locate credentials\n")), @r#"
        `aws eks get-token --cluster-name acme-dev` gave no token
        Unable to locate credentials
        Sign in to AWS (`aws sso login`, or set `AWS_PROFILE`) and run the same command again.
        "#);
        insta::assert_snapshot!(shown(&without_program()), @r#"
        the program `aws` is not on PATH
        Terraform asks it for a token of the cluster whenever it needs one. Install the AWS CLI, version 2 or 1.22 and newer; where that cannot be, set `TF_VAR_ephemeral_token=true`: then one token has to last, which ends after 15 minutes.
        "#);
    }

    #[test]
    fn releases_in_the_way_are_told_with_what_to_do() {
        let found = cluster_with(&[
            record("keda", 3, "deployed"),
            record("logs", 1, "pending-install"),
            record("argocd", 4, "pending-upgrade"),
            record("istiod", 2, "uninstalling"),
        ]);
        let wanted = ["keda", "logs", "argocd", "istiod"].map(release);
        insta::assert_snapshot!(shown(&judge(&wanted, &found, &[]).unwrap_err()), @r#"
        the release `keda` in `keda` is in the cluster and not in the state
        Its revision 3 is `deployed`. Terraform would fail to make it again, or leave it behind. Take it into the state: write this into a file of your own in the layer's folder, such as `imports.tf`, and apply:
          import {
            to = module.addons.helm_release.keda[0]
            id = "keda/keda"
          }
        the release `logs` in `logs` is `pending-install`
        An earlier run was cut off, or another one is working on it now. When none is:
        Helm finds it again when its record is gone:
          kubectl delete secret -n logs sh.helm.release.v1.logs.v1
        The next apply then takes over what is there and installs the rest.
        the release `argocd` in `argocd` is `pending-upgrade`
        An earlier run was cut off, or another one is working on it now. When none is:
        Without the record of that revision the one before it holds:
          kubectl delete secret -n argocd sh.helm.release.v1.argocd.v4
        The next apply then upgrades again.
        the release `istiod` in `istiod` is `uninstalling`
        An earlier run was cut off, or another one is working on it now. When none is:
        Let Helm end what it began:
          helm uninstall -n istiod istiod
        "#);
    }

    #[test]
    fn the_last_revision_counts_by_number() {
        let found = cluster_with(&[
            record("keda", 9, "superseded"),
            record("keda", 10, "deployed"),
            record("keda", 8, "failed"),
        ]);
        let last =
            Found { namespace: "keda".into(), name: "keda".into(), revision: 10, status: "deployed".into() };
        assert_eq!(found, [last]);
    }

    #[test]
    fn a_cluster_without_releases_has_none() {
        assert_eq!(found(r#"{"items":null}"#), Some(Vec::new()));
        assert_eq!(found("<html>"), None);
    }

    #[test]
    fn what_is_in_the_state_or_not_ours_is_fine() {
        let found = cluster_with(&[record("keda", 1, "deployed"), record("customer", 1, "deployed")]);
        let state = vec!["module.addons.helm_release.keda[0]".to_owned()];
        judge(&[release("keda"), release("logs")], &found, &state).unwrap();
    }

    #[test]
    fn a_release_that_no_state_has_is_named_with_its_import() {
        let failed =
            judge(&[release("keda")], &cluster_with(&[record("keda", 3, "deployed")]), &[]).unwrap_err();
        let problem = &failed.0[0];
        assert_eq!(problem.summary, "the release `keda` in `keda` is in the cluster and not in the state");
        let import = "import {\n    to = module.addons.helm_release.keda[0]\n    id = \"keda/keda\"\n  }";
        assert!(problem.detail.contains(import), "{}", problem.detail);
        assert!(problem.detail.contains("Its revision 3 is `deployed`."), "{}", problem.detail);
    }

    #[test]
    fn a_release_that_is_half_done_has_a_way_out() {
        for (status, way_out) in [
            ("pending-install", "kubectl delete secret -n keda sh.helm.release.v1.keda.v2"),
            ("pending-upgrade", "kubectl delete secret -n keda sh.helm.release.v1.keda.v2"),
            ("pending-rollback", "kubectl delete secret -n keda sh.helm.release.v1.keda.v2"),
            ("uninstalling", "helm uninstall -n keda keda"),
        ] {
            let found = cluster_with(&[record("keda", 1, "deployed"), record("keda", 2, status)]);
            let state = vec!["module.addons.helm_release.keda[0]".to_owned()];
            let failed = judge(&[release("keda")], &found, &state).unwrap_err();
            assert_eq!(failed.0.len(), 1, "{status}");
            assert_eq!(failed.0[0].summary, format!("the release `keda` in `keda` is `{status}`"));
            assert!(failed.0[0].detail.contains(way_out), "{status}: {}", failed.0[0].detail);
        }
    }

    #[test]
    fn import_blocks_are_found_in_every_file_of_the_layer() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| fs_err::write(folder.path().join(name), text).unwrap();
        write("main.tf", "module \"addons\" {\n  to = 1\n}\n");
        write("imports.tf", "import {\n  to = module.addons.helm_release.keda[0]\n  id = \"keda/keda\"\n}\n");
        write("notes.md", "import {\n  to = module.addons.helm_release.logs[0]\n}\n");
        assert_eq!(imported(folder.path()).unwrap(), ["module.addons.helm_release.keda[0]"]);
    }

    #[test]
    fn a_cluster_is_where_its_layer_says() {
        assert_eq!(Cluster::told("").unwrap(), None);
        assert_eq!(Cluster::told("{}").unwrap(), None);
        let found = cluster();
        assert_eq!((found.region.as_str(), found.authority.as_slice()), ("eu-west-1", b"PEM".as_slice()));
        let value = |text: &str| serde_json::json!({ "value": text });
        let outputs = serde_json::json!({
            "name": value("acme-dev"), "endpoint": value("https://x.eks.amazonaws.com"),
            "certificate_authority_data": value("not base64!"),
        });
        let failed = Cluster::told(&outputs.to_string()).unwrap_err();
        insta::assert_snapshot!(shown(&failed), @r#"
        the layer `cluster` does not tell the cluster's certificate authority
        Its output `certificate_authority_data` is not base64.
        "#);
    }
}
