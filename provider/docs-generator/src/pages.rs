//! Pages in the layout of the Terraform registry.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use anyhow::{Context as _, Result};
use terraform_provider_truefoundry::Truefoundry;
use tfplugin::schema::Schema;
use tfplugin::{Function, Provider as _};
use truefoundry_catalog::{Catalog, naming};

use crate::examples::Examples;
use crate::{kinds, schema};

/// The guide about objects that were made elsewhere.
const TAKING_OVER: &str = include_str!("../guides/take-over-what-exists.md");

/// Every page, by its path from the top of the repository.
pub(crate) fn all(examples: &Examples) -> Result<BTreeMap<String, String>> {
    let mut pages = BTreeMap::from([("provider/docs/index.md".to_owned(), index(examples)?)]);
    pages.insert("provider/docs/guides/take-over-what-exists.md".to_owned(), TAKING_OVER.to_owned());
    let mut add = |folder: &str, name: &str, text: String| {
        let short = name.trim_start_matches("truefoundry_");
        pages.insert(format!("provider/docs/{folder}/{short}.md"), text);
    };
    for (name, each) in Truefoundry.resources() {
        add("resources", &name, resource(&name, &each.schema(), examples)?);
    }
    for (name, each) in Truefoundry.data_sources() {
        let example = examples.get(&format!("data-sources/{name}/data-source.tf"));
        add("data-sources", &name, read(&name, "Data Source", "", &each.schema(), example)?);
    }
    for (name, each) in Truefoundry.ephemeral_resources() {
        let example = examples.get(&format!("ephemeral-resources/{name}/ephemeral-resource.tf"));
        add("ephemeral-resources", &name, read(&name, "Ephemeral Resource", "", &each.schema(), example)?);
    }
    for (name, each) in Truefoundry.list_resources() {
        let example = examples.get(&format!("list-resources/{name}/list-resource.tfquery.hcl"));
        add("list-resources", &name, read(&name, "List Resource", LISTING, &each.schema(), example)?);
    }
    for (name, each) in Truefoundry.actions() {
        let example = examples.get(&format!("actions/{name}/action.tf"));
        add("actions", &name, read(&name, "Action", ACTION, &each.schema(), example)?);
    }
    for (name, each) in Truefoundry.functions() {
        let example = examples.get(&format!("functions/{name}/function.tf"));
        add("functions", &name, function(&name, each.as_ref(), example)?);
    }
    Ok(pages)
}

fn front_matter(title: &str, heading: &str, description: &str) -> String {
    // A description is one line, so the block needs no more than its indentation.
    format!(
        "---\npage_title: \"{title}\"\nsubcategory: \"{heading}\"\ndescription: |-\n  {}\n---\n\n",
        plain(description)
    )
}

/// The first sentence, without marks of Markdown.
fn plain(description: &str) -> String {
    let first = description.split_once(". ").map_or(description, |(first, _)| first);
    first.trim_end_matches('.').replace('`', "") + "."
}

fn example(text: Option<&str>, of: &str) -> Result<String> {
    let text = text.with_context(|| format!("`{of}` has no example"))?;
    Ok(format!("## Example Usage\n\n```terraform\n{text}```\n\n"))
}

fn index(examples: &Examples) -> Result<String> {
    let schema = Truefoundry.schema();
    let mut text = front_matter("Provider: TrueFoundry", "", schema.description());
    let _ = write!(text, "# TrueFoundry Provider\n\n{}\n\n{ABOUT}\n", schema.description());
    text.push_str(&example(examples.get("provider/provider.tf"), "provider")?);
    text.push_str(&schema::section(&schema, &|_| false));
    Ok(text)
}

/// What holds for all kinds alike.
const ABOUT: &str = "\
* **Create never takes over.** Where an object of that name exists already, the create is refused with the `import`
  block for it, unless `adopt_existing` is set.
* **A lost answer loses nothing.** It is looked whether a write was heard before it is written again, and the next apply continues with
  what a killed one has made. What failed after it was made is in the state, marked as tainted: the next apply makes it anew, unless
  `terraform untaint` keeps it.
* **Secrets stay out of the state** where they are given by the attributes that end in `_wo` (Terraform 1.11 and newer):
  such a value reaches only the control plane. Raise the number beside it, `_wo_version`, when the value has changed.
* **What is left out is left alone.** Settings and grants that the configuration does not mention are kept as they are.
* **Choices are attributes.** Where a manifest holds one of several things, each is an attribute of its own and exactly
  one of them is set; no `type` has to be written.

## Versions

Every change of the provider is tested with the oldest Terraform that it supports, with the newest, and with OpenTofu.

