//! One whole platform on this machine: a local AWS, a sandbox control plane, where it is wanted a Kubernetes cluster behind EKS and a
//! repository of charts, and the generator between them.

mod addons;
mod inside;

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};
use fs_err as fs;
use serde_json::{Value, json};

use crate::kubernetes::Minor;
use crate::state::{Contents, LAYERS};
use crate::{Binaries, CliConfig, Core, LocalAws, Sandbox, Terraform, environment, repository};

pub use inside::{Inside, Pods};

/// A platform: where it is generated, and the two servers that it is applied to.
#[derive(Debug)]
pub struct Platform {
    /// The local AWS.
    pub aws: LocalAws,
    /// The control plane.
    pub sandbox: Sandbox,
    /// The cluster behind EKS, if there is one.
    pub inside: Option<Inside>,
    /// The generated tree.
    pub folder: PathBuf,
    generator: PathBuf,
    spec: PathBuf,
    config: CliConfig,
    variables: Vec<(String, String)>,
}

impl Platform {
    /// Starts the servers for an example of the repository, to be generated into `folder` without add-ons: nothing answers where EKS
    /// says that the cluster is. Logs, and the spec with the sandbox as its control plane, go to `logs`.
    ///
    /// # Errors
    /// When a server does not come up, or the example is missing.
    pub fn start(binaries: &Binaries, example: &str, folder: &Path, logs: &Path) -> Result<Self> {
        Self::of(binaries, &of_example(example)?, folder, logs)
    }

    /// The same with a Kubernetes cluster behind EKS, and a repository of stand-ins from which the add-ons' charts come.
    ///
    /// # Errors
    /// As [`Platform::start`].
    pub fn start_with_cluster(
        binaries: &Binaries,
        example: &str,
        folder: &Path,
        logs: &Path,
    ) -> Result<Self> {
        Self::with_cluster(binaries, &of_example(example)?, folder, logs)
    }

    /// As [`Platform::start`] for a spec of the test's own, whose `host:` is replaced by the sandbox's.
    ///
    /// # Errors
    /// When a server does not come up, or the spec does not name `host:` once.
    pub fn of(binaries: &Binaries, text: &str, folder: &Path, logs: &Path) -> Result<Self> {
        let aws = LocalAws::start(&logs.join("local-aws.log"))?;
        Self::on(binaries, aws, None, &addons::without(text), folder, logs)
    }

    /// As [`Platform::start_with_cluster`] for a spec of the test's own.
    ///
    /// # Errors
    /// As [`Platform::of`].
    pub fn with_cluster(binaries: &Binaries, text: &str, folder: &Path, logs: &Path) -> Result<Self> {
        Self::with_cluster_of(Minor::Newest, binaries, text, folder, logs)
    }

    /// As [`Platform::with_cluster`], with a control plane of the minor that the spec says.
    ///
    /// # Errors
    /// As [`Platform::of`].
    pub fn with_cluster_of(
        minor: Minor,
        binaries: &Binaries,
        text: &str,
        folder: &Path,
        logs: &Path,
    ) -> Result<Self> {
        let aws = LocalAws::start(&logs.join("local-aws.log"))?;
        let inside = Inside::start(&aws, &addons::name(text)?, minor, &logs.join("kubernetes"))?;
        let text = addons::from_mirror(text, &inside.charts.url());
        Self::on(binaries, aws, Some(inside), &text, folder, logs)
    }

    fn on(
        binaries: &Binaries,
        aws: LocalAws,
        inside: Option<Inside>,
        text: &str,
        folder: &Path,
        logs: &Path,
    ) -> Result<Self> {
        if let Some(zone) = addons::zone(text) {
            aws.account(&json!({ "hosted_zones": [zone] }))?;
        }
        let config = CliConfig::new(binaries)?;
        let sandbox = Sandbox::start(binaries, &logs.join("sandbox.log"))?;
        let spec = logs.join("platform.yaml");
        fs::write(&spec, with_host(text, sandbox.host())?)?;
        // The generator's commands run the core of the tests too, and not the `terraform` that happens to be on PATH.
        let core = Core::current()?.tool()?.path.display().to_string();
        let mut variables =
            [aws.environment(), &sandbox.environment(), &[("TFY_TERRAFORM".to_owned(), core)]].concat();
        if let Some(inside) = &inside {
            variables.extend(inside.environment()?);
        }
        let generator = binaries.generator.clone();
        Ok(Self { aws, sandbox, inside, folder: folder.to_path_buf(), generator, spec, config, variables })
    }

