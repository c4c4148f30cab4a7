//! What a thousand workspaces take by the clock, beside the plain writes and beside what Terraform takes for as many objects of its own.

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use acceptance_tests::thousand::{self, COUNT, PARALLELISM};
use acceptance_tests::{Binaries, CliConfig, LocalAws, Sandbox, Terraform, repository};
use anyhow::{Result, anyhow};
use fs_err as fs;
use serde_json::json;

use super::statistics::median;
use crate::ui::{Ui, elapsed, table};

const ROUNDS: usize = 3;
/// How many writes of the plain client are under way at once, as many as Terraform's.
const AT_ONCE: usize = 10;

/// What is measured, each once in a round.
#[derive(Clone, Copy)]
enum Step {
    PlainWrites,
    CreateBuiltIn,
    PlanBuiltIn,
    CreateInBucket,
    CreateInFile,
    Plan,
}

impl Step {
    const ALL: [Self; 6] = [
        Self::PlainWrites,
        Self::CreateBuiltIn,
        Self::PlanBuiltIn,
        Self::CreateInBucket,
        Self::CreateInFile,
        Self::Plan,
    ];

    fn name(self) -> &'static str {
        match self {
            Self::PlainWrites => "the plain writes",
            Self::CreateBuiltIn => "create as many `terraform_data`",
            Self::PlanBuiltIn => "their plan without changes",
            Self::CreateInBucket => "create, state in a bucket",
            Self::CreateInFile => "create, state in a file",
            Self::Plan => "plan without changes",
        }
    }

    /// What it is a multiple of.
    fn base(self) -> Option<Self> {
        match self {
            Self::CreateInBucket | Self::CreateInFile => Some(Self::PlainWrites),
            Self::Plan => Some(Self::PlanBuiltIn),
            Self::PlainWrites | Self::CreateBuiltIn | Self::PlanBuiltIn => None,
        }
    }
}

pub(super) fn run(ui: &Ui, binaries: &Binaries) -> Result<()> {
    let place = Place::new(binaries)?;
    let mut times: [Vec<Duration>; Step::ALL.len()] = Default::default();
    for round in 1..=ROUNDS {
        ui.step(&format!("round {round} of {ROUNDS}: {COUNT} workspaces"));
        let folder = place.folder.path().join(round.to_string());
        for step in Step::ALL {
            let time = place.measure(step, &folder)?;
            ui.detail(&format!("{}: {}", step.name(), elapsed(time)));
            times[step as usize].push(time);
        }
    }
    ui.result(&format!(
        "\n{COUNT} workspaces on a control plane whose answers wait {} ms, medians of {ROUNDS} rounds by the clock",
        thousand::LATENCY
    ));
    ui.result(&table(&["what", "median", "times", "of what"], &rows(&times)));
    Ok(())
}

fn rows(times: &[Vec<Duration>; Step::ALL.len()]) -> Vec<Vec<String>> {
    let time = |step: Step| median(times[step as usize].clone()).unwrap_or_default().as_secs_f64();
    let row = |step: Step| {
        let base = step.base();
        let times = base.map(|base| format!("{:.2}", time(step) / time(base)));
        vec![
            step.name().to_owned(),
            format!("{:.2} s", time(step)),
            times.unwrap_or_default(),
            base.map_or("", Step::name).to_owned(),
        ]
    };
    Step::ALL.into_iter().map(row).collect()
}

struct Place {
    folder: tempfile::TempDir,
    sandbox: Sandbox,
    aws: LocalAws,
    config: CliConfig,
}

impl Place {
    fn new(binaries: &Binaries) -> Result<Self> {
        let logs = repository::target_folder("bench")?;
        let aws = thousand::aws_with_bucket(&logs.join("local-aws.log"))?;
        Ok(Self {
            folder: super::in_memory_folder()?,
            sandbox: Sandbox::start(binaries, &logs.join("workspaces.log"))?,
            aws,
            config: CliConfig::for_our_provider(binaries)?,
        })
    }

    /// In the folder of a round, where a plan finds what a create has left.
    fn measure(&self, step: Step, round: &Path) -> Result<Duration> {
        let workspaces = thousand::workspaces("bench");
        match step {
            Step::PlainWrites => plain_writes(&self.sandbox),
            Step::CreateBuiltIn => apply(&self.terraform(&round.join("built-in"), &thousand::built_in())?),
            Step::PlanBuiltIn => plan(&self.terraform(&round.join("built-in"), &thousand::built_in())?),
            Step::CreateInBucket => {
                let name = round.file_name().unwrap_or_default().to_string_lossy();
                let state = thousand::state_in_bucket(&format!("bench-{name}"));
                thousand::prepare(&self.sandbox)?;
                apply(&self.terraform(&round.join("bucket"), &(state + &workspaces))?)
            }
            Step::CreateInFile => {
                thousand::prepare(&self.sandbox)?;
                apply(&self.terraform(&round.join("file"), &workspaces)?)
            }
            Step::Plan => plan(&self.terraform(&round.join("file"), &workspaces)?),
        }
    }

    fn terraform(&self, folder: &Path, configuration: &str) -> Result<Terraform> {
        fs::create_dir_all(folder)?;
        fs::write(folder.join("main.tf"), configuration)?;
        let variables = self.sandbox.environment().into_iter().chain(self.aws.environment().to_vec());
        let terraform = Terraform::new(folder, &self.config)?.with(variables);
        terraform.init()?;
        Ok(terraform)
    }
}

fn apply(terraform: &Terraform) -> Result<Duration> {
    Ok(terraform.measured(&["apply", "-no-color", "-auto-approve", PARALLELISM])?.time)
}

fn plan(terraform: &Terraform) -> Result<Duration> {
    Ok(terraform.measured(&["plan", "-no-color", "-detailed-exitcode", PARALLELISM])?.time)
}

/// The same objects written by a client that does nothing else.
fn plain_writes(sandbox: &Sandbox) -> Result<Duration> {
    thousand::prepare(sandbox)?;
    let next = AtomicUsize::new(0);
    let begin = Instant::now();
    let writer = || -> Result<()> {
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if number >= COUNT {
                return Ok(());
            }
            let name = format!("space-{number}");
            let manifest = json!({ "type": "workspace", "name": name, "cluster_fqn": "prod" });
            thousand::put(sandbox, "workspaces", &manifest)?;
        }
    };
    std::thread::scope(|scope| {
        let writers: Vec<_> = (0..AT_ONCE).map(|_| scope.spawn(writer)).collect();
        writers.into_iter().try_for_each(|writer| writer.join().map_err(|_| anyhow!("a writer panicked"))?)
    })?;
    Ok(begin.elapsed())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_multiples_of_their_base() {
        let rows = rows(&[6, 8, 1, 9, 12, 2].map(|seconds| vec![Duration::from_secs(seconds)]));
        assert_eq!(rows[0], ["the plain writes", "6.00 s", "", ""]);
        assert_eq!(rows[4], ["create, state in a file", "12.00 s", "2.00", "the plain writes"]);
        assert_eq!(rows[5], ["plan without changes", "2.00 s", "2.00", "their plan without changes"]);
    }
}
