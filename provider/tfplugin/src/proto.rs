//! The wire types, generated from `proto/` by the build script: messages, server traits and clients.
//!
//! Field meanings are those of the Terraform plugin protocol; `proto/*.proto` names and numbers them.

/// The Terraform plugin protocol 6 (schema level 6.11).
#[expect(missing_docs, clippy::allow_attributes, reason = "generated code")]
pub mod tfplugin6 {
    tonic::include_proto!("tfplugin6");
}

/// The services of the plugin host itself: shutdown, output streams, broker.
#[expect(missing_docs, clippy::allow_attributes, reason = "generated code")]
pub mod goplugin {
    tonic::include_proto!("plugin");
}
