//! What cannot be asked is an error, and never gone.

use std::path::Path;
use std::sync::Arc;

use tfplugin_testing::{Action, Step};

use crate::bed::{Bed, resource, rig};
use crate::model::World;

const ADDRESS: &str = "kubernetes_namespace_v1.a";

fn namespace(bed: &Bed, rest: &str) -> String {
    bed.config(&resource(
        "namespace",
        &format!("  metadata {{\n    name = \"doubles-trouble\"\n  }}\n{rest}"),
    ))
}

/// A change of the model before a step.
fn change(bed: &Bed, change: fn(&mut World)) -> impl FnOnce(&Path) -> Result<(), String> + 'static {
    let world = Arc::clone(&bed.model.as_ref().unwrap().world);
    move |_| {
        change(&mut world.lock().unwrap());
        Ok(())
    }
}

#[test]
fn a_refusal_fails_the_plan_and_keeps_the_state() {
    let bed = Bed::model();
    let config = namespace(&bed, "");
    rig()
        .run([
            Step::apply(config.clone()),
            Step::plan(config.clone())
                .before(change(&bed, |world| world.refuses = Some(403)))
                .fails("namespaces is forbidden: User \"viewer\" cannot get it"),
            Step::plan(config.clone())
                .before(change(&bed, |world| world.refuses = Some(503)))
                .fails("is forbidden"),
            Step::apply(config)
                .before(change(&bed, |world| world.refuses = None))
                .plans(ADDRESS, Action::Nothing),
        ])
        .unwrap();
}

#[test]
fn a_wrong_token_and_a_server_that_is_not_there_fail_the_plan() {
    let bed = Bed::model();
    let config = namespace(&bed, "");
    let stranger = config.replace("token-of-the-model", "token-of-a-stranger");
    let address = bed.model.as_ref().unwrap().address.clone();
    let away = config.replace(&address, "https://127.0.0.1:1");
    rig()
        .run([
            Step::apply(config.clone()),
            Step::plan(stranger).fails("Unauthorized"),
            Step::plan(away)
                .fails(
                "Get \"https://127.0.0.1:1/api/v1/namespaces/doubles-trouble\": dial tcp 127.0.0.1:1: connect: connection refused",
            ),
            Step::apply(config).plans(ADDRESS, Action::Nothing),
        ])
        .unwrap();
}

#[test]
fn what_is_gone_is_made_again() {
    let bed = Bed::model();
    let config = namespace(&bed, "");
    rig()
        .run([
            Step::apply(config.clone()),
            Step::disappears(ADDRESS, config, change(&bed, |world| world.objects.clear())),
        ])
        .unwrap();
}

#[test]
fn what_is_there_already_is_an_error_and_not_taken_over() {
    let bed = Bed::model();
    let there = change(&bed, |world| {
        world.objects.insert("/api/v1/namespaces/doubles-trouble".to_owned(), serde_json::json!({}));
    });
    let taken = Step::apply(namespace(&bed, "")).before(there);
    rig().run([taken.fails("namespaces \"doubles-trouble\" already exists").absent(ADDRESS)]).unwrap();
}

#[test]
fn a_namespace_that_does_not_end_in_time_is_an_error_and_stays_in_the_state() {
    let bed = Bed::model();
    let config = namespace(&bed, "  timeouts {\n    delete = \"1s\"\n  }");
    rig()
        .run([
            Step::apply(config),
            Step::apply(bed.config("")).before(change(&bed, |world| world.lingers = 1000)).fails(
                "timeout while waiting for resource to be gone \\(last state: 'Terminating', timeout: 1s\\)",
            ),
            Step::apply(bed.config("")).before(change(&bed, |world| world.lingers = 0)).absent(ADDRESS),
        ])
        .unwrap();
}

#[test]
fn a_configuration_that_is_not_known_yet_fails_no_plan_of_new_objects() {
    let bed = Bed::model();
    let address = format!("\"{}\"", bed.model.as_ref().unwrap().address);
    let config = namespace(&bed, "").replace(&address, "terraform_data.cluster.id");
    let config = format!("resource \"terraform_data\" \"cluster\" {{}}\n\n{config}");
    rig().run([Step::plan(config).plans(ADDRESS, Action::Create)]).unwrap();
}

#[test]
fn without_a_cluster_the_first_object_says_so() {
    let bed = Bed::model();
    let config = format!(
        "provider \"kubernetes\" {{}}\n\n{}",
        resource("namespace", "  metadata {\n    name = \"x\"\n  }")
    );
    drop(bed);
    rig().run([Step::apply(config).fails("no configuration has been provided")]).unwrap();
}
