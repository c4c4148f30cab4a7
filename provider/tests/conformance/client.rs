//! The provider's process, spoken with as Terraform does: plan, apply, read.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::Value as Json;
use terraform_provider_truefoundry::Truefoundry;
use tfplugin::Provider as _;
use tfplugin::proto::tfplugin6 as wire;
use tfplugin::proto::tfplugin6::provider_client::ProviderClient;
use tfplugin::schema::Schema;
use tfplugin::value::{Type, Value};
use tonic::transport::Channel;

/// A number of which a pause of seconds becomes one of milliseconds.
const PAUSES_DIVIDED_BY: &str = "2000";

/// The provider that this build has made.
pub(crate) const BUILT: &str = env!("CARGO_BIN_EXE_terraform-provider-truefoundry");

/// One resource type, its schema and its values' type.
pub(crate) struct Resource {
    pub(crate) name: String,
    pub(crate) schema: Schema,
    ty: Type,
}

impl Resource {
    pub(crate) fn of(name: &str) -> Self {
        let resources = Truefoundry.resources();
        let (_, resource) = resources.iter().find(|(known, _)| known == name).unwrap();
        let schema = resource.schema();
        Self { name: name.to_owned(), ty: schema.ty(), schema }
    }

    /// Attributes in JSON as a configuration.
    pub(crate) fn config(&self, attributes: &Json) -> Value {
        Value::from_json(attributes.to_string().as_bytes(), &self.ty).unwrap()
    }

    fn pack(&self, value: &Value) -> Option<wire::DynamicValue> {
        Some(wire::DynamicValue { msgpack: value.to_msgpack(&self.ty).into(), json: Default::default() })
    }

    fn unpack(&self, value: Option<wire::DynamicValue>) -> Value {
        Value::from_msgpack(&value.unwrap_or_default().msgpack, &self.ty).unwrap()
    }
}

/// What stands in Terraform's state for one object.
#[derive(Clone, Debug)]
pub(crate) struct State {
    pub(crate) value: Value,
    pub(crate) private: Vec<u8>,
    /// Left by a create that failed.
    pub(crate) tainted: bool,
}

impl State {
    /// No object.
    pub(crate) fn none() -> Self {
        Self { value: Value::Null, private: Vec::new(), tainted: false }
    }

    pub(crate) fn is_none(&self) -> bool {
        self.value.is_null()
    }
}

/// What an operation has left, and what it said.
pub(crate) struct Outcome {
    pub(crate) state: State,
    pub(crate) errors: Vec<String>,
}

/// A provider that runs by itself.
pub(crate) struct Client {
    provider: ProviderClient<Channel>,
    process: Child,
}

impl Drop for Client {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn errors(diagnostics: Vec<wire::Diagnostic>) -> Vec<String> {
    let errors = diagnostics.into_iter().filter(|told| told.severity == 1);
    errors.map(|told| format!("{}: {}", told.summary, told.detail)).collect()
}

impl Client {
    /// Starts a provider, as a rule [`BUILT`], with this folder as Terraform's own.
    pub(crate) async fn start(program: &Path, data: &Path) -> Self {
        let mut command = Command::new(program);
        command.arg("--debug").env_clear().env("TF_DATA_DIR", data).env("TMPDIR", data);
        command.env("TFY_TEST_PAUSES_DIVIDED_BY", PAUSES_DIVIDED_BY);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut process = command.spawn().unwrap();
        let stdout = process.stdout.take().unwrap();
        let mut lines = BufReader::new(stdout).lines().map_while(Result::ok);
        let line = lines.find(|line| line.contains("TF_REATTACH_PROVIDERS='")).unwrap();
        let (_, attach) = line.split_once("TF_REATTACH_PROVIDERS='").unwrap();
        let attach: Json = serde_json::from_str(attach.trim_end_matches('\'')).unwrap();
        let socket = attach.as_object().unwrap().values().next().unwrap()["Addr"]["String"].as_str().unwrap();
        let provider = ProviderClient::connect(format!("unix:{socket}")).await.unwrap();
        Self { provider, process }
    }

    /// Begins a run of Terraform.
    pub(crate) async fn configure(&mut self, host: &str, key: &str, retries: u32) {
        let schema = Truefoundry.schema();
        let mut config = schema.empty();
        config.put("host", host);
        config.put("api_key", key);
        config.put("max_retries", i64::from(retries));
        config.put("timeout", 5);
        let ty = schema.ty();
        let config = wire::DynamicValue { msgpack: config.to_msgpack(&ty).into(), json: Default::default() };
        let request = wire::configure_provider::Request { config: Some(config), ..Default::default() };
        let configured = self.provider.configure_provider(request).await.unwrap().into_inner();
        assert_eq!(configured.diagnostics, []);
    }

