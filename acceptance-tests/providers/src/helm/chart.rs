//! Where a chart is, and what it says of itself.

use std::path::Path;

use serde::Deserialize;
use tfplugin::value::Value;
use tfplugin::{Diagnostic, Diagnostics};

use super::program::Call;
use super::{Helm, error};

/// A chart as `helm` is told of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Reference {
    /// A name, a path, or an address.
    pub(super) chart: String,
    repository: Option<String>,
    version: Option<String>,
    /// Flags with their values: names of files, and `true` or `false` for the rest.
    options: Vec<String>,
    user: Option<String>,
    password: Option<String>,
}

/// What `Chart.yaml` says.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Metadata {
    pub(super) version: String,
    pub(super) dependencies: Vec<Dependency>,
}

/// A chart that another one needs.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Dependency {
    pub(super) name: String,
}

/// Whether the address is one of an OCI registry.
pub(super) fn is_oci(address: &str) -> bool {
    address.starts_with("oci://")
}

/// What Go's `url.ParseRequestURI` takes: an address with a scheme, and an absolute path too.
fn is_address(text: &str) -> bool {
    text.starts_with('/') || text.split_once("://").is_some_and(|(scheme, _)| !scheme.is_empty())
}

impl Reference {
    /// The chart of a release.
    pub(super) fn of(release: &Value) -> Self {
        let text = |name: &str| release.get(name).as_str().unwrap_or_default();
        let set = |name: &str| Some(text(name).to_owned()).filter(|text| !text.is_empty());
        let (repository, name) = (text("repository"), text("chart").trim());
        let (found, chart) = if is_oci(repository) {
            (None, format!("{}/{name}", repository.trim_end_matches('/')))
        } else if is_address(repository) {
            (Some(repository.to_owned()), name.to_owned())
        } else if !name.contains('/') && !repository.is_empty() {
            (None, format!("{repository}/{name}"))
        } else {
            (None, name.to_owned())
        };
        // What is named whole has no version to choose.
        let whole = (is_address(&chart) && !is_oci(&chart))
            || Path::new(&chart).exists()
            || found.as_ref().is_some_and(|found| Path::new(found).exists());
        let newest = (release.get("devel").as_bool() == Some(true)).then(|| ">0.0.0-0".to_owned());
        let version = set("version").map(|version| version.trim().to_owned()).or(newest).filter(|_| !whole);
        let mut options = Vec::new();
        for (flag, name) in [
            ("--ca-file", "repository_ca_file"),
            ("--cert-file", "repository_cert_file"),
            ("--key-file", "repository_key_file"),
            ("--keyring", "keyring"),
        ] {
            options.extend(set(name).map(|value| [flag.to_owned(), value]).into_iter().flatten());
        }
        for (flag, name) in [("--verify", "verify"), ("--pass-credentials", "pass_credentials")] {
            options.extend((release.get(name).as_bool() == Some(true)).then(|| flag.to_owned()));
        }
        let (user, password) = (set("repository_username"), set("repository_password"));
        Self { chart, repository: found, version, options, user, password }
    }

    /// Adds it to a command line.
    pub(super) fn add(&self, call: Call) -> Call {
        let mut call = call.arg(&self.chart);
        if let Some(repository) = &self.repository {
            call = call.arg("--repo").arg(repository);
        }
        if let Some(version) = &self.version {
            call = call.arg("--version").arg(version);
        }
        call = call.args(self.options.clone());
        if let Some(user) = &self.user {
            call = call.arg("--username").arg(user);
        }
        if let Some(password) = &self.password {
            call = call.arg("--password").secret(password.clone(), "***");
        }
        call
    }

    /// The folder, if the chart is one on this machine.
    fn folder(&self) -> Option<&Path> {
        Some(Path::new(&self.chart)).filter(|path| self.repository.is_none() && path.is_dir())
    }
}

impl Helm {
    /// Fetches the chart of a release and reads what it says of itself, with its dependencies in place.
    pub(super) async fn chart(&self, release: &Value) -> Result<Metadata, Diagnostics> {
        self.sign_in_for(release).await?;
        let reference = Reference::of(release);
        let shown = self.program.run(&reference.add(Call::new("show").arg("chart"))).await;
        let shown = shown.map_err(|failed| {
            let detail = format!("Unable to locate chart {}: {}", reference.chart, failed.message());
            Diagnostic::error("Error locating chart").detail(detail)
        })?;
        let metadata: Metadata = serde_saphyr::from_str(&shown).map_err(|error| {
            let detail = format!("Unable to load chart {}: {error}", reference.chart);
            Diagnostic::error("Error loading chart").detail(detail)
        })?;
        if let Some(folder) = reference.folder() {
            let update = release.get("dependency_update").as_bool() == Some(true);
            self.dependencies(folder, &metadata, update).await?;
        }
        Ok(metadata)
    }

    /// What a chart in a folder needs has to be in its `charts/`; it is put there if the release says so.
    async fn dependencies(&self, folder: &Path, chart: &Metadata, update: bool) -> Result<(), Diagnostics> {
        let there: Vec<String> = fs_err::read_dir(folder.join("charts"))
            .into_iter()
            .flatten()
            .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
            .collect();
        let is_there = |name: &str| {
            there
                .iter()
                .any(|file| file == name || file.strip_prefix(name).is_some_and(|rest| rest.starts_with('-')))
        };
        let missing: Vec<_> = chart.dependencies.iter().filter(|needed| !is_there(&needed.name)).collect();
        if missing.is_empty() {
            tracing::debug!("Chart dependencies are up to date.");
            return Ok(());
        }
        if !update {
            let detail = "Found in Chart.yaml, but missing in charts/ directory";
            return Err(Diagnostic::error("Missing chart dependencies").detail(detail).into());
        }
        tracing::debug!("Downloading chart dependencies...");
        let call = Call::new("dependency").arg("update").arg(folder.display().to_string());
        match self.program.run(&call).await {
            Ok(_) => Ok(()),
            Err(failed) => Err(error("Failed to update chart dependencies", &failed).into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reference<const N: usize>(entries: [(&str, Value); N]) -> (String, Option<String>, Option<String>) {
        let Reference { chart, repository, version, .. } = Reference::of(&Value::object(entries));
        (chart, repository, version)
    }

    #[test]
    fn a_chart_is_named_as_the_provider_names_it() {
        let some = |text: &str| Some(text.to_owned());
        let version = || ("version", Value::from("1.2"));
        let oci = reference([("repository", "oci://r/a/".into()), ("chart", "x".into()), version()]);
        assert_eq!(oci, ("oci://r/a/x".to_owned(), None, some("1.2")));
        let plain = reference([("repository", "https://r".into()), ("chart", "x".into()), version()]);
        assert_eq!(plain, ("x".to_owned(), some("https://r"), some("1.2")));
        let known = reference([("repository", "stable".into()), ("chart", "x".into()), version()]);
        assert_eq!(known, ("stable/x".to_owned(), None, some("1.2")));
        let archive = reference([("chart", "https://r/x.tgz".into()), version()]);
        assert_eq!(archive, ("https://r/x.tgz".to_owned(), None, None));
        let devel = reference([("chart", "oci://r/x".into()), ("devel", true.into())]);
        assert_eq!(devel, ("oci://r/x".to_owned(), None, some(">0.0.0-0")));
        let folder = reference([("chart", ".".into()), version()]);
        assert_eq!(folder, (".".to_owned(), None, None), "a folder has the version that it has");
    }
}
