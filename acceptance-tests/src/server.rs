//! Servers started for one run: they listen on loopback, tell where in one line of JSON, and end with their
//! standard input.

use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use fs_err as fs;
use serde_json::Value;

use crate::venv::last_lines;

/// How long a server may take until it listens. Python imports a lot on a busy machine.
const START: Duration = Duration::from_secs(120);
/// How long a server may take to end after its standard input was closed.
const END: Duration = Duration::from_secs(10);

/// A running server; dropping it ends it.
#[derive(Debug)]
pub struct Server {
    child: Child,
    ready: Value,
    log: PathBuf,
}

impl Server {
    /// Starts a server and waits for its first line, a JSON object.
    ///
    /// `log` receives what it writes to standard error, and to standard output after that line.
    ///
    /// # Errors
    /// When it does not start, ends early, is silent for two minutes, or its first line is not JSON. The end of
    /// the log is part of the message.
    pub fn start(mut command: Command, log: &Path) -> Result<Self> {
        let program = command.get_program().to_string_lossy().into_owned();
        let file = fs::File::create(log)?;
        let errors = file.file().try_clone()?;
        // Its own process group: Ctrl-C reaches us first, and we end the server after its clients.
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(errors).process_group(0);
        let mut child = command.spawn().with_context(|| format!("starting `{program}`"))?;
        let Some(stdout) = child.stdout.take() else { bail!("`{program}` has no standard output") };
        let mut server = Self { child, ready: Value::Null, log: log.to_path_buf() };
        let line = first_line(stdout, file)
            .recv_timeout(START)
            .ok()
            .filter(|line| !line.trim().is_empty())
            .with_context(|| server.failure(&program, "did not come up"))?;
        server.ready = serde_json::from_str(&line).with_context(|| {
            server.failure(&program, &format!("began with `{}`, not with JSON", line.trim()))
        })?;
        Ok(server)
    }

    /// The first line that the server printed.
    #[must_use]
    pub fn ready(&self) -> &Value {
        &self.ready
    }

    /// A text of the first line by its key.
    ///
    /// # Errors
    /// When the key is missing or its value is not a string.
    pub fn ready_text(&self, key: &str) -> Result<String> {
        let text = self.ready[key].as_str();
        Ok(text.with_context(|| format!("no `{key}` in the server's first line: {}", self.ready))?.to_owned())
    }

    /// Where the server's log is.
    #[must_use]
    pub fn log(&self) -> &Path {
        &self.log
    }

    /// Sends a line to its standard input.
    ///
    /// # Errors
    /// When it has ended.
    pub fn tell(&mut self, line: &str) -> Result<()> {
        let input = self.child.stdin.as_mut().context("the server has no standard input")?;
        writeln!(input, "{line}")?;
        Ok(input.flush()?)
    }

    fn failure(&self, program: &str, what: &str) -> String {
        let text = fs::read_to_string(&self.log).unwrap_or_default();
        format!(
            "`{program}` {what}; the end of its log was:\n{}\nhint: the whole log is `{}`",
            last_lines(&text, 15),
            self.log.display()
        )
    }
}

impl Server {
    /// Ends it now: nothing answers any more where it was.
    pub fn end(&mut self) {
        drop(self.child.stdin.take());
        let deadline = Instant::now() + END;
        while Instant::now() < deadline {
            if !matches!(self.child.try_wait(), Ok(None)) {
                return;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.end();
    }
}

/// Reads standard output to its end on a thread, so that the server never blocks on a full pipe.
fn first_line(stdout: ChildStdout, mut log: fs::File) -> mpsc::Receiver<String> {
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        let mut lines = BufReader::new(stdout);
        let mut line = String::new();
        let _ = lines.read_line(&mut line);
        let _ = sender.send(line);
        let mut rest = String::new();
        while lines.read_line(&mut rest).is_ok_and(|read| read > 0) {
            let _ = log.write_all(rest.as_bytes());
            rest.clear();
        }
    });
    receiver
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    #[test]
    fn a_server_is_ready_and_ends_with_its_input() {
        let folder = tempfile::tempdir().unwrap();
        let server = Server::start(
            shell(r#"echo '{"host":"h"}'; cat >/dev/null; echo bye >&2"#),
            &folder.path().join("log"),
        )
        .unwrap();
        assert_eq!(server.ready_text("host").unwrap(), "h");
        let error = server.ready_text("port").unwrap_err();
        assert_eq!(error.to_string(), r#"no `port` in the server's first line: {"host":"h"}"#);
        drop(server);
        assert_eq!(fs::read_to_string(folder.path().join("log")).unwrap(), "bye\n");
    }

    #[test]
    fn a_server_that_fails_shows_its_log() {
        let folder = tempfile::tempdir().unwrap();
        let error =
            Server::start(shell("echo no such port >&2; exit 3"), &folder.path().join("log")).unwrap_err();
        assert!(format!("{error:#}").contains("no such port"), "{error:#}");
    }

    #[test]
    fn a_first_line_must_be_json() {
        let folder = tempfile::tempdir().unwrap();
        let error = Server::start(shell("echo hello; cat"), &folder.path().join("log")).unwrap_err();
        assert!(format!("{error:#}").contains("`hello`, not with JSON"), "{error:#}");
    }
}
