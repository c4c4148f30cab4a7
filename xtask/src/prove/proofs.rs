//! The proofs, each with the code that it proves.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use acceptance_tests::binaries::FOLDER;
use acceptance_tests::{Binaries, Core, Venv, cores, environment, repository};
use anyhow::{Context as _, Result, ensure};
use fs_err as fs;

use crate::charts;
use crate::counts::Counts;
use crate::junit;
use crate::nextest::{Nextest, PROFILE};
use crate::process::{self, Finished, Shown};
use crate::ui::Ui;

/// One proof. It tells what it has counted.
pub(crate) struct Proof {
    pub(crate) name: &'static str,
    /// What it shows, as the rest of a line.
    pub(crate) shows: &'static str,
    /// The code that it proves: files and folders from the top of the repository.
    pub(crate) paths: &'static [&'static str],
    pub(crate) run: fn(&Ui) -> Result<String>,
}

pub(crate) const PROOFS: &[Proof] = &[
    Proof {
        name: "faults",
        shows: "applies of fifty objects, with every request in turn answered wrongly in each way, and of all kinds with many at once",
        paths: &[
            "provider/src",
            "provider/api",
            "provider/tfplugin/src",
            "acceptance-tests/tests/provider_faults.rs",
            "acceptance-tests/tests/catalog/spoilt.rs",
        ],
        run: |ui| counted(ui, "binary(provider_faults) | test(an_apply_of_all_kinds)", ("FAULTS", "all")),
    },
    Proof {
        name: "conformance",
        shows: "every resource type, with every fault at every request of a create, change, read and deletion",
        paths: &[
            "provider/src",
            "provider/api",
            "provider/catalog/data",
            "provider/tests/conformance.rs",
            "provider/tests/conformance",
        ],
        run: conformance,
    },
    Proof {
        name: "chaos",
        shows: "applies of 32 objects through a network that spoils requests by a seed, with kills, 300 seeds",
        paths: &[
            "provider/src",
            "provider/api",
            "provider/tfplugin/src",
            "acceptance-tests/tests/provider_chaos.rs",
            "acceptance-tests/tests/provider_chaos",
        ],
        run: |ui| counted(ui, "binary(provider_chaos)", ("SEEDS", "300")),
    },
    Proof {
        name: "properties",
        shows: "property tests with 10,000 cases each instead of 256",
        paths: &["provider/tfplugin/src", "generator/src"],
        run: properties,
    },
    Proof {
        name: "redaction",
        shows: "1,000,000 random secrets in random carriers and spellings, none shown",
        paths: &["safe-text"],
        run: redaction,
    },
    Proof {
        name: "merges",
        shows: "the laws of the three-way merge, 100,000 cases each, over edits of the golden trees among them",
        paths: &["generator/src/tree", "generator/tests/cases"],
        run: merges,
    },
    Proof {
        name: "moments",
        shows: "applies of the quickstart whose `tfy-infra` is killed, and told to quit, at each event of each layer",
        paths: &["generator/src/run", "acceptance-tests/tests/moments.rs"],
        run: |ui| counted(ui, "binary(moments)", ("MOMENTS", "all")),
    },
    Proof {
        name: "kills",
        shows: "`tfy-infra generate` killed at 500 random moments",
        paths: &["generator/src/tree", "generator/tests/it/killed.rs"],
        run: |ui| counted(ui, "test(a_generation_that_is_killed)", ("KILLS", "500")),
    },
    Proof {
        name: "cases",
        shows: "each layer of the golden cases valid with the real AWS provider and clean for checkov, once for each text; every input without a key, a platform in a VPC and one on a cluster that were there, the demo without its cluster, the quickstart, and the modules alone, applied",
        paths: &[
            "generator/src/plan",
            "generator/templates",
            "generator/tests/cases",
            "modules",
            "acceptance-tests/tests/generator_inputs",
        ],
        run: |ui| {
            let tests = "(binary(generated) & test(/^layers_of_the_cases/)) | test(overrides_are_applied) | \
                         (binary(generator_existing) & test(/^a_platform_/)) | \
                         (binary(modules_scenarios) & test(/_cluster$/)) | test(=demo_applies_is_idempotent_leaks_nothing_and_goes) | \
                         test(=quickstart_applies_is_idempotent_and_goes)";
            counted(ui, tests, ("CASES", "all"))
        },
    },
    Proof {
        name: "upgrades",
        shows: "platforms made with the modules of 376af31, all scenarios, both examples and every other module, go to those at hand: nothing that holds data or an address is destroyed or replaced, and what else is stands in the guide; a network that something holds ends in AWS's words within the provider's own time limits",
        paths: &[
            "modules",
            "generator/src/plan",
            "generator/templates",
            "acceptance-tests/aws/local_aws",
            "acceptance-tests/src/guide.rs",
            "acceptance-tests/tests/modules_upgrade",
            "acceptance-tests/tests/upgrade",
            "acceptance-tests/tests/upgrade.rs",
            "acceptance-tests/tests/leftovers",
        ],
        run: |ui| {
            let tests = "binary(modules_upgrade) | binary(upgrade) | test(a_network_that_something_holds)";
            counted(ui, tests, ("CASES", "all"))
        },
    },
    Proof {
        name: "drift",
        shows: "a platform in which somebody changes AWS, the control plane, the tree and the spec: each change has a row, nothing else has, and no state is written; what cannot be looked at is told",
        paths: &[
            "generator/src/drift",
            "generator/src/run",
            "generator/src/cli/drift.rs",
            "generator/templates",
            "modules",
            "acceptance-tests/tests/drift.rs",
        ],
        run: |ui| counted(ui, "binary(drift)", ("CASES", "all")),
    },
    Proof {
        name: "add-on-kills",
        shows: "installs, upgrades and uninstalls of add-ons on a real control plane, with Terraform, its providers and Helm killed at 30 random moments; controllers that die while a destroy waits for them, and come back; and the layer with one token of the AWS provider where `aws` is not there",
        paths: &[
            "generator/src/run",
            "generator/templates/addons",
            "modules/addons",
            "acceptance-tests/providers/src",
            "acceptance-tests/tests/layer_addons.rs",
            "acceptance-tests/tests/layer_addons",
        ],
        run: |ui| {
            counted(
                ui,
                "test(runs_that_are_killed_converge) | test(/^token::/) | test(/^died::/)",
                ("KILLS", "30"),
            )
        },
    },
    Proof {
        name: "add-on-upgrades",
        shows: "the whole set of add-ons on a real control plane, each chart one version later with changed custom resources, and without the pool `critical`",
        paths: &[
            "generator/src/plan/addons.rs",
            "generator/templates/addons",
            "modules/addons",
            "acceptance-tests/providers/src",
            "acceptance-tests/charts",
            "acceptance-tests/tests/layer_addons",
        ],
        run: |ui| counted(ui, "test(every_chart_is_upgraded_in_place)", ("CASES", "all")),
    },
    Proof {
        name: "charts",
        shows: "the real charts, in the folder that `CHART_SOURCES` names: what the layer sends them rendered for the oldest and the newest Kubernetes, every object before a strict API server and beside what is recorded, and all of them installed, upgraded and removed; with `TEST_PROVIDERS`, by providers other than our doubles",
        paths: &[
            "generator/src/plan/addons.rs",
            "generator/templates/addons",
            "modules/addons",
            "acceptance-tests/providers/src",
            "acceptance-tests/charts",
            "acceptance-tests/src/charts",
            "acceptance-tests/tests/layer_addons",
        ],
        run: charts::proved,
    },
    Proof {
        name: "kubernetes-minors",
        shows: "every object of our charts and of Terraform in the cluster, taken by the API servers of the oldest and of the newest Kubernetes in support, with no field that they do not know",
        paths: &[
            "modules/addons",
            "generator/tests/compute",
            "acceptance-tests/charts/crds",
            "acceptance-tests/providers/src/kubernetes",
            "acceptance-tests/tools/kubernetes",
            "acceptance-tests/tools/kubernetes-1.34",
            "acceptance-tests/tests/addons",
        ],
        run: |ui| counted(ui, "test(objects_of_ours_are_taken_strictly)", ("CASES", "all")),
    },
    Proof {
        name: "kubernetes-upgrade",
        shows: "a platform upgraded by one minor of Kubernetes in place: control plane, add-ons of EKS, nodes; nothing made anew, no custom resource lost, budgets of pods held at each look, and no way back",
        paths: &[
            "modules/cluster",
            "modules/addons",
            "generator/src/plan/cluster",
            "generator/src/run",
            "generator/templates",
            "acceptance-tests/aws/local_aws/eks",
            "acceptance-tests/cluster",
            "acceptance-tests/providers/src",
            "acceptance-tests/tools/kubernetes",
            "acceptance-tests/tools/kubernetes-1.34",
            "acceptance-tests/tests/kubernetes_upgrade",
        ],
        run: |ui| counted(ui, "test(a_platform_is_upgraded_by_one_minor)", ("CASES", "all")),
    },
    Proof {
        name: "releases",
        shows: "the helm and kubernetes providers on a real cluster: releases that fail, hang and are killed, twenty at once, and a guard that holds; with `TEST_PROVIDERS`, providers other than our doubles",
        paths: &[
            "acceptance-tests/providers",
            "acceptance-tests/tests/kubernetes_providers",
            "acceptance-tests/tests/kubernetes/guard.rs",
            "acceptance-tests/tools/kubernetes",
        ],
        run: releases,
    },
    Proof {
        name: "agent-token",
        shows: "the layer `agent` on a real control plane at each level of logs, by `tfy-infra` and by hand: the agent's token stands in its Secret alone",
        paths: &[
            "generator/src/run",
            "generator/templates/agent",
            "modules/agent",
            "acceptance-tests/providers/src",
            "acceptance-tests/tests/layer_addons/canary.rs",
        ],
        run: |ui| {
            let binaries = Binaries::build()?.folder().display().to_string();
            nextest(ui, &TESTS, "binary(layer_addons) & test(/^canary::/)", &[(FOLDER, &*binaries)])?;
            passed()
        },
    },
    Proof {
        name: "landing",
        shows: "on which node pool requests land, as Karpenter's own scheduler decides of what the chart renders",
        paths: &[
            "modules/addons/charts/node-pools",
            "modules/addons/node_pools.tf",
            "modules/addons/variables_node_pools.tf",
            "generator/src/plan/compute",
            "acceptance-tests/tools/karpenter",
            "acceptance-tests/tests/addons/landing.rs",
            "acceptance-tests/tests/addons/landing",
        ],
        run: |ui| counted(ui, "test(karpenters_own_scheduler)", ("CASES", "all")),
    },
    Proof {
        name: "fuzz",
        shows: "each fuzz target of the framework for two minutes, or for `FUZZ_SECONDS`",
        paths: &["provider/tfplugin"],
        run: fuzz,
    },
    Proof {
        name: "local-aws",
        shows: "97 resources of 78 kinds with the real AWS provider, against the local AWS",
        paths: &["acceptance-tests/aws"],
        run: local_aws,
    },
    Proof {
        name: "shipped",
        shows: "the acceptance tests with the programs as they are shipped, instead of the tests' own build",
        paths: &["Cargo.toml", "Cargo.lock", "provider", "generator", "modules", "acceptance-tests"],
        run: shipped,
    },
    Proof {
        name: "without-aws",
        shows: "`tfy-infra` built without AWS's SDKs: its own tests, and no crate of them among its dependencies",
        paths: &["Cargo.lock", "generator/Cargo.toml", "generator/src", "generator/tests"],
        run: without_aws,
    },
    Proof {
        name: "newest-terraform",
        shows: "the demo, the scenarios, every kind's life and renaming, and all else that uses a core, with the newest Terraform",
        paths: USED_BY_CORES,
        run: |ui| with_core(ui, Core::Newest),
    },
    Proof {
        name: "opentofu",
        shows: "the same with OpenTofu",
        paths: USED_BY_CORES,
        run: |ui| with_core(ui, Core::OpenTofu),
    },
];

