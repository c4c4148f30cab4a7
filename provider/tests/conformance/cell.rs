//! One cell: what is done, what happens to it, and what must be true in the end.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use serde_json::{Value as Json, json};
use tfplugin::value::Value;
use tfy_sandbox::{Handle, Options, Sandbox};

use crate::client::{BUILT, Client, Outcome, State};
use crate::fault::Fault;
use crate::specimen::Specimen;

pub(crate) const KEY: &str = "tfy_only_for_this_test";

/// What Terraform does with an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Deed {
    Create,
    Change,
    Read,
    Delete,
}

/// Where a deed begins: what the control plane and the state have, and how many requests it sends when nothing goes wrong.
pub(crate) struct Start {
    specimen: Arc<Specimen>,
    switch: &'static str,
    deed: Deed,
    records: Json,
    prior: State,
    pub(crate) requests: usize,
}

/// One case.
pub(crate) struct Cell {
    pub(crate) start: Arc<Start>,
    pub(crate) fault: Fault,
    /// Which request is hit, from 1.
    pub(crate) nth: usize,
    /// The next apply has no memory of this one but the state, as on a remote worker.
    pub(crate) fresh: bool,
}

impl fmt::Display for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { start, fault, nth, fresh } = self;
        let Start { specimen, switch, deed, .. } = &**start;
        let name = specimen.resource.name.as_str();
        write!(f, "{name}, {deed:?}, `{switch}`, `{}` at request {nth}, fresh: {fresh}", fault.name)
    }
}

/// A control plane and a provider.
pub(crate) struct Place {
    sandbox: Handle,
    client: Client,
    folder: tempfile::TempDir,
}

/// What a cell ends with when it is wrong.
type Wrong = String;

fn ensure(holds: bool, why: impl FnOnce() -> Wrong) -> Result<(), Wrong> {
    if holds { Ok(()) } else { Err(why()) }
}

impl Place {
    pub(crate) async fn start() -> Self {
        let sandbox = Sandbox::start(Options::new(KEY)).await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let client = Client::start(BUILT.as_ref(), folder.path()).await;
        Self { sandbox, client, folder }
    }

    fn control(&self, method: &str, path: &str, body: &Json) -> Json {
        self.sandbox.control(method, path, body).unwrap()
    }

    fn journal(&self) -> PathBuf {
        self.folder.path().join("truefoundry")
    }

    fn forget(&self) {
        // There is none before the first create.
        let _ = std::fs::remove_dir_all(self.journal());
    }

    async fn configure(&mut self, retries: u32) {
        let host = self.sandbox.url().to_owned();
        self.client.configure(&host, KEY, retries).await;
    }

    /// An empty control plane with what the specimen needs.
    async fn clear(&mut self, specimen: &Specimen) {
        self.forget();
        self.control("POST", "reset", &Json::Null);
        self.switch("");
        let config = truefoundry_api::Config::new(self.sandbox.url(), KEY.to_owned().into());
        let control_plane = truefoundry_api::Client::new(config).unwrap();
        for manifest in &specimen.before {
            control_plane.apply(manifest, false).await.unwrap();
        }
    }

    /// That switch alone.
    fn switch(&self, switch: &str) {
        let mut switches = json!({
            "normalise": false, "redact": false, "hidden_reads": 0, "deploy_after": 0, "deploy_fails": false, "delete_after": 0,
            "unchecked_references": true,
        });
        match switch {
            "" => (),
            "normalise" | "redact" | "deploy_fails" => switches[switch] = true.into(),
            _ => switches[switch] = 2.into(),
        }
        self.control("POST", "switches", &switches);
    }

