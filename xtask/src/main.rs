//! Repository tasks, called as `cargo xtask <task>`.

mod audit;
mod bench;
mod catalog;
mod charts;
mod ci;
mod counts;
mod demo;
mod generated;
mod junit;
mod kubernetes;
mod module_docs;
mod nextest;
mod permissions;
mod process;
mod prove;
mod provider_facts;
mod schedule;
mod test;
mod tofu_tests;
mod ui;
mod versions;

use std::collections::BTreeSet;
use std::path::Path;
use std::process::ExitCode;

use acceptance_tests::Core;
use acceptance_tests::kubernetes::Minor;
use anyhow::Result;

use crate::ui::Ui;

const HELP: &str = "\
Repository tasks.

Usage: cargo xtask <task> [options]

Tasks:
  demo [--destroy] [--keep] [--without-cluster]
                             Generate, plan and apply a whole platform on this machine: real terraform and AWS
                             provider, a local AWS with a real Kubernetes control plane in it, a sandbox control
                             plane. Needs no account, and Go to build Kubernetes.
                             --destroy  destroy it again and check that nothing is left
                             --keep     leave the servers running until Enter is pressed
                             --without-cluster  everything but what runs in the cluster; needs no Go
  test [--core NAME] [FILTER]
                             Run all tests, or those of a filter as nextest has it, such as 'binary(provider_user)',
                             with everything that they need set up first
                             --core  `newest` (Terraform) or `opentofu` in place of the `terraform` on PATH
  ci                         Formatting, lints, generated files, all tests, and those of the provider, the framework,
                             the examples and the modules with the newest Terraform and OpenTofu once more
  cores                      Install the newest Terraform and OpenTofu below the build directory, and show them
  kubernetes [--oldest] [--start]
                             Build the programs of the tests' Kubernetes cluster and Helm below the build directory
                             (8 minutes of processor time, with Go), and show them
                             --oldest  those of the oldest Kubernetes in support, which only proofs use
                             --start  also start a cluster with two nodes, which runs until Enter is pressed
  charts verify DIR          Check the real charts in a folder, a folder or a `.tgz` each, against what was recorded of
                             them and an API server, and install, upgrade and remove them as the layer does
  prove [--list] [NAME ...]  Run the long proofs, all or some, and write into PROOFS.md how they ended
                             --list  only show how they stand: which are older than the code that they prove
  gen [--check]              Write the generated files; with --check, fail when one is out of date
  catalog --from FILE ...    Show what a newer API schema changes in the catalog; --write takes it over
  permissions                Record which IAM actions each type of resource calls (some 15 minutes), and tell what has changed
  versions KIND FILE DAY     Take what the AWS command line printed on a day into the table of `kubernetes` or `postgres` versions
                             (`aws eks describe-cluster-versions --include-all`, `aws rds describe-db-major-engine-versions
                             --engine postgres`)
  audit                      Check the dependencies: licences, sources, bans, advisories
  bench [--framework] [--large]
                             Measure start-up, memory, an empty plan, a generation, 1,000 workspaces, and 1,000
                             resources of the example provider beside the builtin `terraform_data` (about 12
                             minutes); shows figures and fails on none
                             --framework  the example provider only
                             --large      the example provider with 10,000 resources
                             With `ACCEPTANCE_TESTS_CORE=newest` or `opentofu` in the environment, another core
  bench --against PATH [--rounds N]
                             Measure this build and the provider at PATH by turns, 5 rounds of one to two
                             minutes: whether it takes more than before
  bench --peer [--rounds N]  Measure the example provider and the same on HashiCorp's framework for Go by turns, 5 rounds
                             of some minutes, and keep the figures, which the README and the page of `tfplugin` state

What is built and kept between runs is below `target/`, or `CARGO_TARGET_DIR`. `NO_COLOR` is respected.
Needed: Rust with rustfmt and Clippy, a C compiler, Git, Terraform 1.11 or newer, Python 3.10 or newer with `venv`; for
`test`, `ci` and `bench --peer` also Go 1.21 or newer.
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let ui = Ui::from_environment();
    match run(&ui, &arguments) {
        Ok(code) => code,
        Err(error) => {
            ui.error(&error);
            ExitCode::FAILURE
        }
    }
}

