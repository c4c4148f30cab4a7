//! Plan modifiers: what an attribute makes of its own plan, and those that providers share.

use crate::value::{Path, Value};

/// Changes the plan of one attribute.
pub trait PlanModifier: Send + Sync {
    /// Looks at the attribute's prior, configured and planned value; may change the latter or ask for replacement.
    fn modify(&self, attribute: &mut AttributePlan<'_>);
}

/// One attribute while it is being planned.
#[derive(Debug)]
pub struct AttributePlan<'a> {
    /// Where the attribute is.
    pub path: &'a Path,
    /// Its value in the prior state; null while creating.
    pub prior: &'a Value,
    /// Its value in the configuration.
    pub config: &'a Value,
    /// Its planned value.
    pub planned: &'a mut Value,
    /// Whether the object around it is in the prior state.
    pub exists: bool,
    /// Set to have the whole object replaced.
    pub replace: bool,
}

impl<F: Fn(&mut AttributePlan<'_>) + Send + Sync> PlanModifier for F {
    fn modify(&self, attribute: &mut AttributePlan<'_>) {
        self(attribute);
    }
}

/// A change of the attribute replaces the object.
#[must_use]
pub fn requires_replace() -> impl PlanModifier {
    requires_replace_if(|_, _| true)
}

/// A change of the attribute replaces the object if `decide(prior, planned)` says so.
#[must_use]
pub fn requires_replace_if(decide: impl Fn(&Value, &Value) -> bool + Send + Sync) -> impl PlanModifier {
    move |attribute: &mut AttributePlan<'_>| {
        let changed = attribute.exists && attribute.prior != &*attribute.planned;
        attribute.replace |= changed && decide(attribute.prior, attribute.planned);
    }
}

/// A change of the attribute replaces the object, but leaving it out of the configuration does not.
#[must_use]
pub fn requires_replace_if_configured() -> impl PlanModifier {
    |attribute: &mut AttributePlan<'_>| {
        let changed = attribute.exists && attribute.prior != &*attribute.planned;
        attribute.replace |= changed && !attribute.config.is_null();
    }
}

/// A computed value, once known, does not change by updates: plans show it instead of "known after apply".
#[must_use]
pub fn use_state_for_unknown() -> impl PlanModifier {
    |attribute: &mut AttributePlan<'_>| {
        if attribute.exists && attribute.planned.is_unknown() && !attribute.config.is_unknown() {
            *attribute.planned = attribute.prior.clone();
        }
    }
}

/// Like [`use_state_for_unknown`], but a null in the state may still become a value.
#[must_use]
pub fn use_non_null_state_for_unknown() -> impl PlanModifier {
    |attribute: &mut AttributePlan<'_>| {
        if !attribute.prior.is_null() && attribute.planned.is_unknown() && !attribute.config.is_unknown() {
            *attribute.planned = attribute.prior.clone();
        }
    }
}
