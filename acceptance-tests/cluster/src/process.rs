//! One program of the cluster.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context as _, Result, bail};
use fs_err as fs;

/// So many lines of a log are told of a program that died.
const TOLD: usize = 15;

/// A running program; dropping it ends it.
#[derive(Debug)]
pub struct Process {
    name: &'static str,
    command: Command,
    child: Child,
    log: PathBuf,
}

impl Process {
    /// Starts a program. All that it prints goes into `NAME.log` of the folder.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn start(name: &'static str, mut command: Command, folder: &Path) -> Result<Self> {
        let log = folder.join(format!("{name}.log"));
        let file = fs::File::create(&log)?.into_file();
        command.stdin(Stdio::null()).stdout(file.try_clone()?).stderr(file);
        let child = spawn(&mut command)?;
        Ok(Self { name, command, child, log })
    }

    /// Ends it, if it still runs, and starts it again. Its log goes on.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn restart(&mut self) -> Result<()> {
        self.end();
        self.child = spawn(&mut self.command)?;
        Ok(())
    }

    /// Ends it and starts another program in its place, with the same arguments. Its log goes on.
    ///
    /// # Errors
    /// When that cannot be started.
    pub fn replace(&mut self, program: &Path) -> Result<()> {
        self.end();
        let mut command = Command::new(program);
        command.args(self.command.get_args());
        command.envs(self.command.get_envs().filter_map(|(name, value)| Some((name, value?))));
        let file = fs::OpenOptions::new().append(true).open(&self.log)?.into_file();
        command.stdin(Stdio::null()).stdout(file.try_clone()?).stderr(file);
        self.command = command;
        self.child = spawn(&mut self.command)?;
        Ok(())
    }

    /// Ends it, if it still runs.
    pub fn end(&mut self) {
        // At once: nothing of the cluster is kept, and an API server that ends politely waits for its watchers.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Its process.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// That it runs.
    ///
    /// # Errors
    /// When it has ended, with the end of its log.
    pub fn expect_running(&mut self) -> Result<()> {
        let Some(status) = self.child.try_wait()? else { return Ok(()) };
        bail!("`{}` ended: {status}\n{}", self.name, self.last_lines())
    }

    /// The end of its log, and where the rest is.
    #[must_use]
    pub fn last_lines(&self) -> String {
        let text = fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<&str> = text.lines().collect();
        let last = lines[lines.len().saturating_sub(TOLD)..].join("\n");
        format!("the end of its log was:\n{last}\nhint: the whole log is `{}`", self.log.display())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.end();
    }
}

fn spawn(command: &mut Command) -> Result<Child> {
    command.spawn().with_context(|| format!("starting `{}`", command.get_program().display()))
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
    fn a_program_that_ended_is_told_with_its_last_words() {
        let folder = tempfile::tempdir().unwrap();
        let mut process = Process::start("etcd", shell("echo no such flag; exit 3"), folder.path()).unwrap();
        process.child.wait().unwrap();
        let expected = format!(
            "`etcd` ended: exit status: 3\nthe end of its log was:\nno such flag\nhint: the whole log is `{}`",
            folder.path().join("etcd.log").display()
        );
        assert_eq!(process.expect_running().unwrap_err().to_string(), expected);
    }

    #[test]
    fn a_program_is_started_again_and_its_log_goes_on() {
        let folder = tempfile::tempdir().unwrap();
        let mut process = Process::start("etcd", shell("echo begins; exec sleep 60"), folder.path()).unwrap();
        let log = folder.path().join("etcd.log");
        let written = |text: &str| {
            let is_there = || fs::read_to_string(&log).unwrap() == text;
            (0..500).any(|_| {
                std::thread::sleep(std::time::Duration::from_millis(10));
                is_there()
            })
        };
        assert!(written("begins\n"));
        let first = process.id();
        process.restart().unwrap();
        assert_ne!(process.id(), first);
        assert!(written("begins\nbegins\n"));
    }

    #[test]
    fn another_program_takes_the_arguments_and_goes_on_with_the_log() {
        let folder = tempfile::tempdir().unwrap();
        let mut process = Process::start("etcd", shell("exec sleep 60"), folder.path()).unwrap();
        let first = process.id();
        process.replace(Path::new("/bin/echo")).unwrap();
        assert_ne!(process.id(), first);
        process.child.wait().unwrap();
        let log = fs::read_to_string(folder.path().join("etcd.log")).unwrap();
        assert_eq!(log, "-c exec sleep 60\n");
    }

    #[test]
    fn a_program_ends_when_it_is_dropped() {
        let folder = tempfile::tempdir().unwrap();
        let mut process = Process::start("etcd", shell("exec sleep 60"), folder.path()).unwrap();
        process.expect_running().unwrap();
        let place = format!("/proc/{}", process.id());
        assert!(!cfg!(target_os = "linux") || Path::new(&place).exists());
        drop(process);
        assert!(!Path::new(&place).exists());
    }
}
