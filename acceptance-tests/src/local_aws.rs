//! The local AWS: moto and our extension of it, as one process on loopback.
//!
//! It is a model of AWS. It shows that the AWS provider accepts the configuration and that a second plan is
//! empty, not that AWS itself accepts it.

use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result};
use serde_json::{Value, json};

use crate::server::Server;
use crate::{Cluster, Venv, environment, http, repository};

/// With `1`, every call has to be one of which the local AWS knows what it asks of IAM; nothing is denied. So gaps are found.
pub const DERIVED: &str = "ACCEPTANCE_TESTS_DERIVED";

/// A running local AWS; dropping it ends it.
#[derive(Debug)]
pub struct LocalAws {
    server: Server,
    endpoint: String,
    environment: Vec<(String, String)>,
}

impl LocalAws {
    /// Starts one on a free port, its log in the given file.
    ///
    /// # Errors
    /// When its Python environment cannot be made or the server does not come up.
    pub fn start(log: &Path) -> Result<Self> {
        Self::start_with(log, &[])
    }

    /// The same, with options of its command line, such as `--account`.
    ///
    /// # Errors
    /// As [`LocalAws::start`].
    pub fn start_with(log: &Path, options: &[&str]) -> Result<Self> {
        let venv = Venv::local_aws()?;
        let mut command = Command::new(venv.program("python"));
        command
            .args(["-m", "local_aws", "--port", "0", "--until-stdin-closes"])
            .args(options)
            .current_dir(repository::root().join("acceptance-tests/aws"));
        environment::scrub(&mut command);
        let server = Server::start(command, log).context("the local AWS")?;
        let endpoint = server.ready_text("endpoint")?;
        let told =
            server.ready()["environment"].as_object().context("the local AWS told no `environment`")?;
        let environment = told
            .iter()
            .map(|(name, value)| (name.clone(), value.as_str().unwrap_or_default().to_owned()))
            .collect();
        let aws = Self { server, endpoint, environment };
        if std::env::var_os(DERIVED).is_some_and(|value| value == "1") {
            aws.enforcement(&json!({ "on": true, "bootstrapper": true }))?;
        }
        Ok(aws)
    }

    /// Whether policies are enforced from now on: `on`, and what else the server knows. Whoever has the keys of [`LocalAws::start`] may do
    /// everything all the same.
    ///
    /// # Errors
    /// When the server does not know a member.
    pub fn enforcement(&self, said: &Value) -> Result<()> {
        http::post(&format!("{}/_local-aws/enforcement", self.endpoint), &[], Some(said)).map(drop)
    }

    /// What was denied since policies are enforced, or since that was said last, one line each.
    ///
    /// # Errors
    /// When the server does not answer.
    pub fn denied(&self) -> Result<Vec<String>> {
        let told = http::get(&format!("{}/_local-aws/enforcement", self.endpoint), &[])?;
        Ok(serde_json::from_value(told["denied"].clone())?)
    }

    /// Base address.
    #[must_use]
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// The variables that point unmodified AWS clients at it.
    #[must_use]
    pub fn environment(&self) -> &[(String, String)] {
        &self.environment
    }

    /// Where its log is.
    #[must_use]
    pub fn log(&self) -> &Path {
        self.server.log()
    }

    /// What it holds, the default VPC and keys waiting for deletion aside: `objects`, `by_kind`, `names`.
    ///
    /// # Errors
    /// When the server cannot be asked.
    pub fn inventory(&self) -> Result<Value> {
        http::get(&format!("{}/_local-aws/inventory", self.endpoint), &[])
    }

    /// Who there is in IAM, with all that says what it may do: `roles`, `users`, `groups`, `policies`, `instance_profiles`, `oidc_providers`.
    ///
    /// # Errors
    /// When the server cannot be asked.
    pub fn identities(&self) -> Result<Value> {
        http::get(&format!("{}/_local-aws/identities", self.endpoint), &[])
    }

    /// Says what the account is like: quotas, offers, what its callers may do. The members that are named are taken over.
    ///
    /// # Errors
    /// When the server does not know a member.
    pub fn account(&self, said: &Value) -> Result<()> {
        http::post(&format!("{}/_local-aws/account", self.endpoint), &[], Some(said)).map(drop)
    }

    /// From now on something goes wrong with calls of AWS.
    ///
    /// # Errors
    /// When the server does not know the fault.
    pub fn fault(&self, fault: &Value) -> Result<()> {
        http::post(&format!("{}/_local-aws/faults", self.endpoint), &[], Some(fault)).map(drop)
    }

