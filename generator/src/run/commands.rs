//! The commands of one layer: `init`, `state pull`, `plan` to a file, `show` and `apply` of that file.

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::changes::ResourceChange;
use super::children::Children;
use super::events::{Event, Problem};
use super::log::Log;
use super::progress::LayerProgress;
use super::summary::{Counts, Drifted};
use super::terraform::{Ended, Terraform};
use super::{Operation, advice, room};
use crate::diag::Diagnostic;
use crate::tree::state::Outline;

/// Runs `terraform` in one layer's directory.
#[derive(Clone)]
pub(super) struct Commands<'a> {
    pub(super) terraform: Terraform,
    pub(super) dir: PathBuf,
    pub(super) operation: Operation,
    /// Whether what is there is asked before a plan to destroy it.
    pub(super) refresh: bool,
    pub(super) children: &'a Children,
    pub(super) log: &'a Log,
    pub(super) progress: &'a LayerProgress<'a>,
}

/// A command that failed: what Terraform reported, never empty.
#[derive(Debug)]
pub(super) struct Failed(pub(super) Vec<Problem>);

impl Failed {
    pub(super) fn one(summary: impl Into<String>, detail: &str) -> Self {
        let (summary, detail) = (summary.into(), detail.trim().to_owned());
        Self(vec![Problem {
            severity: "error".to_owned(),
            summary,
            detail,
            address: None,
            range: None,
            snippet: None,
        }])
    }

    /// It as one problem of no layer.
    pub(super) fn into_diagnostic(self) -> Diagnostic {
        let mut problems = self.0.into_iter();
        match problems.next() {
            Some(problem) => Diagnostic::new(problem.summary).note(problem.detail),
            None => Diagnostic::new("terraform failed"),
        }
    }

    /// The problems of a command, or how it ended when it reported none.
    fn of(mut problems: Vec<Problem>, ended: &Ended) -> Self {
        let mut seen: Vec<Problem> = Vec::new();
        problems.retain(|p| {
            let new = !seen.contains(p);
            seen.push(p.clone());
            new
        });
        if problems.is_empty() {
            let how = ended.code.map_or_else(|| "a signal".to_owned(), |code| format!("exit code {code}"));
            return Self::one(format!("terraform ended with {how}"), &ended.stderr);
        }
        Self(problems)
    }

    fn wants_init(&self) -> bool {
        self.0.iter().any(|p| advice::wants_init(&p.summary) || advice::wants_init(&p.detail))
    }
}

impl From<std::io::Error> for Failed {
    fn from(e: std::io::Error) -> Self {
        Self::one("terraform cannot be run", &e.to_string())
    }
}

/// What a plan found.
#[derive(Debug, Default)]
pub(super) struct Planned {
    /// Whether there is anything to do; outputs count as well.
    pub(super) changes: bool,
    /// How many resources.
    pub(super) counts: Counts,
    /// What is planned for each.
    pub(super) resources: Vec<ResourceChange>,
    /// What was changed outside of Terraform.
    pub(super) drift: Vec<Drifted>,
    /// What Terraform warns of, each once.
    pub(super) warnings: Vec<Problem>,
    /// Whether outputs change.
    pub(super) outputs: bool,
}

impl Planned {
    /// Whether it takes Helm releases or storage classes out of a cluster.
    pub(super) fn removes_from_cluster(&self) -> bool {
        let is_there = |address: &str| {
            ["helm_release.", "kubernetes_storage_class_v1."].iter().any(|ty| address.contains(ty))
        };
        self.resources.iter().any(|change| is_there(&change.address) && change.is_destructive())
    }

    fn note(&mut self, event: Event) {
        match event {
            Event::Planned { address, action } => {
                self.resources.push(ResourceChange { address, action, ..ResourceChange::default() });
            }
            Event::Drifted { address, action } => self.drift.push(Drifted { address, action }),
            Event::Outputs(change) => self.outputs = change,
            Event::Totals(counts) => self.counts = counts,
            Event::Problem(warning) if warning.severity == "warning" && !self.warnings.contains(&warning) => {
                self.warnings.push(warning);
            }
            _ => {}
        }
    }
}

