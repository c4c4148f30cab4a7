//! Where the cluster's API is, and one way to ask it.

use std::process::{Command, Stdio};
use std::time::Duration;

use serde_json::Value;

use super::super::commands::Failed;
use super::super::reach;
use super::releases::{self, Found};

/// The longest that the API server may take for one answer.
const LIMIT: Duration = Duration::from_secs(30);
/// The largest answer that is read: lists of large clusters have tens of megabytes.
const LARGEST: u64 = 256 << 20;
/// Helm's records, without what they hold.
const RECORDS: &str = "/api/v1/secrets?labelSelector=owner%3Dhelm";
/// One object without what it says.
pub(super) const METADATA: &str = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1";
/// Objects whole.
pub(super) const WHOLE: &str = "application/json";
/// Lists without what the objects say.
pub(super) const METADATA_ONLY: &str = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1";

/// Where a cluster is, as the layer `cluster` tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::run) struct Cluster {
    name: String,
    region: String,
    endpoint: String,
    authority: Vec<u8>,
}

impl Cluster {
    /// From `terraform output -json`; `None` when there is no cluster yet.
    pub(in crate::run) fn told(outputs: &str) -> Result<Option<Self>, Failed> {
        let outputs: Value = serde_json::from_str(outputs.trim()).unwrap_or_default();
        let text = |name: &str| outputs[name]["value"].as_str().unwrap_or_default();
        let (name, arn, endpoint) = (text("name"), text("arn"), text("endpoint"));
        if name.is_empty() || endpoint.is_empty() {
            return Ok(None);
        }
        let authority = decoded(text("certificate_authority_data")).ok_or_else(|| {
            Failed::one(
                "the layer `cluster` does not tell the cluster's certificate authority",
                "Its output `certificate_authority_data` is not base64.",
            )
        })?;
        let region = arn.split(':').nth(3).unwrap_or_default().to_owned();
        Ok(Some(Self { name: name.to_owned(), region, endpoint: endpoint.to_owned(), authority }))
    }

    /// A token of whoever runs this, by the program `aws`.
    fn token(&self) -> Result<String, Failed> {
        let arguments =
            ["eks", "get-token", "--cluster-name", &self.name, "--region", &self.region, "--output", "json"];
        let output = Command::new("aws").args(arguments).stdin(Stdio::null()).output();
        let refused = |said: &str| self.without_token(said);
        let output = output.map_err(|e| refused(&e.to_string()))?;
        let answer: Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
        match answer["status"]["token"].as_str() {
            Some(token) => Ok(token.to_owned()),
            None => Err(refused(&String::from_utf8_lossy(&output.stderr))),
        }
    }

    fn without_token(&self, said: &str) -> Failed {
        Failed::one(
            format!("`aws eks get-token --cluster-name {}` gave no token", self.name),
            &format!(
                "{}\nSign in to AWS (`aws sso login`, or set `AWS_PROFILE`) and run the same command again.",
                said.trim()
            ),
        )
    }

    /// Every release in the cluster with its last revision.
    pub(in crate::run) fn releases(&self) -> Result<Vec<Found>, Failed> {
        let (status, text) = self.sign_in()?.ask(RECORDS, METADATA_ONLY)?;
        self.judged(status, &text)
    }

