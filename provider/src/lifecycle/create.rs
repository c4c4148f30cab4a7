//! A create that takes nothing over.

use tfplugin::value::Value;
use tfplugin::{Change, Diagnostic, Diagnostics, Failed, State};
use truefoundry_api::{Effect, Entity, Written};

use super::{MADE, Managed};
use crate::object::{At, Object, Trouble};
use crate::session::{Clock, Proof, Subject};

impl<O: Object> Managed<O> {
    pub(super) async fn create_object(&self, at: &At<'_>, change: &Change) -> Result<State, Failed> {
        let subject = self.0.subject(&change.planned);
        if !at.session.claims.claim(&subject) {
            return Err(is_twice(&self.0.name(&change.planned)).into());
        }
        match self.existing(at, change).await? {
            Some(existing) if self.may_continue(at, &subject, change, &existing).await? => {
                self.continued(at, change, &existing).await
            }
            Some(existing) => Err(self.exists_already(change, &existing).into()),
            None => self.made(at, &subject, change).await,
        }
    }

    /// The object with the name of the one that is to be made.
    async fn existing(&self, at: &At<'_>, change: &Change) -> Result<Option<Entity>, Diagnostics> {
        let mut value = change.planned.clone();
        value.put("id", Value::Null);
        let found = self.0.look(at, &State::from(value)).await;
        found.map_err(|trouble| trouble.told(&self.doing("looking for", &change.planned)))
    }

    /// Whether an earlier create made it, of which the state does not know; or the user lets it be taken over.
    async fn may_continue(
        &self,
        at: &At<'_>,
        subject: &Subject,
        change: &Change,
        existing: &Entity,
    ) -> Result<bool, Diagnostics> {
        if at.session.adopt_existing {
            return Ok(true);
        }
        if !at.session.journal.knows(subject) {
            return Ok(false);
        }
        let me = at.client.subject().await;
        let doing = || self.doing("looking for", &change.planned);
        let me = me.map_err(|error| Trouble::from(error).told(&doing()))?;
        Ok(match at.session.journal.proof(subject, existing, me.as_deref()) {
            Proof::Made => true,
            Proof::MadeIfSame => self.0.may_be_ours(change, existing),
            Proof::None => false,
        })
    }

    /// Sets an object that was there to what it is to be. It was there before, so a failure leaves it out of the state:
    /// what an errored create puts there is destroyed by the next apply.
    async fn continued(&self, at: &At<'_>, change: &Change, existing: &Entity) -> Result<State, Failed> {
        tracing::info!(object = self.0.name(&change.planned), "continuing with the object that is there");
        let told = |trouble: Trouble| trouble.told(&self.doing("creating", &change.planned));
        let existing = self.0.latest(at, existing).await.map_err(told)?;
        let written = match self.already(at, change, &existing).await.map_err(told)? {
            Some(begun) => begun,
            None => self.write(at, change, Some(&existing)).await.map_err(|unheard| told(unheard.trouble))?,
        };
        self.finished(at, change, written, false).await
    }

    /// Makes the object.
    async fn made(&self, at: &At<'_>, subject: &Subject, change: &Change) -> Result<State, Failed> {
        let journal = &at.session.journal;
        journal
            .begin(subject, clock(at))
            .map_err(|error| no_record(&self.0.name(&change.planned), &error))?;
        let begun = jiff::Timestamp::now().as_second();
        let written = self.write(at, change, None).await.map_err(|unheard| {
            match unheard.effect {
                Effect::None => journal.end(subject),
                // It may be made at any time yet, so the attempt has no end.
                Effect::Unknown if unheard.may_come => (),
                Effect::Unknown | Effect::Done => journal.note(subject, clock(at), None),
            }
            unheard.trouble.told(&self.doing("creating", &change.planned))
        })?;
        let Written { entity, .. } = &written;
        journal.note(subject, clock(at), Some(entity.id()));
        let with_mark = |mut state: State| {
            state.private.insert(MADE.to_owned(), begun.into());
            state
        };
        match self.finished(at, change, written, true).await {
            Ok(state) => Ok(with_mark(state)),
            Err(Failed { diagnostics, state }) => {
                Err(Failed { diagnostics: with_outlook(diagnostics), state: state.map(with_mark) })
            }
        }
    }

    fn exists_already(&self, change: &Change, existing: &Entity) -> Diagnostic {
        let name = self.0.name(&change.planned);
        let id = self.0.imported_by(&change.planned, existing);
        let resource = self.0.resource_type();
        Diagnostic::error(format!("The {name} exists already")).detail(format!(
            "Creating it would take it over and replace its settings, and it may belong to somebody else. Nothing was \
             changed.\n\nhint: if it is yours, import it, with the label of this resource:\n\nimport {{\n  to = \
             {resource}.<label>\n  id = {id}\n}}\n\nOr choose another name; or set `adopt_existing = true` in the `provider` block \
             to take over existing objects.",
            id = hcl(&id)
        ))
    }
}

fn clock(at: &At<'_>) -> Clock {
    Clock { now: at.client.now(), is_its_own: at.client.knows_the_time() }
}

/// What becomes of an object that was made and then failed.
fn with_outlook(diagnostics: Diagnostics) -> Diagnostics {
    let mut all = Diagnostics::new();
    for mut told in diagnostics.into_vec() {
        told.detail.push_str(
            "\n\nIt is made and in the state, marked as tainted: the next apply makes it anew, unless `terraform untaint` \
             keeps it.",
        );
        all.push(told);
    }
    all
}

fn no_record(name: &str, error: &std::io::Error) -> Diagnostic {
    Diagnostic::error(format!("The {name} was not created")).detail(format!(
        "Before an object is created, a record of that is kept in Terraform's working directory, so that it is not lost \
         when the answer or the state is: {error}.\n\nhint: make room, or make the folder `.terraform` (or \
         `TF_DATA_DIR`) writable, and run again."
    ))
}

fn is_twice(name: &str) -> Diagnostic {
    Diagnostic::error(format!("The {name} is created twice")).detail(
        "Another block of this run creates an object of the same kind and name, and each would undo what the other \
         sets. Nothing was changed by this one.\n\nhint: keep one of the two blocks, or give them different names.",
    )
}

/// A text as Terraform reads it.
fn hcl(text: &str) -> String {
    let escaped = text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
    format!("\"{}\"", escaped.replace("${", "$${").replace("%{", "%%{"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_record_it_says_what_to_make_room_for() {
        let error = std::io::Error::other("no space left");
        assert_eq!(
            no_record("team `search`", &error).to_string(),
            "The team `search` was not created: Before an object is created, a record of that is kept in Terraform's \
             working directory, so that it is not lost when the answer or the state is: no space left.\n\nhint: make \
             room, or make the folder `.terraform` (or `TF_DATA_DIR`) writable, and run again."
        );
    }

    #[test]
    fn what_becomes_of_an_object_that_failed_is_told() {
        let told = with_outlook(Diagnostic::error("Failed").detail("Why.").into());
        let told: Vec<_> = told.iter().map(|told| told.detail.clone()).collect();
        assert_eq!(
            told,
            [
                "Why.\n\nIt is made and in the state, marked as tainted: the next apply makes it anew, unless `terraform \
              untaint` keeps it."
            ]
        );
    }

    #[test]
    fn an_id_is_written_as_terraform_reads_it() {
        assert_eq!(hcl("c:w"), "\"c:w\"");
        assert_eq!(hcl(r#"{"a":"${x}\"}"#), r#""{\"a\":\"$${x}\\\"}""#);
    }
}
