//! Running `helm`.

use std::ffi::{OsStr, OsString};
use std::os::unix::process::{CommandExt as _, parent_id};
use std::path::PathBuf;
use std::process::{self, ExitCode, Stdio};
use std::{env, io};

use jiff::SignedDuration;
use rustix::process::{Signal, set_parent_process_death_signal};
use tempfile::NamedTempFile;
use tokio::io::AsyncWriteExt as _;
use tokio::process::Command;

use crate::cluster::{Endpoint, SignIn, Unusable, written};

/// The first argument of this program when it is to run `helm` and end it with its own parent.
const GUARD: &str = "--guard-helm";

/// Variables that lead `helm` to a cluster; the real provider takes them from its configuration alone.
const LEADING: [&str; 10] = [
    "KUBECONFIG",
    "HELM_KUBEAPISERVER",
    "HELM_KUBEASGROUPS",
    "HELM_KUBEASUSER",
    "HELM_KUBECAFILE",
    "HELM_KUBECONTEXT",
    "HELM_KUBEINSECURE_SKIP_TLS_VERIFY",
    "HELM_KUBETLS_SERVER_NAME",
    "HELM_KUBETOKEN",
    "HELM_NAMESPACE",
];

/// How `helm` is started.
#[derive(Clone, Default)]
pub(super) struct Launcher(Option<PathBuf>);

impl Launcher {
    /// By way of this program, which sees to it that `helm` does not outlive it.
    pub(super) fn guarded() -> Self {
        Self(env::current_exe().ok())
    }

    fn command(&self, program: &OsStr) -> Command {
        match &self.0 {
            None => Command::new(program),
            Some(ourselves) => {
                let mut command = Command::new(ourselves);
                command.arg(GUARD).arg(process::id().to_string()).arg(program);
                command
            }
        }
    }
}

/// Becomes `helm`, with the order to die with the provider, if the command line says so. Without it a killed provider would
/// leave a `helm` that goes on, and no release would ever stay pending as it does with the real provider, which *is* Helm.
#[must_use]
pub fn guard(args: impl IntoIterator<Item = OsString>) -> Option<ExitCode> {
    let mut args = args.into_iter().skip(1);
    if args.next()? != GUARD {
        return None;
    }
    let (parent, program) = (args.next()?, args.next()?);
    let ordered = set_parent_process_death_signal(Some(Signal::KILL));
    // The provider may have ended before the order was given.
    if ordered.is_err() || parent.to_str() != Some(&parent_id().to_string()) {
        return Some(ExitCode::FAILURE);
    }
    let error = process::Command::new(&program).args(args).exec();
    let not_there = error.kind() == io::ErrorKind::NotFound;
    // What a shell answers for a command that it does not find, and for one that it cannot run.
    Some(ExitCode::from(if not_there { 127 } else { 126 }))
}

/// What the provider's configuration says of Helm itself.
pub(super) struct Settings {
    /// Flags for every command.
    pub(super) flags: Vec<String>,
    /// Variables.
    pub(super) variables: Vec<(&'static str, String)>,
    /// The program.
    pub(super) program: OsString,
}

/// The program with the cluster that it works on.
pub(super) struct Program {
    launcher: Launcher,
    cluster: Result<Endpoint, Unusable>,
    sign_in: SignIn,
    settings: Settings,
}

/// One run.
#[derive(Clone, Default)]
pub(super) struct Call {
    args: Vec<String>,
    /// The arguments as a log may show them.
    shown: Vec<String>,
    input: Option<String>,
    namespace: Option<String>,
    lasts: SignedDuration,
}

impl Call {
    pub(super) fn new(command: &str) -> Self {
        Self::default().arg(command)
    }

    pub(super) fn arg(mut self, arg: impl Into<String>) -> Self {
        let arg = arg.into();
        self.shown.push(arg.clone());
        self.args.push(arg);
        self
    }

    pub(super) fn args<S: Into<String>>(self, args: impl IntoIterator<Item = S>) -> Self {
        args.into_iter().fold(self, Self::arg)
    }

    /// An argument of which a log shows only `shown`.
    pub(super) fn secret(mut self, arg: String, shown: impl Into<String>) -> Self {
        self.shown.push(shown.into());
        self.args.push(arg);
        self
    }

    /// What is written to its standard input.
    pub(super) fn input(self, input: &str) -> Self {
        Self { input: Some(input.to_owned()), ..self }
    }

    /// It works on this namespace of the cluster, and may take so many seconds. Without it, it needs no cluster.
    pub(super) fn on(self, namespace: &str, seconds: i64) -> Self {
        let lasts = SignedDuration::from_secs(seconds);
        Self { namespace: Some(namespace.to_owned()), lasts, ..self }
    }
}

/// Why a run gave nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Failed {
    /// It was not run, for want of a cluster.
    Unusable(Unusable),
    /// It could not be started.
    Start(String),
    /// It said this.
    Said(String),
}

