//! The layers: one file each, which says when the layer exists, what it reads, its provider, modules, files and outputs.
//!
//! A new layer is its file here, its templates, and a line in `ALL`. Whatever crosses from one to another is an output with a type;
//! `every_value_that_crosses_layers_is_an_output` holds the templates to that.

mod addons;
mod agent;
mod cluster;
mod context;
mod data;
mod identity;
mod ingress;
mod network;
mod platform;

use std::borrow::Cow;

use serde_json::Value;

use super::text::{self, Template};
use super::{Platform, Release};

/// What is true of a layer on every platform.
#[derive(Debug)]
pub struct Definition {
    /// The name: of the directory, of the state, and of the local value by which others read its outputs.
    pub name: &'static str,
    /// What it makes, as the end of a sentence.
    pub about: fn(&Platform) -> &'static str,
    /// Whether a platform has it.
    pub exists: fn(&Platform) -> bool,
    /// The layers whose outputs it reads: they are applied before it and destroyed after it.
    pub reads: fn(&Platform) -> Vec<&'static str>,
    /// The modules that it calls.
    pub modules: fn(&Platform) -> Vec<&'static str>,
    /// The providers that it configures.
    pub providers: &'static [Provider],
    /// The Helm releases that it makes.
    pub releases: fn(&Platform) -> Vec<Release>,
    /// Whether a secret goes through it to an object that keeps it.
    pub carries_secret: bool,
    /// The files of its own, beside those that every layer has.
    pub templates: &'static [Template],
    /// What the templates print.
    pub values: fn(&Platform) -> Value,
    /// What others may read.
    pub outputs: fn(&Platform) -> Vec<Output>,
}

/// A provider that layers configure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Provider {
    /// `hashicorp/aws`.
    Aws,
    /// `truefoundry/truefoundry`.
    Truefoundry,
    /// `hashicorp/helm` and `hashicorp/kubernetes`, for the cluster.
    Cluster,
}

/// A value that a layer gives to others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Output {
    /// The name.
    pub name: &'static str,
    /// Its type, as Terraform writes it.
    pub ty: &'static str,
    /// What it is.
    pub description: &'static str,
    /// The expression.
    pub value: Cow<'static, str>,
}

impl Output {
    fn new(
        name: &'static str,
        ty: &'static str,
        value: impl Into<Cow<'static, str>>,
        description: &'static str,
    ) -> Self {
        Self { name, ty, description, value: value.into() }
    }
}

/// Every layer, in the order in which they are applied.
static ALL: [&Definition; 8] = [
    &network::LAYER,
    &cluster::LAYER,
    &data::LAYER,
    &identity::LAYER,
    &ingress::LAYER,
    &addons::LAYER,
    &platform::LAYER,
    &agent::LAYER,
];

/// A layer of one platform: one directory, one state.
#[derive(Debug, Clone)]
pub struct Layer {
    definition: &'static Definition,
    /// The layers that must be applied before it, and destroyed after it.
    pub reads: Vec<&'static str>,
    /// The modules that it calls.
    pub modules: Vec<&'static str>,
}

impl Layer {
    /// The name.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.definition.name
    }

    /// Whether it configures a provider.
    #[must_use]
    pub fn configures(&self, provider: Provider) -> bool {
        self.definition.providers.contains(&provider)
    }

    /// What it makes, as the end of a sentence.
    #[must_use]
    pub fn about(&self, platform: &Platform) -> &'static str {
        (self.definition.about)(platform)
    }

    /// What others may read of it.
    #[must_use]
    pub fn outputs(&self, platform: &Platform) -> Vec<Output> {
        (self.definition.outputs)(platform)
    }

    /// The Helm releases that it makes.
    #[must_use]
    pub fn releases(&self, platform: &Platform) -> Vec<Release> {
        (self.definition.releases)(platform)
    }

    /// Whether a secret goes through it: then no provider of it may log what it sends.
    #[must_use]
    pub fn carries_secret(&self) -> bool {
        self.definition.carries_secret
    }

    /// Its templates.
    pub(super) fn templates(&self) -> Vec<Template> {
        let providers =
            if self.configures(Provider::Cluster) { text::CLUSTER_PROVIDERS } else { text::PROVIDERS };
        let mut templates = vec![text::VERSIONS, providers];
        templates.extend((!self.reads.is_empty()).then_some(text::REMOTE_STATE));
        templates.extend(self.definition.templates);
        templates
    }

    /// Everything that its templates may print.
    pub(super) fn values(&self, platform: &Platform) -> Value {
        context::context(platform, self.definition, &self.reads)
    }
}

/// The layers of a platform, in the order in which they are applied.
#[must_use]
pub fn of(platform: &Platform) -> Vec<Layer> {
    let there = ALL.iter().filter(|definition| (definition.exists)(platform));
    let layer = |definition: &&'static Definition| Layer {
        definition,
        reads: (definition.reads)(platform),
        modules: (definition.modules)(platform),
    };
    there.map(layer).collect()
}

/// Every template of a layer's own once.
pub(super) fn templates() -> impl Iterator<Item = Template> {
    ALL.iter().flat_map(|definition| definition.templates.iter().copied())
}

fn no_releases(_: &Platform) -> Vec<Release> {
    Vec::new()
}

fn always(_: &Platform) -> bool {
    true
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::plan::tests::example;

    #[test]
    fn every_layer_reads_only_layers_before_it() {
        for database in [false, true] {
            let layers = of(&example(database));
            for (i, layer) in layers.iter().enumerate() {
                for read in &layer.reads {
                    assert!(layers[..i].iter().any(|l| l.name() == *read), "{} reads {read}", layer.name());
                }
            }
        }
    }

    #[test]
    fn every_module_that_a_layer_calls_is_embedded() {
        for layer in of(&example(true)) {
            for module in &layer.modules {
                let files = crate::plan::modules::files(module);
                assert!(files.iter().any(|(name, _)| *name == "main.tf"), "{module}");
            }
        }
    }

    /// `local.<layer>.<output>` in the text of a layer, for each layer that it reads.
    fn read_in(text: &str, layer: &str) -> BTreeSet<String> {
        let begin = format!("local.{layer}.");
        let names = text.split(&begin).skip(1).map(|rest| {
            let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len());
            rest[..end].to_owned()
        });
        names.collect()
    }

    #[test]
    fn every_value_that_crosses_layers_is_an_output() {
        for database in [false, true] {
            let platform = example(database);
            let files = platform.files().unwrap();
            let layers = of(&platform);
            let mut seen = 0;
            for layer in &layers {
                let own = format!("{}/", layer.name());
                let text: String = files
                    .iter()
                    .filter(|(path, _)| path.starts_with(&own))
                    .map(|(_, text)| text.as_str())
                    .collect();
                for other in &layers {
                    let names: BTreeSet<_> =
                        other.outputs(&platform).iter().map(|o| o.name.to_owned()).collect();
                    for read in read_in(&text, other.name()) {
                        assert!(
                            layer.reads.contains(&other.name()),
                            "{} reads {}",
                            layer.name(),
                            other.name()
                        );
                        assert!(names.contains(&read), "`{}` has no output `{read}`", other.name());
                        seen += 1;
                    }
                }
            }
            assert!(seen > 8, "{seen}");
        }
    }
}
