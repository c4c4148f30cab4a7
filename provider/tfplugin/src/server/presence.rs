//! Presence looked at once more, before a configuration is used: what was unknown while validating is known by then, and
//! not every core validates again.

use crate::diag::{Diagnostic, Diagnostics};
use crate::schema::{IdentitySchema, Schema};
use crate::value::{Collection, Path, Trail, Value};

/// Refuses a configuration that sets what it cannot, or leaves null what it cannot.
pub(super) fn refuse_absent(schema: &Schema, config: &Value) -> Result<(), Diagnostics> {
    let mut out = Diagnostics::new();
    schema.check_presence(config, &mut out);
    refused(schema, out)
}

/// As [`refuse_absent`], of a configuration that may have values of the state: [`Schema::check_changed_presence`].
pub(super) fn refuse_changed_absent(
    schema: &Schema,
    config: &Value,
    prior: &Value,
) -> Result<(), Diagnostics> {
    let mut out = Diagnostics::new();
    schema.check_changed_presence(config, prior, &mut out);
    refused(schema, out)
}

fn refused(schema: &Schema, out: Diagnostics) -> Result<(), Diagnostics> {
    if !out.has_errors() {
        return Ok(());
    }
    let mut shown = Diagnostics::new();
    for told in out.into_vec() {
        let path = told.path.as_ref().map(|path| schema.visible(path));
        shown.push(Diagnostic { path, ..told });
    }
    Err(shown)
}

/// Refuses an identity to import by that lacks a part, or has null among the elements of one. It is no attribute, so the
/// messages have no path.
pub(super) fn refuse_incomplete(schema: &IdentitySchema, identity: &Value) -> Result<(), Diagnostics> {
    let mut out = Diagnostics::new();
    for (name, part) in &schema.attributes {
        let value = identity.get(name);
        if part.required && value.is_null() {
            out.push(
                Diagnostic::error(format!("The identity to import by lacks `{name}`"))
                    .detail("This part is required, and its value is null. Set it, or import by id."),
            );
        }
        value.null_elements(&part.ty, &Trail::Root.attribute(name), &mut |_: Collection, _, at| {
            out.push(null_in_identity(&at.to_path()));
        });
    }
    if out.has_errors() { Err(out) } else { Ok(()) }
}

fn null_in_identity(path: &Path) -> Diagnostic {
    Diagnostic::error(format!("`{path}` of the identity to import by is null"))
        .detail("No element of a part can be null. Give it a value, or leave it out.")
}
