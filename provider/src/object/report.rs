//! Errors of the control plane as diagnostics.

use tfplugin::Diagnostic;
use truefoundry_api::Error;

/// What the user is told when `doing` ("creating the workspace `c:w`") failed.
pub(crate) fn report(doing: &str, error: &Error) -> Diagnostic {
    // A control plane may repeat what it was sent.
    let error_text = error.to_string();
    let said = tfplugin::transport::log::scrub(&error_text);
    Diagnostic::error(format!("Failed {doing}")).detail(format!("{said}.\n\nhint: {}.", error.hint()))
}
