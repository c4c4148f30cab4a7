//! What the real provider does not guard, the double does not either.

use serde_json::json;
use tfplugin_testing::{Action, Step};

use crate::bed::{Bed, RELEASE, config, file};

#[test]
fn a_release_that_cannot_be_read_is_forgotten_and_its_destroy_succeeds() {
    let bed = Bed::new();
    let unreachable = file(bed.path("unreachable"), "connect: connection refused");
    bed.rig()
        .run([
            Step::apply(config("")),
            Step::plan(config("")).before(unreachable).plans(RELEASE, Action::Create),
        ])
        .unwrap();
    // The kit has destroyed all that was in the state, and nobody has uninstalled anything.
    assert_eq!(bed.changes().len(), 1, "{:?}", bed.changes());
    assert!(bed.path("releases/demo").exists());
}

#[test]
fn a_failed_create_is_in_no_state_and_in_the_way_of_the_next_until_upgrade_install() {
    let bed = Bed::new();
    bed.rig()
        .run([
            Step::apply(config(""))
                .before(file(bed.path("fail"), "context deadline exceeded"))
                .fails("Helm release error.*context deadline exceeded")
                .says("Helm release created with warnings")
                .absent(RELEASE),
            Step::apply(config(""))
                .fails("installation failed.*cannot re-use a name that is still in use")
                .absent(RELEASE),
            Step::apply(config("  upgrade_install = true\n  max_history = 5\n  wait_for_jobs = true"))
                .plans(RELEASE, Action::Create)
                .value(RELEASE, "metadata.revision", json!(2)),
        ])
        .unwrap();
    let changes = bed.changes();
    let adopted = changes.iter().find(|line| line.starts_with("upgrade ")).unwrap();
    // Two flags that an install and an upgrade have, an adoption has not.
    assert!(adopted.contains("--history-max 0") && !adopted.contains("--wait-for-jobs"), "{adopted}");
}

#[test]
fn a_failed_upgrade_is_an_error_and_only_its_status_is_drift() {
    let bed = Bed::new();
    let failing = file(bed.path("fail"), "timed out waiting for the condition");
    bed.rig()
        .run([
            Step::apply(config("")),
            Step::apply(config("  timeout = 7"))
                .before(failing)
                .fails("Error upgrading chart.*Upgrade failed: timed out waiting for the condition"),
            Step::plan(config("")).plans(RELEASE, Action::Update).value(RELEASE, "timeout", json!(300)),
        ])
        .unwrap();
}

#[test]
fn a_plan_needs_the_repository_even_when_nothing_changes() {
    let bed = Bed::new();
    let chart = bed.path("Chart.yaml");
    let text = fs_err::read_to_string(&chart).unwrap();
    let gone = chart.clone();
    bed.rig()
        .run([
            Step::apply(config("")),
            Step::plan(config(""))
                .before(move |_| fs_err::remove_file(gone).map_err(|error| error.to_string()))
                .fails("Error locating chart.*Unable to locate chart demo: .*cannot be reached"),
            Step::plan(config(""))
                .before(move |_| fs_err::write(chart, text).map_err(|error| error.to_string())),
        ])
        .unwrap();
}

#[test]
fn values_that_were_changed_behind_its_back_are_not_seen() {
    let bed = Bed::new();
    let changed = file(bed.path("config.json"), "{\"a\":2}");
    bed.rig()
        .run([
            Step::apply(config("  values = [\"a: 1\"]")),
            Step::apply(config("  values = [\"a: 1\"]")).before(changed).plans(RELEASE, Action::Nothing),
        ])
        .unwrap();
}

#[test]
fn a_configuration_that_is_not_known_yet_fails_no_plan_of_new_releases() {
    let bed = Bed::new();
    let unknown = config("").replace("\"https://127.0.0.1:1\"", "terraform_data.cluster.id");
    let unknown = format!("resource \"terraform_data\" \"cluster\" {{}}\n\n{unknown}");
    bed.rig().run([Step::plan(unknown).plans(RELEASE, Action::Create)]).unwrap();
    assert_eq!(bed.changes(), Vec::<String>::new());
}

#[test]
fn a_helm_that_is_not_there_is_named() {
    let bed = Bed::new();
    let missing = bed.rig().environment("HELM", "/nowhere/helm");
    missing
        .run([Step::plan(config(""))
            .fails("`/nowhere/helm` cannot be started: install Helm 3, or name the program")])
        .unwrap();
}
