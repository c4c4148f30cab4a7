//! What controllers have left in AWS, asked before the layers go that it would hold: their deletion would hang for a quarter of an hour in
//! `DependencyViolation`, and say no name.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};

use serde::Deserialize;
use serde_json::Value;

use super::commands::{Commands, Failed};
use super::events::Problem;
use super::plan_file::PlanFile;
use super::{Operation, in_cluster};
use crate::plan::leftovers::{FOLDER, LEFTOVERS, PROFILES, VOLUMES};
use crate::tree::Layer;

/// The check of one run: made once, before the first of the layers that it is for.
#[derive(Debug)]
pub(super) struct Check {
    held: BTreeSet<String>,
    found: Mutex<Option<Vec<Problem>>>,
}

impl Check {
    /// For these layers of a tree.
    pub(super) fn of(layers: &[Layer]) -> Self {
        Self { held: held(layers), found: Mutex::default() }
    }

    /// Refuses to go on where something is left.
    ///
    /// # Errors
    /// With what is left and how it is removed; also when it cannot be read.
    pub(super) fn before(&self, layer: &Layer, commands: &Commands<'_>) -> Result<(), Failed> {
        if !self.held.contains(&layer.name) {
            return Ok(());
        }
        let mut found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        if found.is_none() {
            *found = Some(look(commands).err().map(|failed| failed.0).unwrap_or_default());
        }
        match &*found {
            Some(problems) if !problems.is_empty() => Err(Failed(problems.clone())),
            _ => Ok(()),
        }
    }
}

/// The layers that must not go before: the cluster, and what it or anything in it stands on in AWS. What is in the cluster itself goes first, and
/// what the control plane knows holds nothing.
fn held(layers: &[Layer]) -> BTreeSet<String> {
    let mut held = BTreeSet::from([in_cluster::CLUSTER.to_owned()]);
    let in_it = layers.iter().filter(|layer| !layer.releases.is_empty());
    held.extend(in_it.flat_map(|layer| layer.reads.iter().cloned()));
    while let Some(more) = layers
        .iter()
        .filter(|layer| held.contains(&layer.name))
        .flat_map(|layer| &layer.reads)
        .find(|name| !held.contains(*name))
    {
        held.insert(more.clone());
    }
    let in_aws = |layer: &&Layer| layer.releases.is_empty() && !layer.outside_aws;
    let in_aws: BTreeSet<&str> = layers.iter().filter(in_aws).map(|layer| layer.name.as_str()).collect();
    held.retain(|name| in_aws.contains(name.as_str()));
    held
}

/// Something that was left.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
struct Left {
    kind: String,
    id: String,
    owner: String,
}

fn look(of_layer: &Commands<'_>) -> Result<(), Failed> {
    let dir = of_layer.dir.with_file_name(FOLDER);
    if !dir.join("main.tf").is_file() {
        let line = "what controllers have left in AWS is not looked for: the tree has no `leftovers`; `tfy-infra generate` writes it";
        of_layer.progress.line(line);
        return Ok(());
    }
    let tree = of_layer.dir.parent().unwrap_or(&of_layer.dir).to_owned();
    let commands = Commands { dir, operation: Operation::Plan, ..of_layer.clone() };
    let planned = planned(&commands, &tree).map_err(unread)?;
    let volumes = read(&planned, VOLUMES)?;
    for volume in &volumes {
        commands.progress.line(&format!("stays in AWS: {} of the claim {}", volume.id, volume.owner));
    }
    // A tree of an earlier version does not look for them.
    let looks = planned["planned_values"]["outputs"].get(PROFILES).is_some();
    for profile in &if looks { read(&planned, PROFILES)? } else { Vec::new() } {
        commands.progress.line(&profile_stays(profile));
    }
    let left = read(&planned, LEFTOVERS)?;
    if left.is_empty() { Ok(()) } else { Err(refused(&left)) }
}

