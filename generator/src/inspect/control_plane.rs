//! The control plane: whether it answers, whether it takes the key, and whether it has a cluster of the platform's name.

use serde_json::Value;

use super::failure::Failure;
use super::{ApiKey, Asker, Options, http};
use crate::facts::{Answer, ControlPlane, Why};

/// Answers without a key.
const HEALTH: &str = "/api/svc/";
/// Tells who a key is of.
const SESSION: &str = "/api/svc/v1/session";
/// Lists the clusters of the tenant. It has no filter by name.
const CLUSTERS: &str = "/api/svc/v1/clusters";
/// How many clusters a page asks for, and how many pages are asked for: no tenant has so many.
const PAGE: usize = 100;
const PAGES: usize = 20;

impl Asker<'_> {
    pub(super) async fn control_plane(&self, options: &Options) -> Answer<ControlPlane> {
        let Some(address) = options.control_plane.clone() else { return no_address() };
        self.ask("the control plane", true, async move {
            let url = format!("{address}{HEALTH}");
            let answer = http::off_thread(move || http::get(&url, &[])).await?;
            Ok(ControlPlane { address, status: answer.status })
        })
        .await
    }

    pub(super) async fn key(&self, options: &Options) -> Answer<bool> {
        let Some(address) = options.control_plane.clone() else { return no_address() };
        let Some(ApiKey(key)) = options.api_key.clone() else {
            return Answer::unchecked(Why::NotAsked, "`TFY_API_KEY` is not set");
        };
        self.ask("the API key", true, async move {
            let url = format!("{address}{SESSION}");
            let answer = http::off_thread(move || http::get(&url, &[bearer(&key)])).await?;
            taken(answer.status)
        })
        .await
    }

    /// The cluster of the platform's name, where the control plane takes the `key`.
    pub(super) async fn registered(&self, options: &Options, key: &Answer<bool>) -> Answer<String> {
        let (Some(address), Some(ApiKey(text))) = (options.control_plane.clone(), options.api_key.clone())
        else {
            return Answer::default();
        };
        let name = self.questions.platform.clone();
        self.ask("the cluster in the control plane", key == &Answer::Known(true), async move {
            http::off_thread(move || find(&format!("{address}{CLUSTERS}"), &bearer(&text), &name)).await
        })
        .await
    }
}

fn bearer(key: &str) -> (String, String) {
    ("authorization".to_owned(), format!("Bearer {key}"))
}

/// The ID of the cluster of this name, page by page.
fn find(url: &str, bearer: &(String, String), name: &str) -> Result<String, Failure> {
    let mut seen = 0;
    for _ in 0..PAGES {
        let page = format!("{url}?limit={PAGE}&offset={seen}");
        let answer = http::get(&page, std::slice::from_ref(bearer))?;
        match called(answer.status, &answer.body, name, &mut seen)? {
            Found::Cluster(id) => return Ok(id),
            Found::None => return Err(Failure::absent()),
            Found::NotYet => {}
        }
    }
    Err(Failure::incomplete(too_many(seen)))
}

/// What a page of clusters says.
#[derive(Debug, PartialEq, Eq)]
enum Found {
    /// It has the one.
    Cluster(String),
    /// It is the last.
    None,
    /// There are more.
    NotYet,
}

