//! What becomes of the user's edits when the spec changes and the directory is generated again.

use crate::support::{Place, SPEC, tfy_infra};

const ELSEWHERE: (&str, &str) = ("us-east-1", "eu-west-1");

/// A directory that was generated once.
fn generated() -> Place {
    let place = Place::new();
    assert_eq!(place.generate().code, 0);
    place
}

/// The spec with another region, generated.
fn moved(place: &Place) -> crate::support::Output {
    place.spec(&SPEC.replace(ELSEWHERE.0, ELSEWHERE.1));
    place.generate()
}

fn edit(place: &Place, file: &str, from: &str, to: &str) {
    let text = place.read(file);
    assert!(text.contains(from), "{file} has no {from:?}:\n{text}");
    place.write(file, &text.replacen(from, to, 1));
}

#[test]
fn edits_survive_a_change_elsewhere() {
    let place = generated();
    edit(&place, "cluster/main.tf", "  vpc_id ", "  # why this VPC\n  vpc_id ");
    edit(
        &place,
        "network/main.tf",
        "module \"network\"",
        "resource \"null\" \"mine\" {\n}\n\nmodule \"network\"",
    );
    edit(&place, "data/providers.tf", "provider \"aws\" {\n", "provider \"aws\" {\n\n");
    edit(&place, "identity/outputs.tf", "\n", "\r\n");
    let windows = place.read("platform/main.tf").replace('\n', "\r\n");
    place.write("platform/main.tf", &windows);
    edit(&place, ".gitignore", "*.tfplan\n", "*.tfplan\n*.mine\n");
    edit(&place, "modules/network/README.md", "\n", "\nOurs.\n");
    let out = moved(&place);
    assert_eq!(out.code, 0, "{out:?}");
    insta::assert_snapshot!("edits_that_survive", out.shown());
    assert!(place.read("cluster/main.tf").contains("  # why this VPC\n  vpc_id "));
    assert!(place.read("network/main.tf").contains("resource \"null\" \"mine\" {\n}\n"));
    assert!(place.read("network/main.tf").contains("euw1-az1"), "the change of the spec");
    let providers = place.read("data/providers.tf");
    assert!(providers.contains("provider \"aws\" {\n\n") && providers.contains("eu-west-1"), "{providers}");
    let platform = place.read("platform/main.tf");
    assert!(
        platform.contains("eu-west-1") && platform.matches("\r\n").count() == platform.matches('\n').count()
    );
    assert!(place.read(".gitignore").contains("*.tfplan\n*.mine\n"));
    assert!(place.read("modules/network/README.md").contains("\nOurs.\n"));
    // Nothing is left to do.
    let before = place.all();
    let check = tfy_infra(place.path(), &["generate", "-o", "out", "--check"]);
    assert_eq!(check.code, 0, "{check:?}");
    assert_eq!(place.generate().code, 0);
    assert_eq!(place.all(), before);
}

#[test]
fn an_edit_inside_a_list_survives() {
    let place = Place::new();
    let spec = SPEC.replace(
        "truefoundry: {}",
        "truefoundry:\n  workspaces:\n    - { name: search, admins: [\"team:a\"] }",
    );
    place.spec(&spec);
    assert_eq!(place.generate().code, 0);
    let line =
        place.read("platform/main.tf").lines().find(|line| line.contains("team:a")).unwrap().to_owned();
    edit(&place, "platform/main.tf", &line, &format!("{line}\n      # and one more\n"));
    place.spec(&spec.replace(ELSEWHERE.0, ELSEWHERE.1));
    assert_eq!(place.generate().code, 0);
    let text = place.read("platform/main.tf");
    assert!(text.contains("# and one more") && text.contains("eu-west-1"), "{text}");
}

#[test]
fn what_both_changed_is_a_conflict_until_it_is_solved() {
    let place = generated();
    edit(&place, "data/providers.tf", "\"us-east-1\"", "\"us-east-2\"");
    let out = moved(&place);
    insta::assert_snapshot!("conflict", out.shown());
    assert_eq!(out.code, 4);
    insta::assert_snapshot!("conflict_in_the_file", place.read("data/providers.tf"));
    for command in ["plan", "apply", "destroy"] {
        let mut arguments = vec![command, "-d", "out"];
        arguments.extend((command != "plan").then_some("--auto-approve"));
        let refused = tfy_infra(place.path(), &arguments);
        insta::assert_snapshot!("run_with_a_conflict", refused.shown());
    }
    let before = place.all();
    insta::assert_snapshot!("generate_with_a_conflict", place.generate().shown());
    assert_eq!(place.all(), before);

    let mine = tfy_infra(place.path(), &["generate", "-o", "out", "--accept", "mine", "data/providers.tf"]);
    assert_eq!(mine.code, 0, "{mine:?}");
    let text = place.read("data/providers.tf");
    assert!(text.contains("\"us-east-2\"") && !text.contains("<<<<"), "{text}");
    assert_eq!(place.generate().code, 0);
    assert_eq!(place.read("data/providers.tf"), text);
}

