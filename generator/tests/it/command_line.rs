//! The commands and their options, as users and scripts see them.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::support::{SPEC, tfy_infra};

#[test]
fn help_of_every_command() {
    let mut shown = String::new();
    for command in [
        &[][..],
        &["init"],
        &["generate"],
        &["diff"],
        &["validate"],
        &["preflight"],
        &["facts"],
        &["schema"],
        &["plan"],
        &["apply"],
        &["destroy"],
        &["drift"],
        &["output"],
        &["completions"],
        &["man"],
    ] {
        let out = tfy_infra(Path::new("/"), &[command, &["--help"]].concat());
        assert_eq!((out.code, out.stderr.as_str()), (0, ""));
        shown.push_str(&format!("$ tfy-infra {}\n{}\n", command.join(" "), out.stdout));
    }
    insta::assert_snapshot!("help", shown);
}

#[test]
fn wrong_options_are_bad_input() {
    for args in
        [&["generate"][..], &["plan"], &["apply", "-d", ".", "--layer", "ingress"], &["frobnicate"], &[]]
    {
        let out = tfy_infra(Path::new("/"), args);
        assert_eq!(out.code, 2, "{out:?}");
        assert_eq!(out.stdout, "");
    }
}

/// Terraform and JSON have paths as text. What cannot be told to them is refused before anything is made.
#[test]
fn a_directory_whose_path_is_no_text_is_refused() {
    let bad = OsStr::from_bytes(b"bad\xffname");
    let place = tempfile::tempdir().unwrap();
    fs_err::write(place.path().join("platform.yaml"), SPEC).unwrap();
    let run = |dir: &Path, args: &[&OsStr]| {
        let output =
            Command::new(env!("CARGO_BIN_EXE_tfy-infra")).args(args).current_dir(dir).output().unwrap();
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };
    for args in [
        ["generate", "-o"],
        ["diff", "-o"],
        ["plan", "-d"],
        ["apply", "-d"],
        ["drift", "-d"],
        ["output", "-d"],
    ] {
        let [command, flag] = args.map(OsStr::new);
        let (code, told) = run(place.path(), &[command, flag, bad]);
        assert_eq!(code, Some(2), "{told}");
        let why = "the path is not UTF-8 text, as which Terraform and JSON have it; give the directory another name";
        assert!(told.contains(why), "{told}");
    }
    assert_eq!(fs_err::read_dir(place.path()).unwrap().count(), 1);
    // The same of a folder on the way.
    let around = place.path().join(bad);
    fs_err::create_dir(&around).unwrap();
    let args = ["generate", "-f", "../platform.yaml", "-o", "out"].map(OsStr::new);
    assert_eq!(run(&around, &args).0, Some(0));
    let (code, told) = run(&around, &["plan", "-d", "out"].map(OsStr::new));
    assert_eq!(code, Some(2), "{told}");
    assert!(told.contains("is not UTF-8 text\n  = note: Terraform is told by it where a plan is"), "{told}");
}

/// `| head`
#[test]
fn a_reader_that_has_enough_is_not_told_of() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_tfy-infra"))
        .arg("schema")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), String::from_utf8(output.stderr).unwrap()), (Some(1), String::new()));
}

/// As in CI, where it comes from another variable.
#[test]
fn a_variable_that_is_set_to_nothing_is_not_set() {
    let place = tempfile::tempdir().unwrap();
    fs_err::write(place.path().join("platform.yaml"), SPEC).unwrap();
    let run = |args: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tfy-infra"));
        let output =
            command.args(args).current_dir(place.path()).envs([("TFY_TODAY", ""), ("TFY_TERRAFORM", "")]);
        let output = output.output().unwrap();
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };
    // The day is the clock's, by which a version may be over.
    let (_, told) = run(&["validate"]);
    assert!(!told.contains("invalid value"), "{told}");
    let (code, told) = run(&["plan"]);
    assert_eq!(code, Some(2), "{told}");
    assert!(
        told.starts_with("error: the current directory is not a directory that tfy-infra generated\n"),
        "{told}"
    );
}

