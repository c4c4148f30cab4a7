//! Managed resources: validate, upgrade, read, plan, apply, import.

use super::convert::{decode, decode_private, encode, encode_private, settle};
use super::registry::Entry;
use super::{Inner, no_such, warnings};
use crate::diag::{Diagnostic, Diagnostics, path_to_wire};
use crate::proto::tfplugin6 as wire;
use crate::provider::{Change, Context, Failed, Plan, Private, Provider, Resource, State};
use crate::value::Value;

type ResourceEntry<P> = Entry<dyn Resource<<P as Provider>::Client>>;

impl<P: Provider> Inner<P> {
    fn resource(&self, name: &str) -> Result<&ResourceEntry<P>, Diagnostics> {
        self.registry.resources.get(name).ok_or_else(|| no_such("resource", name))
    }

    pub(super) fn validate_resource(
        &self,
        request: &wire::validate_resource_config::Request,
    ) -> Result<Diagnostics, Diagnostics> {
        let entry = self.resource(&request.type_name)?;
        let config = decode(request.config.as_ref(), &entry.ty)?;
        let mut out = Diagnostics::new();
        entry.schema.validate_config(&config, &mut out);
        entry.object.validate(&config, &mut out);
        Ok(out)
    }

    pub(super) fn upgrade_resource(
        &self,
        request: &wire::upgrade_resource_state::Request,
    ) -> Result<wire::upgrade_resource_state::Response, Diagnostics> {
        let entry = self.resource(&request.type_name)?;
        let raw =
            request.raw_state.as_ref().ok_or_else(|| Diagnostic::error("There is no state to upgrade"))?;
        if raw.json.is_empty() {
            return Err(Diagnostic::error(
                "The state is in the format of Terraform 0.11, which cannot be read",
            )
            .detail("Upgrade the state with Terraform 0.12 first.")
            .into());
        }
        let broken = |problem: String| Diagnostic::error("The stored state cannot be read").detail(problem);
        let value = if request.version == entry.schema.version {
            Value::from_json(&raw.json, &entry.ty).map_err(|error| broken(error.to_string()))?
        } else {
            let json = serde_json::from_slice(&raw.json).map_err(|error| broken(error.to_string()))?;
            entry.object.upgrade(request.version, &json)?
        };
        let mut out = Diagnostics::new();
        let value = settle(&entry.schema, &Value::Null, value, &mut out);
        Ok(wire::upgrade_resource_state::Response {
            upgraded_state: encode(&value, &entry.ty),
            diagnostics: out.into_wire(),
        })
    }

    pub(super) async fn read_resource(
        &self,
        request: wire::read_resource::Request,
    ) -> Result<wire::read_resource::Response, Diagnostics> {
        let entry = self.resource(&request.type_name)?;
        let prior = State {
            value: decode(request.current_state.as_ref(), &entry.ty)?,
            private: decode_private(&request.private),
        };
        let cx = self.context();
        let state = entry.object.read(&cx, &prior).await?;
        let mut out = warnings(cx);
        let state = state.unwrap_or_default();
        let value = settle(&entry.schema, &prior.value, state.value, &mut out);
        Ok(wire::read_resource::Response {
            new_state: encode(&value, &entry.ty),
            diagnostics: out.into_wire(),
            private: encode_private(&state.private),
            ..Default::default()
        })
    }

