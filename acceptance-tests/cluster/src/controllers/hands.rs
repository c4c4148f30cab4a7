//! What a model changes the world by: each change waits as long as a test wants it to.

use std::cell::Cell;
use std::io::Write as _;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Result, ensure};
use serde_json::{Value, json};

use super::Options;
use super::aws::Aws;
use super::object::{finalizers, name, text};
use crate::client::{Answer, Client};

/// A file `NAME.delay` in the cluster's folder has the milliseconds that a model waits before each change that it makes.
pub const DELAY_SUFFIX: &str = ".delay";

/// The longest sleep at a time, so that a delay that is taken back ends soon.
const STEP: Duration = Duration::from_millis(100);

/// A client of the cluster and one of AWS, both as slow as wanted.
pub(crate) struct Hands {
    pub(crate) client: Client,
    pub(crate) region: String,
    pub(crate) cluster_name: String,
    aws: Option<Aws>,
    name: &'static str,
    delay: PathBuf,
    changed: Cell<bool>,
}

impl Hands {
    pub(crate) fn new(client: Client, options: &Options, name: &'static str) -> Self {
        Self {
            client,
            region: options.region.clone(),
            cluster_name: options.cluster_name.clone(),
            aws: options.aws_endpoint.as_deref().map(|endpoint| Aws::new(endpoint, &options.region)),
            name,
            delay: options.folder.join(format!("{name}{DELAY_SUFFIX}")),
            changed: Cell::new(false),
        }
    }

    /// One line into the log.
    pub(crate) fn say(&self, what: &str) {
        // A log that cannot be written is no reason to end.
        let _ = writeln!(std::io::stderr().lock(), "{} {}: {what}", jiff::Timestamp::now(), self.name);
    }

    /// Whether anything was changed since the last time it was asked.
    pub(crate) fn has_changed(&self) -> bool {
        self.changed.replace(false)
    }

    /// AWS, if there is one, for a call that changes nothing.
    pub(crate) fn reading_aws(&self) -> Option<&Aws> {
        self.aws.as_ref()
    }

    /// AWS, if there is one, for a call that changes something.
    pub(crate) fn aws(&self) -> Option<&Aws> {
        if self.aws.is_some() {
            self.change();
        }
        self.aws.as_ref()
    }

    /// What a list has; none where the kind is not known, as before its definition is there.
    pub(crate) fn list(&self, path: &str) -> Result<Vec<Value>> {
        let mut answer = self.client.send("GET", path, None)?;
        match answer.status {
            200 => Ok(match answer.body["items"].take() {
                Value::Array(items) => items,
                _ => Vec::new(),
            }),
            404 => Ok(Vec::new()),
            status => Err(anyhow::anyhow!("GET {path}: status {status}: {}", answer.body)),
        }
    }

    /// One object, or none.
    pub(crate) fn get(&self, path: &str) -> Result<Option<Value>> {
        let answer = self.client.send("GET", path, None)?;
        match answer.status {
            200 => Ok(Some(answer.body)),
            404 => Ok(None),
            status => Err(anyhow::anyhow!("GET {path}: status {status}: {}", answer.body)),
        }
    }

    /// Makes an object; one that is there already stays as it is.
    pub(crate) fn create(&self, path: &str, object: &Value) -> Result<Option<Value>> {
        self.change();
        let answer = self.client.send("POST", path, Some(object))?;
        if answer.status == 409 {
            return Ok(None);
        }
        ensure!(answer.status == 201, "POST {path}: status {}: {}", answer.status, answer.body);
        Ok(Some(answer.body))
    }

    /// Asks for an eviction, which a disruption budget may refuse: whether it was granted.
    pub(crate) fn evict(&self, pod: &Value) -> Result<bool> {
        self.change();
        let (namespace, name) = (text(&pod["metadata"]["namespace"]), name(pod));
        let path = format!("/api/v1/namespaces/{namespace}/pods/{name}/eviction");
        let eviction = json!({
            "apiVersion": "policy/v1",
            "kind": "Eviction",
            "metadata": { "name": name, "namespace": namespace },
        });
        let answer = self.client.send("POST", &path, Some(&eviction))?;
        match answer.status {
            200 | 201 | 404 => Ok(true),
            429 => {
                // Nothing has changed: no reason to ask again at once.
                self.changed.set(false);
                Ok(false)
            }
            status => Err(anyhow::anyhow!("POST {path}: status {status}: {}", answer.body)),
        }
    }

    /// Changes an object by a merge patch. A patch that has a resource version is refused when somebody was quicker; the next
    /// round looks again.
    pub(crate) fn merge(&self, path: &str, patch: &Value) -> Result<()> {
        self.change();
        accepted("PATCH", path, &self.client.merge(path, patch)?)
    }

    /// Deletes; what is gone is fine.
    pub(crate) fn delete(&self, path: &str) -> Result<()> {
        self.change();
        accepted("DELETE", path, &self.client.send("DELETE", path, None)?)
    }

    /// Takes a finalizer away, if it is there.
    pub(crate) fn release(&self, path: &str, object: &Value, finalizer: &str) -> Result<()> {
        let left: Vec<&str> = finalizers(object).filter(|name| *name != finalizer).collect();
        self.merge(path, &with_version(object, json!({ "finalizers": left })))
    }

    /// Sets a finalizer, unless it is there.
    pub(crate) fn hold(&self, path: &str, object: &Value, finalizer: &str) -> Result<()> {
        if finalizers(object).any(|name| name == finalizer) {
            return Ok(());
        }
        let all: Vec<&str> = finalizers(object).chain([finalizer]).collect();
        self.merge(path, &with_version(object, json!({ "finalizers": all })))
    }

    fn change(&self) {
        self.changed.set(true);
        let mut waited = Duration::ZERO;
        while waited < self.wanted_delay() {
            std::thread::sleep(STEP);
            waited += STEP;
        }
    }

    fn wanted_delay(&self) -> Duration {
        // No file, no delay.
        let text = fs_err::read_to_string(&self.delay).unwrap_or_default();
        Duration::from_millis(text.trim().parse().unwrap_or_default())
    }
}

/// A patch of metadata that holds for this version of the object only.
fn with_version(object: &Value, mut metadata: Value) -> Value {
    metadata["resourceVersion"] = object["metadata"]["resourceVersion"].clone();
    json!({ "metadata": metadata })
}

/// Gone is fine, and so is a conflict: whoever changes it looks again.
fn accepted(method: &str, path: &str, answer: &Answer) -> Result<()> {
    let fine = (200..300).contains(&answer.status) || matches!(answer.status, 404 | 409);
    ensure!(fine, "{method} {path}: status {}: {}", answer.status, answer.body);
    Ok(())
}