#[test]
fn the_schema_is_json_that_describes_the_examples() {
    let out = tfy_infra(Path::new("/"), &["schema"]);
    assert_eq!(out.code, 0);
    let schema: serde_json::Value = serde_json::from_str(&out.stdout).unwrap();
    assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
    assert_eq!(schema["additionalProperties"], false);
    for key in ["version", "name", "aws", "network", "cluster", "database", "storage", "truefoundry", "state"]
    {
        assert!(schema["properties"][key].is_object(), "{key}");
    }
}

#[test]
fn what_is_seldom_meant_is_warned_of_by_every_command() {
    let place = crate::support::Place::new();
    place.spec(
        "version: 1\nname: acme-dev\naws: { account: \"123456789012\", region: us-east-1 }\nnetwork:\n  create: { nat: single \
         }\ncluster:\n  create: { version: \"1.33\" }\ntruefoundry: {}\n",
    );
    let validate = tfy_infra(place.path(), &["validate"]);
    assert_eq!(validate.code, 0);
    insta::assert_snapshot!("warnings", validate.shown());
    let generate = tfy_infra(place.path(), &["generate", "-o", "out", "--json"]);
    let diff = tfy_infra(place.path(), &["diff", "-o", "out"]);
    let warned = |text: &str| text.matches("warning: ").count();
    assert_eq!([&validate, &generate, &diff].map(|out| warned(&out.stderr)), [4, 4, 4]);
    let summary: serde_json::Value = serde_json::from_str(&generate.stdout).unwrap();
    let nat = summary["warnings"].as_array().unwrap().iter().find(|one| one["place"]["line"] == 5).unwrap();
    assert_eq!(nat["message"], "one NAT gateway serves all zones");
    assert_eq!(nat["place"], serde_json::json!({ "file": "platform.yaml", "line": 5, "column": 18 }));
}

#[test]
fn add_ons_that_are_seldom_meant_are_warned_of() {
    let start = "version: 1\nname: acme-dev\naws: { account: \"123456789012\", region: us-east-1 }\n";
    for (name, text) in [
        ("warnings_of_images", "network: { create: { nat: none, endpoints: all } }\n"),
        ("warnings_of_charts", "addons: { mirror: { charts: \"http://charts.acme.com\" } }\n"),
        ("warnings_without_add_ons", "addons: false\n"),
        ("warnings_of_access_entries", "addons: false\ntruefoundry: { cluster_access: manage }\n"),
        ("warnings_without_a_way", "cluster: { create: { endpoint: { private_from: [10.8.0.0/16] } } }\n"),
    ] {
        let place = crate::support::Place::new();
        let rest = if text.contains("truefoundry") { "" } else { "truefoundry: {}\n" };
        place.spec(&format!("{start}{rest}{text}"));
        let validate = tfy_infra(place.path(), &["validate"]);
        assert_eq!(validate.code, 0, "{name}");
        insta::assert_snapshot!(name, validate.shown());
    }
}

/// What a full disk does to a command whose output goes there.
#[test]
fn output_that_cannot_be_written_is_a_failure() {
    let full = fs_err::OpenOptions::new().write(true).open("/dev/full").unwrap().into_file();
    let schema = std::process::Command::new(env!("CARGO_BIN_EXE_tfy-infra"))
        .arg("schema")
        .stdout(full)
        .output()
        .unwrap();
    assert_eq!(schema.status.code(), Some(1));
    let expected = "error: the output cannot be written\n  = note: No space left on device (os error 28)\n\n";
    assert_eq!(String::from_utf8(schema.stderr).unwrap(), expected);
}

