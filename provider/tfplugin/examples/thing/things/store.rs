//! Where things are kept.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::value::RawValue;
use tfplugin::Diagnostic;
use tfplugin::value::{Type, Value};

/// Things by id, each as the JSON text of its value: small in memory, and exact.
type Kept = BTreeMap<String, Box<RawValue>>;

/// Things by id.
#[derive(Debug, Default)]
pub(crate) struct Store {
    kept: Mutex<Kept>,
    file: Option<PathBuf>,
    /// Whether a thing that is not here may exist all the same.
    forgets: bool,
}

impl Store {
    /// A store that lives as long as the process: what another process made is believed to exist.
    pub(crate) fn forgetful() -> Self {
        Self { forgets: true, ..Self::default() }
    }

    /// A store in a JSON file, which is made with the first thing.
    ///
    /// # Errors
    /// When the file is there and cannot be read.
    pub(crate) fn open(path: &Path) -> Result<Self, Diagnostic> {
        let kept = match fs_err::read(path) {
            Ok(bytes) => serde_json::from_slice(&bytes).map_err(|error| {
                Diagnostic::error(format!("`{}` is not a store of things", path.display()))
                    .detail(format!("{error}. Remove the file, or name another one as `path`."))
            })?,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Kept::new(),
            Err(error) => return Err(Diagnostic::error("The store cannot be read").detail(error.to_string())),
        };
        Ok(Self { kept: Mutex::new(kept), file: Some(path.to_owned()), forgets: false })
    }

    /// The thing with this id, read as a value of type `ty`.
    ///
    /// # Errors
    /// When what is kept is not of that type.
    pub(crate) fn get(&self, id: &str, ty: &Type) -> Result<Option<Value>, Diagnostic> {
        let kept = self.lock();
        let Some(json) = kept.get(id) else { return Ok(None) };
        Value::from_json(json.get().as_bytes(), ty).map(Some).map_err(|error| {
            Diagnostic::error(format!("The thing `{id}` is of another kind")).detail(error.to_string())
        })
    }

    /// Keeps a thing.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub(crate) fn put(&self, id: &str, value: &Value, ty: &Type) -> Result<(), Diagnostic> {
        let broken = |problem: String| Diagnostic::error("The thing cannot be kept").detail(problem);
        let json = String::from_utf8(value.to_json_bytes(ty)).map_err(|error| broken(error.to_string()))?;
        let json = RawValue::from_string(json).map_err(|error| broken(error.to_string()))?;
        let mut kept = self.lock();
        kept.insert(id.to_owned(), json);
        self.save(&kept)
    }

    /// Removes a thing, and says whether it was there.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub(crate) fn remove(&self, id: &str) -> Result<bool, Diagnostic> {
        let mut kept = self.lock();
        let removed = kept.remove(id).is_some();
        self.save(&kept)?;
        Ok(removed)
    }

    /// Whether a thing that is not here may exist all the same.
    pub(crate) fn forgets(&self) -> bool {
        self.forgets
    }

    fn save(&self, kept: &Kept) -> Result<(), Diagnostic> {
        let Some(path) = &self.file else { return Ok(()) };
        let failed = |problem: String| Diagnostic::error("The store cannot be written").detail(problem);
        let json = serde_json::to_vec(kept).map_err(|error| failed(error.to_string()))?;
        // Whole or not at all: a second process may read at any time.
        let new = path.with_extension("new");
        fs_err::write(&new, json)
            .and_then(|()| fs_err::rename(&new, path))
            .map_err(|error| failed(error.to_string()))
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An id that no other thing has.
pub(super) fn new_id() -> String {
    uuid::Uuid::new_v4().to_string()
}
