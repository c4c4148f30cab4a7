//! The lock of a state that is left, for as long as it is copied. Only Terraform knows how to lock in each place, and it has no command for it; but
//! while it asks whether a state is to be copied it has the lock, and lets it go when nobody answers: also when this process has died.

use std::io::Read as _;
use std::process::Child;

use serde_json::json;

use super::root::Root;
use crate::run::commands::Failed;

/// What stands after a question.
const QUESTION: &[u8] = b"Enter a value:";

/// The lock of a state that holds something.
pub(super) struct Held(Option<Child>);

impl Held {
    /// Takes the lock of the state that a root reaches; of one that holds nothing there is none to be taken. The root is good for nothing else.
    pub(super) fn take(root: &Root<'_>) -> Result<Self, Failed> {
        root.have(&json!({ "terraform": { "backend": { "local": { "path": "nothing.tfstate" } } } }))?;
        let args = ["init", "-migrate-state", "-no-color", "-lock-timeout=10s"];
        let commands = &root.commands;
        let mut child = commands.terraform.asking(&commands.dir, &args, commands.log)?;
        let mut held = Self(None);
        let (mut said, mut part) = (Vec::new(), [0; 512]);
        while let Some(stdout) = &mut child.stdout {
            let length = stdout.read(&mut part)?;
            said.extend_from_slice(&part[..length]);
            if said.windows(QUESTION.len()).any(|text| text == QUESTION) {
                held.0 = Some(child);
                return Ok(held);
            }
            if length == 0 {
                break;
            }
        }
        let output = child.wait_with_output()?;
        if output.status.success() {
            return Ok(held);
        }
        let cause = String::from_utf8_lossy(&output.stderr).into_owned();
        commands.log.line(&cause);
        Err(Failed::one("the state cannot be locked in its old place", &cause))
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        if let Some(mut child) = self.0.take() {
            drop(child.stdin.take());
            // What it says of a question that nobody answers is of no use.
            let _ = child.wait_with_output();
        }
    }
}
