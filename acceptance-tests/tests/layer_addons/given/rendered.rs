//! What charts render.

use std::cell::RefCell;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use acceptance_tests::charts::{Facts, Helm};
use anyhow::{Context as _, Result};
use fs_err as fs;
use serde_json::Value;

use super::yaml;

/// One object, and the text that it was read from.
#[derive(Clone, Debug)]
pub(crate) struct Document {
    pub(crate) text: String,
    pub(crate) object: Value,
}

impl Document {
    pub(crate) fn kind(&self) -> &str {
        self.object["kind"].as_str().unwrap_or_default()
    }

    pub(crate) fn name(&self) -> &str {
        self.object["metadata"]["name"].as_str().unwrap_or_default()
    }

    pub(crate) fn is_definition(&self) -> bool {
        self.kind() == "CustomResourceDefinition"
    }
}

/// A chart, and the release that is made of it.
#[derive(Clone, Debug)]
pub(crate) struct Release {
    pub(crate) chart: PathBuf,
    pub(crate) name: String,
    pub(crate) namespace: String,
    /// Values as YAML, the later before the earlier.
    pub(crate) values: Vec<String>,
}

/// Renders for versions of Kubernetes that have every custom resource of the pinned charts.
pub(crate) struct Renderer<'a> {
    helm: &'a Helm,
    folder: PathBuf,
    apis: String,
    /// What was read before. Most of it is large and comes with each release and each version of Kubernetes.
    read: RefCell<HashMap<String, Vec<Rc<Document>>>>,
}

impl<'a> Renderer<'a> {
    /// Files with values go into a folder.
    pub(crate) fn new(helm: &'a Helm, folder: &Path, pinned: &[Facts]) -> Result<Self> {
        fs::create_dir_all(folder)?;
        let mut apis: Vec<String> = pinned.iter().flat_map(apis).collect();
        apis.sort();
        apis.dedup();
        Ok(Self { helm, folder: folder.to_path_buf(), apis: apis.join(","), read: RefCell::default() })
    }

    /// The objects of a release for a version of Kubernetes, its custom resource definitions included, its tests not.
    pub(crate) fn render(&self, release: &Release, kubernetes: &str) -> Result<Vec<Rc<Document>>> {
        let chart = release.chart.to_string_lossy();
        let mut arguments = vec!["template", &release.name, &chart, "--namespace", &release.namespace];
        arguments.extend(["--kube-version", kubernetes, "--api-versions", &self.apis]);
        arguments.extend(["--include-crds", "--skip-tests"]);
        let mut files = Vec::new();
        for (number, values) in release.values.iter().enumerate() {
            let file = self.folder.join(format!("{}-{number}.yaml", release.name));
            fs::write(&file, values)?;
            files.push(file.to_string_lossy().into_owned());
        }
        arguments.extend(files.iter().flat_map(|file| ["--values", file]));
        let rendered = self.helm.run(&arguments)?;
        let mut objects = Vec::new();
        for text in yaml::documents(&rendered) {
            objects.extend(self.objects(text).with_context(|| format!("the release `{}`", release.name))?);
        }
        Ok(objects)
    }

    fn objects(&self, text: String) -> Result<Vec<Rc<Document>>> {
        let mut known = self.read.borrow_mut();
        if let Some(objects) = known.get(&text) {
            return Ok(objects.clone());
        }
        let objects: Vec<Rc<Document>> = read(text.clone())?.into_iter().map(Rc::new).collect();
        known.insert(text, objects.clone());
        Ok(objects)
    }
}

/// `GROUP/VERSION` and `GROUP/VERSION/KIND` of each kind, as charts ask for them.
fn apis(chart: &Facts) -> impl Iterator<Item = String> {
    chart.custom_resources().iter().flat_map(|kind| {
        let text = |value: &Value, key: &str| value[key].as_str().unwrap_or_default().to_owned();
        let versions = kind["versions"].as_array().into_iter().flatten();
        versions.flat_map(move |version| {
            let api = format!("{}/{}", text(kind, "group"), text(version, "name"));
            [api.clone(), format!("{api}/{}", text(kind, "kind"))]
        })
    })
}

/// A document; a list in it is the objects of the list.
fn read(text: String) -> Result<Vec<Document>> {
    let object = yaml::read(&text).with_context(|| format!("no object:\n{text}"))?;
    if object["kind"] != "List" {
        return Ok(vec![Document { text, object }]);
    }
    let items = object["items"].as_array().cloned().unwrap_or_default();
    Ok(items.into_iter().map(|object| Document { text: object.to_string(), object }).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_objects_of_a_list_are_objects() {
        let text =
            "kind: List\nitems: [{ kind: A, metadata: { name: a } }, { kind: B, metadata: { name: b } }]\n";
        let told: Vec<(String, String)> = read(text.to_owned())
            .unwrap()
            .iter()
            .map(|document| (document.kind().to_owned(), document.name().to_owned()))
            .collect();
        assert_eq!(told, [("A".to_owned(), "a".to_owned()), ("B".to_owned(), "b".to_owned())]);
    }
}
