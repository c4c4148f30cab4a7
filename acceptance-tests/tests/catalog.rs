//! Every kind of the catalog through the real `terraform`: what is sampled from the catalog is created, planned again
//! without changes, changed in place to the next sample until every variant of every union was there, and destroyed.

use std::process::Command;

use acceptance_tests::{Scratch, Venv, environment, repository};
use anyhow::{Context as _, Result, ensure};
use serde_json::{Map, Value, json};
use truefoundry_catalog::sample::Sampler;
use truefoundry_catalog::{Catalog, Kind, Secrets, attributes};

/// Kinds with tests of their own in `provider_*.rs`.
const BY_HAND: [&str; 4] = ["cluster", "environment", "provider-account/aws", "workspace"];

/// A kind with its samples.
struct Sampled {
    kind: &'static Kind,
    samples: Vec<Value>,
}

fn all() -> Vec<Sampled> {
    let kinds = Catalog::get().kinds().filter(|kind| !BY_HAND.contains(&kind.manifest_type.as_str()));
    kinds.map(|kind| Sampled { kind, samples: Sampler::all(kind) }).collect()
}

/// The configuration of one round: of each kind the sample of that number, while it has one.
fn configuration(kinds: &[Sampled], round: usize, secrets: Secrets) -> Value {
    let mut resources = Map::new();
    for Sampled { kind, samples } in kinds {
        let Some(sample) = samples.get(round) else { continue };
        let attributes = attributes(kind, &one_name(kind, sample.clone()), secrets);
        resources.insert(kind.resource.clone(), json!({ "this": attributes }));
    }
    json!({ "resource": resources })
}

/// Samples differ in everything but what names the object, so that the next one changes it in place.
fn one_name(kind: &Kind, mut sample: Value) -> Value {
    for field in kind.key.iter().chain(kind.fixed) {
        sample[*field] = Sampler { variant: 0, full: true, seed: 0 }.manifest(kind)[*field].clone();
    }
    if kind.key.contains(&"name") {
        let name: String = kind.resource.trim_start_matches("truefoundry_").replace('_', "-");
        sample["name"] = name.chars().take(30).collect::<String>().trim_end_matches('-').into();
    }
    sample
}

fn start(test: &str, switches: &Value) -> Result<Scratch> {
    let scratch = Scratch::new(test, "")?;
    let mut switches = switches.clone();
    switches["unchecked_references"] = true.into();
    scratch.sandbox.switches(&switches)?;
    Ok(scratch)
}

fn write(scratch: &Scratch, configuration: &Value) -> Result<()> {
    let file = scratch.folder().join("main.tf.json");
    Ok(fs_err::write(file, serde_json::to_vec_pretty(configuration)?)?)
}

fn rounds(kinds: &[Sampled]) -> usize {
    kinds.iter().map(|kind| kind.samples.len()).max().unwrap_or(0)
}

fn walk(test: &str, switches: &Value, secrets: Secrets) -> Result<Scratch> {
    let kinds = all();
    let scratch = start(test, switches)?;
    for round in 0..rounds(&kinds) {
        write(&scratch, &configuration(&kinds, round, secrets))?;
        let plan = scratch.terraform.plan()?;
        for Sampled { kind, samples } in &kinds {
            let actions = plan.actions(&format!("{}.this", kind.resource));
            // Two samples of a kind without unions may be the same.
            let expected: &[&[&str]] = match samples.len() {
                _ if round == 0 => &[&["create"]],
                count if round < count => &[&["update"], &["no-op"]],
                count if round == count => &[&["delete"]],
                _ => &[&[]],
            };
            ensure!(
                expected.contains(&actions.as_slice()),
                "round {round}: {} plans {actions:?}",
                kind.resource
            );
        }
        scratch.terraform.apply().with_context(|| format!("round {round}"))?;
        scratch.terraform.expect_no_changes().with_context(|| format!("after round {round}"))?;
        parse_with_the_sdk(&scratch).with_context(|| format!("after round {round}"))?;
    }
    Ok(scratch)
}

/// What reached the control plane is what the vendor's own models understand.
fn parse_with_the_sdk(scratch: &Scratch) -> Result<()> {
    let venv = Venv::real_clients()?;
    let mut command = Command::new(venv.program("python"));
    command.arg(repository::root().join("acceptance-tests/clients/parse_manifests.py"));
    environment::scrub(&mut command);
    let output = command.envs(scratch.sandbox.environment()).output().context("starting Python")?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Ok(())
}

#[test]
fn every_kind_and_variant_is_created_and_changed_in_place() -> Result<()> {
    let scratch = walk("catalog", &json!({}), Secrets::Plain)?;
    scratch.destroy()
}

#[test]
fn a_control_plane_that_rewrites_and_masks_makes_no_differences() -> Result<()> {
    let scratch =
        walk("catalog-rewritten", &json!({ "normalise": true, "redact": true }), Secrets::WriteOnly)?;
    scratch.destroy()
}
