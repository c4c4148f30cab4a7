//! What is applied, changed and destroyed to be watched, and by whom each call was made.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use acceptance_tests::terraform::{PLAN_FILE, Plan};
use acceptance_tests::{Attached, CliConfig, LocalAws, Terraform, repository};
use anyhow::{Context as _, Result, bail, ensure};
use fs_err as fs;
use serde_json::{Value, json};

use super::Recorded;
use super::log::{Cause, Line, Log};
use crate::ui::Ui;

const REGION: &str = "us-east-1";
/// The bucket that `states/main.tf` names.
const STATES: &str = "recorded-states";
/// The last step of `owner/main.tf`.
const STEPS: u32 = 4;
/// What stands for a state in a bucket, and what the key takes with which such a bucket is encrypted.
const STATE: &str = "backend.s3";
const STATE_KEY: [&str; 2] = ["kms:Decrypt", "kms:GenerateDataKey"];
/// In the name of whoever calls, when it is the AWS provider.
const PROVIDER: &str = "terraform-provider-aws/";

/// The recording, and the version of the AWS provider.
pub(super) fn record(ui: &Ui) -> Result<(Recorded, String)> {
    let place = repository::target_folder("permissions")?;
    let folder = place.join("modules");
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    repository::copy_folder(&repository::root().join("modules"), &folder)?;
    repository::copy_folder(&repository::root().join("acceptance-tests/permissions"), &folder)?;
    let aws = LocalAws::start(&place.join("local-aws.log"))?;
    let config = CliConfig::for_aws_alone()?;
    let mut recording = Recording::default();
    // So the local AWS says what each call asks of IAM.
    aws.enforcement(&json!({ "on": true, "bootstrapper": true }))?;
    aws.create_bucket(REGION, STATES)?;
    aws.keep_calls()?;

    let mut owner = Root::new(&folder.join("owner"), &config, &aws)?;
    for step in 0..=STEPS {
        ui.step(&format!("all modules: step {step} of {STEPS}"));
        owner.apply(&mut recording, &aws, &[format!("-var=step={step}")])?;
    }
    ui.step("what somebody else has made, used");
    let given: Vec<String> = variables(&owner.terraform.output("guest")?)?;
    let mut guest = Root::new(&folder.join("guest"), &config, &aws)?;
    guest.apply(&mut recording, &aws, &given)?;
    guest.destroy(&mut recording, &given)?;
    ui.step("everything destroyed");
    owner.destroy(&mut recording, &[format!("-var=step={STEPS}")])?;

    ui.step("states in a bucket");
    let states = Terraform::new(&folder.join("states"), &config)?.with(aws.environment().to_vec());
    states.init()?;
    states.apply()?;
    states.destroy()?;
    let version = recording.settle(&aws.calls()?)?;
    for (kind, types) in &recording.mixed {
        ui.note(&format!("`{kind}` had several things done at once, which were not told apart: {types:?}"));
    }
    Ok((recording.recorded, version))
}

/// Values for variables of Terraform.
fn variables(values: &Value) -> Result<Vec<String>> {
    let values = values.as_object().context("the output is no object")?;
    Ok(values
        .iter()
        .map(|(name, value)| {
            let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            format!("-var={name}={text}")
        })
        .collect())
}

/// A root module and the provider that its commands attach to.
struct Root {
    terraform: Terraform,
    log: Log,
    _provider: Attached,
}

impl Root {
    fn new(folder: &Path, config: &CliConfig, aws: &LocalAws) -> Result<Self> {
        let terraform = Terraform::new(folder, config)?.with(aws.environment().to_vec());
        terraform.init()?;
        let log: PathBuf = folder.join("aws-provider.log");
        let provider = Attached::aws(folder, &log, aws.environment())?;
        Ok(Self {
            terraform: terraform.with(provider.environment()),
            log: Log::new(log),
            _provider: provider,
        })
    }

    /// Plans, applies the plan, and expects that there is nothing to do then, once the databases have had their windows.
    fn apply(&mut self, recording: &mut Recording, aws: &LocalAws, arguments: &[String]) -> Result<()> {
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        self.carry_out(recording, &arguments)?;
        for database in aws.inventory()?["names"]["rds:instance"].as_array().into_iter().flatten() {
            aws.open_window(database.as_str().context("a database without a name")?)?;
        }
        let plan = self.terraform.plan_with(&arguments)?;
        ensure!(!plan.has_changes, "the second plan has changes:\n{}", plan.text);
        recording.take(self.log.news()?, &BTreeMap::new())
    }

