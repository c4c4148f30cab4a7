//! What `generate` does to a directory that is not empty.

use crate::support::{Place, SPEC, tfy_infra};

#[test]
fn files_of_others_are_left_alone() {
    let place = Place::new();
    place.write("main.tf", "mine");
    place.write("notes.md", "mine");
    let before = place.all();
    let out = place.generate();
    insta::assert_snapshot!("foreign_files", out.shown());
    assert_eq!(place.all(), before);
}

#[test]
fn a_file_is_no_directory() {
    let place = Place::new();
    fs_err::write(place.path().join("out"), "x").unwrap();
    insta::assert_snapshot!("output_is_a_file", place.generate().shown());
}

#[test]
fn of_many_files_of_others_ten_are_named() {
    let place = Place::new();
    for i in 10..22 {
        place.write(&format!("{i}.md"), "mine");
    }
    insta::assert_snapshot!("many_foreign_files", place.generate().shown());
}

#[test]
fn a_directory_below_a_file_is_refused() {
    let place = Place::new();
    let out = tfy_infra(place.path(), &["generate", "-o", "platform.yaml/out"]);
    insta::assert_snapshot!("output_below_a_file", out.shown());
}

#[test]
fn a_directory_that_cannot_be_made_says_why() {
    let place = Place::new();
    let out = tfy_infra(place.path(), &["generate", "-o", "/proc/nobody/out"]);
    assert_eq!((out.code, out.stdout.as_str()), (1, ""));
    assert!(out.stderr.contains("`/proc/nobody"), "{out:?}");
    assert!(out.stderr.ends_with("\n  = hint: mend the cause and run the same command again\n\n"), "{out:?}");
}

#[test]
fn what_stands_where_a_file_is_to_be_written_is_named() {
    let place = Place::new();
    place.write(".git/HEAD", "ref: refs/heads/main\n");
    assert_eq!(place.generate().code, 0);
    fs_err::remove_file(place.path().join("out/network/main.tf")).unwrap();
    fs_err::create_dir(place.path().join("out/network/main.tf")).unwrap();
    insta::assert_snapshot!("directory_in_place_of_a_file", place.generate().shown());
    fs_err::remove_dir(place.path().join("out/network/main.tf")).unwrap();
    fs_err::write(place.path().join("out/network/main.tf"), [0xff, 0xfe, 0x00]).unwrap();
    insta::assert_snapshot!("no_text_in_place_of_a_file", place.generate().shown());
}

#[test]
fn a_manifest_that_is_none_and_one_of_another_version_are_told_apart() {
    let place = Place::new();
    assert_eq!(place.generate().code, 0);
    let manifest = place.read(".tfy-infra/manifest.json");
    place.write(".tfy-infra/manifest.json", "{");
    insta::assert_snapshot!("broken_manifest", place.generate().shown());
    place.write(
        ".tfy-infra/manifest.json",
        &manifest.replace("\"format\": 2", "\"format\": 3").replace("0.1.0", "0.9.0"),
    );
    insta::assert_snapshot!("manifest_of_another_version", place.generate().shown());
    let plan = tfy_infra(place.path(), &["plan", "-d", "out"]);
    insta::assert_snapshot!("plan_with_a_manifest_of_another_version", plan.shown());
    place.write(".tfy-infra/manifest.json", "{\"format\": 3}");
    insta::assert_snapshot!("manifest_of_a_later_version", place.generate().shown());
    place.write(".tfy-infra/manifest.json", &manifest.replace("\"name\": \"data\"", "\"name\": \"../data\""));
    let plan = tfy_infra(place.path(), &["plan", "-d", "out"]);
    insta::assert_snapshot!("manifest_that_leads_outside", plan.shown());
}

#[test]
fn a_directory_that_another_run_holds_is_left_alone() {
    let place = Place::new();
    assert_eq!(place.generate().code, 0);
    let lock = fs_err::File::create(place.path().join("out/.tfy-infra/lock")).unwrap();
    lock.file().try_lock().unwrap();
    insta::assert_snapshot!("busy_directory", place.generate().shown());
}

#[test]
fn an_edit_that_is_also_what_is_generated_now_is_no_conflict() {
    let place = Place::new();
    assert_eq!(place.generate().code, 0);
    let wanted = place.read("network/providers.tf").replace("us-east-1", "eu-west-1");
    place.spec(&SPEC.replace("us-east-1", "eu-west-1"));
    place.write("network/providers.tf", &wanted);
    assert_eq!(place.generate().code, 0);
    assert_eq!(place.read("network/providers.tf"), wanted);
}

#[test]
fn states_and_own_files_beside_ours_stay_when_layers_change() {
    let place = Place::new();
    place.spec(&format!("{SPEC}database: {{}}\n"));
    assert_eq!(place.generate().code, 0);
    assert!(place.read("data/remote_state.tf").contains("terraform_remote_state"));
    let own = [
        ("data/terraform.tfstate", "{}"),
        ("data/terraform.tfstate.backup", "state"),
        ("data/.terraform.lock.hcl", "lock"),
        ("data/.terraform/x", "x"),
        ("data/mine.tf", "# mine"),
        ("modules/database/terraform.tfstate", "odd"),
    ];
    for (file, text) in own {
        place.write(file, text);
    }
    place.spec(SPEC);
    let out = place.generate();
    assert_eq!(out.code, 0, "{out:?}");
    for (file, text) in own {
        assert_eq!(place.read(file), text);
    }
    assert!(
        !place.path().join("out/data/remote_state.tf").exists(),
        "what is not generated any more is deleted"
    );
    assert!(!place.path().join("out/modules/database/main.tf").exists());
    assert!(!place.path().join("out/.tfy-infra/manifest.next.json").exists());
}

