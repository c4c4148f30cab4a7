//! Errors of the control plane as diagnostics.

use tfplugin::Diagnostic;
use truefoundry_api::Error;

/// What the user is told when `doing` ("creating the workspace `c:w`") failed.
pub(crate) fn report(doing: &str, error: &Error) -> Diagnostic {
    Diagnostic::error(format!("Failed {doing}")).detail(format!("{error}.\n\nhint: {}.", error.hint()))
}