/// Looks through a page, and counts what was `seen`.
fn called(status: u16, body: &str, name: &str, seen: &mut usize) -> Result<Found, Failure> {
    let unreadable = |what: &str| {
        let text = format!("the control plane answers {what} to which clusters it has");
        Failure::new(if status == 403 { Why::Denied } else { Why::Unreadable }, text)
    };
    if status != 200 {
        return Err(unreadable(&format!("with status {status}")));
    }
    let page: Value = serde_json::from_str(body).map_err(|_| unreadable("with something else"))?;
    let clusters = page["data"].as_array().ok_or_else(|| unreadable("with something else"))?;
    let is_it = |cluster: &&Value| {
        [&cluster["manifest"]["name"], &cluster["name"], &cluster["fqn"]].iter().any(|text| *text == name)
    };
    if let Some(cluster) = clusters.iter().find(is_it) {
        return Ok(Found::Cluster(cluster["id"].as_str().unwrap_or(name).to_owned()));
    }
    *seen += clusters.len();
    let total = page["pagination"]["total"].as_u64().and_then(|total| usize::try_from(total).ok());
    match total {
        Some(total) if *seen < total && clusters.is_empty() => {
            Err(Failure::incomplete(format!("the control plane lists {seen} of {total} clusters")))
        }
        Some(total) if *seen < total => Ok(Found::NotYet),
        None if clusters.len() >= PAGE => Ok(Found::NotYet),
        Some(_) | None => Ok(Found::None),
    }
}

fn no_address<T>() -> Answer<T> {
    Answer::unchecked(Why::NotAsked, "no control plane is named")
}

/// Whether the key was taken.
fn taken(status: u16) -> Result<bool, Failure> {
    match status {
        200 => Ok(true),
        401 | 403 => Ok(false),
        429 => Err(Failure::new(Why::Throttled, "the control plane asks to slow down")),
        status => {
            let text = format!("the control plane answers with status {status} to who the key is of");
            Err(Failure::new(Why::Unreadable, text))
        }
    }
}

fn too_many(seen: usize) -> String {
    format!("the control plane lists more than {seen} clusters")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_without_an_end_is_told() {
        assert_eq!(too_many(5000), "the control plane lists more than 5000 clusters");
    }

    #[test]
    fn a_key_is_refused_by_the_control_plane_and_by_nothing_else() {
        assert_eq!((taken(200), taken(401)), (Ok(true), Ok(false)));
        let slow = Failure::new(Why::Throttled, "the control plane asks to slow down");
        assert_eq!(taken(429), Err(slow));
        let text = "the control plane answers with status 502 to who the key is of";
        assert_eq!(taken(502), Err(Failure::new(Why::Unreadable, text)));
    }
    #[test]
    fn a_cluster_is_found_by_its_name_and_absent_only_at_the_end_of_the_list() {
        let look = |body: &str| {
            let mut seen = 0;
            (called(200, body, "acme", &mut seen), seen)
        };
        let of =
            |clusters: &str, total: &str| format!(r#"{{"data": [{clusters}], "pagination": {{{total}}}}}"#);
        let other = r#"{"id": "o", "manifest": {"name": "acme-2"}}"#;
        let ours = r#"{"id": "c1", "manifest": {"name": "acme"}}"#;
        assert_eq!(look(&of(&format!("{other}, {ours}"), "")).0, Ok(Found::Cluster("c1".to_owned())));
        assert_eq!(look(&of(r#"{"name": "acme"}"#, "")).0, Ok(Found::Cluster("acme".to_owned())));
        assert_eq!(look(&of(other, "")), (Ok(Found::None), 1));
        assert_eq!(look(&of(other, r#""total": 1"#)), (Ok(Found::None), 1));
        assert_eq!(look(&of(other, r#""total": 2"#)), (Ok(Found::NotYet), 1));
        assert_eq!(look(&of(&vec![other; PAGE].join(","), "")), (Ok(Found::NotYet), PAGE));
        let short = Failure::incomplete("the control plane lists 0 of 2 clusters");
        assert_eq!(look(&of("", r#""total": 2"#)).0, Err(short));
        let text = "the control plane answers with something else to which clusters it has";
        for body in ["<html>", "{}", r#"{"data": null}"#] {
            assert_eq!(look(body).0, Err(Failure::new(Why::Unreadable, text)), "{body}");
        }
        let text = "the control plane answers with status 403 to which clusters it has";
        assert_eq!(called(403, "", "acme", &mut 0), Err(Failure::new(Why::Denied, text)));
    }
}
