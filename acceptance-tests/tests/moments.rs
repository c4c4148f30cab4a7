//! Applies of a whole platform whose `tfy-infra` is killed, or told to quit, at a moment: Terraform goes on or ends as it ends by itself, the
//! next apply takes up, and the local AWS has in the end what the states know and nothing twice.
//!
//! Six moments here; with `MOMENTS=all` each event of each layer, by both signals, which takes hours (`cargo xtask prove moments`)
//! and goes on where it was when it is ended before.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use acceptance_tests::terraform::Run;
use acceptance_tests::{Binaries, Platform, repository, scratch};
use anyhow::{Context as _, Result, bail, ensure};
use fs_err as fs;
use rustix::process::{Pid, Signal, kill_process};

/// So long an apply may go on without coming to its moment.
const LIMIT: Duration = Duration::from_mins(10);
/// The layers of the quickstart without add-ons.
const LAYERS: [&str; 5] = ["network", "cluster", "data", "identity", "platform"];

/// When an apply is cut off: as soon as its log of a layer has so many events, objects that begin or are there; and how.
#[derive(Clone, Copy, Debug)]
struct Moment {
    layer: &'static str,
    event: usize,
    signal: Signal,
}

/// In this order: what is killed leaves a Terraform that makes all of the layer.
const SIX: [Moment; 6] = [
    Moment { layer: "network", event: 1, signal: Signal::QUIT },
    Moment { layer: "network", event: 8, signal: Signal::QUIT },
    Moment { layer: "network", event: 3, signal: Signal::KILL },
    Moment { layer: "cluster", event: 2, signal: Signal::KILL },
    Moment { layer: "identity", event: 2, signal: Signal::QUIT },
    Moment { layer: "platform", event: 1, signal: Signal::KILL },
];

#[test]
fn an_apply_that_is_cut_off_at_a_moment_loses_nothing() -> Result<()> {
    let folder = scratch::folder("moments")?;
    match std::env::var("MOMENTS").ok().as_deref() {
        Some("all") => return all(&folder),
        Some(other) => bail!("`MOMENTS={other}` means nothing; `all` is each moment"),
        None => {}
    }
    let mut platform = start(&folder, "")?;
    for moment in SIX {
        cut_off(platform.apply(), &platform, moment)?
            .with_context(|| format!("the apply ended before {moment:?}"))?;
    }
    succeed("apply", platform.apply())?;
    nothing_is_lost(&platform)?;
    succeed("plan", platform.plan())?;
    goes_without_its_control_plane(&mut platform)
}

/// With a control plane that does not answer a destroy ends before it has changed anything; with `--skip platform` everything goes that is AWS's,
/// and what stays registered is told.
fn goes_without_its_control_plane(platform: &mut Platform) -> Result<()> {
    platform.sandbox.end();
    let before = platform.aws.inventory()?["names"].clone();
    let refused = Run::from(platform.destroy().output()?);
    assert_eq!(refused.code, 1, "{}", refused.stderr);
    assert_eq!(platform.aws.inventory()?["names"], before);
    let mut destroy = platform.destroy();
    destroy.args(["--skip", "platform"]);
    let gone = Run::from(destroy.output()?);
    ensure!(gone.code == 0, "{}\n{}", gone.stdout, gone.stderr);
    for told in [
        "warning: layer `platform` was skipped: ",
        "truefoundry_cluster.this",
        " --layer platform` takes them away",
    ] {
        ensure!(gone.stderr.contains(told), "not told: {told}\n{}", gone.stderr);
    }
    let left = platform.aws.inventory()?;
    assert_eq!(left["objects"], 0, "left in the local AWS: {left}");
    Ok(())
}

/// What makes the quickstart small enough for each of its moments.
const SMALL: &str = "network:\n  create: { zones: 2, nat: single }\n";

