//! Circles among the modules of a crate: who names whom, and whether a way leads back.
//!
//! Looked at are the modules of each folder and what is below them, as one: `schema` names `diag` when any file of the one
//! names anything of the other. What a module and the modules inside it make of each other is their own affair.

mod graph;
mod names;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};

use crate::{Report, files, scope};

/// The sources that are without circles, and stay so.
const SOURCES: [&str; 6] = [
    "provider/api/src",
    "provider/catalog/src",
    "provider/src",
    "provider/tfplugin-derive/src",
    "provider/tfplugin-testing/src",
    "provider/tfplugin/src",
];

/// A module by the names that lead to it from the top of its crate; none for the top itself.
type Module = Vec<String>;

/// The modules of a crate and what each has in it, without tests.
type Modules = BTreeMap<Module, syn::File>;

/// Looks for circles in every one of the sources.
pub(crate) fn run() -> Result<Report> {
    let all = files::with_endings(&[".rs"])?;
    let mut text = String::new();
    let mut modules = 0;
    for source in SOURCES {
        let inside = all.iter().filter(|file| file.path.starts_with(source));
        let crate_files: Vec<(PathBuf, String)> = inside
            .map(|file| {
                (file.path.strip_prefix(source).unwrap_or(&file.path).to_path_buf(), file.text.clone())
            })
            .collect();
        ensure!(!crate_files.is_empty(), "there are no sources in `{source}`");
        let parsed = parsed(&crate_files).with_context(|| format!("reading `{source}`"))?;
        modules += parsed.len();
        for circle in circles(&parsed) {
            writeln!(text, "{source}: {circle}")?;
        }
    }
    let passed = text.is_empty();
    let told = if passed {
        format!("circles: none among {modules} modules of {} crates", SOURCES.len())
    } else {
        format!("{text}hint: move what both need into a module that names neither")
    };
    Ok(Report { text: told, passed })
}

/// The modules that are compiled into the crate, by what their files are called.
fn parsed(files: &[(PathBuf, String)]) -> Result<Modules> {
    let mut trees = Vec::new();
    for (path, text) in files {
        let tree = syn::parse_file(text).with_context(|| path.display().to_string())?;
        trees.push((path, tree));
    }
    let tests: BTreeSet<PathBuf> =
        trees.iter().flat_map(|(path, tree)| scope::test_modules(path, tree)).collect();
    let for_tests =
        |path: &Path| tests.iter().any(|test| path == test || path.starts_with(test.with_extension("")));
    Ok(trees
        .into_iter()
        .filter(|(path, _)| !for_tests(path))
        .map(|(path, tree)| (module(path), tree))
        .collect())
}

/// `a/mod.rs` is `a`, as `a.rs` would be; `lib.rs` and `main.rs` are the top.
fn module(path: &Path) -> Module {
    let mut names: Module =
        path.with_extension("").iter().map(|part| part.to_string_lossy().into_owned()).collect();
    if names.last().is_some_and(|last| matches!(last.as_str(), "mod" | "lib" | "main")) {
        names.pop();
    }
    names
}

/// Each circle, with a file for each of its steps.
fn circles(modules: &Modules) -> Vec<String> {
    let edges = names::edges(modules);
    let folders: BTreeSet<&[String]> =
        modules.keys().flat_map(|module| (0..module.len()).map(|depth| &module[..depth])).collect();
    folders.into_iter().flat_map(|folder| graph::circles(folder, &edges)).collect()
}
