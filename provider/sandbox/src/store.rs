//! Keeps the objects in one file, so that a restarted sandbox knows them again.

use std::{
    path::Path,
    sync::{Mutex, MutexGuard, PoisonError},
};

use redb::{Database, ReadableDatabase, ReadableTable, TableDefinition, backends::FileBackend};

use crate::{Error, record::Record};

const OBJECTS: TableDefinition<'_, &str, &[u8]> = TableDefinition::new("objects");

/// A file of objects, or nothing when the sandbox lives in memory only.
///
/// Changes are noted in order, and written by [`Store::flush`] before the request that made them is answered: all that
/// waits at that moment goes to the disk at once, so that requests side by side do not wait for one another's.
pub(crate) struct Store {
    database: Option<Database>,
    pending: Mutex<Vec<Change>>,
    writing: Mutex<()>,
}

/// One change that is not in the file yet.
enum Change {
    Put(String, Vec<u8>),
    Remove(String),
    Clear,
}

impl Store {
    /// A store that forgets everything.
    pub(crate) fn none() -> Self {
        Self::over(None)
    }

    fn over(database: Option<Database>) -> Self {
        Self { database, pending: Mutex::default(), writing: Mutex::default() }
    }

    /// Opens or creates the file, readable by its owner only: it holds credentials.
    pub(crate) fn open(path: &Path) -> Result<Self, Error> {
        use fs_err::os::unix::fs::OpenOptionsExt as _;
        let file = fs_err::OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(path)
            .map_err(|error| Error::State(error.to_string()))?;
        let database = FileBackend::new(file.into_parts().0)
            .and_then(|backend| Database::builder().create_with_backend(backend))
            .map_err(|error| Error::State(format!("`{}`: {error}", path.display())))?;
        Ok(Self::over(Some(database)))
    }

    /// All records of the file.
    pub(crate) fn load(&self) -> Result<Vec<Record>, Error> {
        let Some(database) = &self.database else { return Ok(Vec::new()) };
        let load = || -> Result<Vec<Record>, redb::Error> {
            let write = database.begin_write()?;
            // A new file has no table to read yet.
            write.open_table(OBJECTS)?;
            write.commit()?;
            let mut records = Vec::new();
            for entry in database.begin_read()?.open_table(OBJECTS)?.iter()? {
                let (key, bytes) = entry?;
                match serde_json::from_slice(bytes.value()) {
                    Ok(record) => records.push(record),
                    Err(error) => {
                        return Err(redb::Error::Corrupted(format!("object `{}`: {error}", key.value())));
                    }
                }
            }
            Ok(records)
        };
        load().map_err(|error| Error::State(error.to_string()))
    }

    /// Writes or replaces one record.
    pub(crate) fn put(&self, record: &Record) -> Result<(), Error> {
        if self.database.is_some() {
            let bytes = serde_json::to_vec(record).map_err(|error| Error::State(error.to_string()))?;
            lock(&self.pending).push(Change::Put(key(record), bytes));
        }
        Ok(())
    }

    /// Removes one record.
    pub(crate) fn remove(&self, record: &Record) {
        self.note(Change::Remove(key(record)));
    }

    /// Removes all records.
    pub(crate) fn clear(&self) {
        self.note(Change::Clear);
    }

    fn note(&self, change: Change) {
        if self.database.is_some() {
            lock(&self.pending).push(change);
        }
    }

    /// Whether something waits to be written.
    pub(crate) fn is_dirty(&self) -> bool {
        !lock(&self.pending).is_empty()
    }

    /// Writes all that was noted so far; returns when it is on the disk. Blocks.
    pub(crate) fn flush(&self) -> Result<(), Error> {
        let Some(database) = &self.database else { return Ok(()) };
        // Whoever waits here mostly finds that the one before wrote their changes too.
        let _writing = lock(&self.writing);
        let changes = std::mem::take(&mut *lock(&self.pending));
        if changes.is_empty() {
            return Ok(());
        }
        let write = || -> Result<(), redb::Error> {
            let write = database.begin_write()?;
            let mut table = write.open_table(OBJECTS)?;
            for change in &changes {
                match change {
                    Change::Put(key, bytes) => drop(table.insert(key.as_str(), bytes.as_slice())?),
                    Change::Remove(key) => drop(table.remove(key.as_str())?),
                    Change::Clear => table.retain(|_, _| false)?,
                }
            }
            drop(table);
            write.commit()?;
            Ok(())
        };
        write().map_err(|error| Error::State(error.to_string()))
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn key(record: &Record) -> String {
    format!("{}/{}", record.kind.collection(), record.identity)
}
