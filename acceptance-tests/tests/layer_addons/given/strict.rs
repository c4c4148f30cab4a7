//! Objects before an API server that refuses a field that it does not know.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::{Value, json};
use test_cluster::Client;

use super::rendered::Document;

/// For what a control plane does at once, on a machine where much else runs.
const SOON: Duration = Duration::from_secs(60);

/// What an API server says of objects. Nothing stays of them but their custom resource definitions.
pub(crate) struct Checked<'a> {
    server: &'a Client,
    /// `apiVersion` => its resources, as the server tells them.
    resources: BTreeMap<String, Value>,
    /// Namespace and text of what was checked.
    seen: BTreeSet<(String, String)>,
    /// The number of different objects that it takes.
    pub(crate) taken: usize,
    /// Those that it does not take, with what it says.
    pub(crate) refused: Vec<String>,
}

impl<'a> Checked<'a> {
    pub(crate) fn by(server: &'a Client) -> Self {
        Self { server, resources: BTreeMap::new(), seen: BTreeSet::new(), taken: 0, refused: Vec::new() }
    }

    /// Installs definitions, those that are not there yet, and waits until each is served.
    pub(crate) fn install(&mut self, definitions: &[&Document]) -> Result<()> {
        let path = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
        for definition in definitions {
            let answer = self.server.send_yaml("POST", path, &definition.text)?;
            let (reason, message) = answer.refusal();
            ensure!(
                answer.status == 201 || reason == "AlreadyExists",
                "the definition `{}` is refused: {reason}: {message}",
                definition.name()
            );
        }
        for definition in definitions {
            let one = format!("{path}/{}", definition.name());
            self.server.wait(&one, "established", SOON, |answer| {
                let conditions = answer.body["status"]["conditions"].as_array();
                conditions
                    .into_iter()
                    .flatten()
                    .any(|one| one["type"] == "Established" && one["status"] == "True")
            })?;
        }
        self.resources.clear();
        Ok(())
    }

    /// Has the server check objects as if it made them in a namespace, which is made where it is not there; the same text once.
    pub(crate) fn check(&mut self, of: &str, namespace: &str, documents: &[&Document]) -> Result<()> {
        self.make(namespace)?;
        for document in documents {
            if !self.seen.insert((namespace.to_owned(), document.text.clone())) {
                continue;
            }
            let own = document.object["metadata"]["namespace"].as_str();
            if let Some(own) = own {
                self.make(own)?;
            }
            let told = format!("{of}: {} `{}`", document.kind(), document.name());
            let path = match self.path(&document.object, own.unwrap_or(namespace)) {
                Ok(path) => path,
                Err(error) => {
                    self.refused.push(format!("{told}: {error:#}"));
                    continue;
                }
            };
            let path = format!("{path}?dryRun=All&fieldValidation=Strict");
            let answer = self.server.send_yaml("POST", &path, &document.text)?;
            let (reason, message) = answer.refusal();
            // What is there already was checked before the name was looked at.
            if answer.status == 201 || reason == "AlreadyExists" {
                self.taken += 1;
            } else {
                self.refused.push(format!("{told}: {} {reason}: {message}", answer.status));
            }
        }
        Ok(())
    }

    fn make(&self, namespace: &str) -> Result<()> {
        let object = json!({ "metadata": { "name": namespace } });
        let answer = self.server.send("POST", "/api/v1/namespaces", Some(&object))?;
        ensure!(matches!(answer.status, 201 | 409), "namespace `{namespace}`: {:?}", answer.refusal());
        Ok(())
    }

    /// Where objects of its kind are made.
    fn path(&mut self, object: &Value, namespace: &str) -> Result<String> {
        let api = object["apiVersion"].as_str().context("an object without `apiVersion`")?;
        let base = if api.contains('/') { format!("/apis/{api}") } else { format!("/api/{api}") };
        if !self.resources.contains_key(api) {
            let answer = self.server.send("GET", &base, None)?;
            ensure!(answer.status == 200, "the server does not know `{api}`");
            self.resources.insert(api.to_owned(), answer.body);
        }
        let known = self.resources[api]["resources"].as_array().into_iter().flatten();
        let kind = &object["kind"];
        let is_kind = |resource: &&Value| {
            resource["kind"] == *kind && resource["name"].as_str().is_some_and(|name| !name.contains('/'))
        };
        let Some(resource) = known.into_iter().find(is_kind) else {
            bail!("the server does not know {kind} of `{api}`")
        };
        let name = resource["name"].as_str().unwrap_or_default();
        Ok(match resource["namespaced"] == true {
            true => format!("{base}/namespaces/{namespace}/{name}"),
            false => format!("{base}/{name}"),
        })
    }
}

/// A server takes what is right, and says of the rest what is wrong; nothing stays.
pub(crate) fn refuses_what_is_wrong(server: &Client) -> Result<()> {
    let document = |text: &str| -> Result<Document> {
        Ok(Document { text: text.to_owned(), object: super::yaml::read(text)? })
    };
    let good = "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: strict }\ndata: { a: b }\n";
    let mut checked = Checked::by(server);
    let documents = [
        document(good)?,
        document(&good.replace("\ndata:", "\ndatum:"))?,
        document(&format!("{good}data: {{ a: c }}\n"))?,
        document("apiVersion: example.com/v1\nkind: Gadget\nmetadata: { name: strict }\n")?,
    ];
    checked.check("test", "strict", &documents.iter().collect::<Vec<_>>())?;
    let refused: Vec<&str> = checked.refused.iter().map(String::as_str).collect();
    let [unknown, twice, absent] = refused[..] else { bail!("refused: {refused:?}") };
    assert!(unknown.starts_with("test: ConfigMap `strict`: 400 BadRequest: "), "{unknown}");
    assert!(unknown.contains("unknown field \"datum\""), "{unknown}");
    assert!(twice.contains("key \"data\" already set in map"), "{twice}");
    assert_eq!(absent, "test: Gadget `strict`: the server does not know `example.com/v1`");
    assert_eq!(checked.taken, 1);
    let there = server.send("GET", "/api/v1/namespaces/strict/configmaps/strict", None)?;
    assert_eq!(there.status, 404);
    server.delete("/api/v1/namespaces/strict").map(drop)
}
