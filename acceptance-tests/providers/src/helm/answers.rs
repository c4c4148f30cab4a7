//! What `helm` says of a release.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Map, Value as Json};

use super::Helm;
use super::program::{Call, Failed};

/// What Helm says of a release that is not there.
const NOT_FOUND: &str = "release: not found";

/// How long a question may take, in seconds.
const QUESTION: i64 = 60;

/// A release as it is in the cluster.
#[derive(Clone, Debug)]
pub(super) struct Installed {
    pub(super) status: Status,
    pub(super) about: About,
}

/// The answer of `helm status`.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Status {
    pub(super) name: String,
    pub(super) namespace: String,
    pub(super) version: i64,
    pub(super) info: Info,
    #[serde(default)]
    pub(super) config: Option<Map<String, Json>>,
}

/// What is in it about the course of things.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Info {
    pub(super) first_deployed: String,
    pub(super) last_deployed: String,
    pub(super) description: String,
    pub(super) status: String,
    pub(super) notes: String,
}

/// The answer of `helm get metadata`, as far as it is about the chart.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct About {
    pub(super) chart: String,
    pub(super) version: String,
    #[serde(default)]
    pub(super) app_version: String,
}

/// Seconds since 1970, as Go counts them: the year 1 where there is no time.
pub(super) fn seconds(time: &str) -> i64 {
    const YEAR_ONE: i64 = -62_135_596_800;
    time.parse::<Timestamp>().map_or(YEAR_ONE, Timestamp::as_second)
}

impl Helm {
    /// Asks for a release.
    pub(super) async fn installed(&self, name: &str, namespace: &str) -> Result<Installed, Failed> {
        tracing::info!("Successfully initialized kubernetes config");
        tracing::debug!("{name} getRelease post action created");
        let found = self.status(name, namespace).await;
        tracing::debug!("{name} getRelease post run");
        match &found {
            Ok(_) => tracing::debug!("{name} getRelease completed"),
            Err(failed) => {
                let why = failed.message();
                tracing::debug!("getRelease for {name} occurred");
                tracing::debug!("{why}");
                if !why.contains(NOT_FOUND) {
                    tracing::debug!("Could not get release {why}");
                }
                tracing::error!("{}", if why.contains(NOT_FOUND) { NOT_FOUND } else { &why });
            }
        }
        found
    }

    async fn status(&self, name: &str, namespace: &str) -> Result<Installed, Failed> {
        let question = Call::new("status").arg(name).on(namespace, QUESTION);
        let status = self.ask(question).await?;
        Ok(Installed { status, about: self.about(name, namespace).await? })
    }

    /// Asks for the chart of a release.
    pub(super) async fn about(&self, name: &str, namespace: &str) -> Result<About, Failed> {
        self.ask(Call::new("get").arg("metadata").arg(name).on(namespace, QUESTION)).await
    }

    async fn ask<T: for<'a> Deserialize<'a>>(&self, question: Call) -> Result<T, Failed> {
        let answer = self.program.run(&question.arg("--output").arg("json")).await?;
        serde_json::from_str(&answer)
            .map_err(|error| Failed::Said(format!("the answer of helm cannot be read: {error}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_counted_as_go_counts_them() {
        assert_eq!(seconds("1970-01-01T01:00:01.25+01:00"), 1);
        assert_eq!(seconds("0001-01-01T00:00:00Z"), seconds(""));
    }
}
