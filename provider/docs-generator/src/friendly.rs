//! Examples made from the catalog: the least that the control plane takes, with values that mean something to a reader.

use serde_json::{Map, Value as Json};
use truefoundry_catalog::facts::Shape;
use truefoundry_catalog::sample::Sampler;
use truefoundry_catalog::{Catalog, Kind, Secrets, attributes};

use crate::hcl::{Expression, block, quoted};

/// The label of a resource in an example that is made.
const LABEL: &str = "example";

/// Fields that a manifest may leave out and that hardly anybody does.
const USUAL: [&str; 2] = ["auth_data", "integrations"];

/// What stands in attributes: `(kind or "", attribute, text)`, the first that fits. A kind is its resource without
/// `truefoundry_` and `provider_account_`.
const TEXTS: &[(&str, &str, &str)] = &[
    ("agent_channel", "name", "support-slack"),
    ("agent_identity", "name", "support"),
    ("artifact_version", "name", "embeddings"),
    ("data_directory", "name", "training-data"),
    ("gateway_data_access_config", "id", "own-traces"),
    ("gateway_data_access_config", "name", "data-access"),
    ("gateway_data_routing_config", "name", "data-routing"),
    ("gateway_metadata_config", "id", "team"),
    ("gateway_metadata_config", "name", "metadata"),
    ("legacy_agent", "name", "triage"),
    ("mcp_server_stdio", "description", "Reads the files of the documentation."),
    ("mcp_server_stdio", "name", "filesystem"),
    ("mcp_server_tfy_managed", "name", "web-search"),
    ("model_version", "name", "ranker"),
    ("prompt_version", "text", "You answer questions about orders."),
    ("prompt_version", "name", "support"),
    ("remote_agent_self_hosted", "name", "planner"),
    ("rstudio", "name", "statistics"),
    ("spark_job", "name", "aggregate"),
    ("spark_job", "image_uri", "registry.acme.com/aggregate:1.0.0"),
    ("rstudio", "image_uri", "registry.acme.com/rstudio:4.4"),
    ("baseten", "model_id", "deepseek-ai/DeepSeek-V3"),
    ("ai21", "model_id", "jamba-large"),
    ("aws_bedrock_mantle", "model_id", "openai.gpt-oss-120b"),
    ("aws_claude_platform", "model_id", "claude-sonnet-4-5"),
    ("aws_sagemaker", "model_id", "ranker-endpoint"),
    ("azure_foundry", "model_id", "Phi-4"),
    ("cartesia", "model_id", "sonic-2"),
    ("cerebras", "model_id", "llama-3.3-70b"),
    ("cloudera", "model_id", "llama-3.1-8b-instruct"),
    ("cohere", "model_id", "command-r-plus"),
    ("databricks", "model_id", "databricks-meta-llama-3-3-70b-instruct"),
    ("deepgram", "model_id", "nova-3"),
    ("deepinfra", "model_id", "meta-llama/Llama-3.3-70B-Instruct"),
    ("elevenlabs", "model_id", "eleven_multilingual_v2"),
    ("groq", "model_id", "llama-3.3-70b-versatile"),
    ("microsoft_foundry", "model_id", "gpt-4o"),
    ("mistral_ai", "model_id", "mistral-large-latest"),
    ("nomic", "model_id", "nomic-embed-text-v1.5"),
    ("ollama", "model_id", "llama3.2"),
    ("openrouter", "model_id", "meta-llama/llama-3.3-70b-instruct"),
    ("palm", "model_id", "chat-bison"),
    ("perplexity_ai", "model_id", "sonar"),
    ("sambanova", "model_id", "Meta-Llama-3.3-70B-Instruct"),
    ("smallest_ai", "model_id", "lightning"),
    ("snowflake_cortex", "model_id", "llama3.1-70b"),
    ("together_ai", "model_id", "meta-llama/Llama-3.3-70B-Instruct-Turbo"),
    ("wafer", "model_id", "llama-3.3-70b"),
    ("xai", "model_id", "grok-4"),
    ("nomic", "model_types", "embedding"),
    ("cartesia", "model_types", "text_to_speech"),
    ("deepgram", "model_types", "audio_transcription"),
    ("elevenlabs", "model_types", "text_to_speech"),
    ("smallest_ai", "model_types", "text_to_speech"),
    ("aws_claude_platform", "workspace_id", "wrkspc_01AbCdEf"),
    ("azure_foundry", "azure_endpoint", "https://acme.services.ai.azure.com/models"),
    ("cloudera", "base_url", "https://ml.acme.com/namespaces/serving/endpoints/llama"),
    ("custom_endpoint", "base_url", "https://models.acme.com"),
    ("databricks", "base_url", "https://acme.cloud.databricks.com/serving-endpoints"),
    ("dockerhub", "registry_url", "docker.io/acme"),
    ("jfrog", "registry_url", "acme.jfrog.io/images"),
    ("quay", "registry_url", "quay.io/acme"),
    ("mcp_server_group", "url", "https://orders.acme.com/mcp"),
    ("remote_agent_self_hosted", "url", "https://planner.acme.com"),
    ("", "access_key_id", "8f2c1d0e-workload"),
    ("", "account_identifier", "acme-analytics"),
    ("", "account_name", "acme"),
    ("", "app_id", "A012ABCDEF3"),
    ("", "assumed_role_arn", "arn:aws:iam::123456789012:role/truefoundry-models"),
    ("", "cdp_base_url", "https://api.us-west-1.cdp.cloudera.com"),
    ("", "client_id", "9d8c7b6a-5f4e-4d3c-8b2a-190817263544"),
    ("", "custom_host", "http://ollama.models.svc.cluster.local:11434"),
    ("", "description", "What it is for."),
    ("", "integration_url", "https://events.pagerduty.com/v2/enqueue"),
    ("", "kv_mount_path", "secret"),
    ("", "main_application_file", "local:///app/aggregate.py"),
    ("", "metadata_override", "search"),
    ("", "ml_repo", "search"),
    ("", "prompt_version_fqn", "chat_prompt:acme/search/triage:1"),
    ("", "region", "us-east-1"),
    ("", "server_identifier", "web-search"),
    ("", "subjects", "team:search"),
    ("", "username", "truefoundry"),
    ("", "vault_url", "https://vault.acme.com"),
    ("", "workload_name", "truefoundry"),
    ("", "workspace_fqn", "prod:search"),
];

