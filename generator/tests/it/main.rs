//! The built program, run as a user would run it.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot go on fails here, with the value that it met"
)]

mod admins;
mod api_server;
mod bad_input;
mod calendar;
mod changes;
mod command_line;
mod compute;
mod connect;
mod drift;
mod edits;
mod golden;
mod init;
mod killed;
mod migrate;
mod output_directory;
mod outputs;
mod pairs;
mod preflight;
mod room;
mod rules;
mod run_layers;
mod saved_plans;
mod shrinking;
mod signals;
mod support;
mod tree;
mod two_regions;
