//! `helm_release`.

use tfplugin::schema::{IdentityAttribute, IdentitySchema, Schema};
use tfplugin::value::{Type, Value};
use tfplugin::{Change, Context, Diagnostic, Diagnostics, Failed, Plan, Resource, State, async_trait};

use super::answers::Installed;
use super::plan::is_missing;
use super::program::Call;
use super::values::Values;
use super::{Helm, error, flags, program, schema, state};

/// The resource.
pub(super) struct Release;

/// Name and namespace.
fn place(object: &Value) -> (&str, &str) {
    let text = |name: &str| object.get(name).as_str().unwrap_or_default();
    (text("name"), text("namespace"))
}

impl Helm {
    /// The release, if it is known to be there. Whatever goes wrong with the question means that it is not: as with the real
    /// provider, which thus forgets what it cannot see.
    async fn exists(&self, name: &str, namespace: &str) -> Option<Installed> {
        tracing::debug!("[resourceReleaseExists: {name}] Start");
        let found = self.installed(name, namespace).await;
        tracing::debug!("[resourceReleaseExists: {name}] Done");
        found.ok()
    }

    async fn change(&self, call: &Call, planned: &Value) -> Result<State, program::Failed> {
        self.program.run(call).await?;
        let (name, namespace) = place(planned);
        Ok(state::settled(planned, &self.installed(name, namespace).await?))
    }

    /// Whether a release is there that `upgrade_install` takes over.
    async fn adopts(&self, planned: &Value) -> Result<bool, Diagnostic> {
        if planned.get("upgrade_install").as_bool() != Some(true) {
            return Ok(false);
        }
        let (name, namespace) = place(planned);
        match self.about(name, namespace).await {
            Ok(_) => Ok(true),
            Err(failed) if is_missing(&failed) => Ok(false),
            Err(failed) => Err(error("Error checking installed release", &failed)),
        }
    }

    /// A failed install leaves nothing in the state, also where it leaves a release in the cluster.
    async fn not_installed(&self, planned: &Value, failed: &program::Failed) -> Failed {
        let (name, namespace) = place(planned);
        let taken = failed.message().contains("cannot re-use a name that is still in use");
        let mut out = Diagnostics::new();
        if !taken && self.exists(name, namespace).await.is_some() {
            let detail =
                format!("Helm release {name:?} was created and has failed: see `helm status {name}`.");
            out.push(Diagnostic::warning("Helm release created with warnings").detail(detail));
            out.push(error("Helm release error", failed));
        } else {
            out.push(error("installation failed", failed));
        }
        out.into()
    }
}

fn values(release: &Value, write_only: Option<&Value>) -> Result<Values, Diagnostic> {
    Values::of(release, write_only).map_err(|error| {
        Diagnostic::error("The values cannot be written to a file").detail(error.to_string())
    })
}

fn revision(object: &Value) -> i64 {
    object.get("set_wo_revision").as_i64().unwrap_or_default()
}

#[async_trait]
impl Resource<Helm> for Release {
    fn schema(&self) -> Schema {
        schema::release()
    }

    async fn plan(&self, cx: &Context<Helm>, plan: &mut Plan) -> Result<(), Diagnostics> {
        if plan.planned.is_null() { Ok(()) } else { cx.client()?.plan(plan).await }
    }

    async fn create(&self, cx: &Context<Helm>, change: &Change) -> Result<State, Failed> {
        let (helm, planned) = (cx.client()?, &change.planned);
        helm.chart(planned).await?;
        let write_only = (revision(planned) > 0).then_some(&change.config);
        let values = values(planned, write_only)?;
        let (name, namespace) = place(planned);
        tracing::debug!("Plan state on Create of {namespace}/{name}");
        let call = if helm.adopts(planned).await? {
            tracing::debug!("Upgrade-installing chart {name:?}");
            flags::adopt(planned, &values)
        } else {
            tracing::debug!("Installing chart {name:?}");
            flags::install(planned, &values)
        };
        match helm.change(&call, planned).await {
            Ok(state) => Ok(state),
            Err(failed) => Err(helm.not_installed(planned, &failed).await),
        }
    }

