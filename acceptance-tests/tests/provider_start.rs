//! What every command of Terraform waits for: the provider's start, and its schema of more than a hundred types.
//!
//! Compared with the figures that are kept: processor time, memory, requests and sizes. Time by the clock is for `cargo xtask bench`.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use acceptance_tests::figures::list;
use acceptance_tests::{
    Binaries, CliConfig, Figures, Sandbox, Terraform, Traffic, Usage, environment, scratch, start, usage,
};
use anyhow::{Context as _, Result, ensure};
use fs_err as fs;
use prost::Message as _;
use prost::bytes::{Buf as _, BufMut as _, Bytes};
use tfplugin::proto::tfplugin6::get_provider_schema::Response;
use tonic::Status;
use tonic::client::Grpc;
use tonic::codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder};
use tonic::transport::Endpoint;

/// Starts and calls that take milliseconds: the least of so many is compared.
const STARTS: usize = 10;
/// The largest message a client has to take, in bytes.
const LARGEST_MESSAGE: usize = 64 << 20;

const CONFIGURATION: &str = r#"terraform {
  required_providers {
    truefoundry = {
      source = "truefoundry/truefoundry"
    }
  }
}

resource "truefoundry_environment" "this" {
  for_each      = toset(["a", "b", "c"])
  name          = each.key
  is_production = false
  optimize_for  = "COST"
}
"#;

const ALONE: &str = "resource \"terraform_data\" \"this\" {\n  input = \"x\"\n}\n";

/// Messages as bytes.
struct Raw;

impl Codec for Raw {
    type Encode = Bytes;
    type Decode = Bytes;
    type Encoder = Self;
    type Decoder = Self;

    fn encoder(&mut self) -> Self {
        Self
    }

    fn decoder(&mut self) -> Self {
        Self
    }
}

impl Encoder for Raw {
    type Item = Bytes;
    type Error = Status;

    fn encode(&mut self, message: Bytes, out: &mut EncodeBuf<'_>) -> Result<(), Status> {
        out.put(message);
        Ok(())
    }
}

impl Decoder for Raw {
    type Item = Bytes;
    type Error = Status;

    fn decode(&mut self, bytes: &mut DecodeBuf<'_>) -> Result<Option<Bytes>, Status> {
        Ok(Some(bytes.copy_to_bytes(bytes.remaining())))
    }
}

/// A provider that anyone may attach to. Dropping it ends it.
struct Attachable(Option<Child>);

impl Attachable {
    /// Ends it, and answers with the processor time that it had used.
    fn end(mut self) -> Result<Duration> {
        usage::until_killed(self.0.take().context("the provider has ended")?)
    }
}

