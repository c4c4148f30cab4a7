//! What the provider makes a configuration of: an object of the control plane that nobody manages yet. Applied as it is, it
//! must change nothing; where a secret is missing, the validation says so and nothing is applied.

use terraform_provider_truefoundry::Truefoundry;
use tfplugin::Provider as _;
use tfplugin::schema::{Attributes, Schema, Shape};
use tfplugin::value::Path;
use tfy_sandbox::Switches;
use truefoundry_catalog::sample::Sampler;
use truefoundry_catalog::{Catalog, Endpoint, Kind};

use super::*;

/// One resource type, its schema and its values' type.
struct Resource {
    name: String,
    schema: Schema,
    ty: Type,
}

impl Resource {
    fn of(kind: &Kind) -> Self {
        let resources = Truefoundry.resources();
        let (_, resource) = resources.iter().find(|(name, _)| *name == kind.resource).unwrap();
        let schema = resource.schema();
        Self { name: kind.resource.clone(), ty: schema.ty(), schema }
    }

    fn unpack(&self, value: Option<wire::DynamicValue>) -> Value {
        Value::from_msgpack(&value.unwrap_or_default().msgpack, &self.ty).unwrap()
    }

    /// The object with this id as it is in the state after an import.
    async fn imported(&self, setup: &mut Setup, id: &str) -> Value {
        let request = wire::import_resource_state::Request {
            type_name: self.name.clone(),
            id: id.to_owned(),
            ..Default::default()
        };
        let answer = setup.provider.import_resource_state(request).await.unwrap().into_inner();
        assert_eq!(answer.diagnostics, [], "{} {id}", self.name);
        let object = answer.imported_resources.into_iter().next().unwrap();
        let request = wire::read_resource::Request {
            type_name: self.name.clone(),
            current_state: object.state,
            private: object.private,
            current_identity: object.identity,
            ..Default::default()
        };
        let answer = setup.provider.read_resource(request).await.unwrap().into_inner();
        assert_eq!(answer.diagnostics, [], "{} {id}", self.name);
        self.unpack(answer.new_state)
    }

    /// The configuration that the provider makes of a state.
    async fn generated(&self, setup: &mut Setup, state: &Value) -> Value {
        let request = wire::generate_resource_config::Request {
            type_name: self.name.clone(),
            state: pack(state, &self.ty),
        };
        let answer = setup.provider.generate_resource_config(request).await.unwrap().into_inner();
        assert_eq!(answer.diagnostics, [], "{}", self.name);
        self.unpack(answer.config)
    }

    /// What the validation says.
    async fn refusals(&self, setup: &mut Setup, config: &Value) -> Vec<String> {
        let request = wire::validate_resource_config::Request {
            type_name: self.name.clone(),
            config: pack(config, &self.ty),
            client_capabilities: Some(wire::ClientCapabilities {
                write_only_attributes_allowed: true,
                ..Default::default()
            }),
        };
        let answer = setup.provider.validate_resource_config(request).await.unwrap().into_inner();
        answer.diagnostics.into_iter().map(|told| told.summary).collect()
    }

    /// What is planned for the object when its configuration is this.
    async fn planned(&self, setup: &mut Setup, state: &Value, config: &Value) -> Value {
        let mut proposed = config.clone();
        for (name, attribute) in self.schema.attributes() {
            if attribute.is_computed() && config.get(name).is_null() {
                proposed.put(name.as_str(), state.get(name).clone());
            }
        }
        let request = wire::plan_resource_change::Request {
            type_name: self.name.clone(),
            prior_state: pack(state, &self.ty),
            proposed_new_state: pack(&proposed, &self.ty),
            config: pack(config, &self.ty),
            ..Default::default()
        };
        let answer = setup.provider.plan_resource_change(request).await.unwrap().into_inner();
        assert_eq!(answer.diagnostics, [], "{}", self.name);
        self.unpack(answer.planned_state)
    }
}

