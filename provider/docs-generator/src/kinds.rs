//! Which heading of the registry's menu each kind stands under, and whose hand its example is of. Reviewed: a kind that
//! the catalog gains is entered here, and a test says so.

/// Where an example comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Written by hand.
    Hand,
    /// Made from the catalog.
    Catalog,
}

use Origin::{Catalog, Hand};

/// `(heading, kinds)`: each kind as its resource without `truefoundry_`.
pub(crate) const HEADINGS: &[(&str, &[(&str, Origin)])] = &[
    (
        "Platform",
        &[
            ("alert_config", Hand),
            ("cluster", Hand),
            ("environment", Hand),
            ("manifest", Hand),
            ("secret", Hand),
            ("secret_group", Hand),
            ("settings_ai_features", Catalog),
            ("settings_common_tools", Hand),
            ("workspace", Hand),
        ],
    ),
    (
        "Provider accounts",
        &[
            ("provider_account_aws", Hand),
            ("provider_account_azure", Hand),
            ("provider_account_bitbucket", Catalog),
            ("provider_account_custom", Hand),
            ("provider_account_dockerhub", Catalog),
            ("provider_account_gcp", Hand),
            ("provider_account_github", Hand),
            ("provider_account_gitlab", Catalog),
            ("provider_account_hashicorp", Catalog),
            ("provider_account_jfrog", Catalog),
            ("provider_account_ms_teams", Catalog),
            ("provider_account_pagerduty", Catalog),
            ("provider_account_quay", Catalog),
            ("provider_account_slack", Hand),
            ("provider_account_truefoundry", Catalog),
            ("provider_account_ttl", Catalog),
            ("provider_account_webhook", Catalog),
        ],
    ),
    (
        "Model accounts",
        &[
            ("provider_account_ai21", Catalog),
            ("provider_account_anthropic", Hand),
            ("provider_account_aws_bedrock", Hand),
            ("provider_account_aws_bedrock_mantle", Catalog),
            ("provider_account_aws_claude_platform", Catalog),
            ("provider_account_aws_sagemaker", Catalog),
            ("provider_account_azure_foundry", Catalog),
            ("provider_account_azure_openai", Hand),
            ("provider_account_baseten", Catalog),
            ("provider_account_cartesia", Catalog),
            ("provider_account_cerebras", Catalog),
            ("provider_account_cloudera", Catalog),
            ("provider_account_cohere", Catalog),
            ("provider_account_custom_endpoint", Catalog),
            ("provider_account_databricks", Catalog),
            ("provider_account_deepgram", Catalog),
            ("provider_account_deepinfra", Catalog),
            ("provider_account_elevenlabs", Catalog),
            ("provider_account_google_gemini", Hand),
            ("provider_account_google_vertex", Hand),
            ("provider_account_groq", Catalog),
            ("provider_account_microsoft_foundry", Catalog),
            ("provider_account_mistral_ai", Catalog),
            ("provider_account_nomic", Catalog),
            ("provider_account_ollama", Catalog),
            ("provider_account_openai", Hand),
            ("provider_account_openrouter", Catalog),
            ("provider_account_palm", Catalog),
            ("provider_account_perplexity_ai", Catalog),
            ("provider_account_sambanova", Catalog),
            ("provider_account_self_hosted_model", Hand),
            ("provider_account_smallest_ai", Catalog),
            ("provider_account_snowflake_cortex", Catalog),
            ("provider_account_together_ai", Catalog),
            ("provider_account_virtual_model", Hand),
            ("provider_account_wafer", Catalog),
            ("provider_account_xai", Catalog),
        ],
    ),
    (
        "AI gateway",
        &[
            ("gateway_budget_config", Hand),
            ("gateway_data_access_config", Catalog),
            ("gateway_data_routing_config", Catalog),
            ("gateway_global_settings", Hand),
            ("gateway_guardrails_config", Hand),
            ("gateway_load_balancing_config", Hand),
            ("gateway_logging_config", Hand),
            ("gateway_metadata_config", Catalog),
            ("gateway_otel_config", Hand),
            ("gateway_rate_limiting_config", Hand),
            ("gateway_team_budget", Hand),
            ("gateway_tenant_budget", Hand),
            ("provider_account_guardrail_config_group", Hand),
        ],
    ),
    (
        "MCP servers and agents",
        &[
            ("agent", Hand),
            ("agent_channel", Catalog),
            ("agent_identity", Catalog),
            ("legacy_agent", Catalog),
            ("mcp_server_openapi", Hand),
            ("mcp_server_remote", Hand),
            ("mcp_server_stdio", Catalog),
            ("mcp_server_tfy_managed", Catalog),
            ("mcp_server_virtual", Hand),
            ("provider_account_mcp_server_group", Catalog),
            ("remote_agent_self_hosted", Catalog),
        ],
    ),
    (
        "Deployments",
        &[
            ("application_set", Hand),
            ("async_service", Hand),
            ("helm", Hand),
            ("job", Hand),
            ("notebook", Hand),
            ("rstudio", Catalog),
            ("service", Hand),
            ("spark_job", Catalog),
            ("ssh_server", Hand),
            ("volume", Hand),
            ("workflow", Hand),
        ],
    ),
    (
        "ML",
        &[
            ("artifact_version", Catalog),
            ("data_directory", Catalog),
            ("ml_repo", Hand),
            ("model_version", Catalog),
            ("prompt_version", Catalog),
            ("tracing_project", Hand),
        ],
    ),
    (
        "Governance",
        &[
            ("policy", Hand),
            ("role", Hand),
            ("role_binding", Hand),
            ("team", Hand),
            ("user", Hand),
            ("virtual_account", Hand),
        ],
    ),
];

/// The heading of whatever belongs to a kind and is named after it, such as `truefoundry_virtual_account_token`.
pub(crate) fn heading(name: &str) -> &'static str {
    let name = name.trim_start_matches("truefoundry_");
    let all =
        HEADINGS.iter().flat_map(|(heading, kinds)| kinds.iter().map(move |(kind, _)| (*kind, *heading)));
    let longest = all.filter(|(kind, _)| name.starts_with(kind)).max_by_key(|(kind, _)| kind.len());
    longest.map_or("Platform", |(_, heading)| heading)
}

/// The heading and the origin of a resource's example, by the resource's type.
#[must_use]
pub fn of(resource: &str) -> Option<(&'static str, Origin)> {
    let short = resource.trim_start_matches("truefoundry_");
    HEADINGS.iter().find_map(|(heading, kinds)| {
        let (_, origin) = kinds.iter().find(|(kind, _)| *kind == short)?;
        Some((*heading, *origin))
    })
}
