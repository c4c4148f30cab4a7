//! What the control plane knows, and how it changes.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use crate::{
    Error, builtin,
    caller::Caller,
    kind::Kind,
    record::{Record, new_id, now},
    references::{self, Target},
    store::Store,
    switches::Switches,
};

/// Until when a cluster counts as connected.
#[derive(Clone, Copy, Debug)]
enum Connected {
    Always,
    Until(Instant),
}

/// The objects of one kind.
#[derive(Default)]
struct Table {
    records: BTreeMap<String, Record>,
    /// Identities by id.
    ids: HashMap<String, String>,
}

/// All objects of one tenant.
pub(crate) struct State {
    pub(crate) tenant: String,
    pub(crate) switches: Switches,
    tables: BTreeMap<Kind, Table>,
    /// Who names an object in a manifest.
    users: BTreeMap<Target, BTreeSet<(Kind, String)>>,
    /// Who may call, by token.
    callers: HashMap<String, Caller>,
    /// By the agent's token, so that a cluster made anew under an old name starts unconnected.
    connected: BTreeMap<String, Connected>,
    /// How often something was asked for: connections, deployments. Gone with the process.
    polls: HashMap<String, u64>,
    /// New objects that reads miss, and for how many reads still.
    pub(crate) fresh: BTreeMap<(Kind, String), u64>,
    /// Pending device logins: codes, and how often each was asked for.
    pub(crate) device_codes: HashMap<String, u64>,
    highest_priority: u64,
    store: Arc<Store>,
}

impl State {
    pub(crate) fn load(tenant: String, switches: Switches, store: Arc<Store>) -> Result<Self, Error> {
        let records = store.load()?;
        let mut state = Self {
            tenant,
            switches,
            tables: BTreeMap::new(),
            users: BTreeMap::new(),
            callers: HashMap::new(),
            connected: BTreeMap::new(),
            polls: HashMap::new(),
            fresh: BTreeMap::new(),
            device_codes: HashMap::new(),
            highest_priority: 0,
            store,
        };
        state.add_built_in();
        for record in records {
            state.index(record);
        }
        Ok(state)
    }

    fn add_built_in(&mut self) {
        for record in builtin::records(&self.tenant) {
            self.index(record);
        }
    }

    /// The objects of a kind, in the order of their identities.
    pub(crate) fn all(&self, kind: Kind) -> impl Iterator<Item = &Record> {
        self.tables.get(&kind).into_iter().flat_map(|table| table.records.values())
    }

    pub(crate) fn named(&self, kind: Kind, identity: &str) -> Option<&Record> {
        self.tables.get(&kind)?.records.get(identity)
    }

    pub(crate) fn with_id(&self, kind: Kind, id: &str) -> Option<&Record> {
        let table = self.tables.get(&kind)?;
        table.records.get(table.ids.get(id)?)
    }

    /// The record that storing the manifest makes: new, or with the id, age and token of the existing one.
    pub(crate) fn prepare(&self, kind: Kind, identity: String, manifest: Value) -> Record {
        let mut record = match self.named(kind, &identity) {
            Some(existing) => existing.clone(),
            None => {
                let mut record = Record::new(kind, identity, Value::Null);
                record.priority = self.highest_priority + 1;
                record
            }
        };
        record.manifest = manifest;
        record.updated_at = now();
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
        if !record.built_in {
            self.store.put(&record)?;
        }
        self.index(record);
        Ok(())
    }

    pub(crate) fn remove(&mut self, record: &Record) {
        self.store.remove(record);
        self.forget(record.kind, &record.identity);
        if let Some(token) = &record.token {
            self.connected.remove(token);
        }
    }

    pub(crate) fn clear(&mut self) {
        self.store.clear();
        self.tables.clear();
        self.users.clear();
        self.callers.clear();
        self.connected.clear();
        self.polls.clear();
        self.fresh.clear();
        self.device_codes.clear();
        self.highest_priority = 0;
        self.add_built_in();
    }