    /// A way to ask more than one thing, with one token.
    pub(in crate::run) fn sign_in(&self) -> Result<Access<'_>, Failed> {
        Ok(Access { cluster: self, agent: self.agent()?, token: self.token()? })
    }

    /// What an answer of the API server means.
    fn judged(&self, status: u16, text: &str) -> Result<Vec<Found>, Failed> {
        match status {
            200 => releases::found(text)
                .ok_or_else(|| self.unreachable("its answer is not what Kubernetes says")),
            401 => Err(Failed::one(
                format!("the cluster `{}` does not know who runs this", self.name),
                "The identity has no access entry in it. List its role in `cluster.create.admins` of platform.yaml, generate, and let an \
                 administrator apply the layer `cluster`; for a cluster that was there before, add an access entry where it was made.",
            )),
            403 => Err(Failed::one(
                format!("who runs this may not see Helm's records in the cluster `{}`", self.name),
                "Terraform would take every release for deleted. The identity needs to be an administrator of the cluster \
                 (`cluster.create.admins` of platform.yaml).",
            )),
            status => Err(self.unreachable(&format!("it answered with status {status}"))),
        }
    }

    fn read(&self, path: &str, status: u16, text: &str) -> Result<Option<Value>, Failed> {
        match status {
            200 => serde_json::from_str(text).map(Some).map_err(|_| self.unreadable(path, "it gave no JSON")),
            404 => Ok(None),
            403 => Err(self.unreadable(path, "who runs this may not read it")),
            status => Err(self.unreadable(path, &format!("it answered with status {status}"))),
        }
    }

    fn unreadable(&self, path: &str, cause: &str) -> Failed {
        Failed::one(
            format!("the cluster `{}` does not tell what is at {path}", self.name),
            &format!(
                "{cause}\nWhat could not be looked at is not taken for absent. The identity needs to be an administrator of the cluster \
                 (`cluster.create.admins` of platform.yaml); run the same command again."
            ),
        )
    }

    fn agent(&self) -> Result<ureq::Agent, Failed> {
        let agent = reach::agent(self, reach::address().as_deref(), LIMIT);
        agent.map_err(|trouble| self.unreachable(&trouble.to_string()))
    }

    /// Its name in EKS.
    pub(in crate::run) fn name(&self) -> &str {
        &self.name
    }

    /// Its region.
    pub(in crate::run) fn region(&self) -> &str {
        &self.region
    }

    /// The address of its API, by its own name.
    pub(in crate::run) fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// The name in that address.
    pub(in crate::run) fn host(&self) -> &str {
        self.place().rsplit_once(':').map_or(self.place(), |(host, _)| host)
    }

    /// The port in that address.
    pub(in crate::run) fn port(&self) -> u16 {
        self.place().rsplit_once(':').and_then(|(_, port)| port.parse().ok()).unwrap_or(443)
    }

    /// Host, and port where it is not 443. EKS gives names, never addresses of IPv6.
    fn place(&self) -> &str {
        let rest = self.endpoint.strip_prefix("https://").unwrap_or(&self.endpoint);
        rest.split('/').next().unwrap_or(rest)
    }

    /// Its certificate authority, in PEM.
    pub(in crate::run) fn authority(&self) -> &[u8] {
        &self.authority
    }

    fn unreachable(&self, cause: &str) -> Failed {
        Failed::one(
            format!("the API of the cluster `{}` cannot be reached at {}", self.name, self.endpoint),
            &format!(
                "{cause}\nNothing was planned: Terraform would take every release for deleted. Check the way to the API \
                 (`cluster.create.endpoint` of platform.yaml, VPN, proxy) and run the same command again."
            ),
        )
    }
}

/// A cluster that can be asked until the token ends, some minutes later. Only ever with GET: nothing is changed.
#[derive(Debug)]
pub(in crate::run) struct Access<'a> {
    cluster: &'a Cluster,
    agent: ureq::Agent,
    token: String,
}

/// Whoever answers as a cluster's API does.
pub(in crate::run) trait Ask {
    /// What the API says at a path; `None` where it knows none of that kind or name.
    ///
    /// # Errors
    /// When it cannot be reached, refuses, or gives no JSON: none of that means that nothing is there.
    fn get(&self, path: &str, form: &str) -> Result<Option<Value>, Failed>;
}

impl Ask for Access<'_> {
    fn get(&self, path: &str, form: &str) -> Result<Option<Value>, Failed> {
        let (status, text) = self.ask(path, form)?;
        self.cluster.read(path, status, &text)
    }
}

impl Access<'_> {
    fn ask(&self, path: &str, form: &str) -> Result<(u16, String), Failed> {
        let answer = self
            .agent
            .get(format!("{}{path}", self.cluster.endpoint))
            .header("accept", form)
            .header("authorization", format!("Bearer {}", self.token))
            .call();
        let unreachable = |e: ureq::Error| self.cluster.unreachable(&e.to_string());
        let mut answer = answer.map_err(unreachable)?;
        let status = answer.status().as_u16();
        let text = answer.body_mut().with_config().limit(LARGEST).read_to_string().map_err(unreachable)?;
        Ok((status, text))
    }
}