/// The quickstart, with data that may go, and with more keys of the spec.
fn start(folder: &Path, more: &str) -> Result<Platform> {
    let spec = fs::read_to_string(repository::root().join("examples/quickstart/platform.yaml"))?;
    let spec = format!("{spec}storage:\n  bucket: {{ force_destroy: true }}\n{more}");
    let platform = Platform::of(&Binaries::build()?, &spec, &folder.join("tree"), folder)?;
    succeed("generate", platform.generate())?;
    Ok(platform)
}

/// So many platforms at once: much of an apply is waiting.
const AT_ONCE: usize = 5;

/// Each moment of each layer by both signals: a platform for each pair.
#[expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "`cargo xtask prove` reads what was counted, and people what went wrong"
)]
fn all(folder: &Path) -> Result<()> {
    let pairs: Vec<_> = LAYERS
        .into_iter()
        .flat_map(|layer| [Signal::QUIT, Signal::KILL].map(|signal| (layer, signal)))
        .collect();
    let next = AtomicUsize::new(0);
    let one_after_the_other = || -> Result<usize> {
        let mut count = 0;
        while let Some(&(layer, signal)) = pairs.get(next.fetch_add(1, Ordering::Relaxed)) {
            let folder = folder.join(format!("{layer}-{}", signal.as_raw()));
            count += each_moment(&folder, layer, signal)
                .with_context(|| format!("{layer}, {signal:?}"))
                // The others go on for long.
                .inspect_err(|error| eprintln!("{error:?}"))?;
        }
        Ok(count)
    };
    let counts = std::thread::scope(|scope| {
        let lanes: Vec<_> = (0..AT_ONCE).map(|_| scope.spawn(one_after_the_other)).collect();
        lanes
            .into_iter()
            .map(|lane| lane.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
            .collect::<Result<Vec<_>>>()
    })?;
    println!("proved: {} moments, nothing lost and nothing twice", counts.iter().sum::<usize>());
    Ok(())
}

/// Each moment of one layer, of which those before it are there. Events that come so close together that they are seen at once are one moment.
fn each_moment(folder: &Path, layer: &'static str, signal: Signal) -> Result<usize> {
    let kept = Kept::of(layer, signal)?;
    let mut so_far = kept.read()?;
    if so_far.ended {
        return Ok(so_far.count);
    }
    fs::create_dir(folder)?;
    let platform = start(folder, SMALL)?;
    for before in LAYERS.into_iter().take_while(|before| *before != layer) {
        succeed("apply", alone(platform.apply(), before))?;
    }
    while let Some(seen) =
        cut_off(alone(platform.apply(), layer), &platform, Moment { layer, event: so_far.event, signal })?
    {
        succeed("apply", alone(platform.apply(), layer))?;
        nothing_is_lost(&platform).with_context(|| format!("event {}", so_far.event))?;
        platform.layer(layer)?.succeed(&["destroy", "-auto-approve", "-no-color", "-refresh=false"])?;
        so_far = SoFar { count: so_far.count + 1, event: seen + 1, ended: false };
        kept.write(&so_far)?;
    }
    ensure!(so_far.count > 2, "{} moments, and there were to be more", so_far.count);
    kept.write(&SoFar { ended: true, ..so_far })?;
    Ok(so_far.count)
}

/// How far a layer's moments have come with one signal.
struct SoFar {
    count: usize,
    /// The next moment.
    event: usize,
    ended: bool,
}

/// What is kept of a run that is ended before its time: hours need not be one stretch. It is kept for the code that the proof is of, as the
/// last commit has it, and for no other.
struct Kept(PathBuf);

impl Kept {
    fn of(layer: &str, signal: Signal) -> Result<Self> {
        let code = Command::new("git")
            .args(["rev-parse", "HEAD:generator/src/run", "HEAD:acceptance-tests/tests/moments.rs"])
            .current_dir(repository::root())
            .output()
            .context("starting `git`")?;
        ensure!(code.status.success(), "`git rev-parse` says:\n{}", String::from_utf8_lossy(&code.stderr));
        let code = String::from_utf8(code.stdout)?.split_whitespace().collect::<Vec<_>>().join("-");
        let folder = repository::target_folder("moments")?.join(code);
        fs::create_dir_all(&folder)?;
        Ok(Self(folder.join(format!("{layer}-{}", signal.as_raw()))))
    }

    fn read(&self) -> Result<SoFar> {
        if !self.0.exists() {
            return Ok(SoFar { count: 0, event: 1, ended: false });
        }
        let text = fs::read_to_string(&self.0)?;
        let [count, event, ended] = text
            .split(' ')
            .collect::<Vec<_>>()
            .try_into()
            .ok()
            .context("what is kept of a run cannot be read")?;
        Ok(SoFar { count: count.parse()?, event: event.parse()?, ended: ended.parse()? })
    }

    fn write(&self, so_far: &SoFar) -> Result<()> {
        Ok(fs::write(&self.0, format!("{} {} {}", so_far.count, so_far.event, so_far.ended))?)
    }
}

fn alone(mut command: Command, layer: &str) -> Command {
    command.args(["--layer", layer]);
    command
}

/// Runs an apply up to a moment: how many events there were by then, `None` where it ended before. What it ends with is not asked: it was told to.
fn cut_off(mut apply: Command, platform: &Platform, moment: Moment) -> Result<Option<usize>> {
    let log = platform.folder.join(format!(".tfy-infra/logs/{}-apply.log", moment.layer));
    if log.exists() {
        fs::remove_file(&log)?;
    }
    let errors = fs::File::create(platform.folder.with_extension("cut-off.log"))?;
    let mut child = apply
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::from(errors.into_parts().0))
        .spawn()
        .context("starting `tfy-infra apply`")?;
    let begin = Instant::now();
    loop {
        let seen = events(&log);
        if seen >= moment.event {
            signal(&child, moment.signal)?;
            child.wait()?;
            return Ok(Some(seen));
        }
        if child.try_wait()?.is_some() {
            return Ok(None);
        }
        if begin.elapsed() > LIMIT {
            // It is ended too, so that nothing of the test goes on.
            child.kill()?;
            bail!("{moment:?} does not come");
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn events(log: &Path) -> usize {
    let text = fs::read_to_string(log).unwrap_or_default();
    text.lines().filter(|line| line.ends_with(" started") || line.ends_with(" done")).count()
}

fn signal(child: &Child, signal: Signal) -> Result<()> {
    let id = i32::try_from(child.id()).ok().and_then(Pid::from_raw).context("a process without an id")?;
    Ok(kill_process(id, signal)?)
}

fn succeed(what: &str, mut command: Command) -> Result<()> {
    let run = Run::from(command.output().with_context(|| format!("starting `tfy-infra {what}`"))?);
    ensure!(
        run.code == 0,
        "`tfy-infra {what}` ended with code {}:\n{}\n{}",
        run.code,
        run.stdout,
        run.stderr
    );
    Ok(())
}

/// Every object that is in AWS is in a state. That every object of a state is in AWS, a plan without changes tells.
fn nothing_is_lost(platform: &Platform) -> Result<()> {
    let mut states = String::new();
    for layer in LAYERS {
        let file = platform.folder.join(layer).join("terraform.tfstate");
        if file.exists() {
            states.push_str(&fs::read_to_string(file)?);
        }
    }
    let inventory = platform.aws.inventory()?;
    let kinds = inventory["names"].as_object().context("an inventory without names")?;
    let mut unknown = Vec::new();
    for (kind, names) in kinds {
        for name in names.as_array().into_iter().flatten().filter_map(|name| name.as_str()) {
            // An identifier may be followed by what people know the object by. What is in a cluster has the cluster's name before its own; EKS itself
            // enters the role of a node group, which is in a state as a role.
            let id = name.split(' ').next().unwrap_or(name);
            let in_cluster = id.split_once('/').filter(|_| kind.starts_with("eks:")).map(|(_, child)| child);
            if ![Some(id), in_cluster].into_iter().flatten().any(|id| states.contains(&format!("{id}\""))) {
                unknown.push(format!("{kind} {name}"));
            }
        }
    }
    ensure!(unknown.is_empty(), "in AWS and in no state: {unknown:?}");
    Ok(())
}
