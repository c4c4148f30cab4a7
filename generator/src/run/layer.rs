//! One layer: init when needed, plan to a file, ask, apply that file.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::Instant;

use super::children::Children;
use super::events::{Event, Problem};
use super::log::Log;
use super::progress::{LayerProgress, Progress};
use super::schedule::RunLayer;
use super::summary::{Counts, LayerSummary, Status};
use super::terraform::{Ended, Terraform};
use super::{Operation, Options, advice};
use crate::diag::Diagnostic;
use crate::layout::{Layer, LayerName};
use crate::write::OWN;

/// What every layer of a run shares.
pub(super) struct Runner<'a> {
    pub(super) operation: Operation,
    pub(super) options: &'a Options,
    pub(super) terraform: &'a Terraform,
    pub(super) children: &'a Children,
    pub(super) progress: &'a Progress,
}

/// One question at a time stands on the terminal.
static ASKING: Mutex<()> = Mutex::new(());

impl RunLayer for Runner<'_> {
    fn run(&self, layer: &Layer, before: &BTreeMap<LayerName, LayerSummary>) -> LayerSummary {
        let started = Instant::now();
        let progress = self.progress.layer(layer.name);
        let mut summary = match Log::create(&self.options.dir, layer.name, self.operation) {
            Ok(log) => {
                let run = LayerRun { shared: self, layer, log, progress: &progress };
                run.ended(before)
            }
            Err(e) => {
                self.progress.problem(Diagnostic::new(format!("layer `{}`: {e}", layer.name)));
                LayerSummary::idle(layer.name, Status::Failed)
            }
        };
        if self.children.interrupted() && summary.status == Status::Failed {
            summary.status = Status::Interrupted;
        }
        summary.seconds = started.elapsed().as_secs_f64();
        summary
    }

    fn stopped(&self) -> bool {
        self.children.interrupted()
    }
}

struct LayerRun<'a> {
    shared: &'a Runner<'a>,
    layer: &'a Layer,
    log: Log,
    progress: &'a LayerProgress<'a>,
}

/// Why a step ended the layer.
enum Stop {
    /// With this status, already told.
    Told(Status),
    /// The machine refused.
    Io(std::io::Error),
}

impl From<std::io::Error> for Stop {
    fn from(e: std::io::Error) -> Self {
        Self::Io(e)
    }
}

/// What a plan found.
#[derive(Default)]
struct Planned {
    changes: bool,
    counts: Counts,
    resources: Vec<(String, String)>,
    problems: Vec<Problem>,
}

