//! What `generate` and `diff` say of what a change does to a platform that is there.

use std::io::Write as _;
use std::path::Path;

use super::Failure;
use super::generate::Wanted;
use crate::diag::{Diagnostic, Level, Report};
use crate::effects::{self, Held, Verdict};
use crate::plan::Problem;
use crate::screen;
use crate::tree::record::Layer;
use crate::tree::seen;
use crate::tree::state::Outline;

/// What is told of a tree whose spec cannot be compared.
fn unread(generator: &str) -> Problem {
    Problem {
        path: crate::spec::Path::default(),
        message: format!(
            "what else this changes is not known: the tree is of tfy-infra {generator}, whose spec this version cannot read"
        ),
        note: Some(
            "name, account and region are compared, as far as they were recorded; nothing else is".to_owned(),
        ),
        hint: Some("`tfy-infra upgrade` shows it by a plan, before anything is written".to_owned()),
    }
}

/// Refuses a name that no change has.
pub(super) fn check_names(names: &[String]) -> Result<(), Failure> {
    match names.iter().find_map(|name| Some((name, effects::known(name).err()?))) {
        None => Ok(()),
        Some((name, hint)) => {
            let problem = Diagnostic::new(format!("`--allow {name}` names no change")).hint(hint);
            Err(Failure::input(Report::single(problem)))
        }
    }
}

impl Wanted {
    /// What the change does, as far as a state holds anything of it.
    pub(super) fn verdict(&self, directory: &Path, allow: &[String]) -> Verdict {
        let Some(before) = &self.before else { return Verdict::default() };
        let effects = match before.spec() {
            Some(old) => effects::between(&old, &self.loaded.spec),
            None => effects::identity_of_unread(&before.inputs, &self.loaded.spec),
        };
        let held = Held::of(directory, &before.layers);
        let mut verdict = effects::judge(&effects, &held, allow, &crate::shell::word(directory));
        if before.spec().is_none() && held.iter().any(|held| held.objects() != Some(0)) {
            verdict.allowed.push(unread(&before.generator));
        }
        verdict
    }

    /// Tells all of it, and refuses nothing.
    pub(super) fn tell(&self, verdict: Verdict) -> std::io::Result<Report> {
        let report = self.loaded.report(Level::Warning, [verdict.refused, verdict.allowed].concat());
        screen::err().report(&report, super::color())?;
        Ok(report)
    }

    /// Refuses what is not allowed, and tells the rest.
    pub(super) fn refuse(&self, verdict: Verdict) -> Result<Report, Failure> {
        if !verdict.refused.is_empty() {
            return Err(Failure::input(self.loaded.report(Level::Error, verdict.refused)));
        }
        for name in &verdict.unneeded {
            writeln!(
                screen::err(),
                "`--allow {name}` is not needed: no such change would destroy or replace anything"
            )?;
        }
        Ok(self.tell(verdict)?)
    }

    /// Notes of layers that this tree never had, and whose states stand beside them, that nothing is there.
    pub(super) fn note_new_layers(&self, directory: &Path) {
        let before = self.before.as_ref().map(|manifest| manifest.layers.as_slice()).unwrap_or_default();
        let is_new = |layer: &&Layer| before.iter().all(|known| known.name != layer.name);
        for layer in self.layers.iter().filter(is_new).filter(|layer| layer.backend.get("local").is_some()) {
            let state = directory.join(&layer.name).join("terraform.tfstate");
            if std::fs::symlink_metadata(state).is_err() && seen::read(directory, layer).is_none() {
                // Where it cannot be noted, nothing is known, and a change of what it is has to be allowed.
                let _ = seen::note(directory, layer, &Outline::default());
            }
        }
    }
}
