//! Embeds the Terraform modules: every `*.tf`, `*.json` and `*.md` of the modules that layers call, and the charts below
//! `charts`, nothing else (no `.terraform`, no tests), as one Rust table.

use std::error::Error;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

/// The modules that layers call; the build fails when one is missing.
const MODULES: [&str; 16] = [
    "addon-identities",
    "addons",
    "agent",
    "cluster",
    "container-registry",
    "database",
    "existing-cluster",
    "existing-network",
    "file-system",
    "ingress",
    "jump-host",
    "karpenter",
    "network",
    "object-store",
    "platform-identity",
    "workload-identity",
];

#[expect(clippy::disallowed_methods, reason = "the build script has no dependencies; the file is in OUT_DIR")]
fn main() -> Result<(), Box<dyn Error>> {
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?).join("../modules");
    let mut table = String::from("&[\n");
    for module in MODULES {
        let dir = root.join(module);
        println!("cargo::rerun-if-changed={}", dir.display());
        let files = files(&dir)?;
        if !files.iter().any(|f| f.extension().is_some_and(|e| e == "tf")) {
            return Err(format!("the module `{module}` has no *.tf in {}", dir.display()).into());
        }
        writeln!(table, "    (\"{module}\", &[")?;
        for file in files {
            println!("cargo::rerun-if-changed={}", file.display());
            let name = file.strip_prefix(&dir)?.to_str().ok_or("a module file is not named in UTF-8")?;
            let path = file.canonicalize()?;
            writeln!(table, "        ({name:?}, include_str!({:?})),", path.display().to_string())?;
        }
        table.push_str("    ]),\n");
    }
    table.push_str("]\n");
    fs::write(Path::new(&env::var("OUT_DIR")?).join("modules.rs"), table)?;
    Ok(())
}

/// The files of a module, and all of the charts that it has of its own.
fn files(dir: &Path) -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let mut files = Vec::new();
    for path in entries(dir)? {
        let wanted = path.extension().is_some_and(|e| e == "tf" || e == "json" || e == "md");
        if wanted && path.is_file() {
            files.push(path);
        }
    }
    let charts = dir.join("charts");
    if charts.is_dir() {
        all_files(&charts, &mut files)?;
    }
    files.sort();
    Ok(files)
}

fn all_files(dir: &Path, files: &mut Vec<PathBuf>) -> Result<(), Box<dyn Error>> {
    for path in entries(dir)? {
        if path.is_dir() { all_files(&path, files)? } else { files.push(path) }
    }
    Ok(())
}

fn entries(dir: &Path) -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let entries = fs::read_dir(dir).map_err(|e| format!("{}: {e}", dir.display()))?;
    Ok(entries.map(|entry| Ok::<_, std::io::Error>(entry?.path())).collect::<Result<_, _>>()?)
}
