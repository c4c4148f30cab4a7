//! What controllers leave in AWS is told by kind before the cluster goes, and once it is gone the destroy ends. The layer `cluster` of the tree
//! is one object without a provider here: what is looked for does not depend on what goes.

#[path = "leftovers/held.rs"]
mod held;

use std::path::PathBuf;
use std::process::Command;

use acceptance_tests::terraform::Run;
use acceptance_tests::{Binaries, CliConfig, Core, LocalAws, Terraform, environment, scratch};
use anyhow::{Result, ensure};
use fs_err as fs;

/// One of each kind, with the tags of who leaves it.
const MADE: &str = include_str!("leftovers/made.tf");
const CLUSTER: &str = "terraform {\n  backend \"local\" {\n    path = \"terraform.tfstate\"\n  }\n}\n\nresource \"terraform_data\" \"this\" {}\n";
const SPEC: &str = "version: 1\nname: acme-dev\naws: { account: \"123456789012\", region: us-east-1 }\naddons: false\ntruefoundry: {}\n";

struct Place {
    folder: PathBuf,
    aws: LocalAws,
    binaries: Binaries,
    config: CliConfig,
}

impl Place {
    fn start(test: &str) -> Result<Self> {
        let folder = scratch::folder(test)?;
        let aws = LocalAws::start(&folder.join("local-aws.log"))?;
        let binaries = Binaries::build()?;
        let config = CliConfig::for_modules()?;
        let place = Self { folder, aws, binaries, config };
        fs::write(place.folder.join("platform.yaml"), SPEC)?;
        let spec = place.folder.join("platform.yaml").display().to_string();
        place.succeed(&["generate", "-f", &spec, "-o"])?;
        for entry in fs::read_dir(place.tree().join("cluster"))? {
            fs::remove_file(entry?.path())?;
        }
        fs::write(place.tree().join("cluster/main.tf"), CLUSTER)?;
        Ok(place)
    }

    fn tree(&self) -> PathBuf {
        self.folder.join("tree")
    }

    fn run(&self, arguments: &[&str]) -> Result<Run> {
        let mut command = Command::new(&self.binaries.generator);
        command.args(arguments).arg(self.tree());
        environment::scrub(&mut command);
        command.env("TF_CLI_CONFIG_FILE", self.config.path()).envs(self.aws.environment().to_vec());
        command.env("TFY_TERRAFORM", &Core::current()?.tool()?.path);
        Ok(Run::from(command.output()?))
    }

    fn succeed(&self, arguments: &[&str]) -> Result<Run> {
        let run = self.run(arguments)?;
        ensure!(run.code == 0, "{arguments:?} ended with {}:\n{}\n{}", run.code, run.stdout, run.stderr);
        Ok(run)
    }

    /// The root that makes what is left.
    fn controllers(&self) -> Result<Terraform> {
        let folder = self.folder.join("controllers");
        fs::create_dir_all(&folder)?;
        fs::write(folder.join("main.tf"), MADE)?;
        let terraform = Terraform::new(&folder, &self.config)?.with(self.aws.environment().to_vec());
        terraform.init()?;
        Ok(terraform)
    }
}

const DESTROY: [&str; 5] = ["destroy", "--auto-approve", "--layer", "cluster", "-d"];

#[test]
fn leftovers_of_each_kind_are_told_before_the_cluster_goes_and_gone_they_hold_nothing() -> Result<()> {
    let place = Place::start("leftovers-told")?;
    place.succeed(&[
        "apply",
        "--auto-approve",
        "--skip-preflight",
        "--caller-is-admin",
        "--layer",
        "cluster",
        "-d",
    ])?;
    let controllers = place.controllers()?;
    controllers.apply()?;
    let refused = place.run(&DESTROY)?;
    ensure!(refused.code == 1, "{}\n{}", refused.stdout, refused.stderr);
    for told in [
        "layer `cluster`: controllers in the cluster have left something in AWS",
        "instance (1), removed by `aws ec2 terminate-instances --instance-ids i-",
        " of NodePool default",
        "launch template (1), removed by `aws ec2 delete-launch-template --launch-template-id lt-",
        " of EC2NodeClass default",
        "stays in AWS, at no cost: the instance profile acme-dev_0123456789 of EC2NodeClass default; `aws iam delete-instance-profile",
        "load balancer (1), removed by `aws elbv2 delete-load-balancer --load-balancer-arn arn:aws:elasticloadbalancing:",
        "target group (1), removed by `aws elbv2 delete-target-group --target-group-arn arn:aws:elasticloadbalancing:",
        " of shop/front",
        "security group (1), removed by `aws ec2 delete-security-group --group-id sg-",
        "security group rule (1), removed by `aws ec2 revoke-security-group-ingress --group-id sg-",
        " of elbv2.k8s.aws/targetGroupBinding=shared",
        "network interface (2), removed by `aws ec2 delete-network-interface --network-interface-id eni-",
        "stays in AWS: vol-",
        " of the claim shop/data",
    ] {
        ensure!(refused.stderr.contains(told), "not told: {told}\n{}", refused.stderr);
    }
    ensure!(!refused.stderr.contains("acme-dev_9876543210"), "it is of another region:\n{}", refused.stderr);
    ensure!(refused.stderr.matches("stays in AWS: vol-").count() == 1, "one volume:\n{}", refused.stderr);
    ensure!(!place.tree().join("leftovers/terraform.tfstate").exists(), "it keeps no state");
    // All but the volume, which a policy keeps.
    controllers.succeed(&["apply", "-auto-approve", "-no-color", "-var=left=false"])?;
    let ended = place.succeed(&DESTROY)?;
    ensure!(ended.stderr.contains(" of the claim shop/data"), "{}", ended.stderr);
    let again = place.succeed(&DESTROY)?;
    ensure!(again.stderr.contains("nothing to destroy"), "{}", again.stderr);
    Ok(())
}

#[test]
fn what_cannot_be_read_is_not_taken_for_nothing() -> Result<()> {
    let place = Place::start("leftovers-unread")?;
    place.succeed(&[
        "apply",
        "--auto-approve",
        "--skip-preflight",
        "--caller-is-admin",
        "--layer",
        "cluster",
        "-d",
    ])?;
    place.aws.fault(
        &serde_json::json!({ "kind": "denied", "service": "ec2", "operation": "DescribeInstances" }),
    )?;
    let refused = place.run(&DESTROY)?;
    ensure!(refused.code == 1, "{}\n{}", refused.stdout, refused.stderr);
    let told = "what controllers have left in AWS cannot be read";
    ensure!(refused.stderr.contains(told), "not told: {told}\n{}", refused.stderr);
    fs::remove_dir_all(place.tree().join("leftovers"))?;
    let ended = place.succeed(&DESTROY)?;
    ensure!(ended.stderr.contains("the tree has no `leftovers`"), "{}", ended.stderr);
    Ok(())
}