    /// With more variables for the generator and Terraform.
    #[must_use]
    pub fn with(mut self, variables: impl IntoIterator<Item = (String, String)>) -> Self {
        self.variables.extend(variables);
        self
    }

    /// The spec with the sandbox as its control plane.
    #[must_use]
    pub fn spec(&self) -> &Path {
        &self.spec
    }

    /// `tfy-infra generate`, not started yet.
    #[must_use]
    pub fn generate(&self) -> Command {
        let mut command = self.generator(&["generate"]);
        command.arg("-f").arg(&self.spec).arg("-o").arg(&self.folder);
        command
    }

    /// `tfy-infra apply`, side by side where no layer waits for the other, not started yet.
    #[must_use]
    pub fn apply(&self) -> Command {
        let mut command =
            self.generator(&["apply", "--auto-approve", "--caller-is-admin", "--parallel-layers"]);
        command.arg("-d").arg(&self.folder);
        command
    }

    /// `tfy-infra plan` of all layers side by side, not started yet. Its exit code is 0 only when no layer has
    /// anything to do.
    #[must_use]
    pub fn plan(&self) -> Command {
        let mut command = self.generator(&["plan", "--detailed-exitcode", "--parallel-layers"]);
        command.arg("-d").arg(&self.folder);
        command
    }

    /// `tfy-infra drift` with its rows as JSON, not started yet.
    #[must_use]
    pub fn drift(&self) -> Command {
        let mut command = self.generator(&["drift", "--json"]);
        command.arg("-f").arg(&self.spec).arg("-d").arg(&self.folder);
        command
    }

    /// `tfy-infra upgrade` of what is in the folder, not started yet.
    #[must_use]
    pub fn upgrade(&self) -> Command {
        let mut command = self.generator(&["upgrade", "--caller-is-admin"]);
        command.arg("-f").arg(&self.spec).arg("-d").arg(&self.folder);
        command
    }

    /// `tfy-infra destroy`, side by side where no layer waits for the other, not started yet.
    #[must_use]
    pub fn destroy(&self) -> Command {
        let mut command = self.generator(&["destroy", "--auto-approve", "--parallel-layers"]);
        command.arg("-d").arg(&self.folder);
        command
    }

    /// `tfy-infra migrate`, not started yet.
    #[must_use]
    pub fn migrate(&self) -> Command {
        let mut command = self.generator(&["migrate"]);
        command.arg("-d").arg(&self.folder);
        command
    }

    fn generator(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.generator);
        command.args(arguments).current_dir(repository::root());
        environment::scrub(&mut command);
        command.env("TF_CLI_CONFIG_FILE", self.config.path());
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
        command
    }

    /// Terraform in one layer.
    ///
    /// # Errors
    /// When `terraform` is missing.
    pub fn layer(&self, name: &str) -> Result<Terraform> {
        Ok(Terraform::new(&self.folder.join(name), &self.config)?.with(self.variables.clone()))
    }

    /// What each layer's state holds, in the order of the layers.
    ///
    /// # Errors
    /// When a state cannot be read.
    pub fn contents(&self) -> Result<Vec<(&'static str, Contents)>> {
        LAYERS
            .into_iter()
            .map(|layer| Ok((layer, Contents::read(&state_file(&self.folder, layer))?)))
            .collect()
    }

    /// The agent's token, as an operator reads it from the control plane.
    ///
    /// # Errors
    /// When the layer is not applied, or the control plane gives no token.
    pub fn cluster_token(&self) -> Result<String> {
        let cluster = self.cluster()?;
        let id = cluster["id"].as_str().context("the cluster has no `id`")?;
        let answer = self.sandbox.get(&format!("/api/svc/v1/cluster/{id}/token"))?;
        Ok(answer["clusterToken"].as_str().context("the control plane gives no `clusterToken`")?.to_owned())
    }

    /// What the control plane was told of the cluster: the attributes of `truefoundry_cluster`.
    ///
    /// # Errors
    /// When the layer `platform` is not applied.
    pub fn cluster(&self) -> Result<Value> {
        self.attributes("platform", "truefoundry_cluster")
    }

    /// The targets of the load balancer's only target group, as AWS says how each is.
    ///
    /// # Errors
    /// When the layer `ingress` is not applied, or AWS cannot be asked.
    pub fn target_health(&self) -> Result<String> {
        let group = self.attributes("ingress", "aws_lb_target_group")?;
        let arn = group["arn"].as_str().context("a target group without an ARN")?;
        let asked = format!("Action=DescribeTargetHealth&Version=2015-12-01&TargetGroupArn={arn}");
        self.aws.query("us-east-1", "elasticloadbalancing", &asked)
    }

    /// Whether the control plane says that the cluster is connected, by the agent in it.
    ///
    /// # Errors
    /// When the layer `platform` is not applied, or the control plane cannot be asked.
    pub fn is_connected(&self) -> Result<bool> {
        let cluster = self.cluster()?;
        let id = cluster["id"].as_str().context("the cluster has no `id`")?;
        let answer = self.sandbox.get(&format!("/api/svc/v1/clusters/{id}/is-connected"))?;
        Ok(answer["isConnected"] == true)
    }

    /// The attributes of the first object of a type in a layer's state.
    ///
    /// # Errors
    /// When there is none, or no state.
    pub fn attributes(&self, layer: &str, kind: &str) -> Result<Value> {
        let file = state_file(&self.folder, layer);
        let state: Value = serde_json::from_slice(&fs::read(&file)?)?;
        let resources = state["resources"].as_array();
        let found = resources
            .into_iter()
            .flatten()
            .find(|resource| resource["mode"] == "managed" && resource["type"] == kind)
            .with_context(|| format!("no `{kind}` in `{}`", file.display()))?;
        Ok(found["instances"][0]["attributes"].clone())
    }
}

