//! Terraform, a provider, and a folder to run the steps in.

use std::ffi::OsString;
use std::path::Path;

use fs_err as fs;
use serde_json::Value;
use tempfile::TempDir;
use tfplugin::proto::tfplugin6::provider_server::Provider;
use tfplugin::transport::{Options, TestServer};
use tokio::runtime::Runtime;

use super::Failure;
use super::canary;
use super::step::{Kind, Step, check_message, object};
use super::terraform::{Run, Terraform};

const PLAN: &str = "test.tfplan";
/// The version that a mirror has the provider in.
const VERSION: &str = "1.0.0";

/// A provider served inside the test. It ends with the rig.
struct Served {
    server: Option<TestServer>,
    runtime: Runtime,
}

impl Drop for Served {
    fn drop(&mut self) {
        if let Some(server) = self.server.take() {
            // How the server ended is no concern of the test that is over.
            self.runtime.block_on(server.stop());
        }
    }
}

/// Terraform with a provider, ready to run steps.
pub struct Rig {
    terraform: Terraform,
    folder: TempDir,
    required: String,
    needs_init: bool,
    secrets: Vec<String>,
    printed: String,
    _served: Option<Served>,
}

impl Rig {
    /// Serves a provider inside this process, and has Terraform use it. `address` is its source address, such as
    /// `registry.terraform.io/example/thing`. The fastest way, and the one with a debugger.
    ///
    /// # Errors
    /// When no socket or folder is to be had.
    pub fn in_process(address: &str, service: impl Provider) -> Result<Self, Failure> {
        let failed = |problem: &dyn ToString| Failure::new("serving the provider", problem.to_string());
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .map_err(|error| failed(&error))?;
        let server = {
            let _inside = runtime.enter();
            TestServer::start(service, &Options::new(address)).map_err(|error| failed(&error))?
        };
        let reattach = ("TF_REATTACH_PROVIDERS".to_owned(), OsString::from(server.reattach()));
        let served = Served { server: Some(server), runtime };
        Self::new(address, vec![reattach], true, Some(served))
    }

    /// Has Terraform start the provider's program by way of `dev_overrides`.
    ///
    /// # Errors
    /// When the program cannot be linked or copied to where Terraform looks for it.
    pub fn dev_overrides(address: &str, program: &Path) -> Result<Self, Failure> {
        let rig = Self::new(address, Vec::new(), false, None)?;
        let folder = rig.folder.path().join("overrides");
        let name = format!("terraform-provider-{}{}", type_of(address), std::env::consts::EXE_SUFFIX);
        let text = format!("dev_overrides {{\n    \"{}\" = {folder:?}\n  }}\n  direct {{}}", short(address));
        rig.installed(&folder, &name, program, &text)
    }

    /// Has Terraform install the provider's program from a mirror in the file system, as it does with a released one.
    ///
    /// # Errors
    /// When the program cannot be linked or copied to where Terraform looks for it.
    pub fn mirror(address: &str, program: &Path) -> Result<Self, Failure> {
        let rig = Self::new(address, Vec::new(), true, None)?;
        let mirror = rig.folder.path().join("mirror");
        let name =
            format!("terraform-provider-{}_v{VERSION}{}", type_of(address), std::env::consts::EXE_SUFFIX);
        let how = format!("filesystem_mirror {{\n    path = {mirror:?}\n  }}");
        // OpenTofu looks for an address without a registry in its own.
        let places = [address.to_owned(), format!("registry.opentofu.org/{}", short(address))];
        places.iter().try_fold(rig, |rig, place| {
            let folder = mirror.join(place).join(VERSION).join(platform());
            rig.installed(&folder, &name, program, &how)
        })
    }