/// What a core meets.
const USED_BY_CORES: &[&str] =
    &["provider", "generator", "modules", "examples", "acceptance-tests/src", "acceptance-tests/tests"];

/// How long each fuzz target runs, in seconds.
const FUZZ_SECONDS: u64 = 120;
/// Each of these is one program; they run one after the other.
const FUZZ_TARGETS: [&str; 5] = ["json", "msgpack", "number", "path", "request"];
const PROPERTY_CASES: &str = "10000";
const MERGES: &str = "100000";
const CARRIERS: &str = "1000000";
/// How tests begin a line that says what they have counted.
const COUNTED: &str = "proved: ";

/// With the provider as it is shipped: what takes a quarter of an hour then takes hours without optimisation.
fn conformance(ui: &Ui) -> Result<String> {
    let built = Built { profile: "release", arguments: &["--package", "terraform-provider-truefoundry"] };
    let finished = nextest(ui, &built, "binary(conformance)", &[("CELLS", "all")])?;
    told(&finished)
}

/// Tests that say themselves what they have counted.
fn counted(ui: &Ui, tests: &str, extent: (&str, &str)) -> Result<String> {
    let binaries = Binaries::build()?.folder().display().to_string();
    told(&nextest(ui, &TESTS, tests, &[extent, (FOLDER, &*binaries)])?)
}

