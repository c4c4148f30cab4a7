//! Keeps the objects in one file, so that a restarted sandbox knows them again.

use std::path::Path;

use redb::{Database, ReadableDatabase, ReadableTable, TableDefinition, backends::FileBackend};

use crate::{Error, record::Record};

const OBJECTS: TableDefinition<'_, &str, &[u8]> = TableDefinition::new("objects");

/// A file of objects, or nothing when the sandbox lives in memory only.
pub(crate) struct Store(Option<Database>);

impl Store {
    /// A store that forgets everything.
    pub(crate) fn none() -> Self {
        Self(None)
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
        Ok(Self(Some(database)))
    }

    /// All records of the file.
    pub(crate) fn load(&self) -> Result<Vec<Record>, Error> {
        let Some(database) = &self.0 else { return Ok(Vec::new()) };
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
        let bytes = serde_json::to_vec(record).map_err(|error| Error::State(error.to_string()))?;
        self.write(|table| table.insert(key(record).as_str(), bytes.as_slice()).map(drop))
    }

    /// Removes one record.
    pub(crate) fn remove(&self, record: &Record) -> Result<(), Error> {
        self.write(|table| table.remove(key(record).as_str()).map(drop))
    }

    /// Removes all records.
    pub(crate) fn clear(&self) -> Result<(), Error> {
        self.write(|table| table.retain(|_, _| false))
    }

    fn write(
        &self,
        change: impl FnOnce(&mut redb::Table<'_, &str, &[u8]>) -> Result<(), redb::StorageError>,
    ) -> Result<(), Error> {
        let Some(database) = &self.0 else { return Ok(()) };
        let write = || -> Result<(), redb::Error> {
            let write = database.begin_write()?;
            change(&mut write.open_table(OBJECTS)?)?;
            write.commit()?;
            Ok(())
        };
        write().map_err(|error| Error::State(error.to_string()))
    }
}

fn key(record: &Record) -> String {
    format!("{}/{}", record.kind.collection(), record.identity)
}