#[test]
fn the_new_text_may_be_taken_instead() {
    let place = generated();
    edit(&place, "data/providers.tf", "\"us-east-1\"", "\"us-east-2\"");
    edit(&place, "data/providers.tf", "# Credentials", "# Our credentials");
    assert_eq!(moved(&place).code, 4);
    let new = ["generate", "-o", "out", "--accept", "new", "data/providers.tf"];
    assert_eq!(tfy_infra(place.path(), &new).code, 0);
    let text = place.read("data/providers.tf");
    assert!(
        text.contains("\"eu-west-1\"") && text.contains("# Our credentials"),
        "what is no conflict stays: {text}"
    );
    // Once more, and the file is as it is generated.
    assert_eq!(tfy_infra(place.path(), &new).code, 0);
    assert!(place.read("data/providers.tf").contains("\n# Credentials"));
    let other = tfy_infra(place.path(), &["generate", "-o", "out", "--accept", "new", "data/nothing.tf"]);
    insta::assert_snapshot!("accept_of_no_file", other.shown());
    let other = tfy_infra(place.path(), &["generate", "-o", "out", "--accept", "theirs", "data/main.tf"]);
    insta::assert_snapshot!("accept_of_no_side", other.shown());
}

#[test]
fn a_deleted_file_stays_deleted_until_it_is_asked_for() {
    let place = generated();
    let path = place.path().join("out/identity/outputs.tf");
    fs_err::remove_file(&path).unwrap();
    let out = moved(&place);
    assert_eq!(out.code, 0, "{out:?}");
    insta::assert_snapshot!("deleted_file", out.shown());
    assert!(!path.exists());
    // A copy in another folder is another file.
    let copy = place.path().join("out/extra");
    fs_err::create_dir(&copy).unwrap();
    fs_err::copy(place.path().join("out/data/outputs.tf"), copy.join("outputs.tf")).unwrap();
    fs_err::remove_file(place.path().join("out/data/outputs.tf")).unwrap();
    let out = place.generate();
    assert!(out.stderr.contains("`data/outputs.tf`: deleted by you"), "{out:?}");
    let back = tfy_infra(place.path(), &["generate", "-o", "out", "--accept", "new", "identity/outputs.tf"]);
    assert_eq!(back.code, 0, "{back:?}");
    assert!(path.exists());
}

#[test]
fn a_renamed_file_is_followed() {
    let place = generated();
    fs_err::rename(place.path().join("out/network/main.tf"), place.path().join("out/network/vpc.tf"))
        .unwrap();
    edit(&place, "network/vpc.tf", "module \"network\"", "# ours\nmodule \"network\"");
    let out = moved(&place);
    assert_eq!(out.code, 0, "{out:?}");
    insta::assert_snapshot!("renamed_file", out.shown());
    let text = place.read("network/vpc.tf");
    assert!(text.contains("euw1-az1") && text.contains("# ours"), "{text}");
    assert!(!place.path().join("out/network/main.tf").exists());
    insta::assert_snapshot!("renamed_and_edited_file", place.generate().shown());
    // It is known by then, whatever is made of it.
    edit(&place, "network/vpc.tf", "# ours\n", "# ours, and more\n");
    place.spec(SPEC);
    assert_eq!(place.generate().code, 0);
    let text = place.read("network/vpc.tf");
    assert!(text.contains("use1-az") && text.contains("# ours, and more"), "{text}");
}

#[test]
fn a_renamed_file_without_an_edit_is_followed_as_well() {
    let place = generated();
    fs_err::rename(place.path().join("out/network/main.tf"), place.path().join("out/network/vpc.tf"))
        .unwrap();
    insta::assert_snapshot!("renamed_file_without_an_edit", place.generate().shown());
    assert_eq!(moved(&place).code, 0);
    assert!(place.read("network/vpc.tf").contains("euw1-az1"));
}

