//! Test suites in other languages, run beside the Rust tests: `terraform test` of every module, and the tests of the local
//! AWS. Each prints the closing lines of its own runner, from which `cargo xtask test` takes how many tests there were.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::process::Command;

use acceptance_tests::{Attached, CliConfig, Terraform, Venv, environment, modules, repository, scratch};
use anyhow::{Context as _, Result, ensure};
use fs_err as fs;

/// Passes on what a suite printed, and expects that it passed.
fn passes(mut command: Command, what: &str) -> Result<()> {
    let output = command.output().with_context(|| format!("starting {what}"))?;
    std::io::stdout().write_all(&output.stdout)?;
    std::io::stderr().write_all(&output.stderr)?;
    ensure!(output.status.success(), "{what} failed, with {}\nhint: its messages are above", output.status);
    Ok(())
}

/// In a copy, so that nothing of Terraform's stays in the source tree; of all modules, since they call each other.
fn module_passes(module: &str) -> Result<()> {
    let folder = scratch::folder(&format!("module-tests-{module}"))?;
    let copy = folder.join("modules");
    modules::copy(&copy)?;
    // Of whichever commit the module is, its tests are those at hand.
    let tests = repository::root().join("modules").join(module).join("tests");
    repository::copy_folder(&tests, &copy.join(module).join("tests"))?;
    let terraform = Terraform::new(&copy.join(module), &CliConfig::for_modules()?)?;
    terraform.init()?;
    let test = |terraform: Terraform| {
        passes(terraform.command(&["test", "-no-color"]), &format!("`terraform test` of `{module}`"))
    };
    if !fs::read_to_string(copy.join(module).join("versions.tf"))?.contains("hashicorp/aws") {
        return test(terraform);
    }
    let provider = Attached::aws(terraform.folder(), &folder.join("aws-provider.log"), &[])?;
    test(terraform.with(provider.environment()))
}

/// The tests of the local AWS. What needs the real Terraform for minutes is a proof of its own.
#[test]
fn local_aws() -> Result<()> {
    let mut command = Command::new(Venv::local_aws()?.program("python"));
    command.args(["-m", "pytest", "-p", "no:cacheprovider", "-rs"]);
    command.current_dir(repository::root().join("acceptance-tests/aws"));
    environment::scrub(&mut command);
    passes(command, "`pytest` of the local AWS")
}

/// One test for each module, so that they run side by side, and the list of them.
macro_rules! modules {
    ($($test:ident = $module:literal;)*) => {
        const TESTED: &[&str] = &[$($module),*];
        $(
            #[test]
            fn $test() -> Result<()> {
                module_passes($module)
            }
        )*
    };
}

modules! {
    module_addon_identities = "addon-identities";
    module_addons = "addons";
    module_agent = "agent";
    module_cluster = "cluster";
    module_container_registry = "container-registry";
    module_database = "database";
    module_existing_cluster = "existing-cluster";
    module_existing_network = "existing-network";
    module_file_system = "file-system";
    module_gateway_identity = "gateway-identity";
    module_hcp_identity = "hcp-identity";
    module_ingress = "ingress";
    module_jump_host = "jump-host";
    module_karpenter = "karpenter";
    module_network = "network";
    module_node_group = "node-group";
    module_object_store = "object-store";
    module_platform_identity = "platform-identity";
    module_self_hosted_control_plane = "self-hosted-control-plane";
    module_state_backend = "state-backend";
    module_workload_identity = "workload-identity";
}

/// Tests that nothing runs would rot.
#[test]
fn the_tests_of_every_module_run() -> Result<()> {
    let mut present = BTreeSet::new();
    for entry in fs::read_dir(repository::root().join("modules"))? {
        let module = entry?.path();
        if module.join("tests").is_dir() {
            let name = module.file_name().context("a module has no name")?;
            present.insert(name.to_string_lossy().into_owned());
        }
    }
    let tested: BTreeSet<String> = TESTED.iter().map(|&module| module.to_owned()).collect();
    assert_eq!(present, tested);
    Ok(())
}
