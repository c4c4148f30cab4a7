//! What is planned for a release beyond its configuration. It needs the chart, and thus its repository, at every plan.

use tfplugin::value::Value;
use tfplugin::{Diagnostic, Diagnostics, Plan};

use super::program::Failed;
use super::state::same_version;
use super::{Helm, error};

/// What makes the release's metadata new.
const CHANGING: [&str; 7] = ["chart", "repository", "version", "values", "set", "set_sensitive", "set_list"];

impl Helm {
    pub(super) async fn plan(&self, plan: &mut Plan) -> Result<(), Diagnostics> {
        let text = |name: &str| plan.planned.get(name).as_str().unwrap_or_default().to_owned();
        let name = text("name");
        let log = format!("[resourceDiff: {name}]");
        tracing::debug!("{log} Start");
        tracing::debug!(
            "{log} Initial Values: Name={name}, Namespace={}, Repository={}, Chart={}",
            text("namespace"),
            text("repository"),
            text("chart")
        );
        let chart = self.chart(&plan.planned).await?;
        tracing::debug!("{log} Got chart");
        tracing::debug!("{log} Release validated");
        tracing::debug!("{log} Done");
        let adopting = plan.planned.get("upgrade_install").as_bool() == Some(true);
        let open = plan.config.get("version").is_null();
        let version = if adopting && open {
            match self.about(&name, &text("namespace")).await {
                Ok(there) => there.version,
                Err(failed) if is_missing(&failed) => chart.version,
                Err(failed) => return Err(error("Failed to check installed release version", &failed).into()),
            }
        } else {
            configured(plan.config.get("version"), chart.version)?
        };
        plan.planned.put("status", "deployed");
        plan.planned.put("manifest", Value::Null);
        plan.planned.put("resources", Value::Null);
        plan.planned.put("version", Value::optional(Some(version).filter(|version| !version.is_empty())));
        let (prior, planned) = (&plan.prior, &plan.planned);
        if prior.is_null() || CHANGING.iter().any(|name| planned.get(name) != prior.get(name)) {
            tracing::debug!("{log} Metadata has changes, setting to unknown");
            plan.planned.put("metadata", Value::UNKNOWN);
        }
        Ok(())
    }
}

/// Helm's history answers with these words also where it is something else that it does not find.
pub(super) fn is_missing(failed: &Failed) -> bool {
    failed.message().contains("not found")
}

/// The version that the configuration wants, if the chart has it.
fn configured(wanted: &Value, found: String) -> Result<String, Diagnostic> {
    match wanted.as_str() {
        None => Ok(found),
        Some(wanted) if same_version(wanted, &found) => Ok(wanted.to_owned()),
        Some(wanted) => {
            let detail = format!(
                "The configuration wants the version {wanted:?}, and the chart that is found has {found:?}. Set \
                 `version` to {found:?}, or leave it out."
            );
            Err(Diagnostic::error("Planned version is different from configured version").detail(detail))
        }
    }
}
