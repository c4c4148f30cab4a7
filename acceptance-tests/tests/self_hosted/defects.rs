//! Defects that are common in modules for this platform, several of which policy scanners pass. Each is looked for in what
//! was applied, not in how the code is written.

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;

/// All managed objects of a state, as `terraform show -json` gives it.
pub(crate) fn objects(state: &Value) -> Vec<&Value> {
    let mut found = Vec::new();
    let mut modules = vec![&state["values"]["root_module"]];
    while let Some(module) = modules.pop() {
        modules.extend(module["child_modules"].as_array().into_iter().flatten());
        let resources = module["resources"].as_array().into_iter().flatten();
        found.extend(resources.filter(|resource| resource["mode"] == "managed"));
    }
    found
}

struct Applied<'a>(Vec<&'a Value>);

impl<'a> Applied<'a> {
    fn all(&self, kind: &str) -> impl Iterator<Item = &'a Value> {
        let of_kind = self.0.iter().copied().filter(move |object| object["type"] == kind);
        of_kind.collect::<Vec<_>>().into_iter()
    }

    /// The values of the one object of a type.
    fn one(&self, kind: &str) -> Result<&'a Value> {
        let mut all = self.all(kind);
        let first = all.next().with_context(|| format!("no `{kind}` was applied"))?;
        ensure!(all.next().is_none(), "more than one `{kind}` was applied");
        Ok(&first["values"])
    }
}

/// Fails on the first defect.
///
/// # Errors
/// When there is one, with what it is.
pub(crate) fn expect_none(state: &Value) -> Result<()> {
    let applied = Applied(objects(state));
    endpoints_have_routes(&applied)?;
    database_is_safe(&applied)?;
    cluster_is_closed(&applied)?;
    nodes_are_steady(&applied)?;
    nobody_has_keys(&applied)
}

/// A gateway endpoint without route tables is there and does nothing: all traffic pays for NAT.
fn endpoints_have_routes(applied: &Applied<'_>) -> Result<()> {
    let mut gateways = 0;
    for endpoint in
        applied.all("aws_vpc_endpoint").filter(|each| each["values"]["vpc_endpoint_type"] == "Gateway")
    {
        gateways += 1;
        let tables = endpoint["values"]["route_table_ids"].as_array().map_or(0, Vec::len);
        ensure!(tables >= 2, "{} is in {tables} route tables", endpoint["address"]);
    }
    ensure!(gateways == 2, "{gateways} gateway endpoints in place of two, for S3 and DynamoDB");
    Ok(())
}

fn database_is_safe(applied: &Applied<'_>) -> Result<()> {
    let database = applied.one("aws_db_instance")?;
    ensure!(database["password"].is_null(), "the password of the database is in the state");
    ensure!(database["manage_master_user_password"] == true, "RDS does not keep the master password");
    ensure!(database["apply_immediately"] == false, "changes of the database are applied at once");
    for setting in [
        "multi_az",
        "storage_encrypted",
        "performance_insights_enabled",
        "iam_database_authentication_enabled",
    ] {
        ensure!(database[setting] == true, "`{setting}` of the database is off");
    }
    ensure!(database["publicly_accessible"] == false, "the database is public");
    ensure!(database["monitoring_interval"].as_u64() > Some(0), "the database is not monitored");
    let group = applied.one("aws_db_parameter_group")?;
    let parameters = group["parameter"].as_array().context("the parameter group is empty")?;
    ensure!(
        parameters.iter().any(|each| each["name"] == "rds.force_ssl" && each["value"] == "1"),
        "TLS to the database is not forced: {parameters:?}"
    );
    let version = database["engine_version_actual"].as_str().unwrap_or_default();
    let major = version.split('.').next().unwrap_or_default();
    ensure!(
        group["family"] == format!("postgres{major}"),
        "{} for version {version} of the database",
        group["family"]
    );
    let out = applied
        .all("aws_vpc_security_group_egress_rule")
        .filter(|rule| rule["address"].as_str().is_some_and(|address| address.contains("module.database")));
    ensure!(out.count() == 0, "the database may open connections");
    Ok(())
}

fn cluster_is_closed(applied: &Applied<'_>) -> Result<()> {
    let cluster = applied.one("aws_eks_cluster")?;
    let network = &cluster["vpc_config"][0];
    ensure!(network["endpoint_private_access"] == true, "the cluster has no private endpoint");
    let open =
        network["public_access_cidrs"].as_array().into_iter().flatten().any(|cidr| cidr == "0.0.0.0/0");
    ensure!(
        network["endpoint_public_access"] == false || !open,
        "the public endpoint of the cluster is open to everybody"
    );
    let access = &cluster["access_config"][0];
    ensure!(
        access["authentication_mode"] == "API",
        "the cluster is entered by {}",
        access["authentication_mode"]
    );
    ensure!(
        access["bootstrap_cluster_creator_admin_permissions"] == false,
        "who creates the cluster is its administrator"
    );
    let logs = cluster["enabled_cluster_log_types"].as_array().map_or(0, Vec::len);
    ensure!(logs == 5, "{logs} of five kinds of logs are kept");
    ensure!(
        !cluster["encryption_config"][0]["provider"][0]["key_arn"].is_null(),
        "secrets are not encrypted"
    );
    for group in applied.all("aws_cloudwatch_log_group") {
        let days = group["values"]["retention_in_days"].as_u64().unwrap_or_default();
        ensure!(days == 0 || days >= 90, "{} keeps logs for {days} days", group["address"]);
    }
    Ok(())
}

/// The nodes that carry Karpenter and CoreDNS stay, come after the network plugin, and have none of its rights.
fn nodes_are_steady(applied: &Applied<'_>) -> Result<()> {
    let mut groups = 0;
    for group in applied.all("aws_eks_node_group") {
        groups += 1;
        ensure!(group["values"]["capacity_type"] == "ON_DEMAND", "{} is not on demand", group["address"]);
        let version = group["values"]["release_version"].as_str().unwrap_or_default();
        ensure!(!version.is_empty(), "the AMI of {} is not pinned", group["address"]);
        let needs: Vec<&str> =
            group["depends_on"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        ensure!(
            needs.iter().any(|need| need.contains("aws_eks_addon.before_nodes")),
            "{} does not wait for the network plugin: {needs:?}",
            group["address"]
        );
    }
    ensure!(groups > 0, "no node group was applied");
    for attachment in applied.all("aws_iam_role_policy_attachment") {
        let values = &attachment["values"];
        let role = values["role"].as_str().unwrap_or_default();
        let policy = values["policy_arn"].as_str().unwrap_or_default();
        ensure!(
            !(role.contains("node") && policy.ends_with("AmazonEKS_CNI_Policy")),
            "{} gives the nodes the rights of the network plugin",
            attachment["address"]
        );
    }
    Ok(())
}

fn nobody_has_keys(applied: &Applied<'_>) -> Result<()> {
    for kind in ["aws_iam_user", "aws_iam_access_key"] {
        ensure!(applied.all(kind).count() == 0, "a `{kind}` was applied");
    }
    Ok(())
}