    /// The state before the deed, and what the control plane has by then.
    async fn prepared(&mut self, specimen: &Specimen, switch: &str, deed: Deed) -> (Json, State) {
        self.clear(specimen).await;
        let mut state = State::none();
        if deed != Deed::Create {
            // A deployment that fails at once leaves nothing to work with.
            if switch != "deploy_fails" {
                self.switch(switch);
            }
            self.configure(0).await;
            let made = self.client.apply(&specimen.resource, &state, &specimen.made).await;
            assert_eq!(made.errors, [""; 0], "{} cannot be made", specimen.resource.name);
            let read = self.client.read(&specimen.resource, &made.state).await;
            assert_eq!(read.errors, [""; 0], "{} cannot be read", specimen.resource.name);
            state = read.state;
        }
        (self.control("GET", "records", &Json::Null), state)
    }

    async fn do_it(&mut self, specimen: &Specimen, deed: Deed, prior: &State) -> Outcome {
        let resource = &specimen.resource;
        match deed {
            Deed::Create => self.client.apply(resource, prior, &specimen.made).await,
            Deed::Change => self.client.apply(resource, prior, &specimen.changed).await,
            Deed::Delete => self.client.apply(resource, prior, &Value::Null).await,
            Deed::Read => self.client.read(resource, prior).await,
        }
    }

    /// Where a deed begins, found by doing it once.
    pub(crate) async fn begin(
        &mut self,
        specimen: &Arc<Specimen>,
        switch: &'static str,
        deed: Deed,
    ) -> Start {
        let (records, prior) = self.prepared(specimen, switch, deed).await;
        let mut start = Start { specimen: Arc::clone(specimen), switch, deed, records, prior, requests: 0 };
        self.go_to(&start, 0).await;
        self.do_it(specimen, deed, &start.prior).await;
        let sent = self.control("GET", "requests", &Json::Null);
        start.requests = sent["data"].as_array().map_or(0, Vec::len);
        start
    }

    /// A new run of Terraform, where a deed begins.
    async fn go_to(&mut self, start: &Start, retries: u32) {
        self.forget();
        self.control("PUT", "records", &start.records);
        self.switch(start.switch);
        self.configure(retries).await;
    }

    /// Every manifest, as it is stored.
    fn stored(&self) -> Json {
        self.control("GET", "manifests", &Json::Null)
    }

    /// The manifests of the specimen's name.
    fn stored_of(&self, specimen: &Specimen) -> Option<usize> {
        let (manifest_type, named) = specimen.named.as_ref()?;
        let stored = self.stored();
        let all = stored["data"].as_array().into_iter().flatten();
        let is_it = |one: &&Json| {
            one["type"] == manifest_type.as_str() && named.iter().all(|(field, value)| one[field] == *value)
        };
        Some(all.filter(is_it).count())
    }

    /// Runs a cell.
    pub(crate) async fn run(&mut self, cell: &Cell) -> Result<(), Wrong> {
        let Start { specimen, switch, deed, prior, .. } = &*cell.start;
        self.go_to(&cell.start, if cell.nth.is_multiple_of(2) { 2 } else { 0 }).await;
        self.control("POST", "faults", &cell.fault.at(cell.nth));
        let first = self.do_it(specimen, *deed, prior).await;
        self.control("DELETE", "faults", &Json::Null);
        if *switch == "deploy_fails" {
            self.control("POST", "switches", &json!({ "deploy_fails": false }));
        }
        if cell.fresh {
            self.forget();
        }
        let bug = first
            .errors
            .iter()
            .find(|error| error.contains("bug in the provider") || error.contains("panic"));
        ensure(bug.is_none(), || format!("a bug: {bug:?}"))?;
        let ended = match deed {
            Deed::Read => self.is_read(specimen, prior, &first).await,
            Deed::Delete => self.is_deleted(specimen, &first).await,
            Deed::Create => self.is_there(cell, &specimen.made, &first).await,
            Deed::Change => self.is_there(cell, &specimen.changed, &first).await,
        };
        ended.map_err(|why| format!("{why}; the first said {:?}", first.errors))
    }

