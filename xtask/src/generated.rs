//! `cargo xtask gen`: files in the repository that are made from the code.

use std::path::PathBuf;
use std::process::Command;

use acceptance_tests::{Binaries, environment, repository};
use anyhow::{Context as _, Result, bail, ensure};
use fs_err as fs;

use crate::module_docs;
use crate::process;
use crate::ui::Ui;

/// A generated file and what it has to hold.
struct Generated {
    path: String,
    content: Vec<u8>,
}

/// Writes what differs; with `check`, fails instead.
pub(crate) fn run(ui: &Ui, check: bool) -> Result<()> {
    let binaries = Binaries::build()?;
    let mut stale = Vec::new();
    for Generated { path, content } in all(&binaries)? {
        let file: PathBuf = repository::root().join(&path);
        if fs::read(&file).is_ok_and(|present| present == content) {
            ui.detail(&format!("`{path}` is up to date"));
        } else if check {
            stale.push(format!("`{path}`"));
        } else {
            fs::write(&file, content)?;
            ui.detail(&format!("`{path}` written"));
        }
    }
    if !check {
        update_cases()?;
        ui.detail("`generator/tests/cases` is up to date");
    }
    if stale.is_empty() {
        return Ok(());
    }
    bail!("out of date: {}\nhint: run `cargo xtask gen` and commit the result", stale.join(", "))
}

fn all(binaries: &Binaries) -> Result<Vec<Generated>> {
    let schema =
        Generated { path: "generator/schema/platform.schema.json".to_owned(), content: schema(binaries)? };
    let readmes = module_docs::readmes()?.into_iter().map(|(path, content)| Generated { path, content });
    Ok(std::iter::once(schema).chain(readmes).collect())
}

/// What the generator's cases expect. Its own test compares them, so `--check` need not.
fn update_cases() -> Result<()> {
    let mut command = environment::cargo();
    command.args(["test", "--quiet", "--locked", "-p", "tfy-infra", "--test", "it", "golden"]);
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
