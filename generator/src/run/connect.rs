//! The way to the API for a command of the user's own: over a forwarded port where that is the platform's, else as it is.

use std::ffi::OsString;
use std::io::{IsTerminal, Write};
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::iterator::Signals;
use tempfile::NamedTempFile;

use super::in_cluster::{CLUSTER, Cluster};
use super::session::{self, Session};
use super::terraform::Terraform;
use super::way::Way;
use super::{RunError, deaf, kubeconfig, manifest, reach};
use crate::diag::Diagnostic;
use crate::screen;

/// How to connect.
#[derive(Debug, Clone)]
pub struct Connect {
    /// The generated directory.
    pub dir: PathBuf,
    /// The `terraform` program.
    pub terraform: PathBuf,
    /// The port of this machine that is forwarded.
    pub port: u16,
    /// The command to run; none to keep the port forwarded until Ctrl-C.
    pub command: Vec<OsString>,
}

/// Runs the command with the way to the API, and gives its exit code; 128 and more after a signal.
///
/// # Errors
/// [`RunError`] when the directory or the machine lacks something, or there is no way to the API.
pub fn connect(options: &Connect) -> Result<u8, RunError> {
    let told = manifest(&options.dir)?;
    super::moves::check(&options.dir, &told.layers, &[])?;
    let way = Way::of(&told.inputs);
    if way != Way::Ssm && options.command.is_empty() {
        return Err(RunError::Input(nothing_to_forward(&way, &options.dir)));
    }
    let terraform = Terraform::find(&options.terraform)?;
    let outputs = outputs(&terraform, &options.dir.join(CLUSTER))?;
    let failed = |e: super::commands::Failed| RunError::Machine(e.into_diagnostic());
    let cluster = Cluster::told(&outputs).map_err(failed)?.ok_or_else(|| not_applied(&options.dir))?;
    if way != Way::Ssm {
        reach::check(&cluster, &way, &options.dir, "COMMAND").map_err(failed)?;
        let address = reach::address();
        return with_kubeconfig(&cluster, address.as_deref(), |file| run(options, address.as_deref(), file));
    }
    let outputs: serde_json::Value = serde_json::from_str(&outputs).unwrap_or_default();
    let instance = outputs["ssm_instance_id"]["value"].as_str().ok_or_else(|| not_applied(&options.dir))?;
    session::check(options.port).map_err(RunError::Machine)?;
    let mut session = Session::start(&cluster, instance, options.port).map_err(RunError::Machine)?;
    session.ready(&cluster).map_err(RunError::Machine)?;
    let address = session.address();
    with_kubeconfig(&cluster, Some(&address), |file| {
        if options.command.is_empty() {
            return stay(&mut session, &cluster, file);
        }
        let code = run(options, Some(&address), file)?;
        if session.has_ended() {
            let told = crate::diag::Report::single(session.explained());
            // With standard error closed there is nobody left to tell.
            let _ = screen::err().report(&told, false);
        }
        Ok(code)
    })
}

/// The outputs of a layer as JSON.
fn outputs(terraform: &Terraform, layer: &Path) -> Result<String, RunError> {
    if !layer.join(".terraform").exists() {
        asked(terraform, layer, &["init", "-input=false", "-no-color"])?;
    }
    asked(terraform, layer, &["output", "-json", "-no-color"])
}

fn asked(terraform: &Terraform, layer: &Path, args: &[&str]) -> Result<String, RunError> {
    let problem = |cause: String| RunError::Machine(unasked(args[0], layer, cause));
    let output = terraform.command(layer, args).output().map_err(|e| problem(e.to_string()))?;
    if output.status.success() {
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    } else {
        Err(problem(String::from_utf8_lossy(&output.stderr).trim().to_owned()))
    }
}

fn not_applied(dir: &Path) -> RunError {
    let (name, dir) = (dir.display(), crate::shell::word(dir));
    RunError::Input(
        Diagnostic::new(format!("the layer `{CLUSTER}` of `{name}` tells of no way to a cluster yet"))
            .note("it was never applied, or not since the way was chosen")
            .hint(format!("apply it first: `tfy-infra apply -d {dir} --layer {CLUSTER}`")),
    )
}

