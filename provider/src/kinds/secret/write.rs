//! Writing one secret of a group that others write too.
//!
//! The API replaces all keys of a group at once, so writing one is: read the keys, send them all with one value, and
//! read again. Within this process one writer at a time does that for a group. Against writers elsewhere (the
//! dashboard, another run) there is no protection in the API; what can be seen afterwards is: when the key is gone again, or the
//! control plane no longer knows a key that was read, somebody else wrote in between, and it is done again.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use secrecy::SecretString;
use tfplugin::Diagnostic;
use tokio::sync::OwnedMutexGuard;
use truefoundry_api::{Entity, Error, Secrets};

use crate::object::Trouble;

/// How often a write is done again because somebody else wrote as well.
const ATTEMPTS: u32 = 5;
/// The wait before the second attempt; each further one is twice as long.
const FIRST_WAIT: Duration = Duration::from_millis(200);

/// The locks of all groups that were written, by control plane and id.
static LOCKS: Mutex<BTreeMap<String, Arc<tokio::sync::Mutex<()>>>> = Mutex::new(BTreeMap::new());

/// Waits until no other operation of this process writes secrets of the group.
pub(super) async fn lock(host: &str, group: &str) -> OwnedMutexGuard<()> {
    let lock = {
        let mut locks = LOCKS.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(locks.entry(format!("{host} {group}")).or_default())
    };
    lock.lock_owned().await
}

/// Sets a key of the group, whose lock the caller holds, and leaves the others as they are.
pub(super) async fn write(
    secrets: &Secrets,
    group: &Entity,
    key: &str,
    value: &SecretString,
) -> Result<Entity, Trouble> {
    let mut wait = FIRST_WAIT;
    let mut is_sent = false;
    for attempt in 1..=ATTEMPTS {
        let told = |error: Error| if is_sent { error.after_a_write() } else { error };
        let before = secrets.of_group(group.id()).await.map_err(told)?;
        let others = before.iter().map(Entity::name).filter(|name| *name != key).map(|name| (name, None));
        let keys: Vec<_> = others.chain([(key, Some(value))]).collect();
        let written = match secrets.replace(group.id(), &keys).await {
            // A key that is gone since it was read cannot be sent without its value.
            Err(error @ Error::Invalid(_)) => Err(error),
            Err(error) => return Err(told(error).into()),
            Ok(()) => Ok(()),
        };
        let after = secrets.of_group(group.id()).await.map_err(Error::after_a_write)?;
        let was_taken = written.is_ok();
        match written {
            Ok(()) => {
                if let Some(secret) = after.into_iter().find(|secret| secret.name() == key) {
                    return Ok(secret);
                }
            }
            Err(_) if names(&before) != names(&after) => (),
            Err(error) => return Err(told(error).into()),
        }
        is_sent |= was_taken;
        tracing::warn!(key, attempt, "somebody else wrote secrets of the group at the same time");
        secrets.pause(wait).await?;
        wait *= 2;
    }
    let title = format!("the secret `{key}` of the group `{}`", group.fqn().unwrap_or(group.name()));
    Err(Diagnostic::error(format!("Failed writing {title}")).detail(format!(
        "Somebody else wrote secrets of the group at the same time, {ATTEMPTS} times in a row, and the API replaces \
         all of a group at once.\n\nhint: find out who else writes this group, look whether its other secrets are \
         still there, and run again."
    )).into())
}

fn names(secrets: &[Entity]) -> Vec<&str> {
    let mut names: Vec<_> = secrets.iter().map(Entity::name).collect();
    names.sort_unstable();
    names
}

#[cfg(test)]
#[path = "write_tests.rs"]
mod tests;