/// The example of a kind.
pub(crate) fn example(kind: &Kind) -> String {
    let attributes = attributes(kind, &manifest(kind), Secrets::WriteOnly);
    let stem = kind.resource.trim_start_matches("truefoundry_").trim_start_matches("provider_account_");
    let mut writer = Writer { stem, secrets: Vec::new() };
    let entries = writer.entries(&attributes);
    let mut text: String = writer.secrets.iter().map(|(name, ty)| variable(name, ty)).collect();
    text.push_str(&block("resource", &[&kind.resource, LABEL], &entries));
    text
}

/// The least manifest, and what is usual.
fn manifest(kind: &Kind) -> Json {
    let sampler = Sampler { variant: 0, full: false, seed: 0 };
    let mut manifest = sampler.manifest(kind);
    for (name, field) in Catalog::get().object(&kind.object) {
        if USUAL.contains(&name.as_str()) && manifest.get(name).is_none() {
            manifest[name] =
                Sampler { variant: without_credentials(&field.is), ..sampler }.field(name, field);
        }
    }
    shorten(&mut manifest);
    manifest
}

/// Which variant of a way to authenticate needs no stored credential; the first where none does.
fn without_credentials(shape: &Shape) -> usize {
    let Shape::Union(shapes) = shape else { return 0 };
    let variants = Catalog::get().variants(shapes);
    variants.iter().position(|variant| variant.name == "assumed_role").unwrap_or(0)
}

/// Of several elements one is enough to show their form.
fn shorten(manifest: &mut Json) {
    match manifest {
        Json::Array(elements) => {
            elements.truncate(1);
            elements.iter_mut().for_each(shorten);
        }
        Json::Object(fields) => fields.values_mut().for_each(shorten),
        _ => (),
    }
}

