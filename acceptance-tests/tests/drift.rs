//! `tfy-infra drift` over a whole platform: what somebody changes in AWS, in the control plane and in the tree has a row, and nothing else has;
//! and it writes no state.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use acceptance_tests::state::LAYERS;
use acceptance_tests::terraform::Run;
use acceptance_tests::{Binaries, Platform, leaks, scratch, tools};
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

/// A role of the layer `identity`, and what somebody attaches to it.
const ROLE: &str = "module.platform_identity.aws_iam_role.this";
const ADMINISTRATOR: &str = "arn:aws:iam::aws:policy/AdministratorAccess";
const LOGS: &str = "module.cluster.aws_cloudwatch_log_group.this";

/// What a look tells of what [`Place::meddle`] does, and of the files that the test edits.
const EXPECTED: [&str; 10] = [
    "code | - | network/main.tf | edited by hand | -",
    "code | - | platform/main.tf | `generate` would change it | -",
    "code | - | platform/outputs.tf | `generate` would change it | -",
    r#"aws | network | module.network.aws_nat_gateway.this["use1-az1"] | changed outside | puts-back"#,
    "aws | network | module.network.aws_vpc.this | changed outside | puts-back",
    "aws | cluster | module.cluster.aws_cloudwatch_log_group.this | changed outside | puts-back",
    "aws | data | module.file_system.aws_security_group.this | changed outside | adopts",
    "aws | data | module.object_store.aws_s3_bucket_policy.this | deleted outside | makes-again",
    "aws | identity | module.platform_identity.aws_iam_role.this | changed outside | adopts",
    "control-plane | platform | truefoundry_workspace.search | deleted outside | makes-again",
];
const ATTRIBUTES: [&str; 5] = [
    r#"tags.owner: "ml-platform" -> "somebody""#,
    r#"tags.owner: "ml-platform" -> "somebody""#,
    "retention_in_days: 365 -> 1",
    r#"ingress["tcp 22 from 0.0.0.0/0"]: null -> "there""#,
    r#"managed_policy_arns["arn:aws:iam::aws:policy/AdministratorAccess"]: null -> "there""#,
];

/// What one look gave.
struct Look {
    code: i32,
    report: Value,
    stderr: String,
}

impl Look {
    /// Kind, layer, what, change and what the next apply does, of each row.
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

    /// The parts of which something could not be looked at.
    fn unseen(&self) -> Vec<String> {
        let parts = self.of("could_not_look");
        parts.iter().map(|part| part["part"].as_str().unwrap_or_default().to_owned()).collect()
    }

    /// Of every row, the attributes: path, what was, what is.
    fn attributes(&self) -> Vec<String> {
        let rows = self.of("rows");
        let attributes = rows.iter().filter_map(|row| row["attributes"].as_array()).flatten();
        let path = |a: &Value| a["path"].as_str().unwrap_or("-").to_owned();
        attributes.map(|a| format!("{}: {} -> {}", path(a), a["was"]["value"], a["is"]["value"])).collect()
    }
}

struct Place {
    folder: PathBuf,
    platform: Platform,
}

