//! Questions with the answers that are wanted, as files have them.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::Value;

use super::things::{lines, tags};
use super::{Account, Context, Decision, Identity, Question, Tags, Things};

/// A line of a list: `{"who": WHO, "do": ACTION, "on": WHAT, "sets": TAGS, "with": {KEY: VALUE}, "is": "allowed", "why": WHY}`.
///
/// `on` is the name of a thing, `role:START` or `policy:START` for one of the account whose name begins so, `role:self`, an ARN, or `*`. `sets` are the tags of
/// the request. Tags of what is there are added by themselves.
#[derive(Clone, Debug)]
pub struct Line {
    /// File and line.
    pub place: String,
    /// Whose question it is, as whoever reads the list understands it.
    pub who: String,
    /// `service:Action`.
    pub action: String,
    /// What it is about.
    pub on: String,
    /// The tags that the request sets.
    pub sets: Tags,
    /// Condition keys of the request.
    pub with: Context,
    /// Whether it is to be allowed.
    pub allowed: bool,
    /// What it is for, or what would be wrong with it.
    pub why: String,
}

/// Lines of files.
#[derive(Clone, Debug)]
pub struct Lists(pub Vec<Line>);

impl Lists {
    /// Reads a file.
    ///
    /// # Errors
    /// When a line is not understood.
    pub fn read(file: &Path) -> Result<Self> {
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        let line = |(at, line): (usize, Value)| parsed(&line, format!("{name}:{at}"));
        Ok(Self(lines(file)?.into_iter().map(line).collect::<Result<_>>()?))
    }
}

fn parsed(line: &Value, place: String) -> Result<Line> {
    const KEYS: [&str; 7] = ["who", "do", "on", "sets", "with", "is", "why"];
    let fields = line.as_object().with_context(|| format!("{place}: no map"))?;
    let unknown: Vec<_> = fields.keys().filter(|key| !KEYS.contains(&key.as_str())).collect();
    ensure!(unknown.is_empty(), "{place}: there is no {unknown:?}, only {KEYS:?}");
    let text =
        |key: &str| line[key].as_str().with_context(|| format!("{place}: no `{key}`")).map(str::to_owned);
    let allowed = match text("is")?.as_str() {
        "allowed" => true,
        "denied" => false,
        other => bail!("{place}: `is` is `allowed` or `denied`, not `{other}`"),
    };
    let with = line["with"].as_object().into_iter().flatten();
    let with = with.map(|(key, value)| (key.clone(), texts(value))).collect();
    let (who, action, on, why) = (text("who")?, text("do")?, text("on")?, text("why")?);
    let sets = tags(&line["sets"]).with_context(|| format!("{place}: `sets`"))?;
    Ok(Line { who, action, on, sets, with, allowed, why, place })
}

fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::Array(items) => items.iter().flat_map(texts).collect(),
        Value::String(text) => vec![text.clone()],
        other => vec![other.to_string()],
    }
}

/// `policy:START` is the ARN of that policy.
fn filled(value: &str, account: &Account) -> Result<String> {
    match value.strip_prefix("policy:") {
        Some(start) => account.policy_named(start).map(str::to_owned),
        None => Ok(value.to_owned()),
    }
}

impl Line {
    /// The question, of that identity.
    ///
    /// # Errors
    /// When the line names something that there is not.
    pub fn question(&self, who: &Arc<Identity>, things: &Things, account: &Account) -> Result<Question> {
        let found = self.about(who, things, account).with_context(|| self.place.clone())?;
        let mut question = found.tagging(&self.sets);
        for (key, values) in &self.with {
            let filled = values.iter().map(|value| filled(value, account));
            let filled: Result<Vec<_>> = filled.collect();
            question.context.insert(key.clone(), filled.with_context(|| self.place.clone())?);
        }
        Ok(question)
    }

    fn about(&self, who: &Arc<Identity>, things: &Things, account: &Account) -> Result<Question> {
        if self.on == "*" || self.on.starts_with("arn:") {
            return Ok(Question::new(who, &self.action, &self.on));
        }
        match self.on.split_once(':') {
            Some(("role", start)) => {
                let role = if start == "self" { who } else { account.named(start)? };
                let question = Question::new(who, &self.action, &role.arn).of_tags(&role.tags);
                let boundary = role.boundary.iter();
                let question = boundary.fold(question, |question, boundary| {
                    question.with("iam:PermissionsBoundary", &boundary.name)
                });
                Ok(question.by(role.trust.as_ref().filter(|_| self.action.starts_with("sts:"))))
            }
            Some(("policy", start)) => {
                let arn = account.policy_named(start)?;
                Ok(Question::new(who, &self.action, arn).of_tags(&account.policies[arn].tags))
            }
            _ => {
                let thing = things.get(&self.on)?;
                let mut question = Question::new(who, &self.action, &thing.arn).of_tags(&thing.tags);
                if let Some(account) = &thing.account {
                    question.context.insert("aws:ResourceAccount".to_owned(), vec![account.clone()]);
                }
                Ok(question)
            }
        }
    }

    /// What is wrong with a decision, if it is not the one that is wanted.
    #[must_use]
    pub fn wrong(&self, decision: Decision) -> Option<String> {
        (decision.is_allowed() != self.allowed).then(|| {
            let word = |allowed: bool| if allowed { "allowed" } else { "denied" };
            let Self { place, who, action, on, why, .. } = self;
            let (is, wanted) = (word(!self.allowed), word(self.allowed));
            format!("{place}: {who}: {action} on {on} is {is}, and is to be {wanted}: {why}")
        })
    }
}
