//! Karpenter's own scheduler, asked on which NodePool pods land: no cluster is needed.

use std::io::Write as _;
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;

use crate::environment;
use crate::go::Module;

/// The Karpenter whose scheduler is asked. `tools/karpenter/go.mod` pins it.
pub const VERSION: &str = "1.9.0";

const SCHEDULER: Module = Module {
    title: "Karpenter's scheduler",
    folder: "acceptance-tests/tools/karpenter",
    linked: "",
    otherwise: "leave this proof to a machine that has it",
};

/// Has it decide; `tools/karpenter/scheduler/question.go` says what is asked and answered. Built first where nobody has, which takes six
/// minutes of processor time.
///
/// # Errors
/// When it cannot be built, or does not understand the question.
pub fn schedule(question: &Value) -> Result<Value> {
    let folder = SCHEDULER.built("karpenter", "scheduler", |_| Ok(()))?;
    let mut command = Command::new(folder.join("scheduler"));
    environment::scrub(&mut command);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().context("starting Karpenter's scheduler")?;
    // It reads to the end before it writes.
    child.stdin.take().context("no standard input")?.write_all(question.to_string().as_bytes())?;
    let output = child.wait_with_output()?;
    let errors = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "Karpenter's scheduler does not answer: {errors}");
    serde_json::from_slice(&output.stdout).context("what Karpenter's scheduler answers")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::charts::Facts;
    use crate::repository;

    #[test]
    fn the_scheduler_is_that_of_the_chart() {
        let pins = fs_err::read_to_string(repository::root().join(SCHEDULER.folder).join("go.mod")).unwrap();
        assert!(pins.contains(&format!("sigs.k8s.io/karpenter v{VERSION}\n")), "{pins}");
        assert_eq!(Facts::load("karpenter").unwrap().version(), VERSION);
    }
}
