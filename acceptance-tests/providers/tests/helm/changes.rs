//! Installs, upgrades and uninstalls, and what of them goes into the state.

use serde_json::json;
use tfplugin_testing::{Action, Step};

use crate::bed::{Bed, RELEASE, TOKEN, config, file};

const SECRET: &str = "canary-81b2c6e0";
const COMMON: &str = "demo demo --repo https://charts.example.com --version";
const FLAGS: &str = "--wait --render-subchart-notes --timeout 300s";
const PLACE: &str = "--namespace apps --kubeconfig FILE";

#[test]
fn write_only_values_are_sent_on_create_and_when_their_revision_grows_and_stand_nowhere() {
    let bed = Bed::new();
    let with = |timeout: i64, revision: i64| {
        config(&format!(
            "  version = \"v1.2.3\"\n  timeout = {timeout}\n  values = [\"a: 1\", \"\"]\n  set = [{{ name = \"b\", value = \
             \"2\" }}, {{ name = \"c\", value = \"3\", type = \"string\" }}]\n  set_list = [{{ name = \"l\", value = [\"x\", \
             \"y\"] }}]\n  set_wo = [{{ name = \"d\", value = var.password }}]\n  set_wo_revision = {revision}"
        ))
    };
    let metadata = |path: &str| format!("metadata.{path}");
    bed.rig()
        .secret("password", SECRET)
        .run([
            Step::apply(with(300, 1))
                .plans(RELEASE, Action::Create)
                .value(RELEASE, "status", json!("deployed"))
                .value(RELEASE, "id", json!("demo"))
                .value(RELEASE, "version", json!("v1.2.3"))
                .value(RELEASE, "manifest", json!(null))
                .value(RELEASE, metadata("values"), json!("{}"))
                .value(RELEASE, metadata("app_version"), json!("9"))
                .value(RELEASE, metadata("first_deployed"), json!(1_767_225_600))
                .value(RELEASE, metadata("notes"), json!("Hello.")),
            Step::apply(with(400, 1)).plans(RELEASE, Action::Update).value(
                RELEASE,
                metadata("revision"),
                json!(2),
            ),
            Step::apply(with(400, 2)).plans(RELEASE, Action::Update).value(
                RELEASE,
                metadata("revision"),
                json!(3),
            ),
        ])
        .unwrap();
    let values = "--values FILE --set b=2 --set-string c=3 --set l={x,y}";
    let upgrade = |write_only: &str| {
        let flags = FLAGS.replace("300s", "400s");
        format!("upgrade {COMMON} v1.2.3 {flags} {values}{write_only} --history-max 0 {PLACE}")
    };
    assert_eq!(
        bed.changes(),
        [
            format!("install {COMMON} v1.2.3 {FLAGS} {values} --set d={SECRET} {PLACE}"),
            "  | a: 1".to_owned(),
            upgrade(""),
            "  | a: 1".to_owned(),
            upgrade(&format!(" --set d={SECRET}")),
            "  | a: 1".to_owned(),
            format!("uninstall demo --wait --timeout 400s {PLACE}"),
        ]
    );
}

#[test]
fn each_attribute_has_its_flag() {
    let bed = Bed::new();
    let all = "  wait = false\n  wait_for_jobs = true\n  atomic = true\n  max_history = 5\n  skip_crds = true\n  \
               reset_values = true\n  reuse_values = true\n  create_namespace = true\n  disable_webhooks = true\n  \
               cleanup_on_fail = true\n  replace = true\n  force_update = true\n  take_ownership = true\n  \
               render_subchart_notes = false\n  description = \"why\"";
    let steps = [Step::apply(config(all)), Step::apply(config(&format!("{all}\n  timeout = 9")))];
    bed.rig().run(steps).unwrap();
    let flags =
        |timeout: u32| format!("--no-hooks --atomic --skip-crds --timeout {timeout}s --description why");
    assert_eq!(
        bed.changes(),
        [
            format!(
                "install {COMMON} 1.2.3 {} --wait-for-jobs --take-ownership --replace --create-namespace {PLACE}",
                flags(300)
            ),
            format!(
                "upgrade {COMMON} 1.2.3 {} --history-max 5 --wait-for-jobs --take-ownership --force --reset-values \
                 --reuse-values --cleanup-on-fail {PLACE}",
                flags(9)
            ),
            format!("uninstall demo --no-hooks --timeout 9s {PLACE}"),
        ]
    );
}

