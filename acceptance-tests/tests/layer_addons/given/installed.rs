//! The charts in a cluster whose pods run nothing.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use acceptance_tests::terraform::Run;
use anyhow::{Result, ensure};
use serde_json::{Value, json};
use test_cluster::Client;

use super::super::alone::Alone;
use super::items;

/// Everything, and nothing that needs more than a cluster.
pub(super) const SPEC: &str = "addons:\n  gpu-operator: true\n";

pub(super) fn succeeded(what: &str, run: &Run) -> Result<()> {
    ensure!(run.code == 0, "{what} ended with {}:\n{}\n{}", run.code, run.stdout, run.stderr);
    Ok(())
}

const WEBHOOKS: [&str; 2] = ["validatingwebhookconfigurations", "mutatingwebhookconfigurations"];

/// Nothing answers a webhook where pods run nothing. As soon as one is there that must be answered, it need not be any more: what a
/// controller that runs does with an object is not shown.
pub(super) struct Unanswered {
    ends: Arc<AtomicBool>,
    found: Arc<Mutex<BTreeSet<String>>>,
    thread: Option<JoinHandle<()>>,
}

impl Unanswered {
    pub(super) fn watch(alone: &Alone) -> Result<Self> {
        let (ends, found) = (Arc::new(AtomicBool::new(false)), Arc::new(Mutex::new(BTreeSet::new())));
        let (client, until, names) = (alone.administrator.clone(), Arc::clone(&ends), Arc::clone(&found));
        let thread = std::thread::spawn(move || {
            while !until.load(Ordering::SeqCst) {
                for kind in WEBHOOKS {
                    // The next look comes soon.
                    if let Ok(ignored) = ignore(&client, kind) {
                        names.lock().unwrap_or_else(PoisonError::into_inner).extend(ignored);
                    }
                }
                std::thread::sleep(Duration::from_millis(200));
            }
        });
        Ok(Self { ends, found, thread: Some(thread) })
    }

    /// What it has changed.
    pub(super) fn told(&self) -> String {
        let found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        format!("{} configurations of webhooks that nothing answers", found.len())
    }
}

impl Drop for Unanswered {
    fn drop(&mut self) {
        self.ends.store(true, Ordering::SeqCst);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn ignore(client: &Client, kind: &str) -> Result<Vec<String>> {
    let collection = format!("/apis/admissionregistration.k8s.io/v1/{kind}");
    let mut changed = Vec::new();
    for configuration in items(&client.get(&collection)?) {
        let mut webhooks = configuration["webhooks"].clone();
        let must = webhooks
            .as_array_mut()
            .into_iter()
            .flatten()
            .filter(|webhook| webhook["failurePolicy"] == "Fail");
        let mut any = false;
        for webhook in must {
            webhook["failurePolicy"] = Value::from("Ignore");
            any = true;
        }
        if any {
            let name = configuration["metadata"]["name"].as_str().unwrap_or_default();
            client.merge(&format!("{collection}/{name}"), &json!({ "webhooks": webhooks }))?;
            changed.push(format!("{kind}/{name}"));
        }
    }
    Ok(changed)
}