    fn new(
        address: &str,
        variables: Vec<(String, OsString)>,
        needs_init: bool,
        served: Option<Served>,
    ) -> Result<Self, Failure> {
        let failed = |error: std::io::Error| Failure::new("preparing a folder", error.to_string());
        let folder = tempfile::tempdir().map_err(failed)?;
        let work = folder.path().join("work");
        fs::create_dir(&work).map_err(failed)?;
        let log = folder.path().join("trace.log").into_os_string();
        let logs = [("TF_LOG".to_owned(), "TRACE".into()), ("TF_LOG_PATH".to_owned(), log)];
        let terraform = Terraform { folder: work, variables: variables.into_iter().chain(logs).collect() };
        let required = format!(
            "terraform {{\n  required_providers {{\n    {} = {{\n      source = \"{}\"\n    }}\n  }}\n}}\n\n",
            type_of(address),
            short(address)
        );
        let (secrets, printed) = (Vec::new(), String::new());
        Ok(Self { terraform, folder, required, needs_init, secrets, printed, _served: served })
    }

    fn installed(mut self, folder: &Path, name: &str, program: &Path, how: &str) -> Result<Self, Failure> {
        let failed = |error: std::io::Error| Failure::new("installing the provider", error.to_string());
        fs::create_dir_all(folder).map_err(failed)?;
        let target = folder.join(name);
        // A link costs nothing; between file systems there is none.
        if fs::hard_link(program, &target).is_err() {
            fs::copy(program, &target).map_err(failed)?;
        }
        let config = self.folder.path().join("cli.tfrc");
        fs::write(&config, format!("provider_installation {{\n  {how}\n}}\n")).map_err(failed)?;
        self.terraform.variables.push(("TF_CLI_CONFIG_FILE".to_owned(), config.into_os_string()));
        Ok(self)
    }

    /// Sets a variable for Terraform and, where Terraform starts it, the provider.
    #[must_use]
    pub fn environment(mut self, name: impl Into<String>, value: impl Into<OsString>) -> Self {
        self.terraform.variables.push((name.into(), value.into()));
        self
    }

    /// Gives the configuration's variable `name` a secret value. Declare it with `ephemeral = true`. After the last step
    /// the kit looks for the value in states, plans, Terraform's trace and all that was printed.
    #[must_use]
    pub fn secret(mut self, name: &str, value: &str) -> Self {
        self.secrets.push(value.to_owned());
        self.environment(format!("TF_VAR_{name}"), value)
    }

    /// Runs the steps, destroys what is left, expects an empty state, and looks for secrets.
    ///
    /// # Errors
    /// The first thing that is not as expected.
    pub fn run(mut self, steps: impl IntoIterator<Item = Step>) -> Result<(), Failure> {
        for (number, step) in steps.into_iter().enumerate() {
            let title = format!("step {} ({})", number + 1, step.title());
            self.step(step).map_err(|problem| Failure::new(title, problem))?;
        }
        self.destroy().map_err(|problem| Failure::new("destroy at the end", problem))?;
        self.look_for_secrets().map_err(|problem| Failure::new("secrets", problem))
    }

    fn step(&mut self, mut step: Step) -> Result<(), String> {
        if let Some(before) = step.before.take() {
            before(&self.terraform.folder)?;
        }
        match &step.kind {
            Kind::Apply(config) => self.apply(config, &step, true),
            Kind::Plan(config) => self.apply(config, &step, false),
            Kind::Import { address, id, ignored } => self.import(address, id, ignored),
        }
    }

    fn apply(&mut self, config: &str, step: &Step, for_good: bool) -> Result<(), String> {
        self.write(&self.terraform.folder, config)?;
        if self.needs_init {
            self.keep(&self.terraform.expect(&["init", "-no-color"], &[0])?);
            self.needs_init = false;
        }
        let planned = self.terraform.run(&["plan", "-no-color", "-detailed-exitcode", "-out", PLAN])?;
        let mut message = planned.message();
        let mut failed = !matches!(planned.code, 0 | 2);
        self.keep(&planned);
        if !failed {
            step.check_plan(&self.terraform.show(&[PLAN])?)?;
            if for_good {
                let applied = self.terraform.run(&["apply", "-no-color", PLAN])?;
                failed = applied.code != 0;
                message = format!("{message} {}", applied.message());
                self.keep(&applied);
            }
        }
        step.check_messages(&message)?;
        match (&step.fails, failed) {
            (Some(pattern), true) => return check_message(pattern, &message),
            (Some(pattern), false) => return Err(format!("a failure that matches `{pattern}` is expected")),
            // The plan that comes before it says nothing about the failure.
            (None, true) => return Err(message[message.find("Error:").unwrap_or(0)..].to_owned()),
            (None, false) => {}
        }
        step.check_state(&self.terraform.show(&[])?)?;
        if for_good && step.settles {
            let again = self.terraform.expect(&["plan", "-no-color", "-detailed-exitcode"], &[0, 2])?;
            if again.code == 2 {
                return Err(format!("the plan after it is not empty:\n{}", again.text));
            }
        }
        Ok(())
    }

