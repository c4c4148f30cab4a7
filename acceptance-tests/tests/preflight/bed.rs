//! An account, a resolver and a control plane, and `tfy-infra` asking them.

use std::fmt;
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::Command;

use acceptance_tests::terraform::Run;
use acceptance_tests::{Binaries, LocalAws, Sandbox, environment, scratch};
use anyhow::{Context as _, Result, ensure};
use fs_err as fs;
use serde_json::{Value, json};

use crate::dns::Dns;

pub(crate) const ACCOUNT: &str = "123456789012";
pub(crate) const REGION: &str = "us-east-1";
/// A platform that asks the account for something of every kind.
pub(crate) const SPEC: &str = include_str!("platform.yaml");
/// Services whose roles an account has that has been in use.
const SERVICES: [&str; 8] = [
    "autoscaling",
    "eks",
    "eks-nodegroup",
    "elasticfilesystem",
    "elasticloadbalancing",
    "pullthroughcache.ecr",
    "rds",
    "spot",
];

/// What stands ready for one test.
pub(crate) struct Bed {
    pub(crate) aws: LocalAws,
    pub(crate) folder: PathBuf,
    pub(crate) spec: String,
    dns: Dns,
    pub(crate) sandbox: Sandbox,
    binaries: Binaries,
    /// Another address than the local AWS's, or another account's.
    endpoint: Option<String>,
    other: Option<LocalAws>,
}

impl Bed {
    pub(crate) fn new(test: &str) -> Result<Self> {
        let folder = scratch::folder(test)?;
        let binaries = Binaries::build()?;
        let bed = Self {
            aws: LocalAws::start(&folder.join("local-aws.log"))?,
            spec: SPEC.to_owned(),
            dns: Dns::start(&["ai.acme.com"])?,
            sandbox: Sandbox::start(&binaries, &folder.join("sandbox.log"))?,
            folder,
            binaries,
            endpoint: None,
            other: None,
        };
        bed.make_roles(&SERVICES)?;
        bed.aws.account(&account())?;
        // The local AWS loads a service when it is first asked, which on a busy machine takes longer than an answer may.
        bed.preflight(&[])?;
        Ok(bed)
    }

    /// Everything as it was at first.
    pub(crate) fn clean(&mut self) -> Result<()> {
        self.aws.reset()?;
        SPEC.clone_into(&mut self.spec);
        self.dns = Dns::start(&["ai.acme.com"])?;
        (self.endpoint, self.other) = (None, None);
        self.make_roles(&SERVICES)?;
        self.aws.account(&account())
    }

    /// From now on the platform has a way in, with these keys.
    pub(crate) fn way_in(&mut self, keys: &str) {
        let line = format!("ingress: {{ domain: ai.acme.com, allow_from: [203.0.113.0/24], {keys} }}\n");
        self.spec.push_str(&line);
    }

    /// An account without the role of one service.
    pub(crate) fn without_role(&self, service: &str) -> Result<()> {
        self.aws.reset()?;
        let others: Vec<&str> = SERVICES.into_iter().filter(|other| *other != service).collect();
        self.make_roles(&others)?;
        self.aws.account(&account())
    }

    fn make_roles(&self, services: &[&str]) -> Result<()> {
        for service in services {
            let call = format!(
                "Action=CreateServiceLinkedRole&Version=2010-05-08&AWSServiceName={service}.amazonaws.com"
            );
            self.aws.query(REGION, "iam", &call)?;
        }
        Ok(())
    }

    /// A call of EC2, and what stands in the first element of a name in its answer.
    pub(crate) fn ec2(&self, region: &str, call: &str, element: &str) -> Result<String> {
        let answer = self.aws.query(region, "ec2", &format!("Version=2016-11-15&Action={call}"))?;
        let begin = answer.split_once(&format!("<{element}>")).map(|(_, rest)| rest);
        let found = begin.and_then(|rest| rest.split_once('<'));
        Ok(found.with_context(|| format!("no `{element}` in the answer to {call}: {answer}"))?.0.to_owned())
    }

    /// The same of a call whose answer says no more than that it was done.
    pub(crate) fn tell_ec2(&self, call: &str) -> Result<()> {
        self.aws.query(REGION, "ec2", &format!("Version=2016-11-15&Action={call}")).map(drop)
    }

    /// Another applied value of one quota.
    pub(crate) fn quota(&self, code: &str, value: u32) -> Result<()> {
        let mut account = account();
        account["quotas"][code] = json!(value);
        self.aws.account(&account)
    }

    /// Resolvers that know no zone.
    pub(crate) fn forget_zones(&mut self) -> Result<()> {
        self.dns = Dns::start(&["acme.org"])?;
        Ok(())
    }