    /// The faults that are on, each with how many calls it has `met`.
    ///
    /// # Errors
    /// When the server cannot be asked.
    pub fn faults(&self) -> Result<Vec<Value>> {
        let answer = http::get(&format!("{}/_local-aws/faults", self.endpoint), &[])?;
        Ok(answer["faults"].as_array().cloned().unwrap_or_default())
    }

    /// Keeps the calls of AWS from now on.
    ///
    /// # Errors
    /// When the server cannot be told.
    pub fn keep_calls(&self) -> Result<()> {
        http::post(&format!("{}/_local-aws/calls", self.endpoint), &[], None).map(drop)
    }

    /// The calls that were kept: `service`, `operation`, `region`, `about`, `invocation`, `agent`, `begun`, `ended`, `status`, and `asked` where policies are enforced.
    ///
    /// # Errors
    /// When the server cannot be asked.
    pub fn calls(&self) -> Result<Vec<Value>> {
        let answer = http::get(&format!("{}/_local-aws/calls", self.endpoint), &[])?;
        Ok(answer["calls"].as_array().cloned().unwrap_or_default())
    }

    /// One call of a service that speaks the query protocol, such as EC2 or IAM: parameters with `Action` and `Version`.
    ///
    /// # Errors
    /// When the server answers with an error.
    pub fn query(&self, region: &str, service: &str, parameters: &str) -> Result<String> {
        http::form(
            &format!("{}/", self.endpoint),
            &[("authorization", authorization(region, service).as_str())],
            parameters,
        )
    }

    /// From now on the EKS cluster of that name is where this control plane is; without a name, every one that was not named.
    ///
    /// # Errors
    /// When the server cannot be told.
    pub fn attach(&self, name: Option<&str>, cluster: &Cluster) -> Result<()> {
        let url = format!("{}/_local-aws/kubernetes", self.endpoint);
        let url = name.map_or_else(|| url.clone(), |name| format!("{url}/{name}"));
        let place =
            json!({ "address": cluster.address(), "certificate_authority": cluster.certificate_authority() });
        http::post(&url, &[], Some(&place)).map(drop)
    }

    /// From now on updates of the Kubernetes version of an EKS cluster and of its node groups wait until they are finished.
    ///
    /// # Errors
    /// When the server cannot be told.
    pub fn hold_updates(&self, cluster: &str) -> Result<()> {
        http::post(&self.updates(cluster), &[], None).map(drop)
    }

    /// The updates that wait, each with `id`, `version`, and `nodegroup` where it is of one.
    ///
    /// # Errors
    /// When the server cannot be asked.
    pub fn held_updates(&self, cluster: &str) -> Result<Vec<Value>> {
        let answer = http::get(&self.updates(cluster), &[])?;
        Ok(answer["updates"].as_array().cloned().unwrap_or_default())
    }

    /// An update is carried out.
    ///
    /// # Errors
    /// When none of that identifier waits.
    pub fn finish_update(&self, cluster: &str, id: &str) -> Result<()> {
        http::post(&format!("{}/{id}", self.updates(cluster)), &[], None).map(drop)
    }

    /// What EKS answers at a path of its API, such as `/clusters/NAME`.
    ///
    /// # Errors
    /// When the server answers with an error.
    pub fn eks(&self, region: &str, path: &str) -> Result<Value> {
        let authorization = authorization(region, "eks");
        http::get(&format!("{}{path}", self.endpoint), &[("authorization", authorization.as_str())])
    }

    /// The maintenance window of a database instance: what waits for it is changed.
    ///
    /// # Errors
    /// When there is no instance of that name.
    pub fn open_window(&self, instance: &str) -> Result<()> {
        http::post(&format!("{}/_local-aws/rds/{instance}/window", self.endpoint), &[], None).map(drop)
    }

    fn updates(&self, cluster: &str) -> String {
        format!("{}/_local-aws/kubernetes/{cluster}/updates", self.endpoint)
    }

    /// Forgets everything, and which control planes are attached.
    ///
    /// # Errors
    /// When the server cannot be asked.
    pub fn reset(&self) -> Result<()> {
        http::post(&format!("{}/_local-aws/reset", self.endpoint), &[], None).map(drop)
    }

