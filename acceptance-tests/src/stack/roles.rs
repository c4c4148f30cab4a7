//! The roles of Terraform's runs, which the module `hcp-identity` makes, and runs that come in as HCP Terraform's do: with a token
//! that says whose run it is and in which phase, and no key.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use fs_err as fs;
use serde_json::{Value, json};

use super::Root;

/// The root module that makes them.
pub(super) const TEXT: &str = include_str!("roles.tf");
const ISSUER: &str = "https://app.terraform.io";
const AUDIENCE: &str = "aws.workload.identity";
/// End of the tokens, in seconds since 1970: the year 2100.
const END: u64 = 4_102_444_800;
/// What says whose key is used, in place of which a token is.
const KEYS: [&str; 3] = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"];

/// What a run does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    Plan,
    Apply,
}

impl Phase {
    const fn name(self) -> &'static str {
        match self {
            Self::Plan => "plan",
            Self::Apply => "apply",
        }
    }
}

/// One role that plans and one that applies.
#[derive(Debug)]
pub(super) struct Roles {
    /// Whose runs these are.
    workspace: String,
    plan: String,
    apply: String,
    boundary: String,
    /// Where the tokens are.
    folder: PathBuf,
}

impl Roles {
    /// Those that an applied root module of [`TEXT`] has made.
    pub(super) fn of(root: &Root) -> Result<Self> {
        let text = |output: &str| -> Result<String> {
            let value = root.terraform.output(output)?;
            Ok(value.as_str().with_context(|| format!("`{output}` is no text: {value}"))?.to_owned())
        };
        let folder = root.terraform.folder().to_path_buf();
        let [workspace, plan, apply, boundary] =
            [text("workspace")?, text("plan")?, text("apply")?, text("boundary")?];
        Ok(Self { workspace, plan, apply, boundary, folder })
    }

    /// ARN of what bounds the roles that an apply makes.
    pub(super) fn boundary(&self) -> &str {
        &self.boundary
    }

    /// The variables with which a run reaches the local AWS, from those of whoever bootstraps.
    pub(super) fn variables(
        &self,
        phase: Phase,
        given: &[(String, String)],
    ) -> Result<Vec<(String, String)>> {
        let role = match phase {
            Phase::Plan => &self.plan,
            Phase::Apply => &self.apply,
        };
        let file = self.token(phase)?;
        let mut variables: Vec<_> =
            given.iter().filter(|(name, _)| !KEYS.contains(&name.as_str())).cloned().collect();
        // The provider takes a role before it looks at what is said of all services.
        if let Some((_, endpoint)) = given.iter().find(|(name, _)| name == "AWS_ENDPOINT_URL") {
            variables.push(("AWS_ENDPOINT_URL_STS".to_owned(), endpoint.clone()));
        }
        variables.push(("AWS_ROLE_ARN".to_owned(), role.clone()));
        variables.push(("AWS_ROLE_SESSION_NAME".to_owned(), format!("terraform-run-{}", phase.name())));
        variables.push(("AWS_WEB_IDENTITY_TOKEN_FILE".to_owned(), file.display().to_string()));
        Ok(variables)
    }

    /// As HCP Terraform writes it, without a signature, which the local AWS does not look at.
    fn token(&self, phase: Phase) -> Result<PathBuf> {
        let claims = json!({
            "iss": ISSUER,
            "aud": AUDIENCE,
            "exp": END,
            "sub": format!("organization:acme:project:ml-platform:workspace:{}:run_phase:{}", self.workspace, phase.name()),
        });
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let text = format!("{}.{}.", part(&json!({ "alg": "none", "typ": "JWT" })), part(&claims));
        let file = Path::new(&self.folder).join(format!("{}.jwt", phase.name()));
        fs::write(&file, text)?;
        Ok(file)
    }
}
