//! `truefoundry_cluster`, its token and its connection, with real Terraform against the sandbox.

use acceptance_tests::Scratch;
use acceptance_tests::scratch::cluster;
use anyhow::{Context as _, Result, ensure};
use serde_json::Value;

const ADDRESS: &str = "truefoundry_cluster.this";

const DOMAINS: &str = "  base_domains = [\"*.ai.acme.example\"]\n";

#[test]
fn lifecycle() -> Result<()> {
    let first = cluster("acme", DOMAINS);
    let scratch = Scratch::traced("cluster-lifecycle", &first)?;
    scratch.apply(&first)?;
    let values = scratch.terraform.values(ADDRESS)?;
    assert_eq!(values["fqn"], "acme");
    assert_eq!(values["tenant_name"], "demo");

    let second = cluster("acme", "  base_domains = [\"*.ai.acme.example\", \"*.ml.acme.example\"]\n");
    assert_eq!(scratch.planned(&second, ADDRESS)?, ["update"]);
    scratch.apply(&second)?;
    assert_eq!(scratch.terraform.values(ADDRESS)?["id"], values["id"], "updated in place");

    let bare = cluster("acme", "");
    assert_eq!(scratch.planned(&bare, ADDRESS)?, ["update"]);
    scratch.apply(&bare)?;

    let renamed = cluster("other", "");
    assert_eq!(scratch.planned(&renamed, ADDRESS)?, ["delete", "create"]);
    scratch.apply(&renamed)?;
    scratch.destroy()?;
    scratch.expect_no_leaks(&[])
}

#[test]
fn import() -> Result<()> {
    let configuration = cluster("acme", DOMAINS);
    let scratch = Scratch::new("cluster-import", &configuration)?;
    scratch.apply(&configuration)?;
    let values = scratch.terraform.values(ADDRESS)?;
    scratch.reimport(ADDRESS, values["id"].as_str().context("no id")?)?;
    scratch.reimport(ADDRESS, "acme")
}

#[test]
fn disappears() -> Result<()> {
    let configuration = cluster("acme", DOMAINS);
    let scratch = Scratch::new("cluster-disappears", &configuration)?;
    scratch.apply(&configuration)?;
    let values = scratch.terraform.values(ADDRESS)?;
    let id = values["id"].as_str().context("no id")?;
    scratch.sandbox.request("DELETE", &format!("/api/svc/v1/clusters/{id}"), None)?;
    assert_eq!(scratch.planned(&configuration, ADDRESS)?, ["create"]);
    scratch.apply(&configuration)?;
    scratch.destroy()
}

/// The token is fetched while Terraform runs, used by another provider's configuration, and kept nowhere.
#[test]
fn the_token_is_ephemeral() -> Result<()> {
    let configuration = format!(
        "{}{}",
        cluster("acme", ""),
        r#"
ephemeral "truefoundry_cluster_token" "agent" {
  cluster_id = truefoundry_cluster.this.id
}

# The length shows that the token arrived without showing the token.
resource "terraform_data" "proof" {
  input = truefoundry_cluster.this.id

  lifecycle {
    postcondition {
      condition     = length(ephemeral.truefoundry_cluster_token.agent.token) > 20
      error_message = "No token arrived."
    }
  }
}
"#
    );
    let scratch = Scratch::traced("cluster-token", &configuration)?;
    scratch.apply(&configuration)?;
    let values = scratch.terraform.values(ADDRESS)?;
    let id = values["id"].as_str().context("no id")?;
    let token = token(&scratch, id)?;
    scratch.expect_no_leaks(&[("cluster token", &token)])?;

    assert!(!is_connected(&scratch, id)?);
    assert!(scratch.sandbox.connect_agent("acme", &token)?);
    assert!(is_connected(&scratch, id)?);
    let refused = format!("{:#}", scratch.sandbox.connect_agent("acme", "not-the-token").unwrap_err());
    assert!(
        refused.contains("the agent of cluster `acme` was refused") && refused.contains("answered 401"),
        "{refused}"
    );
    // Whether an agent is connected is not Terraform's to plan.
    scratch.terraform.expect_no_changes()
}

fn token(scratch: &Scratch, id: &str) -> Result<String> {
    let answer = scratch.sandbox.get(&format!("/api/svc/v1/cluster/{id}/token"))?;
    let token = answer["clusterToken"].as_str().context("no clusterToken")?.to_owned();
    ensure!(token.len() > 20, "a short token");
    Ok(token)
}

fn is_connected(scratch: &Scratch, id: &str) -> Result<bool> {
    let answer: Value = scratch.sandbox.get(&format!("/api/svc/v1/clusters/{id}/is-connected"))?;
    answer["isConnected"].as_bool().context("no isConnected")
}

#[test]
fn a_connection_is_waited_for() -> Result<()> {
    let waiting = format!(
        "{}{}",
        cluster("acme", "  wait_for_connection = \"1m\"\n"),
        "data \"truefoundry_cluster\" \"this\" {\n  name = truefoundry_cluster.this.name\n  wait_for_connection = \"1m\"\n}\n"
    );
    let scratch = Scratch::new("cluster-waiting", &waiting)?;
    scratch.sandbox.switches(&serde_json::json!({ "connect_after": 2 }))?;
    scratch.apply(&waiting)?;
    let seen = scratch.terraform.values("data.truefoundry_cluster.this")?;
    assert_eq!(seen["connected"], true);
    // The time alone is nothing to send.
    scratch.apply(&waiting.replace("1m", "2m"))?;
    scratch.destroy()
}

#[test]
fn a_connection_that_does_not_come_fails_with_what_to_check() -> Result<()> {
    let waiting = cluster("acme", "  wait_for_connection = \"2s\"\n");
    let scratch = Scratch::new("cluster-never", &waiting)?;
    let message = scratch.terraform.fail(&["apply", "-no-color", "-auto-approve"])?.message();
    assert!(message.contains("was not connected after 2s"), "{message}");
    assert!(message.contains("truefoundry_cluster_token") && message.contains("untaint"), "{message}");
    scratch.terraform.succeed(&["untaint", "-no-color", ADDRESS])?;
    scratch.apply(&cluster("acme", ""))?;
    scratch.write(&cluster("acme", "  wait_for_connection = \"soon\"\n"))?;
    let message = scratch.terraform.fail(&["plan", "-no-color"])?.message();
    assert!(message.contains("a duration such as"), "{message}");
    scratch.write(&cluster("acme", ""))?;
    scratch.destroy()
}
