//! The move of one layer's state. Each step can be the last one of a run: the old state is set aside only when the new place has all of it, and the tree
//! says so before.

use std::path::Path;

use super::copy::{Both, Step};
use super::held::Held;
use super::root::Root;
use super::wrong;
use crate::diag::Diagnostic;
use crate::run::advice;
use crate::run::commands::{Commands, Failed, no_state};
use crate::tree::place::{self, BESIDE, Place};
use crate::tree::state::{Content, Outline};
use crate::tree::{Layer, own, record, seen};

/// A layer whose state may have to be moved.
pub(super) struct Moving<'a> {
    pub(super) dir: &'a Path,
    pub(super) layer: &'a Layer,
    /// Of the layer itself.
    pub(super) commands: Commands<'a>,
    /// Whether the user says that its old state is not its own any more.
    pub(super) leave_old: bool,
}

/// What became of the state of a layer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Became {
    /// It is where it was, and where it is to be.
    Stayed,
    /// The old place had nothing.
    Nothing,
    /// It is in the new place, and was before.
    There {
        /// What became of the old one, if anything is left.
        left: Option<String>,
    },
    /// It was copied.
    Moved {
        /// How many objects.
        objects: usize,
        /// To where.
        to: String,
        /// What became of the old one, if anything is left.
        left: Option<String>,
    },
}

impl Became {
    /// The word for it in JSON.
    pub(super) fn word(&self) -> &'static str {
        match self {
            Self::Stayed => "stayed",
            Self::Nothing => "nothing-to-move",
            Self::There { .. } => "there",
            Self::Moved { .. } => "moved",
        }
    }

    /// It for people.
    pub(super) fn told(&self, layer: &str) -> Vec<String> {
        let (first, left) = match self {
            Self::Stayed => return vec!["its state is where the tree looks for it".to_owned()],
            Self::Nothing => return vec!["it had no state that could be moved".to_owned()],
            Self::There { left } => ("its state is in the new place".to_owned(), left),
            Self::Moved { objects: 1, to, left } => (format!("1 object is in {to} now"), left),
            Self::Moved { objects, to, left } => (format!("{objects} objects are in {to} now"), left),
        };
        let left = left.as_ref().map(|left| {
            let rest = format!(
                "{left} is not looked at any more; it holds secrets: remove it when you trust the new place"
            );
            if left.contains("s3://") {
                rest
            } else {
                format!("{rest}, and `{layer}/{BESIDE}.backup` as well where there is one")
            }
        });
        [Some(first), left].into_iter().flatten().collect()
    }
}

type Result<T> = std::result::Result<T, Vec<Diagnostic>>;

impl<'a> Moving<'a> {
    pub(super) fn run(&self) -> Result<Became> {
        let Some(to) = Place::of(&self.layer.backend) else { return Ok(Became::Stayed) };
        let known = Place::of(&self.layer.moves_from).filter(|_| !self.layer.moves_from.is_null());
        if self.leave_old {
            return self.leave(&to, known.as_ref());
        }
        let mut became = Became::Stayed;
        if let Some(from) = known {
            became = self.copy(&from, &to, true)?;
        }
        // Also what an earlier move has left when it was cut off before its last step.
        let stray = place::stray(self.dir, self.layer).map_err(|e| self.refused(&e))?;
        if stray.is_some() {
            became = self.copy(&Place::Local { path: BESIDE.to_owned() }, &to, false)?;
        } else if became == Became::Stayed
            && let Some(from) = self.prepared_for().filter(|from| !from.is_local() && !from.is_same(&to))
        {
            became = self.go_over(&from, &to)?;
        }
        self.arrive(&to)?;
        Ok(became)
    }

    /// The old state is not the layer's any more: a file is set aside, whatever it holds.
    fn leave(&self, to: &Place, known: Option<&Place>) -> Result<Became> {
        record::moved(self.dir, &self.layer.name)
            .map_err(|e| vec![Diagnostic::new(e.to_string()).hint(e.hint())])?;
        let found = place::stray(self.dir, self.layer).map_err(|e| self.refused(&e))?;
        let left = match known {
            _ if found.is_some() => Some(self.set_aside(BESIDE)?),
            Some(from) if !from.is_local() => Some(from.shown(&self.layer.name)),
            _ => None,
        };
        self.arrive(to)?;
        Ok(Became::There { left })
    }

