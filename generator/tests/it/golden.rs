//! Whole platforms: `cases/<case>/platform.yaml` generates exactly `cases/<case>/out`. Set `UPDATE_GOLDEN=1` to write
//! what is generated now.
//!
//! The modules are not repeated there: that they are the repository's own, byte for byte, is a test of its own.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::support::{Output, cli_config, require_terraform, root, tfy_infra};

fn cases() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let entries = fs_err::read_dir(folder).unwrap().map(|e| e.unwrap().path());
    let mut cases: Vec<PathBuf> = entries.filter(|path| path.is_dir()).collect();
    cases.sort();
    assert!(cases.len() >= 40, "cases are missing: {cases:?}");
    cases
}

fn generate(spec: &Path, out: &Path) -> Output {
    let args = ["generate", "-f", spec.to_str().unwrap(), "-o", out.to_str().unwrap(), "--json"];
    let output = tfy_infra(Path::new("/"), &args);
    assert_eq!(output.code, 0, "{}: {output:?}", spec.display());
    output
}

/// Every file below a folder, by its path; our own folder and the vendored modules aside.
fn read(folder: &Path) -> BTreeMap<String, String> {
    fn walk(top: &Path, folder: &Path, files: &mut BTreeMap<String, String>) {
        for entry in fs_err::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.strip_prefix(top).unwrap().to_str().unwrap().to_owned();
            if name == ".tfy-infra" || name == "modules" {
            } else if path.is_dir() {
                walk(top, &path, files);
            } else {
                files.insert(name, fs_err::read_to_string(&path).unwrap());
            }
        }
    }
    let mut files = BTreeMap::new();
    if folder.exists() {
        walk(folder, folder, &mut files);
    }
    files
}

#[test]
fn every_case_generates_what_is_committed() {
    for case in cases() {
        let out = tempfile::tempdir().unwrap();
        generate(&case.join("platform.yaml"), &out.path().join("out"));
        let made = read(&out.path().join("out"));
        let golden = case.join("out");
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            if golden.exists() {
                fs_err::remove_dir_all(&golden).unwrap();
            }
            for (name, text) in &made {
                let path = golden.join(name);
                fs_err::create_dir_all(path.parent().unwrap()).unwrap();
                fs_err::write(path, text).unwrap();
            }
        }
        let wanted = read(&golden);
        for name in made.keys().chain(wanted.keys()) {
            assert!(
                made.get(name) == wanted.get(name),
                "{}: `{name}` is not what is generated; look at the difference with UPDATE_GOLDEN=1",
                case.display()
            );
        }
    }
}

#[test]
fn generating_twice_gives_the_same_bytes() {
    let out = tempfile::tempdir().unwrap();
    for case in cases() {
        let (a, b) = (out.path().join("a"), out.path().join("b"));
        generate(&case.join("platform.yaml"), &a);
        generate(&case.join("platform.yaml"), &b);
        let differ = Command::new("diff").arg("-r").args([&a, &b]).output().unwrap();
        assert!(differ.status.success(), "{}", String::from_utf8_lossy(&differ.stdout));
        let again = generate(&case.join("platform.yaml"), &a);
        assert!(again.stdout.contains("\"written\":0"), "{again:?}");
        fs_err::remove_dir_all(&a).unwrap();
        fs_err::remove_dir_all(&b).unwrap();
    }
}

#[test]
fn terraform_fmt_has_nothing_to_do() {
    require_terraform();
    let out = tempfile::tempdir().unwrap();
    for case in cases() {
        generate(&case.join("platform.yaml"), &out.path().join(case.file_name().unwrap()));
    }
    let fmt = Command::new("terraform")
        .args(["fmt", "-check", "-recursive", "-diff"])
        .arg(out.path())
        .env("TF_CLI_CONFIG_FILE", cli_config())
        .output()
        .unwrap();
    let shown = [fmt.stdout, fmt.stderr].concat();
    assert!(fmt.status.success(), "{}", String::from_utf8_lossy(&shown));
}

#[test]
fn vendored_modules_are_the_repositorys_own() {
    let out = tempfile::tempdir().unwrap();
    generate(
        &cases().into_iter().find(|c| c.ends_with("everything")).unwrap().join("platform.yaml"),
        &out.path().join("out"),
    );
    let compared = compare(&out.path().join("out/modules"), &root().join("modules"));
    assert!(compared > 20);
}

/// How many files there are, each like the original.
fn compare(copies: &Path, originals: &Path) -> usize {
    let each = |entry: fs_err::DirEntry| {
        let original = originals.join(entry.file_name());
        if entry.path().is_dir() {
            return compare(&entry.path(), &original);
        }
        assert_eq!(fs_err::read(entry.path()).unwrap(), fs_err::read(original).unwrap());
        1
    };
    fs_err::read_dir(copies).unwrap().map(|entry| each(entry.unwrap())).sum()
}

