//! The example provider of `tfplugin`, and the same one on HashiCorp's framework for Go: one schema and one behaviour, so that
//! `cargo xtask bench --peer` compares frameworks and not providers.

#[path = "../../provider/tfplugin-testing/tests/life/steps.rs"]
mod steps;
#[path = "../../provider/tfplugin/examples/thing/things/mod.rs"]
mod things;

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

use acceptance_tests::{environment, peer};
use anyhow::{Context as _, Error, Result, bail};
use tfplugin::Server;
use tfplugin::proto::tfplugin6::provider_client::ProviderClient;
use tfplugin::proto::tfplugin6::{
    Schema, get_provider_schema, get_resource_identity_schemas as identities, schema,
};
use tfplugin::transport::{Options, TestServer};
use tfplugin_testing::Rig;

use things::{ADDRESS, Things};

/// What Go's validator says of `size = 0`: the one text of the life that is not the provider's own.
const TOO_SMALL: &str = "Attribute size value must be between 1 and 1000, got: 0";

/// A provider that anyone may attach to. Dropping it ends it. A program in Go that prints to nobody ends by itself, so that its
/// standard output stays open.
struct Attachable {
    process: Child,
    output: BufReader<ChildStdout>,
}

impl Drop for Attachable {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Starts a provider for whoever attaches, and answers with its address.
fn attachable(program: &Path) -> Result<(Attachable, String)> {
    let mut command = Command::new(program);
    environment::scrub(&mut command);
    command.arg("--debug").stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut process = command.spawn().with_context(|| format!("starting `{}`", program.display()))?;
    let output = BufReader::new(process.stdout.take().context("no standard output")?);
    let mut running = Attachable { process, output };
    let mut line = String::new();
    while running.output.read_line(&mut line)? > 0 {
        if let Some((_, value)) = line.split_once("TF_REATTACH_PROVIDERS='") {
            let value: serde_json::Value = serde_json::from_str(value.trim_end().trim_end_matches('\''))?;
            let address = value[ADDRESS]["Addr"]["String"].as_str().context("no address")?.to_owned();
            return Ok((running, format!("unix:{address}")));
        }
        line.clear();
    }
    bail!("`{} --debug` does not say how to attach to it", program.display())
}

/// What Terraform is told of a provider, written so that two of them compare: in the order of names, and without what each framework
/// can do by itself.
async fn shape(uri: String) -> Result<String> {
    let mut client = ProviderClient::connect(uri).await?;
    let mut told = client.get_provider_schema(get_provider_schema::Request::default()).await?.into_inner();
    let mut identities =
        client.get_resource_identity_schemas(identities::Request::default()).await?.into_inner();
    told.server_capabilities = None;
    let schemas = told.resource_schemas.values_mut().chain(told.data_source_schemas.values_mut());
    schemas.chain(&mut told.provider).for_each(sort);
    for identity in identities.identity_schemas.values_mut() {
        identity.identity_attributes.sort_by(|a, b| a.name.cmp(&b.name));
    }
    Ok(format!("{told:#?}\n{identities:#?}"))
}

fn sort(schema: &mut Schema) {
    if let Some(block) = &mut schema.block {
        // Terraform reads the version of the schema around it.
        block.version = 0;
        sort_attributes(&mut block.attributes);
    }
}

fn sort_attributes(attributes: &mut [schema::Attribute]) {
    attributes.sort_by(|a, b| a.name.cmp(&b.name));
    for nested in attributes.iter_mut().filter_map(|attribute| attribute.nested_type.as_mut()) {
        sort_attributes(&mut nested.attributes);
    }
}

/// The lines that only one of two texts has at the same place, told from where they part.
fn first_difference(one: &str, other: &str) -> Option<String> {
    let lines: Vec<(&str, &str)> = one.lines().zip(other.lines()).collect();
    let place = lines.iter().position(|(one, other)| one != other);
    let place = place.or_else(|| (one.lines().count() != other.lines().count()).then_some(lines.len()))?;
    let near = |text: &str| -> String {
        text.lines().skip(place.saturating_sub(6)).take(9).map(|line| format!("{line}\n")).collect()
    };
    Some(format!("tfplugin:\n{}Go:\n{}", near(one), near(other)))
}

#[test]
fn the_peer_has_the_schema_of_the_example() -> Result<()> {
    let (_running, uri) = attachable(&peer::program()?)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let (ours, peers) = runtime.block_on(async {
        let server = TestServer::start(Server::new(Things), &Options::new(ADDRESS))?;
        let ours = shape(server.uri()).await?;
        server.stop().await;
        Ok::<_, Error>((ours, shape(uri).await?))
    })?;
    match first_difference(&ours, &peers) {
        Some(difference) => bail!("the schemas differ:\n{difference}"),
        None => Ok(()),
    }
}

#[test]
fn the_peer_lives_the_life_of_an_item() -> Result<()> {
    steps::item(Rig::mirror(ADDRESS, &peer::program()?)?, TOO_SMALL).map_err(Error::msg)
}

#[test]
fn the_peer_lives_the_life_of_a_label() -> Result<()> {
    steps::label(Rig::mirror(ADDRESS, &peer::program()?)?).map_err(Error::msg)
}

#[test]
fn the_peer_lives_the_life_of_a_note() -> Result<()> {
    steps::note(Rig::mirror(ADDRESS, &peer::program()?)?).map_err(Error::msg)
}

#[test]
fn the_peer_refuses_what_the_example_refuses() -> Result<()> {
    steps::refusals(Rig::mirror(ADDRESS, &peer::program()?)?).map_err(Error::msg)
}

#[test]
fn a_difference_is_shown_with_what_is_around_it() {
    assert_eq!(first_difference("a\nb", "a\nb"), None);
    assert_eq!(first_difference("a\nb", "a\nc").as_deref(), Some("tfplugin:\na\nb\nGo:\na\nc\n"));
    assert_eq!(first_difference("a\nb", "a").as_deref(), Some("tfplugin:\na\nb\nGo:\na\n"));
}
