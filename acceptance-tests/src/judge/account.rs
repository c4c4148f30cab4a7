//! Who there is in IAM, with all that says what it may do.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::Arc;

use anyhow::{Context as _, Result};
use serde_json::{Value, json};

use super::Tags;
use super::question::is_like;
use crate::LocalAws;

/// A policy document and where it is from: the ARN of a managed policy, the name of an inline one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Policy {
    /// ARN or name.
    pub name: String,
    /// The document.
    pub text: String,
    /// Patterns of the actions that a statement of it allows, in lower case.
    allows: Vec<String>,
    /// Of the text: what is asked often is not hashed each time.
    digest: u64,
}

impl Policy {
    /// A policy of this name and document.
    #[must_use]
    pub fn new(name: &str, document: &Value) -> Arc<Self> {
        let (name, text) = (name.to_owned(), document.to_string());
        let statements = document["Statement"].as_array().map_or(&[][..], Vec::as_slice);
        let statements =
            statements.iter().chain(document["Statement"].is_object().then_some(&document["Statement"]));
        let allowing = statements.filter(|statement| statement["Effect"] == "Allow");
        let allows = allowing.flat_map(|statement| actions(&statement["Action"])).collect();
        let mut hasher = DefaultHasher::new();
        text.hash(&mut hasher);
        Arc::new(Self { name, text, allows, digest: hasher.finish() })
    }

    /// What tells its text from others. Not a security matter: all of them are the test's own.
    pub(super) fn key(&self) -> (usize, u64) {
        (self.text.len(), self.digest)
    }

    /// Whether it says anywhere that the action is allowed, on whatever condition.
    #[must_use]
    pub fn may_allow(&self, action: &str) -> bool {
        let action = action.to_ascii_lowercase();
        self.allows.iter().any(|pattern| is_like(pattern, &action))
    }

    /// What of it is about an action; none where no statement is.
    #[must_use]
    pub fn about(&self, action: &str) -> Option<Arc<Self>> {
        let mut document: Value = serde_json::from_str(&self.text).ok()?;
        let action = action.to_ascii_lowercase();
        let is_about =
            |statement: &Value| actions(&statement["Action"]).iter().any(|pattern| is_like(pattern, &action));
        let statements = document["Statement"].take();
        let all = if let Value::Array(all) = statements { all } else { vec![statements] };
        let left: Vec<Value> = all.into_iter().filter(is_about).collect();
        document["Statement"] = json!(left);
        (!left.is_empty()).then(|| Self::new(&self.name, &document))
    }

    /// Whether a customer made it, so that it can be rewritten.
    #[must_use]
    pub fn is_of_a_customer(&self) -> bool {
        self.name.starts_with("arn:") && !self.name.contains(":iam::aws:")
    }

    /// Whether it asks for tags of whoever calls.
    #[must_use]
    pub fn asks_who(&self) -> bool {
        self.text.contains("aws:PrincipalTag/")
    }

    /// Whether a statement of it denies.
    #[must_use]
    pub fn denies(&self) -> bool {
        self.text.contains(r#""Effect":"Deny""#)
    }
}

/// A role or a user, as it is or as it could be made.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Identity {
    /// ARN of the role or user.
    pub arn: String,
    /// Its tags.
    pub tags: Tags,
    /// What allows and denies, inline or attached.
    pub policies: Vec<Arc<Policy>>,
    /// What it has at most.
    pub boundary: Option<Arc<Policy>>,
    /// Who may take it; users have none.
    pub trust: Option<Arc<Policy>>,
}

impl Identity {
    /// Its name, without a path.
    #[must_use]
    pub fn name(&self) -> &str {
        self.arn.rsplit('/').next().unwrap_or_default()
    }

    /// The ARN by which it calls: that of a session, for a role.
    #[must_use]
    pub fn caller(&self) -> String {
        if self.is_role() {
            format!("arn:aws:sts::{}:assumed-role/{}/judged", self.account(), self.name())
        } else {
            self.arn.clone()
        }
    }

    /// Number of its account.
    #[must_use]
    pub fn account(&self) -> &str {
        self.arn.split(':').nth(4).unwrap_or_default()
    }

    /// Whether it is a role, and no user.
    #[must_use]
    pub const fn is_role(&self) -> bool {
        self.trust.is_some()
    }

    /// Whether its trust names a service of AWS, and no clusters but others than these.
    #[must_use]
    pub fn trusts(&self, service: &str, clusters: &[&str]) -> bool {
        let Some(trust) = &self.trust else { return false };
        let is_elsewhere = trust.text.contains(":cluster/")
            && !clusters.iter().any(|cluster| trust.text.contains(&format!("{cluster}\"")));
        trust.text.contains(&format!("\"{service}\"")) && !is_elsewhere
    }
}

/// A managed policy of a customer: its document in force first, then those of its other versions.
#[derive(Clone, Debug)]
pub struct Managed {
    /// Its tags.
    pub tags: Tags,
    /// All versions.
    pub versions: Vec<Arc<Policy>>,
}