fn commands() -> Vec<String> {
    let help = tfy_infra(Path::new("/"), &["--help"]).stdout;
    let listed =
        help.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
    let names: Vec<String> = listed
        .map(|line| line.split_whitespace().next().unwrap().to_owned())
        .filter(|name| name != "help")
        .collect();
    assert!(names.len() >= 15, "{help}");
    names
}

/// The options of a command, as its help has them.
fn options(command: &str) -> Vec<String> {
    let help = tfy_infra(Path::new("/"), &[command, "--help"]).stdout;
    let words =
        help.lines().filter(|line| line.trim_start().starts_with('-')).flat_map(str::split_whitespace);
    let options = words.filter(|word| word.starts_with("--") && word.len() > 2);
    options.map(|word| word.trim_end_matches(',').to_owned()).collect()
}

#[test]
fn a_shell_completes_every_command_and_option() {
    let dir = tempfile::tempdir().unwrap();
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let out = tfy_infra(Path::new("/"), &["completions", shell]);
        assert_eq!((out.code, out.stderr.as_str()), (0, ""), "{shell}");
        for command in commands() {
            assert!(out.stdout.contains(&command), "{shell}: {command}");
        }
        fs_err::write(dir.path().join(shell), out.stdout).unwrap();
    }
    let bash = fs_err::read_to_string(dir.path().join("bash")).unwrap();
    for option in commands().iter().flat_map(|command| options(command)) {
        assert!(bash.contains(&option), "{option}");
    }
    let parsed = std::process::Command::new("bash").arg("-n").arg(dir.path().join("bash")).output().unwrap();
    assert_eq!((parsed.status.code(), String::from_utf8(parsed.stderr).unwrap().as_str()), (Some(0), ""));
    // What it offers where a command begins.
    let offers = "source ./bash; by=$(complete -p tfy-infra | grep -o -- '-F [^ ]*'); COMP_WORDS=(tfy-infra out); COMP_CWORD=1; \
                  ${by#-F } tfy-infra out tfy-infra; echo \"${COMPREPLY[@]}\"";
    let offered =
        std::process::Command::new("bash").args(["-c", offers]).current_dir(dir.path()).output().unwrap();
    assert_eq!(
        String::from_utf8(offered.stdout).unwrap(),
        "output\n",
        "{:?}",
        String::from_utf8(offered.stderr)
    );
}

/// What a terminal shows of a page, near enough: escapes of roff away.
fn plain(roff: &str) -> String {
    roff.replace("\\-", "-").replace("\\fB", "").replace("\\fR", "").replace("\\fI", "").replace("\\&", "")
}

#[test]
fn the_manual_has_a_page_for_every_command_with_every_option() {
    let dir = tempfile::tempdir().unwrap();
    let page = tfy_infra(Path::new("/"), &["man"]);
    assert_eq!((page.code, page.stderr.as_str()), (0, ""));
    assert!(page.stdout.contains(".TH tfy-infra 1"), "{}", page.stdout);
    let program = plain(&page.stdout);
    for command in commands() {
        assert!(program.contains(&format!("tfy-infra-{command}(1)")), "{command}: {program}");
    }
    let pages = tfy_infra(dir.path(), &["man", "--out", "man"]);
    assert_eq!(pages.code, 0);
    assert_eq!(pages.stderr, format!("`man`: {} pages written\n", commands().len() + 1));
    assert_eq!(fs_err::read_dir(dir.path().join("man")).unwrap().count(), commands().len() + 1);
    for command in commands() {
        let file = dir.path().join(format!("man/tfy-infra-{command}.1"));
        let text = plain(&fs_err::read_to_string(file).unwrap());
        for option in options(&command) {
            assert!(text.contains(&option), "{command}: {option}\n{text}");
        }
    }
    fs_err::write(dir.path().join("file"), "").unwrap();
    let refused = tfy_infra(dir.path(), &["man", "--out", "file"]);
    assert_eq!(refused.code, 1);
    insta::assert_snapshot!("man_into_a_file", refused.shown());
}
