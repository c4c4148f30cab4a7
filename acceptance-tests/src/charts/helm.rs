//! The real `helm`, asked about charts; no cluster is needed.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use fs_err as fs;
use serde_json::Value;

use crate::environment;
use crate::kubernetes::Programs;

/// The real `helm` with a home of its own.
#[derive(Clone, Debug)]
pub struct Helm {
    program: PathBuf,
    home: PathBuf,
}

impl Helm {
    /// `helm`: what `HELM` names, else the one that is built with the programs of a cluster. Its caches go into `home`.
    ///
    /// # Errors
    /// When there is none, with what to install.
    pub fn find(home: &Path) -> Result<Self> {
        let named = std::env::var_os("HELM").map(PathBuf::from);
        let program = match named {
            Some(program) => {
                ensure!(program.is_file(), "`HELM` is `{}`, which is no file", program.display());
                program
            }
            None => Programs::ready()?.helm,
        };
        Ok(Self { program, home: home.to_path_buf() })
    }

    /// What it prints.
    ///
    /// # Errors
    /// When it cannot be started or fails: with what it says of that.
    pub fn run(&self, arguments: &[&str]) -> Result<String> {
        let mut command = Command::new(&self.program);
        command.args(arguments);
        environment::scrub(&mut command);
        for (name, folder) in [
            ("HELM_CACHE_HOME", "cache"),
            ("HELM_CONFIG_HOME", "config"),
            ("HELM_DATA_HOME", "data"),
            // No plugin of the machine's user has a say here, nor a cluster.
            ("HELM_PLUGINS", "plugins"),
            ("KUBECONFIG", "no-kubeconfig"),
        ] {
            command.env(name, self.home.join(folder));
        }
        let output = command.output().with_context(|| format!("starting `{}`", self.program.display()))?;
        ensure!(
            output.status.success(),
            "`helm {}` failed:\n{}{}",
            arguments.join(" "),
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr).trim()
        );
        Ok(String::from_utf8(output.stdout)?)
    }

    /// The objects that a stand-in renders for a release, its custom resource definitions included.
    ///
    /// # Errors
    /// When it does not render, as with values that its schema refuses, or an object is not JSON, as those of a stand-in are.
    pub fn objects(&self, chart: &Path, release: (&str, &str), values: &Value) -> Result<Vec<Value>> {
        fs::create_dir_all(&self.home)?;
        let file = tempfile::Builder::new().suffix(".json").tempfile_in(&self.home)?;
        fs::write(file.path(), values.to_string())?;
        let (chart, values) = (chart.to_string_lossy(), file.path().to_string_lossy());
        let rendered = self.run(&[
            "template",
            release.0,
            &chart,
            "--namespace",
            release.1,
            "--kube-version",
            "1.35.4",
            "--include-crds",
            "--values",
            &values,
        ])?;
        let documents = rendered.split("\n---\n").map(|document| {
            let lines = document.lines().filter(|line| !line.starts_with('#') && *line != "---");
            lines.collect::<Vec<_>>().join("\n")
        });
        let documents = documents.filter(|document| !document.trim().is_empty());
        documents
            .map(|json| serde_json::from_str(&json).with_context(|| format!("not JSON:\n{json}")))
            .collect()
    }
}