/// The attributes that a state has and a configuration lacks, but for those that it need not have.
fn taken_out(attributes: &Attributes, state: &Value, config: &Value, at: &Path, found: &mut Vec<String>) {
    for (name, attribute) in attributes {
        let (had, has, at) = (state.get(name), config.get(name), at.attribute(name.as_str()));
        let is_default = attribute.default_value() == Some(had);
        if had.is_null() || attribute.is_computed() || attribute.is_sensitive() || is_default {
            continue;
        }
        if has.is_null() {
            found.push(at.to_string());
        } else if let Shape::Nested(_, inner) = attribute.shape() {
            for (had, has) in elements(had).zip(elements(has)) {
                taken_out(inner, had, has, &at, found);
            }
        }
    }
}

/// The objects of a nested attribute; the elements of a set keep their number, and mostly their order.
fn elements(value: &Value) -> Box<dyn Iterator<Item = &Value> + '_> {
    match value {
        Value::List(elements) | Value::Set(elements) => Box::new(elements.iter()),
        Value::Map(entries) if entries.values().all(|entry| matches!(entry, Value::Map(_))) => {
            Box::new(entries.values())
        }
        other => Box::new(std::iter::once(other)),
    }
}

/// By what the provider imports the object of a manifest.
fn import_id(kind: &Kind, manifest: &Json) -> String {
    if kind.endpoint == Endpoint::Apply {
        return Catalog::get().without_secrets(&kind.object, manifest).to_string();
    }
    let parts: Vec<_> = kind.key.iter().filter_map(|field| manifest[*field].as_str()).collect();
    if parts.is_empty() { kind.manifest_type.clone() } else { parts.join(":") }
}

/// The AWS account's resource is written by hand, and its tags are texts.
fn tags_of_texts(account: &mut Json) {
    for integration in account["integrations"].as_array_mut().into_iter().flatten() {
        if integration["tags"].is_object() {
            integration["tags"] = json!({ "team": "search" });
        }
    }
}

/// The sample of each kind in a round, under a name of its own: some kinds share a collection.
fn samples(round: usize) -> Vec<(&'static Kind, Json)> {
    let kinds = Catalog::get().kinds().enumerate();
    kinds
        .filter_map(|(number, kind)| {
            let mut sample = Sampler::all(kind).into_iter().nth(round)?;
            if kind.key.contains(&"name") {
                sample["name"] = format!("kind-{number}").into();
            }
            if kind.manifest_type == "provider-account/aws" {
                tags_of_texts(&mut sample);
            }
            Some((kind, sample))
        })
        .collect()
}

/// Takes over the object of a kind by what is generated of it; whether that can be applied as it is.
async fn is_taken_over(setup: &mut Setup, kind: &Kind, sample: &Json) -> bool {
    let resource = Resource::of(kind);
    let state = resource.imported(setup, &import_id(kind, sample)).await;
    let config = resource.generated(setup, &state).await;
    let mut missing = Vec::new();
    taken_out(resource.schema.attributes(), &state, &config, &Path::root(), &mut missing);
    assert_eq!(missing, Vec::<String>::new(), "{}: taken out", resource.name);
    let refusals = resource.refusals(setup, &config).await;
    if refusals.is_empty() {
        let planned = resource.planned(setup, &state, &config).await;
        assert_eq!(planned, state, "{}: planned", resource.name);
        return true;
    }
    let about_secrets = |said: &String| said.contains("_wo`") || said.ends_with("is required");
    assert!(refusals.iter().all(about_secrets), "{}: {refusals:?}", resource.name);
    false
}

/// Every sample of every kind, with all of its secrets and all variants of its unions, on a control plane that masks.
#[tokio::test]
async fn what_is_made_of_an_object_changes_nothing_or_is_refused_for_its_secrets() {
    let switches = Switches { unchecked_references: true, redact: true, ..Switches::default() };
    let (mut clean, mut refused) = (0, 0);
    for round in 0.. {
        let samples = samples(round);
        if samples.is_empty() {
            break;
        }
        let mut setup = start_on(switches.clone(), &[]).await;
        for (_, sample) in &samples {
            apply(&setup.control_plane, sample.clone()).await;
        }
        for (kind, sample) in &samples {
            match is_taken_over(&mut setup, kind, sample).await {
                true => clean += 1,
                false => refused += 1,
            }
        }
    }
    assert!(clean > 100 && refused > 20, "{clean} change nothing, {refused} are refused");
}
