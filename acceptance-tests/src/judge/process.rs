//! The process that answers.

use std::collections::HashMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Stdio};
use std::sync::Arc;

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::{Value, json};

use super::{Answer, Decision, Policy, Question};
use crate::Packages;

/// A running evaluator; dropping it ends it. What was asked is not asked again.
#[derive(Debug)]
pub struct Judge {
    process: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    /// Document => number under which the process has it.
    known: HashMap<String, usize>,
    answered: HashMap<String, Answer>,
}

impl Judge {
    /// Starts it.
    ///
    /// # Errors
    /// When Node or npm is missing, or the packages cannot be installed.
    pub fn start() -> Result<Self> {
        let mut command = Packages::judge()?.command("judge.mjs");
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut process = command.spawn().context("starting Node")?;
        let input = process.stdin.take().context("Node has no standard input")?;
        let output = process.stdout.take().context("Node has no standard output")?;
        let output = BufReader::new(output);
        Ok(Self { process, input, output, known: HashMap::new(), answered: HashMap::new() })
    }

    /// How many different questions were answered.
    #[must_use]
    pub fn answered(&self) -> usize {
        self.answered.len()
    }

    /// The answers, in the order of the questions.
    ///
    /// # Errors
    /// When a question is none for AWS (an action or a type of resource that there is not), or the process ended.
    pub fn ask(&mut self, questions: &[Question]) -> Result<Vec<Answer>> {
        let mut keys = Vec::new();
        let mut new = Vec::new();
        for question in questions {
            let key = self.line(question)?;
            if !self.answered.contains_key(&key) && !new.contains(&key) {
                new.push(key.clone());
            }
            keys.push(key);
        }
        // Few at a time: two that write to each other and read nothing would wait for ever.
        for part in new.chunks(32) {
            for line in part {
                writeln!(self.input, "{line}")?;
            }
            self.input.flush()?;
            for line in part {
                let answer = self.read(line)?;
                self.answered.insert(line.clone(), answer);
            }
        }
        keys.iter().map(|key| self.answered.get(key).cloned().context("a question without an answer")).collect()
    }

    /// One answer.
    ///
    /// # Errors
    /// As [`Judge::ask`].
    pub fn ask_one(&mut self, question: &Question) -> Result<Answer> {
        self.ask(std::slice::from_ref(question))?.pop().context("no answer")
    }

    fn line(&mut self, question: &Question) -> Result<String> {
        let policies =
            question.who.policies.iter().map(|policy| self.number(policy)).collect::<Result<Vec<_>>>()?;
        let boundary = question.who.boundary.as_ref().map(|policy| self.number(policy)).transpose()?;
        let of_resource = question.of_resource.as_ref().map(|policy| self.number(policy)).transpose()?;
        let line = json!({
            "ask": 0,
            "principal": question.who.arn,
            "policies": policies,
            "boundary": boundary,
            "of_resource": of_resource,
            "action": question.action,
            "resource": question.resource,
            "account": question.account(),
            "context": question.whole_context(),
        });
        Ok(line.to_string())
    }

    fn number(&mut self, policy: &Arc<Policy>) -> Result<usize> {
        if let Some(number) = self.known.get(&policy.text) {
            return Ok(*number);
        }
        let number = self.known.len();
        let document: Value =
            serde_json::from_str(&policy.text).with_context(|| format!("`{}` is no JSON", policy.name))?;
        writeln!(self.input, "{}", json!({ "policy": number, "document": document }))?;
        self.known.insert(policy.text.clone(), number);
        Ok(number)
    }

    fn read(&mut self, asked: &str) -> Result<Answer> {
        let mut line = String::new();
        ensure!(self.output.read_line(&mut line)? > 0, "the evaluator ended at {asked}");
        let told: Value = serde_json::from_str(&line).with_context(|| format!("no JSON: {line}"))?;
        let decision = match told["result"].as_str() {
            Some("Allowed") => Decision::Allowed,
            Some("ImplicitlyDenied") => Decision::NotAllowed,
            Some("ExplicitlyDenied") => Decision::Denied,
            _ => bail!("the evaluator cannot answer: {}\nasked: {asked}", told["error"]),
        };
        let texts = |name: &str| {
            let items = told[name].as_array().into_iter().flatten();
            items.filter_map(Value::as_str).map(str::to_owned).collect()
        };
        Ok(Answer { decision, by: texts("by"), ignored: texts("ignored") })
    }
}

impl Drop for Judge {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
