//! One walk through the life of every kind.

use acceptance_tests::Scratch;
use acceptance_tests::terraform::{PLAN_FILE, Plan};
use anyhow::{Context as _, Result, ensure};
use serde_json::{Map, Value, json};
use truefoundry_catalog::{Catalog, Endpoint, Secrets};

use crate::page::{Column, Page};
use crate::samples::{Sampled, configuration};
use crate::sdk::Sdk;

/// Terraform, a control plane, and what was shown with them.
pub(crate) struct Walk<'a> {
    kinds: &'a [Sampled],
    sdk: &'a Sdk,
    secrets: Secrets,
    scratch: Scratch,
    canary: String,
    pub(crate) page: Page,
}

impl<'a> Walk<'a> {
    pub(crate) fn new(
        test: &str,
        kinds: &'a [Sampled],
        sdk: &'a Sdk,
        switches: &Value,
        secrets: Secrets,
    ) -> Result<Self> {
        // The other one's log is not searched for secrets.
        let searched = secrets == Secrets::WriteOnly;
        let mut scratch = if searched { Scratch::traced(test, "")? } else { Scratch::new(test, "")? };
        let mut switches = switches.clone();
        switches["unchecked_references"] = true.into();
        scratch.sandbox.switches(&switches)?;
        let canary = acceptance_tests::sandbox::new_secret("canary");
        scratch.terraform = scratch.terraform.with([("TF_VAR_canary".to_owned(), canary.clone())]);
        Ok(Self { kinds, sdk, secrets, scratch, canary, page: Page::default() })
    }

    fn write(&self, configuration: &Value) -> Result<()> {
        let file = self.scratch.folder().join("main.tf.json");
        Ok(fs_err::write(file, serde_json::to_vec_pretty(configuration)?)?)
    }

    fn sampled(&self, round: usize, suffix: &str) -> Vec<(&'a Sampled, Map<String, Value>)> {
        let kinds = self.kinds.iter();
        kinds.filter_map(|kind| Some((kind, kind.attributes(round, self.secrets, suffix)?))).collect()
    }

