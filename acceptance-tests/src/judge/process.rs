//! The process that answers.

use std::collections::{HashMap, HashSet};
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::Arc;

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::{Value, json};

use super::{Answer, Decision, Policy, Question};
use crate::{Packages, Venv, environment, repository};

/// A running evaluator; dropping it ends it. What was asked is not asked again.
#[derive(Debug)]
pub struct Judge {
    process: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    /// Document, by its digest => number under which the process has it.
    known: HashMap<(usize, u64), usize>,
    /// What of a document is about an action, in the same way.
    parts: HashMap<((usize, u64), String), Option<usize>>,
    answered: HashMap<String, (Question, Answer)>,
}

impl Judge {
    /// Starts the one that is not ours.
    ///
    /// # Errors
    /// When Node or npm is missing, or the packages cannot be installed.
    pub fn start() -> Result<Self> {
        Self::of(Packages::judge()?.command("judge.mjs"))
    }

    /// Starts that of the local AWS, which understands the same lines.
    ///
    /// # Errors
    /// When its Python environment cannot be made.
    pub fn of_local_aws() -> Result<Self> {
        let mut command = Command::new(Venv::local_aws()?.program("python"));
        command.args(["-m", "local_aws.access"]);
        command.current_dir(repository::root().join("acceptance-tests/aws"));
        environment::scrub(&mut command);
        Self::of(command)
    }

    fn of(mut command: Command) -> Result<Self> {
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut process = command.spawn().with_context(|| format!("starting {:?}", command.get_program()))?;
        let input = process.stdin.take().context("an evaluator has no standard input")?;
        let output = process.stdout.take().context("an evaluator has no standard output")?;
        let output = BufReader::new(output);
        let (known, parts, answered) = (HashMap::new(), HashMap::new(), HashMap::new());
        Ok(Self { process, input, output, known, parts, answered })
    }

    /// All different questions that were answered, in no order.
    #[must_use]
    pub fn answered(&self) -> Vec<(&Question, &Answer)> {
        self.answered.values().map(|(question, answer)| (question, answer)).collect()
    }

    /// The answers, in the order of the questions.
    ///
    /// # Errors
    /// When a question is none for AWS (an action or a type of resource that there is not), or the process ended.
    pub fn ask(&mut self, questions: &[Question]) -> Result<Vec<Answer>> {
        let mut keys = Vec::new();
        let mut new = Vec::new();
        let mut open = HashSet::new();
        for question in questions {
            let key = self.line(question)?;
            if !self.answered.contains_key(&key) && open.insert(key.clone()) {
                new.push((key.clone(), question));
            }
            keys.push(key);
        }
        // Few at a time: two that write to each other and read nothing would wait for ever.
        for part in new.chunks(32) {
            for (line, _) in part {
                writeln!(self.input, "{line}")?;
            }
            self.input.flush()?;
            for (line, question) in part {
                let answer = self.read(line)?;
                self.answered.insert(line.clone(), (Question::clone(question), answer));
            }
        }
        let answer = |key: &String| self.answered.get(key).map(|(_, answer)| answer.clone());
        keys.iter().map(|key| answer(key).context("a question without an answer")).collect()
    }

    /// One answer.
    ///
    /// # Errors
    /// As [`Judge::ask`].
    pub fn ask_one(&mut self, question: &Question) -> Result<Answer> {
        self.ask(std::slice::from_ref(question))?.pop().context("no answer")
    }

    fn line(&mut self, question: &Question) -> Result<String> {
        let action = &question.action;
        let mut policies = Vec::new();
        for policy in &question.who.policies {
            policies.extend(self.number(policy, action)?);
        }
        let boundary =
            question.who.boundary.as_ref().map(|policy| self.part_or_whole(policy, action)).transpose()?;
        let of_resource =
            question.policy_at().map(|policy| self.part_or_whole(&policy, action)).transpose()?;
        let line = json!({
            "ask": 0,
            "principal": question.who.caller(),
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

    /// Under which number the process has what of a policy is about an action. It looks at every statement of all that it is given, and those about
    /// other actions would take most of the time.
    fn number(&mut self, policy: &Arc<Policy>, action: &str) -> Result<Option<usize>> {
        let key = (policy.key(), action.to_owned());
        if let Some(number) = self.parts.get(&key) {
            return Ok(*number);
        }
        let number = match policy.about(action) {
            Some(part) => Some(self.learn(&part)?),
            None => None,
        };
        self.parts.insert(key, number);
        Ok(number)
    }

    /// A boundary or a policy of a resource is there even where it says nothing of the action.
    fn part_or_whole(&mut self, policy: &Arc<Policy>, action: &str) -> Result<usize> {
        match self.number(policy, action)? {
            Some(number) => Ok(number),
            None => self.learn(policy),
        }
    }

    fn learn(&mut self, policy: &Policy) -> Result<usize> {
        if let Some(number) = self.known.get(&policy.key()) {
            return Ok(*number);
        }
        let number = self.known.len();
        let document: Value =
            serde_json::from_str(&policy.text).with_context(|| format!("`{}` is no JSON", policy.name))?;
        writeln!(self.input, "{}", json!({ "policy": number, "document": document }))?;
        self.known.insert(policy.key(), number);
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
            Some("NotModelled") => Decision::Unknown,
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
