//! The description of a running provider that lets Terraform use it instead of starting one.

use serde_json::json;

use super::endpoint::Address;
use super::handshake::PROTOCOL_VERSION;

/// The environment variable that Terraform reads it from.
pub(super) const VARIABLE: &str = "TF_REATTACH_PROVIDERS";

/// The registry that Terraform puts before an address without one. OpenTofu puts its own.
const REGISTRY: &str = "registry.terraform.io/";

/// The variable's value for one provider: a JSON object from its source address to where it listens. An address in the
/// usual registry is told without it, as it stands in configurations, so that OpenTofu knows it as well.
pub(super) fn describe(provider: &str, address: &Address) -> String {
    json!({
        provider.strip_prefix(REGISTRY).unwrap_or(provider): {
            "Protocol": "grpc",
            "ProtocolVersion": PROTOCOL_VERSION,
            "Pid": std::process::id(),
            // Tells Terraform that the process is not its own to end.
            "Test": true,
            "Addr": { "Network": address.network(), "String": address.to_string() },
        }
    })
    .to_string()
}