/// As [`counted`], of tests that nothing else runs.
pub(crate) fn counted_ignored(ui: &Ui, tests: &str, variable: (&str, &str)) -> Result<String> {
    let binaries = Binaries::build()?.folder().display().to_string();
    let built = Built { arguments: &["--workspace", "--run-ignored", "only"], ..TESTS };
    told(&nextest(ui, &built, tests, &[variable, (FOLDER, &*binaries)])?)
}

/// What tests say that they have counted.
fn told(finished: &Finished) -> Result<String> {
    let counted: Vec<&str> =
        finished.text.lines().filter_map(|line| line.split_once(COUNTED)).map(|(_, told)| told).collect();
    ensure!(!counted.is_empty(), "the tests did not tell what they counted");
    let mut counted: Vec<&str> = counted.into_iter().map(str::trim).collect();
    // What was printed is shown again at the end.
    counted.sort_unstable();
    counted.dedup();
    Ok(counted.join("; "))
}

fn properties(ui: &Ui) -> Result<String> {
    let tests = "package(tfplugin) | package(tfy-infra)";
    nextest(ui, &TESTS, tests, &[("PROPTEST_CASES", PROPERTY_CASES)])?;
    Ok(format!("{}, property tests with {PROPERTY_CASES} cases each", passed()?))
}