#[test]
fn sensitive_values_are_cloaked_in_the_metadata() {
    let bed = Bed::new();
    fs_err::write(bed.path("config.json"), r#"{"b":{"password":"hush-hush","user":"me"},"a":1}"#).unwrap();
    let sensitive = "  set_sensitive = [{ name = \"b.password\", value = \"hush-hush\" }]";
    let values = r#"{"a":1,"b":{"password":"(sensitive value)","user":"me"}}"#;
    bed.rig().run([Step::apply(config(sensitive)).value(RELEASE, "metadata.values", json!(values))]).unwrap();
}

#[test]
fn a_newer_chart_is_an_upgrade_where_no_version_is_configured_and_an_error_where_one_is() {
    let bed = Bed::new();
    let (newer, other) = (bed.path("Chart.yaml"), bed.path("Chart.yaml"));
    let newest = "name: demo\nversion: 1.3.0\n";
    bed.rig()
        .run([
            Step::apply(config("")).value(RELEASE, "version", json!("1.2.3")),
            Step::apply(config("")).before(file(newer, newest)).plans(RELEASE, Action::Update).value(
                RELEASE,
                "version",
                json!("1.3.0"),
            ),
            Step::plan(config("  version = \"1.4.0\""))
                .before(file(other, newest))
                .fails("Planned version is different from configured version.*\"1.4.0\".*\"1.3.0\""),
            // What the kit destroys with.
            Step::plan(config("")),
        ])
        .unwrap();
}

#[test]
fn name_and_namespace_replace_a_release() {
    let bed = Bed::new();
    let named = config("").replace("name       = \"demo\"", "name       = \"other\"");
    bed.rig()
        .run([
            Step::apply(config("")),
            Step::apply(named).plans(RELEASE, Action::Replace).value(RELEASE, "id", json!("other")),
        ])
        .unwrap();
    let changes = bed.changes();
    let commands: Vec<_> = changes.iter().filter_map(|line| line.split(" --").next()).collect();
    assert_eq!(commands, ["install demo demo", "uninstall demo", "install other demo", "uninstall other"]);
}

#[test]
fn what_an_uninstall_keeps_is_a_warning() {
    let bed = Bed::new();
    fs_err::write(bed.path("kept"), "These resources were kept due to the resource policy:\n[CRD] x\n\n")
        .unwrap();
    let warned = "Helm uninstall returned an information message.*kept due to the resource policy";
    let (release, none) = (config(""), config("").split("resource").next().unwrap_or_default().to_owned());
    bed.rig().run([Step::apply(release), Step::apply(none).says(warned).absent(RELEASE)]).unwrap();
}

#[test]
fn an_import_knows_the_release_and_neither_its_repository_nor_its_values() {
    let bed = Bed::new();
    fs_err::create_dir(bed.path("releases")).unwrap();
    fs_err::write(bed.path("releases/demo"), "4 deployed\n").unwrap();
    fs_err::write(bed.path("installed"), "1.2.3\n").unwrap();
    let import = |id: &str| format!("import {{\n  to = {RELEASE}\n  id = \"{id}\"\n}}\n\n{}", config(""));
    bed.rig()
        .run([
            Step::plan(import("demo")).fails("Unexpected ID format \\(\"demo\"\\), expected namespace/name"),
            Step::plan(import("apps/other")).fails("Unable to get Helm release other: release: not found"),
            Step::apply(import("apps/demo"))
                .plans(RELEASE, Action::Update)
                .value(RELEASE, "metadata.revision", json!(5))
                .value(RELEASE, "description", json!("Install complete")),
        ])
        .unwrap();
}

#[test]
fn registries_are_signed_in_to_once_and_a_chart_of_one_is_named_whole() {
    let bed = Bed::new();
    let oci = config("").replace("https://charts.example.com", "oci://registry.example.com/charts").replace(
        "provider \"helm\" {",
        "provider \"helm\" {\n  registries = [{ url = \"oci://registry.example.com\", username = \"me\", password = \
         \"pass-of-me\" }]\n  helm_driver = \"secret\"\n  burst_limit = 300\n  qps = 12.5",
    );
    bed.rig().run([Step::apply(oci)]).unwrap();
    let calls = bed.calls();
    let login =
        "registry login registry.example.com --username me --password-stdin --burst-limit 300 --qps 12.5";
    assert_eq!(calls[..2], [login.to_owned(), "  | pass-of-me".to_owned()]);
    let shown: Vec<_> = calls.iter().filter(|line| line.starts_with("show ")).collect();
    let show = "show chart oci://registry.example.com/charts/demo";
    assert!(!shown.is_empty() && shown.iter().all(|line| line.starts_with(show)), "{shown:?}");
}

#[test]
fn helm_gets_a_kubeconfig_of_this_cluster_alone() {
    let bed = Bed::new();
    bed.rig().run([Step::apply(config(""))]).unwrap();
    let kubeconfig = bed.kubeconfig();
    assert_eq!(kubeconfig["clusters"][0]["cluster"], json!({ "server": "https://127.0.0.1:1" }));
    assert_eq!(kubeconfig["users"][0]["user"], json!({ "token": TOKEN }));
}
