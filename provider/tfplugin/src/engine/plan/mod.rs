//! Planning: from configuration and prior state to what will be.
//!
//! The order is that of the plugin framework every Terraform user knows: defaults, write-only values cleared,
//! computed values unknown where anything changes, then plan modifiers. The resource's own
//! [`crate::Resource::plan`] comes last.

mod sets;
mod spelling;
mod walk;

use std::collections::BTreeSet;

use self::walk::Spelling;
use crate::schema::Schema;
use crate::value::{Path, Trail, Value};

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
        let aligned = sets::align(&self.attributes, prior, config, &mut value);
        walk::keep_spelling(&self.attributes, [prior, config], &mut value, Spelling::Whole);
        walk::apply_defaults(&self.attributes, config, &mut value);
        walk::clear_write_only(&self.attributes, &mut value);
        let changed = if aligned { &self.restored(value.clone()) != prior } else { &value != prior };
        if changed {
            walk::mark_unknown(&self.attributes, config, &mut value);
        }
        let mut replace = BTreeSet::new();
        walk::modify(&self.attributes, prior, config, &mut value, &Trail::Root, &mut replace);
        if aligned {
            value = self.restored(value);
        }
        Planned { value, replace }
    }

    /// With sets where there are lists of their elements.
    fn restored(&self, mut value: Value) -> Value {
        sets::restore(&self.attributes, &mut value);
        value
    }

    /// A result of the provider as it may go into the state: every attribute there, write-only ones null, and the
    /// prior spelling kept where it means the same.
    pub(crate) fn settle(&self, prior: &Value, mut value: Value) -> Value {
        if value.is_set() {
            walk::complete(&self.attributes, &mut value);
            walk::clear_write_only(&self.attributes, &mut value);
            walk::keep_spelling(&self.attributes, [prior, &Value::Null], &mut value, Spelling::Elements);
        }
        value
    }
}

#[cfg(test)]
mod tests;