fn run(ui: &Ui, arguments: &[String]) -> Result<ExitCode> {
    if let [task, schema] = arguments
        && task == "provider-facts"
    {
        return provider_facts::run(ui, Path::new(schema)).map(|()| ExitCode::SUCCESS);
    }
    if let [task, kind, printed, day] = arguments
        && task == "versions"
    {
        return versions::run(ui, kind, Path::new(printed), day).map(|()| ExitCode::SUCCESS);
    }
    let mut words = arguments.iter().map(String::as_str);
    let task = words.next().unwrap_or("help");
    let given: BTreeSet<&str> = words.collect();
    let allowed: &[&str] = match task {
        "demo" => &["--destroy", "--keep", "--without-cluster"],
        "gen" => &["--check"],
        "kubernetes" => &["--oldest", "--start"],
        _ => &[],
    };
    if given.contains("--help") || given.contains("-h") {
        ui.result(HELP);
        return Ok(ExitCode::SUCCESS);
    }
    if task == "catalog" {
        return catalog::run(ui, arguments).map(|()| ExitCode::SUCCESS);
    }
    if task == "test" {
        return run_tests(ui, &arguments[1..]);
    }
    if task == "charts" {
        return match &arguments[1..] {
            [verify, folder] if verify == "verify" => charts::verify(ui, folder).map(|()| ExitCode::SUCCESS),
            _ => {
                ui.usage("`charts` is called as `charts verify DIR`");
                Ok(ExitCode::from(2))
            }
        };
    }
    if task == "prove" {
        return prove(ui, &arguments[1..]);
    }
    if task == "bench" {
        return match bench::Scope::of(&arguments[1..]) {
            Ok(scope) => bench::run(ui, &scope).map(|()| ExitCode::SUCCESS),
            Err(wrong) => {
                ui.usage(&wrong);
                Ok(ExitCode::from(2))
            }
        };
    }
    if let Some(unknown) = given.iter().find(|flag| !allowed.contains(flag)) {
        ui.usage(&format!("`{task}` knows no option `{unknown}`"));
        return Ok(ExitCode::from(2));
    }
    match task {
        "demo" => demo::run(
            ui,
            &demo::Options {
                destroy: given.contains("--destroy"),
                keep: given.contains("--keep"),
                without_cluster: given.contains("--without-cluster"),
            },
        ),
        "ci" => ci::run(ui),
        "cores" => show_cores(ui),
        "kubernetes" => {
            let minor = if given.contains("--oldest") { Minor::Oldest } else { Minor::Newest };
            kubernetes::run(ui, minor, given.contains("--start"))
        }
        "gen" => generated::run(ui, given.contains("--check")),
        "audit" => audit::run(ui),
        "permissions" => permissions::run(ui),
        "help" | "--help" | "-h" => {
            ui.result(HELP);
            Ok(())
        }
        "provider-facts" => {
            ui.usage("`provider-facts` needs one file, the output of `terraform providers schema -json`");
            return Ok(ExitCode::from(2));
        }
        "versions" => {
            ui.usage("`versions` is called as `versions kubernetes FILE 2026-11-29`, or with `postgres`");
            return Ok(ExitCode::from(2));
        }
        unknown => {
            ui.usage(&format!("there is no task `{unknown}`"));
            return Ok(ExitCode::from(2));
        }
    }
    .map(|()| ExitCode::SUCCESS)
}

fn run_tests(ui: &Ui, arguments: &[String]) -> Result<ExitCode> {
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let (core, rest) = match words.as_slice() {
        ["--core", name, rest @ ..] => (Core::named(name)?, rest),
        rest => (Core::Floor, rest),
    };
    match rest {
        [] => test::run(ui, core, None)?,
        [filter] if !filter.starts_with('-') => test::run(ui, core, Some(filter))?,
        [unknown, ..] => {
            ui.usage(&format!("`test` takes `--core NAME` and one filter; what is `{unknown}`?"));
            return Ok(ExitCode::from(2));
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Installs what is missing.
fn show_cores(ui: &Ui) -> Result<()> {
    for core in Core::ALL {
        let tool = core.tool()?;
        ui.result(&format!("{core}: {} (`{}`)", tool.version, tool.path.display()));
    }
    Ok(())
}

fn prove(ui: &Ui, arguments: &[String]) -> Result<ExitCode> {
    let names: Vec<&str> = arguments.iter().map(String::as_str).filter(|word| *word != "--list").collect();
    if let Some(unknown) = names.iter().find(|name| name.starts_with('-')) {
        ui.usage(&format!("`prove` knows no option `{unknown}`"));
        return Ok(ExitCode::from(2));
    }
    let only_tells = names.len() < arguments.len();
    if only_tells { prove::tell(ui) } else { prove::run(ui, &names) }.map(|()| ExitCode::SUCCESS)
}
