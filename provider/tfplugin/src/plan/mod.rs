//! Planning: from configuration and prior state to what will be.
//!
//! The order is that of the plugin framework every Terraform user knows: defaults, write-only values cleared,
//! computed values unknown where anything changes, then attribute modifiers. The resource's own
//! [`crate::Resource::plan`] comes last.

mod generate;
mod modifiers;
pub mod same;
mod walk;

pub use modifiers::{
    requires_replace, requires_replace_if, requires_replace_if_configured, use_non_null_state_for_unknown,
    use_state_for_unknown,
};

use std::collections::BTreeSet;

use self::walk::Spelling;
use crate::schema::Schema;
use crate::value::{Path, Trail, Value};

/// Changes the plan of one attribute.
pub trait Modifier: Send + Sync {
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

/// The outcome of planning by schema alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Planned {
    /// The planned object.
    pub(crate) value: Value,
    /// Attributes whose change replaces the object.
    pub(crate) replace: BTreeSet<Path>,
}

impl Schema {
    /// Plans a create (`prior` null) or an update. `proposed` is core's merge of configuration over prior state.
    pub(crate) fn plan(&self, prior: &Value, proposed: Value, config: &Value) -> Planned {
        let mut value = proposed;
        walk::keep_spelling(&self.attributes, prior, &mut value, Spelling::Whole);
        walk::apply_defaults(&self.attributes, config, &mut value);
        walk::clear_write_only(&self.attributes, &mut value);
        if &value != prior {
            walk::mark_unknown(&self.attributes, config, &mut value);
        }
        let mut replace = BTreeSet::new();
        walk::modify(&self.attributes, prior, config, &mut value, &Trail::Root, &mut replace);
        Planned { value, replace }
    }

    /// A result of the provider as it may go into the state: every attribute there, write-only ones null, and the
    /// prior spelling kept where it means the same.
    pub(crate) fn settle(&self, prior: &Value, mut value: Value) -> Value {
        if value.is_set() {
            walk::complete(&self.attributes, &mut value);
            walk::clear_write_only(&self.attributes, &mut value);
            walk::keep_spelling(&self.attributes, prior, &mut value, Spelling::Elements);
        }
        value
    }
}

#[cfg(test)]
mod tests;