fn of_example(example: &str) -> Result<String> {
    Ok(fs::read_to_string(repository::root().join("examples").join(example).join("platform.yaml"))?)
}

fn state_file(folder: &Path, layer: &str) -> PathBuf {
    folder.join(layer).join("terraform.tfstate")
}

/// Forgets the state of a tree whose servers are gone, and notes as `tfy-infra` does that nothing is there. Nothing else in the tree is touched.
///
/// # Errors
/// When a file cannot be removed or written.
pub fn forget_state(folder: &Path) -> Result<()> {
    for name in LAYERS {
        let layer = folder.join(name);
        if layer.is_dir() {
            let seen = json!({ "backend": { "local": { "path": "terraform.tfstate" } }, "serial": 0, "managed": [] });
            fs::create_dir_all(folder.join(".tfy-infra/seen"))?;
            fs::write(folder.join(format!(".tfy-infra/seen/{name}.json")), seen.to_string())?;
        }
        for name in ["terraform.tfstate", "terraform.tfstate.backup", ".terraform.lock.hcl"] {
            if layer.join(name).exists() {
                fs::remove_file(layer.join(name))?;
            }
        }
        if layer.join(".terraform").exists() {
            fs::remove_dir_all(layer.join(".terraform"))?;
        }
    }
    Ok(())
}

/// The spec with another control plane.
fn with_host(spec: &str, host: &str) -> Result<String> {
    let mut replaced = 0;
    let mut text = String::new();
    for line in spec.lines() {
        let indent = line.len() - line.trim_start().len();
        if line.trim_start().starts_with("host:") {
            replaced += 1;
            text.push_str(&line[..indent]);
            text.push_str(&format!("host: {host}"));
        } else {
            text.push_str(line);
        }
        text.push('\n');
    }
    if replaced != 1 {
        bail!("the spec names `host:` {replaced} times, not once");
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_host_is_replaced_in_place() {
        let spec = "name: a\ntruefoundry:\n  host: https://acme.example # theirs\n  x: 1\n";
        let expected = "name: a\ntruefoundry:\n  host: http://127.0.0.1:9\n  x: 1\n";
        assert_eq!(with_host(spec, "http://127.0.0.1:9").unwrap(), expected);
        let error = with_host("name: a\n", "http://127.0.0.1:9").unwrap_err();
        assert_eq!(error.to_string(), "the spec names `host:` 0 times, not once");
    }

    #[test]
    fn forgetting_keeps_the_code() {
        let folder = tempfile::tempdir().unwrap();
        let layer = folder.path().join("network");
        fs::create_dir_all(layer.join(".terraform")).unwrap();
        fs::write(layer.join("terraform.tfstate"), "{}").unwrap();
        fs::write(layer.join("main.tf"), "").unwrap();
        forget_state(folder.path()).unwrap();
        let left: Vec<_> = fs::read_dir(&layer).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(left, ["main.tf"]);
    }
}
