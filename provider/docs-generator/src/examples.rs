//! The examples, as files that users can copy.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context as _, Result};
use fs_err as fs;
use terraform_provider_truefoundry::Truefoundry;
use tfplugin::Provider as _;
use tfplugin::schema::{Presence, Schema};
use truefoundry_catalog::{Catalog, Endpoint, Kind, naming};

use crate::friendly;
use crate::hcl::{Expression, Read, block};
use crate::kinds::{self, Origin};

/// Every example, by path from the top of the repository.
pub(crate) struct Examples {
    files: BTreeMap<String, String>,
}

/// How a kind's example names its object.
struct Named {
    label: String,
    /// The attributes of the key and their texts.
    key: Vec<(String, String)>,
}

impl Examples {
    /// The example of a resource.
    pub(crate) fn resource(&self, name: &str) -> Option<&str> {
        self.get(&format!("resources/{name}/resource.tf"))
    }

    /// The command that imports the object of a resource's example; none for a kind that is imported by its manifest.
    pub(crate) fn import(&self, name: &str) -> Option<&str> {
        self.get(&format!("resources/{name}/import.sh"))
    }

    /// The example of anything else: its folder and file.
    pub(crate) fn get(&self, path: &str) -> Option<&str> {
        self.files.get(&format!("provider/examples/{path}")).map(String::as_str)
    }

    pub(crate) fn into_files(self) -> BTreeMap<String, String> {
        self.files
    }

    fn insert(&mut self, path: &str, content: String) {
        self.files.insert(format!("provider/examples/{path}"), content);
    }

    /// Enters a file that is written by hand.
    fn insert_by_hand(&mut self, root: &Path, path: &str) -> Result<()> {
        let text = fs::read_to_string(root.join("provider/examples").join(path)).context(
            "an example that is written by hand is missing\nhint: write it, or let `kinds` have it made",
        )?;
        self.insert(path, text);
        Ok(())
    }
}

/// All examples: those written by hand as they are below `root`, the others made.
pub(crate) fn all(root: &Path) -> Result<Examples> {
    let mut examples = Examples { files: BTreeMap::new() };
    let sources: Vec<_> = Truefoundry.data_sources().into_iter().map(|(name, _)| name).collect();
    for (name, _) in Truefoundry.resources() {
        let (_, origin) = kinds::of(&name)
            .with_context(|| format!("`{name}` is not in `kinds`\nhint: enter it there with its heading"))?;
        let path = format!("resources/{name}/resource.tf");
        let Some(kind) = Catalog::get().kinds().find(|kind| kind.resource == name) else {
            examples.insert_by_hand(root, &path)?;
            examples.insert_by_hand(root, &format!("resources/{name}/import.sh"))?;
            continue;
        };
        match origin {
            Origin::Hand => examples.insert_by_hand(root, &path)?,
            Origin::Catalog => examples.insert(&path, friendly::example(kind)),
        }
        let named = named(kind, examples.resource(&name).unwrap_or_default())?;
        if kind.endpoint != Endpoint::Apply {
            examples.insert(&format!("resources/{name}/import.sh"), import(kind, &named));
        }
        if sources.contains(&name) {
            let path = format!("data-sources/{name}/data-source.tf");
            examples.insert(&path, data_source(kind, named));
        }
    }
    for (name, _) in Truefoundry.ephemeral_resources() {
        examples.insert_by_hand(root, &format!("ephemeral-resources/{name}/ephemeral-resource.tf"))?;
    }
    for (name, _) in Truefoundry.functions() {
        examples.insert_by_hand(root, &format!("functions/{name}/function.tf"))?;
    }
    for (name, _) in Truefoundry.actions() {
        examples.insert_by_hand(root, &format!("actions/{name}/action.tf"))?;
    }
    for (name, listing) in Truefoundry.list_resources() {
        let text = format!(
            "list \"{name}\" \"all\" {{\n  provider = truefoundry\n{}}}\n",
            demanded(&listing.schema())
        );
        examples.insert(&format!("list-resources/{name}/list-resource.tfquery.hcl"), text);
    }
    examples.insert_by_hand(root, "provider/provider.tf")?;
    Ok(examples)
}

/// The block with what a listing cannot do without; nothing as a rule.
fn demanded(schema: &Schema) -> String {
    let attributes = schema.attributes().iter();
    let required = attributes.filter(|(_, attribute)| attribute.presence() == Presence::Required);
    let lines: String = required.map(|(name, _)| format!("    {name} = \"acme:db\"\n")).collect();
    if lines.is_empty() { lines } else { format!("\n  config {{\n{lines}  }}\n") }
}

fn named(kind: &Kind, text: &str) -> Result<Named> {
    let resource = &kind.resource;
    let read = Read::resource(text, resource)
        .with_context(|| format!("the example of `{resource}` has no resource of that type"))?;
    let key = kind.key.iter().map(|field| {
        let attribute = naming::attribute(field, true);
        let text = read.text(&attribute).with_context(|| {
            format!("the example of `{resource}` has no plain text as `{attribute}`\nhint: write the name itself, no reference")
        })?;
        Ok((attribute, text.to_owned()))
    });
    Ok(Named { label: read.label.to_owned(), key: key.collect::<Result<_>>()? })
}

fn import(kind: &Kind, named: &Named) -> String {
    let parts: Vec<_> = named.key.iter().map(|(_, text)| text.as_str()).collect();
    format!("terraform import {}.{} '{}'\n", kind.resource, named.label, parts.join(":"))
}

fn data_source(kind: &Kind, named: Named) -> String {
    let entries: Vec<_> = named.key.into_iter().map(|(name, text)| (name, Expression::Text(text))).collect();
    block("data", &[&kind.resource, &named.label], &entries)
}