impl Drop for Attachable {
    fn drop(&mut self) {
        if let Some(child) = &mut self.0 {
            // It may have ended by itself.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// Starts the provider for whoever attaches, and answers with its address.
fn attachable(program: &Path) -> Result<(Attachable, String)> {
    let mut command = Command::new(program);
    environment::scrub(&mut command);
    command.arg("--debug").stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().context("starting the provider")?;
    let stdout = child.stdout.take().context("no standard output")?;
    let child = Attachable(Some(child));
    for line in BufReader::new(stdout).lines() {
        let line = line?;
        if let Some((_, value)) = line.split_once("TF_REATTACH_PROVIDERS='") {
            let value: serde_json::Value = serde_json::from_str(value.trim_end_matches('\''))?;
            let provider = value.as_object().and_then(|providers| providers.values().next());
            let path = provider.and_then(|provider| provider["Addr"]["String"].as_str());
            return Ok((child, format!("unix:{}", path.context("no address")?)));
        }
    }
    anyhow::bail!("the provider does not say how to attach to it")
}

/// What the whole schema takes of a new process.
struct Schema {
    /// Processor time of the process, its start included.
    processor: Duration,
    bytes: usize,
    /// How many resource types it names.
    types: usize,
}

async fn schema(program: &Path) -> Result<Schema> {
    let (provider, address) = attachable(program)?;
    let channel = Endpoint::from_shared(address)?.connect().await?;
    let mut client = Grpc::new(channel).max_decoding_message_size(LARGEST_MESSAGE);
    client.ready().await?;
    let method = "/tfplugin6.Provider/GetProviderSchema".parse()?;
    let answer = client.unary(tonic::Request::new(Bytes::new()), method, Raw).await?.into_inner();
    let processor = provider.end()?;
    let bytes = answer.len();
    let schema = Response::decode(answer)?;
    ensure!(schema.diagnostics.is_empty(), "{:?}", schema.diagnostics);
    Ok(Schema { processor, bytes, types: schema.resource_schemas.len() })
}

fn microseconds(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}

/// Terraform in a folder of its own, initialised.
fn terraform(folder: &Path, configuration: &str, sandbox: &Sandbox) -> Result<Terraform> {
    fs::create_dir_all(folder)?;
    fs::write(folder.join("main.tf"), configuration)?;
    let config = CliConfig::for_our_provider(&Binaries::build()?)?;
    let terraform = Terraform::new(folder, &config)?.with(sandbox.environment());
    terraform.init()?;
    Ok(terraform)
}

/// A plan without changes.
fn plan(terraform: &Terraform) -> Result<Usage> {
    terraform.measured(&["plan", "-no-color", "-detailed-exitcode"])
}

#[test]
fn the_provider_and_its_schema_take_no_more_than_they_did() -> Result<()> {
    let binaries = Binaries::build()?;
    let logs = scratch::folder("provider-start")?;
    let sandbox = Sandbox::start(&binaries, &logs.join("sandbox.log"))?;

    let alone = terraform(&logs.join("alone"), ALONE, &sandbox)?;
    alone.apply()?;
    let mut figures = Figures::of(&binaries, list::ALONE, || {
        let plans = (0..3).map(|_| Ok(plan(&alone)?.processor)).collect::<Result<Vec<_>>>()?;
        Ok(microseconds(plans.into_iter().min().unwrap_or_default()))
    })?;

    figures.check([list::START, list::START_MEMORY], || {
        let starts = (0..STARTS).map(|_| start::provider(&binaries.provider)).collect::<Result<Vec<_>>>()?;
        let processor = starts.iter().map(|start| start.processor).min().unwrap_or_default();
        let memory = starts.iter().filter_map(|start| start.memory).max().context("there is no `/proc`")?;
        Ok([microseconds(processor), memory])
    })?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    figures.check([list::SCHEMA, list::SCHEMA_BYTES], || {
        let schemas =
            (0..STARTS).map(|_| runtime.block_on(schema(&binaries.provider))).collect::<Result<Vec<_>>>()?;
        let least = schemas.iter().min_by_key(|schema| schema.processor).context("nothing was measured")?;
        ensure!(least.types >= 107, "the schema names {} resource types", least.types);
        Ok([microseconds(least.processor), least.bytes as u64])
    })?;

    let ours = terraform(&logs.join("ours"), CONFIGURATION, &sandbox)?;
    figures.check([list::VALIDATE, list::VALIDATE_MEMORY], || {
        let usage = ours.measured(&["validate", "-no-color"])?;
        Ok([microseconds(usage.processor), usage.children.context("there is no `/proc`")?.peak])
    })?;
    ours.apply()?;
    let mut seen = 0;
    Traffic::since(&sandbox, &mut seen)?;
    figures.check([list::EMPTY_PLAN, list::EMPTY_PLAN_READS], || {
        let usage = plan(&ours)?;
        let traffic = Traffic::since(&sandbox, &mut seen)?;
        ensure!(traffic.writes + traffic.deletes == 0, "a plan writes: {traffic:?}");
        Ok([microseconds(usage.processor), traffic.reads])
    })?;
    figures.finish()
}