impl LayerRun<'_> {
    fn ended(&self, before: &BTreeMap<LayerName, LayerSummary>) -> LayerSummary {
        let mut summary = LayerSummary::idle(self.layer.name, Status::Failed);
        match self.steps(before, &mut summary) {
            Ok(status) => summary.status = status,
            Err(Stop::Told(status)) => summary.status = status,
            Err(Stop::Io(e)) => {
                let problem =
                    Diagnostic::new(format!("layer `{}`: terraform cannot be run", self.layer.name));
                self.shared.progress.problem(problem.note(e.to_string()));
            }
        }
        summary
    }

    fn steps(
        &self,
        before: &BTreeMap<LayerName, LayerSummary>,
        summary: &mut LayerSummary,
    ) -> Result<Status, Stop> {
        let operation = self.shared.operation;
        let missing = |name: &LayerName| {
            before.get(name).is_some_and(|l| l.status == Status::Waiting || l.resources == Some(0))
        };
        if operation == Operation::Plan && self.layer.reads.iter().any(missing) {
            self.progress.line(&advice::waiting(self.layer));
            return Ok(Status::Waiting);
        }
        if !self.dir().join(".terraform").exists() {
            self.init()?;
        }
        let resources = self.resources(true)?;
        summary.resources = Some(resources);
        if operation == Operation::Destroy && resources == 0 {
            self.progress.line("nothing to destroy");
            return Ok(Status::Empty);
        }
        let plan_file = self.plan_file()?;
        let result = self.plan_and_change(&plan_file, summary);
        // The plan is of no use to anyone any more, and the next run makes its own.
        let _ = std::fs::remove_file(&plan_file);
        result
    }

    fn plan_and_change(&self, plan_file: &Path, summary: &mut LayerSummary) -> Result<Status, Stop> {
        let operation = self.shared.operation;
        let planned = self.plan(plan_file)?;
        summary.counts = planned.counts;
        if !planned.changes {
            self.progress.line("no changes");
            return Ok(Status::Unchanged);
        }
        self.progress.line(&planned.counts.to_string());
        if operation == Operation::Plan {
            self.show(&planned);
            return Ok(Status::Planned);
        }
        if !self.shared.options.auto_approve && !self.approved(&planned)? {
            return Ok(Status::Declined);
        }
        if self.shared.children.interrupted() {
            return Ok(Status::Interrupted);
        }
        summary.counts = Counts::default();
        let result = self.change(plan_file, &planned, &mut summary.counts);
        summary.resources = self.resources(false).ok();
        result?;
        Ok(if operation == Operation::Destroy { Status::Destroyed } else { Status::Applied })
    }

    fn dir(&self) -> PathBuf {
        self.shared.options.dir.join(self.layer.name.as_str())
    }

    /// The absolute path of the plan's file, in a folder that exists.
    fn plan_file(&self) -> Result<PathBuf, Stop> {
        let folder = std::path::absolute(self.shared.options.dir.join(OWN).join("plans"))?;
        fs_err::create_dir_all(&folder)?;
        Ok(folder.join(format!("{}.tfplan", self.layer.name)))
    }

    fn terraform(&self, args: &[&str], each: impl FnMut(Event)) -> Result<Ended, Stop> {
        Ok(self.shared.terraform.run(&self.dir(), args, self.shared.children, &self.log, each)?)
    }

    fn init(&self) -> Result<(), Stop> {
        self.progress.at("init".to_owned());
        let mut output = String::new();
        let ended = self.terraform(&["init", "-input=false", "-no-color"], |event| {
            if let Event::Other(line) = event {
                output.push_str(&line);
                output.push('\n');
            }
        })?;
        if ended.code == Some(0) {
            return Ok(());
        }
        let text = if ended.stderr.trim().is_empty() { output } else { ended.stderr };
        let problem = Problem {
            severity: "error".to_owned(),
            summary: "`terraform init` failed".to_owned(),
            detail: text.trim().to_owned(),
            address: None,
            range: None,
            snippet: None,
        };
        Err(self.failed(&[problem]))
    }

    /// How many managed resources the state holds. With `retry`, a folder that wants `init` gets it.
    fn resources(&self, retry: bool) -> Result<u64, Stop> {
        let mut lines = Vec::new();
        let ended = self.terraform(&["state", "list"], |event| {
            if let Event::Other(line) = event {
                lines.push(line);
            }
        })?;
        if ended.code == Some(0) {
            let managed = lines.iter().filter(|l| is_managed(l)).count();
            return Ok(u64::try_from(managed).unwrap_or(u64::MAX));
        }
        if ended.stderr.contains("No state file was found") {
            return Ok(0);
        }
        if retry && advice::wants_init(&ended.stderr) {
            self.init()?;
            return self.resources(false);
        }
        let problem = Problem {
            severity: "error".to_owned(),
            summary: "the state cannot be read".to_owned(),
            detail: ended.stderr.trim().to_owned(),
            address: None,
            range: None,
            snippet: None,
        };
        Err(self.failed(&[problem]))
    }

    fn plan(&self, file: &Path) -> Result<Planned, Stop> {
        let (planned, ended) = self.plan_once(file)?;
        let wants_init = |p: &Problem| advice::wants_init(&p.summary) || advice::wants_init(&p.detail);
        let (planned, ended) = if ended.code == Some(1)
            && (planned.problems.iter().any(wants_init) || advice::wants_init(&ended.stderr))
        {
            self.init()?;
            self.plan_once(file)?
        } else {
            (planned, ended)
        };
        match ended.code {
            Some(0 | 2) => Ok(Planned { changes: ended.code == Some(2), ..planned }),
            _ if self.shared.operation == Operation::Plan
                && planned.problems.iter().any(advice::is_waiting) =>
            {
                self.progress.line(&advice::waiting(self.layer));
                Err(Stop::Told(Status::Waiting))
            }
            _ => Err(self.failed_with(&planned.problems, &ended)),
        }
    }

    fn plan_once(&self, file: &Path) -> Result<(Planned, Ended), Stop> {
        self.progress.at("plan".to_owned());
        let out = format!("-out={}", file.display());
        let mut args = vec!["plan", "-input=false", "-json", "-detailed-exitcode", "-lock-timeout=60s", &out];
        if self.shared.operation == Operation::Destroy {
            args.push("-destroy");
        }
        let mut planned = Planned::default();
        let ended = self.terraform(&args, |event| match event {
            Event::Planned { address, action } => planned.resources.push((address, action)),
            Event::Totals(counts) => planned.counts = counts,
            Event::Problem(p) if p.severity == "error" => planned.problems.push(p),
            _ => {}
        })?;
        Ok((planned, ended))
    }

    fn change(&self, file: &Path, planned: &Planned, counts: &mut Counts) -> Result<(), Stop> {
        let file = file.display().to_string();
        let total = planned.counts.add + planned.counts.change + planned.counts.destroy;
        let mut done = 0;
        let mut problems = Vec::new();
        let ended =
            self.terraform(&["apply", "-input=false", "-json", "-lock-timeout=60s", &file], |event| {
                match event {
                    Event::Started { address, action } => {
                        self.progress.at(format!("{done}/{total}  {action} {address}"));
                    }
                    Event::Done { address, action } => {
                        done += 1;
                        match action.as_str() {
                            "create" => counts.add += 1,
                            "delete" => counts.destroy += 1,
                            _ => counts.change += 1,
                        }
                        self.progress.at(format!("{done}/{total}  {action} {address} done"));
                    }
                    Event::Problem(p) if p.severity == "error" => problems.push(p),
                    _ => {}
                }
            })?;
        if ended.code == Some(0) {
            self.progress.line(&format!(
                "done: {} added, {} changed, {} destroyed",
                counts.add, counts.change, counts.destroy
            ));
            return Ok(());
        }
        Err(self.failed_with(&problems, &ended))
    }

    /// The planned changes on standard output, one a line.
    fn show(&self, planned: &Planned) {
        if self.shared.options.quiet {
            return;
        }
        let mut text = String::new();
        for (address, action) in &planned.resources {
            let sign = match action.as_str() {
                "create" => "+",
                "delete" => "-",
                "replace" => "-/+",
                "read" => "<=",
                "move" => "->",
                "import" => "=>",
                _ => "~",
            };
            text.push_str(&format!("{:<10} {sign:<3} {address}\n", self.layer.name));
        }
        self.shared.progress.still(|| {
            // With standard output closed there is nobody left to tell.
            let _ = std::io::stdout().lock().write_all(text.as_bytes());
        });
    }

    fn approved(&self, planned: &Planned) -> Result<bool, Stop> {
        let _one = ASKING.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if self.shared.children.interrupted() {
            return Ok(false);
        }
        self.show(planned);
        let layer = self.layer.name;
        let question = match self.shared.operation {
            Operation::Destroy => format!("Destroy these {} resources of `{layer}`?", planned.counts.destroy),
            _ => format!("Apply this to `{layer}` ({})?", planned.counts),
        };
        self.shared.children.asking(true);
        let answer = self.shared.progress.still(|| {
            let mut err = std::io::stderr().lock();
            write!(err, "{question} Only `yes` is taken as yes: ")?;
            err.flush()?;
            drop(err);
            let mut answer = String::new();
            std::io::stdin().read_line(&mut answer)?;
            std::io::Result::Ok(answer)
        });
        self.shared.children.asking(false);
        Ok(answer?.trim() == "yes")
    }

    fn failed_with(&self, problems: &[Problem], ended: &Ended) -> Stop {
        if !problems.is_empty() {
            return self.failed(problems);
        }
        let how = ended.code.map_or_else(|| "a signal".to_owned(), |code| format!("exit code {code}"));
        let problem = Problem {
            severity: "error".to_owned(),
            summary: format!("terraform ended with {how}"),
            detail: ended.stderr.trim().to_owned(),
            address: None,
            range: None,
            snippet: None,
        };
        self.failed(&[problem])
    }

    /// Tells what failed; what was made before stays in the state, so the same command goes on from there.
    fn failed(&self, problems: &[Problem]) -> Stop {
        let layer = self.layer.name;
        for problem in problems {
            self.shared.progress.problem(advice::explain(self.layer, problem));
        }
        self.progress.line(&format!("failed; the whole log is in `{}`", self.log.path().display()));
        if self.shared.operation != Operation::Plan {
            let verb = self.shared.operation.verb();
            self.progress.line(&format!(
                "what is done is in the state of `{layer}`: run `tfy-infra {verb}` again to go on from here"
            ));
        }
        Stop::Told(Status::Failed)
    }
}

/// Whether an address is of a managed resource and not of a data source. A module may itself be called `data`.
fn is_managed(address: &str) -> bool {
    let mut rest = address.trim();
    while let Some(inside) = rest.strip_prefix("module.") {
        // The name, and a key in brackets that may hold dots of its own.
        let end = match inside.find(['.', '[']) {
            Some(at) if inside[at..].starts_with('[') => match inside.find("].") {
                Some(close) => close + 1,
                None => return false,
            },
            Some(at) => at,
            None => return false,
        };
        rest = inside[end..].trim_start_matches('.');
    }
    !rest.is_empty() && !rest.starts_with("data.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn data_sources_are_not_resources() {
        for managed in [
            "aws_vpc.this",
            "module.data.aws_vpc.this",
            "module.a[\"x.data.y\"].aws_vpc.this[\"data.z\"]",
            "module.a[0].module.b.aws_vpc.this",
        ] {
            assert!(is_managed(managed), "{managed}");
        }
        for data in
            ["", "data.aws_region.current", "module.a.data.aws_region.current", "module.a[\"x.y\"].data.a.b"]
        {
            assert!(!is_managed(data), "{data}");
        }
    }
}