fn variable(name: &str, ty: &str) -> String {
    format!(
        "variable {} {{\n  type      = {ty}\n  sensitive = true\n  ephemeral = true\n}}\n\n",
        quoted(name)
    )
}

/// What the sampler writes where any text will do.
fn is_placeholder(text: &str) -> bool {
    text.strip_suffix('0').is_some_and(|stem| stem.len() <= 7 && stem.chars().all(|c| c.is_ascii_lowercase()))
}

struct Writer<'a> {
    stem: &'a str,
    /// The variables that hold secrets, and their types.
    secrets: Vec<(String, &'static str)>,
}

impl Writer<'_> {
    /// The name before all others: it is what a reader looks for.
    fn entries(&mut self, attributes: &Map<String, Json>) -> Vec<(String, Expression)> {
        let mut sorted: Vec<_> = attributes.iter().collect();
        sorted.sort_by_key(|(name, _)| (*name != "name", name.as_str()));
        sorted.into_iter().map(|(name, value)| (name.clone(), self.value(name, value))).collect()
    }

    fn value(&mut self, name: &str, value: &Json) -> Expression {
        if let Some(secret) = name.strip_suffix("_wo") {
            let variable = match secret.starts_with(self.stem) {
                true => secret.to_owned(),
                false => format!("{}_{secret}", self.stem),
            };
            let ty = if value.is_object() { "map(string)" } else { "string" };
            self.secrets.push((variable.clone(), ty));
            return Expression::Raw(format!("var.{variable}"));
        }
        match value {
            Json::Object(fields) if name == "integrations" => self.integrations(fields),
            Json::Object(fields) if name == "metadata_override" => {
                let values = fields.values().map(|value| ("team".to_owned(), self.value(name, value)));
                Expression::Object(values.collect())
            }
            Json::Object(fields) => Expression::Object(self.entries(fields)),
            Json::Array(elements) => {
                Expression::List(elements.iter().map(|each| self.value(name, each)).collect())
            }
            Json::String(text) if text.starts_with('{') => {
                Expression::Raw("jsonencode({ team = \"search\" })".to_owned())
            }
            Json::String(text) => Expression::Text(self.text(name, text)),
            other => Expression::of(other),
        }
    }

    /// Integrations have their names as keys.
    fn integrations(&mut self, fields: &Map<String, Json>) -> Expression {
        let Some(first) = fields.values().next() else { return Expression::Object(Vec::new()) };
        let model = first.get("model_id").map(|_| self.text("model_id", "model0"));
        let key = match model {
            // The last part of `meta-llama/Llama-3.3`, in the characters that names have.
            Some(model) => {
                let last = model.rsplit('/').next().unwrap_or_default().to_ascii_lowercase();
                last.replace(['.', '_'], "-")
            }
            None => "main".to_owned(),
        };
        Expression::Object(vec![(key, self.value("", first))])
    }

    fn text(&self, name: &str, sampled: &str) -> String {
        let fits = |of: &str, attribute: &str| (of == self.stem || of.is_empty()) && attribute == name;
        let known = TEXTS.iter().find(|(of, attribute, _)| fits(of, attribute));
        match known {
            Some((.., text)) => (*text).to_owned(),
            None if name == "name" && is_placeholder(sampled) => self.stem.replace('_', "-"),
            None => sampled.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_example_shows_a_placeholder() {
        for kind in Catalog::get().kinds() {
            let made = matches!(crate::kinds::of(&kind.resource), Some((_, crate::kinds::Origin::Catalog)));
            let text = if made { example(kind) } else { continue };
            let found: Vec<_> =
                text.split('"').skip(1).step_by(2).filter(|text| is_placeholder(text)).collect();
            assert!(found.is_empty(), "{} needs texts for {found:?}:\n{text}", kind.resource);
        }
    }

    #[test]
    fn every_text_has_its_place() {
        let stems: Vec<_> = Catalog::get().kinds().map(|kind| kind.resource.clone()).collect();
        for (of, attribute, _) in TEXTS.iter().filter(|(of, ..)| !of.is_empty()) {
            let known = stems.iter().any(|stem| stem.ends_with(of));
            assert!(known, "no kind `{of}` for `{attribute}`");
        }
    }
}