/// Without a command, and without a port to forward.
fn nothing_to_forward(way: &Way, dir: &Path) -> Diagnostic {
    let command = format!("tfy-infra connect -d {} -- kubectl get nodes", crate::shell::word(dir));
    let problem = match way {
        Way::Unknown => Diagnostic::new("no port is forwarded to this platform: no way to it is chosen"),
        way => Diagnostic::new(format!(
            "no port is forwarded to this platform: its way is `access.{}`",
            way.name()
        )),
    };
    problem
        .note(way.next(dir, &command))
        .hint(format!("with a command it is looked whether the API answers: `{command}`"))
}

fn unasked(command: &str, layer: &Path, cause: String) -> Diagnostic {
    Diagnostic::new(format!("`terraform {command}` failed in `{}`", layer.display()))
        .note(cause)
        .hint("without what the layer tells, nobody knows where the cluster is")
}

fn with_kubeconfig(
    cluster: &Cluster,
    address: Option<&str>,
    work: impl FnOnce(&NamedTempFile) -> Result<u8, RunError>,
) -> Result<u8, RunError> {
    let file = kubeconfig::write(cluster, address).map_err(|e| RunError::Machine(unwritten(&e)))?;
    work(&file)
}

/// Runs the command to its end. A signal ends the command, and what is held for it is let go after that.
fn run(options: &Connect, address: Option<&str>, kubeconfig: &NamedTempFile) -> Result<u8, RunError> {
    let Some((program, args)) = options.command.split_first() else { return Ok(0) };
    let mut signals = Signals::new([SIGINT, SIGTERM]).map_err(|e| RunError::Machine(deaf(&e)))?;
    let mut command = Command::new(program);
    command.args(args).env("KUBECONFIG", kubeconfig.path());
    if let Some(address) = address {
        command.env(reach::ADDRESS, address);
    }
    let child = command.spawn().map_err(|e| {
        RunError::Input(Diagnostic::new(format!("`{}` cannot be run", program.display())).note(e.to_string()))
    })?;
    let (handle, id) = (signals.handle(), child.id());
    let passing = std::thread::spawn(move || signals.forever().for_each(|signal| pass_on(signal, id)));
    let status = ended(child);
    handle.close();
    // It has nothing to give back.
    let _ = passing.join();
    status.map(code).map_err(|e| RunError::Machine(unknown_end(&e)))
}

fn unwritten(cause: &std::io::Error) -> Diagnostic {
    Diagnostic::new("the kubeconfig cannot be written").note(cause.to_string())
}

fn unknown_end(cause: &std::io::Error) -> Diagnostic {
    Diagnostic::new("how the command ended is not known").note(cause.to_string())
}

fn ended(mut child: Child) -> std::io::Result<ExitStatus> {
    child.wait()
}

/// A terminal's Ctrl-C has reached the command already.
fn pass_on(signal: i32, id: u32) {
    if signal == SIGINT && std::io::stdin().is_terminal() {
        return;
    }
    let signal = if signal == SIGINT { Signal::INT } else { Signal::TERM };
    if let Some(pid) = i32::try_from(id).ok().and_then(Pid::from_raw) {
        // One that has ended meanwhile needs no signal.
        let _ = kill_process(pid, signal);
    }
}

/// As a shell has it.
fn code(status: ExitStatus) -> u8 {
    let code = status.code().unwrap_or_else(|| 128 + status.signal().unwrap_or_default());
    u8::try_from(code).unwrap_or(u8::MAX)
}

/// Says how the port is used, and keeps it until a signal comes.
fn stay(session: &mut Session, cluster: &Cluster, kubeconfig: &NamedTempFile) -> Result<u8, RunError> {
    let signal = Arc::new(AtomicBool::new(false));
    for number in [SIGINT, SIGTERM] {
        signal_hook::flag::register(number, Arc::clone(&signal)).map_err(|e| RunError::Machine(deaf(&e)))?;
    }
    let text = usage(cluster.name(), &session.address(), kubeconfig.path());
    let mut out = screen::out();
    // With standard output closed the port is still of use.
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    while !signal.load(Ordering::SeqCst) {
        if session.has_ended() {
            return Err(RunError::Machine(session.explained()));
        }
        std::thread::sleep(Duration::from_millis(200));
    }
    Ok(0)
}