    /// The folder is prepared for a place of which the tree says nothing: somebody else has moved the state, or the tree has forgotten it. What is in
    /// the new place is the layer's, as the tree says.
    fn go_over(&self, from: &Place, to: &Place) -> Result<Became> {
        if let Place::Local { path } = to {
            let is_there = std::fs::symlink_metadata(self.commands.dir.join(path)).is_ok();
            return match () {
                () if is_there => Ok(Became::There { left: None }),
                () if self.holds_nothing(from)? => Ok(Became::Nothing),
                () => Err(vec![wrong::moved_by_others(self.dir, self.layer, from, to)]),
            };
        }
        if self.holds_nothing(to)? { self.copy(from, to, false) } else { Ok(Became::There { left: None }) }
    }

    fn holds_nothing(&self, place: &Place) -> Result<bool> {
        let root = self.root("look", place)?;
        let (_, content) = root.state().map_err(|e| self.failed(&e))?;
        root.remove();
        Ok(content.is_empty())
    }

    fn copy(&self, from: &Place, to: &Place, is_known: bool) -> Result<Became> {
        if !to.is_in_code(&self.commands.dir).map_err(|e| self.refused(&e))? {
            return Err(vec![wrong::edited(self.layer, to)]);
        }
        if let Place::Local { path } = from
            && std::fs::symlink_metadata(self.commands.dir.join(path)).is_err()
        {
            return Err(vec![wrong::not_here(self.dir, self.layer, from)]);
        }
        self.commands.progress.at("its old state".to_owned());
        let old_root = self.root("old", from)?;
        let lock_root = self.root("lock", from)?;
        let lock = Held::take(&lock_root).map_err(|e| self.locked(&e, &old_root, from))?;
        let (text, old) = old_root.state().map_err(|e| self.failed(&e))?;
        if old.is_empty() {
            self.record(is_known)?;
            [old_root, lock_root].into_iter().for_each(Root::remove);
            return Ok(Became::Nothing);
        }
        self.commands.progress.at("its new place".to_owned());
        let new_root = self.root("new", to)?;
        let (mut there, new) = new_root.state().map_err(|e| self.failed(&e))?;
        let both = Both { from, old: &old, to, new: &new };
        let step = both.judge(is_known);
        if let Step::Ask(clash) = step {
            return Err(vec![wrong::clash(self.dir, self.layer, &both, clash)]);
        }
        if step == Step::Copy {
            there = self.put(&text, &old, &new_root, from, to)?;
        }
        self.record(is_known)?;
        let left = match from {
            Place::Local { path } => self.set_aside(path)?,
            Place::S3 { .. } => from.shown(&self.layer.name),
        };
        drop(lock);
        self.note(&there)?;
        [old_root, lock_root, new_root].into_iter().for_each(Root::remove);
        Ok(match step {
            Step::Copy => {
                Became::Moved { objects: old.objects, to: to.shown(&self.layer.name), left: Some(left) }
            }
            _ => Became::There { left: Some(left) },
        })
    }

    /// Puts a state into the new place, and gives what is there then, which is the same.
    fn put(&self, text: &[u8], old: &Content, new: &Root<'_>, from: &Place, to: &Place) -> Result<Vec<u8>> {
        self.commands.progress.at("copying its state".to_owned());
        new.put(text).map_err(|e| self.locked(&e, new, to))?;
        let (there, content) = new.state().map_err(|e| self.failed(&e))?;
        if content.hash == old.hash { Ok(there) } else { Err(vec![wrong::differs(self.layer, from, to)]) }
    }

