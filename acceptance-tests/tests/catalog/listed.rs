//! Everything that can be listed, listed by the real `terraform query` and taken over by what it writes.

use std::collections::BTreeSet;
use std::ops::Range;

use acceptance_tests::Scratch;
use anyhow::{Context as _, Result, ensure};
use fs_err as fs;
use serde_json::{Value, json};

use crate::samples::{Sampled, short_name};

const LISTS: &str = "existing.tfquery.hcl";
const GENERATED: &str = "generated.tf";

/// One object of every kind that can be listed is found, and what is written of it changes nothing; where a secret is missing,
/// the validation names it. Gives which kinds were taken over as they are.
pub(crate) fn all_are_taken_over(kinds: &[Sampled]) -> Result<BTreeSet<String>> {
    let scratch = Scratch::new("catalog-listed", "")?;
    scratch.sandbox.switches(&json!({ "unchecked_references": true }))?;
    let of_catalog = |resource: &String| kinds.iter().any(|kind| kind.kind.resource == *resource);
    let listable: BTreeSet<String> = listable(&scratch)?.into_iter().filter(of_catalog).collect();
    let mut asked = String::new();
    for kind in kinds.iter().filter(|kind| listable.contains(&kind.kind.resource)) {
        let mut sample = kind.samples.get(1).context("a kind has at least two samples")?.clone();
        if kind.kind.key.contains(&"name") {
            sample["name"] = short_name(kind.kind).into();
        }
        scratch.sandbox.request("PUT", "/api/svc/v1/apply", Some(&json!({ "manifest": sample })))?;
        let resource = &kind.kind.resource;
        asked.push_str(&format!("list \"{resource}\" \"all\" {{\n  provider = truefoundry\n}}\n\n"));
    }
    fs::write(scratch.folder().join(LISTS), asked)?;
    scratch.terraform.succeed(&["query", "-no-color", &format!("-generate-config-out={GENERATED}")])?;
    fs::remove_file(scratch.folder().join(LISTS))?;

    let path = scratch.folder().join(GENERATED);
    let text = fs::read_to_string(&path)?;
    let refused = refused(&scratch, &text)?;
    let with_secrets: BTreeSet<&str> =
        kinds.iter().filter(|kind| kind.has_secrets()).map(|kind| kind.kind.resource.as_str()).collect();
    for resource in &refused {
        ensure!(with_secrets.contains(resource.as_str()), "`{resource}` is refused, and has no secrets");
    }
    let kept: Vec<&str> =
        blocks(&text).filter(|block| !refused.contains(&block.resource)).map(|block| block.text).collect();
    fs::write(&path, kept.concat())?;
    let plan = scratch.terraform.plan()?;
    let expected = format!("Plan: {} to import, 0 to add, 0 to change, 0 to destroy.", kept.len());
    ensure!(plan.text.contains(&expected), "not `{expected}`:\n{}", plan.text);
    let taken: BTreeSet<String> = blocks(&text).map(|block| block.resource).collect();
    ensure!(taken == listable, "listed were {taken:?}, and not {listable:?}");
    Ok(&taken - &refused)
}

/// The types that the provider can list.
fn listable(scratch: &Scratch) -> Result<BTreeSet<String>> {
    let run = scratch.terraform.succeed(&["providers", "schema", "-json"])?;
    let schemas: Value = serde_json::from_str(&run.stdout)?;
    let of_ours = schemas["provider_schemas"].as_object().into_iter().flat_map(|all| all.values()).next();
    let lists = of_ours.and_then(|ours| ours["list_resource_schemas"].as_object());
    Ok(lists.context("the provider lists nothing")?.keys().cloned().collect())
}

/// A resource with its `import` block, as Terraform writes them one after the other.
struct Block<'a> {
    resource: String,
    text: &'a str,
    lines: Range<usize>,
}

fn blocks(text: &str) -> impl Iterator<Item = Block<'_>> {
    let starts: Vec<usize> = text.match_indices("resource \"truefoundry_").map(|(at, _)| at).collect();
    let ends = starts.iter().skip(1).copied().chain([text.len()]).collect::<Vec<_>>();
    starts.into_iter().zip(ends).map(move |(start, end)| {
        let block = &text[start..end];
        let line = text[..start].matches('\n').count() + 1;
        Block {
            resource: block.split('"').nth(1).unwrap_or_default().to_owned(),
            text: block,
            lines: line..line + block.matches('\n').count(),
        }
    })
}

/// The resources that the validation refuses.
fn refused(scratch: &Scratch, text: &str) -> Result<BTreeSet<String>> {
    let run = scratch.terraform.run(&["validate", "-json"])?;
    let told: Value = serde_json::from_str(&run.stdout).context("`validate -json` printed no JSON")?;
    let mut found = BTreeSet::new();
    for message in told["diagnostics"].as_array().into_iter().flatten() {
        let line = message["range"]["start"]["line"].as_u64().and_then(|line| usize::try_from(line).ok());
        let line = line.with_context(|| format!("a message without a place: {message}"))?;
        let block = blocks(text).find(|block| block.lines.contains(&line));
        found.insert(block.with_context(|| format!("a message about something else: {message}"))?.resource);
    }
    Ok(found)
}