    /// What is planned for a configuration, null for a deletion: the planned state, its private part, and whether another object
    /// takes the place of the one that is there.
    async fn plan(
        &mut self,
        of: &Resource,
        prior: &State,
        config: &Value,
    ) -> Result<(Value, Vec<u8>, bool), Vec<String>> {
        let mut proposed = config.clone();
        for (name, attribute) in of.schema.attributes() {
            if attribute.is_computed() && !config.is_null() && config.get(name).is_null() {
                proposed.put(name.as_str(), prior.value.get(name).clone());
            }
        }
        let request = wire::plan_resource_change::Request {
            type_name: of.name.clone(),
            prior_state: of.pack(&prior.value),
            prior_private: prior.private.clone().into(),
            proposed_new_state: of.pack(&proposed),
            config: of.pack(config),
            ..Default::default()
        };
        let planned = self.provider.plan_resource_change(request).await.unwrap().into_inner();
        let errors = errors(planned.diagnostics);
        if !errors.is_empty() {
            return Err(errors);
        }
        let replaces = !planned.requires_replace.is_empty();
        Ok((of.unpack(planned.planned_state), planned.planned_private.to_vec(), replaces))
    }

    /// Whether a plan has anything to do.
    pub(crate) async fn has_changes(&mut self, of: &Resource, prior: &State, config: &Value) -> bool {
        let (planned, _, replaces) = self.plan(of, prior, config).await.unwrap();
        replaces || planned != prior.value
    }

    async fn change(&mut self, of: &Resource, prior: &State, config: &Value) -> Outcome {
        let (planned, private, _) = match self.plan(of, prior, config).await {
            Ok(planned) => planned,
            Err(errors) => return Outcome { state: prior.clone(), errors },
        };
        let request = wire::apply_resource_change::Request {
            type_name: of.name.clone(),
            prior_state: of.pack(&prior.value),
            planned_state: of.pack(&planned),
            config: of.pack(config),
            planned_private: private.into(),
            ..Default::default()
        };
        let applied = self.provider.apply_resource_change(request).await.unwrap().into_inner();
        let errors = errors(applied.diagnostics);
        let value = of.unpack(applied.new_state);
        let tainted = !errors.is_empty() && prior.is_none() && !value.is_null();
        Outcome { state: State { value, private: applied.private.to_vec(), tainted }, errors }
    }

    /// An apply with the refresh before it: what is tainted or must be another object is deleted first.
    pub(crate) async fn apply_anew(&mut self, of: &Resource, prior: &State, config: &Value) -> Outcome {
        if prior.is_none() {
            return self.apply(of, prior, config).await;
        }
        let read = self.read(of, prior).await;
        if read.errors.is_empty() { self.apply(of, &read.state, config).await } else { read }
    }

    /// An apply: what is tainted or must be another object is deleted first.
    pub(crate) async fn apply(&mut self, of: &Resource, prior: &State, config: &Value) -> Outcome {
        if prior.is_none() && config.is_null() {
            return Outcome { state: State::none(), errors: Vec::new() };
        }
        let replaces = !prior.is_none()
            && !config.is_null()
            && (prior.tainted || self.plan(of, prior, config).await.is_ok_and(|(_, _, replaces)| replaces));
        if !replaces {
            return self.change(of, prior, config).await;
        }
        let deleted = self.change(of, prior, &Value::Null).await;
        if !deleted.errors.is_empty() {
            return deleted;
        }
        self.change(of, &State::none(), config).await
    }

    /// A state as it stands in Terraform's file, of the schema's version 0, as the provider has it now.
    pub(crate) async fn upgrade(&mut self, of: &Resource, json: &Json, private: &str) -> Outcome {
        let raw = wire::RawState { json: json.to_string().into(), ..Default::default() };
        let request = wire::upgrade_resource_state::Request {
            type_name: of.name.clone(),
            version: 0,
            raw_state: Some(raw),
        };
        let upgraded = self.provider.upgrade_resource_state(request).await.unwrap().into_inner();
        let value = of.unpack(upgraded.upgraded_state);
        let state = State { value, private: private.into(), tainted: false };
        Outcome { state, errors: errors(upgraded.diagnostics) }
    }

    /// A refresh.
    pub(crate) async fn read(&mut self, of: &Resource, state: &State) -> Outcome {
        let request = wire::read_resource::Request {
            type_name: of.name.clone(),
            current_state: of.pack(&state.value),
            private: state.private.clone().into(),
            ..Default::default()
        };
        let read = self.provider.read_resource(request).await.unwrap().into_inner();
        let errors = errors(read.diagnostics);
        if !errors.is_empty() {
            return Outcome { state: state.clone(), errors };
        }
        let value = of.unpack(read.new_state);
        Outcome { state: State { value, private: read.private.to_vec(), tainted: state.tainted }, errors }
    }
}
