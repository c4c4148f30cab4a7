//! Which effects may be: all where nothing is there, those that are named, and never a new identity of what is there.

use std::collections::BTreeMap;

use super::{Effect, Held, Known, NAMES};
use crate::plan::Problem;
use crate::suggest;
use crate::tree::state;

/// What is decided.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Verdict {
    /// What stands in the way, as problems of the spec.
    pub refused: Vec<Problem>,
    /// What was allowed by its name, to be told.
    pub allowed: Vec<Problem>,
    /// Names that were given and that nothing needs.
    pub unneeded: Vec<String>,
}

/// Decides about effects, by what the states hold and what is allowed. `dir` is the directory as a word of a command.
#[must_use]
pub fn judge(effects: &[Effect], held: &[Held], allow: &[String], dir: &str) -> Verdict {
    let mut verdict = Verdict::default();
    let mut needed = Vec::new();
    for effect in effects {
        let concerned: Vec<&Held> = held.iter().filter(|held| effect.concerns(&held.layer)).collect();
        if !concerned.iter().any(|held| effect.may_hit(held)) {
            continue;
        }
        let told = told(effect, &concerned);
        if effect.is_identity {
            verdict.refused.push(identity(told, &concerned, dir));
        } else if allow.iter().any(|name| name == effect.name) {
            needed.push(effect.name);
            verdict.allowed.push(told);
        } else {
            let hint = format!(
                "if that is what you want, give `--allow {}`; otherwise write the key as it was",
                effect.name
            );
            verdict.refused.push(Problem { hint: Some(hint), ..told });
        }
    }
    verdict.unneeded = allow.iter().filter(|name| !needed.contains(&name.as_str())).cloned().collect();
    verdict
}

/// Whether `--allow` knows a name; else what it may have meant.
pub(crate) fn known(name: &str) -> Result<(), String> {
    if NAMES.contains(&name) {
        return Ok(());
    }
    if ["name", "account", "region"].contains(&name) {
        return Err("nothing allows another name, account or region of a platform that is there: generate it into another directory, or take \
                    this one down first"
            .to_owned());
    }
    Err(match suggest::nearest(name, NAMES) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("it takes {}", suggest::all_of(&NAMES)),
    })
}

impl Effect {
    /// Whether there is anything of it in a state, or may be.
    fn may_hit(&self, held: &Held) -> bool {
        let Known::Objects(addresses) = &held.known else { return true };
        let touched = self.touched.iter().find(|touched| touched.layer == held.layer);
        addresses.iter().any(|address| touched.is_none_or(|touched| touched.has(address)))
    }

    fn concerns(&self, layer: &str) -> bool {
        self.touched.is_empty() || self.touched.iter().any(|touched| touched.layer == layer)
    }
}

/// The effect as a problem of the spec, with what it destroys or replaces.
fn told(effect: &Effect, held: &[&Held]) -> Problem {
    let mut lines = vec![effect.outcome.to_owned()];
    let mut unknown = Vec::new();
    for held in held {
        match &held.known {
            Known::Nothing => unknown.push(held.layer.as_str()),
            Known::Objects(addresses) => lines.extend(amount(effect, &held.layer, addresses)),
        }
    }
    if !unknown.is_empty() {
        lines.push(format!(
            "what the state of {} holds is not known here: it is in no file beside the layer, and no plan or apply in this directory has looked",
            suggest::all_of(&unknown)
        ));
    }
    Problem {
        path: effect.key.clone(),
        message: format!("`{}` changes from `{}` to `{}`", effect.key, effect.was, effect.becomes),
        note: Some(lines.join("\n")),
        hint: None,
    }
}

/// How much of a layer it is: all that is there, or what is hit, by type.
fn amount(effect: &Effect, layer: &str, addresses: &[String]) -> Option<String> {
    let Some(touched) = effect.touched.iter().find(|touched| touched.layer == layer) else {
        return match addresses.len() {
            0 => None,
            1 => Some(format!("layer `{layer}` holds 1 object")),
            count => Some(format!("layer `{layer}` holds {count} objects")),
        };
    };
    let mut kinds = BTreeMap::<&str, usize>::new();
    for address in addresses.iter().filter(|address| touched.has(address)) {
        *kinds.entry(state::kind(address)).or_default() += 1;
    }
    let hit: Vec<String> = kinds.iter().map(|(kind, count)| format!("{count} `{kind}`")).collect();
    (!hit.is_empty()).then(|| format!("layer `{layer}`: {}", hit.join(", ")))
}

fn identity(told: Problem, held: &[&Held], dir: &str) -> Problem {
    let unknown = held.iter().any(|held| held.objects().is_none());
    let first = format!(
        "generate the other platform into another directory with `-o`, or take this one down first: `tfy-infra destroy -d {dir}`"
    );
    let hint = if unknown {
        format!("{first}; if nothing of it was ever made, `tfy-infra plan -d {dir}` looks and notes that")
    } else {
        first
    };
    Problem { hint: Some(hint), ..told }
}