    /// Every object, those included that the tenant comes with.
    pub(crate) fn records(&self) -> Value {
        let all = Kind::ALL.into_iter().flat_map(|kind| self.all(kind));
        all.map(|record| json!(record)).collect()
    }

    /// These objects and no others.
    pub(crate) fn restore(&mut self, records: Vec<Record>) -> Result<(), Error> {
        self.clear();
        self.tables.clear();
        self.callers.clear();
        self.users.clear();
        records.into_iter().try_for_each(|record| self.put(record))
    }

    fn index(&mut self, record: Record) {
        self.forget(record.kind, &record.identity);
        let key = (record.kind, record.identity.clone());
        for reference in references::of(record.kind, &record.manifest) {
            self.users.entry(reference.target).or_default().insert(key.clone());
        }
        for (token, caller) in Caller::of(&record, &self.tenant) {
            self.callers.insert(token, caller);
        }
        self.highest_priority = self.highest_priority.max(record.priority);
        let table = self.tables.entry(record.kind).or_default();
        table.ids.insert(record.id.clone(), record.identity.clone());
        table.records.insert(record.identity.clone(), record);
    }

    fn forget(&mut self, kind: Kind, identity: &str) {
        let Some(table) = self.tables.get_mut(&kind) else { return };
        let Some(record) = table.records.remove(identity) else { return };
        table.ids.remove(&record.id);
        let key = (kind, identity.to_owned());
        for reference in references::of(kind, &record.manifest) {
            if let Some(users) = self.users.get_mut(&reference.target) {
                users.remove(&key);
                if users.is_empty() {
                    self.users.remove(&reference.target);
                }
            }
        }
        for (token, _) in Caller::of(&record, &self.tenant) {
            self.callers.remove(&token);
        }
    }

    /// The objects whose manifests name this one.
    pub(crate) fn users_of(&self, target: &Target) -> impl Iterator<Item = &Record> + use<'_> {
        self.users
            .get(target)
            .into_iter()
            .flatten()
            .filter_map(|(kind, identity)| self.named(*kind, identity))
    }

    /// Who holds the token, while it is good.
    pub(crate) fn caller(&self, token: &str) -> Option<Caller> {
        match self.callers.get(token) {
            Some(caller) => Some(caller.clone()).filter(Caller::is_good),
            None => Caller::mapped(token, self.all(Kind::VirtualAccount)),
        }
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

    /// Counts one more question about something, and answers how many there were before.
    pub(crate) fn poll(&mut self, what: String) -> u64 {
        let count = self.polls.entry(what).or_default();
        *count += 1;
        *count - 1
    }

    /// Every manifest as it is stored, credentials included: what reached the control plane.
    pub(crate) fn manifests(&self) -> Value {
        let kinds = Kind::ALL
            .into_iter()
            .filter(|kind| !matches!(kind, Kind::User | Kind::PersonalAccessToken | Kind::Run | Kind::Login));
        let records = kinds.flat_map(|kind| self.all(kind)).filter(|record| !record.built_in);
        records.map(|record| record.manifest.clone()).collect()
    }

    /// Counts and names of everything, for tests that want to see nothing left. What the tenant comes with is
    /// not counted; of the kinds beyond the platform's own four only those are shown that have objects.
    pub(crate) fn inventory(&self) -> Value {
        const ALWAYS: [Kind; 4] = [Kind::Environment, Kind::ProviderAccount, Kind::Cluster, Kind::Workspace];
        let mut inventory = json!({"objects": 0});
        let mut total = 0;
        for kind in Kind::ALL {
            let names: Vec<_> = self
                .all(kind)
                .filter(|record| !record.built_in && kind != Kind::Login)
                .map(|record| record.identity.as_str())
                .collect();
            total += names.len();
            if ALWAYS.contains(&kind) || !names.is_empty() {
                inventory[kind.collection()] = json!({"count": names.len(), "names": names});
            }
        }
        inventory["objects"] = total.into();
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
