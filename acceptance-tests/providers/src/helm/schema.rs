//! The recorded schemas with what they do not show: defaults, checks, what replaces a release.

use std::env;

use tfplugin::schema::plan_modifiers::AttributePlan;
use tfplugin::schema::validators::{at_least, conflicts_with, length, one_of};
use tfplugin::schema::{Attribute, Schema};
use tfplugin::value::Value;

use crate::recorded::HELM;

/// The configuration.
pub(super) fn provider() -> Schema {
    HELM.provider(|path, attribute| match path {
        "helm_driver" => attribute.validate(one_of(["memory", "configmap", "secret", "sql"])),
        "kubernetes" => attribute.validate(conflicts_with("config_path", ["config_paths"])),
        _ => attribute,
    })
}

/// `helm_release`.
pub(super) fn release() -> Schema {
    HELM.resource("helm_release", adorn)
}

/// What a release has when the configuration says nothing; an import has it too.
pub(super) const DEFAULTS: [(&str, Default); 23] = [
    ("atomic", Default::Flag(false)),
    ("cleanup_on_fail", Default::Flag(false)),
    ("create_namespace", Default::Flag(false)),
    ("dependency_update", Default::Flag(false)),
    ("disable_crd_hooks", Default::Flag(false)),
    ("disable_openapi_validation", Default::Flag(false)),
    ("disable_webhooks", Default::Flag(false)),
    ("force_update", Default::Flag(false)),
    ("lint", Default::Flag(false)),
    ("max_history", Default::Count(0)),
    ("pass_credentials", Default::Flag(false)),
    ("recreate_pods", Default::Flag(false)),
    ("render_subchart_notes", Default::Flag(true)),
    ("replace", Default::Flag(false)),
    ("reset_values", Default::Flag(false)),
    ("reuse_values", Default::Flag(false)),
    ("skip_crds", Default::Flag(false)),
    ("take_ownership", Default::Flag(false)),
    ("timeout", Default::Count(300)),
    ("upgrade_install", Default::Flag(false)),
    ("verify", Default::Flag(false)),
    ("wait", Default::Flag(true)),
    ("wait_for_jobs", Default::Flag(false)),
];

/// A default.
#[derive(Clone, Copy)]
pub(super) enum Default {
    /// Of a truth value.
    Flag(bool),
    /// Of a number.
    Count(i64),
}

impl From<Default> for Value {
    fn from(default: Default) -> Self {
        match default {
            Default::Flag(flag) => flag.into(),
            Default::Count(count) => count.into(),
        }
    }
}

fn adorn(path: &str, attribute: Attribute) -> Attribute {
    if let Some((_, default)) = DEFAULTS.iter().find(|(name, _)| *name == path) {
        return attribute.default(*default);
    }
    match path {
        "name" => attribute.validate(length(1..=53)).requires_replace(),
        "namespace" => attribute.default(namespace()).requires_replace(),
        "description" => attribute.plan_modifier(keep_description),
        "set.type" => attribute.plan_modifier(no_type).validate(one_of(["auto", "string", "literal"])),
        "set_sensitive.type" => attribute.validate(one_of(["auto", "string", "literal"])),
        "set_wo.type" => attribute.validate(one_of(["auto", "string"])),
        "set_wo_revision" => attribute.validate(at_least(1)),
        _ => attribute,
    }
}

fn namespace() -> String {
    env::var("HELM_NAMESPACE").ok().filter(|name| !name.is_empty()).unwrap_or_else(|| "default".to_owned())
}

/// What stands in a state where no type is configured, and nobody can configure.
fn no_type(attribute: &mut AttributePlan<'_>) {
    if attribute.config.is_null() {
        *attribute.planned = "".into();
    }
}

/// Helm writes a description of its own where none is configured, and nobody wants to see that one change.
fn keep_description(attribute: &mut AttributePlan<'_>) {
    if attribute.planned.as_str().is_none_or(str::is_empty) {
        *attribute.planned = attribute.prior.clone();
    }
}
