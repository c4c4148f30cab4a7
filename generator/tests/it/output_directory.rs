//! What `generate` does to a directory that is not empty.

use std::path::Path;

use crate::support::{Output, tfy_infra};

const SPEC: &str =
    "version: 1\nname: acme-dev\naws: { account: \"123456789012\", region: us-east-1 }\ntruefoundry: {}\n";

struct Place(tempfile::TempDir);

impl Place {
    fn new() -> Self {
        let place = Self(tempfile::tempdir().unwrap());
        place.spec(SPEC);
        place
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn spec(&self, text: &str) {
        fs_err::write(self.path().join("platform.yaml"), text).unwrap();
    }

    fn generate(&self) -> Output {
        tfy_infra(self.path(), &["generate", "-o", "out"])
    }

    fn read(&self, file: &str) -> String {
        fs_err::read_to_string(self.path().join("out").join(file)).unwrap()
    }

    fn write(&self, file: &str, text: &str) {
        let path = self.path().join("out").join(file);
        fs_err::create_dir_all(path.parent().unwrap()).unwrap();
        fs_err::write(path, text).unwrap();
    }

    /// Names and texts of all files in the output.
    fn all(&self) -> Vec<(String, Vec<u8>)> {
        fn walk(folder: &Path, files: &mut Vec<(String, Vec<u8>)>) {
            for entry in fs_err::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    walk(&path, files);
                } else {
                    files.push((path.display().to_string(), fs_err::read(&path).unwrap()));
                }
            }
        }
        let mut files = Vec::new();
        walk(&self.path().join("out"), &mut files);
        files.sort();
        files.retain(|(name, _)| !name.ends_with(".tfy-infra/lock"));
        files
    }
}

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
    assert!(
        out.stderr.ends_with(
            "\n  = note: nothing was written\n  \
             = hint: nothing was changed; mend the cause and run the same command again\n\n"
        ),
        "{out:?}"
    );
}

#[test]
fn what_stands_where_a_file_is_to_be_written_is_named() {
    let place = Place::new();
    place.write(".git/HEAD", "ref: refs/heads/main\n");
    assert_eq!(place.generate().code, 0);
    fs_err::remove_file(place.path().join("out/network/main.tf")).unwrap();
    fs_err::create_dir(place.path().join("out/network/main.tf")).unwrap();
    insta::assert_snapshot!("directory_in_place_of_a_file", place.generate().shown());
}

#[test]
fn a_manifest_that_is_none_and_one_of_another_version_are_told_apart() {
    let place = Place::new();
    assert_eq!(place.generate().code, 0);
    let manifest = place.read(".tfy-infra/manifest.json");
    place.write(".tfy-infra/manifest.json", "{");
    insta::assert_snapshot!("broken_manifest", place.generate().shown());
    place.write(".tfy-infra/manifest.json", &manifest.replace("\"format\": 1", "\"format\": 2"));
    insta::assert_snapshot!("manifest_of_another_version", place.generate().shown());
    let plan = tfy_infra(place.path(), &["plan", "-d", "out"]);
    insta::assert_snapshot!("plan_with_a_manifest_of_another_version", plan.shown());
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
fn a_change_by_hand_is_not_overwritten() {
    let place = Place::new();
    assert_eq!(place.generate().code, 0);
    let text = place.read("cluster/main.tf");
    place.write("cluster/main.tf", &format!("{text}# mine\n"));
    place.spec(&SPEC.replace("us-east-1", "eu-west-1"));
    let before = place.all();
    let out = place.generate();
    insta::assert_snapshot!("edited_file", out.shown());
    assert_eq!(place.all(), before);
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
        ("data/terraform.tfstate", "state"),
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
fn a_file_that_was_deleted_comes_back() {
    let place = Place::new();
    assert_eq!(place.generate().code, 0);
    let before = place.all();
    fs_err::remove_file(place.path().join("out/network/main.tf")).unwrap();
    assert_eq!(place.generate().code, 0);
    assert_eq!(place.all(), before);
}

#[test]
fn a_failure_midway_leaves_the_old_tree() {
    let place = Place::new();
    assert_eq!(place.generate().code, 0);
    // A directory where the last of the moved files would go is found out only while moving: the state of the disk
    // changes after it was looked at, here by a folder that cannot be written.
    let folder = place.path().join("out/platform");
    let before = place.all();
    let old = fs_err::metadata(&folder).unwrap().permissions();
    fs_err::set_permissions(&folder, std::os::unix::fs::PermissionsExt::from_mode(0o500)).unwrap();
    let root = fs_err::write(folder.join("probe"), "").is_ok();
    place.spec(&SPEC.replace("us-east-1", "eu-west-1"));
    let out = place.generate();
    fs_err::set_permissions(&folder, old).unwrap();
    if root {
        // The superuser may write everywhere: then the write went through, as a whole.
        let _ = fs_err::remove_file(folder.join("probe"));
        assert_eq!(out.code, 0, "{out:?}");
    } else {
        assert_eq!(out.code, 1, "{out:?}");
        assert_eq!(place.all(), before);
    }
}

#[test]
fn a_run_that_was_cut_off_is_taken_up() {
    let place = Place::new();
    assert_eq!(place.generate().code, 0);
    let old = place.read(".tfy-infra/manifest.json");
    let old_main = place.read("network/main.tf");
    place.spec(&SPEC.replace("us-east-1", "eu-west-1"));
    assert_eq!(place.generate().code, 0);
    let wanted = place.all();
    // As after a crash between two moves: the new manifest is announced, one file is new, one is old.
    let next = place.read(".tfy-infra/manifest.json");
    place.write(".tfy-infra/manifest.next.json", &next);
    place.write(".tfy-infra/manifest.json", &old);
    place.write("network/main.tf", &old_main);
    let out = place.generate();
    assert_eq!(out.code, 0, "{out:?}");
    assert_eq!(place.all(), wanted);
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
    assert_eq!(summary["layers"], serde_json::json!(["network", "cluster", "data", "identity", "platform"]));
    let written = summary["files"]["written"].as_u64().unwrap();
    assert!(written > 40);
    assert_eq!(
        out.stderr,
        format!(
            "`out`: {written} files written, 0 unchanged, 0 deleted\nnext: review them, then `tfy-infra apply -d out`\n"
        )
    );
}
