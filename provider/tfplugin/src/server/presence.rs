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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::{Attribute, IdentityAttribute, Nesting};
    use crate::value::Type;

    #[test]
    fn a_part_of_an_identity_that_is_missing_is_named_and_an_unknown_one_is_not() {
        let identity = IdentitySchema::new([
            ("name", IdentityAttribute::required(Type::String)),
            ("region", IdentityAttribute::optional(Type::String)),
            ("zones", IdentityAttribute::required(Type::list(Type::String))),
        ]);
        let told = |name: Value, zones: Value| {
            let value = Value::object([("name", name), ("region", Value::Null), ("zones", zones)]);
            let found = refuse_incomplete(&identity, &value).err().unwrap_or_default();
            found.iter().map(ToString::to_string).collect::<Vec<_>>()
        };
        let zones = || Value::list(["a".into()]);
        assert_eq!(told("x".into(), zones()), [""; 0]);
        assert_eq!(told(Value::UNKNOWN, Value::UNKNOWN), [""; 0]);
        assert_eq!(
            told(Value::Null, Value::list(["a".into(), Value::Null])),
            [
                "The identity to import by lacks `name`: This part is required, and its value is null. Set it, or import \
                 by id.",
                "`zones[1]` of the identity to import by is null: No element of a part can be null. Give it a value, or \
                 leave it out."
            ]
        );
    }

    #[test]
    fn a_message_points_as_far_as_terraform_can_show_and_names_the_whole_path() {
        let inner = [("opts", Attribute::object([("x", Attribute::string().required())]))];
        let schema = Schema::new([("rule", Attribute::block(Nesting::List, inner))]);
        let opts = Value::object([("opts", Value::object([("x", Value::Null)]))]);
        let found = refuse_absent(&schema, &Value::object([("rule", Value::list([opts]))])).unwrap_err();
        let found = found.into_vec();
        assert_eq!(found[0].summary, "`rule[0].opts.x` is required");
        assert_eq!(found[0].path.as_ref().map(ToString::to_string).as_deref(), Some("rule[0].opts"));
    }
}
