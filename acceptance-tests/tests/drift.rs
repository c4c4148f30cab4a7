//! `tfy-infra drift` over a whole platform: what somebody changes in AWS, in the control plane and in the tree has a row, and nothing else has;
//! and it writes no state.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::Command;

use acceptance_tests::state::LAYERS;
use acceptance_tests::terraform::Run;
use acceptance_tests::{Binaries, Platform, scratch};
use anyhow::{Context as _, Result, ensure};
use fs_err as fs;
use serde_json::{Value, json};

const REGION: &str = "us-east-1";
const SPEC: &str = "version: 1
name: acme-dev
aws:
  account: \"123456789012\"
  region: us-east-1
  tags: { owner: ml-platform }
storage:
  file_system: true
truefoundry:
  host: https://acme.truefoundry.cloud
  workspaces: [{ name: search }]
";

/// What one look gave.
struct Look {
    code: i32,
    report: Value,
    stderr: String,
}

impl Look {
    /// Kind, layer, what, change and what the next apply does, of each row; the layers first.
    fn rows(&self) -> Vec<String> {
        let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
        let row = |row: &Value| {
            let names = ["kind", "layer", "what", "change", "next_apply"];
            names.map(|name| text(&row[name])).join(" | ")
        };
        self.of("rows").iter().map(row).collect()
    }

    fn of(&self, list: &str) -> Vec<Value> {
        self.report[list].as_array().cloned().unwrap_or_default()
    }

    /// The attributes of a row: path, what was, what is.
    fn attributes(&self, what: &str) -> Vec<String> {
        let rows = self.of("rows");
        let row = rows.iter().find(|row| row["what"] == what).unwrap_or(&Value::Null);
        let text = |value: &Value| value.as_str().unwrap_or("(none)").to_owned();
        let value = |side: &Value| text(&side["value"]);
        let attributes = row["attributes"].as_array().into_iter().flatten();
        attributes
            .map(|a| format!("{}: {} -> {}", text(&a["path"]), value(&a["was"]), value(&a["is"])))
            .collect()
    }
}

struct Place {
    folder: PathBuf,
    platform: Platform,
}

impl Place {
    fn applied() -> Result<Self> {
        let folder = scratch::folder("drift")?;
        let platform = Platform::of(&Binaries::build()?, SPEC, &folder.join("tree"), &folder)?;
        let place = Self { folder, platform };
        place.succeed(place.platform.generate())?;
        place.succeed(place.platform.apply())?;
        Ok(place)
    }

    fn succeed(&self, mut command: Command) -> Result<()> {
        let run = Run::from(command.output()?);
        ensure!(run.code == 0, "{}\n{}", run.stdout, run.stderr);
        Ok(())
    }

    fn look(&self, name: &str, mut command: Command) -> Result<Look> {
        let before = self.states()?;
        let run = Run::from(command.output()?);
        fs::write(self.folder.join(format!("{name}.log")), format!("{}\n{}\n", run.stdout, run.stderr))?;
        ensure!(before == self.states()?, "{name}: a state is another than before");
        let report = serde_json::from_str(&run.stdout).with_context(|| run.stderr.clone())?;
        Ok(Look { code: run.code, report, stderr: run.stderr })
    }

    fn drift(&self, name: &str) -> Result<Look> {
        self.look(name, self.platform.drift())
    }

    /// Every state, byte by byte, with the copies that Terraform keeps.
    fn states(&self) -> Result<BTreeMap<PathBuf, Vec<u8>>> {
        let mut states = BTreeMap::new();
        for layer in LAYERS {
            for name in ["terraform.tfstate", "terraform.tfstate.backup"] {
                let path = self.platform.folder.join(layer).join(name);
                if path.exists() {
                    states.insert(path.clone(), fs::read(&path)?);
                }
            }
        }
        Ok(states)
    }

    /// An attribute of an object, named by type and name, in a layer's state.
    fn attribute(&self, layer: &str, resource: &str, attribute: &str) -> Result<String> {
        let path = self.platform.folder.join(layer).join("terraform.tfstate");
        let state: Value = serde_json::from_slice(&fs::read(path)?)?;
        let mut resources = state["resources"].as_array().into_iter().flatten();
        let (kind, name) = resource.split_once('.').context("type and name")?;
        let found =
            resources.find(|one| one["mode"] == "managed" && one["type"] == kind && one["name"] == name);
        let found = found.with_context(|| format!("no `{resource}` in `{layer}`"))?;
        let value = found["instances"][0]["attributes"][attribute].as_str();
        Ok(value.with_context(|| format!("`{resource}` has no `{attribute}`"))?.to_owned())
    }