    fn import(&mut self, address: &str, id: &str, ignored: &[String]) -> Result<(), String> {
        let expected = object(&self.terraform.show(&[])?, address).cloned();
        let expected = expected.ok_or_else(|| format!("`{address}` is not in the state"))?;
        let id = match &expected[id] {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        let text = |error: std::io::Error| error.to_string();
        let folder = tempfile::tempdir_in(self.folder.path()).map_err(text)?;
        let there = self.terraform.within(folder.path());
        let config = fs::read_to_string(self.terraform.folder.join("main.tf")).map_err(text)?;
        fs::write(folder.path().join("main.tf"), config).map_err(text)?;
        if !self.overridden() {
            self.keep(&there.expect(&["init", "-no-color"], &[0])?);
        }
        self.keep(&there.expect(&["import", "-no-color", address, &id], &[0])?);
        let state = there.show(&[])?;
        let found = object(&state, address).ok_or("the import left nothing in the state")?;
        let differing = expected.as_object().into_iter().flatten().find(|(name, value)| {
            !ignored.contains(name) && found.get(name.as_str()).unwrap_or(&Value::Null) != *value
        });
        match differing {
            Some((name, value)) => {
                Err(format!("`{address}.{name}` is {} after the import, but was {value}", found[name]))
            }
            None => Ok(()),
        }
    }

    fn overridden(&self) -> bool {
        self.folder.path().join("overrides").is_dir()
    }

    fn destroy(&mut self) -> Result<(), String> {
        if !self.terraform.folder.join("terraform.tfstate").exists() {
            return Ok(());
        }
        self.keep(&self.terraform.expect(&["destroy", "-no-color", "-auto-approve"], &[0])?);
        let state = self.terraform.show(&[])?;
        if state["values"].is_null() {
            Ok(())
        } else {
            Err(format!("something is left in the state: {state}"))
        }
    }

    fn look_for_secrets(&self) -> Result<(), String> {
        for secret in &self.secrets {
            if canary::holds(self.printed.as_bytes(), secret.as_bytes()) {
                return Err("a secret was printed".to_owned());
            }
            let found = canary::files_with(secret, self.folder.path()).map_err(|error| error.to_string())?;
            // The provider's program may hold anything: a test program holds its own secrets.
            let is_program = |file: &Path| {
                file.file_name().is_some_and(|name| name.to_string_lossy().starts_with("terraform-provider-"))
            };
            if let Some(file) = found.iter().find(|file| !is_program(file)) {
                let name = file.strip_prefix(self.folder.path()).unwrap_or(file);
                return Err(format!("a secret stands in `{}`", name.display()));
            }
        }
        Ok(())
    }

    fn write(&self, folder: &Path, config: &str) -> Result<(), String> {
        let text = format!("{}{config}", self.required);
        fs::write(folder.join("main.tf"), text).map_err(|error| error.to_string())
    }

    fn keep(&mut self, run: &Run) {
        self.printed.push_str(&run.text);
    }
}

/// `thing` of `registry.terraform.io/example/thing`.
fn type_of(address: &str) -> &str {
    address.rsplit('/').next().unwrap_or(address)
}

/// The address as configurations write it.
fn short(address: &str) -> &str {
    address.strip_prefix("registry.terraform.io/").unwrap_or(address)
}

/// This machine as Terraform names it.
fn platform() -> String {
    let os = if cfg!(target_os = "macos") { "darwin" } else { std::env::consts::OS };
    let architecture = match std::env::consts::ARCH {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        "x86" => "386",
        other => other,
    };
    format!("{os}_{architecture}")
}
