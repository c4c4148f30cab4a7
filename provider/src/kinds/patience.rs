//! The time limits of operations that take their time.

use std::time::{Duration, Instant};

use tfplugin::Context;
use tfplugin::schema::{Operation, Schema, Timeouts};
use truefoundry_api::Store;

use crate::session::Session;

/// How long deploying or deleting an application is waited for, unless the configuration says otherwise.
const DEPLOYMENT: Duration = Duration::from_secs(20 * 60);
/// The part of the time that is kept for saying how far it got.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// Adds `timeouts` for kinds whose changes are deployments.
pub(crate) fn with_timeouts(schema: Schema) -> Schema {
    let operations = [Operation::Create, Operation::Update, Operation::Delete];
    schema.timeouts(Timeouts::of(operations.map(|operation| (operation, DEPLOYMENT))))
}

/// Lets waits for applications last as long as the operation may.
pub(crate) fn patient(store: Store, cx: &Context<Session>) -> Store {
    match (store, cx.deadline()) {
        (Store::Applications(applications), Some(deadline)) => {
            let left = deadline.saturating_duration_since(Instant::now());
            Store::Applications(applications.with_patience(left.saturating_sub(LAST_WORDS.min(left / 4))))
        }
        (store, _) => store,
    }
}
