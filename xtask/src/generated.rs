//! `cargo xtask gen`: files in the repository that are made from the code.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use acceptance_tests::binaries::TESTED;
use acceptance_tests::{Binaries, charts, environment, peer, repository};
use anyhow::{Context as _, Result, bail, ensure};
use fs_err as fs;

use crate::module_docs;
use crate::process;
use crate::tofu_tests;
use crate::ui::Ui;

/// Folders in which every file is generated, or known to the generator.
const DOCUMENTATION: [&str; 2] = ["provider/docs", "provider/examples"];

/// A generated file and what it has to hold.
struct Generated {
    path: String,
    content: Vec<u8>,
}

/// Writes what differs; with `check`, fails instead.
pub(crate) fn run(ui: &Ui, check: bool) -> Result<()> {
    compare(ui, &Binaries::build()?, check)
}

/// Fails when a file is out of date.
pub(crate) fn check(ui: &Ui, binaries: &Binaries) -> Result<()> {
    compare(ui, binaries, true)
}

fn compare(ui: &Ui, binaries: &Binaries, check: bool) -> Result<()> {
    let all = all(binaries)?;
    let mut stale = superfluous(&all)?;
    for path in stale.extract_if(.., |_| !check) {
        fs::remove_file(repository::root().join(&path))?;
        ui.detail(&format!("`{path}` removed"));
    }
    let mut current = 0;
    for Generated { path, content } in all {
        let file: PathBuf = repository::root().join(&path);
        if fs::read(&file).is_ok_and(|present| present == content) {
            current += 1;
        } else if check {
            stale.push(path);
        } else {
            fs::create_dir_all(file.parent().unwrap_or(&file))?;
            fs::write(&file, content)?;
            ui.detail(&format!("`{path}` written"));
        }
    }
    ui.detail(&format!("{current} files are up to date"));
    if !check {
        update_cases()?;
        ui.detail("`generator/tests/cases` is up to date");
        write_messages(binaries)?;
        ui.detail("`MESSAGES.md` is up to date");
    }
    if stale.is_empty() {
        return Ok(());
    }
    let stale: Vec<_> = stale.iter().map(|path| format!("`{path}`")).collect();
    bail!("out of date: {}\nhint: run `cargo xtask gen` and commit the result", stale.join(", "))
}

fn all(binaries: &Binaries) -> Result<Vec<Generated>> {
    let schema =
        Generated { path: "generator/schema/platform.schema.json".to_owned(), content: schema(binaries)? };
    let readmes = module_docs::readmes()?.into_iter().map(|(path, content)| Generated { path, content });
    let tests = tofu_tests::files()?.into_iter().map(|(path, content)| Generated { path, content });
    let content = of_provider(binaries, "schema")?;
    let encoded = Generated { path: "provider/src/schema.binpb".to_owned(), content };
    let content = charts::table(&charts::Facts::all()?).into_bytes();
    let charts = Generated { path: "acceptance-tests/charts/README.md".to_owned(), content };
    let figures = peer::Kept::load()?.pages()?.into_iter();
    let figures = figures.map(|(path, text)| Generated { path, content: text.into_bytes() });
    Ok([schema, encoded, charts]
        .into_iter()
        .chain(figures)
        .chain(readmes)
        .chain(tests)
        .chain(documentation(binaries)?)
        .collect())
}

/// The provider's documentation and examples.
fn documentation(binaries: &Binaries) -> Result<Vec<Generated>> {
    let files: BTreeMap<String, String> =
        serde_json::from_slice(&of_provider(binaries, "docs")?).context("the documentation is no JSON")?;
    Ok(files.into_iter().map(|(path, text)| Generated { path, content: text.into_bytes() }).collect())
}

/// What is made from the provider. Its generator is a program of its own, since it is built from the whole provider,
/// and this program must be there in seconds.
fn of_provider(binaries: &Binaries, what: &str) -> Result<Vec<u8>> {
    let mut command = Command::new(binaries.other("provider-docs-generator")?);
    command.arg(what).current_dir(repository::root()).stdin(Stdio::null()).stderr(Stdio::inherit());
    let output = command.output().context("starting `provider-docs-generator`")?;
    ensure!(output.status.success(), "the provider's {what} could not be made\nhint: the messages are above");
    Ok(output.stdout)
}

/// The files among the documentation that nothing makes any more.
fn superfluous(all: &[Generated]) -> Result<Vec<String>> {
    let made: BTreeSet<&str> = all.iter().map(|each| each.path.as_str()).collect();
    let mut found = Vec::new();
    for folder in DOCUMENTATION {
        files_below(Path::new(folder), &mut found)?;
    }
    found.retain(|path| !made.contains(path.as_str()));
    Ok(found)
}

/// Every file below a folder, by its path from the top of the repository.
fn files_below(folder: &Path, found: &mut Vec<String>) -> Result<()> {
    let full = repository::root().join(folder);
    if !full.is_dir() {
        return Ok(());
    }
    for entry in fs::read_dir(full)? {
        let entry = entry?;
        let path = folder.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            files_below(&path, found)?;
        } else {
            found.push(path.display().to_string());
        }
    }
    Ok(())
}

/// The page of messages, which a check of its own compares.
fn write_messages(binaries: &Binaries) -> Result<()> {
    let mut command = Command::new(binaries.other("source-checks")?);
    let finished = process::shown(command.args(["messages", "--write"]).current_dir(repository::root()))?;
    ensure!(finished.success, "`MESSAGES.md` could not be written\nhint: the messages are above");
    Ok(())
}

/// What the generator's cases expect. Its own test compares them, so `--check` need not.
fn update_cases() -> Result<()> {
    let mut command = environment::cargo();
    command.args([
        "test",
        "--quiet",
        "--locked",
        "--profile",
        TESTED,
        "--workspace",
        "--test",
        "it",
        "golden",
    ]);
    command.env("UPDATE_GOLDEN", "1").current_dir(repository::root());
    let finished = process::shown(&mut command)?;
    ensure!(finished.success, "the generator's cases could not be updated\nhint: the messages are above");
    Ok(())
}

/// The JSON schema of `platform.yaml`, for editors.
fn schema(binaries: &Binaries) -> Result<Vec<u8>> {
    let mut command = Command::new(&binaries.generator);
    command.arg("schema");
    environment::scrub(&mut command);
    let output = command.output().with_context(|| format!("starting `{}`", binaries.generator.display()))?;
    ensure!(
        output.status.success(),
        "`tfy-infra schema` failed: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(output.stdout)
}