impl Place {
    fn generated() -> Result<Self> {
        let folder = scratch::folder("drift")?;
        let platform = Platform::of(&Binaries::build()?, SPEC, &folder.join("tree"), &folder)?;
        let place = Self { folder, platform };
        place.succeed(place.platform.generate())?;
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

    /// An attribute of an object, named by its address, in a layer's state.
    fn attribute(&self, layer: &str, address: &str, attribute: &str) -> Result<String> {
        let state = self.platform.folder.join(layer).join("terraform.tfstate");
        let state: Value = serde_json::from_slice(&fs::read(state)?)?;
        let mut resources = state["resources"].as_array().into_iter().flatten();
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let named = |one: &&Value| {
            let module = if one["module"].is_null() { String::new() } else { text(&one["module"]) + "." };
            one["mode"] == "managed"
                && format!("{module}{}.{}", text(&one["type"]), text(&one["name"])) == address
        };
        let found = resources.find(named).with_context(|| format!("no `{address}` in `{layer}`"))?;
        let value = found["instances"][0]["attributes"][attribute].as_str();
        Ok(value.with_context(|| format!("`{address}` has no `{attribute}`"))?.to_owned())
    }

    /// What people do by hand.
    fn meddle(&self) -> Result<()> {
        let aws = &self.platform.aws;
        let ec2 = |action: &str, parameters: &[(&str, &str)]| {
            let of_all = [("Action", action), ("Version", "2016-11-15")];
            aws.form_call(REGION, "ec2", &[&of_all[..], parameters].concat())
        };
        for address in ["aws_vpc.this", "aws_nat_gateway.this"] {
            let id = self.attribute("network", &format!("module.network.{address}"), "id")?;
            let tag = [("ResourceId.1", id.as_str()), ("Tag.1.Key", "owner"), ("Tag.1.Value", "somebody")];
            ec2("CreateTags", &tag)?;
        }
        let group = self.attribute("data", "module.file_system.aws_security_group.this", "id")?;
        let rule = [
            ("GroupId", group.as_str()),
            ("IpPermissions.1.IpProtocol", "tcp"),
            ("IpPermissions.1.FromPort", "22"),
            ("IpPermissions.1.ToPort", "22"),
            ("IpPermissions.1.IpRanges.1.CidrIp", "0.0.0.0%2F0"),
        ];
        ec2("AuthorizeSecurityGroupIngress", &rule)?;
        let bucket = self.attribute("data", "module.object_store.aws_s3_bucket.this", "bucket")?;
        aws.delete_of_bucket(REGION, &bucket, "policy")?;
        let role = self.attribute("identity", ROLE, "name")?;
        let policy = ADMINISTRATOR.replace(':', "%3A").replace('/', "%2F");
        let attach = [
            ("Action", "AttachRolePolicy"),
            ("Version", "2010-05-08"),
            ("RoleName", role.as_str()),
            ("PolicyArn", policy.as_str()),
        ];
        aws.form_call(REGION, "iam", &attach)?;
        let group = self.attribute("cluster", LOGS, "name")?;
        let kept = json!({ "logGroupName": group, "retentionInDays": 1 });
        aws.json_call(REGION, "logs", "Logs_20140328.PutRetentionPolicy", "1.1", &kept)?;
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

/// Another run that holds the state of a layer, as Terraform does.
struct Holder(Child);

impl Holder {
    fn of(state: &Path) -> Result<Self> {
        let script = "import fcntl,sys\nf=open(sys.argv[1],'r+')\nfcntl.lockf(f,fcntl.LOCK_EX)\nprint(flush=True)\nsys.stdin.read()";
        let mut command = Command::new(tools::python()?.path);
        command.args(["-c", script]).arg(state).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn()?;
        let mut line = String::new();
        BufReader::new(child.stdout.take().context("no output")?).read_line(&mut line)?;
        ensure!(line == "\n", "the state is not held");
        Ok(Self(child))
    }
}

impl Drop for Holder {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn what_somebody_changed_is_told_and_nothing_else() -> Result<()> {
    let place = Place::generated()?;

    // Nothing was applied: there is nothing to compare with, which is not the same as no drift.
    let early = place.drift("early")?;
    assert_eq!((early.code, early.rows()), (1, Vec::new()), "{}", early.stderr);
    assert_eq!(early.unseen(), ["network", "cluster", "data", "identity", "platform"], "{}", early.stderr);
    assert_eq!(early.stderr.matches(" was never applied, ").count(), 5, "{}", early.stderr);

    // What Terraform's own work left behind is nobody's drift.
    place.succeed(place.platform.apply())?;
    let quiet = place.drift("quiet")?;
    assert_eq!((quiet.code, quiet.rows()), (0, Vec::new()), "{}", quiet.stderr);
    assert_eq!(quiet.unseen(), [""; 0], "{}", quiet.stderr);

    // AWS does not answer, and somebody holds a state: neither drift nor none.
    let held = Holder::of(&place.platform.folder.join("platform/terraform.tfstate"))?;
    let mut blind = place.platform.drift();
    blind.env("AWS_ENDPOINT_URL", "http://127.0.0.1:1").env("AWS_MAX_ATTEMPTS", "1");
    let blind = place.look("blind", blind)?;
    drop(held);
    assert_eq!((blind.code, blind.rows()), (1, Vec::new()), "{}", blind.stderr);
    assert_eq!(blind.unseen(), ["network", "cluster", "data", "identity", "platform"], "{}", blind.stderr);
    assert!(blind.stderr.contains("layer `platform`: Error acquiring the state lock"), "{}", blind.stderr);

    tells_what_was_touched(&place)?;

    // Nothing of all that holds a secret, and no plan is left.
    let own = place.platform.folder.join(".tfy-infra");
    assert_eq!(fs::read_dir(own.join("plans"))?.count(), 0);
    let secrets = [("API key", place.platform.sandbox.api_key())];
    assert_eq!(leaks::find(&[place.folder.as_path()], &secrets)?, []);
    writeln!(
        std::io::stderr(),
        "proved: drift: no row on an untouched platform, {} rows with {} attributes on a touched one, no other",
        EXPECTED.len(),
        ATTRIBUTES.len()
    )?;
    Ok(())
}

/// What was touched, once as new and once as known.
fn tells_what_was_touched(place: &Place) -> Result<()> {
    place.meddle()?;
    let network = place.platform.folder.join("network/main.tf");
    let text = fs::read_to_string(&network)?;
    fs::write(&network, format!("{text}# Mine.\n"))?;
    let spec = fs::read_to_string(place.platform.spec())?;
    fs::write(place.platform.spec(), spec.replace("name: search", "name: ranking"))?;
    let first = place.drift("first")?;
    assert_eq!(first.code, 3, "{}", first.stderr);
    assert_eq!(first.rows(), EXPECTED, "{}", first.stderr);
    assert_eq!(first.unseen(), [""; 0], "{}", first.stderr);
    let told: Vec<String> = first.attributes();
    assert_eq!(told, ATTRIBUTES, "{}", first.stderr);
    assert!(first.of("rows").iter().all(|row| row["new"] == true), "{}", first.report);

    // The next look knows them; what was mended is told.
    fs::write(&network, text)?;
    let second = place.drift("second")?;
    assert_eq!((second.code, second.rows().len()), (3, EXPECTED.len() - 1), "{}", second.stderr);
    assert!(second.of("rows").iter().all(|row| row["new"] == false), "{}", second.report);
    let gone: Vec<Value> = second.of("gone").iter().map(|gone| gone["what"].clone()).collect();
    assert_eq!(gone, ["network/main.tf"]);
    Ok(())
}