#[test]
fn nothing_is_written_through_a_link() {
    let place = Place::new();
    assert_eq!(place.generate().code, 0);
    let elsewhere = place.path().join("elsewhere");
    fs_err::rename(place.path().join("out/network"), &elsewhere).unwrap();
    fs_err::os::unix::fs::symlink(&elsewhere, place.path().join("out/network")).unwrap();
    place.spec(&SPEC.replace("us-east-1", "eu-west-1"));
    insta::assert_snapshot!("link_in_the_output", place.generate().shown());
}

#[test]
fn a_new_repository_is_as_good_as_an_empty_directory() {
    let place = Place::new();
    place.write(".git/HEAD", "ref: refs/heads/main\n");
    assert_eq!(place.generate().code, 0);
    assert_eq!(place.read(".git/HEAD"), "ref: refs/heads/main\n");
    assert!(place.read("network/main.tf").contains("module \"network\""));
}

#[test]
fn what_a_new_directory_has_beside_is_left_alone() {
    let place = Place::new();
    for file in [".git/HEAD", ".gitkeep", ".keep", "platform.schema.json"] {
        place.write(file, "mine");
    }
    // The spec itself, whatever it is called, and a platform.yaml beside it.
    place.write("platform.yaml", SPEC);
    place.write("acme.yaml", SPEC);
    let before = place.all();
    let out = place.generate();
    assert_eq!(out.code, 2, "{out:?}");
    insta::assert_snapshot!("a_foreign_file_beside", out.shown());
    let out = tfy_infra(&place.path().join("out"), &["generate", "-f", "acme.yaml", "-o", "."]);
    assert_eq!(out.code, 0, "{out:?}");
    let after = place.all();
    assert!(before.iter().all(|file| after.contains(file)));
    assert!(place.read("network/main.tf").contains("module \"network\""));
    let again = tfy_infra(&place.path().join("out"), &["generate", "-f", "acme.yaml", "-o", ".", "--check"]);
    assert_eq!(again.code, 0, "{again:?}");
}

/// What is read is not written over, though it be the spec.
#[test]
fn a_spec_with_the_name_of_a_generated_file_stands_in_the_way() {
    let place = Place::new();
    place.write("README.md", SPEC);
    let out = tfy_infra(place.path(), &["generate", "-f", "out/README.md", "-o", "out"]);
    assert_eq!(out.code, 2);
    insta::assert_snapshot!("spec_in_place_of_a_generated_file", out.shown());
    assert_eq!(place.read("README.md"), SPEC);
}

#[test]
fn a_link_to_a_directory_is_as_good_as_the_directory() {
    let place = Place::new();
    fs_err::create_dir(place.path().join("elsewhere")).unwrap();
    fs_err::os::unix::fs::symlink("elsewhere", place.path().join("out")).unwrap();
    let first = place.generate();
    assert_eq!(first.code, 0, "{first:?}");
    assert!(place.path().join("elsewhere/network/main.tf").is_file());
    assert!(fs_err::symlink_metadata(place.path().join("out")).unwrap().is_symlink());
    let second = place.generate();
    assert_eq!(second.code, 0, "{second:?}");
    assert!(second.stderr.contains("0 files written"), "{second:?}");
    fs_err::remove_dir_all(place.path().join("elsewhere")).unwrap();
    let nowhere = place.generate();
    assert_eq!(nowhere.code, 2);
    insta::assert_snapshot!("link_to_nowhere", nowhere.shown());
}

#[test]
fn a_manifest_cannot_make_us_delete_outside() {
    let place = Place::new();
    assert_eq!(place.generate().code, 0);
    let victim = place.path().join("victim");
    fs_err::write(&victim, "x").unwrap();
    let mut manifest: serde_json::Value =
        serde_json::from_str(&place.read(".tfy-infra/manifest.json")).unwrap();
    manifest["files"]["../victim"] = tfy_infra::tree::record::hash(b"x").into();
    place.write(".tfy-infra/manifest.json", &manifest.to_string());
    assert_eq!(place.generate().code, 0);
    assert!(victim.exists());
}

#[test]
fn json_summary_of_generate() {
    let place = Place::new();
    let out = tfy_infra(place.path(), &["generate", "-o", "out", "--json"]);
    let summary: serde_json::Value = serde_json::from_str(&out.stdout).unwrap();
    assert_eq!(summary["directory"], "out");
    assert_eq!(summary["name"], "acme-dev");
    let layers = serde_json::json!(["network", "cluster", "data", "identity", "addons", "platform", "agent"]);
    assert_eq!(summary["layers"], layers);
    let written = summary["files"]["written"].as_u64().unwrap();
    assert!(written > 40);
    assert_eq!(
        out.stderr,
        format!(
            "`out`: {written} files written, 0 unchanged, 0 deleted\nnext: review them, then `tfy-infra apply -d out`\n"
        )
    );
}
