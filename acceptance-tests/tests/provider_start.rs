//! What every command of Terraform waits for: the provider's start, and its schema of more than a hundred types.
//!
//! Times are for release builds; each is the best of some, since another process may take the core for a while. The time of
//! the schema ends when its bytes are there: this client is a debug build, and would take as long again to read them.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use acceptance_tests::{Binaries, CliConfig, Terraform, environment, scratch, start};
use anyhow::{Context as _, Result, ensure};
use fs_err as fs;
use prost::Message as _;
use prost::bytes::{Buf as _, BufMut as _, Bytes};
use tfplugin::proto::tfplugin6::get_provider_schema::Response;
use tonic::Status;
use tonic::client::Grpc;
use tonic::codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder};
use tonic::transport::Endpoint;

const TRIES: usize = 10;
/// The longest from the start of the process to its handshake line.
const HANDSHAKE: Duration = Duration::from_millis(10);
/// The longest that the whole schema may take, from the call until a client has all of it.
const SCHEMA: Duration = Duration::from_millis(15);
/// The longest `terraform validate` of a small configuration.
const VALIDATE: Duration = Duration::from_millis(500);
/// The most memory after the handshake line, in KiB.
const MEMORY: u64 = 20 << 10;
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
  name          = "production"
  is_production = true
  optimize_for  = "AVAILABILITY"
}
"#;

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
struct Attachable(Child);

impl Drop for Attachable {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Starts the provider for whoever attaches, and answers with its address.
fn attachable(program: &Path) -> Result<(Attachable, String)> {
    let mut command = Command::new(program);
    environment::scrub(&mut command);
    command.arg("--debug").stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = Attachable(command.spawn().context("starting the provider")?);
    let stdout = child.0.stdout.take().context("no standard output")?;
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

/// How long the first call for the schema takes a new process, and how many resource types it names.
async fn schema(program: &Path) -> Result<(Duration, usize)> {
    let (_provider, address) = attachable(program)?;
    let channel = Endpoint::from_shared(address)?.connect().await?;
    let mut client = Grpc::new(channel).max_decoding_message_size(LARGEST_MESSAGE);
    let begin = Instant::now();
    client.ready().await?;
    let method = "/tfplugin6.Provider/GetProviderSchema".parse()?;
    let answer = client.unary(tonic::Request::new(Bytes::new()), method, Raw).await?.into_inner();
    let time = begin.elapsed();
    let schema = Response::decode(answer)?;
    ensure!(schema.diagnostics.is_empty(), "{:?}", schema.diagnostics);
    Ok((time, schema.resource_schemas.len()))
}

fn best(times: impl IntoIterator<Item = Result<Duration>>) -> Result<Duration> {
    let times: Vec<_> = times.into_iter().collect::<Result<_>>()?;
    times.into_iter().min().context("nothing was measured")
}

#[test]
fn the_provider_and_its_schema_are_there_at_once() -> Result<()> {
    let binaries = Binaries::build()?;
    let starts = (0..TRIES).map(|_| start::provider(&binaries.provider)).collect::<Result<Vec<_>>>()?;
    let handshake = best(starts.iter().map(|start| Ok(start.time)))?;
    let memory = starts.iter().filter_map(|start| start.memory).max().context("there is no `/proc`")?;

    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let schemas =
        (0..TRIES).map(|_| runtime.block_on(schema(&binaries.provider))).collect::<Result<Vec<_>>>()?;
    let types = schemas.iter().map(|(_, types)| *types).min().unwrap_or_default();
    let schema = best(schemas.iter().map(|(time, _)| Ok(*time)))?;

    let folder = scratch::folder("provider-start")?;
    fs::write(folder.join("main.tf"), CONFIGURATION)?;
    let terraform = Terraform::new(&folder, &CliConfig::for_our_provider(&binaries)?)?;
    terraform.init()?;
    let validate = best((0..TRIES).map(|_| {
        let begin = Instant::now();
        terraform.succeed(&["validate", "-no-color"])?;
        Ok(begin.elapsed())
    }))?;

    writeln!(
        std::io::stderr(),
        "handshake {handshake:?}, memory {memory} KiB, schema of {types} resource types {schema:?}, validate {validate:?}"
    )?;
    assert!(types >= 107, "the schema names {types} resource types");
    assert!(handshake < HANDSHAKE, "the handshake line took {handshake:?}");
    assert!(memory < MEMORY, "{memory} KiB of memory after the handshake line");
    assert!(schema < SCHEMA, "the schema took {schema:?}");
    assert!(validate < VALIDATE, "`terraform validate` took {validate:?}");
    Ok(())
}