#[test]
fn a_split_file_is_explained_where_its_text_has_changed() {
    let place = generated();
    let text = place.read("data/main.tf");
    place.spec(&format!("{SPEC}database: {{}}\n"));
    assert_eq!(place.generate().code, 0);
    let whole = place.read("data/main.tf");
    assert!(whole.len() > text.len());
    let (store, database) = whole.split_once("\nmodule \"database\"").unwrap();
    place.write("data/store.tf", &format!("{store}\n"));
    place.write("data/database.tf", &format!("module \"database\"{database}"));
    fs_err::remove_file(place.path().join("out/data/main.tf")).unwrap();
    // Nothing has changed, so nothing is to be done.
    assert_eq!(place.generate().code, 0);
    assert!(!place.path().join("out/data/main.tf").exists());
    place.spec(&format!("{SPEC}database: {{ multi_az: false }}\n"));
    let out = place.generate();
    assert_eq!(out.code, 4, "{out:?}");
    insta::assert_snapshot!("split_file", out.shown());
    insta::assert_snapshot!("split_file_in_the_file", place.read("data/main.tf"));
    let mine = tfy_infra(place.path(), &["generate", "-o", "out", "--accept", "mine", "data/main.tf"]);
    assert_eq!(mine.code, 0, "{mine:?}");
    assert!(!place.path().join("out/data/main.tf").exists(), "it stays apart");
    assert_eq!(place.generate().code, 0);
    // Or all of it comes back.
    place.spec(&format!("{SPEC}database: {{}}\n"));
    assert_eq!(place.generate().code, 4);
    let new = tfy_infra(place.path(), &["generate", "-o", "out", "--accept", "new", "data/main.tf"]);
    assert_eq!(new.code, 0, "{new:?}");
    assert_eq!(place.read("data/main.tf"), whole);
}

#[test]
fn an_edited_file_that_is_no_longer_generated_stays() {
    let place = Place::new();
    place.spec(&format!("{SPEC}database: {{}}\n"));
    assert_eq!(place.generate().code, 0);
    edit(&place, "data/remote_state.tf", "locals {", "locals {\n  mine = 1");
    place.spec(SPEC);
    let out = place.generate();
    assert_eq!(out.code, 0, "{out:?}");
    insta::assert_snapshot!("left_file", out.shown());
    assert!(place.read("data/remote_state.tf").contains("mine = 1"));
    // It is the user's now.
    let again = place.generate();
    assert!(!again.stderr.contains("remote_state"), "{again:?}");
}

#[test]
fn a_tree_that_was_forgotten_is_taken_up() {
    let place = generated();
    let before = place.all();
    fs_err::remove_dir_all(place.path().join("out/.tfy-infra")).unwrap();
    assert_eq!(place.generate().code, 0);
    assert_eq!(place.all(), before);
    // Nobody knows whose a difference is.
    fs_err::remove_dir_all(place.path().join("out/.tfy-infra")).unwrap();
    edit(&place, "cluster/main.tf", "\"../modules/cluster\"", "\"../modules/our-cluster\"");
    let out = place.generate();
    assert_eq!(out.code, 4, "{out:?}");
    insta::assert_snapshot!("forgotten_tree", out.shown());
    let text = place.read("cluster/main.tf");
    assert!(text.contains("our-cluster") && text.contains("\"../modules/cluster\""), "{text}");
}

/// The manifest as version 0.1.0 wrote it, with hashes and without texts.
fn as_of_0_1_0(place: &Place) {
    let manifest: serde_json::Value = serde_json::from_str(&place.read(".tfy-infra/manifest.json")).unwrap();
    let mut files = serde_json::Map::new();
    for path in manifest["files"].as_object().unwrap().keys() {
        files.insert(path.clone(), tfy_infra::tree::record::hash(place.read(path).as_bytes()).into());
    }
    let plain = |layer: &serde_json::Value| serde_json::json!({ "name": layer["name"], "reads": layer["reads"], "modules": layer["modules"] });
    let layers: Vec<_> = manifest["layers"].as_array().unwrap().iter().map(plain).collect();
    let old = serde_json::json!({ "format": 1, "generator": "0.1.0", "layers": layers, "files": files });
    place.write(".tfy-infra/manifest.json", &old.to_string());
    fs_err::remove_dir_all(place.path().join("out/.tfy-infra/base")).unwrap();
}

#[test]
fn a_tree_of_0_1_0_is_taken_up() {
    let place = generated();
    for file in ["network/main.tf", "cluster/main.tf"] {
        let header = "# Generated by tfy-infra 0.1.0 from \"platform.yaml\".\n";
        let text = place.read(file).lines().skip(1).collect::<Vec<_>>().join("\n");
        place.write(file, &format!("{header}{text}\n"));
    }
    as_of_0_1_0(&place);
    edit(&place, "cluster/main.tf", "  vpc_id ", "  # ours\n  vpc_id ");
    let out = place.generate();
    assert_eq!(out.code, 4, "{out:?}");
    insta::assert_snapshot!("tree_of_0_1_0", out.shown());
    assert!(place.read("network/main.tf").starts_with("# Generated by tfy-infra. "), "unedited, so renewed");
    assert!(place.read("cluster/main.tf").contains("# ours"), "nothing is lost");
}

