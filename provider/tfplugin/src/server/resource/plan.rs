//! Planning.

use super::ResourceEntry;
use super::identity::{check_identity, decode_identity, encode_identity};
use crate::check;
use crate::diag::{Diagnostics, path_to_wire};
use crate::proto::tfplugin6 as wire;
use crate::provider::{Plan, Provider};
use crate::server::Inner;
use crate::server::convert::{decode_private, encode, encode_private};
use crate::server::presence::refuse_changed_absent;
use crate::server::scope::{Ask, Outcome, outcome};
use crate::value::Value;

impl<P: Provider> Inner<P> {
    pub(in crate::server) async fn plan_resource(
        &self,
        request: wire::plan_resource_change::Request,
    ) -> Result<wire::plan_resource_change::Response, Diagnostics> {
        let entry = self.resource(&request.type_name)?;
        let ty = &entry.shape().ty;
        let prior_identity = decode_identity::<P>(entry, request.prior_identity.as_ref())?;
        let mut plan = start::<P>(entry, &request, &prior_identity)?;
        let deleting = plan.planned.is_null();
        let cx = self.context(Ask {
            meta: request.provider_meta.as_ref(),
            capabilities: request.client_capabilities,
            timeout: None,
        })?;
        let drafted = plan.planned.clone();
        let result = entry.object.plan(&cx, &mut plan).await;
        let deferred = match outcome(&cx, result)? {
            Outcome::Done(()) => None,
            Outcome::Deferred(deferred) => Some(deferred),
        };
        // A resource may have left something out, copied a write-only value, or written a number as its model has it.
        let planned = std::mem::take(&mut plan.planned);
        if !deleting {
            plan.planned = entry.shape().schema.settle(&drafted, planned);
        }
        plan.replace.sort();
        plan.replace.dedup();
        if !plan.identity.is_wholly_known() {
            // Nobody can store an identity that is not known, and the apply will tell it.
            plan.identity = Value::Null;
        }
        let mut out = cx.into_warnings();
        if deferred.is_none() {
            self.check_plan(entry, &plan, &prior_identity, &mut out);
        }
        Ok(wire::plan_resource_change::Response {
            planned_state: encode(&plan.planned, ty),
            requires_replace: plan.replace.iter().map(path_to_wire).collect(),
            planned_private: encode_private(&plan.private),
            diagnostics: out.into_wire_for(&entry.shape().schema),
            legacy_type_system: false,
            deferred,
            planned_identity: encode_identity::<P>(entry, &plan.identity),
        })
    }

    fn check_plan(
        &self,
        entry: &ResourceEntry<P>,
        plan: &Plan,
        prior_identity: &Value,
        out: &mut Diagnostics,
    ) {
        // Another identity is another object: fine when this one is replaced. In the second pass of a replacement the
        // object before is gone already, but Terraform still sends its identity.
        let goes_on = plan.replace.is_empty() && !plan.prior.is_null();
        let before = if goes_on { prior_identity } else { &Value::Null };
        check_identity::<P>(entry, before, &plan.identity, true, out);
        if self.checks {
            let Plan { prior, config, planned, replace, .. } = plan;
            let mut faults = check::plan(&entry.shape().schema, prior, config, planned);
            faults.extend(check::replacement(replace, prior, planned));
            out.extend(check::diagnostics(faults, "planned"));
        }
    }
}

/// The plan as the schema alone makes it.
fn start<P: Provider>(
    entry: &ResourceEntry<P>,
    request: &wire::plan_resource_change::Request,
    prior_identity: &Value,
) -> Result<Plan, Diagnostics> {
    let shape = entry.shape();
    let prior = shape.decode(request.prior_state.as_ref())?;
    let proposed = shape.decode(request.proposed_new_state.as_ref())?;
    let config = shape.decode(request.config.as_ref())?;
    // While applying, newer versions of Terraform give back what the first plan kept.
    let kept =
        if request.planned_private.is_empty() { &request.prior_private } else { &request.planned_private };
    let mut plan = Plan { private: decode_private(kept), ..Plan::default() };
    if !proposed.is_null() {
        refuse_changed_absent(&entry.shape().schema, &config, &prior)?;
        let planned = entry.shape().schema.plan(&prior, proposed, &config);
        plan.planned = planned.value;
        plan.replace = planned.replace.into_iter().collect();
    }
    if !prior.is_null() {
        plan.identity = prior_identity.clone();
    }
    plan.prior = prior;
    plan.config = config;
    Ok(plan)
}
