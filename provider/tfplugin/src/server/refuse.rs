//! Answers that hold nothing but diagnostics.

use crate::proto::tfplugin6 as wire;

/// A response that can say that something went wrong.
pub(super) trait Refuse {
    /// The response with these diagnostics and nothing else.
    fn refuse(diagnostics: Vec<wire::Diagnostic>) -> Self;
}

macro_rules! refuse {
    ($($module:ident),* $(,)?) => {
        $(
            impl Refuse for wire::$module::Response {
                #[expect(clippy::allow_attributes, reason = "only some of the responses hold more")]
                fn refuse(diagnostics: Vec<wire::Diagnostic>) -> Self {
                    #[allow(clippy::needless_update, reason = "only some of the responses hold more")]
                    Self { diagnostics, ..Self::default() }
                }
            }
        )*
    };
}

refuse! {
    apply_resource_change, close_ephemeral_resource, configure_provider, configure_state_store, delete_state,
    generate_resource_config, get_functions, get_metadata, get_provider_schema, get_resource_identity_schemas,
    get_states, import_resource_state, lock_state, move_resource_state, open_ephemeral_resource, plan_action,
    plan_resource_change, read_data_source, read_resource, renew_ephemeral_resource, unlock_state,
    upgrade_resource_identity, upgrade_resource_state, validate_action_config, validate_data_resource_config,
    validate_ephemeral_resource_config, validate_list_resource_config, validate_provider_config,
    validate_resource_config, validate_state_store, write_state_bytes,
}

/// Several diagnostics in one line of text, for the answers that have no place for them.
fn joined(diagnostics: Vec<wire::Diagnostic>) -> String {
    let texts = diagnostics.into_iter().map(|d| format!("{}: {}", d.summary, d.detail));
    texts.collect::<Vec<_>>().join("; ")
}

impl Refuse for wire::call_function::Response {
    fn refuse(diagnostics: Vec<wire::Diagnostic>) -> Self {
        let error = Some(wire::FunctionError { text: joined(diagnostics), function_argument: None });
        Self { result: None, error }
    }
}

impl Refuse for wire::stop_provider::Response {
    fn refuse(diagnostics: Vec<wire::Diagnostic>) -> Self {
        Self { error: joined(diagnostics) }
    }
}
