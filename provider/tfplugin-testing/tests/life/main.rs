//! The whole life of a resource with every kind of attribute, through the real Terraform: by mirror, by `dev_overrides`
//! and by reattach. And the kit itself: that it fails when it should.

#[path = "../../../tfplugin/examples/thing/things/mod.rs"]
mod things;

mod failures;
mod sets;

use std::path::Path;
use std::process::ExitCode;

use libtest_mimic::{Arguments, Failed, Trial};
use serde_json::{Value as Json, json};
use tfplugin::Server;
use tfplugin::transport::{self, Options};
use tfplugin::value::Value;
use tfplugin_testing::{Action, Rig, Step};

use things::{ADDRESS, Store, Things, item_type};

const ITEM: &str = "thing_item.a";
const SECRET: &str = "canary-5f1d9b7c";

fn main() -> ExitCode {
    // Started by Terraform, this program is the provider.
    if std::env::var_os("TF_PLUGIN_MAGIC_COOKIE").is_some() {
        return transport::run(Server::new(Things), &Options::new(ADDRESS));
    }
    let mut tests = vec![
        Trial::test("life_by_mirror", || life(Rig::mirror(ADDRESS, &std::env::current_exe()?)?)),
        Trial::test("life_by_dev_overrides", || {
            life(Rig::dev_overrides(ADDRESS, &std::env::current_exe()?)?)
        }),
        Trial::test("life_by_reattach", || life(in_process()?)),
        Trial::test("an_identity_is_filled_in_and_follows_a_replacement", identity),
    ];
    tests.extend(failures::tests());
    tests.extend(sets::tests());
    libtest_mimic::run(&Arguments::from_args(), tests).exit_code()
}

fn in_process() -> Result<Rig, Failed> {
    Ok(Rig::in_process(ADDRESS, Server::new(Things))?)
}

/// A configuration of one item, in a store in a file.
fn config(store: &Path, resource: &str, changes: &[(&str, &str)]) -> String {
    let mut arguments = vec![
        ("name", "\"first\""),
        ("size", "3"),
        ("ratio", "0.12345678901234567890123"),
        ("contact", "\"Me@Example.com\""),
        ("labels", "{ a = \"b\" }"),
        ("tags", "[\"y\", \"x\", \"y\"]"),
        ("aliases", "[\"n\", \"m\"]"),
        ("settings", "{ deep = [1, \"x\", true, null] }"),
        ("limits", "{ cpu = 2 }"),
        ("ports", "[{ number = 80 }, { number = 53, protocol = \"udp\" }]"),
        ("rules", "[{ from = \"a\" }, { from = \"b\", to = \"c\" }]"),
        ("members", "{ me = { role = \"owner\" } }"),
        ("password_wo", "var.password"),
        ("password_wo_version", "1"),
    ];
    for (name, value) in changes {
        arguments.retain(|(other, _)| other != name);
        if !value.is_empty() {
            arguments.push((name, value));
        }
    }
    let arguments: String = arguments.iter().map(|(name, value)| format!("  {name} = {value}\n")).collect();
    format!(
        "variable \"password\" {{\n  type      = string\n  ephemeral = true\n}}\n\nprovider \"thing\" {{\n  path = \
         {store:?}\n}}\n\nresource \"{resource}\" \"a\" {{\n{arguments}}}\n\ndata \"thing_item\" \"a\" {{\n  id = \
         {resource}.a.id\n}}\n\noutput \"slug\" {{\n  value = provider::thing::slug(\"My {resource}\")\n}}\n"
    )
}

/// Changes the one thing in a store behind Terraform's back; without a new value it is removed.
fn outside(store: &Path, change: impl Fn(&mut Value) -> bool) -> Result<(), String> {
    let text = |problem: tfplugin::Diagnostic| problem.to_string();
    let ids: serde_json::Map<String, Json> = fs_err::read(store)
        .map_err(|error| error.to_string())
        .and_then(|bytes| serde_json::from_slice(&bytes).map_err(|error| error.to_string()))?;
    let id = ids.keys().next().ok_or("the store is empty")?;
    let store = Store::open(store).map_err(text)?;
    let mut item = store.get(id, &item_type()).map_err(text)?.ok_or("the thing is gone")?;
    if change(&mut item) {
        store.put(id, &item, &item_type()).map_err(text)
    } else {
        store.remove(id).map(drop).map_err(text)
    }
}

/// Makes the state one of schema version 0, which had one port.
fn as_version_0(folder: &Path) -> Result<(), String> {
    let path = folder.join("terraform.tfstate");
    let text = |error: std::io::Error| error.to_string();
    let mut state: Json =
        serde_json::from_slice(&fs_err::read(&path).map_err(text)?).map_err(|error| error.to_string())?;
    let resources = state["resources"].as_array_mut().ok_or("the state has no resources")?;
    let item = resources.iter_mut().find(|one| one["mode"] == "managed").ok_or("the item is not there")?;
    let instance = &mut item["instances"][0];
    instance["schema_version"] = 0.into();
    let attributes = instance["attributes"].as_object_mut().ok_or("the item has no attributes")?;
    attributes.remove("ports");
    attributes.insert("port".into(), 80.into());
    fs_err::write(&path, state.to_string()).map_err(text)
}

