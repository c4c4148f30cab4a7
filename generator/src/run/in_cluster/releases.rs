//! The releases of a layer, as Helm's records in the cluster have them.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;

use super::super::commands::Failed;
use crate::tree::record::Release;

/// A release in a cluster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::run) struct Found {
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
pub(super) fn found(answer: &str) -> Option<Vec<Found>> {
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
pub(in crate::run) fn judge(wanted: &[Release], found: &[Found], state: &[String]) -> Result<(), Failed> {
    let problems: Vec<_> = wrong(wanted, found, state).into_iter().flat_map(|(_, failed)| failed.0).collect();
    if problems.is_empty() { Ok(()) } else { Err(Failed(problems)) }
}

/// The same, each with what it is about.
pub(in crate::run) fn wrong<'a>(
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
pub(in crate::run) struct Wrong<'a> {
    pub(in crate::run) release: &'a Release,
    /// Its status where an earlier run was cut off; otherwise it is in the cluster and in no state.
    pub(in crate::run) half_done: Option<&'a str>,
}

/// The addresses of those releases of a layer that are in the cluster.
pub(in crate::run) fn present(wanted: &[Release], found: &[Found]) -> Vec<String> {
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

/// The addresses that `import` blocks in a layer's folder name: an apply takes these into the state.
pub(in crate::run) fn imported(layer: &Path) -> std::io::Result<Vec<String>> {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::in_cluster::shown;
    use serde_json::Value;

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
}