    /// A read that failed has changed nothing, and no read says that something is gone which is there.
    async fn is_read(&mut self, specimen: &Specimen, prior: &State, first: &Outcome) -> Result<(), Wrong> {
        ensure(!first.state.is_none(), || "it counts as gone".to_owned())?;
        if !first.errors.is_empty() {
            ensure(first.state.value == prior.value, || "a failed read has changed the state".to_owned())?;
        }
        self.has_nothing_to_do(specimen, &specimen.made, &first.state).await
    }

    async fn is_deleted(&mut self, specimen: &Specimen, first: &Outcome) -> Result<(), Wrong> {
        if !first.errors.is_empty() {
            ensure(!first.state.is_none(), || "a deletion that failed has left the state".to_owned())?;
            self.configure(0).await;
            let again = self.client.apply_anew(&specimen.resource, &first.state, &Value::Null).await;
            ensure(again.errors.is_empty(), || format!("the second deletion said {:?}", again.errors))?;
        }
        let left = self.stored_of(specimen).unwrap_or(0);
        ensure(left == 0, || format!("{left} left"))
    }

    /// It is there once, made once, and nothing is left to do; or the next apply is refused with the `import` block.
    async fn is_there(&mut self, cell: &Cell, config: &Value, first: &Outcome) -> Result<(), Wrong> {
        let specimen = &cell.start.specimen;
        let mut state = first.state.clone();
        if !first.errors.is_empty() || state.tainted {
            let before = self.stored();
            self.configure(0).await;
            let second = self.client.apply_anew(&specimen.resource, &state, config).await;
            if cell.fresh && cell.start.deed == Deed::Create && is_refused(&second) {
                return ensure(self.stored() == before, || "refused, and something is changed".to_owned());
            }
            ensure(second.errors.is_empty(), || format!("the second apply said {:?}", second.errors))?;
            state = second.state;
        }
        self.has_nothing_to_do(specimen, config, &state).await?;
        let there = self.stored_of(specimen).unwrap_or(1);
        ensure(there == 1, || format!("{there} of it"))?;
        self.was_made_once(cell).await
    }

    async fn has_nothing_to_do(
        &mut self,
        specimen: &Specimen,
        config: &Value,
        state: &State,
    ) -> Result<(), Wrong> {
        self.configure(0).await;
        let read = self.client.read(&specimen.resource, state).await;
        ensure(read.errors.is_empty(), || format!("the next read said {:?}", read.errors))?;
        ensure(!read.state.is_none(), || "the next read finds nothing".to_owned())?;
        let changes = self.client.has_changes(&specimen.resource, &read.state, config).await;
        ensure(!changes, || "the next plan has changes".to_owned())
    }

    async fn was_made_once(&mut self, cell: &Cell) -> Result<(), Wrong> {
        let Start { specimen, switch, deed, .. } = &*cell.start;
        let Some((list, field)) = specimen.versions else { return Ok(()) };
        let config = truefoundry_api::Config::new(self.sandbox.url(), KEY.to_owned().into());
        let control_plane = truefoundry_api::Client::new(config).unwrap();
        let all = truefoundry_api::Collection::new(control_plane, list, list).list(&[]).await.unwrap();
        let versions = all.first().and_then(|one| one.raw()[field].as_u64()).unwrap_or(0);
        let expected = if *deed == Deed::Create { 1 } else { 2 };
        // A deployment that failed is made anew.
        let expected = if *switch == "deploy_fails" { expected + 1 } else { expected };
        // Nobody can see whether what runs has the secrets that are wanted, so what was begun and not seen to end is begun again.
        let is_unseen = *deed == Deed::Change && specimen.has_secrets && *switch == "deploy_after";
        let expected = if is_unseen { expected + 1 } else { expected };
        ensure(versions <= expected, || format!("{versions} versions, and not {expected}"))
    }
}

fn is_refused(outcome: &Outcome) -> bool {
    outcome.errors.iter().any(|error| error.contains("exists already") && error.contains("import {"))
}
