//! States that earlier builds have written, of every resource type, read by this one.
//!
//! A file in `provider/tests/states` is named after the commit that wrote it. Of each type it has the configuration, the state as Terraform's file has
//! it, its private part, and the records of the control plane by then. Another is recorded with a provider of an earlier commit:
//!
//! ```sh
//! RECORD_STATES_OF=<commit>=<path of its binary> cargo nextest run --test conformance states
//! ```

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::{Value as Json, json};
use tfplugin::value::Value;
use tfy_sandbox::{Handle, Options, Sandbox};

use crate::cell::KEY;
use crate::client::{BUILT, Client, State};
use crate::specimen::{self, Specimen};

const RECORD: &str = "RECORD_STATES_OF";

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/states")
}

async fn sandbox() -> Handle {
    let sandbox = Sandbox::start(Options::new(KEY)).await.unwrap();
    sandbox.control("POST", "switches", &json!({ "unchecked_references": true })).unwrap();
    sandbox
}

fn records(sandbox: &Handle) -> Vec<Json> {
    sandbox.control("GET", "records", &Json::Null).unwrap()["data"].as_array().unwrap().clone()
}

fn is_built_in(record: &Json) -> bool {
    record["built_in"] == true
}

fn json_of(value: &Value) -> Json {
    value.to_json(false)
}

/// Makes one object with an earlier provider.
async fn recorded(sandbox: &Handle, client: &mut Client, specimen: &Specimen) -> Json {
    sandbox.control("POST", "reset", &Json::Null).unwrap();
    let config = truefoundry_api::Config::new(sandbox.url(), KEY.to_owned().into());
    let control_plane = truefoundry_api::Client::new(config).unwrap();
    for manifest in &specimen.before {
        control_plane.apply(manifest, false).await.unwrap();
    }
    client.configure(sandbox.url(), KEY, 0).await;
    let made = client.apply(&specimen.resource, &State::none(), &specimen.made).await;
    assert_eq!(made.errors, [""; 0], "{}", specimen.resource.name);
    let mut kept = records(sandbox);
    kept.retain(|record| !is_built_in(record));
    // What the sandbox has minted is of no use, and looks like a real one.
    for record in kept.iter_mut().filter(|record| record["kind"] == "cluster") {
        record["token"] = "made-up".into();
    }
    json!({
        "config": json_of(&specimen.made),
        "state": json_of(&made.state.value),
        "private": String::from_utf8(made.state.private).unwrap(),
        "records": kept,
    })
}

async fn record(commit: &str, program: &Path) {
    let sandbox = sandbox().await;
    let data = tempfile::tempdir().unwrap();
    let mut client = Client::start(program, data.path()).await;
    let mut states = BTreeMap::new();
    for specimen in specimen::all() {
        let state = recorded(&sandbox, &mut client, &specimen).await;
        states.insert(specimen.resource.name, state);
    }
    // A line for each type.
    let lines: Vec<String> = states.iter().map(|(name, state)| format!("{}: {state}", json!(name))).collect();
    let file = folder().join(format!("{commit}.json"));
    fs_err::write(file, format!("{{\n{}\n}}\n", lines.join(",\n"))).unwrap();
}

/// The object of one type, as an earlier build left it: what is wrong with it now.
async fn wrong(sandbox: &Handle, client: &mut Client, specimen: &Specimen, kept: &Json) -> Option<String> {
    let of = &specimen.resource;
    let mut all: Vec<Json> = records(sandbox).into_iter().filter(is_built_in).collect();
    all.extend(kept["records"].as_array().unwrap().iter().cloned());
    sandbox.control("PUT", "records", &json!({ "data": all })).unwrap();
    client.configure(sandbox.url(), KEY, 0).await;
    let upgraded = client.upgrade(of, &kept["state"], kept["private"].as_str().unwrap()).await;
    if !upgraded.errors.is_empty() {
        return Some(format!("{}: its state cannot be read: {:?}", of.name, upgraded.errors));
    }
    let read = client.read(of, &upgraded.state).await;
    if !read.errors.is_empty() || read.state.is_none() {
        return Some(format!("{}: it is not found: {:?}", of.name, read.errors));
    }
    let config = of.config(&kept["config"]);
    client.has_changes(of, &read.state, &config).await.then(|| format!("{}: the plan has changes", of.name))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn states_of_earlier_builds_are_read_with_an_empty_plan() {
    if let Some((commit, program)) = std::env::var(RECORD).ok().as_deref().and_then(|of| of.split_once('=')) {
        record(commit, program.as_ref()).await;
    }
    let sandbox = sandbox().await;
    let data = tempfile::tempdir().unwrap();
    let mut client = Client::start(BUILT.as_ref(), data.path()).await;
    let mut files: Vec<PathBuf> =
        fs_err::read_dir(folder()).unwrap().map(|file| file.unwrap().path()).collect();
    files.sort();
    assert!(!files.is_empty());
    for file in files {
        let states: BTreeMap<String, Json> =
            serde_json::from_str(&fs_err::read_to_string(&file).unwrap()).unwrap();
        let mut all_wrong = Vec::new();
        let mut count = 0;
        for specimen in specimen::all() {
            // A type that is newer than the file.
            let Some(kept) = states.get(&specimen.resource.name) else { continue };
            count += 1;
            all_wrong.extend(wrong(&sandbox, &mut client, &specimen, kept).await);
        }
        assert!(all_wrong.is_empty(), "{}:\n{}", file.display(), all_wrong.join("\n"));
        assert_eq!(count, states.len(), "{}: types that are gone", file.display());
    }
}