/// Optimised: a minute and a half instead of twenty.
fn redaction(ui: &Ui) -> Result<String> {
    let built = Built { profile: "release", arguments: &["--package", "safe-text"] };
    let tests = "test(no_secret_is_shown_in_any_spelling)";
    nextest(ui, &built, tests, &[("PROPTEST_CASES", CARRIERS)])?;
    Ok(format!("{}, {CARRIERS} secrets and carriers", passed()?))
}

fn merges(ui: &Ui) -> Result<String> {
    nextest(ui, &TESTS, "package(tfy-infra) & test(/^tree::merge/)", &[("PROPTEST_CASES", MERGES)])?;
    Ok(format!("{}, {MERGES} cases each law", passed()?))
}

fn releases(ui: &Ui) -> Result<String> {
    let binaries = Binaries::build()?.folder().display().to_string();
    nextest(ui, &TESTS, "binary(kubernetes_providers)", &[(FOLDER, &*binaries)])?;
    passed()
}

fn without_aws(ui: &Ui) -> Result<String> {
    const LEAN: [&str; 3] = ["--package", "tfy-infra", "--no-default-features"];
    let mut tree = environment::cargo();
    tree.args(["tree", "--locked", "--prefix", "none", "--edges", "normal"]).args(LEAN);
    let output = tree.current_dir(repository::root()).output().context("starting `cargo tree`")?;
    ensure!(output.status.success(), "`cargo tree` failed: {}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8_lossy(&output.stdout);
    let sdk = text.lines().find(|line| line.starts_with("aws-"));
    ensure!(sdk.is_none(), "it is built with `{}`", sdk.unwrap_or_default());
    nextest(ui, &Built { arguments: &LEAN, ..TESTS }, "all()", &[])?;
    passed()
}

fn shipped(ui: &Ui) -> Result<String> {
    let binaries = Binaries::shipped()?.folder().display().to_string();
    nextest(ui, &TESTS, "package(acceptance-tests) - binary(suites)", &[(FOLDER, &*binaries)])?;
    passed()
}

/// Everything that uses a core; what measures is about the core that CI has.
fn with_core(ui: &Ui, core: Core) -> Result<String> {
    let tests = "(package(acceptance-tests) - binary(/_(scale|start|facts)$/)) | package(tfplugin-testing) | \
                 (package(tfy-infra) & binary(it) & test(/^(admins|migrate|outputs|run_layers|saved_plans|shrinking|signals)::/))";
    let (tool, skips) =
        (core.tool()?, repository::target_folder("nextest")?.join(format!("proved-{core}.txt")));
    if skips.exists() {
        fs::remove_file(&skips)?;
    }
    let skips_text = skips.display().to_string();
    let program = tool.path.display().to_string();
    let binaries = Binaries::build()?.folder().display().to_string();
    let variables = [
        (cores::VARIABLE, core.name()),
        (cores::feature::SKIPS, &*skips_text),
        ("TERRAFORM", &*program),
        ("TFY_TERRAFORM", &*program),
        (FOLDER, &*binaries),
    ];
    nextest(ui, &TESTS, tests, &variables)?;
    let skipped = if skips.exists() { fs::read_to_string(&skips)?.lines().count() } else { 0 };
    Ok(format!("{} with {}, {skipped} of them skipped", passed()?, tool.version))
}

/// How tests are built, which parts of the workspace, and which of them are run.
struct Built {
    profile: &'static str,
    arguments: &'static [&'static str],
}

