//! The double of `hashicorp/helm`: `helm_release`, by the `helm` program.

mod answers;
mod chart;
mod flags;
mod plan;
mod program;
mod release;
mod schema;
mod state;
mod values;

use std::collections::BTreeSet;
use std::env;

use tfplugin::schema::Schema;
use tfplugin::value::Value;
use tfplugin::{Diagnostic, Diagnostics, Named, Resource, Setup, async_trait};
use tokio::sync::Mutex;

use crate::cluster::Settings;

pub use program::guard;
use program::{Call, Failed, Launcher, Program};

/// The address that configurations name.
pub const ADDRESS: &str = "registry.terraform.io/hashicorp/helm";

/// The provider.
#[derive(Default)]
pub struct Provider {
    launcher: Launcher,
}

impl Provider {
    /// As its own program: `helm` ends when this process ends, however it does, as the code of Helm inside the real
    /// provider does.
    #[must_use]
    pub fn guarded() -> Self {
        Self { launcher: Launcher::guarded() }
    }
}

/// What a configured provider works with.
pub struct Helm {
    program: Program,
    /// The registries that we are signed in to.
    registries: Mutex<BTreeSet<String>>,
}

#[async_trait]
impl tfplugin::Provider for Provider {
    type Client = Helm;

    fn schema(&self) -> Schema {
        schema::provider()
    }

    fn resources(&self) -> Named<dyn Resource<Helm>> {
        vec![("helm_release".into(), Box::new(release::Release))]
    }

    /// Values that are not known yet are as if they were not there: what needs the cluster then fails to reach one, and a
    /// plan of new releases does not need it.
    async fn configure(&self, config: &Value, _: &Setup) -> Result<Option<Helm>, Diagnostics> {
        if config.at(&["experiments", "manifest"]).as_bool() == Some(true) {
            return Err(Diagnostic::error("The double of the helm provider has no experiment `manifest`")
                .detail("Leave it out, or run with the real provider.")
                .into());
        }
        let cluster = Settings::of(config.get("kubernetes")).endpoint();
        let program = Program::new(self.launcher.clone(), cluster, settings(config));
        let helm = Helm { program, registries: Mutex::default() };
        for registry in config.get("registries").as_elements().unwrap_or_default() {
            let text = |name: &str| registry.get(name).as_str().unwrap_or_default();
            tfplugin::log::redact(text("password"));
            let signed_in = helm.sign_in(text("url"), text("username"), text("password")).await;
            signed_in.map_err(|error| Diagnostic::error("OCI Registry login failed").detail(error))?;
        }
        tracing::debug!("Configure method completed successfully");
        Ok(Some(helm))
    }
}

impl Helm {
    /// Signs in to the registry of an address, once.
    async fn sign_in(&self, url: &str, user: &str, password: &str) -> Result<(), String> {
        let host = url.split_once("://").map_or(url, |(_, rest)| rest);
        let host = host.split('/').next().unwrap_or_default().to_owned();
        let mut registries = self.registries.lock().await;
        if registries.contains(&host) {
            tracing::info!("Already logged into OCI registry {host:?}");
            return Ok(());
        }
        let call = Call::new("registry").arg("login").arg(&host).arg("--username").arg(user);
        let call = call.arg("--password-stdin").input(password);
        let signed_in = self.program.run(&call).await;
        signed_in
            .map_err(|error| format!("could not login to OCI registry {host:?}: {}", error.message()))?;
        tracing::info!("Logged into OCI registry {host:?}");
        registries.insert(host);
        Ok(())
    }

    /// Signs in where the chart is in a registry and the release has a password for it.
    async fn sign_in_for(&self, release: &Value) -> Result<(), Diagnostic> {
        let text = |name: &str| release.get(name).as_str().unwrap_or_default();
        let (user, password) = (text("repository_username"), text("repository_password"));
        tfplugin::log::redact(password);
        let url = [text("repository"), text("chart")].into_iter().find(|url| chart::is_oci(url));
        let Some(url) = url.filter(|_| !user.is_empty() && !password.is_empty()) else { return Ok(()) };
        self.sign_in(url, user, password).await.map_err(|error| {
            let detail = format!("Failed to log in to OCI registry {url:?}: {error}");
            Diagnostic::error("OCI Registry Login Failed").detail(detail)
        })
    }
}

/// The settings of Helm itself, as flags and variables.
fn settings(config: &Value) -> program::Settings {
    let text = |name: &str| config.get(name).as_str().filter(|text| !text.is_empty());
    let number = |name: &str| match config.get(name) {
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    };
    let mut flags = Vec::new();
    for (flag, value) in [
        ("--registry-config", text("registry_config_path").map(str::to_owned)),
        ("--repository-config", text("repository_config_path").map(str::to_owned)),
        ("--repository-cache", text("repository_cache").map(str::to_owned)),
        ("--burst-limit", number("burst_limit")),
        ("--qps", number("qps")),
    ] {
        flags.extend(value.map(|value| [flag.to_owned(), value]).into_iter().flatten());
    }
    if config.get("debug").as_bool() == Some(true) {
        flags.push("--debug".to_owned());
    }
    let mut variables = Vec::new();
    variables.extend(text("helm_driver").map(|driver| ("HELM_DRIVER", driver.to_owned())));
    variables.extend(text("plugins_path").map(|path| ("HELM_PLUGINS", path.to_owned())));
    program::Settings { flags, variables, program: env::var_os("HELM").unwrap_or_else(|| "helm".into()) }
}

/// An error of Helm under the summary that the real provider gives it.
fn error(summary: &str, failed: &Failed) -> Diagnostic {
    Diagnostic::error(summary).detail(failed.message())
}
