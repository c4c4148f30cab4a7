//! The command lines that change a release.

use tfplugin::value::Value;

use super::chart::Reference;
use super::program::Call;
use super::values::Values;

/// A release as it is planned, read as flags.
struct Planned<'a>(&'a Value);

impl Planned<'_> {
    fn text(&self, name: &str) -> &str {
        self.0.get(name).as_str().unwrap_or_default()
    }

    fn seconds(&self) -> i64 {
        self.0.get("timeout").as_i64().unwrap_or(300)
    }

    /// Adds the flags of the attributes that are true.
    fn flags(&self, call: Call, flags: &[(&str, &str)]) -> Call {
        let set = flags.iter().filter(|(_, name)| self.0.get(name).as_bool() == Some(true));
        set.fold(call, |call, (flag, _)| call.arg(*flag))
    }

    /// Adds what installing and upgrading share.
    fn common(&self, call: Call, values: &Values) -> Call {
        let call = Reference::of(self.0).add(call.arg(self.text("name")));
        let call = self.flags(
            call,
            &[
                ("--no-hooks", "disable_webhooks"),
                ("--wait", "wait"),
                ("--devel", "devel"),
                ("--atomic", "atomic"),
                ("--skip-crds", "skip_crds"),
                ("--render-subchart-notes", "render_subchart_notes"),
                ("--disable-openapi-validation", "disable_openapi_validation"),
            ],
        );
        let mut call = call.arg("--timeout").arg(format!("{}s", self.seconds()));
        if !self.text("description").is_empty() {
            call = call.arg("--description").arg(self.text("description"));
        }
        let renderer = self.0.get("postrender");
        if let Some(path) = renderer.get("binary_path").as_str().filter(|path| !path.is_empty()) {
            call = call.arg("--post-renderer").arg(path);
            let args = renderer.get("args").as_elements().unwrap_or_default().iter();
            call = args
                .filter_map(Value::as_str)
                .fold(call, |call, arg| call.arg("--post-renderer-args").arg(arg));
        }
        values.add(call).on(self.text("namespace"), self.seconds())
    }
}

/// Installs a release.
pub(super) fn install(planned: &Value, values: &Values) -> Call {
    let planned = Planned(planned);
    let call = planned.common(Call::new("install"), values);
    planned.flags(
        call,
        &[
            ("--wait-for-jobs", "wait_for_jobs"),
            ("--take-ownership", "take_ownership"),
            ("--replace", "replace"),
            ("--create-namespace", "create_namespace"),
        ],
    )
}

/// Takes over a release that is there, as `upgrade_install` does: without some flags that an install and an upgrade both have.
pub(super) fn adopt(planned: &Value, values: &Values) -> Call {
    Planned(planned).common(Call::new("upgrade"), values).arg("--history-max").arg("0")
}

/// Upgrades a release.
pub(super) fn upgrade(planned: &Value, values: &Values) -> Call {
    let planned = Planned(planned);
    let call = planned.common(Call::new("upgrade"), values);
    let kept = planned.0.get("max_history").as_i64().unwrap_or_default();
    let call = call.arg("--history-max").arg(kept.to_string());
    planned.flags(
        call,
        &[
            ("--wait-for-jobs", "wait_for_jobs"),
            ("--take-ownership", "take_ownership"),
            ("--force", "force_update"),
            ("--reset-values", "reset_values"),
            ("--reuse-values", "reuse_values"),
            ("--recreate-pods", "recreate_pods"),
            ("--cleanup-on-fail", "cleanup_on_fail"),
        ],
    )
}

/// Uninstalls a release, by what the state says.
pub(super) fn uninstall(state: &Value) -> Call {
    let state = Planned(state);
    let call = Call::new("uninstall").arg(state.text("name"));
    let call = state.flags(call, &[("--wait", "wait"), ("--no-hooks", "disable_webhooks")]);
    let call = call.arg("--timeout").arg(format!("{}s", state.seconds()));
    call.on(state.text("namespace"), state.seconds())
}
