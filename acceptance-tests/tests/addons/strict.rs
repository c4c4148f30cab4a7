//! What we make in a cluster, before the API servers of the oldest and of the newest Kubernetes in support: they take each object, and know
//! each of its fields.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use acceptance_tests::charts::Helm;
use acceptance_tests::kubernetes::Minor;
use acceptance_tests::{Terraform, repository, scratch};
use anyhow::{Result, ensure};
use fs_err as fs;
use serde_json::{Value, json};
use test_cluster::Client;

use super::cluster::Before;
use super::module::{copied, pinned};
use super::{pools, text};

/// Gives the example of the module what it leaves out: every add-on, and both storage classes.
const EVERYTHING: &str = r#"module "addons" {
  addons  = { external-dns = { enabled = true }, gpu-operator = { enabled = true } }
  storage = { kms_key_arn = "arn:aws:kms:us-east-1:123456789012:key/a", efs_file_system_id = "fs-0123456789abcdef0" }
}
"#;

/// Resources of the provider `kubernetes`; the list of releases, a config map, is made after all of these and needs them all.
const RESOURCES: [&str; 7] = [
    "kubernetes_namespace_v1.this",
    "kubernetes_network_policy_v1.this",
    "kubernetes_priority_class_v1.critical",
    "kubernetes_priority_class_v1.standard",
    "kubernetes_secret_v1.sentinel",
    "kubernetes_storage_class_v1.efs",
    "kubernetes_storage_class_v1.gp3",
];

/// One cluster for each minor.
#[test]
fn objects_of_ours_are_taken_strictly_by_each_kubernetes_in_support() -> Result<()> {
    let charts = pinned()?;
    let folder = scratch::folder("addons-strict")?;
    let mut told = Vec::new();
    for minor in Minor::ALL {
        let folder = folder.join(minor.name());
        let before = Before::install_on(minor, &folder, &charts)?;
        before.nothing_is_pending()?;
        before.takes_the_mesh(Path::new("modules/addons/charts/mesh"))?;
        pools::are_taken(before.administrator(), &folder)?;
        let of_terraform = of_terraform(&before)?;
        let of_charts = of_charts(minor, before.administrator(), &folder)?;
        told.push(format!("{}: {of_charts} objects of charts, {of_terraform} of Terraform", minor.version()));
    }
    Ok(writeln!(std::io::stderr(), "proved: {}", told.join("; "))?)
}

/// What the provider `kubernetes` makes, for every add-on at once. Gives the number of its objects.
fn of_terraform(before: &Before) -> Result<usize> {
    let terraform = before.terraform();
    fs::write(terraform.folder().join("everything_override.tf"), EVERYTHING)?;
    let targets = RESOURCES.map(|resource| format!("-target=module.addons.{resource}"));
    let mut arguments = vec!["apply", "-no-color", "-auto-approve"];
    arguments.extend(targets.iter().map(String::as_str));
    terraform.succeed(&arguments)?;
    let made = in_state(terraform)?;
    let kinds: BTreeSet<&str> =
        made.iter().map(|address| address.split('[').next().unwrap_or_default()).collect();
    assert_eq!(kinds, RESOURCES.into());
    Ok(made.len())
}

/// The addresses, within the module, of those resources that were made.
fn in_state(terraform: &Terraform) -> Result<Vec<String>> {
    let listed = terraform.succeed(&["state", "list"])?.stdout;
    let ours = listed.lines().filter_map(|line| line.strip_prefix("module.addons."));
    Ok(ours.filter(|address| address.starts_with("kubernetes_")).map(str::to_owned).collect())
}

/// Our charts, with what the golden cases give them. Gives the number of their objects.
fn of_charts(minor: Minor, administrator: &Client, folder: &Path) -> Result<usize> {
    let helm = Helm::find(&folder.join("helm"))?;
    let mut count = 0;
    for (chart, values) in cases(folder)? {
        let file = folder.join("values.json");
        fs::write(&file, values.to_string())?;
        let (chart, file) = (chart.to_string_lossy(), file.to_string_lossy());
        let version = ["--kube-version", minor.version(), "--values", &file];
        helm.run(&[["lint", &chart, "--strict"].as_slice(), &version].concat())?;
        let namespace = ["--namespace", "istio-system"];
        let rendered = helm.run(&[["template", "ours", &chart].as_slice(), &namespace, &version].concat())?;
        for object in pools::documents(&rendered)? {
            let answer = administrator.send("PATCH", &applied(&object), Some(&object))?;
            let is_taken = matches!(answer.status, 200 | 201);
            ensure!(is_taken, "{chart}: status {}: {}\n{object}", answer.status, answer.body);
            count += 1;
        }
    }
    what_is_unknown_is_refused(administrator)?;
    Ok(count)
}

/// The check can fail.
fn what_is_unknown_is_refused(administrator: &Client) -> Result<()> {
    let object = json!({
        "apiVersion": "security.istio.io/v1", "kind": "PeerAuthentication",
        "metadata": { "name": "default", "namespace": "istio-system" },
        "spec": { "mtls": { "mode": "STRICT", "since": "always" } },
    });
    let answer = administrator.send("PATCH", &applied(&object), Some(&object))?;
    let (_, message) = answer.refusal();
    ensure!(message.contains("since"), "status {}: {}", answer.status, answer.body);
    Ok(())
}

/// Each chart of ours with each of the values that it gets.
fn cases(folder: &Path) -> Result<Vec<(PathBuf, Value)>> {
    let charts = repository::root().join("modules/addons/charts");
    let terraform = copied(&folder.join("cases"))?;
    let mut cases = vec![(charts.join("load-balancer-crds"), json!({}))];
    for case in pools::CASES {
        cases.push((pools::chart(), pools::values(&terraform, case)?));
    }
    let exception =
        json!({ "name": "webhook", "namespace": "default", "matchLabels": { "app": "a" }, "ports": [8443] });
    for mode in modes()? {
        for exceptions in [json!([]), json!([exception])] {
            cases.push((charts.join("mesh"), json!({ "mtls": mode, "exceptions": exceptions })));
        }
    }
    Ok(cases)
}

/// What the golden trees give the mesh.
fn modes() -> Result<BTreeSet<String>> {
    let mut modes = BTreeSet::new();
    for case in fs::read_dir(repository::root().join("generator/tests/cases"))? {
        let layer = case?.path().join("out/addons/main.tf");
        if !layer.is_file() {
            continue;
        }
        let written = fs::read_to_string(layer)?;
        let set = written.lines().filter_map(|line| line.trim().strip_prefix("mtls"));
        modes.extend(set.filter_map(|rest| Some(rest.split('"').nth(1)?.to_owned())));
    }
    ensure!(!modes.is_empty(), "no golden tree says what the mesh asks for");
    Ok(modes)
}

/// Where an object is applied by the server: as if, and with all of its fields known.
fn applied(object: &Value) -> String {
    let version = text(&object["apiVersion"]);
    let group = if version.contains('/') { "apis" } else { "api" };
    let metadata = &object["metadata"];
    let namespace =
        metadata["namespace"].as_str().map(|name| format!("namespaces/{name}/")).unwrap_or_default();
    let plural = pools::plural(&text(&object["kind"]).to_lowercase());
    let how = "dryRun=All&fieldValidation=Strict&fieldManager=strict&force=true";
    format!("/{group}/{version}/{namespace}{plural}/{}?{how}", text(&metadata["name"]))
}
