//! What questions are about: things of a platform, of its neighbours and of others.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context as _, Result, bail};
use fs_err as fs;
use serde_json::Value;

use super::{Account, Identity};

/// Key => value.
pub type Tags = BTreeMap<String, String>;

/// Something that an action is about.
#[derive(Clone, Debug)]
pub struct Thing {
    /// As lists call it, `neighbour.key`.
    pub name: String,
    /// What it is: `key`, `bucket`, `instance`.
    pub kind: String,
    /// Its ARN.
    pub arn: String,
    /// The tags that it has.
    pub tags: Tags,
    /// The account that has it, where its ARN does not say so.
    pub account: Option<String>,
    /// Names of the roles that whoever has it can act as: those of what runs in a cluster or on an instance.
    pub roles: Vec<String>,
}

/// All things, by name.
#[derive(Clone, Debug)]
pub struct Things(BTreeMap<String, Thing>);

impl Things {
    /// Those of a file: a line for each, `{"thing": NAME, "kind": KIND, "arn": ARN, "tags": TAGS, "roles": [START OF A NAME]}`.
    ///
    /// # Errors
    /// When a line is not understood, or names a role that the account does not have.
    pub fn read(file: &Path, account: &Account) -> Result<Self> {
        let mut things = BTreeMap::new();
        for (at, line) in lines(file)? {
            let thing = thing(&line, account).with_context(|| format!("{}:{at}", file.display()))?;
            if let Some(other) = things.insert(thing.name.clone(), thing) {
                bail!("{}:{at}: `{}` was there before", file.display(), other.name);
            }
        }
        Ok(Self(things))
    }

    /// The thing of that name.
    ///
    /// # Errors
    /// When there is none.
    pub fn get(&self, name: &str) -> Result<&Thing> {
        self.0.get(name).with_context(|| format!("there is no thing `{name}`"))
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &Thing> {
        self.0.values()
    }
}

fn thing(line: &Value, account: &Account) -> Result<Thing> {
    let text = |key: &str| line[key].as_str().with_context(|| format!("no `{key}`")).map(str::to_owned);
    let roles = line["roles"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let name = |start: &str| account.named(start).map(|role| Identity::name(role).to_owned());
    Ok(Thing {
        name: text("thing")?,
        kind: text("kind")?,
        arn: text("arn")?,
        tags: tags(&line["tags"])?,
        account: line["account"].as_str().map(str::to_owned),
        roles: roles.map(name).collect::<Result<_>>()?,
    })
}

/// `PLATFORM/LAYER` for the tags that the generator's layers set, a map for others, nothing for none.
pub(super) fn tags(said: &Value) -> Result<Tags> {
    let pair = |(key, value): (&str, &str)| (key.to_owned(), value.to_owned());
    match said {
        Value::Null => Ok(Tags::new()),
        Value::String(text) => {
            let (platform, layer) = text.split_once('/').context("tags are `PLATFORM/LAYER` or a map")?;
            Ok([("platform", platform), ("layer", layer), ("managed-by", "terraform")].map(pair).into())
        }
        Value::Object(fields) => {
            let value = |value: &Value| value.as_str().context("a tag that is no text").map(str::to_owned);
            fields.iter().map(|(key, given)| Ok((key.clone(), value(given)?))).collect()
        }
        _ => bail!("tags are `PLATFORM/LAYER` or a map"),
    }
}

/// The lines of a file with their numbers; those that are empty or begin with `#` are for readers.
pub(super) fn lines(file: &Path) -> Result<Vec<(usize, Value)>> {
    let text = fs::read_to_string(file)?;
    let numbered = text.lines().enumerate().map(|(at, line)| (at + 1, line.trim()));
    let said = numbered.filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
    said.map(|(at, line)| {
        let value = serde_json::from_str(line).with_context(|| format!("{}:{at}", file.display()))?;
        Ok((at, value))
    })
    .collect()
}