impl Commands<'_> {
    fn run(&self, args: &[&str], each: impl FnMut(Event)) -> Result<Ended, Failed> {
        Ok(self.terraform.run(&self.dir, args, self.children, self.log, each)?)
    }

    /// The whole output of a command, of which nothing is logged.
    fn in_silence(&self, args: &[&str]) -> Result<(Vec<u8>, Ended), Failed> {
        let mut text = Vec::new();
        let each = |line: &[u8]| {
            text.extend_from_slice(line);
            text.push(b'\n');
        };
        let ended = self.terraform.run_in_silence(&self.dir, args, self.children, self.log, each)?;
        Ok((text, ended))
    }

    /// Prepares the directory if that was never done.
    pub(super) fn init_when_new(&self) -> Result<(), Failed> {
        if self.dir.join(".terraform").exists() { Ok(()) } else { self.init() }
    }

    fn init(&self) -> Result<(), Failed> {
        self.init_with(&[])
    }

    /// Prepares the directory, with more arguments.
    pub(super) fn init_with(&self, more: &[&str]) -> Result<(), Failed> {
        self.progress.at("init".to_owned());
        let mut output = String::new();
        let args = [&["init", "-input=false", "-no-color"], more].concat();
        let ended = self.run(&args, |event| {
            if let Event::Other(line) = event {
                output.push_str(&line);
                output.push('\n');
            }
        })?;
        if ended.code == Some(0) {
            return Ok(());
        }
        let text = if ended.stderr.trim().is_empty() { &output } else { &ended.stderr };
        Err(Failed::one("`terraform init` failed", text))
    }

    /// The addresses of the managed resources that the state holds.
    pub(super) fn addresses(&self) -> Result<Vec<String>, Failed> {
        Ok(self.outline()?.managed)
    }

    /// What the state holds, without its values. All of it goes through this process, so nothing of it is logged.
    pub(super) fn outline(&self) -> Result<Outline, Failed> {
        match self.outline_once() {
            Err(failed) if failed.wants_init() => {
                self.init()?;
                self.outline_once()
            }
            other => other,
        }
    }

    fn outline_once(&self) -> Result<Outline, Failed> {
        Outline::of(&self.pull()?).ok_or_else(no_state)
    }

    /// The state as it is, secrets among it; empty where there is none.
    pub(super) fn pull(&self) -> Result<Vec<u8>, Failed> {
        let (text, ended) = self.in_silence(&["state", "pull"])?;
        if ended.code != Some(0) {
            return Err(Failed::one(UNREADABLE, &ended.stderr));
        }
        Ok(after_warnings(&text).to_vec())
    }

    /// Puts a state where the directory keeps its own. Terraform refuses one that is older than what is there, or of another origin.
    pub(super) fn push(&self, file: &Path) -> Result<(), Failed> {
        let ended = self
            .run(&["state", "push", "-no-color", "-lock-timeout=10s", &file.display().to_string()], |_| {})?;
        if ended.code == Some(0) {
            return Ok(());
        }
        Err(Failed::one("the state cannot be written to its new place", &ended.stderr))
    }

    /// The addresses of the resources that the state has under an identifier of AWS.
    pub(super) fn addresses_of(&self, id: &str) -> Result<Vec<String>, Failed> {
        let mut found = Vec::new();
        let ended = self.run(&["state", "list", &format!("-id={id}")], |event| {
            if let Event::Other(line) = event {
                found.push(line.trim().to_owned());
            }
        })?;
        // OpenTofu prints its warnings before.
        found.retain(|line| line.contains('.') && !line.contains(' '));
        if ended.code == Some(0) { Ok(found) } else { Err(Failed::one(UNREADABLE, &ended.stderr)) }
    }

    /// Takes a resource out of the state, and leaves it where it is.
    pub(super) fn forget(&self, address: &str) -> Result<(), Failed> {
        let ended = self.run(&["state", "rm", "-no-color", "-lock-timeout=60s", address], |_| {})?;
        if ended.code == Some(0) {
            return Ok(());
        }
        Err(not_forgotten(address, &ended.stderr))
    }

    /// Takes the lock of a state that holds nothing, and lets it go; an error where somebody has it, or had it when they died.
    pub(super) fn try_lock(&self) -> Result<(), Failed> {
        // Of what is not there nothing is changed, and nothing is written.
        let nothing = "terraform_data.tfy_infra_looks_for_a_lock";
        let ended =
            self.run(&["untaint", "-no-color", "-allow-missing", "-lock-timeout=0s", nothing], |_| {})?;
        if ended.code == Some(0) {
            Ok(())
        } else {
            Err(Failed::one("the state cannot be locked", &ended.stderr))
        }
    }

    /// The outputs of the layer, as JSON; empty when it was never applied. Some may be sensitive, so nothing of them is logged.
    pub(super) fn outputs(&self) -> Result<String, Failed> {
        self.init_when_new()?;
        let (text, ended) = self.in_silence(&["output", "-json", "-no-color"])?;
        if ended.code == Some(0) {
            Ok(String::from_utf8_lossy(after_warnings(&text)).into_owned())
        } else {
            Err(Failed::one("the outputs cannot be read", &ended.stderr))
        }
    }

    /// Plans into a file.
    pub(super) fn plan(&self, file: &Path) -> Result<Planned, Failed> {
        match self.plan_once(file) {
            Err(failed) if failed.wants_init() => {
                self.init()?;
                self.plan_once(file)
            }
            other => other,
        }
    }

    fn plan_once(&self, file: &Path) -> Result<Planned, Failed> {
        self.plan_with(
            file,
            match self.operation {
                Operation::Plan | Operation::Apply => &["-lock-timeout=60s"],
                Operation::Destroy if self.refresh => &["-lock-timeout=60s", "-destroy"],
                Operation::Destroy => &["-lock-timeout=60s", "-destroy", "-refresh=false"],
                // Who holds the lock changes what is looked at; an apply takes minutes, so that to wait for it gains nothing.
                Operation::Drift => &["-lock-timeout=10s", "-refresh-only"],
            },
        )
    }

    /// Plans what the outputs become while every object stays as it is.
    pub(super) fn plan_outputs(&self, file: &Path) -> Result<Planned, Failed> {
        self.plan_with(file, &["-lock-timeout=60s", "-refresh-only"])
    }

    fn plan_with(&self, file: &Path, how: &[&str]) -> Result<Planned, Failed> {
        self.progress.at("plan".to_owned());
        let out = format!("-out={}", file.display());
        let args = [&["plan", "-input=false", "-json", "-detailed-exitcode", &out][..], how].concat();
        let (mut planned, mut problems) = (Planned::default(), Vec::new());
        let mut read = 0;
        let ended = self.run(&args, |event| match event {
            Event::Read => {
                read += 1;
                self.progress.at(format!("plan: {read} looked at"));
            }
            Event::Problem(p) if p.severity == "error" => problems.push(p),
            other => planned.note(other),
        })?;
        planned.changes = ended.code == Some(2);
        match ended.code {
            Some(0 | 2) => Ok(planned),
            _ => Err(Failed::of(problems, &ended)),
        }
    }

    /// A plan's file as JSON. It holds what the state holds, secrets among it, so nothing of it is logged.
    pub(super) fn show(&self, file: &Path) -> Result<Value, Failed> {
        let (text, ended) = self.in_silence(&["show", "-json", &file.display().to_string()])?;
        let unreadable = |cause: &str| Failed::one("the plan that was made cannot be read", cause);
        if ended.code != Some(0) {
            return Err(unreadable(&ended.stderr));
        }
        // What does not decode is not quoted.
        serde_json::from_slice(&text).map_err(|_| unreadable("`terraform show -json` did not print JSON."))
    }

    /// Applies a plan's file; `counts` are right also when it fails midway.
    pub(super) fn change(&self, file: &Path, planned: Counts, counts: &mut Counts) -> Result<(), Failed> {
        let total = planned.add + planned.change + planned.destroy;
        let file = file.display().to_string();
        let mut problems = Vec::new();
        let args = ["apply", "-input=false", "-json", "-lock-timeout=60s", &file];
        let ended = self.run(&args, |event| match event {
            Event::Started { address, action } => {
                let done = counts.add + counts.change + counts.destroy;
                self.progress.at(format!("{done}/{total}  {action} {address}"));
            }
            Event::Goes { address, action, seconds } => {
                let done = counts.add + counts.change + counts.destroy;
                self.progress.at(format!("{done}/{total}  {action} {address}, {seconds} s"));
            }
            Event::Done { address, action } => {
                counts.count(&action);
                let done = counts.add + counts.change + counts.destroy;
                self.progress.at(format!("{done}/{total}  {action} {address} done"));
            }
            Event::State(state) => problems.extend(room::keep(&self.dir, &state).0),
            Event::Problem(p) if p.severity == "error" => problems.push(p),
            _ => {}
        })?;
        if ended.code == Some(0) { Ok(()) } else { Err(Failed::of(problems, &ended)) }
    }
}