    /// Plans, and checks what is planned for each kind.
    fn plan(&self, expected: impl Fn(&Sampled) -> &'static [&'static [&'static str]]) -> Result<Plan> {
        let plan = self.scratch.terraform.plan()?;
        for kind in self.kinds {
            let (actions, expected) = (plan.actions(&kind.address()), expected(kind));
            ensure!(
                expected.contains(&actions.as_slice()),
                "{} plans {actions:?} instead of {expected:?}:\n{}",
                kind.address(),
                plan.text
            );
        }
        Ok(plan)
    }

    /// Applies the last plan, plans again without changes, and lets the vendor's models read what was stored.
    fn apply(&self) -> Result<()> {
        self.scratch.terraform.succeed(&["apply", "-no-color", PLAN_FILE])?;
        self.scratch.terraform.expect_no_changes()?;
        self.parse_with_the_sdk()
    }

    /// From one sample of each kind to the next.
    pub(crate) fn round(&mut self, round: usize) -> Result<()> {
        self.write(&configuration(self.sampled(round, "").into_iter()))?;
        let plan = self.plan(|kind| match kind.samples.len() {
            _ if round == 0 => &[&["create"]],
            count if round < count && kind.differs(round, self.secrets) => &[&["update"]],
            count if round < count => &[&["no-op"]],
            count if round == count => &[&["delete"]],
            _ => &[&[]],
        });
        let plan = plan.with_context(|| format!("round {round}"))?;
        self.apply().with_context(|| format!("round {round}"))?;
        for kind in self.kinds.iter().filter(|kind| round < kind.samples.len()) {
            let updated = plan.actions(&kind.address()) == ["update"];
            self.page.show(kind, &[Column::Create, Column::SecondPlan]);
            self.page.show_if(updated, kind, &[Column::Update]);
            self.page.show_if(round + 1 == kind.samples.len(), kind, &[Column::Variants]);
        }
        Ok(())
    }

    pub(crate) fn all_rounds_from(&mut self, first: usize) -> Result<()> {
        let rounds = self.kinds.iter().map(|kind| kind.samples.len()).max().unwrap_or_default();
        (first..rounds).try_for_each(|round| self.round(round))
    }

    /// Somebody else deletes everything: it is planned and made anew.
    pub(crate) fn disappear(&mut self) -> Result<()> {
        self.scratch.sandbox.reset()?;
        self.plan(|kind| if kind.has_default() { &[&["create"], &["update"]] } else { &[&["create"]] })
            .context("after everything was deleted")?;
        self.apply().context("after everything was deleted")?;
        self.kinds.iter().for_each(|kind| self.page.show(kind, &[Column::Disappears]));
        Ok(())
    }

    /// Forgets everything and imports it again: nothing is to be done, but to send those secrets that no control plane
    /// gives out.
    pub(crate) fn reimport(&mut self) -> Result<()> {
        let state = self.scratch.terraform.state()?;
        let resources = state["values"]["root_module"]["resources"].as_array().cloned().unwrap_or_default();
        let stored = self.scratch.sandbox.get("/_sandbox/manifests")?;
        let imports = resources.iter().map(|resource| {
            let kind = self.kinds.iter().find(|kind| resource["address"] == *kind.address());
            let kind = kind.context("a resource that is not in the configuration")?;
            Ok(json!({ "to": kind.address(), "id": import_id(kind, &resource["values"], &stored)? }))
        });
        let imports = imports.collect::<Result<Vec<Value>>>()?;
        ensure!(imports.len() == self.kinds.len(), "only {} resources in the state", imports.len());
        fs_err::remove_file(self.scratch.folder().join("terraform.tfstate"))?;
        let file = self.scratch.folder().join("import.tf.json");
        fs_err::write(&file, serde_json::to_vec(&json!({ "import": imports }))?)?;
        self.plan(|kind| if kind.has_secrets() { &[&["update"]] } else { &[&["no-op"]] })
            .context("while importing")?;
        self.scratch.terraform.succeed(&["apply", "-no-color", PLAN_FILE]).context("importing")?;
        fs_err::remove_file(file)?;
        self.scratch.terraform.expect_no_changes().context("after importing")?;
        self.kinds.iter().for_each(|kind| self.page.show(kind, &[Column::Import]));
        Ok(())
    }

    /// Nothing but the kind is known while planning.
    pub(crate) fn unknown(&mut self) -> Result<()> {
        let mut sampled = self.sampled(1, "");
        let mut known = Map::new();
        for (kind, attributes) in &mut sampled {
            for (name, value) in attributes.iter_mut() {
                let reference = format!("${{terraform_data.known.output.{}.{name}}}", kind.kind.resource);
                let value = std::mem::replace(value, reference.into());
                known.entry(kind.kind.resource.clone()).or_insert_with(|| json!({}))[name] = value;
            }
        }
        let mut configuration = configuration(sampled.into_iter());
        configuration["resource"]["terraform_data"] = json!({ "known": { "input": known } });
        self.write(&configuration)?;
        self.plan(|_| &[&["create"]]).context("with unknown values")?;
        self.apply().context("with unknown values")?;
        self.kinds.iter().for_each(|kind| self.page.show(kind, &[Column::Unknown]));
        Ok(())
    }

    /// Other names: those are other objects.
    pub(crate) fn rename(&mut self) -> Result<()> {
        self.write(&configuration(self.sampled(1, "-2").into_iter()))?;
        self.plan(|kind| if kind.has_name() { &[&["delete", "create"]] } else { &[&["no-op"]] })
            .context("renaming")?;
        self.apply().context("renaming")?;
        let named = self.kinds.iter().filter(|kind| kind.has_name());
        named.for_each(|kind| self.page.show(kind, &[Column::Replace]));
        // Back to the names of the rounds.
        self.write(&configuration(self.sampled(1, "").into_iter()))?;
        self.scratch.terraform.apply().context("renaming back").map(drop)
    }

    pub(crate) fn destroy(&self) -> Result<()> {
        self.scratch.destroy()
    }

    /// No write-only value in the configuration's folder, the state, a plan or a log.
    pub(crate) fn expect_no_secrets(&mut self) -> Result<()> {
        self.scratch.expect_no_leaks(&[("write-only value", &self.canary)])?;
        let secret = self.kinds.iter().filter(|kind| kind.has_secrets());
        secret.for_each(|kind| self.page.show(kind, &[Column::Secrets]));
        Ok(())
    }

    /// What reached the control plane is what the vendor's own models understand.
    fn parse_with_the_sdk(&self) -> Result<()> {
        self.sdk.parse(&self.scratch.sandbox.get("/_sandbox/manifests")?["data"])
    }
}

/// By what an object is imported: its FQN or id; its manifest where the control plane finds it only by that.
fn import_id(kind: &Sampled, values: &Value, stored: &Value) -> Result<String> {
    if kind.kind.endpoint != Endpoint::Apply {
        let id = values["fqn"].as_str().or(values["id"].as_str());
        return Ok(id.context("neither FQN nor id")?.to_owned());
    }
    let manifests = stored["data"].as_array().into_iter().flatten();
    let is_it =
        |manifest: &&Value| manifest["type"] == kind.kind.manifest_type && manifest["name"] == values["name"];
    let manifest = { manifests }.find(is_it).with_context(|| format!("no {} is stored", kind.kind.title))?;
    Ok(Catalog::get().without_secrets(&kind.kind.object, manifest).to_string())
}

impl Sampled {
    fn has_name(&self) -> bool {
        self.kind.key.contains(&"name")
    }

    /// Whether there are values that no control plane gives out again.
    pub(crate) fn has_secrets(&self) -> bool {
        let twins = self.attributes(1, Secrets::WriteOnly, "").unwrap_or_default();
        Value::Object(twins).to_string().contains(crate::samples::CANARY)
    }

    /// Whether a sample asks for something else than the one before.
    fn differs(&self, round: usize, secrets: Secrets) -> bool {
        self.attributes(round, secrets, "") != self.attributes(round - 1, secrets, "")
    }

    /// Whether a tenant comes with one, so that it is never gone.
    fn has_default(&self) -> bool {
        self.kind.key.is_empty()
    }
}
