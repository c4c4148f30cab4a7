//! A cluster that is the control plane of an EKS cluster of the local AWS.
//!
//! Who signs in by a token of EKS, `aws eks get-token` for example, is asked of the local AWS, and so is what access policies
//! allow. Certificates and the tokens of service accounts hold as in any cluster, and what no policy allows RBAC decides.

use std::path::Path;

use anyhow::Result;
use fs_err as fs;
use serde_json::{Value, json};

use super::{Cluster, Controllers, Minor, Options};
use crate::LocalAws;

impl Cluster {
    /// Starts one, with the models of controllers, for the EKS cluster of this name, which need not be there yet, and has the local AWS give its address and
    /// certificate authority for every EKS cluster that has no control plane of its own.
    ///
    /// # Errors
    /// As [`Cluster::start`], and when the local AWS cannot be told.
    pub fn start_for_eks(aws: &LocalAws, name: &str, folder: &Path, system_nodes: usize) -> Result<Self> {
        Self::start_for_eks_of(Minor::Newest, aws, name, folder, system_nodes)
    }

    /// The same with a control plane of this minor.
    ///
    /// # Errors
    /// As [`Cluster::start_for_eks`].
    pub fn start_for_eks_of(
        minor: Minor,
        aws: &LocalAws,
        name: &str,
        folder: &Path,
        system_nodes: usize,
    ) -> Result<Self> {
        let controllers = Controllers {
            aws_endpoint: Some(aws.endpoint().to_owned()),
            cluster_name: Some(name.to_owned()),
        };
        let controllers = Some(controllers);
        let options = Options { minor, system_nodes, controllers, ..Options::of_eks(aws, name, folder)? };
        let cluster = Self::start_with(folder, &options)?;
        aws.attach(None, &cluster)?;
        Ok(cluster)
    }
}

impl Options {
    /// Those by which a cluster asks a local AWS, as the EKS cluster of this name. The folder receives two files.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn of_eks(aws: &LocalAws, name: &str, folder: &Path) -> Result<Self> {
        fs::create_dir_all(folder)?;
        let folder = std::path::absolute(folder)?;
        let write = |file: &str, content: &Value| -> Result<_> {
            let path = folder.join(file);
            fs::write(&path, format!("{content:#}\n"))?;
            Ok(path)
        };
        let base = format!("{}/_local-aws/kubernetes/{name}", aws.endpoint());
        let token_webhook = write("token-webhook.json", &webhook(&format!("{base}/token-review")))?;
        let access = write("access-webhook.json", &webhook(&format!("{base}/access-review")))?;
        let authorization = write("authorization.json", &authorizers(&access))?;
        Ok(Self { token_webhook: Some(token_webhook), authorization: Some(authorization), ..Self::default() })
    }
}

/// How an API server reaches a webhook, in the form of a kubeconfig.
fn webhook(url: &str) -> Value {
    json!({
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{ "name": "local-aws", "cluster": { "server": url } }],
        "users": [{ "name": "api-server", "user": {} }],
        "contexts": [{ "name": "local-aws", "context": { "cluster": "local-aws", "user": "api-server" } }],
        "current-context": "local-aws",
    })
}

/// RBAC, then the access policies, of which only those are asked about who signed in at the local AWS.
fn authorizers(access: &Path) -> Value {
    json!({
        "apiVersion": "apiserver.config.k8s.io/v1",
        "kind": "AuthorizationConfiguration",
        "authorizers": [
            { "type": "RBAC", "name": "rbac" },
            {
                "type": "Webhook",
                "name": "access-policies",
                "webhook": {
                    "connectionInfo": { "type": "KubeConfigFile", "kubeConfigFile": access },
                    "subjectAccessReviewVersion": "v1",
                    "matchConditionSubjectAccessReviewVersion": "v1",
                    "matchConditions": [{ "expression": "has(request.extra) && 'accessKeyId' in request.extra" }],
                    "failurePolicy": "NoOpinion",
                    "timeout": "10s",
                    // Required, and of no effect: a policy that is taken away allows nothing from then on.
                    "authorizedTTL": "1s",
                    "unauthorizedTTL": "1s",
                    "cacheAuthorizedRequests": false,
                    "cacheUnauthorizedRequests": false,
                },
            },
        ],
    })
}
