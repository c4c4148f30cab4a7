//! What a configured provider works with.

mod claims;
mod journal;

use tfplugin::{Context, Diagnostic};
use truefoundry_api::Client;

pub(crate) use claims::Claims;
pub(crate) use journal::{Clock, Journal, Proof};

/// What a configured provider works with.
pub struct Session {
    pub(crate) client: Client,
    /// Take over objects that exist already instead of refusing.
    pub(crate) adopt_existing: bool,
    pub(crate) journal: Journal,
    pub(crate) claims: Claims,
}

impl Session {
    pub(crate) fn new(client: Client, adopt_existing: bool) -> Self {
        let journal = Journal::in_working_directory(client.host());
        Self { client, adopt_existing, journal, claims: Claims::default() }
    }
}

/// The client for one operation: it stops when Terraform stops that.
pub(crate) fn client(cx: &Context<Session>) -> Result<Client, Diagnostic> {
    Ok(cx.client()?.client.with_cancellation(cx.cancellation().clone()))
}

/// What an object is to the control plane, whatever resource manages it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Subject {
    /// The type of its manifest; `user` or `secret`, which have none.
    pub(crate) kind: String,
    /// Its name, or what is needed besides: the FQN as a rule.
    pub(crate) key: String,
}
