//! What the kit says when something is not as expected.

use libtest_mimic::{Failed, Trial};
use serde_json::json;
use tfplugin_testing::{Action, Step};

use super::in_process;

const NOTE: &str = "resource \"thing_note\" \"a\" {\n  text = \"x\"\n}\n";

pub(super) fn tests() -> Vec<Trial> {
    vec![
        Trial::test("an_unexpected_plan_fails", || {
            let step = Step::apply(NOTE).plans("thing_note.a", Action::Update);
            fails_with(step, "step 1 (apply): Update is expected for `thing_note.a`, but Create is planned")
        }),
        Trial::test("an_unexpected_value_fails", || {
            let step = Step::apply(NOTE).value("thing_note.a", "text", json!("y"));
            fails_with(
                step,
                "step 1 (apply): `thing_note.a.text` is \"x\" in the state, but \"y\" is expected",
            )
        }),
        Trial::test("an_expected_failure_that_does_not_come_fails", || {
            fails_with(Step::apply(NOTE).fails("x"), "step 1 (apply): a failure that matches `x` is expected")
        }),
        Trial::test("a_plan_that_never_settles_fails", || {
            let step = Step::apply("resource \"thing_note\" \"a\" {\n  text = timestamp()\n}\n");
            fails_with(step, "step 1 (apply): the plan after it is not empty:")
        }),
        Trial::test("a_secret_in_the_state_fails", || {
            let config = "variable \"word\" {}\n\nresource \"thing_note\" \"a\" {\n  text = var.word\n}\n";
            let run = in_process()?.secret("word", "canary-0a1b2c3d").run([Step::apply(config)]);
            expect_failure(run, "secrets: a secret")
        }),
    ]
}

fn fails_with(step: Step, beginning: &str) -> Result<(), Failed> {
    expect_failure(in_process()?.run([step]), beginning)
}

fn expect_failure(run: Result<(), tfplugin_testing::Failure>, beginning: &str) -> Result<(), Failed> {
    match run {
        Err(failure) if failure.to_string().starts_with(beginning) => Ok(()),
        Err(failure) => Err(format!("another failure than `{beginning}`: {failure}").into()),
        Ok(()) => Err("the kit saw nothing".into()),
    }
}