/// As in CI.
const TESTS: Built = Built { profile: PROFILE, arguments: &["--workspace"] };

/// Runs some tests without the limits of CI.
fn nextest(ui: &Ui, built: &Built, tests: &str, variables: &[(&str, &str)]) -> Result<Finished> {
    Venv::local_aws()?;
    Venv::real_clients()?;
    let nextest = Nextest::ready(ui)?;
    let mut command = nextest.command(&["run", "--locked", "--no-fail-fast"]);
    command.args(built.arguments);
    command.args([
        "--cargo-profile",
        built.profile,
        "--profile",
        "prove",
        "--success-output",
        "final",
        "-E",
        tests,
    ]);
    command.args(["--test-threads", &Nextest::capacity().to_string()]);
    command.envs(variables.iter().copied());
    let finished = process::shown(&mut command)?;
    ensure!(finished.success, "tests failed\nhint: the messages are above");
    Ok(finished)
}

/// How many tests the last run of [`nextest`] had, all of which passed.
fn passed() -> Result<String> {
    let report = repository::target().join("nextest/prove/junit.xml");
    let cases = junit::read(&fs_err::read_to_string(report)?)?;
    Ok(format!("{} tests passed", cases.len()))
}

fn local_aws(_: &Ui) -> Result<String> {
    let mut command = Command::new(Venv::local_aws()?.program("python"));
    command.args(["-m", "pytest", "-p", "no:cacheprovider", "-m", "terraform"]);
    command.current_dir(repository::root().join("acceptance-tests/aws"));
    environment::scrub(&mut command);
    command.env("LOCAL_AWS_TERRAFORM", "1").env("TF_PLUGIN_MIRROR", acceptance_tests::plugins::aws_mirror()?);
    let finished = process::shown(&mut command)?;
    let counts = Counts::read(&finished.text);
    ensure!(finished.success && counts.passed > 0 && counts.skipped == 0, "the test did not pass: {counts}");
    Ok(counts.to_string())
}

