//! The layer on a cluster that is reached over a port of this machine only, by `tfy-infra connect`. What forwards is a model of
//! `aws ssm start-session`; Terraform, its providers and Helm are real as far as they are elsewhere, and so is the TLS to the API server.

use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;

use acceptance_tests::terraform::Run;
use anyhow::{Context as _, Result};
use fs_err as fs;
use serde_json::json;

use super::alone::Alone;
use super::{each_operation_is_refused, succeeded};

/// A name that the API server's certificate has and no resolver knows, as that of a private endpoint outside its VPC.
const NAME: &str = "kubernetes.default.svc";
/// Pours what comes to the port that `aws ssm start-session` is told into the API server's.
const FORWARD: &str = include_str!("forward.py");

/// An apply with a change, and a plan after it. Without the port each operation is refused.
pub(crate) fn reaches_the_cluster(alone: &Alone) -> Result<()> {
    let state = alone.tree().join("cluster/terraform.tfstate");
    let before = fs::read_to_string(&state)?;
    let (_, port) = alone.cluster.address().rsplit_once(':').context("an address without a port")?;
    let mut hidden: serde_json::Value =
        serde_json::from_str(&before.replace(alone.cluster.address(), &format!("https://{NAME}:{port}")))?;
    hidden["outputs"]["ssm_instance_id"] = json!({ "value": "i-0123456789abcdef0", "type": "string" });
    fs::write(&state, hidden.to_string())?;
    each_operation_is_refused(alone, "the API of the cluster `acme-dev` cannot be reached")?;

    let aws = fs::read_to_string(alone.folder.join("bin/aws"))?;
    let script = alone.folder.join("forward.py");
    fs::write(&script, FORWARD)?;
    let forwarding = format!(
        "#!/bin/sh\nif [ \"$1\" = ssm ]; then exec python3 '{}' {port} \"$@\"; fi\n{aws}",
        script.display()
    );
    write_program(alone, "aws", &forwarding)?;
    write_program(alone, "session-manager-plugin", "#!/bin/sh\n")?;
    alone.generate(&format!("access: {{ ssm: {{}} }}\n{}", super::few(2)))?;
    for arguments in [&["apply", "--auto-approve"][..], &["plan", "--detailed-exitcode"]] {
        succeeded(&format!("{} over the port", arguments[0]), &over_the_port(alone, arguments)?)?;
    }
    write_program(alone, "aws", &aws)?;
    alone.generate(&super::few(1))?;
    fs::write(&state, before)?;
    succeeded("apply", &alone.apply()?)
}

fn write_program(alone: &Alone, name: &str, text: &str) -> Result<()> {
    let path = alone.folder.join("bin").join(name);
    fs::write(&path, text)?;
    Ok(fs::set_permissions(path, std::fs::Permissions::from_mode(0o755))?)
}

/// `tfy-infra connect -- tfy-infra …` on the layer.
fn over_the_port(alone: &Alone, arguments: &[&str]) -> Result<Run> {
    let inner = alone.command(&[arguments, &["--layer", "addons", "-d"]].concat())?;
    let port = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
    let mut command = Command::new(inner.get_program());
    command.args(["connect", "--port", &port.to_string(), "-d"]).arg(alone.tree()).arg("--");
    command.arg(inner.get_program()).args(inner.get_args());
    for (name, value) in inner.get_envs() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    let run = Run::from(command.output()?);
    std::net::TcpListener::bind(("127.0.0.1", port)).context("the port is still forwarded")?;
    Ok(run)
}