impl Failed {
    /// What it said, without what the command line puts before the words of Helm's library.
    pub(super) fn message(&self) -> String {
        match self {
            Self::Unusable(why) => format!("Kubernetes cluster unreachable: {why}"),
            Self::Start(why) => why.clone(),
            Self::Said(text) => {
                let said = text.rfind("Error: ").map_or(text.as_str(), |at| &text[at + "Error: ".len()..]);
                let said = said.trim();
                let prefixes = ["INSTALLATION FAILED: ", "UPGRADE FAILED: "];
                let found = prefixes.iter().find_map(|prefix| said.strip_prefix(prefix));
                found.unwrap_or(said).to_owned()
            }
        }
    }
}

impl Program {
    pub(super) fn new(launcher: Launcher, cluster: Result<Endpoint, Unusable>, settings: Settings) -> Self {
        Self { launcher, cluster, sign_in: SignIn::default(), settings }
    }

    /// Runs it, and gives what it printed.
    pub(super) async fn run(&self, call: &Call) -> Result<String, Failed> {
        let mut command = self.launcher.command(&self.settings.program);
        LEADING.iter().for_each(|name| {
            command.env_remove(name);
        });
        command.envs(self.settings.variables.iter().map(|(name, value)| (name, value)));
        command.args(&call.args).args(&self.settings.flags);
        // Kept until the run has ended.
        let mut kubeconfig = None;
        if let Some(namespace) = &call.namespace {
            let file = self.kubeconfig(namespace, call.lasts).await?;
            command.arg("--namespace").arg(namespace).arg("--kubeconfig").arg(file.path());
            kubeconfig = Some(file);
        }
        tracing::debug!("helm {}", call.shown.join(" "));
        let output = execute(command, call.input.as_deref()).await.map_err(|error| {
            Failed::Start(format!("`{}` cannot be started: {error}", self.settings.program.display()))
        })?;
        drop(kubeconfig);
        if output.status.success() {
            return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
        }
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        let said = match (said.trim().is_empty(), output.status.code()) {
            (true, Some(126 | 127)) => {
                return Err(Failed::Start(format!(
                    "`{}` cannot be started: install Helm 3, or name the program in the variable `HELM`",
                    self.settings.program.display()
                )));
            }
            (true, _) => format!("helm ended with {}", output.status),
            (false, _) => tfplugin::log::scrub(&said).into_owned(),
        };
        Err(Failed::Said(said))
    }

    async fn kubeconfig(&self, namespace: &str, lasts: SignedDuration) -> Result<NamedTempFile, Failed> {
        let endpoint = self.cluster.as_ref().map_err(|why| Failed::Unusable(why.clone()))?;
        let credential = self.sign_in.lasting(&endpoint.user, lasts).await.map_err(Failed::Unusable)?;
        let text = written(endpoint, namespace, credential.as_ref());
        temporary(&text).map_err(|error| Failed::Start(error.to_string()))
    }
}

/// A file that only we can read, for as long as it is held.
pub(super) fn temporary(text: &str) -> io::Result<NamedTempFile> {
    let file = tempfile::Builder::new().prefix("helm-").suffix(".yaml").tempfile()?;
    fs_err::write(file.path(), text)?;
    Ok(file)
}

async fn execute(mut command: Command, input: Option<&str>) -> io::Result<process::Output> {
    command.stdin(if input.is_some() { Stdio::piped() } else { Stdio::null() });
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    if let (Some(input), Some(mut pipe)) = (input, child.stdin.take()) {
        pipe.write_all(input.as_bytes()).await?;
    }
    child.wait_with_output().await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_what_helm_says_the_words_of_its_library_are_kept() {
        let message = |text: &str| Failed::Said(text.to_owned()).message();
        assert_eq!(
            message("W1128 warning\nError: INSTALLATION FAILED: cannot re-use a name that is still in use\n"),
            "cannot re-use a name that is still in use"
        );
        assert_eq!(
            message("Error: UPGRADE FAILED: another operation is in progress"),
            "another operation is in progress"
        );
        assert_eq!(message("panic: x"), "panic: x");
        let unusable = Failed::Unusable(Unusable::Unknown);
        assert_eq!(
            unusable.message(),
            "Kubernetes cluster unreachable: the provider's configuration holds values that are not known yet"
        );
    }

    #[test]
    fn another_command_line_is_the_providers_own() {
        let args = |args: &[&str]| args.iter().map(OsString::from).collect::<Vec<_>>();
        assert!(guard(args(&["terraform-provider-helm"])).is_none());
        assert!(guard(args(&["terraform-provider-helm", "--debug"])).is_none());
        let stranger = guard(args(&["terraform-provider-helm", GUARD, "1", "true"]));
        assert_eq!(format!("{stranger:?}"), format!("{:?}", Some(ExitCode::FAILURE)));
    }
}
