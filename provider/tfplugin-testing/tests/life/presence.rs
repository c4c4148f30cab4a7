//! What Terraform lets through and the framework refuses: values for what only the provider sets, and null.

use libtest_mimic::{Failed, Trial};
use serde_json::json;
use tfplugin_testing::{Action, Step};

use super::in_process;

pub(super) fn tests() -> Vec<Trial> {
    vec![
        Trial::test("what_terraform_lets_through_is_refused_while_validating", refused),
        Trial::test("what_is_known_only_while_applying_is_refused_then", later),
        Trial::test("what_is_ignored_keeps_what_the_provider_set", ignored),
    ]
}

fn item(arguments: &str) -> String {
    format!(
        "variable \"nothing\" {{\n  type    = string\n  default = null\n}}\n\nresource \"thing_item\" \"a\" {{\n  name = \
         \"first\"\n{arguments}\n}}\n"
    )
}

/// Each fault by itself: with two of them, Terraform would show both.
fn refused() -> Result<(), Failed> {
    let cases = [
        ("id = \"mine\"", "`id` cannot be set"),
        ("revision = 3", "`revision` cannot be set"),
        ("ports = [{ number = 80, url = \"tcp://mine\" }]", r"`ports\[0\]\.url` cannot be set"),
        ("ports = [{ number = var.nothing }]", r"`ports\[0\]\.number` is required"),
        ("ports = [{ number = 80 }, null]", r"`ports\[1\]` is null"),
        ("aliases = [\"n\", var.nothing]", r"`aliases\[1\]` is null"),
        ("tags = [\"n\", var.nothing]", "`tags` has a null element"),
        ("labels = { a = var.nothing }", r#"`labels\["a"\]` is null"#),
        ("rules = [{ from = \"a\" }, null]", "`rules` has a null element"),
        ("rules = [{ from = var.nothing }]", r"`rules\.from` is required"),
        ("members = { me = null }", r#"`members\["me"\]` is null"#),
        ("limits = { cpu = var.nothing }", r"`limits\.cpu` is required"),
    ];
    let mut steps: Vec<_> = cases.iter().map(|(wrong, said)| Step::plan(item(wrong)).fails(*said)).collect();
    let lookup = item("")
        .replace("resource \"thing_item\" \"a\" {\n  name = \"first\"", "data \"thing_item\" \"a\" {");
    steps.push(Step::plan(lookup.replace("\n\n}", "\n  id = var.nothing\n}")).fails("`id` is required"));
    steps.push(
        Step::plan(lookup.replace("\n\n}", "\n  id = \"1\"\n  size = 3\n}")).fails("`size` cannot be set"),
    );
    steps.push(Step::apply(item("aliases = [\"n\"]\nkind = null\nports = null")));
    Ok(in_process()?.run(steps)?)
}

/// Nobody knows before the note is there that the element is null.
fn later() -> Result<(), Failed> {
    let note = "\nresource \"thing_note\" \"a\" {\n  text = \"x\"\n}\n";
    let wrong = "aliases = [\"n\", thing_note.a.id == \"never\" ? \"m\" : null]";
    Ok(in_process()?.run([
        Step::apply(item(wrong) + note).fails(r"`aliases\[1\]` is null"),
        Step::apply(item("aliases = [\"n\"]") + note).plans("thing_item.a", Action::Create),
    ])?)
}

/// Terraform puts what is ignored into the configuration as it is in the state, with what the provider has set.
fn ignored() -> Result<(), Failed> {
    let lifecycle =
        |ignored: &str, rest: &str| item(&format!("lifecycle {{\n ignore_changes = {ignored}\n}}\n{rest}"));
    let one = "ports = [{ number = 80 }]";
    let two = "ports = [{ number = 80 }, { number = 53 }]";
    let ports = json!([{ "number": 80, "protocol": "tcp", "url": "tcp://first.example.com:80" }]);
    Ok(in_process()?.run([
        Step::apply(item(one)),
        Step::apply(lifecycle("[ports]", &format!("size = 9\n{two}")))
            .plans("thing_item.a", Action::Update)
            .value("thing_item.a", "ports", ports.clone()),
        Step::apply(lifecycle("all", "size = 10")).plans("thing_item.a", Action::Nothing).value(
            "thing_item.a",
            "ports",
            ports,
        ),
        Step::apply(lifecycle("[ports, id]", two).replace("\"first\"", "\"second\""))
            .plans("thing_item.a", Action::Replace),
    ])?)
}