    fn destroy(&mut self, recording: &mut Recording, arguments: &[String]) -> Result<()> {
        let mut all = vec!["-destroy"];
        all.extend(arguments.iter().map(String::as_str));
        self.carry_out(recording, &all)
    }

    fn carry_out(&mut self, recording: &mut Recording, arguments: &[&str]) -> Result<()> {
        let plan = self.terraform.plan_with(arguments)?;
        recording.take(self.log.news()?, &BTreeMap::new())?;
        let applied = self.terraform.succeed(&["apply", "-no-color", PLAN_FILE]);
        recording.take(self.log.news()?, &done(&plan)?)?;
        applied.map(drop)
    }
}

/// Type => what a plan does with its objects.
fn done(plan: &Plan) -> Result<BTreeMap<String, BTreeSet<String>>> {
    let mut done: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for change in plan.json["resource_changes"].as_array().context("a plan without `resource_changes`")? {
        let actions = change["change"]["actions"].as_array().into_iter().flatten();
        let actions = actions.filter_map(Value::as_str).filter(|action| !["no-op", "read"].contains(action));
        let kind = change["type"].as_str().unwrap_or_default();
        done.entry(kind.to_owned()).or_default().extend(actions.map(str::to_owned));
    }
    Ok(done)
}

/// What is known so far.
#[derive(Default)]
struct Recording {
    recorded: Recorded,
    /// Call => type and what was done with it, where both are known.
    callers: BTreeMap<String, Option<(String, String)>>,
    /// Type => what was done with its objects in one apply.
    mixed: BTreeMap<String, BTreeSet<String>>,
}

impl Recording {
    /// Takes lines of a provider's log, written while a plan was made or one was carried out that does this.
    fn take(&mut self, lines: Vec<Line>, done: &BTreeMap<String, BTreeSet<String>>) -> Result<()> {
        for line in lines {
            match line {
                Line::Asked(cause) => {
                    if let Some((kind, action)) = self.caller(&cause, done)? {
                        self.recorded.entry(kind).or_default().entry(action).or_default();
                    }
                }
                Line::Sent(cause, call) => {
                    let caller = self.caller(&cause, done)?;
                    self.callers.insert(call, caller);
                }
            }
        }
        Ok(())
    }

    /// For which type a call is, and what is done with it. `None` when a plan does several things with objects of that type.
    fn caller(
        &mut self,
        cause: &Cause,
        done: &BTreeMap<String, BTreeSet<String>>,
    ) -> Result<Option<(String, String)>> {
        let Some(kind) = cause.kind.clone() else {
            return Ok(Some(("provider".to_owned(), "read".to_owned())));
        };
        if cause.request != "ApplyResourceChange" {
            return Ok(Some((kind, "read".to_owned())));
        }
        let done = done.get(&kind).with_context(|| format!("`{kind}` was applied without a plan for it"))?;
        match done.iter().collect::<Vec<_>>()[..] {
            [action] => Ok(Some((kind, action.clone()))),
            _ => {
                self.mixed.entry(kind).or_default().extend(done.iter().cloned());
                Ok(None)
            }
        }
    }

    /// Adds what the local AWS was asked for to whoever asked. Gives the version of the AWS provider.
    fn settle(&mut self, calls: &[Value]) -> Result<String> {
        let mut version = None;
        for call in calls {
            let word = |name: &str| call[name].as_str().unwrap_or_default();
            let (service, operation) = (word("service"), word("operation"));
            ensure!(!operation.is_empty(), "the local AWS does not know what it was asked: {call}");
            let caller = match word("agent").split_once(PROVIDER) {
                None => Some((STATE.to_owned(), kind_of_state_call(operation).to_owned())),
                Some((_, agent)) => {
                    version.get_or_insert_with(|| agent.split(' ').next().unwrap_or_default().to_owned());
                    let Some(caller) = self.callers.get(word("invocation")) else {
                        bail!("the provider's log has no word of a call that the local AWS was asked: {call}")
                    };
                    caller.clone()
                }
            };
            if let Some((kind, action)) = caller {
                let asked = call["asked"].as_array().with_context(|| {
                    format!("the local AWS does not tell what `{operation}` of {service} asks of IAM")
                })?;
                let mut needed: Vec<String> =
                    asked.iter().filter_map(Value::as_str).map(str::to_owned).collect();
                needed.extend(STATE_KEY.iter().filter(|_| kind == STATE).map(|action| (*action).to_owned()));
                self.recorded.entry(kind).or_default().entry(action).or_default().extend(needed);
            }
        }
        version.context("nothing was asked of the local AWS by the AWS provider")
    }
}