/// A group of users.
#[derive(Clone, Debug)]
pub struct Group {
    /// Its ARN.
    pub arn: String,
    /// ARNs of those in it.
    pub users: Vec<String>,
    /// What they have by it.
    pub policies: Vec<Arc<Policy>>,
}

/// What there is in the IAM of one account.
#[derive(Clone, Debug)]
pub struct Account {
    /// Number of the account.
    pub number: String,
    /// Roles and users.
    pub identities: Vec<Arc<Identity>>,
    /// Groups of users, whose policies the users have as well.
    pub groups: Vec<Group>,
    /// ARN => managed policy, AWS's own that somebody has among them.
    pub policies: BTreeMap<String, Managed>,
}

impl Account {
    /// That of a local AWS.
    ///
    /// # Errors
    /// When it cannot be asked, or tells of a policy that it does not have.
    pub fn of(aws: &LocalAws, number: &str) -> Result<Self> {
        Self::from_json(&aws.identities()?, number)
    }

    /// As the local AWS tells it.
    ///
    /// # Errors
    /// When an identity has a policy that is not told.
    pub fn from_json(told: &Value, number: &str) -> Result<Self> {
        let mut policies = BTreeMap::new();
        for (arn, policy) in told["policies"].as_object().context("no `policies`")? {
            let documents = policy["documents"].as_array().context("a policy without documents")?;
            let versions = documents.iter().map(|document| Policy::new(arn, document)).collect();
            policies.insert(arn.clone(), Managed { tags: tags(&policy["tags"]), versions });
        }
        let number = number.to_owned();
        let mut account = Self { number, identities: Vec::new(), groups: Vec::new(), policies };
        for told in told["groups"].as_array().into_iter().flatten() {
            let users = told["users"].as_array().into_iter().flatten().filter_map(Value::as_str);
            let users = users.map(str::to_owned).collect();
            let Identity { arn, policies, .. } = account.identity(told)?;
            account.groups.push(Group { arn, users, policies });
        }
        for kind in ["roles", "users"] {
            for each in told[kind].as_array().with_context(|| format!("no `{kind}`"))? {
                account.identities.push(Arc::new(account.identity(each)?));
            }
        }
        Ok(account)
    }

    fn identity(&self, told: &Value) -> Result<Identity> {
        let arn = told["arn"].as_str().context("an identity without an ARN")?;
        let attached = told["attached"].as_array().into_iter().flatten().filter_map(Value::as_str);
        let mut policies = attached.map(|policy| self.policy(policy)).collect::<Result<Vec<_>>>()?;
        let inline = told["inline"].as_object().into_iter().flatten();
        policies.extend(inline.map(|(name, document)| Policy::new(name, document)));
        for group in self.groups.iter().filter(|group| group.users.iter().any(|user| user == arn)) {
            policies.extend(group.policies.iter().cloned());
        }
        let boundary = told["boundary"].as_str().map(|policy| self.policy(policy)).transpose()?;
        let trust =
            (!told["trust"].is_null()).then(|| Policy::new(&format!("trust of {arn}"), &told["trust"]));
        Ok(Identity { arn: arn.to_owned(), tags: tags(&told["tags"]), policies, boundary, trust })
    }

    /// The document in force of a managed policy.
    ///
    /// # Errors
    /// When there is none of that ARN.
    pub fn policy(&self, arn: &str) -> Result<Arc<Policy>> {
        let policy = self.policies.get(arn).with_context(|| format!("there is no policy `{arn}`"))?;
        policy.versions.first().cloned().with_context(|| format!("`{arn}` has no version"))
    }

    /// The ARN of the one policy whose name begins so.
    ///
    /// # Errors
    /// When there is none or more than one.
    pub fn policy_named(&self, start: &str) -> Result<&str> {
        let begins = |arn: &&String| arn.rsplit('/').next().is_some_and(|name| name.starts_with(start));
        let found: Vec<_> = self.policies.keys().filter(begins).collect();
        match found[..] {
            [one] => Ok(one),
            _ => anyhow::bail!("policies called `{start}…`: {found:?}"),
        }
    }

    /// The one role or user whose name begins so: the rest of a name is often generated.
    ///
    /// # Errors
    /// When there is none or more than one.
    pub fn named(&self, start: &str) -> Result<&Arc<Identity>> {
        let found: Vec<_> = self.identities.iter().filter(|each| each.name().starts_with(start)).collect();
        match found[..] {
            [one] => Ok(one),
            _ => anyhow::bail!(
                "{} roles or users are called `{start}…`, of {:?}",
                found.len(),
                self.identities.iter().map(|each| each.name()).collect::<Vec<_>>()
            ),
        }
    }
}

/// A statement that leaves actions out allows all others, so that it may be about any.
fn actions(said: &Value) -> Vec<String> {
    let one = |text: &Value| text.as_str().unwrap_or("*").to_ascii_lowercase();
    said.as_array().map_or_else(|| vec![one(said)], |all| all.iter().map(one).collect())
}

fn tags(told: &Value) -> Tags {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    told.as_object().into_iter().flatten().map(|(key, value)| (key.clone(), text(value))).collect()
}
