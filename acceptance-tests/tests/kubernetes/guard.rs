//! Whether a root with releases notices that it cannot see them.
//!
//! The helm provider takes any error of a read for "the release is gone": it leaves the state, and a destroy then succeeds. A
//! root has to fail before that. Here a root that is applied is run while something is wrong with the API server, and what it
//! says and what its state has lost is given back. It works on any root of Terraform with local state, whatever its
//! providers: include it by `#[path]`.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use acceptance_tests::Terraform;
use acceptance_tests::terraform::Run;
use anyhow::{Context as _, Result, ensure};
use fs_err as fs;
use serde_json::Value;
use test_cluster::Client;

/// Something that is wrong with the API server, from [`Trouble::begin`] until [`Trouble::end`].
pub(crate) trait Trouble: Sync {
    /// How messages call it.
    fn name(&self) -> &'static str;

    /// From now on.
    fn begin(&self) -> Result<()>;

    /// Until now.
    fn end(&self) -> Result<()>;
}

/// The program hangs: connections are taken, and nobody answers.
pub(crate) struct Hangs(pub(crate) u32);

impl Trouble for Hangs {
    fn name(&self) -> &'static str {
        "hangs"
    }

    fn begin(&self) -> Result<()> {
        signal("STOP", self.0)
    }

    fn end(&self) -> Result<()> {
        signal("CONT", self.0)
    }
}

/// What slows the program down: told to end by the flag, and joined.
type Brake = (Arc<AtomicBool>, JoinHandle<Result<()>>);

/// The program runs for a small part of the time only.
pub(crate) struct Slow {
    process: u32,
    running: Mutex<Option<Brake>>,
}

impl Slow {
    /// For the API server with this process.
    pub(crate) fn new(process: u32) -> Self {
        Self { process, running: Mutex::default() }
    }
}

/// How long it runs and stands still by turns.
const TURNS: (Duration, Duration) = (Duration::from_millis(30), Duration::from_millis(470));

impl Trouble for Slow {
    fn name(&self) -> &'static str {
        "is slow"
    }

    fn begin(&self) -> Result<()> {
        let (ends, process) = (Arc::new(AtomicBool::new(false)), self.process);
        let seen = Arc::clone(&ends);
        let thread = std::thread::spawn(move || {
            while !seen.load(Ordering::SeqCst) {
                signal("STOP", process)?;
                std::thread::sleep(TURNS.1);
                signal("CONT", process)?;
                std::thread::sleep(TURNS.0);
            }
            Ok(())
        });
        *self.running.lock().unwrap_or_else(PoisonError::into_inner) = Some((ends, thread));
        Ok(())
    }

    fn end(&self) -> Result<()> {
        let running = self.running.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some((ends, thread)) = running else { return Ok(()) };
        ends.store(true, Ordering::SeqCst);
        thread.join().map_err(|_| anyhow::anyhow!("the thread panicked"))?
    }
}

/// The program is gone: connections are refused. [`Trouble::end`] starts it anew, with what it has stored.
pub(crate) struct Dead<'a> {
    client: &'a Client,
    /// What runs: the one that the cluster has started, then ours.
    process: Mutex<Running>,
}

enum Running {
    Given(u32),
    Ours(Child),
    /// With its command line, by which it is started again.
    No(Vec<String>),
}

impl<'a> Dead<'a> {
    /// For the API server with this process.
    pub(crate) fn new(process: u32, client: &'a Client) -> Self {
        Self { client, process: Mutex::new(Running::Given(process)) }
    }
}