#[test]
fn generated_code_has_nothing_that_runs_commands_or_hides_values() {
    for case in cases() {
        let out = tempfile::tempdir().unwrap();
        generate(&case.join("platform.yaml"), &out.path().join("out"));
        for (name, text) in read(&out.path().join("out")) {
            for banned in ["local-exec", "remote-exec", "null_resource", "data \"external\""] {
                assert!(!text.contains(banned), "{}: `{name}` has `{banned}`", case.display());
            }
            let ordered = ordered(&name, &text);
            assert_eq!(ordered, [] as [String; 0], "{}: `{name}` has `depends_on`", case.display());
        }
    }
}

/// Blocks that wait for others by `depends_on`. A data source may: what it asks for can become true by what is made, and no output tells.
fn ordered(name: &str, text: &str) -> Vec<String> {
    if !name.ends_with(".tf") || !text.contains("depends_on") {
        return Vec::new();
    }
    let body: hcl_edit::structure::Body = text.parse().unwrap();
    let waits = body.blocks().filter(|block| block.body.has_attribute("depends_on"));
    waits.map(|block| block.ident.as_str().to_owned()).filter(|kind| kind != "data").collect()
}

#[test]
fn examples_are_cases() {
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    for example in ["quickstart", "demo"] {
        assert_eq!(
            fs_err::read_to_string(root().join("examples").join(example).join("platform.yaml")).unwrap(),
            fs_err::read_to_string(cases.join(example).join("platform.yaml")).unwrap(),
            "copy the example's file into the case, and set UPDATE_GOLDEN=1"
        );
    }
}

/// The modules compute the plan with `cidrsubnet`; so does this, and both agree with the plan in Rust.
#[test]
fn the_address_plan_is_terraforms() {
    require_terraform();
    let blocks = ["10.20.0.0/16", "172.16.128.0/17", "192.168.64.0/18", "10.0.32.0/19", "100.64.16.0/20"];
    let dir = tempfile::tempdir().unwrap();
    fs_err::write(
        dir.path().join("main.tf"),
        format!(
            "output \"plan\" {{\n  value = {{ for block in {} : block => [for i in range(6) : {{\n    private = cidrsubnet(cidrsubnet(block, 3, i), 1, 0)\n    \
             public = cidrsubnet(cidrsubnet(block, 3, i), 3, 4)\n    database = cidrsubnet(cidrsubnet(block, 3, i), 4, 10)\n    \
             intra = cidrsubnet(cidrsubnet(block, 3, i), 4, 11)\n    pods = cidrsubnet(block, 3, i)\n  }}] }}\n}}\n",
            tfy_infra::plan::text::hcl::expression(&serde_json::json!(blocks))
        ),
    )
    .unwrap();
    let terraform = terraform_in(dir.path());
    terraform(&["apply", "-auto-approve"]);
    let theirs: serde_json::Value = serde_json::from_slice(&terraform(&["output", "-json", "plan"])).unwrap();
    for block in blocks {
        let net = block.parse().unwrap();
        for zone in 0..6 {
            let ours = tfy_infra::plan::cidr::zone_plan(net, Some(net), zone).unwrap();
            let ours = serde_json::json!({
                "private": ours.private, "public": ours.public, "database": ours.database, "intra": ours.intra,
                "pods": ours.pods,
            });
            assert_eq!(ours, theirs[block][zone], "{block} zone {zone}");
        }
    }
}

fn terraform_in(dir: &Path) -> impl Fn(&[&str]) -> Vec<u8> {
    move |args| {
        let out = Command::new("terraform")
            .args(args)
            .current_dir(dir)
            .env("TF_CLI_CONFIG_FILE", cli_config())
            .output()
            .unwrap();
        assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
        out.stdout
    }
}

/// What a reader of HCL that is not ours and not `terraform fmt` makes of strings: Terraform itself.
#[test]
fn terraform_reads_strings_as_they_were_written() {
    require_terraform();
    let strings = [
        "plain",
        "${a}",
        "$${a}",
        "$$${a}",
        "%{ if true }",
        "%%{",
        "\"quoted\"",
        "back\\slash",
        "a\nb\tc\r",
        "ä€😀",
        "$",
        "%",
        "$$",
        "${\"nested ${x}\"}",
        "# no comment",
        "<<EOT",
        "\u{0}\u{7f}\u{202e}",
        "~}",
        "",
    ];
    let dir = tempfile::tempdir().unwrap();
    let value =
        serde_json::json!({ "list": strings, "map": { "${k}": "v", "a.b": 1, "for": null, "ok": true } });
    let text =
        format!("output \"value\" {{\n  value = {}\n}}\n", tfy_infra::plan::text::hcl::expression(&value));
    fs_err::write(dir.path().join("main.tf"), tfy_infra::plan::text::format::format(&text)).unwrap();
    let terraform = terraform_in(dir.path());
    terraform(&["apply", "-auto-approve"]);
    let read: serde_json::Value = serde_json::from_slice(&terraform(&["output", "-json", "value"])).unwrap();
    assert_eq!(read, value);
}
