//! A port that AWS Systems Manager forwards, by the programs `aws` and `session-manager-plugin`.

use std::collections::VecDeque;
use std::io::{BufRead as _, BufReader, Read};
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process_group};
use serde_json::json;

use super::in_cluster::{self, Cluster};
use super::reach::{self, Trouble};
use crate::diag::Diagnostic;

/// The document by which an instance forwards a port of another host.
const DOCUMENT: &str = "AWS-StartPortForwardingSessionToRemoteHost";
/// The longest that a session may take until the API answers through it.
const READY: Duration = Duration::from_secs(45);
/// The longest that one look at the API may take meanwhile.
const LOOK: Duration = Duration::from_secs(5);
/// How long a session may take to end on each signal.
const END: Duration = Duration::from_secs(3);
/// Lines of output that are kept for the message of a failure.
const TAIL: usize = 20;

/// A session that forwards a port. It ends with this.
#[derive(Debug)]
pub(super) struct Session {
    child: Child,
    instance: String,
    port: u16,
    said: Arc<Mutex<VecDeque<String>>>,
}

/// Whether the programs are there, and the port is free.
pub(super) fn check(port: u16) -> Result<(), Diagnostic> {
    for (program, install) in [
        ("aws", "install the AWS CLI, version 2"),
        ("session-manager-plugin", "install the Session Manager plugin for the AWS CLI"),
    ] {
        if !in_cluster::is_on_path(program) {
            return Err(Diagnostic::new(format!("the program `{program}` is not on PATH"))
                .note("a port is forwarded by `aws ssm start-session`, which needs `session-manager-plugin`")
                .hint(install));
        }
    }
    match TcpListener::bind((Ipv4Addr::LOCALHOST, port)) {
        Ok(_) => Ok(()),
        Err(e) => Err(taken(port, &e.to_string())),
    }
}

fn taken(port: u16, cause: &str) -> Diagnostic {
    Diagnostic::new(format!("the port {port} of this machine cannot be taken"))
        .note(cause)
        .hint("another `tfy-infra connect` may have it; give another one with `--port`")
}

impl Session {
    /// Starts a session over an instance.
    pub(super) fn start(cluster: &Cluster, instance: &str, port: u16) -> Result<Self, Diagnostic> {
        let parameters = json!({
            "host": [cluster.host()], "portNumber": [cluster.port().to_string()], "localPortNumber": [port.to_string()],
        });
        let mut child = Command::new("aws")
            .args(["ssm", "start-session", "--target", instance, "--region", cluster.region()])
            .args(["--document-name", DOCUMENT, "--parameters", &parameters.to_string()])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            // Ctrl-C is for the command that runs over it; and `aws` and its plugin end together.
            .process_group(0)
            .spawn()
            .map_err(|e| unstarted(&e))?;
        let said = Arc::new(Mutex::new(VecDeque::new()));
        listen(child.stdout.take(), &said);
        listen(child.stderr.take(), &said);
        Ok(Self { child, instance: instance.to_owned(), port, said })
    }

    /// Where the API is reached.
    pub(super) fn address(&self) -> String {
        format!("https://127.0.0.1:{}", self.port)
    }

    /// Waits until the API answers through it.
    pub(super) fn ready(&mut self, cluster: &Cluster) -> Result<(), Diagnostic> {
        let began = Instant::now();
        loop {
            if self.has_ended() {
                return Err(self.explained());
            }
            match reach::answers(cluster, Some(&self.address()), LOOK) {
                Ok(()) => return Ok(()),
                Err(trouble @ (Trouble::Stranger(_) | Trouble::Authority(_) | Trouble::Address(_))) => {
                    return Err(Diagnostic::new("what answers at the forwarded port is not the cluster")
                        .note(trouble.to_string()));
                }
                Err(trouble) if began.elapsed() > READY => return Err(self.silent(cluster, &trouble)),
                Err(_) => std::thread::sleep(Duration::from_millis(200)),
            }
        }
    }

    /// Whether it is over.
    pub(super) fn has_ended(&mut self) -> bool {
        // Of a process that cannot be asked nothing is known; the port tells.
        matches!(self.child.try_wait(), Ok(Some(_)))
    }

    /// Why it ended by itself.
    pub(super) fn explained(&self) -> Diagnostic {
        // What it said last may still be on its way.
        std::thread::sleep(Duration::from_millis(100));
        let said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        let said: Vec<&str> = said.iter().map(String::as_str).collect();
        explain(&self.instance, self.port, said.join("\n").trim())
    }

    fn silent(&self, cluster: &Cluster, trouble: &Trouble) -> Diagnostic {
        silent(&self.instance, cluster.name(), trouble)
    }

