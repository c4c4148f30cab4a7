//! Which objects the creates of a run are about.
//!
//! Two blocks for one object would each write it, and each plan would undo what the other wants.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

use super::Subject;

/// The objects that a create of this run has named.
#[derive(Debug, Default)]
pub(crate) struct Claims(Mutex<HashSet<Subject>>);

impl Claims {
    /// Whether no other create of this run has named it.
    pub(crate) fn claim(&self, subject: &Subject) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(subject.clone())
    }

    /// It is deleted, so another block may create it.
    pub(crate) fn release(&self, subject: &Subject) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(subject);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_is_claimed_once_until_it_is_deleted() {
        let subject = |key: &str| Subject { kind: "team".to_owned(), key: key.to_owned() };
        let claims = Claims::default();
        assert!(claims.claim(&subject("a")) && claims.claim(&subject("b")));
        assert!(!claims.claim(&subject("a")));
        claims.release(&subject("a"));
        assert!(claims.claim(&subject("a")));
    }
}