/// Needs the nightly compiler for coverage, and `cargo-fuzz`.
fn fuzz(ui: &Ui) -> Result<String> {
    let seconds = match std::env::var("FUZZ_SECONDS") {
        Ok(text) => text
            .parse()
            .with_context(|| format!("`FUZZ_SECONDS` is `{text}`, which is no number of seconds"))?,
        Err(_) => FUZZ_SECONDS,
    };
    let program = fuzz_program(ui)?;
    let folder = repository::root().join("provider/tfplugin/fuzz");
    // First all of them are built, so that the time limit is one of the targets alone.
    let built =
        process::shown(cargo_fuzz(&program, &folder, "build").arg("--target-dir").arg(fuzz_builds()))?;
    ensure!(built.success, "the fuzz targets cannot be built\nhint: the messages are above");
    let mut counted = Vec::new();
    for target in FUZZ_TARGETS {
        // What it finds interesting goes into a folder of its own; the corpus of the repository is only read.
        let found = repository::target_folder(&format!("fuzz-corpus/{target}"))?;
        let mut command = cargo_fuzz(&program, &folder, "run");
        command.arg("--target-dir").arg(fuzz_builds()).arg(target).arg(&found);
        command.arg(folder.join("corpus").join(target));
        command.args(["--", "-max_len=4096", &format!("-max_total_time={seconds}")]);
        let limit = Duration::from_secs(seconds) + Duration::from_mins(30);
        let finished = process::shown_as(&mut command, Shown { prefix: "", limit })?;
        ensure!(
            finished.success,
            "`{target}` found something, or did not end in time\nhint: what it found is in `provider/tfplugin/fuzz/artifacts`"
        );
        counted.push(format!(
            "{target} {}",
            executions(&finished.text).with_context(|| format!("`{target}` told no count"))?
        ));
    }
    Ok(format!("{seconds} s each; executions: {}; no finding", counted.join(", ")))
}

/// Without what this program's own Cargo has set for it.
fn cargo_fuzz(program: &Path, folder: &Path, verb: &str) -> Command {
    let mut command = Command::new(program);
    command.args(["fuzz", verb, "--sanitizer", "none", "--fuzz-dir", "."]);
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("CARGO")) {
        command.env_remove(name);
    }
    command.env("RUSTUP_TOOLCHAIN", "nightly").current_dir(folder);
    command
}

fn fuzz_builds() -> PathBuf {
    repository::target().join("fuzz")
}

/// From libFuzzer's last line, `Done 12345 runs in 61 second(s)`.
fn executions(text: &str) -> Option<&str> {
    let line = text.lines().rev().find_map(|line| line.trim().strip_prefix("Done "))?;
    line.split_once(" runs in ").map(|(count, _)| count)
}

fn fuzz_program(ui: &Ui) -> Result<std::path::PathBuf> {
    let nightly = Command::new("rustup").args(["run", "nightly", "rustc", "--version"]).output();
    ensure!(
        nightly.is_ok_and(|output| output.status.success()),
        "there is no nightly compiler\nhint: run `rustup toolchain install nightly --profile minimal`"
    );
    let root = repository::target_folder("tools")?;
    let program = root.join("bin/cargo-fuzz");
    if !program.is_file() {
        ui.detail("building cargo-fuzz, once");
        let mut install = environment::cargo();
        install.args(["install", "--locked", "--quiet", "--version", FUZZ_VERSION, "cargo-fuzz", "--root"]);
        let finished = process::shown(install.arg(&root).current_dir(&root))?;
        ensure!(finished.success, "`cargo install cargo-fuzz` failed\nhint: the messages are above");
    }
    Ok(program)
}

const FUZZ_VERSION: &str = "0.13.2";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn executions_are_read_from_the_last_line() {
        assert_eq!(executions("#9\tREDUCE\nDone 11206872 runs in 601 second(s)\n"), Some("11206872"));
        assert_eq!(executions("#9\tREDUCE\n"), None);
    }
}
