//! Logs to standard error, in the form that Terraform reads, with secrets blotted out and control characters made visible.
//!
//! Log with the macros of `tracing`. A line is made only if Terraform's variables ask for its level: of
//! `TF_LOG_PROVIDER_<NAME>`, `TF_LOG_PROVIDER` and `TF_LOG` the first that is set counts. Without any, nothing is logged.

mod layer;
mod level;

use std::io;

use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

pub use safe_text::{redact, scrub};

/// Sends this process's logs to standard error, at the level that the environment asks for.
pub(super) fn install(provider: &str) {
    let level = level::wanted(provider, |name| std::env::var(name).ok());
    if level == tracing::level_filters::LevelFilter::OFF {
        return;
    }
    // An error means that the program has set up its own logging already, which then stays.
    let _ = tracing_subscriber::registry().with(layer::Hclog::new(level, io::stderr)).try_init();
}
