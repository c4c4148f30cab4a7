//! Signing in by a program that prints a credential, such as `aws eks get-token`.

use std::collections::BTreeMap;
use std::process::Stdio;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::json;
use tfplugin::value::Value;
use tokio::process::Command;
use tokio::sync::Mutex;

use super::{Unusable, User};

/// A credential is not used any more so shortly before it expires.
const MARGIN: SignedDuration = SignedDuration::from_secs(10);

/// A program that gives a credential.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exec {
    /// The version of the interface that it is asked in.
    pub api_version: String,
    /// The program.
    pub command: String,
    /// Its arguments.
    pub args: Vec<String>,
    /// Variables that it gets besides ours.
    pub env: Vec<Variable>,
}

/// A variable for the program.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Variable {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: String,
}

impl Exec {
    /// Reads the attribute or block `exec`; none where it is not set.
    #[must_use]
    pub fn of(configured: &Value) -> Option<Self> {
        let args = configured.get("args").as_elements().unwrap_or_default();
        let env = configured.get("env").as_object();
        let variable = |(name, value): (&String, &Value)| {
            Some(Variable { name: name.clone(), value: value.as_str()?.to_owned() })
        };
        Some(Self {
            api_version: configured.get("api_version").as_str()?.to_owned(),
            command: configured.get("command").as_str()?.to_owned(),
            args: args.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
            env: env.into_iter().flatten().filter_map(variable).collect(),
        })
    }

    async fn run(&self) -> Result<Credential, String> {
        let info = json!({
            "apiVersion": self.api_version, "kind": "ExecCredential", "spec": { "interactive": false },
        });
        let variables: BTreeMap<_, _> = self.env.iter().map(|one| (&one.name, &one.value)).collect();
        tracing::debug!(command = self.command, "asking a program for a credential");
        let output = Command::new(&self.command)
            .args(&self.args)
            .envs(variables)
            .env("KUBERNETES_EXEC_INFO", info.to_string())
            .stdin(Stdio::null())
            .kill_on_drop(true)
            .output()
            .await
            .map_err(|error| match error.kind() {
                std::io::ErrorKind::NotFound => format!("executable {} not found", self.command),
                _ => format!("executable {}: {error}", self.command),
            })?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr);
            let code = output.status.code().unwrap_or(-1);
            return Err(format!("executable {} failed with exit code {code}: {}", self.command, said.trim()));
        }
        let answer: Answer = serde_json::from_slice(&output.stdout)
            .map_err(|error| format!("decoding stdout of {}: {error}", self.command))?;
        if answer.api_version != self.api_version {
            return Err(format!(
                "exec plugin is configured to use API version {}, plugin returned version {}",
                self.api_version, answer.api_version
            ));
        }
        answer.credential()
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    api_version: String,
    status: Option<Status>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Status {
    token: Option<String>,
    client_certificate_data: Option<String>,
    client_key_data: Option<String>,
    expiration_timestamp: Option<String>,
}

impl Answer {
    fn credential(self) -> Result<Credential, String> {
        let status = self.status.ok_or("exec plugin didn't return a status field")?;
        let set = |text: Option<String>| text.filter(|text| !text.is_empty());
        let (token, certificate) = (set(status.token), set(status.client_certificate_data));
        if token.is_none() && certificate.is_none() {
            return Err("exec plugin didn't return a token or cert/key pair".to_owned());
        }
        let expires = set(status.expiration_timestamp).map(|text| text.parse::<Timestamp>());
        let expires = expires.transpose().map_err(|error| format!("expirationTimestamp: {error}"))?;
        let key = set(status.client_key_data);
        [&token, &key].into_iter().flatten().for_each(|secret| tfplugin::log::redact(secret));
        Ok(Credential { token, certificate, key, expires })
    }
}

/// What such a program gave. Has no `Debug`: it is a secret.
#[derive(Clone, Default)]
pub struct Credential {
    /// A bearer token.
    pub token: Option<String>,
    /// A certificate, in PEM.
    pub certificate: Option<String>,
    /// Its key.
    pub key: Option<String>,
    /// When it expires, if it says so.
    pub expires: Option<Timestamp>,
}

impl Credential {
    /// Whether it holds so much longer; without a time, as far as anybody knows.
    fn holds(&self, longer: SignedDuration) -> bool {
        self.expires.is_none_or(|expires| {
            Timestamp::now().checked_add(longer + MARGIN).is_ok_and(|needed| needed < expires)
        })
    }
}

/// Signs in when needed, and again when a credential expires.
#[derive(Default)]
pub struct SignIn {
    kept: Mutex<Option<Credential>>,
}

impl SignIn {
    /// The credential for `user`, none where no program is configured. Like Kubernetes' own client, a token that is
    /// configured comes before the program.
    ///
    /// # Errors
    /// When the program fails.
    pub async fn credential(&self, user: &User) -> Result<Option<Credential>, Unusable> {
        let Some(exec) = user.exec.as_ref().filter(|_| user.token.is_none()) else { return Ok(None) };
        let mut kept = self.kept.lock().await;
        if let Some(credential) = kept.as_ref().filter(|credential| credential.holds(SignedDuration::ZERO)) {
            return Ok(Some(credential.clone()));
        }
        let credential = exec.run().await.map_err(Unusable::Exec)?;
        *kept = Some(credential.clone());
        Ok(Some(credential))
    }

    /// The credential for a program that cannot renew it, none where it does not surely last so long: the program then has
    /// to sign in by itself.
    ///
    /// # Errors
    /// When the program that signs in fails.
    pub async fn lasting(&self, user: &User, longer: SignedDuration) -> Result<Option<Credential>, Unusable> {
        let found = self.credential(user).await?;
        Ok(found.filter(|credential| credential.expires.is_some() && credential.holds(longer)))
    }

    /// The server has refused the credential: the next request signs in anew.
    pub async fn refused(&self) {
        *self.kept.lock().await = None;
    }
}