    async fn read(&self, cx: &Context<Helm>, state: &State) -> Result<Option<State>, Diagnostics> {
        let (name, namespace) = place(&state.value);
        tracing::debug!("Current state before changes of {namespace}/{name}");
        let found = cx.client()?.exists(name, namespace).await;
        if found.is_some() {
            tracing::debug!("[resourceReleaseRead: {name}] Started");
        }
        Ok(found.map(|found| state::settled(&state.value, &found)))
    }

    async fn update(&self, cx: &Context<Helm>, change: &Change) -> Result<State, Failed> {
        let (helm, planned) = (cx.client()?, &change.planned);
        let (name, namespace) = place(planned);
        tracing::debug!("[resourceReleaseUpdate: {name}] Started");
        tracing::debug!(
            "[resourceReleaseUpdate: {name}] Getting helm configuration for namespace: {namespace}"
        );
        helm.chart(planned).await?;
        let sends = revision(planned) > revision(&change.prior);
        let values = values(planned, sends.then_some(&change.config))?;
        let upgraded = helm.change(&flags::upgrade(planned, &values), planned).await;
        upgraded.map_err(|failed| {
            let detail = format!("Upgrade failed: {}", failed.message());
            Diagnostic::error("Error upgrading chart").detail(detail).into()
        })
    }

    async fn delete(&self, cx: &Context<Helm>, state: &State) -> Result<(), Failed> {
        let helm = cx.client()?;
        let (name, namespace) = place(&state.value);
        tracing::debug!("Retrieved state of {namespace}/{name}");
        if helm.exists(name, namespace).await.is_none() {
            return Ok(());
        }
        tracing::debug!("Retrieved Helm configuration for namespace: {namespace}");
        tracing::info!("Uninstalling Helm release: {name}");
        let said = helm.program.run(&flags::uninstall(&state.value)).await.map_err(|failed| {
            let detail = format!("Unable to uninstall Helm release {name}: {}", failed.message());
            tracing::error!("{detail}");
            Diagnostic::error("Error uninstalling release").detail(detail)
        })?;
        // What comes before the last line is about objects that stay.
        let kept = said.trim_end().rsplit_once('\n').map_or("", |(kept, _)| kept.trim());
        if !kept.is_empty() {
            let summary = "Helm uninstall returned an information message";
            cx.warn(Diagnostic::warning(summary).detail(kept));
        }
        Ok(())
    }

    async fn import(&self, cx: &Context<Helm>, id: &str) -> Result<State, Diagnostics> {
        let parts: Vec<_> = id.split('/').collect();
        let [namespace, name] = parts.as_slice() else {
            let detail = format!(
                "Unable to parse identifier {id}: Unexpected ID format ({id:?}), expected namespace/name"
            );
            return Err(Diagnostic::error("Unable to parse import identifier").detail(detail).into());
        };
        self.imported(cx.client()?, namespace, name).await
    }

    fn identity(&self) -> Option<IdentitySchema> {
        Some(IdentitySchema::new([
            ("namespace", IdentityAttribute::optional(Type::String)),
            ("release_name", IdentityAttribute::required(Type::String)),
        ]))
    }

    async fn import_by_identity(&self, cx: &Context<Helm>, identity: &Value) -> Result<State, Diagnostics> {
        let namespace = identity.get("namespace").as_str().unwrap_or("default");
        let name = identity.get("release_name").as_str().unwrap_or_default();
        self.imported(cx.client()?, namespace, name).await
    }
}

impl Release {
    async fn imported(&self, helm: &Helm, namespace: &str, name: &str) -> Result<State, Diagnostics> {
        let found = helm.installed(name, namespace).await.map_err(|failed| {
            let detail = format!("Unable to get Helm release {name}: {}", failed.message());
            Diagnostic::error("Error getting release").detail(detail)
        })?;
        let mut object = schema::release().empty();
        for (attribute, default) in schema::DEFAULTS {
            object.put(attribute, default);
        }
        object.put("description", found.status.info.description.as_str());
        object.put("chart", found.about.chart.as_str());
        Ok(state::settled(&object, &found))
    }
}