    fn root(&self, role: &str, place: &Place) -> Result<Root<'a>> {
        Root::new(&self.commands, self.dir, role, place).map_err(|e| self.failed(&e))
    }

    /// Has the tree say that the state is in its new place.
    fn record(&self, is_known: bool) -> Result<()> {
        if !is_known {
            return Ok(());
        }
        record::moved(self.dir, &self.layer.name)
            .map_err(|e| vec![Diagnostic::new(e.to_string()).hint(e.hint())])
    }

    /// Renames a state in a file, by its path from the layer's folder, so that nobody takes it for its state; its new name.
    fn set_aside(&self, path: &str) -> Result<String> {
        let time = jiff::Timestamp::now().strftime("%Y-%m-%dT%H%M%SZ");
        let moved = format!("{path}.moved-{time}");
        let [file, aside] = [path, &moved].map(|path| self.commands.dir.join(path));
        let rename = || {
            fs_err::set_permissions(&file, std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
            fs_err::rename(&file, aside)
        };
        rename().map_err(|e| self.refused(&e))?;
        Ok(format!("`{}/{moved}`", self.layer.name))
    }

    /// Notes what the state holds, for who looks without Terraform.
    fn note(&self, text: &[u8]) -> Result<()> {
        let outline = Outline::of(text).ok_or_else(|| self.failed(&no_state()))?;
        if let Err(e) = seen::note(self.dir, self.layer, &outline) {
            self.commands
                .progress
                .line(&format!("what the state holds cannot be noted in `.tfy-infra/seen`: {e}"));
        }
        Ok(())
    }

    /// Prepares the folder of the layer for the new place, where it is prepared for another.
    fn arrive(&self, to: &Place) -> Result<()> {
        match self.prepared_for() {
            Some(place) if place != *to => {
                self.commands.init_with(&["-reconfigure"]).map_err(|e| self.failed(&e))
            }
            _ => Ok(()),
        }
    }

    /// The place for which Terraform has prepared the layer's folder, if it has.
    fn prepared_for(&self) -> Option<Place> {
        let text = own::read(&self.commands.dir.join(".terraform").join(BESIDE)).ok()??;
        let found: serde_json::Value = serde_json::from_slice(&text).ok()?;
        let config = &found["backend"]["config"];
        let backend = match found["backend"]["type"].as_str()? {
            "s3" => serde_json::json!({ "s3": {
                "bucket": config["bucket"], "key": config["key"], "region": config["region"], "kms": config["kms_key_id"],
            } }),
            other => serde_json::json!({ other: config }),
        };
        Place::of(&backend)
    }

    /// What the disk refused.
    fn refused(&self, e: &std::io::Error) -> Vec<Diagnostic> {
        self.failed(&Failed::one("its state cannot be moved", &e.to_string()))
    }

    fn failed(&self, failed: &Failed) -> Vec<Diagnostic> {
        failed.0.iter().map(|problem| advice::explain(self.layer, problem)).collect()
    }

    /// What failed at a place whose lock somebody may have. `root` is one that is prepared for it.
    fn locked(&self, failed: &Failed, root: &Root<'_>, place: &Place) -> Vec<Diagnostic> {
        let mut told = self.failed(failed);
        let is_locked = |text: &str| advice::is_locked(text);
        for problem in told.iter_mut().filter(|_| !place.is_local()) {
            if let Some(note) = problem.note.as_deref().filter(|note| is_locked(note)) {
                problem.hint = Some(advice::unlocked_by(&root.place(), note));
            }
        }
        told
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_became_of_a_state_is_told_with_what_is_left() {
        let told = |became: Became| became.told("network").join("\n");
        let moved = |objects, left: &str| Became::Moved {
            objects,
            to: "`s3://acme-state/acme/network.tfstate`".to_owned(),
            left: Some(left.to_owned()),
        };
        insta::assert_snapshot!(told(moved(12, "`network/terraform.tfstate.moved-2026-11-30T100000Z`")), @r"
        12 objects are in `s3://acme-state/acme/network.tfstate` now
        `network/terraform.tfstate.moved-2026-11-30T100000Z` is not looked at any more; it holds secrets: remove it when you trust the new place, and `network/terraform.tfstate.backup` as well where there is one
        ");
        insta::assert_snapshot!(told(moved(1, "`s3://old/acme/network.tfstate`")), @r"
        1 object is in `s3://acme-state/acme/network.tfstate` now
        `s3://old/acme/network.tfstate` is not looked at any more; it holds secrets: remove it when you trust the new place
        ");
        insta::assert_snapshot!(told(Became::There { left: None }), @"its state is in the new place");
        insta::assert_snapshot!(told(Became::Nothing), @"it had no state that could be moved");
        insta::assert_snapshot!(told(Became::Stayed), @"its state is where the tree looks for it");
    }
}
