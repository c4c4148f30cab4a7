//! The other side of a connected cluster: shows the cluster's token to the control plane.

use std::time::Duration;

use serde_json::{Value, json};

use crate::Error;

/// How long a connection is good for without being renewed.
const LEASE: Duration = Duration::from_secs(15);

/// A stand-in for the agent in a cluster. Blocking: meant for a program of its own or a thread.
pub struct Agent {
    /// Address of the sandbox.
    pub host: String,
    /// Name of the cluster.
    pub cluster: String,
    /// The cluster's token.
    pub token: String,
}

impl Agent {
    /// Time after which [`Agent::connect`] with a lease should be called again.
    pub const RENEW: Duration = Duration::from_secs(5);

    /// Shows the token. With `lease` the cluster is connected for 15 s, without until the sandbox ends.
    ///
    /// # Errors
    /// When the sandbox cannot be reached or refuses the token.
    pub fn connect(&self, lease: bool) -> Result<(), Error> {
        let failed = |why: String| Error::Agent { cluster: self.cluster.clone(), why };
        let url = format!("{}/api/svc/v1/agent/connect", self.host.trim_end_matches('/'));
        let mut body = json!({"cluster": self.cluster});
        if lease {
            body["leaseSeconds"] = LEASE.as_secs().into();
        }
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(Duration::from_secs(10)))
            // The sandbox is on this machine.
            .proxy(None)
            .build();
        let mut response = ureq::Agent::new_with_config(config)
            .post(&url)
            .header("Authorization", format!("Bearer {}", self.token))
            .send_json(&body)
            .map_err(|error| failed(error.to_string()))?;
        let status = response.status().as_u16();
        let answer: Value = response.body_mut().read_json().unwrap_or_default();
        if status == 200 && answer["connected"] == true {
            return Ok(());
        }
        let message = answer["message"].as_str().unwrap_or("no explanation");
        Err(failed(format!("the control plane answered {status}: {message}")))
    }
}