#[test]
fn a_file_of_ones_own_in_the_way_is_a_conflict() {
    let place = generated();
    place.write("data/remote_state.tf", "# mine\n");
    place.spec(&format!("{SPEC}database: {{}}\n"));
    let out = place.generate();
    assert_eq!(out.code, 4, "{out:?}");
    let text = place.read("data/remote_state.tf");
    assert!(text.contains("# mine") && text.contains("terraform_remote_state"), "{text}");
}

#[test]
fn diff_shows_what_would_change_and_check_tells_that_it_would() {
    let place = generated();
    edit(&place, "cluster/main.tf", "  vpc_id ", "  # ours\n  vpc_id ");
    let same = tfy_infra(place.path(), &["diff", "-o", "out"]);
    insta::assert_snapshot!("diff_of_nothing", same.shown());
    place.spec(&SPEC.replace("version: 1\n", "version: 1\ndatabase: { multi_az: false }\n"));
    let before = place.all();
    let diff = tfy_infra(place.path(), &["diff", "-o", "out"]);
    assert_eq!(diff.code, 0, "{diff:?}");
    assert!(diff.stdout.contains("--- a/data/main.tf\n+++ b/data/main.tf\n"), "{}", diff.stdout);
    assert!(diff.stdout.contains("--- /dev/null\n+++ b/modules/database/main.tf\n"));
    assert!(!diff.stdout.contains("cluster/main.tf"), "{}", diff.stdout);
    let check = tfy_infra(place.path(), &["generate", "-o", "out", "--check"]);
    insta::assert_snapshot!("check_with_differences", check.shown());
    assert_eq!(check.code, 3);
    assert_eq!(place.all(), before, "nothing is written");
    assert_eq!(place.generate().code, 0);
    let check = tfy_infra(place.path(), &["generate", "-o", "out", "--check"]);
    assert_eq!(check.code, 0, "{check:?}");
}

#[test]
fn what_is_kept_with_a_tree_is_small_and_once() {
    let place = Place::new();
    let everything = crate::support::root().join("generator/tests/cases/everything/platform.yaml");
    // With its states beside it, so that it is known to be nowhere yet, and may become another.
    let everything = fs_err::read_to_string(everything).unwrap();
    place.spec(&everything[..everything.find("\nstate:").unwrap() + 1]);
    assert_eq!(place.generate().code, 0);
    let own = place.all().into_iter().filter(|(name, _)| name.contains("/.tfy-infra/"));
    let size: usize = own.map(|(_, text)| text.len()).sum();
    assert!(size < 300_000, "{size} bytes");
    // A text that is no longer generated is not kept.
    let count = || place.all().iter().filter(|(name, _)| name.contains("/.tfy-infra/base/")).count();
    let many = count();
    place.spec(SPEC);
    assert_eq!(place.generate().code, 0);
    assert!(count() < many, "{} and {many}", count());
}

#[test]
fn the_inputs_that_are_kept_are_the_spec_with_its_defaults() {
    let place = Place::new();
    let cases = fs_err::read_dir(crate::support::root().join("generator/tests/cases")).unwrap();
    for case in cases.map(|case| case.unwrap().path()).filter(|case| case.is_dir()) {
        let spec = fs_err::read_to_string(case.join("platform.yaml")).unwrap();
        place.spec(&spec);
        let _ = fs_err::remove_dir_all(place.path().join("out"));
        assert_eq!(place.generate().code, 0);
        let manifest = place.read(".tfy-infra/manifest.json");
        let inputs = serde_json::from_str::<serde_json::Value>(&manifest).unwrap()["inputs"].clone();
        // JSON is YAML: generated from them, nothing changes.
        place.spec(&without_nothing(inputs).to_string());
        let check = tfy_infra(place.path(), &["generate", "-o", "out", "--check"]);
        assert_eq!(check.code, 0, "{}: {check:?}", case.display());
    }
}

/// Without the keys that have no value: the spec takes no null.
fn without_nothing(value: serde_json::Value) -> serde_json::Value {
    match value {
        serde_json::Value::Object(entries) => {
            let entries = entries.into_iter().filter(|(_, value)| !value.is_null());
            serde_json::Value::Object(entries.map(|(key, value)| (key, without_nothing(value))).collect())
        }
        serde_json::Value::Array(items) => items.into_iter().map(without_nothing).collect(),
        other => other,
    }
}
