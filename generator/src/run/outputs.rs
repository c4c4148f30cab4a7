//! What the layers tell of the platform: their outputs, as Terraform keeps them in the state.
//!
//! Nothing is locked, so that it works beside an apply: Terraform reads a state without its lock. But for a layer that was never initialised
//! here: to initialise it is to write, and another run may do the same. Nothing is logged, because among outputs are secrets.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::Value;

use super::commands::{Failed, after_warnings};
use super::terraform::Terraform;
use super::{RunError, advice, manifest, no_layer, unusable};
use crate::diag::Diagnostic;
use crate::tree::{self, Layer, WriteError, own};

/// Which outputs.
#[derive(Debug, Clone)]
pub struct Outputs {
    /// The generated directory.
    pub dir: PathBuf,
    /// The `terraform` program.
    pub terraform: PathBuf,
    /// Only those of this layer.
    pub layer: Option<String>,
}

/// One output. It may be a secret, so that it is shown nowhere by itself.
#[derive(Clone, Deserialize)]
pub struct Found {
    /// Whether Terraform was told that it is sensitive.
    #[serde(default)]
    pub sensitive: bool,
    /// Its type, as Terraform writes types in JSON.
    #[serde(rename = "type", default)]
    pub ty: Value,
    /// Its value.
    #[serde(default)]
    pub value: Value,
}

/// The outputs of a layer, by their names.
pub type Held = BTreeMap<String, Found>;

/// What a layer tells.
pub enum Told {
    /// These; none where it was never applied, or is destroyed.
    Held(Held),
    /// It could not be asked, for these causes.
    Unread(Vec<Diagnostic>),
}

/// What each layer tells, in their order.
///
/// # Errors
/// [`RunError`] when the directory or the machine lacks something.
pub fn outputs(options: &Outputs) -> Result<Vec<(String, Told)>, RunError> {
    super::environment::check_own().map_err(RunError::Input)?;
    let layers = chosen(options, manifest(&options.dir)?.layers)?;
    tree::check_solved(&options.dir, &layers).map_err(|e| unusable(&e))?;
    let terraform = &Terraform::find(&options.terraform)?;
    let ready: Vec<_> = layers.iter().map(|layer| ready(terraform, &options.dir, layer)).collect();
    let told = std::thread::scope(|scope| {
        let asked = layers.iter().zip(ready).map(|(layer, ready)| {
            scope.spawn(move || match ready {
                Ok(true) => ask(terraform, &options.dir.join(&layer.name)),
                Ok(false) => Ok(Told::Held(Held::new())),
                Err(failed) => Err(failed),
            })
        });
        let asked: Vec<_> = asked.collect();
        let ended = asked.into_iter().map(|one| one.join().unwrap_or_else(|_| Err(Failed(Vec::new()))));
        ended.collect::<Vec<_>>()
    });
    let by_layer = |(layer, told): (&Layer, Result<Told, Failed>)| {
        (layer.name.clone(), told.unwrap_or_else(|failed| unread(layer, &failed)))
    };
    Ok(layers.iter().zip(told).map(by_layer).collect())
}

fn unread(layer: &Layer, failed: &Failed) -> Told {
    Told::Unread(failed.0.iter().map(|problem| advice::explain(layer, problem)).collect())
}

fn chosen(options: &Outputs, layers: Vec<Layer>) -> Result<Vec<Layer>, RunError> {
    let Some(name) = &options.layer else {
        return Ok(layers.into_iter().filter(|layer| !layer.emptied).collect());
    };
    let names: Vec<&str> = layers.iter().map(|layer| layer.name.as_str()).collect();
    if !names.contains(&name.as_str()) {
        return Err(RunError::Input(no_layer(&options.dir, name, &crate::suggest::all_of(&names))));
    }
    Ok(layers.into_iter().filter(|layer| layer.name == *name).collect())
}

/// Whether there is anything to ask, and then that it can be asked.
fn ready(terraform: &Terraform, dir: &Path, layer: &Layer) -> Result<bool, Failed> {
    let folder = dir.join(&layer.name);
    if folder.join(".terraform").exists() {
        return Ok(true);
    }
    let state_is_here = layer.backend.get("local").is_some();
    if state_is_here && !folder.join("terraform.tfstate").exists() {
        return Ok(false);
    }
    let _lock = own::lock(dir).map_err(|e| match e {
        WriteError::Busy { .. } => uninitialised(&e),
        other => Failed::one(other.to_string(), &other.hint()),
    })?;
    run(terraform, &folder, &["init", "-input=false", "-no-color"])
        .map_err(|cause| Failed::one("`terraform init` failed", &cause))?;
    Ok(true)
}

fn uninitialised(busy: &WriteError) -> Failed {
    Failed::one(
        "the layer is not initialised here, and cannot be now",
        &format!("{busy}. Run the same command again when it has ended."),
    )
}

fn ask(terraform: &Terraform, folder: &Path) -> Result<Told, Failed> {
    let text = run(terraform, folder, &["output", "-json", "-no-color"]);
    parsed(&text.map_err(|cause| unreadable(&cause))?).map(Told::Held)
}

fn unreadable(cause: &str) -> Failed {
    Failed::one("the outputs cannot be read", cause)
}

/// What does not decode is not quoted.
fn parsed(text: &[u8]) -> Result<Held, Failed> {
    serde_json::from_slice(after_warnings(text))
        .map_err(|_| unreadable("`terraform output -json` did not print JSON."))
}

/// What a command printed, or what it said of its failure.
fn run(terraform: &Terraform, folder: &Path, args: &[&str]) -> Result<Vec<u8>, String> {
    let output = terraform.command(folder, args).output().map_err(|e| e.to_string())?;
    if output.status.success() {
        Ok(output.stdout)
    } else {
        Err(String::from_utf8_lossy(&output.stderr).trim().to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diag::Report;
    use crate::tree::record::tests::layers;

    fn shown(failed: &Failed) -> String {
        let Told::Unread(problems) = unread(&layers(true)[2], failed) else { unreachable!() };
        problems.into_iter().map(|problem| Report::single(problem).render(false)).collect()
    }

    #[test]
    fn a_layer_that_cannot_be_asked_says_why() {
        insta::assert_snapshot!(shown(&uninitialised(&WriteError::Busy { dir: "infra".into() })), @r"
        error: layer `data`: the layer is not initialised here, and cannot be now
          = note: another tfy-infra is working in `infra`. Run the same command again when it has ended.
        ");
        insta::assert_snapshot!(shown(&unreadable("Error: No valid credential sources found")), @r"
        error: layer `data`: the outputs cannot be read
          = note: Error: No valid credential sources found
          = hint: sign in to AWS (`aws sso login`, or set `AWS_PROFILE`) and run the same command again
        ");
        insta::assert_snapshot!(shown(&parsed(b"<html>").err().unwrap()), @r"
        error: layer `data`: the outputs cannot be read
          = note: `terraform output -json` did not print JSON.
        ");
    }

    #[test]
    fn a_warning_before_the_outputs_is_no_output() {
        let held = parsed(
            b"\nWarning: odd\n\n{ \"a\": { \"sensitive\": true, \"type\": \"string\", \"value\": \"x\" } }\n",
        );
        assert_eq!(held.unwrap().keys().collect::<Vec<_>>(), ["a"]);
        assert_eq!(parsed(b"{}\n").unwrap().len(), 0);
    }
}
