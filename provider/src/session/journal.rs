//! A record of creates that are under way, or whose outcome Terraform may never have learnt.
//!
//! The control plane creates and updates by the same request, so a create is refused when an object of its name exists
//! already: it may be somebody else's. But an answer may be lost, and provider or Terraform may be killed before the state is
//! written; then there is an object of ours that no state knows, and the next apply must not refuse it. So each create
//! leaves a record beside Terraform's own working data before it sends anything. What a record proves:
//!
//! * **With an id**, which the control plane has answered: that object and no other.
//! * **Without**: that an object was made by us when it was made while the attempt lasted, and by whom the key belongs to.
//!   Where the control plane does not say when, where clocks may differ by more than the attempt took, or where it was killed and its
//!   end is not known, the object must hold what is to be written as well.
//!
//! A record holds for one Terraform workspace of one working directory. It goes when the write was surely refused, when the object is
//! next read by way of the state, which proves that the state has it, and when it is deleted. It holds no part of the manifest, hence no
//! secret.

use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use fs_err as fs;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use truefoundry_api::Entity;

use super::Subject;

/// How long after its start a create whose end is not known may still have been running: all attempts of it.
const LONGEST_CREATE: SignedDuration = SignedDuration::from_mins(10);
/// How far the control plane's clock and the one of this machine may differ.
const CLOCK_SKEW: SignedDuration = SignedDuration::from_mins(2);
/// As far as the control plane's own time is known: it is told in seconds.
const ITS_CLOCK: SignedDuration = SignedDuration::from_secs(2);

/// Records of creates, in a folder of the working directory.
pub(crate) struct Journal {
    folder: PathBuf,
    host: String,
    workspace: String,
}

/// What a record says of an object that is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Proof {
    /// This create made it.
    Made,
    /// This create may have made it: it did if it is as it was to be.
    MadeIfSame,
    /// Nothing says that this create made it.
    None,
}

/// The time at the control plane.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Clock {
    pub(crate) now: SystemTime,
    /// Whether it comes from the control plane, and not from this machine.
    pub(crate) is_its_own: bool,
}

#[derive(Serialize, Deserialize)]
struct Record {
    host: String,
    workspace: String,
    kind: String,
    key: String,
    begun: Timestamp,
    /// Whether the times are by the control plane's clock.
    its_clock: bool,
    /// When the attempt ended; not known while it runs, and when it was killed.
    ended: Option<Timestamp>,
    /// The id that the control plane has answered.
    id: Option<String>,
}

impl Record {
    fn is_of(&self, journal: &Journal, subject: &Subject) -> bool {
        let names = [&self.host, &self.workspace, &self.kind, &self.key];
        names == [&journal.host, &journal.workspace, &subject.kind, &subject.key]
    }

    fn proof(&self, existing: &Entity, me: Option<&str>) -> Proof {
        if let Some(id) = &self.id {
            return if existing.id() == id { Proof::Made } else { Proof::None };
        }
        if let (Some(me), Some(maker)) = (me, existing.created_by())
            && me != maker
        {
            return Proof::None;
        }
        let Some(created) = existing.created_at().and_then(|text| text.parse::<Timestamp>().ok()) else {
            return Proof::MadeIfSame;
        };
        let skew = if self.its_clock { ITS_CLOCK } else { CLOCK_SKEW };
        let ended = self.ended.unwrap_or(self.begun + LONGEST_CREATE);
        if created < self.begun - skew || created > ended + skew {
            return Proof::None;
        }
        let is_certain = self.its_clock && self.ended.is_some_and(|ended| created <= ended);
        if is_certain { Proof::Made } else { Proof::MadeIfSame }
    }
}

impl Journal {
    /// The journal of the directory Terraform runs in, for objects at `host`.
    pub(crate) fn in_working_directory(host: &str) -> Self {
        let data = std::env::var_os("TF_DATA_DIR").map_or_else(|| PathBuf::from(".terraform"), PathBuf::from);
        let chosen = || fs::read_to_string(data.join("environment")).ok().map(|name| name.trim().to_owned());
        let workspace = std::env::var("TF_WORKSPACE").ok().or_else(chosen).filter(|name| !name.is_empty());
        Self::at(&data.join("truefoundry"), host, workspace.as_deref().unwrap_or("default"))
    }

    fn at(folder: &Path, host: &str, workspace: &str) -> Self {
        Self { folder: folder.to_owned(), host: host.to_owned(), workspace: workspace.to_owned() }
    }

    /// Notes that an object, which does not exist yet, is about to be created.
    ///
    /// # Errors
    /// When the record cannot be written whole: nothing may be created then.
    pub(crate) fn begin(&self, subject: &Subject, clock: Clock) -> io::Result<()> {
        self.write(&Record {
            host: self.host.clone(),
            workspace: self.workspace.clone(),
            kind: subject.kind.clone(),
            key: subject.key.clone(),
            begun: timestamp(clock.now),
            its_clock: clock.is_its_own,
            ended: None,
            id: None,
        })
    }

    /// Notes how the attempt ended: with the id of the object, or without an answer that could be understood.
    pub(crate) fn note(&self, subject: &Subject, clock: Clock, id: Option<&str>) {
        let Some(mut record) = self.record(subject) else { return };
        record.id = id.map(str::to_owned).or(record.id);
        record.ended = record.ended.or(Some(timestamp(clock.now)));
        // What was noted before proves nearly as much.
        if let Err(error) = self.write(&record) {
            tracing::warn!(%error, "the end of a create could not be noted");
        }
    }

    /// What is known of who made `existing`; `me` is whom the key belongs to.
    pub(crate) fn proof(&self, subject: &Subject, existing: &Entity, me: Option<&str>) -> Proof {
        self.record(subject).map_or(Proof::None, |record| record.proof(existing, me))
    }

    /// Whether there is a record of it.
    pub(crate) fn knows(&self, subject: &Subject) -> bool {
        self.record(subject).is_some()
    }

    /// Forgets a create: its object is in the state, or is surely not there.
    pub(crate) fn end(&self, subject: &Subject) {
        // There is none as a rule: an object is read far more often than it is created.
        let _ = std::fs::remove_file(self.file(subject));
    }

    fn record(&self, subject: &Subject) -> Option<Record> {
        let record: Record = serde_json::from_slice(&fs::read(self.file(subject)).ok()?).ok()?;
        record.is_of(self, subject).then_some(record)
    }

    /// Whole or not at all.
    fn write(&self, record: &Record) -> io::Result<()> {
        fs::create_dir_all(&self.folder)?;
        let file = self.file(&Subject { kind: record.kind.clone(), key: record.key.clone() });
        let unfinished = file.with_extension("unfinished");
        let written =
            fs::write(&unfinished, serde_json::to_vec(record)?).and_then(|()| fs::rename(&unfinished, &file));
        if written.is_err() {
            // It takes room that may be missing.
            let _ = std::fs::remove_file(&unfinished);
        }
        written
    }

    /// Names may be longer than those of files, and differ in what no file's name may have.
    fn file(&self, subject: &Subject) -> PathBuf {
        let mut hash = Sha256::new();
        for part in [&self.host, &self.workspace, &subject.kind, &subject.key] {
            hash.update(part.len().to_le_bytes());
            hash.update(part);
        }
        let name: String = hash.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect();
        self.folder.join(format!("create-{name}.json"))
    }
}

fn timestamp(time: SystemTime) -> Timestamp {
    Timestamp::try_from(time).unwrap_or_else(|_| Timestamp::now())
}

#[cfg(test)]
mod tests;
