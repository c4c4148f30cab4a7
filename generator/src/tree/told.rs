//! What a write did or would do, for people and for machines.

use serde_json::{Value, json};

use super::{Change, Deed, compare};

impl Deed {
    fn word(self) -> &'static str {
        match self {
            Self::Same => "unchanged",
            Self::Write => "written",
            Self::Keep => "kept",
            Self::Merge => "merged",
            Self::Conflict => "conflicts",
            Self::Unsolved => "unsolved",
            Self::StaysDeleted => "stays_deleted",
            Self::Delete => "deleted",
            Self::Leave => "left",
            Self::Retired => "retired",
        }
    }
}

/// How many files of each kind, for machines.
#[must_use]
pub fn counts(changes: &[Change]) -> Value {
    const ALL: [Deed; 9] = [
        Deed::Write,
        Deed::Same,
        Deed::Delete,
        Deed::Merge,
        Deed::Keep,
        Deed::Conflict,
        Deed::StaysDeleted,
        Deed::Leave,
        Deed::Retired,
    ];
    let count = |deed: Deed| changes.iter().filter(|change| change.deed == deed).count();
    let counts = ALL.into_iter().map(|deed| (deed.word().to_owned(), json!(count(deed))));
    Value::Object(counts.collect())
}

/// What a user has to know of the files: one line for each that is not simply written.
#[must_use]
pub fn tell(changes: &[Change]) -> Vec<String> {
    changes.iter().filter_map(told).collect()
}

fn told(change: &Change) -> Option<String> {
    let Change { path, place, deed, why, .. } = change;
    let renamed = if path == place { String::new() } else { format!(" (generated as `{path}`)") };
    Some(match deed {
        Deed::Conflict => {
            let why = why.as_ref().map(|why| format!("\n  {why}")).unwrap_or_default();
            format!("conflict: {}{renamed}{why}", compare::places(change))
        }
        Deed::Merge => format!("`{place}`{renamed}: your edits are in the new text"),
        Deed::Keep => format!("`{place}`{renamed}: your edits are kept"),
        Deed::StaysDeleted => {
            format!("`{path}`: deleted by you, and stays so; `--accept new {path}` brings it back")
        }
        Deed::Leave => {
            format!("`{place}`: no longer generated; it has edits of yours, so it stays and is yours now")
        }
        Deed::Retired => {
            format!("`{place}`: its layer is no longer generated; it stays until the layer is destroyed")
        }
        Deed::Write | Deed::Same if path != place => {
            format!("`{place}`: generated as `{path}`, which you renamed")
        }
        Deed::Write | Deed::Same | Deed::Delete | Deed::Unsolved => return None,
    })
}

/// What would change, as a patch.
#[must_use]
pub fn diff(changes: &[Change]) -> String {
    let mut out = String::new();
    for change in changes {
        let after = match (&change.text, change.deed) {
            (Some(text), _) => text.as_str(),
            (None, Deed::Delete) => "",
            (None, _) => continue,
        };
        let before = change.before.as_deref().unwrap_or_default();
        let mut options = diffy::DiffOptions::new();
        let name = |side: &str, is_there: bool| {
            if is_there { format!("{side}/{}", change.place) } else { "/dev/null".to_owned() }
        };
        options.set_original_filename(name("a", change.before.is_some()));
        options.set_modified_filename(name("b", change.deed != Deed::Delete));
        out.push_str(&options.create_patch(before, after).to_string());
    }
    out
}