impl Trouble for Dead<'_> {
    fn name(&self) -> &'static str {
        "is dead"
    }

    fn begin(&self) -> Result<()> {
        let mut process = self.process.lock().unwrap_or_else(PoisonError::into_inner);
        let id = match &*process {
            Running::Given(id) => *id,
            Running::Ours(child) => child.id(),
            Running::No(_) => return Ok(()),
        };
        let line = fs::read_to_string(format!("/proc/{id}/cmdline"))?;
        let line = line.split_terminator('\0').map(str::to_owned).collect();
        signal("KILL", id)?;
        if let Running::Ours(child) = &mut *process {
            child.wait()?;
        }
        *process = Running::No(line);
        Ok(())
    }

    fn end(&self) -> Result<()> {
        {
            let mut process = self.process.lock().unwrap_or_else(PoisonError::into_inner);
            let Running::No(line) = &*process else { return Ok(()) };
            let (program, arguments) = line.split_first().context("no command line")?;
            let mut command = Command::new(program);
            command.args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
            *process = Running::Ours(command.spawn().context("starting the API server again")?);
        }
        let begin = Instant::now();
        loop {
            if self.client.send("GET", "/readyz", None).is_ok_and(|answer| answer.status == 200) {
                return Ok(());
            }
            ensure!(begin.elapsed() < LIMIT, "the API server is not ready again within {LIMIT:?}");
            std::thread::sleep(Duration::from_millis(100));
        }
    }
}

impl Drop for Dead<'_> {
    fn drop(&mut self) {
        if let Running::Ours(child) = &mut *self.process.lock().unwrap_or_else(PoisonError::into_inner) {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// Whoever runs Terraform has lost a right: a binding is taken away, and put back.
pub(crate) struct Forbidden<'a> {
    administrator: &'a Client,
    path: String,
    taken: Mutex<Option<Value>>,
}

impl<'a> Forbidden<'a> {
    /// The binding at this path, such as `/apis/rbac.authorization.k8s.io/v1/clusterrolebindings/x`.
    pub(crate) fn new(administrator: &'a Client, path: &str) -> Self {
        Self { administrator, path: path.to_owned(), taken: Mutex::default() }
    }
}

impl Trouble for Forbidden<'_> {
    fn name(&self) -> &'static str {
        "answers 403"
    }

    fn begin(&self) -> Result<()> {
        let binding = self.administrator.get(&self.path)?;
        self.administrator.delete(&self.path)?;
        *self.taken.lock().unwrap_or_else(PoisonError::into_inner) = Some(binding);
        // The authorizer learns of it a moment later.
        std::thread::sleep(Duration::from_secs(1));
        Ok(())
    }

    fn end(&self) -> Result<()> {
        let taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(mut binding) = taken else { return Ok(()) };
        if let Some(metadata) = binding["metadata"].as_object_mut() {
            metadata.retain(|key, _| key == "name");
        }
        let (collection, _) = self.path.rsplit_once('/').context("a path")?;
        self.administrator.create(collection, &binding)?;
        std::thread::sleep(Duration::from_secs(1));
        Ok(())
    }
}

/// What Terraform is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Asked {
    /// `apply -refresh-only`.
    Refresh,
    /// `plan`.
    Plan,
    /// `apply`.
    Apply,
    /// `destroy`.
    Destroy,
}

impl Asked {
    /// All of them, what changes least first.
    pub(crate) const ALL: [Self; 4] = [Self::Plan, Self::Refresh, Self::Apply, Self::Destroy];

    fn arguments(self) -> &'static [&'static str] {
        match self {
            Self::Refresh => &["apply", "-refresh-only", "-auto-approve", "-no-color"],
            Self::Plan => &["plan", "-no-color"],
            Self::Apply => &["apply", "-auto-approve", "-no-color"],
            Self::Destroy => &["destroy", "-auto-approve", "-no-color"],
        }
    }
}

/// The longest that a run with an API server in trouble may take.
const LIMIT: Duration = Duration::from_secs(180);

/// How such a run has ended.
#[derive(Debug)]
pub(crate) struct Outcome {
    /// What was wrong, and what was asked for.
    pub(crate) title: String,
    /// What Terraform has printed, with its exit code.
    pub(crate) run: Run,
    /// The releases that were in the state before, and are not after.
    pub(crate) lost: BTreeSet<String>,
}

impl Outcome {
    /// That it has ended in an error, and no release has left the state.
    pub(crate) fn expect_guarded(&self) -> Result<()> {
        self.expect_error()?;
        ensure!(self.lost.is_empty(), "{}: the state has lost {:?}", self.title, self.lost);
        Ok(())
    }

    /// That it has ended in an error.
    pub(crate) fn expect_error(&self) -> Result<()> {
        let said = self.run.message();
        ensure!(self.run.code == 1, "{}: no error; the state has lost {:?}: {said}", self.title, self.lost);
        Ok(())
    }
}