    /// The text of a secret in Secrets Manager.
    ///
    /// # Errors
    /// When there is no such secret or it has no text.
    pub fn secret(&self, region: &str, name: &str) -> Result<String> {
        let answer = self.json_call(
            region,
            "secretsmanager",
            "secretsmanager.GetSecretValue",
            "1.1",
            &json!({ "SecretId": name }),
        )?;
        Ok(answer["SecretString"]
            .as_str()
            .with_context(|| format!("secret `{name}` has no text"))?
            .to_owned())
    }

    /// Makes a bucket.
    ///
    /// # Errors
    /// When the server refuses.
    pub fn create_bucket(&self, region: &str, name: &str) -> Result<()> {
        let authorization = authorization(region, "s3");
        let url = format!("{}/{name}", self.endpoint);
        let headers = [("authorization", authorization.as_str())];
        // The answer has no body in the one region where no location has to be given.
        let answer = http::send("PUT", &url, &headers, None)?;
        anyhow::ensure!(answer.status == 200, "PUT {url}: status {}", answer.status);
        Ok(())
    }

    /// An object of a bucket that holds JSON, such as a Terraform state.
    ///
    /// # Errors
    /// When there is no such object, or it is not JSON.
    pub fn object(&self, region: &str, bucket: &str, key: &str) -> Result<Value> {
        let authorization = authorization(region, "s3");
        http::get(&format!("{}/{bucket}/{key}", self.endpoint), &[("authorization", authorization.as_str())])
    }

    /// Puts JSON into an object of a bucket.
    ///
    /// # Errors
    /// When the server refuses.
    pub fn put_object(&self, region: &str, bucket: &str, key: &str, json: &Value) -> Result<()> {
        let authorization = authorization(region, "s3");
        let url = format!("{}/{bucket}/{key}", self.endpoint);
        let answer = http::send("PUT", &url, &[("authorization", authorization.as_str())], Some(json))?;
        anyhow::ensure!(answer.status == 200, "PUT {url}: status {}", answer.status);
        Ok(())
    }

    /// With which status an object of a bucket is answered: 200, or 404 when there is none.
    ///
    /// # Errors
    /// When the server cannot be asked.
    pub fn object_status(&self, region: &str, bucket: &str, key: &str) -> Result<u16> {
        let authorization = authorization(region, "s3");
        let url = format!("{}/{bucket}/{key}", self.endpoint);
        Ok(http::send("HEAD", &url, &[("authorization", authorization.as_str())], None)?.status)
    }

    /// Deletes the policy of a bucket, or another of its settings: `what` is the subresource.
    ///
    /// # Errors
    /// When the server refuses.
    pub fn delete_of_bucket(&self, region: &str, bucket: &str, what: &str) -> Result<()> {
        let authorization = authorization(region, "s3");
        let url = format!("{}/{bucket}?{what}", self.endpoint);
        let answer = http::send("DELETE", &url, &[("authorization", authorization.as_str())], None)?;
        anyhow::ensure!(answer.status == 204, "DELETE {url}: status {}", answer.status);
        Ok(())
    }

    /// One call of a service that takes forms, as EC2 and IAM do; the answer is XML. The parameters must need no encoding.
    ///
    /// # Errors
    /// When the server answers with an error.
    pub fn form_call(&self, region: &str, service: &str, parameters: &[(&str, &str)]) -> Result<String> {
        let authorization = authorization(region, service);
        let form: Vec<String> = parameters.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let headers = [("authorization", authorization.as_str())];
        http::post_form(&format!("{}/", self.endpoint), &headers, &form.join("&"))
    }

    /// One call of a service that speaks JSON; `target` is its `X-Amz-Target`.
    ///
    /// # Errors
    /// When the server answers with an error.
    pub fn json_call(
        &self,
        region: &str,
        service: &str,
        target: &str,
        version: &str,
        body: &Value,
    ) -> Result<Value> {
        let authorization = authorization(region, service);
        let content_type = format!("application/x-amz-json-{version}");
        let headers = [
            ("authorization", authorization.as_str()),
            ("content-type", content_type.as_str()),
            ("x-amz-target", target),
        ];
        http::post(&format!("{}/", self.endpoint), &headers, Some(body)).with_context(|| target.to_owned())
    }
}

/// The local AWS finds the caller, service and region in the credential scope; it checks no signature. This is the key that it prints at its start.
fn authorization(region: &str, service: &str) -> String {
    format!(
        "AWS4-HMAC-SHA256 Credential=local-aws/20250101/{region}/{service}/aws4_request, \
         SignedHeaders=host, Signature=0"
    )
}