/// Base64 as AWS writes it.
fn decoded(text: &str) -> Option<Vec<u8>> {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.decode(text).ok().filter(|bytes| !bytes.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::in_cluster::shown;

    fn cluster() -> Cluster {
        let value = |text: &str| serde_json::json!({ "value": text });
        let outputs = serde_json::json!({
            "name": value("acme-dev"), "arn": value("arn:aws:eks:eu-west-1:123456789012:cluster/acme-dev"),
            "endpoint": value("https://x.eks.amazonaws.com"), "certificate_authority_data": value("UEVN"),
        });
        Cluster::told(&outputs.to_string()).unwrap().unwrap()
    }

    #[test]
    fn a_cluster_that_refuses_is_told_with_what_to_do() {
        let refused = |status: u16, text: &str| shown(&cluster().judged(status, text).unwrap_err());
        insta::assert_snapshot!(refused(401, ""), @r#"
        the cluster `acme-dev` does not know who runs this
        The identity has no access entry in it. List its role in `cluster.create.admins` of platform.yaml, generate, and let an administrator apply the layer `cluster`; for a cluster that was there before, add an access entry where it was made.
        "#);
        insta::assert_snapshot!(refused(403, ""), @r#"
        who runs this may not see Helm's records in the cluster `acme-dev`
        Terraform would take every release for deleted. The identity needs to be an administrator of the cluster (`cluster.create.admins` of platform.yaml).
        "#);
        insta::assert_snapshot!(refused(503, ""), @r#"
        the API of the cluster `acme-dev` cannot be reached at https://x.eks.amazonaws.com
        it answered with status 503
        Nothing was planned: Terraform would take every release for deleted. Check the way to the API (`cluster.create.endpoint` of platform.yaml, VPN, proxy) and run the same command again.
        "#);
        insta::assert_snapshot!(refused(200, "<html>"), @r#"
        the API of the cluster `acme-dev` cannot be reached at https://x.eks.amazonaws.com
        its answer is not what Kubernetes says
        Nothing was planned: Terraform would take every release for deleted. Check the way to the API (`cluster.create.endpoint` of platform.yaml, VPN, proxy) and run the same command again.
        "#);
        insta::assert_snapshot!(shown(&cluster().without_token("Unable to locate credentials\n")), @r#"
        `aws eks get-token --cluster-name acme-dev` gave no token
        Unable to locate credentials
        Sign in to AWS (`aws sso login`, or set `AWS_PROFILE`) and run the same command again.
        "#);
    }

    #[test]
    fn what_is_refused_or_is_no_json_is_not_taken_for_absent() {
        let read = |status: u16, text: &str| cluster().read("/api/v1/services", status, text);
        assert_eq!(read(200, "{}").unwrap(), Some(serde_json::json!({})));
        assert_eq!(read(404, "").unwrap(), None);
        insta::assert_snapshot!(shown(&read(200, "<html>").unwrap_err()), @r"
        the cluster `acme-dev` does not tell what is at /api/v1/services
        it gave no JSON
        What could not be looked at is not taken for absent. The identity needs to be an administrator of the cluster (`cluster.create.admins` of platform.yaml); run the same command again.
        ");
        insta::assert_snapshot!(shown(&read(403, "").unwrap_err()), @r"
        the cluster `acme-dev` does not tell what is at /api/v1/services
        who runs this may not read it
        What could not be looked at is not taken for absent. The identity needs to be an administrator of the cluster (`cluster.create.admins` of platform.yaml); run the same command again.
        ");
        insta::assert_snapshot!(shown(&read(503, "").unwrap_err()), @r"
        the cluster `acme-dev` does not tell what is at /api/v1/services
        it answered with status 503
        What could not be looked at is not taken for absent. The identity needs to be an administrator of the cluster (`cluster.create.admins` of platform.yaml); run the same command again.
        ");
    }

    #[test]
    fn a_cluster_is_where_its_layer_says() {
        assert_eq!(Cluster::told("").unwrap(), None);
        assert_eq!(Cluster::told("{}").unwrap(), None);
        let found = cluster();
        assert_eq!((found.region.as_str(), found.authority.as_slice()), ("eu-west-1", b"PEM".as_slice()));
        let value = |text: &str| serde_json::json!({ "value": text });
        let outputs = serde_json::json!({
            "name": value("acme-dev"), "endpoint": value("https://x.eks.amazonaws.com"),
            "certificate_authority_data": value("not base64!"),
        });
        let failed = Cluster::told(&outputs.to_string()).unwrap_err();
        insta::assert_snapshot!(shown(&failed), @r#"
        the layer `cluster` does not tell the cluster's certificate authority
        Its output `certificate_authority_data` is not base64.
        "#);
    }
}
