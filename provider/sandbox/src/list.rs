//! Lists: filters and pages.

use serde_json::{Value, json};

use crate::{
    answer::{self, Answer},
    api::Request,
    manifest::Kind,
    state::State,
};

/// `GET` on a collection.
pub(crate) fn objects(state: &State, kind: Kind, request: &Request<'_>) -> Result<Answer, Answer> {
    // Query keys that filter; others are ignored, as the API does.
    let filters: &[(&str, &str)] = match kind {
        Kind::Workspace => &[("clusterId", "clusterId"), ("name", "name"), ("fqn", "fqn")],
        Kind::ProviderAccount => &[("id", "id"), ("fqn", "fqn")],
        Kind::Environment | Kind::Cluster => &[],
    };
    let items = state.all(kind).map(|record| answer::entity(state, record));
    page(items.filter(|item| passes(item, filters, request)).collect(), request)
}

/// `GET /provider-integrations`.
pub(crate) fn integrations(state: &State, request: &Request<'_>) -> Result<Answer, Answer> {
    const FILTERS: &[(&str, &str)] = &[("type", "type"), ("fqn", "fqn"), ("id", "id")];
    let items = state.all(Kind::ProviderAccount).flat_map(|account| {
        account.integrations().iter().map(|manifest| answer::integration(state, account, manifest))
    });
    page(items.filter(|item| passes(item, FILTERS, request)).collect(), request)
}

fn passes(item: &Value, filters: &[(&str, &str)], request: &Request<'_>) -> bool {
    filters.iter().all(|(key, field)| request.query(key).is_none_or(|wanted| item[*field] == *wanted))
}

/// One page of the items, in the envelope that every list has.
pub(crate) fn page(items: Vec<Value>, request: &Request<'_>) -> Result<Answer, Answer> {
    let limit = number(request, "limit", 100)?;
    let offset = number(request, "offset", 0)?;
    if !(1..=1000).contains(&limit) {
        return Err(Answer::error(400, "`limit` must be from 1 to 1000"));
    }
    let total = items.len();
    let data: Vec<_> = items.into_iter().skip(offset).take(limit).collect();
    let pagination = json!({"total": total, "offset": offset, "limit": limit});
    Ok(Answer::ok(json!({"data": data, "pagination": pagination})))
}

fn number(request: &Request<'_>, key: &str, default: usize) -> Result<usize, Answer> {
    match request.query(key) {
        None => Ok(default),
        Some(text) => text.parse().map_err(|_| Answer::error(400, format!("`{key}` must be a whole number"))),
    }
}