/// What is said of a state that cannot be had.
const UNREADABLE: &str = "the state cannot be read";

/// What is said of what was printed for a state and is none.
pub(super) fn no_state() -> Failed {
    Failed::one(UNREADABLE, "`terraform state pull` did not print a state of format 4.")
}

/// What a core prints after its warnings: OpenTofu writes those about its own configuration on standard output, before anything else.
pub(super) fn after_warnings(text: &[u8]) -> &[u8] {
    let mut begin = 0;
    for line in text.split_inclusive(|byte| *byte == b'\n') {
        if line.starts_with(b"{") {
            return &text[begin..];
        }
        begin += line.len();
    }
    if text.trim_ascii_start().starts_with(b"Warning: ") { &[] } else { text }
}

fn not_forgotten(address: &str, said: &str) -> Failed {
    Failed::one(format!("`{address}` cannot be taken out of the state"), said)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stays_in_the_state_is_named() {
        let summary = not_forgotten("aws_kms_key.this", "no lock").0.remove(0).summary;
        insta::assert_snapshot!(summary, @"`aws_kms_key.this` cannot be taken out of the state");
    }

    #[test]
    fn a_state_is_read_after_the_warnings_of_a_core() {
        let warning = "\nWarning: Unable to open CLI configuration file\n\nThe file does not exist.\n";
        let after = |text: &str| String::from_utf8(after_warnings(text.as_bytes()).to_vec()).unwrap();
        assert_eq!(after(&format!("{warning}{{\n  \"version\": 4\n}}\n")), "{\n  \"version\": 4\n}\n");
        assert_eq!(after(warning), "", "there is no state");
        assert_eq!(after("<html>\n"), "<html>\n");
    }

    #[test]
    fn what_terraform_says_twice_is_told_once_and_silence_is_told_as_well() {
        let ended = Ended { code: Some(1), stderr: "the end".to_owned() };
        let one = Failed::one("s", "d").0.remove(0);
        assert_eq!(Failed::of(vec![one.clone(), one.clone()], &ended).0, [one]);
        let silent = Failed::of(Vec::new(), &ended).0.remove(0);
        assert_eq!(
            (silent.summary.as_str(), silent.detail.as_str()),
            ("terraform ended with exit code 1", "the end")
        );
        assert_eq!(Failed(Vec::new()).into_diagnostic().message, "terraform failed");
        let gone = Failed::from(std::io::Error::other("text file busy")).0.remove(0);
        assert_eq!(
            (gone.summary.as_str(), gone.detail.as_str()),
            ("terraform cannot be run", "text file busy")
        );
    }
}