    fn signal(&self, signal: Signal) {
        if let Some(group) = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw) {
            // One that has ended meanwhile needs no signal.
            let _ = kill_process_group(group, signal);
        }
    }

    fn ends_in_time(&mut self) -> bool {
        let began = Instant::now();
        while began.elapsed() < END {
            if self.has_ended() {
                return true;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        false
    }
}

impl Drop for Session {
    /// The plugin takes an interrupt for the user's wish, and ends the session in AWS too.
    fn drop(&mut self) {
        let ended = [Signal::INT, Signal::TERM].into_iter().any(|signal| {
            self.signal(signal);
            self.ends_in_time()
        });
        // A plugin that its parent has left behind is in the group still.
        self.signal(Signal::KILL);
        if !ended {
            let _ = self.child.wait();
        }
    }
}

/// Keeps the last lines of what is written there.
fn listen(stream: Option<impl Read + Send + 'static>, said: &Arc<Mutex<VecDeque<String>>>) {
    let Some(stream) = stream else { return };
    let said = Arc::clone(said);
    std::thread::spawn(move || {
        for line in BufReader::new(stream).split(b'\n').map_while(Result::ok) {
            let mut said = said.lock().unwrap_or_else(PoisonError::into_inner);
            if said.len() == TAIL {
                said.pop_front();
            }
            said.push_back(String::from_utf8_lossy(&line).into_owned());
        }
    });
}

/// What `aws ssm start-session` means by what it said.
fn explain(instance: &str, port: u16, said: &str) -> Diagnostic {
    let any = |words: &[&str]| words.iter().any(|word| said.contains(word));
    if any(&["address already in use"]) {
        return taken(port, said);
    }
    let hint = if any(&["TargetNotConnected"]) {
        "Systems Manager does not know the instance as connected: one that was just made needs a minute or two; then look whether it runs, and \
         reaches Systems Manager (NAT, or the endpoints `ssm`, `ssmmessages` and `ec2messages`)"
    } else if any(&["AccessDenied"]) {
        "the identity needs `ssm:StartSession` on this instance and on the document `AWS-StartPortForwardingSessionToRemoteHost`"
    } else if any(&[
        "ExpiredToken",
        "Unable to locate credentials",
        "Token has expired",
        "InvalidClientTokenId",
    ]) {
        "sign in to AWS (`aws sso login`, or set `AWS_PROFILE`) and run the same command again"
    } else if any(&["SessionManagerPlugin is not found"]) {
        "install the Session Manager plugin for the AWS CLI"
    } else {
        "run the same command again"
    };
    let note = if said.is_empty() { "it said nothing" } else { said };
    Diagnostic::new(format!("the session over `{instance}` ended")).note(note).hint(hint)
}

fn unstarted(cause: &std::io::Error) -> Diagnostic {
    Diagnostic::new("`aws ssm start-session` cannot be run").note(cause.to_string())
}

fn silent(instance: &str, cluster: &str, trouble: &Trouble) -> Diagnostic {
    Diagnostic::new(format!(
        "the port is forwarded over `{instance}`, and the API of the cluster `{cluster}` does not answer through it"
    ))
    .note(trouble.to_string())
    .hint("let the instance in at port 443 of the cluster's security group, and out to it: where the layer `cluster` makes the instance, apply it")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diag::Report;

    fn shown(said: &str) -> String {
        Report::single(explain("i-0123456789abcdef0", 8443, said)).render(false)
    }

    #[test]
    fn a_session_that_does_not_begin_or_leads_nowhere_is_told() {
        let denied = std::io::Error::from(std::io::ErrorKind::PermissionDenied);
        let told = Report::single(unstarted(&denied)).render(false);
        assert_eq!(told, "error: `aws ssm start-session` cannot be run\n  = note: permission denied\n\n");
        insta::assert_snapshot!(Report::single(silent("i-0123456789abcdef0", "acme-dev", &Trouble::Silence)).render(false), @r"
        error: the port is forwarded over `i-0123456789abcdef0`, and the API of the cluster `acme-dev` does not answer through it
          = note: Nothing answered within 10 seconds.
          = hint: let the instance in at port 443 of the cluster's security group, and out to it: where the layer `cluster` makes the instance, apply it
        ");
    }

    #[test]
    fn what_aws_says_is_told_with_what_to_do() {
        assert!(
            shown("Token has expired and refresh failed")
                .contains("sign in to AWS (`aws sso login`, or set `AWS_PROFILE`)")
        );
        insta::assert_snapshot!(shown("An error occurred (TargetNotConnected) when calling the StartSession operation: i-0123456789abcdef0 is not connected."), @r"
        error: the session over `i-0123456789abcdef0` ended
          = note: An error occurred (TargetNotConnected) when calling the StartSession operation: i-0123456789abcdef0 is not connected.
          = hint: Systems Manager does not know the instance as connected: one that was just made needs a minute or two; then look whether it runs, and reaches Systems Manager (NAT, or the endpoints `ssm`, `ssmmessages` and `ec2messages`)
        ");
        insta::assert_snapshot!(shown("An error occurred (AccessDeniedException) when calling the StartSession operation: no"), @r"
        error: the session over `i-0123456789abcdef0` ended
          = note: An error occurred (AccessDeniedException) when calling the StartSession operation: no
          = hint: the identity needs `ssm:StartSession` on this instance and on the document `AWS-StartPortForwardingSessionToRemoteHost`
        ");
        insta::assert_snapshot!(shown("Unable to locate credentials."), @r"
        error: the session over `i-0123456789abcdef0` ended
          = note: Unable to locate credentials.
          = hint: sign in to AWS (`aws sso login`, or set `AWS_PROFILE`) and run the same command again
        ");
        insta::assert_snapshot!(shown("SessionManagerPlugin is not found."), @r"
        error: the session over `i-0123456789abcdef0` ended
          = note: SessionManagerPlugin is not found.
          = hint: install the Session Manager plugin for the AWS CLI
        ");
        insta::assert_snapshot!(shown("listen tcp 127.0.0.1:8443: bind: address already in use"), @r"
        error: the port 8443 of this machine cannot be taken
          = note: listen tcp 127.0.0.1:8443: bind: address already in use
          = hint: another `tfy-infra connect` may have it; give another one with `--port`
        ");
        insta::assert_snapshot!(shown(""), @r"
        error: the session over `i-0123456789abcdef0` ended
          = note: it said nothing
          = hint: run the same command again
        ");
    }
}