/// A trouble, and the moment at which it begins.
type Beginning<'a> = (&'a dyn Trouble, &'a dyn Fn() -> Result<bool>);

/// A root that is applied.
pub(crate) struct Guarded<'a> {
    /// Terraform in its folder.
    pub(crate) terraform: &'a Terraform,
}

impl Guarded<'_> {
    /// The releases in the state. Needs neither a provider nor the cluster.
    pub(crate) fn releases(&self) -> Result<BTreeSet<String>> {
        let run = self.terraform.run(&["state", "list", "-no-color"])?;
        let is_release = |address: &&str| {
            address.split('.').any(|step| step == "helm_release") && !address.starts_with("data.")
        };
        Ok(run.stdout.lines().filter(is_release).map(str::to_owned).collect())
    }

    /// Runs commands while the trouble is there from before the first begins. After each the state is put back.
    pub(crate) fn before(&self, trouble: &dyn Trouble, asked: &[Asked]) -> Result<Vec<Outcome>> {
        trouble.begin()?;
        let outcomes: Result<_> =
            asked.iter().map(|asked| self.with_state_kept(|| self.run(trouble, *asked, None))).collect();
        trouble.end()?;
        outcomes
    }

    /// That every command fails with this trouble, and none loses a release.
    pub(crate) fn holds_before(&self, trouble: &dyn Trouble) -> Result<()> {
        self.before(trouble, &Asked::ALL)?.iter().try_for_each(Outcome::expect_guarded)
    }

    /// Runs a command and begins the trouble as soon as `moment` has come. What the state then has is left as it is.
    pub(crate) fn amid(
        &self,
        trouble: &dyn Trouble,
        asked: Asked,
        moment: &dyn Fn() -> Result<bool>,
    ) -> Result<Outcome> {
        let outcome = self.run(trouble, asked, Some(moment));
        trouble.end()?;
        outcome
    }

    fn run(
        &self,
        trouble: &dyn Trouble,
        asked: Asked,
        moment: Option<&dyn Fn() -> Result<bool>>,
    ) -> Result<Outcome> {
        let before = self.releases()?;
        let title = format!("the API server {}, {asked:?}", trouble.name());
        let printed = tempfile::NamedTempFile::new()?;
        let mut command = self.terraform.command(asked.arguments());
        command.stdout(printed.as_file().try_clone()?).stderr(printed.as_file().try_clone()?);
        let begins = moment.map(|moment| (trouble, moment));
        let code = self.finish(command, begins).with_context(|| title.clone())?;
        let run = Run { code, stdout: fs::read_to_string(printed.path())?, stderr: String::new() };
        let lost = before.difference(&self.releases()?).cloned().collect();
        Ok(Outcome { title, run, lost })
    }

    fn finish(&self, mut command: Command, begins: Option<Beginning<'_>>) -> Result<i32> {
        let (mut child, begin) = (command.spawn().context("starting `terraform`")?, Instant::now());
        let mut begins = begins;
        loop {
            if let Some(status) = child.try_wait()? {
                ensure!(begins.is_none(), "it ended ({status}) before the trouble could begin");
                return Ok(status.code().unwrap_or(-1));
            }
            if let Some((trouble, moment)) = begins
                && moment()?
            {
                trouble.begin()?;
                begins = None;
            }
            if begin.elapsed() > LIMIT {
                child.kill()?;
                child.wait()?;
                anyhow::bail!("it did not end within {LIMIT:?}");
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn with_state_kept<T>(&self, run: impl FnOnce() -> Result<T>) -> Result<T> {
        let state = self.terraform.folder().join("terraform.tfstate");
        let kept = fs::read(&state).context("a root with local state that is applied")?;
        let result = run();
        restore(&state, &kept)?;
        result
    }
}

fn restore(state: &Path, kept: &[u8]) -> Result<()> {
    if fs::read(state).ok().as_deref() != Some(kept) {
        fs::write(state, kept)?;
    }
    Ok(())
}

fn signal(name: &str, process: u32) -> Result<()> {
    let output = Command::new("kill")
        .args(["-s", name, "--", &process.to_string()])
        .output()
        .context("starting `kill`")?;
    ensure!(
        output.status.success(),
        "`kill -s {name} {process}`: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(())
}
