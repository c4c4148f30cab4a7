//! How a panic is told to Terraform.

use std::backtrace::{Backtrace, BacktraceStatus};
use std::io::{self, Write as _};
use std::panic::{self, PanicHookInfo};

use safe_text::shown;

/// Makes every panic write `panic: <message> at <file>:<line>` to standard error. A line that begins so makes Terraform
/// show it, and what follows, as a crash of the provider, even with logging off.
pub(super) fn install_hook() {
    panic::set_hook(Box::new(|info| {
        let text = describe(info, &Backtrace::capture());
        // With standard error closed there is nobody to tell.
        let _ = io::stderr().lock().write_all(shown(&text).as_bytes());
    }));
}

fn describe(info: &PanicHookInfo<'_>, backtrace: &Backtrace) -> String {
    let message = info.payload_as_str().unwrap_or("(no message)");
    let place =
        info.location().map(|place| format!(" at {}:{}", place.file(), place.line())).unwrap_or_default();
    let mut text = format!("panic: {message}{place}\n");
    if backtrace.status() == BacktraceStatus::Captured {
        text.push_str(&format!("{backtrace}\n"));
    }
    text
}
