//! What the control plane knows, and how it changes.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    Error,
    manifest::{Kind, integration_kind},
    store::Store,
};

/// One stored object.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Record {
    pub(crate) kind: Kind,
    /// Unique within the kind, see [`Kind::identity`].
    pub(crate) identity: String,
    pub(crate) id: String,
    pub(crate) manifest: Value,
    pub(crate) created_at: String,
    pub(crate) updated_at: String,
    /// The agent's token, for clusters.
    pub(crate) token: Option<String>,
    /// Ids of a provider account's integrations by name; an integration keeps its id while its name stays.
    pub(crate) integration_ids: BTreeMap<String, String>,
    /// Order of environments.
    pub(crate) priority: u64,
}

impl Record {
    pub(crate) fn text(&self, field: &str) -> Option<&str> {
        self.manifest.get(field).and_then(Value::as_str)
    }

    pub(crate) fn name(&self) -> &str {
        self.text("name").unwrap_or_default()
    }

    /// The fully qualified name; environments have none.
    pub(crate) fn fqn(&self, tenant: &str) -> Option<String> {
        match self.kind {
            Kind::Environment => None,
            Kind::ProviderAccount => Some(format!("{tenant}:aws:{}", self.name())),
            Kind::Cluster | Kind::Workspace => Some(self.identity.clone()),
        }
    }

    /// The integrations' manifests; empty for other kinds.
    pub(crate) fn integrations(&self) -> &[Value] {
        match self.kind {
            Kind::ProviderAccount => {
                self.manifest.get("integrations").and_then(Value::as_array).map_or(&[], Vec::as_slice)
            }
            _ => &[],
        }
    }

    /// The FQN of one of the account's integrations.
    pub(crate) fn integration_fqn(&self, tenant: &str, integration: &Value) -> String {
        let name = integration.get("name").and_then(Value::as_str).unwrap_or_default();
        format!("{}:{}:{name}", self.fqn(tenant).unwrap_or_default(), integration_kind(integration))
    }
}

/// Until when a cluster counts as connected.
#[derive(Clone, Copy, Debug)]
enum Connected {
    Always,
    Until(Instant),
}

/// All objects of one tenant.
pub(crate) struct State {
    pub(crate) tenant: String,
    records: BTreeMap<(Kind, String), Record>,
    /// By the agent's token, so that a cluster made anew under an old name starts unconnected.
    connected: BTreeMap<String, Connected>,
    store: Store,
}

impl State {
    pub(crate) fn load(tenant: String, store: Store) -> Result<Self, Error> {
        let records = store
            .load()?
            .into_iter()
            .map(|record| ((record.kind, record.identity.clone()), record))
            .collect();
        Ok(Self { tenant, records, connected: BTreeMap::new(), store })
    }

    pub(crate) fn all(&self, kind: Kind) -> impl Iterator<Item = &Record> {
        self.records.values().filter(move |record| record.kind == kind)
    }

    pub(crate) fn named(&self, kind: Kind, identity: &str) -> Option<&Record> {
        self.records.get(&(kind, identity.to_owned()))
    }

    pub(crate) fn with_id(&self, kind: Kind, id: &str) -> Option<&Record> {
        self.all(kind).find(|record| record.id == id)
    }

    /// The record that storing the manifest makes: new, or with the id, age and token of the existing one.
    pub(crate) fn prepare(&self, kind: Kind, identity: String, manifest: Value) -> Record {
        let now = format!("{:.3}", jiff::Timestamp::now());
        let mut record = match self.named(kind, &identity) {
            Some(existing) => existing.clone(),
            None => Record {
                kind,
                id: if kind == Kind::Cluster { identity.clone() } else { new_id() },
                identity,
                manifest: Value::Null,
                created_at: now.clone(),
                updated_at: String::new(),
                token: (kind == Kind::Cluster).then(new_token),
                integration_ids: BTreeMap::new(),
                priority: 1 + self.all(kind).map(|record| record.priority).max().unwrap_or(0),
            },
        };
        record.manifest = manifest;
        record.updated_at = now;
        record.integration_ids = record
            .integrations()
            .iter()
            .filter_map(|integration| integration.get("name")?.as_str())
            .map(|name| {
                let known = record.integration_ids.get(name);
                (name.to_owned(), known.cloned().unwrap_or_else(new_id))
            })
            .collect();
        record
    }

    pub(crate) fn put(&mut self, record: Record) -> Result<(), Error> {
        self.store.put(&record)?;
        self.records.insert((record.kind, record.identity.clone()), record);
        Ok(())
    }

    pub(crate) fn remove(&mut self, record: &Record) -> Result<(), Error> {
        self.store.remove(record)?;
        self.records.remove(&(record.kind, record.identity.clone()));
        if let Some(token) = &record.token {
            self.connected.remove(token);
        }
        Ok(())
    }

    pub(crate) fn clear(&mut self) -> Result<(), Error> {
        self.store.clear()?;
        self.records.clear();
        self.connected.clear();
        Ok(())
    }

    pub(crate) fn cluster_with_token(&self, token: &str) -> Option<&Record> {
        self.all(Kind::Cluster).find(|record| record.token.as_deref() == Some(token))
    }

    /// Marks the holder of the token as connected: for good, or for a while.
    pub(crate) fn connect(&mut self, token: &str, lease: Option<Duration>) {
        let until = lease.map_or(Connected::Always, |lease| Connected::Until(Instant::now() + lease));
        self.connected.insert(token.to_owned(), until);
    }

    pub(crate) fn is_connected(&self, cluster: &Record) -> bool {
        match cluster.token.as_ref().and_then(|token| self.connected.get(token)) {
            Some(Connected::Always) => true,
            Some(Connected::Until(end)) => Instant::now() < *end,
            None => false,
        }
    }

    /// Counts and names of everything, for tests that want to see nothing left.
    pub(crate) fn inventory(&self) -> Value {
        let mut inventory = json!({"objects": self.records.len()});
        for kind in Kind::ALL {
            let names: Vec<_> = self.all(kind).map(|record| record.identity.as_str()).collect();
            inventory[kind.collection()] = json!({"count": names.len(), "names": names});
        }
        let integrations: Vec<_> = self
            .all(Kind::ProviderAccount)
            .flat_map(|account| {
                account.integrations().iter().map(|i| account.integration_fqn(&self.tenant, i))
            })
            .collect();
        inventory["provider-integrations"] = json!({"count": integrations.len(), "names": integrations});
        inventory
    }
}

fn new_id() -> String {
    Uuid::new_v4().to_string()
}

fn new_token() -> String {
    format!("tfyagent_{}{}", Uuid::new_v4().simple(), Uuid::new_v4().simple())
}
