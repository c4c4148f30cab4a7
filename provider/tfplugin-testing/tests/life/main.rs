//! The whole life of a resource with every kind of attribute, through the real Terraform: by mirror, by `dev_overrides`
//! and by reattach. And the kit itself: that it fails when it should.

#[path = "../../../tfplugin/examples/thing/things/mod.rs"]
mod things;

mod failures;
mod numbers;
mod presence;
mod sets;
mod steps;

use std::process::ExitCode;

use libtest_mimic::{Arguments, Failed, Trial};
use tfplugin::Server;
use tfplugin::transport::{self, Options};
use tfplugin_testing::Rig;

use things::{ADDRESS, Things};

/// What is said of `size = 0`.
const TOO_SMALL: &str = "`size` must be a whole number between 1 and 1000, but it is `0`";

fn main() -> ExitCode {
    // Started by Terraform, this program is the provider.
    if std::env::var_os("TF_PLUGIN_MAGIC_COOKIE").is_some() {
        return transport::run(Server::new(Things), &Options::new(ADDRESS));
    }
    let mut tests = vec![
        Trial::test("life_by_mirror", || life(Rig::mirror(ADDRESS, &std::env::current_exe()?)?)),
        Trial::test("life_by_dev_overrides", || {
            life(Rig::dev_overrides(ADDRESS, &std::env::current_exe()?)?)
        }),
        Trial::test("life_by_reattach", || life(in_process()?)),
        Trial::test("an_identity_is_filled_in_and_follows_a_replacement", || {
            Ok(steps::label(in_process()?)?)
        }),
        Trial::test("a_note_that_the_provider_forgets_lives_in_the_state", || {
            Ok(steps::note(in_process()?)?)
        }),
        Trial::test("what_nobody_may_write_is_refused", || Ok(steps::refusals(in_process()?)?)),
    ];
    tests.extend(failures::tests());
    tests.extend(presence::tests());
    tests.extend(numbers::tests());
    tests.extend(sets::tests());
    libtest_mimic::run(&Arguments::from_args(), tests).exit_code()
}

fn in_process() -> Result<Rig, Failed> {
    Ok(Rig::in_process(ADDRESS, Server::new(Things))?)
}

fn life(rig: Rig) -> Result<(), Failed> {
    Ok(steps::item(rig, TOO_SMALL)?)
}
