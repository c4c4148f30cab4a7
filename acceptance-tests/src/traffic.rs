//! What went to a sandbox and came back, from its journal.

use anyhow::{Context as _, Result};
use serde_json::Value;

use crate::Sandbox;

/// Requests, by what they are for, and the sizes of their bodies.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Traffic {
    /// Requests that write: `PUT`, `POST`, `PATCH`.
    pub writes: u64,
    /// Requests that delete.
    pub deletes: u64,
    /// Requests that read, the pages of lists among them.
    pub reads: u64,
    /// Pages of whole lists.
    pub pages: u64,
    /// How often a list was begun: its first page.
    pub lists: u64,
    /// Bytes of the bodies of pages, and of what writes sent and were answered. An answer that a fault made is not counted.
    pub page_bytes: u64,
    /// See `page_bytes`.
    pub write_bytes: u64,
}

impl Traffic {
    /// Everything since the last question; `seen` holds how much that was. The journal keeps 10,000 requests, and forgets
    /// them with a reset.
    ///
    /// # Errors
    /// When the server cannot be asked, or its answer is no journal.
    pub fn since(sandbox: &Sandbox, seen: &mut usize) -> Result<Self> {
        let journal = sandbox.get("/_sandbox/requests")?;
        let all = journal["data"].as_array().with_context(|| format!("no journal: {journal}"))?;
        let traffic = Self::of(all.get(*seen..).unwrap_or_default());
        *seen = all.len();
        Ok(traffic)
    }

    fn of(requests: &[Value]) -> Self {
        let mut traffic = Self::default();
        for request in requests {
            let path = request["path"].as_str().unwrap_or_default();
            let bytes = [&request["request_bytes"], &request["answer_bytes"]].map(Value::as_u64);
            let bytes: u64 = bytes.into_iter().flatten().sum();
            match request["method"].as_str() {
                Some("GET" | "HEAD") => {
                    traffic.reads += 1;
                    if let Some(offset) = page(path) {
                        traffic.pages += 1;
                        traffic.lists += u64::from(offset == "0");
                        traffic.page_bytes += bytes;
                    }
                }
                Some("DELETE") => traffic.deletes += 1,
                _ => {
                    traffic.writes += 1;
                    traffic.write_bytes += bytes;
                }
            }
        }
        traffic
    }

    /// All requests.
    #[must_use]
    pub fn requests(&self) -> u64 {
        self.writes + self.deletes + self.reads
    }
}

/// The offset of a page of a whole list. With a filter, such as `?fqn=`, a list is the way to read one object.
fn page(path: &str) -> Option<&str> {
    let (_, query) = path.split_once('?')?;
    let mut parameters = query.split('&').filter(|parameter| !parameter.starts_with("limit="));
    let offset = parameters.next()?.strip_prefix("offset=")?;
    parameters.next().is_none().then_some(offset)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn requests_are_told_apart() {
        let request = |method: &str, path: &str, answer: Value| json!({ "method": method, "path": path, "request_bytes": 10, "answer_bytes": answer });
        let traffic = Traffic::of(&[
            request("GET", "/workspaces/1", json!(50)),
            request("GET", "/workspaces?fqn=prod%3Aone&limit=100&offset=0", json!(50)),
            request("GET", "/workspaces?limit=100&offset=0", json!(1000)),
            request("GET", "/workspaces?limit=100&offset=100", json!(1000)),
            request("GET", "/workspaces?offset=0&limit=100", json!(1000)),
            request("PUT", "/workspaces", json!(null)),
            request("DELETE", "/workspaces/1", json!(0)),
        ]);
        assert_eq!(
            traffic,
            Traffic {
                writes: 1,
                deletes: 1,
                reads: 5,
                pages: 3,
                lists: 2,
                page_bytes: 3030,
                write_bytes: 10
            }
        );
        assert_eq!(traffic.requests(), 7);
    }
}