fn planned(commands: &Commands<'_>, tree: &std::path::Path) -> Result<Value, Failed> {
    commands.init_when_new()?;
    let file = PlanFile::new(tree, FOLDER)?;
    commands.plan(file.path())?;
    commands.show(file.path())
}

/// What could not be read is not taken for nothing.
fn unread(mut failed: Failed) -> Failed {
    for problem in &mut failed.0 {
        problem.summary = format!("what controllers have left in AWS cannot be read: {}", problem.summary);
        problem.detail = format!(
            "{}\nNothing of this layer was destroyed. Mend it, or give the identity the right to read, and run the same command again.",
            problem.detail.trim()
        )
        .trim()
        .to_owned();
        // The place is in that folder, and not in the layer that is told.
        problem.range = None;
    }
    failed
}

fn read(planned: &Value, output: &str) -> Result<Vec<Left>, Failed> {
    let value = &planned["planned_values"]["outputs"][output]["value"];
    serde_json::from_value(value.clone()).map_err(|_| {
        Failed::one(
            "what controllers have left in AWS cannot be read",
            &format!("The output `{output}` of `{FOLDER}` is not a list of kinds, IDs and owners. Take back what was changed there."),
        )
    })
}

fn refused(left: &[Left]) -> Failed {
    let mut by: BTreeMap<&str, Vec<&Left>> = BTreeMap::new();
    left.iter().for_each(|one| by.entry(&one.kind).or_default().push(one));
    let lines: Vec<String> = by.iter().map(|(kind, left)| lines(kind, left)).collect();
    Failed::one(
        "controllers in the cluster have left something in AWS",
        &format!(
            "No state knows of it, and what it uses cannot be deleted. Remove it, then run the same command again; AWS's index of tags may name load \
             balancers, target groups and launch templates for some minutes after they are gone.\n{}",
            lines.join("\n")
        ),
    )
}

fn lines(kind: &str, left: &[&Left]) -> String {
    const SHOWN: usize = 8;
    let shown: Vec<String> =
        left.iter().take(SHOWN).map(|one| format!("  {} of {}", one.id, one.owner)).collect();
    let more = left.len().saturating_sub(SHOWN);
    let more = if more == 0 { String::new() } else { format!("\n  and {more} more") };
    format!("{kind} ({}), removed by `{}`:\n{}{more}", left.len(), command(kind, left[0]), shown.join("\n"))
}

fn profile_stays(profile: &Left) -> String {
    let Left { id, owner, .. } = profile;
    format!(
        "stays in AWS, at no cost: the instance profile {id} of {owner}; `aws iam delete-instance-profile --instance-profile-name {id}` removes it"
    )
}

