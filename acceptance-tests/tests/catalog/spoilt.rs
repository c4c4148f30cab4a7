//! One object of every kind in one apply, of whose requests many are answered wrongly: the next apply completes it.
//!
//! The cells of `provider/tests/conformance.rs` take each request of each kind in turn and speak the protocol themselves; here some two hundred of them, by `FAULTS=all`,
//! go through the real `terraform`, which runs objects side by side, taints, and keeps the state.

use std::collections::BTreeSet;

use acceptance_tests::Scratch;
use anyhow::{Context as _, Result, ensure};
use fs_err as fs;
use serde_json::{Value, json};
use truefoundry_catalog::Secrets;

use crate::samples::{Sampled, configuration};

const APPLY: &[&str] = &["apply", "-no-color", "-auto-approve", "-parallelism=20"];
/// Of how many requests of one apply something happens to one.
const ONE_OF: usize = 7;

/// What happens to a request.
fn faults() -> [Value; 15] {
    let login = "<!doctype html><html><head><title>Sign in</title></head></html>";
    let failure = json!({ "statusCode": 503, "message": "no healthy upstream" });
    [
        json!({ "status": 500 }),
        json!({ "status": 503 }),
        json!({ "status": 403 }),
        json!({ "status": 401, "effect": true }),
        json!({ "status": 403, "effect": true }),
        json!({ "status": 503, "effect": true }),
        json!({ "reset_before": true }),
        json!({ "reset_after": true }),
        json!({ "truncate": true }),
        json!({ "status": 200, "body": login }),
        json!({ "status": 200, "body": login, "effect": true }),
        json!({ "status": 200, "body": "null" }),
        json!({ "status": 200, "body": [], "effect": true }),
        json!({ "status": 200, "body": failure }),
        json!({ "status": 200, "body": failure, "effect": true }),
    ]
}

/// Terraform and a control plane, empty at the beginning of each round.
struct Place {
    scratch: Scratch,
    configuration: Value,
    /// Types of manifests with secrets. Nobody can see whether what runs has those that are wanted, so it is deployed once more.
    secret: BTreeSet<&'static str>,
}

impl Place {
    fn new(kinds: &[Sampled]) -> Result<Self> {
        let mut scratch = Scratch::new("catalog-spoilt", "")?;
        scratch.sandbox.switches(&json!({ "unchecked_references": true }))?;
        scratch.terraform =
            scratch.terraform.with([("TFY_TEST_PAUSES_DIVIDED_BY".to_owned(), "100".to_owned())]);
        let sampled = kinds.iter().filter_map(|kind| Some((kind, kind.attributes(1, Secrets::Plain, "")?)));
        let secret = kinds.iter().filter(|kind| kind.has_secrets());
        let secret = secret.map(|kind| kind.kind.manifest_type.as_str()).collect();
        Ok(Self { scratch, configuration: configuration(sampled), secret })
    }

    fn write(&self, adopt: bool) -> Result<()> {
        let mut configuration = self.configuration.clone();
        configuration["provider"] =
            json!({ "truefoundry": { "max_retries": 0, "timeout": 5, "adopt_existing": adopt } });
        Ok(fs::write(self.scratch.folder().join("main.tf.json"), configuration.to_string())?)
    }

    fn clear(&self) -> Result<()> {
        self.scratch.sandbox.reset()?;
        for file in ["terraform.tfstate", "terraform.tfstate.backup"] {
            if self.scratch.folder().join(file).exists() {
                fs::remove_file(self.scratch.folder().join(file))?;
            }
        }
        self.forget()?;
        self.write(false)
    }

    /// As in another working directory.
    fn forget(&self) -> Result<()> {
        let journal = self.scratch.folder().join(".terraform/truefoundry");
        if journal.exists() {
            fs::remove_dir_all(journal)?;
        }
        Ok(())
    }

    fn manifests(&self) -> Result<Vec<String>> {
        let stored = self.scratch.sandbox.get("/_sandbox/manifests")?;
        let mut all: Vec<String> =
            stored["data"].as_array().into_iter().flatten().map(Value::to_string).collect();
        all.sort();
        Ok(all)
    }

    /// How many requests an apply sends, and what is there afterwards.
    fn reference(&self) -> Result<(usize, Vec<String>)> {
        self.clear()?;
        self.scratch.terraform.apply()?;
        let sent = self.scratch.sandbox.get("/_sandbox/requests")?;
        Ok((sent["data"].as_array().context("no journal")?.len(), self.manifests()?))
    }

    /// Applies with many faults, and again without; counts the errors of the first.
    fn round(&self, number: usize, requests: usize, reference: &[String]) -> Result<usize> {
        let faults = faults();
        self.clear()?;
        let hit = (1 + number..=requests).step_by(ONE_OF).enumerate();
        let rules: Vec<Value> = hit
            .map(|(index, nth)| {
                let mut rule = faults[(index + number * 4) % faults.len()].clone();
                rule["nth"] = nth.into();
                rule
            })
            .collect();
        self.scratch.sandbox.faults(&rules.into())?;
        let first = self.scratch.terraform.run(APPLY)?;
        self.scratch.sandbox.request("DELETE", "/_sandbox/faults", None)?;
        let message = first.message();
        ensure!(first.code == 1, "nothing failed: {message}");
        let is_fresh = number % 4 == 1;
        if is_fresh {
            self.forget()?;
            let before = self.manifests()?;
            let second = self.scratch.terraform.run(APPLY)?;
            let told = second.message();
            let (errors, refused) = (told.matches("Error:").count(), told.matches("exists already").count());
            ensure!(errors == refused, "an error that is no refusal: {told}\nthe first said: {message}");
            let now = self.manifests()?;
            ensure!(
                before.iter().all(|one| now.contains(one) || !told.contains("exists already")),
                "changed"
            );
            self.write(true)?;
        }
        let context = || format!("the first apply said: {message}");
        self.scratch.terraform.apply().with_context(context)?;
        self.scratch.terraform.expect_no_changes().with_context(context)?;
        ensure!(self.manifests()? == reference, "another end than without faults; {}", context());
        for (list, versions) in [("apps", "lastVersion"), ("agents", "latestVersion")] {
            let page = self.scratch.sandbox.get(&format!("/api/svc/v1/{list}?limit=100&offset=0"))?;
            let is_shown = |one: &&Value| {
                let of = one["manifest"]["type"].as_str().or(one["type"].as_str());
                of.is_some_and(|of| !self.secret.contains(of))
            };
            let all = page["data"].as_array().into_iter().flatten();
            let again = { all }.filter(is_shown).find(|one| one[versions] != 1);
            let again = again.map(|one| &one["fqn"]);
            ensure!(is_fresh || again.is_none(), "written twice: {again:?}; {}", context());
        }
        Ok(message.matches("Error:").count())
    }
}

/// Runs the rounds; gives how many requests were hit, and how many errors they made.
pub(crate) fn all_kinds(kinds: &[Sampled], rounds: usize) -> Result<(usize, usize)> {
    let place = Place::new(kinds)?;
    let (requests, reference) = place.reference()?;
    let mut errors = 0;
    for number in 0..rounds {
        errors += place.round(number, requests, &reference).with_context(|| format!("round {number}"))?;
    }
    Ok((rounds * (requests / ONE_OF), errors))
}