    pub(super) async fn plan_resource(
        &self,
        request: wire::plan_resource_change::Request,
    ) -> Result<wire::plan_resource_change::Response, Diagnostics> {
        let entry = self.resource(&request.type_name)?;
        let prior = decode(request.prior_state.as_ref(), &entry.ty)?;
        let proposed = decode(request.proposed_new_state.as_ref(), &entry.ty)?;
        let config = decode(request.config.as_ref(), &entry.ty)?;
        let deleting = proposed.is_null();
        let mut plan = Plan { private: decode_private(&request.prior_private), ..Plan::default() };
        if !deleting {
            let planned = entry.schema.plan(&prior, proposed, &config);
            plan.planned = planned.value;
            plan.replace = planned.replace.into_iter().collect();
        }
        plan.prior = prior;
        plan.config = config;
        let cx = self.context();
        entry.object.plan(&cx, &mut plan).await?;
        if deleting {
            plan.planned = Value::Null;
        }
        plan.replace.sort();
        plan.replace.dedup();
        Ok(wire::plan_resource_change::Response {
            planned_state: encode(&plan.planned, &entry.ty),
            requires_replace: plan.replace.iter().map(path_to_wire).collect(),
            planned_private: encode_private(&plan.private),
            diagnostics: warnings(cx).into_wire(),
            ..Default::default()
        })
    }

    pub(super) async fn apply_resource(
        &self,
        request: wire::apply_resource_change::Request,
    ) -> Result<wire::apply_resource_change::Response, Diagnostics> {
        let entry = self.resource(&request.type_name)?;
        let change = Change {
            prior: decode(request.prior_state.as_ref(), &entry.ty)?,
            planned: decode(request.planned_state.as_ref(), &entry.ty)?,
            config: decode(request.config.as_ref(), &entry.ty)?,
            private: decode_private(&request.planned_private),
        };
        let cx = self.context();
        let result = carry_out::<P>(entry, &cx, &change).await;
        let mut out = warnings(cx);
        let state = match result {
            Ok(state) => state,
            Err(failed) => {
                out.extend(failed.diagnostics);
                // A failed delete or update without a state leaves things as they were.
                let kept = || State { value: change.prior.clone(), private: change.private.clone() };
                Some(failed.state.unwrap_or_else(kept))
            }
        };
        let state = state.unwrap_or_default();
        let failed = out.has_errors();
        let value = settle(&entry.schema, &change.prior, state.value, &mut out);
        if value.is_null() && !change.planned.is_null() && !failed {
            out.push(
                Diagnostic::error("The provider gave no object back")
                    .detail("This is a fault of the provider."),
            );
        }
        Ok(wire::apply_resource_change::Response {
            new_state: encode(&value, &entry.ty),
            private: encode_private(&state.private),
            diagnostics: out.into_wire(),
            ..Default::default()
        })
    }

    pub(super) async fn import_resource(
        &self,
        request: wire::import_resource_state::Request,
    ) -> Result<wire::import_resource_state::Response, Diagnostics> {
        let entry = self.resource(&request.type_name)?;
        let cx = self.context();
        let state = entry.object.import(&cx, &request.id).await?;
        let mut out = warnings(cx);
        let value = settle(&entry.schema, &Value::Null, state.value, &mut out);
        let imported = wire::import_resource_state::ImportedResource {
            type_name: request.type_name,
            state: encode(&value, &entry.ty),
            private: encode_private(&state.private),
            identity: None,
        };
        Ok(wire::import_resource_state::Response {
            imported_resources: vec![imported],
            diagnostics: out.into_wire(),
            deferred: None,
        })
    }
}

/// Creates, updates or deletes, as the change says. `None` for an object that is gone.
async fn carry_out<P: Provider>(
    entry: &ResourceEntry<P>,
    cx: &Context<P::Client>,
    change: &Change,
) -> Result<Option<State>, Failed> {
    if change.planned.is_null() {
        let state = State { value: change.prior.clone(), private: change.private.clone() };
        entry.object.delete(cx, &state).await.map(|()| None)
    } else if change.prior.is_null() {
        entry.object.create(cx, change).await.map(Some)
    } else {
        entry.object.update(cx, change).await.map(Some)
    }
    .map(|state| state.map(|state| with_private(state, &change.private)))
}

/// What was kept beside the state stays there unless the resource gave something new.
fn with_private(state: State, before: &Private) -> State {
    if state.private.is_empty() { State { private: before.clone(), ..state } } else { state }
}
