//! The plan modifiers that providers share.

use super::{AttributePlan, Modifier};
use crate::value::Value;

impl<F: Fn(&mut AttributePlan<'_>) + Send + Sync> Modifier for F {
    fn modify(&self, attribute: &mut AttributePlan<'_>) {
        self(attribute);
    }
}

/// A change of the attribute replaces the object.
#[must_use]
pub fn requires_replace() -> impl Modifier {
    requires_replace_if(|_, _| true)
}

/// A change of the attribute replaces the object if `decide(prior, planned)` says so.
#[must_use]
pub fn requires_replace_if(decide: impl Fn(&Value, &Value) -> bool + Send + Sync) -> impl Modifier {
    move |attribute: &mut AttributePlan<'_>| {
        let changed = attribute.exists && attribute.prior != &*attribute.planned;
        attribute.replace |= changed && decide(attribute.prior, attribute.planned);
    }
}

/// A change of the attribute replaces the object, but leaving it out of the configuration does not.
#[must_use]
pub fn requires_replace_if_configured() -> impl Modifier {
    |attribute: &mut AttributePlan<'_>| {
        let changed = attribute.exists && attribute.prior != &*attribute.planned;
        attribute.replace |= changed && !attribute.config.is_null();
    }
}

/// A computed value, once known, does not change by updates: plans show it instead of "known after apply".
#[must_use]
pub fn use_state_for_unknown() -> impl Modifier {
    |attribute: &mut AttributePlan<'_>| {
        if attribute.exists && attribute.planned.is_unknown() && !attribute.config.is_unknown() {
            *attribute.planned = attribute.prior.clone();
        }
    }
}

/// Like [`use_state_for_unknown`], but a null in the state may still become a value.
#[must_use]
pub fn use_non_null_state_for_unknown() -> impl Modifier {
    |attribute: &mut AttributePlan<'_>| {
        if !attribute.prior.is_null() && attribute.planned.is_unknown() && !attribute.config.is_unknown() {
            *attribute.planned = attribute.prior.clone();
        }
    }
}
