//! Node groups for machine learning, applied by the real AWS provider to the local AWS, which holds them to what EKS and EC2 demand of
//! capacity blocks, images, network cards and placement groups.

use acceptance_tests::terraform::Plan;
use acceptance_tests::{Attached, CliConfig, LocalAws, Terraform, repository, scratch};
use anyhow::{Context as _, Result, ensure};
use fs_err as fs;
use serde_json::{Value, json};

const CLUSTER: &str = include_str!("modules_compute/main.tf");
const GROUPS: &str = include_str!("modules_compute/groups.tf");
const NAMED: &str = include_str!("modules_compute/named.tf");

/// A root with these files beside the modules, and one local AWS.
struct Root {
    aws: LocalAws,
    terraform: Terraform,
    _provider: Attached,
}

impl Root {
    fn new(test: &str, files: &[&str]) -> Result<Self> {
        let folder = scratch::folder(test)?;
        let modules = folder.join("modules");
        repository::copy_folder(&repository::root().join("modules"), &modules)?;
        let root = modules.join("compute");
        fs::create_dir_all(&root)?;
        for (index, text) in files.iter().enumerate() {
            fs::write(root.join(format!("{index}.tf")), text)?;
        }
        let aws = LocalAws::start(&folder.join("local-aws.log"))?;
        let terraform = Terraform::new(&root, &CliConfig::for_modules()?)?.with(aws.environment().to_vec());
        terraform.init()?;
        let provider = Attached::aws(&root, &root.join("aws-provider.log"), aws.environment())?;
        Ok(Self { aws, terraform: terraform.with(provider.environment()), _provider: provider })
    }

    fn apply(&self) -> Result<()> {
        self.terraform.apply()?;
        self.terraform.expect_no_changes()
    }

    /// Buys a capacity block of two P5, in the first zone. The provider's own resource for that fails in 5.100: attributes stay unknown.
    fn buy_a_block(&self) -> Result<String> {
        let ask = |parameters: &str| {
            self.aws.query("us-east-1", "ec2", &format!("{parameters}&Version=2016-11-15"))
        };
        let offer = ask(
            "Action=DescribeCapacityBlockOfferings&InstanceType=p5.48xlarge&InstanceCount=2&CapacityDurationHours=24",
        )?;
        let offer = element(&offer, "capacityBlockOfferingId")?;
        let bought = ask(&format!(
            "Action=PurchaseCapacityBlock&InstancePlatform=Linux%2FUNIX&CapacityBlockOfferingId={offer}"
        ))?;
        element(&bought, "capacityReservationId")
    }

    /// The nodes of `block` use this one; those of `adapters` have some, or none.
    fn set(&self, block: &str, adapters: bool) -> Result<()> {
        let text = json!({ "block": block, "adapters": adapters }).to_string();
        Ok(fs::write(self.terraform.folder().join("test.auto.tfvars.json"), text)?)
    }

    /// What the state has of an object of a module.
    fn values(&self, module: &str, object: &str) -> Result<Value> {
        let state = self.terraform.state()?;
        let address = format!("module.{module}.{object}");
        let modules = state["values"]["root_module"]["child_modules"].as_array().into_iter().flatten();
        let mut all = modules.flat_map(|module| module["resources"].as_array().into_iter().flatten());
        let found = all.find(|resource| resource["address"] == address.as_str());
        Ok(found.with_context(|| format!("`{address}` is not in the state"))?["values"].clone())
    }

    fn group(&self, module: &str) -> Result<Value> {
        self.values(module, "aws_eks_node_group.this")
    }

    /// Card, device and kind of each interface that a group's instances start with.
    fn interfaces(&self, module: &str) -> Result<Vec<(Value, Value, Value)>> {
        let template = self.values(module, "aws_launch_template.this")?;
        let interfaces = template["network_interfaces"].as_array().cloned().unwrap_or_default();
        let of = |one: &Value| {
            (one["network_card_index"].clone(), one["device_index"].clone(), one["interface_type"].clone())
        };
        Ok(interfaces.iter().map(of).collect())
    }
}

/// The text of an element of XML.
fn element(text: &str, name: &str) -> Result<String> {
    let inner = text.split_once(&format!("<{name}>")).and_then(|(_, rest)| rest.split_once("</"));
    Ok(inner.with_context(|| format!("no `{name}` in {text}"))?.0.to_owned())
}

