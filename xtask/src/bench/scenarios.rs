//! What is measured of a provider that is compared with another.

use std::path::{Path, PathBuf};
use std::time::Duration;

use acceptance_tests::thousand::{self, PARALLELISM};
use acceptance_tests::{Binaries, CliConfig, LocalAws, Sandbox, Terraform, Traffic, Usage, start};
use anyhow::{Result, ensure};
use fs_err as fs;

/// Three small objects, for what every command costs.
pub(super) const THREE: &str = r#"terraform {
  required_providers {
    truefoundry = {
      source = "truefoundry/truefoundry"
    }
  }
}

resource "truefoundry_environment" "bench" {
  for_each      = toset(["bench-a", "bench-b", "bench-c"])
  name          = each.key
  is_production = false
  optimize_for  = "COST"
}
"#;

/// In the order of a round: each of the thousand's lives on what the one before it left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scenario {
    Start,
    Validate,
    EmptyPlan,
    Create,
    Plan,
    Update,
    Destroy,
}

impl Scenario {
    pub(super) const ALL: [Self; 7] =
        [Self::Start, Self::Validate, Self::EmptyPlan, Self::Create, Self::Plan, Self::Update, Self::Destroy];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Validate => "validate, with the whole schema",
            Self::EmptyPlan => "plan of 3 without changes",
            Self::Create => "create 1,000",
            Self::Plan => "plan of 1,000 without changes",
            Self::Update => "update 1,000",
            Self::Destroy => "destroy 1,000",
        }
    }

    /// Whether one waits for it.
    pub(super) fn is_long(self) -> bool {
        matches!(self, Self::Create | Self::Plan | Self::Update | Self::Destroy)
    }

    /// How often in a round: what is over soon is measured more often, and some can be had only once.
    pub(super) fn times(self) -> usize {
        match self {
            Self::Start => 10,
            Self::Validate | Self::EmptyPlan => 4,
            Self::Plan => 2,
            Self::Create | Self::Update | Self::Destroy => 1,
        }
    }
}

/// One run.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Sample {
    pub(super) time: Duration,
    /// Of Terraform and the provider, or of the provider that was started alone.
    pub(super) processor: Duration,
    /// The provider's part of it.
    pub(super) provider: Option<Duration>,
    pub(super) requests: Option<u64>,
    /// The provider's peak, in KiB.
    pub(super) memory: Option<u64>,
}

impl Sample {
    fn of(usage: Usage, requests: Option<u64>) -> Self {
        Self {
            time: usage.time,
            processor: usage.processor,
            provider: usage.children.map(|provider| provider.processor),
            requests,
            memory: usage.children.map(|provider| provider.peak),
        }
    }
}

/// One of the providers, with a control plane and folders of its own.
pub(super) struct Candidate {
    provider: PathBuf,
    sandbox: Sandbox,
    three: Terraform,
    thousand: Terraform,
}

impl Candidate {
    pub(super) fn new(binaries: &Binaries, aws: &LocalAws, provider: &Path, folder: &Path) -> Result<Self> {
        fs::create_dir_all(folder)?;
        let config = CliConfig::with_mirror_in(folder, provider)?;
        let sandbox = Sandbox::start(binaries, &folder.join("sandbox.log"))?;
        let terraform = |name: &str| -> Result<Terraform> {
            let place = folder.join(name);
            fs::create_dir_all(&place)?;
            let variables = sandbox.environment().into_iter().chain(aws.environment().to_vec());
            Ok(Terraform::new(&place, &config)?.with(variables))
        };
        let (three, thousand) = (terraform("three")?, terraform("thousand")?);
        fs::write(three.folder().join("main.tf"), THREE)?;
        three.init()?;
        Ok(Self { provider: provider.to_path_buf(), sandbox, three, thousand })
    }

    /// Whether Terraform can use it for what is measured, as far as that can be told without a control plane.
    pub(super) fn knows_our_types(provider: &Path, folder: &Path) -> Result<()> {
        fs::create_dir_all(folder)?;
        let terraform = Terraform::new(folder, &CliConfig::with_mirror_in(folder, provider)?)?;
        fs::write(folder.join("main.tf"), thousand::workspaces("before"))?;
        terraform.init()?;
        let run = terraform.run(&["validate", "-no-color"])?;
        ensure!(run.code == 0, "{}", run.message());
        Ok(())
    }

    /// An empty control plane and empty states for a round, three objects in one of them.
    pub(super) fn prepare(&self, round: usize) -> Result<()> {
        thousand::prepare(&self.sandbox)?;
        for name in ["terraform.tfstate", "terraform.tfstate.backup"] {
            let state = self.three.folder().join(name);
            if state.exists() {
                fs::remove_file(state)?;
            }
        }
        self.three.apply()?;
        let name = self.thousand.folder().parent().and_then(Path::file_name).unwrap_or_default();
        let key = format!("{}-{round}", name.to_string_lossy());
        fs::write(self.thousand.folder().join("backend.tf"), thousand::state_in_bucket(&key))?;
        self.write("before")?;
        self.thousand.succeed(&["init", "-no-color", "-reconfigure"]).map(drop)
    }

    fn write(&self, label: &str) -> Result<()> {
        Ok(fs::write(self.thousand.folder().join("main.tf"), thousand::workspaces(label))?)
    }

    pub(super) fn measure(&self, scenario: Scenario) -> Result<Sample> {
        let mut seen = 0;
        Traffic::since(&self.sandbox, &mut seen)?;
        let plan = ["plan", "-no-color", "-detailed-exitcode", PARALLELISM];
        let apply = ["apply", "-no-color", "-auto-approve", PARALLELISM];
        let usage = match scenario {
            Scenario::Start => return self.start(),
            Scenario::Validate => self.three.measured(&["validate", "-no-color"])?,
            Scenario::EmptyPlan => self.three.measured(&plan)?,
            Scenario::Create => self.thousand.measured(&apply)?,
            Scenario::Plan => self.thousand.measured(&plan)?,
            Scenario::Update => {
                self.write("after")?;
                self.thousand.measured(&apply)?
            }
            Scenario::Destroy => {
                self.thousand.measured(&["destroy", "-no-color", "-auto-approve", PARALLELISM])?
            }
        };
        let requests = Traffic::since(&self.sandbox, &mut seen)?.requests();
        let mut sample = Sample::of(usage, Some(requests));
        if !scenario.is_long() {
            // Known in steps of 10 ms, of which there is one or none.
            sample.provider = None;
        }
        Ok(sample)
    }

    fn start(&self) -> Result<Sample> {
        let start = start::provider(&self.provider)?;
        let (time, processor) = (start.time, start.processor);
        Ok(Sample { time, processor, memory: start.memory, ..Sample::default() })
    }
}
