//! The built program, run as a user would run it.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot go on fails here, with the value that it met"
)]

mod admins;
mod api_server;
mod bad_input;
mod changes;
mod command_line;
mod compute;
mod connect;
mod drift;
mod edits;
mod golden;
mod killed;
mod migrate;
mod output_directory;
mod pairs;
mod preflight;
mod run_layers;
mod signals;
mod support;