/// Addresses of what a plan changes, with how, in the order of the plan.
fn changes(plan: &Plan) -> Vec<String> {
    let all = plan.json["resource_changes"].as_array().into_iter().flatten();
    all.filter(|change| change["mode"] == "managed")
        .filter_map(|change| {
            let address = change["address"].as_str()?;
            let actions = plan.actions(address).join("+");
            (actions != "no-op").then(|| format!("{address} {actions}"))
        })
        .collect()
}

/// Defect: the architecture is read from the name of the type, and GB200 is taken for x86. One that mixes both is told so by name.
#[test]
fn what_an_instance_type_is_ec2_tells() -> Result<()> {
    let root = Root::new("compute-named", &[CLUSTER, NAMED])?;
    let come = json!({ "q1-grace.large": { "like": "m7i.large", "architecture": "arm64" } });
    root.aws.account(&json!({ "instance_types": come }))?;
    root.apply()?;
    assert_eq!(root.group("grace")?["ami_type"], "AL2023_ARM_64_NVIDIA");
    assert_eq!(root.group("later")?["ami_type"], "AL2023_ARM_64_STANDARD");

    let mixed = NAMED.replace("[\"q1-grace.large\"]", "[\"m7i.large\", \"q1-grace.large\"]");
    fs::write(root.terraform.folder().join("1.tf"), mixed)?;
    let message = root.terraform.fail(&["plan", "-no-color", "-input=false"])?.message();
    let expected = "`instance_types` mixes architectures (m7i.large is x86_64, q1-grace.large is arm64): one node group has one.";
    ensure!(message.contains(expected), "{message}");

    let adapters = NAMED.replace("[\"q1-grace.large\"]", "[\"q1-grace.large\"]\n  efa = true");
    fs::write(root.terraform.folder().join("1.tf"), adapters.replace("two_zones", "one_zone"))?;
    let message = root.terraform.fail(&["plan", "-no-color", "-input=false"])?.message();
    ensure!(message.contains("`q1-grace.large` takes no Elastic Fabric Adapter."), "{message}");
    Ok(())
}

/// Defects: capacity blocks cannot be launched; no adapters and no placement groups; no FIPS images; the newest image is taken once.
#[test]
fn blocks_adapters_and_images_are_there_and_follow() -> Result<()> {
    let root = Root::new("compute-groups", &[CLUSTER, GROUPS])?;
    root.set(&root.buy_a_block()?, true)?;
    root.apply()?;
    assert_eq!(root.group("block")?["capacity_type"], "CAPACITY_BLOCK");
    let of_block = root.interfaces("block")?;
    assert_eq!(of_block.len(), 32);
    assert_eq!(of_block[0], (json!(0), json!(0), json!("efa")));
    assert_eq!(of_block[31], (json!(31), json!(1), json!("efa-only")));
    assert_eq!(root.interfaces("adapters")?.len(), 4);
    let template = root.values("adapters", "aws_launch_template.this")?;
    assert_eq!(template["placement"][0]["group_name"], "acme-dev-adapters-cluster");
    assert_eq!(root.group("validated")?["ami_type"], "BOTTLEROCKET_ARM_64_FIPS");
    assert_eq!(root.group("validated")?["release_version"], "1.54.0-5043decc");

    root.aws.account(&json!({ "images": { "bottlerocket": "1.55.0-8f4a2c1e" } }))?;
    let second = root.buy_a_block()?;
    root.set(&second, true)?;
    assert_eq!(
        changes(&root.terraform.plan()?),
        [
            "module.block.aws_eks_node_group.this create+delete",
            "module.block.aws_launch_template.this update",
            "module.block.terraform_data.capacity_block update",
            "module.validated.aws_eks_node_group.this update",
        ]
    );
    root.apply()?;
    assert_eq!(root.group("validated")?["release_version"], "1.55.0-8f4a2c1e");

    // What nodes stand in goes when they stand there no more.
    root.set(&second, false)?;
    root.apply()?;
    assert_eq!(root.interfaces("adapters")?.len(), 1);
    let left = root.aws.inventory()?;
    assert_eq!(left["by_kind"]["ec2:placement-group"], Value::Null);

    root.terraform.destroy()?;
    let left = root.aws.inventory()?;
    ensure!(left["objects"] == 0, "left after the destroy: {}", left["names"]);
    Ok(())
}