/// What Terraform does with a state in a bucket.
fn kind_of_state_call(operation: &str) -> &'static str {
    match operation {
        "PutObject" => "update",
        "DeleteObject" => "delete",
        _ => "read",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(request: &str, kind: Option<&str>, call: &str) -> Line {
        Line::Sent(Cause { request: request.to_owned(), kind: kind.map(str::to_owned) }, call.to_owned())
    }

    fn call(service: &str, operation: &str, invocation: &str) -> Value {
        let agent = "APN/1.0 Terraform/1.11.4 terraform-provider-aws/5.100.0 (+https://x) aws-sdk";
        let asked = [format!("{service}:{operation}")];
        json!({ "service": service, "operation": operation, "invocation": invocation, "agent": agent, "asked": asked })
    }

    fn doing(kind: &str, actions: &[&str]) -> BTreeMap<String, BTreeSet<String>> {
        BTreeMap::from([(kind.to_owned(), actions.iter().map(|action| (*action).to_owned()).collect())])
    }

    #[test]
    fn each_call_is_told_to_whoever_made_it() {
        let mut recording = Recording::default();
        let lines = vec![
            sent("ConfigureProvider", None, "1"),
            sent("ApplyResourceChange", Some("aws_sqs_queue"), "2"),
            sent("ReadDataSource", Some("data.aws_vpc"), "3"),
        ];
        recording.take(lines, &doing("aws_sqs_queue", &["create"])).unwrap();
        let agent = "Terraform/1.11.4";
        let state =
            json!({ "service": "s3", "operation": "PutObject", "agent": agent, "asked": ["s3:PutObject"] });
        let calls = [
            call("sts", "GetCallerIdentity", "1"),
            call("sqs", "SetQueueAttributes", "2"),
            call("ec2", "DescribeVpcs", "3"),
            state,
        ];
        assert_eq!(recording.settle(&calls).unwrap(), "5.100.0");
        assert_eq!(
            json!(recording.recorded),
            json!({
                "aws_sqs_queue": { "create": ["sqs:SetQueueAttributes"] },
                "backend.s3": { "update": ["kms:Decrypt", "kms:GenerateDataKey", "s3:PutObject"] },
                "data.aws_vpc": { "read": ["ec2:DescribeVpcs"] },
                "provider": { "read": ["sts:GetCallerIdentity"] },
            })
        );
    }

    #[test]
    fn what_cannot_be_told_apart_is_left_out_and_named() {
        let mut recording = Recording::default();
        let lines = vec![sent("ApplyResourceChange", Some("aws_subnet"), "1")];
        recording.take(lines, &doing("aws_subnet", &["create", "update"])).unwrap();
        recording.settle(&[call("ec2", "CreateSubnet", "1")]).unwrap();
        assert_eq!(json!(recording.recorded), json!({}));
        assert_eq!(json!(recording.mixed), json!({ "aws_subnet": ["create", "update"] }));
    }

    #[test]
    fn a_call_that_no_log_has_stops_it() {
        let error = Recording::default().settle(&[call("ec2", "DescribeVpcs", "9")]).unwrap_err();
        assert!(error.to_string().starts_with("the provider's log has no word of a call"), "{error}");
        let error = Recording::default().settle(&[call("ec2", "", "9")]).unwrap_err();
        assert!(error.to_string().starts_with("the local AWS does not know what it was asked"), "{error}");
        let state = json!({ "service": "s3", "operation": "PutObject", "agent": "Terraform/1.11.4" });
        let error = Recording::default().settle(&[state]).unwrap_err();
        assert_eq!(error.to_string(), "the local AWS does not tell what `PutObject` of s3 asks of IAM");
    }
}