fn life(rig: Rig) -> Result<(), Failed> {
    let folder = std::env::temp_dir().join(format!("tfplugin-life-{}", uuid::Uuid::new_v4()));
    fs_err::create_dir(&folder)?;
    let store = folder.join("store.json");
    let result = rig.secret("password", SECRET).run(steps(&store));
    let left = fs_err::read_to_string(&store).unwrap_or_default();
    fs_err::remove_dir_all(&folder)?;
    result?;
    if left == "{}" { Ok(()) } else { Err(format!("something is left in the store: {left}").into()) }
}

/// Newer cores keep the identity of an object, hold each plan and read to it, and see another one only after a replacement.
fn identity() -> Result<(), Failed> {
    let store = tempfile::tempdir()?;
    let label = |text: &str| {
        format!(
            "provider \"thing\" {{\n  path = {:?}\n}}\n\nresource \"thing_label\" \"a\" {{\n  text = \"{text}\"\n}}\n",
            store.path().join("store.json")
        )
    };
    Ok(in_process()?.run([
        Step::apply(label("one")).plans("thing_label.a", Action::Create),
        Step::import("thing_label.a", "id"),
        Step::apply(label("two")).plans("thing_label.a", Action::Replace),
    ])?)
}

/// The item as it is in the second half of its life.
fn second(store: &Path) -> String {
    let changes = [("name", "\"second\""), ("ports", "[{ number = 80 }]"), ("password_wo_version", "2")];
    config(store, "thing_item", &changes)
}

fn steps(store: &Path) -> Vec<Step> {
    let second = || second(store);
    let moved = "\nmoved {\n  from = thing_item.a\n  to   = thing_item.b\n}\n";
    let renamed = second()
        .replace("resource \"thing_item\" \"a\"", "resource \"thing_item\" \"b\"")
        .replace("thing_item.a.id", "thing_item.b.id");
    let (drifting, vanishing) = (store.to_path_buf(), store.to_path_buf());
    let grow = |item: &mut Value| {
        item.put("size", 9);
        true
    };
    let mut steps = created_and_changed(store);
    steps.extend([
        Step::import(ITEM, "id"),
        Step::apply(second()).before(move |_| outside(&drifting, grow)).plans(ITEM, Action::Update).value(
            ITEM,
            "size",
            json!(3),
        ),
        Step::disappears(ITEM, second(), move |_| outside(&vanishing, |_| false)).value(
            ITEM,
            "revision",
            json!(1),
        ),
        Step::apply(second()).before(as_version_0).plans(ITEM, Action::Nothing),
        Step::apply(renamed + moved).plans("thing_item.b", Action::Nothing).absent(ITEM),
    ]);
    steps
}

/// Under the old name of the type, then moved to the new one; changed in place, then replaced.
fn created_and_changed(store: &Path) -> Vec<Step> {
    let first = |changes: &[(&str, &str)]| config(store, "thing_item", changes);
    let moved = "\nmoved {\n  from = thing_element.a\n  to   = thing_item.a\n}\n";
    vec![
        Step::plan(first(&[("size", "0")])).fails("`size` must be between 1 and 1000, but it is `0`"),
        Step::apply(config(store, "thing_element", &[]))
            .plans("thing_element.a", Action::Create)
            .value("thing_element.a", "size", json!(3))
            .value("thing_element.a", "kind", json!("plain"))
            .value("thing_element.a", "enabled", json!(true))
            .value("thing_element.a", "tags", json!(["x", "y"]))
            .value("thing_element.a", "settings.deep", json!([1, "x", true, null]))
            .value("thing_element.a", "limits", json!({ "cpu": 2, "memory": 512 }))
            .value("thing_element.a", "ports.1.url", json!("udp://first.example.com:53"))
            .value("thing_element.a", "password_wo", Json::Null)
            .value("thing_element.a", "password_length", json!(SECRET.len())),
        Step::apply(first(&[]) + moved).plans(ITEM, Action::Nothing).absent("thing_element.a"),
        // Only its spelling changes.
        Step::apply(first(&[("contact", "\"me@example.COM\"")])).value(
            ITEM,
            "contact",
            json!("Me@Example.com"),
        ),
        Step::apply(first(&[("size", ""), ("description", "\"new\""), ("ports", "[{ number = 80 }]")]))
            .plans(ITEM, Action::Update)
            .value(ITEM, "size", json!(1))
            .value(
                ITEM,
                "ports",
                json!([{ "number": 80, "protocol": "tcp", "url": "tcp://first.example.com:80" }]),
            ),
        Step::apply(first(&[("password_wo_version", "2"), ("ports", "[{ number = 80 }]")]))
            .plans(ITEM, Action::Update),
        Step::plan(first(&[])).fails("`password_wo_version` goes from 2 back to 1"),
        Step::apply(second(store)).plans(ITEM, Action::Replace).value(ITEM, "revision", json!(1)),
    ]
}
