//! Who may use what: the role that the control plane assumes, the cluster's way to database and files.

use serde_json::{Value, json};

use super::{Definition, Output, Provider, always};
use crate::plan::Platform;
use crate::plan::text::template;
use crate::spec::truefoundry::SecretStore;

/// Where the control plane keeps what it writes into the account, as the vendor's own modules scope it: images in
/// repositories of this start, parameters and secrets under these paths.
const REGISTRY_PREFIX: &str = "tfy-";
const PARAMETER_PREFIX: &str = "tfy-secret";
const SECRET_PREFIX: &str = "/tfy-secret";

pub(super) static LAYER: Definition = Definition {
    name: "identity",
    about: |platform| match (&platform.database, platform.file_system) {
        (None, None) => "the role that the control plane assumes",
        (Some(_), None) => "the role that the control plane assumes, and the cluster's way to the database",
        (None, Some(_)) => {
            "the role that the control plane assumes, and the cluster's way to the file system"
        }
        (Some(_), Some(_)) => {
            "the role that the control plane assumes, and the cluster's ways to the database and the file system"
        }
    },
    exists: always,
    reads: |_| vec!["cluster", "data"],
    modules: |_| vec!["platform-identity"],
    provider: Provider::Aws,
    templates: &[template!("identity/main", "main")],
    values,
    outputs: |_| outputs(),
};

fn values(platform: &Platform) -> Value {
    let store = platform.truefoundry.secrets;
    json!({
        "trusted_role_arns": platform.truefoundry.control_plane_roles,
        "database": platform.database.is_some(),
        "file_system": platform.file_system.is_some(),
        "external_id": platform.truefoundry.external_id,
        "registry_prefix": REGISTRY_PREFIX,
        "parameter_prefix": (store == SecretStore::ParameterStore).then_some(PARAMETER_PREFIX),
        "secret_prefix": (store == SecretStore::SecretsManager).then_some(SECRET_PREFIX),
    })
}

fn outputs() -> Vec<Output> {
    let of = |name, value, about| Output::new(name, "string", value, about);
    vec![
        of("role_arn", "module.platform_identity.role_arn", "The role that the control plane assumes."),
        of("role_name", "module.platform_identity.role_name", "The name of that role."),
        of(
            "registry_url",
            "module.platform_identity.registry_url",
            "The address of the account's image registry.",
        ),
        of(
            "external_id",
            "local.external_id",
            "The ExternalId that the control plane shows when it assumes the role.",
        ),
    ]
}