| program | tested | beyond plan, apply, import by id, write-only attributes, ephemeral resources and functions |
|---|---|---|
| Terraform 1.11 | 1.11.4 | |
| Terraform 1.12 | | `import` by identity; identities in the state |
| Terraform 1.14 | | `terraform query` with list resources, actions, configurations that the provider makes of what is imported |
| Terraform 1.15 | 1.15.5 | |
| OpenTofu 1.12 | 1.12.6 | `import` by identity; identities in the state |

[Take over what exists](guides/take-over-what-exists.md) says how objects that were made elsewhere come under Terraform.
";

fn resource(name: &str, schema: &Schema, examples: &Examples) -> Result<String> {
    let (heading, _) = kinds::of(name).with_context(|| format!("`{name}` has no heading"))?;
    let mut text = front_matter(&format!("{name} Resource"), heading, schema.description());
    let _ = write!(text, "# {name} (Resource)\n\n{}\n\n", schema.description());
    text.push_str(&example(examples.resource(name), name)?);
    let kind = Catalog::get().kinds().find(|kind| kind.resource == name);
    let replaces = |attribute: &str| {
        // The others say it in their own words.
        let says =
            schema.attributes().get(attribute).is_some_and(|a| a.description().contains("Changing it"));
        let fixed = kind.into_iter().flat_map(|kind| kind.key.iter().chain(kind.fixed));
        !says && fixed.into_iter().any(|field| naming::attribute(field, true) == attribute)
    };
    text.push_str(&schema::section(schema, &replaces));
    text.push_str(&import(name, examples.import(name)));
    Ok(text)
}

/// The section about importing; the command has the form `terraform import ADDRESS 'ID'`.
fn import(name: &str, command: Option<&str>) -> String {
    let parts = command.and_then(|command| {
        command.strip_prefix("terraform import ")?.trim_end().strip_suffix('\'')?.split_once(" '")
    });
    let (Some(command), Some((address, id))) = (command, parts) else {
        return format!(
            "\n## Import\n\nThe control plane has no call that finds such an object by its name. Its manifest, as the control \
             plane shows it, stands in the name's place; credentials may be left out:\n\n```terraform\nimport {{\n  to = \
             {name}.example\n  id = jsonencode({{\n    name = \"example\"\n    # and what else such a manifest needs\n  }})\n}}\n```\n"
        );
    };
    format!(
        "\n## Import\n\nWith the command:\n\n```shell\n{command}```\n\nOr with a block, which is planned first:\n\n\
         ```terraform\nimport {{\n  to = {address}\n  id = \"{id}\"\n}}\n```\n"
    )
}

/// What a reader of a list resource's page has to know besides.
const LISTING: &str = "Needs Terraform 1.14 or newer: `terraform query` lists what the `*.tfquery.hcl` files of the \
                       configuration ask for, and with `-generate-config-out=FILE` writes the blocks that import it. The \
                       arguments below stand in the block `config`.\n\n";

/// The same for an action.
const ACTION: &str = "Needs Terraform 1.14 or newer. The arguments below stand in the block `config`.\n\n";

fn read(name: &str, what: &str, note: &str, schema: &Schema, text: Option<&str>) -> Result<String> {
    // Actions are done to applications.
    let heading = if what == "Action" { kinds::heading("truefoundry_service") } else { kinds::heading(name) };
    let mut page = front_matter(&format!("{name} {what}"), heading, schema.description());
    let _ = write!(page, "# {name} ({what})\n\n{}\n\n{note}", schema.description());
    page.push_str(&example(text, name)?);
    page.push_str(&schema::section(schema, &|_| false));
    Ok(page)
}

fn function(name: &str, function: &dyn Function, text: Option<&str>) -> Result<String> {
    let signature = function.signature();
    let mut page = front_matter(&format!("{name} Function"), "", signature.summary());
    let _ = write!(page, "# function: {name}\n\n{}\n\n", signature.description());
    page.push_str(&example(text, name)?);
    let types: Vec<_> = signature
        .parameters()
        .map(|(parameter, ty, _)| format!("{parameter} {}", schema::type_name(ty).to_lowercase()))
        .collect();
    let returned = schema::type_name(signature.returned()).to_lowercase();
    let _ = write!(
        page,
        "## Signature\n\n```text\n{name}({}) {returned}\n```\n\n## Arguments\n\n",
        types.join(", ")
    );
    for (index, (parameter, ty, about)) in signature.parameters().enumerate() {
        let _ = writeln!(page, "{}. `{parameter}` ({}) {about}", index + 1, schema::type_name(ty));
    }
    Ok(page)
}
