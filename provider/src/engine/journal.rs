//! A record of creates that are under way.
//!
//! The control plane creates and updates by the same request, so a create is refused when an object of its name exists
//! already: it may be somebody else's. A provider that is killed between that request and its answer leaves an object
//! that no state knows, and the next apply must not refuse it. So each create leaves a record beside Terraform's own
//! working data before it sends anything; an object that appeared while that create could have been running is then
//! known to be ours. The record goes when the object is next read by way of the state, which proves that the state
//! has it. It holds no part of the manifest, hence no secret.

use std::path::{Path, PathBuf};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use truefoundry_api::Entity;

/// How long after its start a create may still have been running: all retries of one request, and clocks that differ.
const LONGEST_CREATE: SignedDuration = SignedDuration::from_mins(10);
/// How far the control plane's clock may lag behind ours.
const CLOCK_SKEW: SignedDuration = SignedDuration::from_mins(2);

/// How long after a create its object may not be shown yet.
const SETTLING: SignedDuration = SignedDuration::from_mins(1);

/// Records of creates, in a folder of the working directory.
pub(crate) struct Journal {
    folder: PathBuf,
    host: String,
}

#[derive(Serialize, Deserialize)]
struct Record {
    host: String,
    kind: String,
    key: String,
    started: Timestamp,
}

impl Journal {
    /// The journal of the directory Terraform runs in, for objects at `host`.
    pub(crate) fn in_working_directory(host: &str) -> Self {
        let data = std::env::var_os("TF_DATA_DIR").map_or_else(|| PathBuf::from(".terraform"), PathBuf::from);
        Self::at(&data.join("truefoundry"), host)
    }

    fn at(folder: &Path, host: &str) -> Self {
        Self { folder: folder.to_owned(), host: host.to_owned() }
    }

    /// Notes that an object, which does not exist yet, is about to be created. A record that cannot be written only
    /// costs convenience after a crash, so it is not an error.
    pub(crate) fn begin(&self, kind: &str, key: &str) {
        let record = Record {
            host: self.host.clone(),
            kind: kind.to_owned(),
            key: key.to_owned(),
            started: Timestamp::now(),
        };
        let written = fs_err::create_dir_all(&self.folder).and_then(|()| {
            let json = serde_json::to_vec(&record)?;
            fs_err::write(self.file(kind, key), json)
        });
        if let Err(error) = written {
            tracing::warn!(%error, "no record of the create could be written");
        }
    }

    fn record(&self, kind: &str, key: &str) -> Option<Record> {
        let record: Record = serde_json::from_slice(&fs_err::read(self.file(kind, key)).ok()?).ok()?;
        (record.host == self.host && record.kind == kind && record.key == key).then_some(record)
    }

    /// Whether an object was created a moment ago and never read since.
    pub(crate) fn is_settling(&self, kind: &str, key: &str) -> bool {
        self.record(kind, key).is_some_and(|record| Timestamp::now() < record.started + SETTLING)
    }

    /// Whether `existing` came about by a create of ours that never learnt its answer.
    pub(crate) fn made(&self, kind: &str, key: &str, existing: &Entity) -> bool {
        // What is about machine learning is written in another style.
        let created = existing.text("createdAt").or_else(|| existing.text("created_at"));
        let created = created.and_then(|text| text.parse::<Timestamp>().ok());
        let (Some(record), Some(created)) = (self.record(kind, key), created) else { return false };
        created >= record.started - CLOCK_SKEW && created <= record.started + LONGEST_CREATE
    }

    /// Forgets a create: its object is in the state, or the control plane refused it.
    pub(crate) fn end(&self, kind: &str, key: &str) {
        // There is none as a rule: an object is read far more often than it is created.
        let _ = std::fs::remove_file(self.file(kind, key));
    }

    fn file(&self, kind: &str, key: &str) -> PathBuf {
        let name: String = format!("create-{kind}-{key}.json")
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() || matches!(c, '-' | '.') { c } else { '_' })
            .collect();
        self.folder.join(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn created(at: Timestamp) -> Entity {
        Entity::from_value(json!({ "id": "1", "name": "x", "createdAt": at.to_string() })).unwrap()
    }

    #[test]
    fn only_an_object_made_during_the_recorded_create_is_ours() {
        let folder = tempfile::tempdir().unwrap();
        let journal = Journal::at(folder.path(), "https://a");
        let now = Timestamp::now();
        assert!(!journal.made("workspace", "c:w", &created(now)), "no record");

        assert!(!journal.is_settling("workspace", "c:w"));

        journal.begin("workspace", "c:w");
        assert!(journal.is_settling("workspace", "c:w"));
        assert!(!journal.is_settling("workspace", "c:other"));
        assert!(journal.made("workspace", "c:w", &created(now)));
        assert!(!journal.made("workspace", "c:other", &created(now)), "another object");
        assert!(!journal.made("cluster", "c:w", &created(now)), "another kind");
        let hour = SignedDuration::from_hours(1);
        assert!(!journal.made("workspace", "c:w", &created(now - hour)), "was there before");
        assert!(!journal.made("workspace", "c:w", &created(now + hour)), "made later by somebody else");
        let other_style =
            Entity::from_value(json!({ "id": "1", "name": "x", "created_at": now.to_string() })).unwrap();
        assert!(journal.made("workspace", "c:w", &other_style));
        let undated = Entity::from_value(json!({ "id": "1", "name": "x" })).unwrap();
        assert!(!journal.made("workspace", "c:w", &undated), "unknown age");
        assert!(
            !Journal::at(folder.path(), "https://b").made("workspace", "c:w", &created(now)),
            "another tenant"
        );

        journal.end("workspace", "c:w");
        assert!(!journal.made("workspace", "c:w", &created(now)));
    }

    #[test]
    fn a_folder_that_cannot_be_written_is_no_error() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        fs_err::write(&file, "").unwrap();
        let journal = Journal::at(&file, "https://a");
        journal.begin("workspace", "c:w");
        journal.end("workspace", "c:w");
    }
}
