//! The `tfy-infra` program. Everything it does is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    tfy_infra::cli::main()
}