    /// The credentials are another account's.
    pub(crate) fn change_account(&mut self, account: &str) -> Result<()> {
        let log = self.folder.join("local-aws-of-another.log");
        self.other = Some(LocalAws::start_with(&log, &["--account", account])?);
        Ok(())
    }

    /// Nobody listens where AWS should be.
    pub(crate) fn close_aws(&mut self) -> Result<()> {
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        self.endpoint = Some(format!("http://127.0.0.1:{port}"));
        Ok(())
    }

    /// Nobody listens anywhere any more.
    pub(crate) fn unplug(&mut self) -> Result<()> {
        self.close_aws()?;
        self.dns = Dns::start(&[])?;
        let sandbox = std::mem::replace(
            &mut self.sandbox,
            Sandbox::start(&self.binaries, &self.folder.join("another-sandbox.log"))?,
        );
        drop(sandbox);
        Ok(())
    }

    /// What must be in no file.
    pub(crate) fn secrets(&self) -> Vec<String> {
        vec![self.sandbox.api_key().to_owned()]
    }

    /// `tfy-infra` with these arguments, for the spec and everything that stands ready, not started yet.
    pub(crate) fn command(&self, arguments: &[&str], variables: &[(String, String)]) -> Result<Command> {
        let spec = self.folder.join("platform.yaml");
        fs::write(&spec, &self.spec)?;
        let mut command = Command::new(&self.binaries.generator);
        command.args(arguments).current_dir(&self.folder).arg("-f").arg(spec);
        command.args(["--resolver", self.dns.address(), "--control-plane", self.sandbox.host()]);
        environment::scrub(&mut command);
        let aws = self.other.as_ref().unwrap_or(&self.aws);
        command.envs(aws.environment().iter().map(|(name, value)| (name, value)));
        command.env("TFY_API_KEY", self.sandbox.api_key());
        if let Some(endpoint) = &self.endpoint {
            command.env("AWS_ENDPOINT_URL", endpoint);
        }
        command.envs(variables.iter().map(|(name, value)| (name, value)));
        Ok(command)
    }

    pub(crate) fn run(&self, arguments: &[&str], variables: &[(String, String)]) -> Result<Run> {
        Ok(self.command(arguments, variables)?.output().context("starting `tfy-infra`")?.into())
    }

    /// `tfy-infra preflight --json`.
    pub(crate) fn preflight(&self, arguments: &[&str]) -> Result<Told> {
        let run = self.run(&[&["preflight", "--json"], arguments].concat(), &[])?;
        ensure!(
            [0, 1, 3].contains(&run.code) && run.stdout.trim_start().starts_with('{'),
            "`tfy-infra preflight` ended with {}:\n{}{}",
            run.code,
            run.stdout,
            run.stderr
        );
        let json = serde_json::from_str(&run.stdout).context("`preflight --json` printed no JSON")?;
        Ok(Told { code: run.code, json })
    }
}

/// An account that was made ready for a platform: quotas that were asked for, a version in support whatever the date.
fn account() -> Value {
    let supported = json!({ "support": "STANDARD_SUPPORT", "standard_until": "2098-01-01", "extended_until": "2099-01-01" });
    json!({
        "quotas": {
            "ec2/L-0263D0A3": 10,
            "ec2/L-1216C47A": 500,
            "ec2/L-34B43A08": 500,
            "ec2/L-DB2E81BA": 200,
            "ec2/L-3819A6DF": 200,
        },
        "kubernetes": { "1.33": supported, "1.34": supported, "1.35": supported },
    })
}

/// What `preflight` said.
pub(crate) struct Told {
    pub(crate) code: i32,
    pub(crate) json: Value,
}

impl Told {
    /// The checks that found something.
    pub(crate) fn found(&self) -> Vec<String> {
        self.checks("findings")
    }

    /// The checks that could not be made.
    pub(crate) fn open(&self) -> Vec<String> {
        self.checks("unchecked")
    }

    pub(crate) fn passed(&self) -> Vec<String> {
        let all = self.json["passed"].as_array().into_iter().flatten();
        all.filter_map(Value::as_str).map(str::to_owned).collect()
    }

    /// Everything that was found or is open.
    pub(crate) fn said(&self) -> impl Iterator<Item = &Value> {
        ["findings", "unchecked"]
            .into_iter()
            .flat_map(|list| self.json[list].as_array().into_iter().flatten())
    }

    fn checks(&self, list: &str) -> Vec<String> {
        let all = self.json[list].as_array().into_iter().flatten();
        let mut checks: Vec<String> =
            all.filter_map(|each| each["check"].as_str()).map(str::to_owned).collect();
        checks.dedup();
        checks
    }
}

impl fmt::Display for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "  exit code {}", self.code)?;
        for each in self.said() {
            writeln!(f, "  {}: {} ({})", each["check"], each["message"], each["cause"])?;
        }
        Ok(())
    }
}
