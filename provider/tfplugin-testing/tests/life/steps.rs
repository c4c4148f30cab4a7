//! Lives through the real Terraform: of an item with every kind of attribute, of a label with an identity, and of a note. Whoever offers these types
//! lives them, and `acceptance-tests/tests/peer.rs` has the same provider on another framework do so.

use std::path::Path;

use serde_json::{Value as Json, json};
use tfplugin::value::Value;
use tfplugin_testing::{Action, Rig, Step};

use crate::things::{Store, item_type};

pub(crate) const ITEM: &str = "thing_item.a";
pub(crate) const SECRET: &str = "canary-5f1d9b7c";

/// A configuration of one item, in a store in a file.
pub(crate) fn config(store: &Path, resource: &str, changes: &[(&str, &str)]) -> String {
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
pub(crate) fn outside(store: &Path, change: impl Fn(&mut Value) -> bool) -> Result<(), String> {
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

/// The life of an item; `too_small` is what its provider says of `size = 0`.
pub(crate) fn item(rig: Rig, too_small: &str) -> Result<(), String> {
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    let store = folder.path().join("store.json");
    rig.secret("password", SECRET).run(steps(&store, too_small)).map_err(|failure| failure.to_string())?;
    let left = fs_err::read_to_string(&store).unwrap_or_default();
    if left == "{}" { Ok(()) } else { Err(format!("something is left in the store: {left}")) }
}

/// The life of a label. Newer cores keep the identity of an object, hold each plan and read to it, and see another one only after a
/// replacement.
pub(crate) fn label(rig: Rig) -> Result<(), String> {
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    let store = folder.path().join("store.json");
    let label = |text: &str| {
        format!(
            "provider \"thing\" {{\n  path = {store:?}\n}}\n\nresource \"thing_label\" \"a\" {{\n  text = \"{text}\"\n}}\n"
        )
    };
    let steps = [
        Step::apply(label("one")).plans("thing_label.a", Action::Create),
        Step::import("thing_label.a", "id"),
        Step::apply(label("two")).plans("thing_label.a", Action::Replace),
    ];
    rig.run(steps).map_err(|failure| failure.to_string())
}

/// The life of a note in a provider that forgets it, as the benchmark has it.
pub(crate) fn note(rig: Rig) -> Result<(), String> {
    let note = |arguments: &str| format!("resource \"thing_note\" \"a\" {{\n  {arguments}\n}}\n");
    let steps = [
        Step::apply(note("text = \"one\"")).plans("thing_note.a", Action::Create),
        Step::apply(note("text = \"two\"")).plans("thing_note.a", Action::Update).value(
            "thing_note.a",
            "text",
            json!("two"),
        ),
        Step::apply(note("text = \"two\"\n  title = \"t\"")).plans("thing_note.a", Action::Replace),
    ];
    rig.run(steps).map_err(|failure| failure.to_string())
}

/// What nobody may write of an item, an argument and its value each.
const REFUSED: [(&str, &str); 13] = [
    ("id", "\"mine\""),
    ("revision", "2"),
    ("name", "null"),
    ("size", "1.5"),
    ("contact", "\"nobody\""),
    ("labels", "{ a = null }"),
    ("tags", "[\"a\", null]"),
    ("aliases", "[null]"),
    ("limits", "{ cpu = null }"),
    ("ports", "[{ number = 70000 }]"),
    ("ports", "[{ number = 80, url = \"mine\" }]"),
    ("members", "{ me = { role = null } }"),
    // A version without what it is the version of.
    ("password_wo", "null"),
];

/// Each of [`REFUSED`] is refused before anything is made, by whatever words.
pub(crate) fn refusals(rig: Rig) -> Result<(), String> {
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    let store = folder.path().join("store.json");
    let refused = |case: (&str, &str)| Step::plan(config(&store, "thing_item", &[case])).fails("Error: ");
    rig.secret("password", SECRET).run(REFUSED.map(refused)).map_err(|failure| failure.to_string())
}

/// The item as it is in the second half of its life.
fn second(store: &Path) -> String {
    let changes = [("name", "\"second\""), ("ports", "[{ number = 80 }]"), ("password_wo_version", "2")];
    config(store, "thing_item", &changes)
}

fn steps(store: &Path, too_small: &str) -> Vec<Step> {
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
    let mut steps = created_and_changed(store, too_small);
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
fn created_and_changed(store: &Path, too_small: &str) -> Vec<Step> {
    let first = |changes: &[(&str, &str)]| config(store, "thing_item", changes);
    let moved = "\nmoved {\n  from = thing_element.a\n  to   = thing_item.a\n}\n";
    vec![
        Step::plan(first(&[("size", "0")])).fails(too_small),
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
