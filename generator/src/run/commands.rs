//! The commands of one layer: `init`, `state list`, `plan` to a file, `show` and `apply` of that file.

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::children::Children;
use super::events::{Event, Problem};
use super::log::Log;
use super::progress::LayerProgress;
use super::summary::Counts;
use super::terraform::{Ended, Terraform};
use super::{Operation, advice};

/// Runs `terraform` in one layer's directory.
#[derive(Clone)]
pub(super) struct Commands<'a> {
    pub(super) terraform: &'a Terraform,
    pub(super) dir: PathBuf,
    pub(super) operation: Operation,
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
    /// Address and action of each.
    pub(super) resources: Vec<(String, String)>,
}

impl Commands<'_> {
    fn run(&self, args: &[&str], each: impl FnMut(Event)) -> Result<Ended, Failed> {
        Ok(self.terraform.run(&self.dir, args, self.children, self.log, each)?)
    }

    /// Prepares the directory if that was never done.
    pub(super) fn init_when_new(&self) -> Result<(), Failed> {
        if self.dir.join(".terraform").exists() { Ok(()) } else { self.init() }
    }

    fn init(&self) -> Result<(), Failed> {
        self.progress.at("init".to_owned());
        let mut output = String::new();
        let ended = self.run(&["init", "-input=false", "-no-color"], |event| {
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

    /// How many managed resources the state holds.
    pub(super) fn resources(&self) -> Result<u64, Failed> {
        Ok(self.addresses()?.len() as u64)
    }

    /// The addresses of the managed resources that the state holds.
    pub(super) fn addresses(&self) -> Result<Vec<String>, Failed> {
        Ok(self.everything()?.into_iter().filter(|address| is_managed(address)).collect())
    }

    /// The addresses of all that the state holds, data sources among it.
    pub(super) fn everything(&self) -> Result<Vec<String>, Failed> {
        match self.everything_once() {
            Err(failed) if failed.wants_init() => {
                self.init()?;
                self.everything_once()
            }
            other => other,
        }
    }

    fn everything_once(&self) -> Result<Vec<String>, Failed> {
        let mut addresses = Vec::new();
        let ended = self.run(&["state", "list"], |event| {
            if let Event::Other(line) = event {
                addresses.extend(Some(line.trim()).filter(|line| !line.is_empty()).map(str::to_owned));
            }
        })?;
        if ended.code == Some(0) {
            Ok(addresses)
        } else if ended.stderr.contains("No state file was found") {
            Ok(Vec::new())
        } else {
            Err(Failed::one("the state cannot be read", &ended.stderr))
        }
    }

    /// The outputs of the layer, as JSON; empty when it was never applied.
    pub(super) fn outputs(&self) -> Result<String, Failed> {
        self.init_when_new()?;
        let mut text = String::new();
        let ended = self.run(&["output", "-json", "-no-color"], |event| {
            if let Event::Other(line) = event {
                text.push_str(&line);
                text.push('\n');
            }
        })?;
        if ended.code == Some(0) {
            Ok(text)
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
        self.progress.at("plan".to_owned());
        let out = format!("-out={}", file.display());
        let mut args = vec!["plan", "-input=false", "-json", "-detailed-exitcode", &out];
        args.extend(match self.operation {
            Operation::Plan | Operation::Apply => &["-lock-timeout=60s"][..],
            Operation::Destroy => &["-lock-timeout=60s", "-destroy"],
            // Who holds the lock changes what is looked at; an apply takes minutes, so that to wait for it gains nothing.
            Operation::Drift => &["-lock-timeout=10s", "-refresh-only"],
        });
        let (mut planned, mut problems) = (Planned::default(), Vec::new());
        let ended = self.run(&args, |event| match event {
            Event::Planned { address, action } => planned.resources.push((address, action)),
            Event::Totals(counts) => planned.counts = counts,
            Event::Problem(p) if p.severity == "error" => problems.push(p),
            _ => {}
        })?;
        planned.changes = ended.code == Some(2);
        match ended.code {
            Some(0 | 2) => Ok(planned),
            _ => Err(Failed::of(problems, &ended)),
        }
    }

    /// A plan's file as JSON. It holds what the state holds, secrets among it, so nothing of it is logged.
    pub(super) fn show(&self, file: &Path) -> Result<Value, Failed> {
        let file = file.display().to_string();
        let mut text = Vec::new();
        let ended = self.terraform.run_in_silence(
            &self.dir,
            &["show", "-json", &file],
            self.children,
            self.log,
            |line| text.extend_from_slice(line),
        )?;
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
            Event::Done { address, action } => {
                counts.count(&action);
                let done = counts.add + counts.change + counts.destroy;
                self.progress.at(format!("{done}/{total}  {action} {address} done"));
            }
            Event::Problem(p) if p.severity == "error" => problems.push(p),
            _ => {}
        })?;
        if ended.code == Some(0) { Ok(()) } else { Err(Failed::of(problems, &ended)) }
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
        let gone = Failed::from(std::io::Error::other("text file busy")).0.remove(0);
        assert_eq!(
            (gone.summary.as_str(), gone.detail.as_str()),
            ("terraform cannot be run", "text file busy")
        );
    }
}
