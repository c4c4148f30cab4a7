//! The plugin process seen from the host's side: handshake, TLS, services, signals, logs, end of life.
//!
//! The program starts itself as the provider under test, so it has a `main` of its own.

#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test without the usual harness, which the lints would know"
)]

mod certificates;
mod host;
mod life;
mod logs;
mod provider;
mod start;
mod tls;

use std::process::ExitCode;

use libtest_mimic::{Arguments, Trial};

/// The tests of a module, named as the functions are.
macro_rules! tests {
    ($($name:ident),* $(,)?) => {
        pub(crate) const TESTS: &[$crate::Test] =
            &[$((concat!(module_path!(), "::", stringify!($name)), $name)),*];
    };
}
use tests;

/// Set for a process that is to be the provider.
const CHILD: &str = "TFPLUGIN_TEST_PROVIDER";

fn main() -> ExitCode {
    if std::env::var_os(CHILD).is_some() {
        return provider::main();
    }
    let tests = [start::TESTS, tls::TESTS, life::TESTS, logs::TESTS].concat();
    let trials = tests.into_iter().map(|(name, test)| {
        Trial::test(name, move || {
            test();
            Ok(())
        })
    });
    libtest_mimic::run(&Arguments::from_args(), trials.collect()).exit_code()
}

/// A test's name and body.
type Test = (&'static str, fn());