/// How one is removed.
fn command(kind: &str, one: &Left) -> String {
    let id = &one.id;
    match kind {
        "instance" => format!("aws ec2 terminate-instances --instance-ids {id}"),
        "launch template" => format!("aws ec2 delete-launch-template --launch-template-id {id}"),
        "load balancer" if id.contains("/app/") || id.contains("/net/") => {
            format!("aws elbv2 delete-load-balancer --load-balancer-arn {id}")
        }
        "load balancer" => {
            let name = id.rsplit('/').next().unwrap_or(id);
            format!("aws elb delete-load-balancer --load-balancer-name {name}")
        }
        "target group" => format!("aws elbv2 delete-target-group --target-group-arn {id}"),
        "security group" => format!("aws ec2 delete-security-group --group-id {id}"),
        "security group rule" => {
            let (group, rule) = id.split_once('/').unwrap_or((id, id));
            format!(
                "aws ec2 revoke-security-group-ingress --group-id {group} --security-group-rule-ids {rule}"
            )
        }
        _ => format!("aws ec2 delete-network-interface --network-interface-id {id}"),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::run::in_cluster::shown;
    use crate::tree::record::tests::layers;

    #[test]
    fn what_the_cluster_stands_on_is_held() {
        let held = held(&layers(true));
        assert_eq!(held.iter().collect::<Vec<_>>(), ["cluster", "data", "identity", "network"]);
    }

    #[test]
    fn what_is_left_is_told_by_kind_with_how_it_is_removed() {
        let left = |kind: &str, id: &str, owner: &str| Left {
            kind: kind.to_owned(),
            id: id.to_owned(),
            owner: owner.to_owned(),
        };
        let arn = |rest: &str| format!("arn:aws:elasticloadbalancing:us-east-1:123456789012:{rest}");
        let mut all = vec![
            left("launch template", "lt-1", "EC2NodeClass default"),
            left("load balancer", &arn("loadbalancer/net/k8s-shop-front/1"), "shop/front"),
            left("target group", &arn("targetgroup/k8s-shop-front/1"), "shop/front"),
            left("security group", "sg-1", "the load balancer controller"),
            left("security group rule", "sg-2/sgr-1", "elbv2.k8s.aws/targetGroupBinding=shared"),
            left("network interface", "eni-1", "the network plugin"),
        ];
        all.extend((0..10).map(|i| left("instance", &format!("i-{i}"), "NodePool default")));
        insta::assert_snapshot!(shown(&refused(&all)), @r"
        controllers in the cluster have left something in AWS
        No state knows of it, and what it uses cannot be deleted. Remove it, then run the same command again; AWS's index of tags may name load balancers, target groups and launch templates for some minutes after they are gone.
        instance (10), removed by `aws ec2 terminate-instances --instance-ids i-0`:
          i-0 of NodePool default
          i-1 of NodePool default
          i-2 of NodePool default
          i-3 of NodePool default
          i-4 of NodePool default
          i-5 of NodePool default
          i-6 of NodePool default
          i-7 of NodePool default
          and 2 more
        launch template (1), removed by `aws ec2 delete-launch-template --launch-template-id lt-1`:
          lt-1 of EC2NodeClass default
        load balancer (1), removed by `aws elbv2 delete-load-balancer --load-balancer-arn arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/net/k8s-shop-front/1`:
          arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/net/k8s-shop-front/1 of shop/front
        network interface (1), removed by `aws ec2 delete-network-interface --network-interface-id eni-1`:
          eni-1 of the network plugin
        security group (1), removed by `aws ec2 delete-security-group --group-id sg-1`:
          sg-1 of the load balancer controller
        security group rule (1), removed by `aws ec2 revoke-security-group-ingress --group-id sg-2 --security-group-rule-ids sgr-1`:
          sg-2/sgr-1 of elbv2.k8s.aws/targetGroupBinding=shared
        target group (1), removed by `aws elbv2 delete-target-group --target-group-arn arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/k8s-shop-front/1`:
          arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/k8s-shop-front/1 of shop/front
        ");
        assert_eq!(
            profile_stays(&left("instance profile", "acme-dev_1", "EC2NodeClass default")),
            "stays in AWS, at no cost: the instance profile acme-dev_1 of EC2NodeClass default; `aws iam delete-instance-profile \
             --instance-profile-name acme-dev_1` removes it"
        );
        let classic = left("load balancer", &arn("loadbalancer/a0123"), "shop/old");
        assert_eq!(
            command("load balancer", &classic),
            "aws elb delete-load-balancer --load-balancer-name a0123"
        );
    }

    #[test]
    fn an_output_that_is_none_is_not_taken_for_nothing() {
        let planned =
            json!({ "planned_values": { "outputs": { "leftovers": { "value": [] }, "volumes": {} } } });
        assert_eq!(read(&planned, LEFTOVERS).unwrap(), []);
        insta::assert_snapshot!(shown(&read(&planned, VOLUMES).unwrap_err()), @r"
        what controllers have left in AWS cannot be read
        The output `volumes` of `leftovers` is not a list of kinds, IDs and owners. Take back what was changed there.
        ");
        insta::assert_snapshot!(shown(&unread(Failed::one("no access", "DescribeInstances: denied"))), @r"
        what controllers have left in AWS cannot be read: no access
        DescribeInstances: denied
        Nothing of this layer was destroyed. Mend it, or give the identity the right to read, and run the same command again.
        ");
    }
}
