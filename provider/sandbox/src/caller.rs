//! Who a token stands for.

use serde_json::{Value, json};

use crate::{base64url, kind::Kind, record::Record};

/// Who calls.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Caller {
    /// Such as `user` or `virtualaccount`.
    pub(crate) kind: String,
    /// The e-mail address of a user, the name of another.
    pub(crate) slug: String,
    pub(crate) id: String,
    /// Name of the personal access token that was shown.
    pub(crate) token_name: Option<String>,
    /// When the token ends, for tokens that do.
    pub(crate) expires: Option<jiff::Timestamp>,
}

impl Caller {
    /// The administrator, who holds the API key.
    pub(crate) fn administrator(tenant: &str) -> Self {
        Self {
            kind: "user".to_owned(),
            slug: email(tenant),
            id: administrator_id(tenant),
            token_name: None,
            expires: None,
        }
    }

    /// The tokens that the record holds, and whom each stands for.
    pub(crate) fn of(record: &Record, tenant: &str) -> Vec<(String, Self)> {
        let (kind, slug) = match record.kind {
            Kind::VirtualAccount => ("virtualaccount", record.name()),
            Kind::Agent | Kind::AgentIdentity => ("agent-identity", record.name()),
            Kind::PersonalAccessToken | Kind::Login => ("user", record.text("email").unwrap_or_default()),
            _ => return Vec::new(),
        };
        let id = match record.kind {
            Kind::PersonalAccessToken | Kind::Login => administrator_id(tenant),
            _ => record.id.clone(),
        };
        let tokens = record.list("jwts").iter().filter_map(|jwt| {
            let caller = Self {
                kind: kind.to_owned(),
                slug: slug.to_owned(),
                id: id.clone(),
                token_name: (record.kind == Kind::PersonalAccessToken).then(|| record.name().to_owned()),
                expires: jwt.get("expiry").and_then(Value::as_str).and_then(|text| text.parse().ok()),
            };
            Some((jwt.get("token")?.as_str()?.to_owned(), caller))
        });
        tokens.collect()
    }

    /// The virtual account that a token of an identity provider is mapped to.
    pub(crate) fn mapped<'r>(token: &str, mut accounts: impl Iterator<Item = &'r Record>) -> Option<Self> {
        let claims = base64url::decode(token.split('.').nth(1)?)?;
        let claims: Value = serde_json::from_slice(&claims).ok()?;
        let subject = claims.get("sub")?.as_str()?;
        let expires = jiff::Timestamp::from_second(claims.get("exp")?.as_i64()?).ok()?;
        let maps = |account: &&Record| {
            let mappings = account.manifest.get("identity_provider_mapping").and_then(Value::as_array);
            mappings.is_some_and(|mappings| mappings.iter().any(|mapping| mapping["value"] == subject))
        };
        let account = accounts.find(maps)?;
        let caller = Self {
            kind: "virtualaccount".to_owned(),
            slug: account.name().to_owned(),
            id: account.id.clone(),
            token_name: None,
            expires: Some(expires),
        };
        Some(caller).filter(Self::is_good)
    }

    pub(crate) fn is_good(&self) -> bool {
        self.expires.is_none_or(|end| jiff::Timestamp::now() < end)
    }

    /// As answers show it.
    pub(crate) fn subject(&self) -> Value {
        let mut subject = json!({
            "subjectId": self.id,
            "subjectType": self.kind,
            "subjectSlug": self.slug,
            "subjectDisplayName": self.slug
        });
        if let Some(name) = &self.token_name {
            subject["subjectPatName"] = name.as_str().into();
        }
        subject
    }
}

pub(crate) fn administrator_id(tenant: &str) -> String {
    format!("{tenant}-admin")
}

/// Of the administrator.
pub(crate) fn email(tenant: &str) -> String {
    format!("admin@{tenant}.example")
}
