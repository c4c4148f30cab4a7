//! The attributes, and what is demanded of them.

use serde_json::Value as Json;
use tfplugin::schema::semantic_equality;
use tfplugin::schema::validators::{Validator, idle_unless_text, together};
use tfplugin::schema::{Attribute, Schema};
use tfplugin::value::{Path, Type, Value};
use tfplugin::{Diagnostic, Diagnostics};

use crate::kinds::shared;
use crate::kinds::with_timeouts;

pub(super) fn schema() -> Schema {
    let schema = Schema::new([
        ("id", shared::id()),
        (
            "fqn",
            Attribute::string().computed().use_state_for_unknown().describe(
                "Fully qualified name, by which other objects refer to it. Null for kinds that have none.",
            ),
        ),
        (
            "manifest",
            Attribute::string().required().semantic_equality(semantic_equality::json).validate(Document { typed: true }).describe(
                "The manifest as JSON, with the field names of the control plane's API: `jsonencode({ type = ..., name = ... })`. Only the fields that stand here are managed. Another type or name is another object. It stands in the state: put secrets into `manifest_wo`.",
            ),
        ),
        (
            "manifest_wo",
            Attribute::string().sensitive().write_only().validate(Document { typed: false }).describe(
                "JSON that is laid over `manifest` on its way to the control plane, and reaches neither plan nor state (Terraform 1.11 and newer): for secrets. Objects are merged key by key, lists of objects element by element. Raise `manifest_wo_version` when it changes.",
            ),
        ),
        (
            "manifest_wo_version",
            Attribute::number().numbers(shared::revisions()).describe(
                "A number to raise when `manifest_wo` changes: Terraform cannot see that by itself.",
            ),
        ),
    ])
    .validate(together("manifest_wo", "manifest_wo_version"))
    .describe(
        "Any object of the control plane, by its manifest as it is: for kinds and fields that this version of the provider has no attributes for. Prefer the resource of the kind, which checks every value while planning. Import it by `<type>:<name or FQN>`.",
    );
    with_timeouts(schema)
}

/// A JSON object; a manifest has a type.
struct Document {
    typed: bool,
}

impl Validator for Document {
    fn describe(&self) -> String {
        match self.typed {
            true => "a JSON object with a `type`, such as `jsonencode({ type = \"team\", name = \"search\" })` makes",
            false => "a JSON object, such as `jsonencode({ ... })` makes",
        }
        .to_owned()
    }

    fn validate(&self, value: &Value, path: &Path, out: &mut Diagnostics) {
        let Some(text) = value.as_str() else { return };
        // Of a text that may hold a secret, only the place of the fault is told.
        let problem = match serde_json::from_str::<Json>(text) {
            Err(error) => format!("it is no JSON: line {}, column {}", error.line(), error.column()),
            Ok(json) if !json.is_object() => "it is JSON of another kind".to_owned(),
            Ok(json) if self.typed && !json["type"].is_string() => "it has no `type`".to_owned(),
            Ok(_) => return,
        };
        let summary = format!("Invalid value for `{path}`");
        let detail = format!("`{path}` must be {}, but {problem}.", self.describe());
        out.push(Diagnostic::error(summary).detail(detail).at(path.clone()));
    }

    fn idle_on(&self, ty: &Type) -> Option<String> {
        idle_unless_text(ty)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(manifest: &str) -> Vec<String> {
        let mut out = Diagnostics::new();
        Document { typed: true }.validate(&manifest.into(), &Path::of("manifest"), &mut out);
        out.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_manifest_is_a_json_object_with_a_type() {
        assert_eq!(problems(r#"{"type": "team", "name": "x"}"#), [""; 0]);
        let demand =
            "a JSON object with a `type`, such as `jsonencode({ type = \"team\", name = \"search\" })` makes";
        for (text, problem) in [
            ("{", "it is no JSON: line 1, column 1"),
            ("[]", "it is JSON of another kind"),
            ("{}", "it has no `type`"),
        ] {
            let expected = format!(
                "`manifest`: Invalid value for `manifest`: `manifest` must be {demand}, but {problem}."
            );
            assert_eq!(problems(text), [expected]);
        }
        let mut out = Diagnostics::new();
        Document { typed: false }.validate(&"[]".into(), &Path::of("manifest_wo"), &mut out);
        let said: Vec<_> = out.iter().map(ToString::to_string).collect();
        assert_eq!(
            said,
            ["`manifest_wo`: Invalid value for `manifest_wo`: `manifest_wo` must be a JSON object, such as \
              `jsonencode({ ... })` makes, but it is JSON of another kind."]
        );
    }
}
