//! The folder in which Terraform keeps providers for all layers, where there is one. `init` may write a provider there anew, which another command
//! must not start or write meanwhile: Terraform itself says that the folder is not for two at once.

use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

/// Who uses that folder; nobody where each layer has its providers for itself.
#[derive(Debug, Clone, Default)]
pub(super) struct Plugins(Option<Arc<RwLock<()>>>);

/// What is held while a command runs.
pub(super) type Held<'a> = (Option<RwLockWriteGuard<'a, ()>>, Option<RwLockReadGuard<'a, ()>>);

impl Plugins {
    /// Of layers that share their providers.
    pub(super) fn shared() -> Self {
        Self(Some(Arc::default()))
    }

    /// Waits until a command with these arguments may run, and keeps others from it: all, where it may write providers.
    pub(super) fn hold(&self, args: &[&str]) -> Held<'_> {
        let Some(lock) = &self.0 else { return (None, None) };
        if args.first() == Some(&"init") {
            (Some(lock.write().unwrap_or_else(PoisonError::into_inner)), None)
        } else {
            (None, Some(lock.read().unwrap_or_else(PoisonError::into_inner)))
        }
    }
}