    /// What people do by hand: a tag of the VPC, a rule of a security group, the policy of the bucket, a workspace.
    fn meddle(&self) -> Result<()> {
        let aws = &self.platform.aws;
        let vpc = self.attribute("network", "aws_vpc.this", "id")?;
        let tags = [("Action", "CreateTags"), ("Version", "2016-11-15"), ("ResourceId.1", vpc.as_str())];
        aws.form_call(
            REGION,
            "ec2",
            &[&tags[..], &[("Tag.1.Key", "owner"), ("Tag.1.Value", "somebody")]].concat(),
        )?;
        let group = self.attribute("data", "aws_security_group.this", "id")?;
        let rule = [
            ("Action", "AuthorizeSecurityGroupIngress"),
            ("Version", "2016-11-15"),
            ("GroupId", group.as_str()),
            ("IpPermissions.1.IpProtocol", "tcp"),
            ("IpPermissions.1.FromPort", "22"),
            ("IpPermissions.1.ToPort", "22"),
            ("IpPermissions.1.IpRanges.1.CidrIp", "0.0.0.0%2F0"),
        ];
        aws.form_call(REGION, "ec2", &rule)?;
        let bucket = self.attribute("data", "aws_s3_bucket.this", "bucket")?;
        aws.delete_of_bucket(REGION, &bucket, "policy")?;
        // A rename, as a control plane knows it: the name is what an object is known by.
        let workspace = self.attribute("platform", "truefoundry_workspace.search", "id")?;
        let cluster = self.attribute("platform", "truefoundry_cluster.this", "fqn")?;
        self.platform.sandbox.request("DELETE", &format!("/api/svc/v1/workspaces/{workspace}"), None)?;
        let renamed =
            json!({ "manifest": { "type": "workspace", "name": "search-2", "cluster_fqn": cluster } });
        self.platform.sandbox.request("PUT", "/api/svc/v1/workspaces", Some(&renamed))?;
        Ok(())
    }
}

#[test]
fn what_somebody_changed_is_told_and_nothing_else() -> Result<()> {
    let place = Place::applied()?;

    // What Terraform's own work left behind is nobody's drift.
    let quiet = place.drift("quiet")?;
    assert_eq!((quiet.code, quiet.rows()), (0, Vec::<String>::new()), "{}", quiet.stderr);
    assert_eq!(quiet.report["could_not_look"], json!([]));

    // AWS does not answer: neither drift nor none.
    let mut blind = place.platform.drift();
    blind.env("AWS_ENDPOINT_URL", "http://127.0.0.1:1").env("AWS_MAX_ATTEMPTS", "1");
    let blind = place.look("blind", blind)?;
    assert_eq!((blind.code, blind.rows()), (1, Vec::<String>::new()), "{}", blind.stderr);
    let parts: Vec<Value> = blind.of("could_not_look").iter().map(|one| one["part"].clone()).collect();
    assert_eq!(parts, ["network", "cluster", "data", "identity"]);

    place.meddle()?;
    let network = place.platform.folder.join("network/main.tf");
    let text = fs::read_to_string(&network)?;
    fs::write(&network, format!("{text}# Mine.\n"))?;
    let spec = fs::read_to_string(place.platform.spec())?;
    fs::write(place.platform.spec(), spec.replace("name: search", "name: ranking"))?;
    let first = place.drift("first")?;
    assert_eq!(first.code, 3, "{}", first.stderr);
    let expected = [
        "code | - | network/main.tf | edited by hand | -",
        "code | - | platform/main.tf | `generate` would change it | -",
        "code | - | platform/outputs.tf | `generate` would change it | -",
        "aws | network | module.network.aws_vpc.this | changed outside | puts-back",
        "aws | data | module.file_system.aws_security_group.this | changed outside | adopts",
        "aws | data | module.object_store.aws_s3_bucket_policy.this | deleted outside | makes-again",
        "control-plane | platform | truefoundry_workspace.search | deleted outside | makes-again",
    ];
    let (mut rows, mut wanted) = (first.rows(), expected.map(str::to_owned));
    rows.sort();
    wanted.sort();
    assert_eq!(rows, wanted, "{}", first.stderr);
    assert_eq!(first.report["could_not_look"], json!([]));
    assert_eq!(first.attributes("module.network.aws_vpc.this"), ["tags.owner: ml-platform -> somebody"]);
    assert_eq!(
        first.attributes("module.file_system.aws_security_group.this"),
        ["ingress[\"tcp 22 from 0.0.0.0/0\"]: (none) -> there"]
    );
    assert!(first.of("rows").iter().all(|row| row["new"] == true), "{}", first.report);

    // The next look knows them; what was mended is told.
    fs::write(&network, text)?;
    let second = place.drift("second")?;
    assert_eq!((second.code, second.rows().len()), (3, 6), "{}", second.stderr);
    assert!(second.of("rows").iter().all(|row| row["new"] == false), "{}", second.report);
    let gone: Vec<Value> = second.of("gone").iter().map(|gone| gone["what"].clone()).collect();
    assert_eq!(gone, ["network/main.tf"]);
    Ok(())
}
