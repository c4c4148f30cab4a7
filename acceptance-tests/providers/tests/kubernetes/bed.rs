//! The double and Terraform, with the model or, if `TEST_KUBECONFIG` names one, with a real cluster.

use std::path::PathBuf;

use serde_json::Value as Json;
use tfplugin_testing::Rig;

use crate::model::{Model, TOKEN};

/// What objects are made on.
pub(crate) struct Bed {
    /// `None` on a real cluster.
    pub(crate) model: Option<Model>,
    provider: String,
}

impl Bed {
    /// For a test that a real cluster can do as well.
    pub(crate) fn anywhere() -> Self {
        match std::env::var("TEST_KUBECONFIG") {
            Ok(path) => Self {
                model: None,
                provider: format!("provider \"kubernetes\" {{\n  config_path = {path:?}\n}}\n\n"),
            },
            Err(_) => Self::model(),
        }
    }

    /// For a test that needs the model.
    pub(crate) fn model() -> Self {
        let model = Model::start();
        let script = format!(
            "printf '%s' '{{\\\"apiVersion\\\":\\\"client.authentication.k8s.io/v1\\\",\\\"status\\\":{{\\\"token\\\":\\\"{TOKEN}\\\"}}}}'"
        );
        let provider = format!(
            "provider \"kubernetes\" {{\n  host                   = \"{}\"\n  cluster_ca_certificate = <<-EOT\n{}EOT\n  exec \
             {{\n    api_version = \"client.authentication.k8s.io/v1\"\n    command     = \"sh\"\n    args        = [\"-c\", \
             \"{script}\"]\n  }}\n}}\n\n",
            model.address, model.authority
        );
        Self { model: Some(model), provider }
    }

    /// A configuration with the provider's block before it.
    pub(crate) fn config(&self, resources: &str) -> String {
        format!("{}{resources}", self.provider)
    }

    /// The object at a path of the model; none on a real cluster.
    pub(crate) fn object(&self, path: &str) -> Option<Json> {
        self.model.as_ref()?.object(path)
    }
}

/// Terraform with the double as it is built, or with the provider in the folder that `TEST_PROVIDERS` names.
pub(crate) fn rig() -> Rig {
    let program = match std::env::var_os("TEST_PROVIDERS") {
        Some(folder) => PathBuf::from(folder).join("terraform-provider-kubernetes"),
        None => PathBuf::from(env!("CARGO_BIN_EXE_terraform-provider-kubernetes")),
    };
    Rig::dev_overrides(provider_doubles::kubernetes::ADDRESS, &program).unwrap()
}

/// A block with these lines.
pub(crate) fn resource(kind: &str, lines: &str) -> String {
    format!("resource \"kubernetes_{kind}_v1\" \"a\" {{\n{lines}\n}}\n\n")
}