fn usage(name: &str, address: &str, kubeconfig: &Path) -> String {
    format!(
        "The API of the cluster `{name}` answers at {address} until Ctrl-C. In another terminal:\n  export {}={address}\n  export KUBECONFIG={}\n",
        reach::ADDRESS,
        crate::shell::word(kubeconfig)
    )
}

impl Terraform {
    /// A command in a layer's folder, not started yet.
    pub(super) fn command(&self, dir: &Path, args: &[&str]) -> Command {
        let mut command = Command::new(self.program());
        command
            .args(args)
            .current_dir(dir)
            .env("TF_IN_AUTOMATION", "1")
            .env_remove("TF_DATA_DIR")
            .stdin(Stdio::null());
        command
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diag::Report;

    fn shown(problem: Diagnostic) -> String {
        Report::single(problem).render(false)
    }

    #[test]
    fn what_fails_on_this_machine_is_told() {
        let full = std::io::Error::from(std::io::ErrorKind::StorageFull);
        insta::assert_snapshot!(shown(unwritten(&full)), @r"
        error: the kubeconfig cannot be written
          = note: no storage space
        ");
        let gone = std::io::Error::from(std::io::ErrorKind::NotFound);
        insta::assert_snapshot!(shown(unknown_end(&gone)), @r"
        error: how the command ended is not known
          = note: entity not found
        ");
        insta::assert_snapshot!(shown(unasked("output", Path::new("infra/cluster"), "no state".to_owned())), @r"
        error: `terraform output` failed in `infra/cluster`
          = note: no state
          = hint: without what the layer tells, nobody knows where the cluster is
        ");
    }

    #[test]
    fn without_a_port_to_forward_the_way_is_told() {
        let dir = Path::new("infra");
        insta::assert_snapshot!(shown(nothing_to_forward(&Way::Vpn(Vec::new()), dir)), @r"
        error: no port is forwarded to this platform: its way is `access.vpn`
          = note: This platform is reached by `access.vpn`: connect the VPN and run the same command again.
          = hint: with a command it is looked whether the API answers: `tfy-infra connect -d infra -- kubectl get nodes`
        ");
        insta::assert_snapshot!(shown(nothing_to_forward(&Way::Unknown, dir)), @r"
        error: no port is forwarded to this platform: no way to it is chosen
          = note: No way to it is chosen: `access` of platform.yaml takes `runner` (a machine in a connected network), `vpn`, `ssm` (a forwarded port) or `public` (an allow-list).
          = hint: with a command it is looked whether the API answers: `tfy-infra connect -d infra -- kubectl get nodes`
        ");
        let RunError::Input(problem) = not_applied(dir) else { unreachable!() };
        insta::assert_snapshot!(shown(problem), @r"
        error: the layer `cluster` of `infra` tells of no way to a cluster yet
          = note: it was never applied, or not since the way was chosen
          = hint: apply it first: `tfy-infra apply -d infra --layer cluster`
        ");
    }

    #[test]
    fn how_the_port_is_used_is_told() {
        insta::assert_snapshot!(usage("acme-dev", "https://127.0.0.1:8443", Path::new("/tmp/kubeconfig-x")), @r"
        The API of the cluster `acme-dev` answers at https://127.0.0.1:8443 until Ctrl-C. In another terminal:
          export TF_VAR_cluster_address=https://127.0.0.1:8443
          export KUBECONFIG=/tmp/kubeconfig-x
        ");
    }

    #[test]
    fn a_command_ends_as_in_a_shell() {
        assert_eq!(code(ExitStatus::from_raw(3 << 8)), 3);
        assert_eq!(code(ExitStatus::from_raw(15)), 143);
    }
}
