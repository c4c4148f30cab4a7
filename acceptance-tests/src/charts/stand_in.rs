//! A chart made from facts.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::Result;
use fs_err as fs;
use serde_json::{Map, Value, json};

use super::expression::HELPERS;
use super::package::{Archive, Package};
use super::{Facts, custom, objects, values};

/// A chart with the name, version, values, objects and custom resources of another.
#[derive(Clone, Debug)]
pub struct StandIn<'a> {
    facts: &'a Facts,
    version: String,
    guarded: bool,
    mark: Option<String>,
}

impl<'a> StandIn<'a> {
    /// The stand-in of the recorded version, without webhooks and API services.
    #[must_use]
    pub fn of(facts: &'a Facts) -> Self {
        Self { facts, version: facts.version().to_owned(), guarded: false, mark: None }
    }

    /// The same chart under another version: something to upgrade to, or from.
    #[must_use]
    pub fn version(mut self, version: &str) -> Self {
        version.clone_into(&mut self.version);
        self
    }

    /// With the webhooks and API services of the real chart. Nothing answers them where pods run nothing: what they guard
    /// with `failurePolicy: Fail` is refused, as it is with a real controller that is down.
    #[must_use]
    pub fn guarded(mut self) -> Self {
        self.guarded = true;
        self
    }

    /// With an annotation `stand-in/mark` in every custom resource definition, by which a test sees that it was upgraded.
    #[must_use]
    pub fn mark(mut self, mark: &str) -> Self {
        self.mark = Some(mark.to_owned());
        self
    }

    /// What it is made from.
    #[must_use]
    pub fn facts(&self) -> &'a Facts {
        self.facts
    }

    /// [`StandIn::pack`] with what an index says of it.
    ///
    /// # Errors
    /// As [`StandIn::files`].
    pub fn package(&self) -> Result<Package> {
        let mut metadata = self.metadata();
        metadata.insert("created".to_owned(), format!("{}T00:00:00Z", self.facts.text("recorded")).into());
        Ok(Package { metadata, archive: self.pack()? })
    }

    /// What `Chart.yaml` and an index say.
    fn metadata(&self) -> Map<String, Value> {
        let mut metadata = Map::new();
        let mut put = |key: &str, value: &Value| {
            if !value.is_null() {
                metadata.insert(key.to_owned(), value.clone());
            }
        };
        put("apiVersion", &json!("v2"));
        put("name", &json!(self.facts.name()));
        put("version", &json!(self.version));
        put("appVersion", self.facts.all_of("app_version"));
        put("kubeVersion", self.facts.all_of("kube_version"));
        put("type", &json!("application"));
        put(
            "description",
            &json!("Stand-in made from recorded facts: no template of the real chart is in it"),
        );
        metadata
    }

    /// Every file of the chart, by its path.
    ///
    /// # Errors
    /// When an object or a custom resource has something that is not known here.
    pub fn files(&self) -> Result<BTreeMap<String, String>> {
        let facts = self.facts;
        let mut files = custom::files(facts, self.mark.as_deref())?;
        let mut metadata = self.metadata();
        let mut schema = values::schema(facts);
        let crds = facts.all_of("crds");
        if let Some(chart) = crds["subchart"].as_str() {
            let dependency =
                json!({ "name": chart, "version": crds["subchart_version"], "condition": crds["switch"] });
            metadata.insert("dependencies".to_owned(), json!([dependency]));
            // Helm hands the globals down to a chart within a chart before it looks at the schema.
            if let Some(below) = schema["properties"][chart]["properties"].as_object_mut() {
                below.insert("global".to_owned(), json!({}));
            }
        }
        // JSON is YAML.
        files.insert("Chart.yaml".to_owned(), pretty(&metadata.into())?);
        files.insert("values.yaml".to_owned(), pretty(&values::defaults(facts))?);
        files.insert("values.schema.json".to_owned(), pretty(&schema)?);
        files.insert("templates/_stand-in.tpl".to_owned(), HELPERS.to_owned());
        for (number, object) in facts.objects().iter().enumerate() {
            if let Some(text) = objects::manifest(facts, object, self.guarded)? {
                let kind = object["kind"].as_str().unwrap_or_default().to_lowercase();
                files.insert(format!("templates/{kind}-{number}.yaml"), text);
            }
        }
        Ok(files)
    }

    /// The chart as a repository serves it. The same facts make the same bytes.
    ///
    /// # Errors
    /// As [`StandIn::files`].
    pub fn pack(&self) -> Result<Archive> {
        Archive::pack(self.facts.name(), &self.version, &self.files()?)
    }

    /// Writes the chart as a folder of its name into another, and tells where it is.
    ///
    /// # Errors
    /// As [`StandIn::files`], and when a file cannot be written.
    pub fn write(&self, into: &Path) -> Result<PathBuf> {
        let folder = into.join(self.facts.name());
        for (path, text) in self.files()? {
            let path = folder.join(path);
            fs::create_dir_all(path.parent().unwrap_or(&folder))?;
            fs::write(path, text)?;
        }
        Ok(folder)
    }
}

fn pretty(value: &Value) -> Result<String> {
    Ok(format!("{}\n", serde_json::to_string_pretty(value)?))
}
