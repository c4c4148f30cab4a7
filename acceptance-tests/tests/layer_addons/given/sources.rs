//! The charts of a folder: which of the pinned ones are there, unpacked, and packed again as Helm does it.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::process::Command;

use acceptance_tests::charts::{Archive, Facts, Helm, Package};
use acceptance_tests::repository;
use anyhow::{Context as _, Result, ensure};
use fs_err as fs;
use serde_json::{Map, Value, json};

use super::yaml;

/// The folder with the charts of others.
pub(crate) const FOLDER: &str = "CHART_SOURCES";

/// The folder that [`FOLDER`] names.
pub(crate) fn folder() -> Result<PathBuf> {
    let folder = std::env::var_os(FOLDER).map(PathBuf::from);
    let folder = folder.with_context(|| {
        format!(
            "`{FOLDER}` is not set\nhint: name a folder with the sources of the charts, a folder or a `.tgz` each: \
             `cargo xtask charts verify DIR`"
        )
    })?;
    ensure!(folder.is_dir(), "`{FOLDER}` is `{}`, which is no folder", folder.display());
    Ok(folder)
}

/// A chart in a folder of its own, which may be changed.
#[derive(Clone, Debug)]
pub(crate) struct Source {
    pub(crate) folder: PathBuf,
    pub(crate) metadata: Map<String, Value>,
    /// The dependencies that are not there, and so were taken out of `Chart.yaml`.
    pub(crate) without: Vec<String>,
}

impl Source {
    /// A copy of a chart, in a folder of the copy's own.
    fn copied(from: &Path, into: &Path) -> Result<Self> {
        if from.is_dir() {
            repository::copy_folder(from, &into.join("chart"))?;
            return Self::read(&into.join("chart"));
        }
        fs::create_dir_all(into)?;
        let output = Command::new("tar").arg("-xzf").arg(from).arg("-C").arg(into).output()?;
        ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr).trim());
        // An archive of a chart has one folder at its top.
        let first = fs::read_dir(into)?.next().context("an archive without anything")?;
        Self::read(&first?.path())
    }

    fn read(folder: &Path) -> Result<Self> {
        let file = folder.join("Chart.yaml");
        let told = yaml::read(&fs::read_to_string(&file)?).with_context(|| file.display().to_string())?;
        let mut metadata = told.as_object().cloned().context("`Chart.yaml` is no map")?;
        let mut without = Vec::new();
        if let Some(dependencies) = metadata.get_mut("dependencies").and_then(Value::as_array_mut) {
            let there = vendored(folder)?;
            dependencies.retain(|dependency| {
                let name = text(dependency, "name");
                let is_there = there.iter().any(|chart| chart == name);
                if !is_there {
                    without.push(format!("{name} {}", text(dependency, "version")));
                }
                is_there
            });
        }
        if !without.is_empty() {
            // JSON is YAML.
            fs::write(&file, Value::from(metadata.clone()).to_string())?;
        }
        for key in ["name", "version"] {
            ensure!(metadata.get(key).is_some_and(Value::is_string), "`{}` has no `{key}`", file.display());
        }
        Ok(Self { folder: folder.to_path_buf(), metadata, without })
    }

    pub(crate) fn name(&self) -> &str {
        self.metadata["name"].as_str().unwrap_or_default()
    }

    pub(crate) fn version(&self) -> &str {
        self.metadata["version"].as_str().unwrap_or_default()
    }

    /// The chart as a repository serves it, as this version of it.
    pub(crate) fn package(&self, helm: &Helm, version: &str) -> Result<Package> {
        let into = tempfile::tempdir()?;
        let (from, to) = (self.folder.to_string_lossy(), into.path().to_string_lossy());
        helm.run(&["package", &from, "--version", version, "--destination", &to])?;
        let file = format!("{}-{version}.tgz", self.name());
        let bytes = fs::read(into.path().join(&file))?;
        let mut metadata = self.metadata.clone();
        metadata.insert("version".to_owned(), json!(version));
        Ok(Package { metadata, archive: Archive { file, bytes } })
    }
}

/// The names of the charts within a chart.
fn vendored(chart: &Path) -> Result<Vec<String>> {
    let mut names = Vec::new();
    let folder = chart.join("charts");
    if !folder.is_dir() {
        return Ok(names);
    }
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.join("Chart.yaml").is_file() {
            let told = yaml::read(&fs::read_to_string(path.join("Chart.yaml"))?)?;
            names.push(text(&told, "name").to_owned());
        } else if let Some(name) = path.file_name().map(|name| name.to_string_lossy().into_owned())
            && let Some((name, _)) = name.strip_suffix(".tgz").and_then(|name| name.rsplit_once('-'))
        {
            names.push(name.to_owned());
        }
    }
    Ok(names)
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_default()
}

/// What there is of a pinned chart.
#[derive(Clone, Debug)]
pub(crate) enum Found {
    Source(Source),
    OtherVersions(Vec<String>),
    Nothing,
}

impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Source(source) if source.without.is_empty() => f.write_str("found"),
            Self::Source(source) => {
                write!(f, "found, without `{}`, which is not in its `charts/`", source.without.join("`, `"))
            }
            Self::OtherVersions(others) => write!(f, "other version: {}", others.join(", ")),
            Self::Nothing => f.write_str("not found"),
        }
    }
}

/// What there is of all pinned charts.
#[derive(Debug)]
pub(crate) struct Sources(BTreeMap<String, Found>);

impl Sources {
    /// Looks for charts in a folder: each folder with a `Chart.yaml` and each `.tgz` in it. They are copied into another.
    pub(crate) fn read(given: &Path, into: &Path, pinned: &[Facts]) -> Result<Self> {
        let mut there = Vec::new();
        let mut entries: Vec<PathBuf> =
            fs::read_dir(given)?.map(|entry| Ok(entry?.path())).collect::<Result<_>>()?;
        entries.sort();
        for path in entries {
            let is_archive = path.extension().is_some_and(|ending| ending == "tgz");
            if is_archive || path.join("Chart.yaml").is_file() {
                let copy = into.join(there.len().to_string());
                let source = Source::copied(&path, &copy);
                there.push(source.with_context(|| format!("the chart in `{}`", path.display()))?);
            }
        }
        let found = pinned.iter().map(|chart| (chart.name().to_owned(), found(&there, chart)));
        Ok(Self(found.collect()))
    }

    /// The sources that are there.
    pub(crate) fn sources(&self) -> impl Iterator<Item = &Source> {
        self.0
            .values()
            .filter_map(|found| if let Found::Source(source) = found { Some(source) } else { None })
    }

    /// The source of a chart.
    pub(crate) fn source(&self, chart: &str) -> Option<&Source> {
        self.sources().find(|source| source.name() == chart)
    }

    /// The names of charts that cannot be had.
    pub(crate) fn missing(&self) -> Vec<&str> {
        let missing = self.0.iter().filter(|(_, found)| !matches!(found, Found::Source(_)));
        missing.map(|(name, _)| name.as_str()).collect()
    }

    /// A line for each chart.
    pub(crate) fn told(&self, pinned: &[Facts]) -> String {
        let line = |chart: &Facts| {
            let found = self.0.get(chart.name()).unwrap_or(&Found::Nothing);
            format!("  {} {}: {found}\n", chart.name(), chart.version())
        };
        pinned.iter().map(line).collect()
    }
}

fn found(there: &[Source], chart: &Facts) -> Found {
    let same = || there.iter().filter(|source| source.name() == chart.name());
    match same().find(|source| source.version() == chart.version()) {
        Some(source) => Found::Source(source.clone()),
        None if same().next().is_none() => Found::Nothing,
        None => Found::OtherVersions(same().map(|source| source.version().to_owned()).collect()),
    }
}

#[cfg(test)]
mod tests {
    use acceptance_tests::charts::StandIn;

    use super::*;

    #[test]
    fn what_is_missing_of_another_version_or_without_a_dependency_is_named() {
        let (given, into) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let charts = ["keda", "argo-rollouts", "karpenter", "metrics-server"];
        let pinned = charts.map(|chart| Facts::load(chart).unwrap());
        StandIn::of(&pinned[0]).pack().unwrap().write(given.path()).unwrap();
        StandIn::of(&pinned[1]).version("2.40.8").write(given.path()).unwrap();
        let karpenter = StandIn::of(&pinned[2]).write(given.path()).unwrap();
        let dependencies = json!([{ "name": "absent", "version": "1.2.3" }]);
        let metadata = json!({ "apiVersion": "v2", "name": "karpenter", "version": "1.9.0", "dependencies": dependencies });
        fs::write(karpenter.join("Chart.yaml"), metadata.to_string()).unwrap();
        fs::write(given.path().join("README.md"), "no chart").unwrap();

        let sources = Sources::read(given.path(), into.path(), &pinned).unwrap();
        assert_eq!(
            sources.told(&pinned),
            "  keda 2.19.0: found\n  argo-rollouts 2.40.9: other version: 2.40.8\n  karpenter 1.9.0: found, without \
             `absent 1.2.3`, which is not in its `charts/`\n  metrics-server 3.13.0: not found\n"
        );
        assert_eq!(sources.missing(), ["argo-rollouts", "metrics-server"]);
        // What is left out is left out of the copy alone, which Helm then packs.
        let helm = Helm::find(&into.path().join("helm")).unwrap();
        let source = sources.source("karpenter").unwrap();
        assert_eq!(source.package(&helm, "1.9.1").unwrap().archive.file, "karpenter-1.9.1.tgz");
        let own = fs::read_to_string(karpenter.join("Chart.yaml")).unwrap();
        assert_eq!(own, metadata.to_string());
    }
}
