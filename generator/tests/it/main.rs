//! The built program, run as a user would run it.

mod bad_input;
mod golden;
mod output_directory;
mod run_layers;
mod support;
