//! The templates, and the helpers by which they print: `hcl` for values, `ref` for names in expressions.

use handlebars::{Context, Handlebars, Helper, HelperResult, Output, RenderContext, RenderErrorReason};

use super::hcl;

/// A template and the file it makes.
#[derive(Debug, Clone, Copy)]
pub struct Template {
    /// Its name: the path in the templates' folder, without `.tf.hbs`.
    pub(in crate::plan) name: &'static str,
    /// The file in the layer, without `.tf`.
    pub(in crate::plan) file: &'static str,
    pub(in crate::plan) text: &'static str,
}

/// A template by its path in the templates' folder, and the file that it makes.
macro_rules! template {
    ($name:literal, $file:literal) => {
        $crate::plan::text::Template {
            name: $name,
            file: $file,
            text: include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/templates/", $name, ".tf.hbs")),
        }
    };
}
pub(in crate::plan) use template;

pub(in crate::plan) const VERSIONS: Template = template!("shared/versions", "versions");
pub(in crate::plan) const PROVIDERS: Template = template!("shared/providers", "providers");
pub(in crate::plan) const CLUSTER_PROVIDERS: Template = template!("shared/cluster_providers", "providers");
pub(in crate::plan) const REMOTE_STATE: Template = template!("shared/remote_state", "remote_state");

/// What version control and its hosts need not show.
pub(in crate::plan) const GITATTRIBUTES: &str =
    include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/templates/gitattributes"));

/// What version control must not take.
pub(in crate::plan) const GITIGNORE: &str =
    include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/templates/gitignore"));

/// Every template once.
fn all() -> impl Iterator<Item = Template> {
    let shared = [VERSIONS, PROVIDERS, CLUSTER_PROVIDERS, REMOTE_STATE].into_iter();
    shared.chain(crate::plan::leftovers::TEMPLATES).chain(crate::plan::layers::templates())
}

/// The engine with every template: strict, so that a missing value is an error and never an empty text.
pub(in crate::plan) fn engine() -> Handlebars<'static> {
    let mut engine = Handlebars::new();
    engine.set_strict_mode(true);
    engine.register_escape_fn(handlebars::no_escape);
    engine.register_helper("hcl", Box::new(print_hcl));
    engine.register_helper("ref", Box::new(print_reference));
    for template in all() {
        // A template that does not parse fails in `every_template_parses`, long before anyone runs this.
        if let Err(cause) = engine.register_template_string(template.name, template.text) {
            debug_assert!(false, "{}: {cause}", template.name);
        }
    }
    engine
}

/// `{{hcl value}}`: the value as an HCL expression.
fn print_hcl(
    helper: &Helper<'_>,
    _: &Handlebars<'_>,
    _: &Context,
    _: &mut RenderContext<'_, '_>,
    out: &mut dyn Output,
) -> HelperResult {
    let value = helper.param(0).ok_or(RenderErrorReason::ParamNotFoundForIndex("hcl", 0))?;
    if value.is_value_missing() {
        return Err(RenderErrorReason::MissingVariable(value.relative_path().cloned()).into());
    }
    out.write(&hcl::expression(value.value()))?;
    Ok(())
}

/// `{{ref name}}`: a name inside an expression, such as `truefoundry_workspace.{{ref name}}.fqn`. Anything but an
/// identifier is an error.
fn print_reference(
    helper: &Helper<'_>,
    _: &Handlebars<'_>,
    _: &Context,
    _: &mut RenderContext<'_, '_>,
    out: &mut dyn Output,
) -> HelperResult {
    let name = helper.param(0).and_then(|p| p.value().as_str()).unwrap_or_default();
    let identifier = name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
    if !identifier {
        return Err(RenderErrorReason::Other(format!("`{name}` is not an identifier")).into());
    }
    out.write(name)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_template_parses() {
        assert_eq!(engine().get_templates().len(), all().count());
    }

    #[test]
    fn every_file_in_the_folder_is_a_template_in_use() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("templates");
        let mut found = Vec::new();
        for layer in fs_err::read_dir(&folder).unwrap().map(|e| e.unwrap().path()).filter(|p| p.is_dir()) {
            for file in fs_err::read_dir(&layer).unwrap().map(|e| e.unwrap().path()) {
                let name = file.strip_prefix(&folder).unwrap().to_str().unwrap().to_owned();
                found.push(name.strip_suffix(".tf.hbs").unwrap().to_owned());
            }
        }
        found.sort();
        let mut used: Vec<_> = all().map(|t| t.name.to_owned()).collect();
        used.sort();
        assert_eq!(found, used);
    }

    #[test]
    fn values_are_printed_by_the_helpers_alone() {
        for template in all() {
            for tag in template.text.split("{{").skip(1).map(|rest| rest.split("}}").next().unwrap()) {
                let known = ["hcl ", "ref ", "#if ", "#unless ", "#each ", "/if", "/unless", "/each", "!--"];
                assert!(
                    tag == "else" || known.iter().any(|k| tag.starts_with(k)),
                    "{}: `{{{{{tag}}}}}` prints a value without a helper",
                    template.name
                );
            }
        }
    }

    #[test]
    fn a_missing_value_is_an_error() {
        let mut engine = engine();
        engine.register_template_string("t", "{{hcl a.b}}").unwrap();
        let error = engine.render("t", &serde_json::json!({ "a": {} })).unwrap_err();
        assert_eq!(error.reason().to_string(), r#"Failed to access variable in strict mode Some("a.b")"#);
        assert_eq!(engine.render("t", &serde_json::json!({ "a": { "b": null } })).unwrap(), "null");
    }

    #[test]
    fn a_reference_is_an_identifier_or_an_error() {
        let mut engine = engine();
        engine.register_template_string("t", "x.{{ref a}}.id").unwrap();
        assert_eq!(
            engine.render("t", &serde_json::json!({ "a": "search-prod" })).unwrap(),
            "x.search-prod.id"
        );
        for bad in ["", "a.b", "a\"b", "1a", "a b", "${a}"] {
            let error = engine.render("t", &serde_json::json!({ "a": bad })).unwrap_err();
            assert_eq!(error.reason().to_string(), format!("`{bad}` is not an identifier"));
        }
    }
}
