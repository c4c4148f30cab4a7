//! Plans that are saved by `plan --out FILE` and applied by `apply FILE`: of every layer that could be planned, bound to the code of the tree, to
//! the states and to the program that they were made with. Of the others the file says why they are not in it.
//!
//! The file is JSON that nobody but its owner may read: Terraform's plans, which are in it as they are, hold values in clear.

mod code;
mod refusal;

pub(super) use refusal::unwritten;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::RunError;
use super::changes::ResourceChange;
use super::commands::{Failed, Planned};
use super::layer::Runner;
use super::plan_file::PlanFile;
use super::summary::{Counts, LayerSummary, Status};
use crate::tree::state::Outline;
use crate::tree::{Layer, own};

/// The format that is written, and the only one that is read.
const FORMAT: u32 = 1;

/// An apply of saved plans.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApplySaved {
    /// The file.
    pub file: PathBuf,
    /// Whether a plan that takes the place of one that was not saved is applied without a question.
    pub approve_replanned: bool,
}

/// What a file holds.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Saved {
    /// By this name a file is known to be one.
    tfy_infra_plan: u32,
    /// The version of Terraform that made the plans.
    terraform: String,
    /// SHA-256 of every file that Terraform reads of these layers, by its path in the tree.
    code: BTreeMap<String, String>,
    /// The layers that were planned, in their order.
    layers: Vec<Entry>,
}

/// One layer of it.
#[derive(Debug, Serialize, Deserialize)]
struct Entry {
    layer: String,
    status: Status,
    /// The layers for which it is stale or waits.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    waits_for: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    plan: Option<SavedLayer>,
}

/// A plan, and the state from which it was made.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct SavedLayer {
    serial: u64,
    lineage: String,
    changes: bool,
    counts: Counts,
    outputs: bool,
    /// What is planned, without attributes.
    resources: Vec<ResourceChange>,
    /// Terraform's own file.
    #[serde(serialize_with = "to_base64", deserialize_with = "from_base64")]
    pub(super) plan: Vec<u8>,
}

impl SavedLayer {
    /// What Terraform planned.
    pub(super) fn planned(&self) -> Planned {
        Planned {
            changes: self.changes,
            counts: self.counts,
            resources: self.resources.clone(),
            outputs: self.outputs,
            ..Planned::default()
        }
    }
}

impl Saved {
    /// Reads a file, and refuses one that was made of other code or by another Terraform.
    pub(super) fn read(file: &Path, dir: &Path, terraform: &str) -> Result<Self, RunError> {
        let text = fs_err::read(file).map_err(|e| RunError::Input(refusal::unreadable(file, &e)))?;
        let Some(saved) = parsed(&text) else { return Err(RunError::Input(refusal::foreign(file))) };
        let mut now =
            code::of(dir, &saved.names()).map_err(|e| RunError::Machine(refusal::no_code(dir, &e)))?;
        // It may lie beside the code that it was made of.
        if let Some(own) = code::place(dir, file) {
            now.remove(&own);
        }
        let mut causes = code::differences(&saved.code, &now);
        if saved.terraform != terraform {
            causes.push(format!(
                "it was made with Terraform {}, and this is Terraform {terraform}",
                saved.terraform
            ));
        }
        saved.refuse(file, dir, &causes)?;
        Ok(saved)
    }

    /// The names of the layers that were planned.
    pub(super) fn names(&self) -> Vec<&str> {
        self.layers.iter().map(|entry| entry.layer.as_str()).collect()
    }

    /// The plan of a layer, where it could be saved.
    pub(super) fn plan_of(&self, layer: &str) -> Option<&SavedLayer> {
        self.layers.iter().find(|entry| entry.layer == layer)?.plan.as_ref()
    }

    /// Refuses plans of states that were written since.
    pub(super) fn check_states(&self, file: &Path, dir: &Path, runner: &Runner<'_>) -> Result<(), RunError> {
        let mut causes = Vec::new();
        for layer in runner.layers {
            let Some(plan) = self.plan_of(&layer.name) else { continue };
            let now = runner
                .outline(layer)
                .map_err(|Failed(problems)| RunError::Machine(refusal::unknown(layer, &problems)))?;
            causes.extend(plan.moved(layer, &now));
        }
        self.refuse(file, dir, &causes)
    }

    fn refuse(&self, file: &Path, dir: &Path, causes: &[String]) -> Result<(), RunError> {
        if causes.is_empty() { Ok(()) } else { Err(RunError::Input(refusal::over(file, dir, causes))) }
    }
}

impl SavedLayer {
    /// How the state is no longer the one that was planned from.
    fn moved(&self, layer: &Layer, now: &Outline) -> Option<String> {
        let name = &layer.name;
        if self.lineage != now.lineage {
            return Some(format!("the state of layer `{name}` is another one"));
        }
        (self.serial != now.serial).then(|| {
            format!(
                "the state of layer `{name}` was written since: it was {} and is {}",
                self.serial, now.serial
            )
        })
    }
}

/// Plans that are to be saved, as they are made.
#[derive(Debug, Default)]
pub(super) struct Saving(Mutex<BTreeMap<String, (Outline, PlanFile)>>);

impl Saving {
    /// Refuses to save where that would take another file's place, or cannot be done.
    pub(super) fn to(file: &Path) -> Result<Self, RunError> {
        let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
        if folder.is_some_and(|folder| !folder.is_dir()) {
            return Err(RunError::Input(refusal::no_folder(file)));
        }
        match std::fs::symlink_metadata(file) {
            Ok(found) if !found.is_file() => Err(RunError::Input(refusal::in_the_way(file))),
            Ok(_) if fs_err::read(file).is_ok_and(|text| parsed(&text).is_none()) => {
                Err(RunError::Input(refusal::in_the_way(file)))
            }
            _ => Ok(Self::default()),
        }
    }

    /// Keeps a plan, and the state from which it was made.
    pub(super) fn take(&self, layer: &str, state: &Outline, plan: PlanFile) {
        let mut taken = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        taken.insert(layer.to_owned(), (state.clone(), plan));
    }

    /// Writes the file, and says of each layer whether its plan is in it.
    pub(super) fn write(
        self,
        file: &Path,
        dir: &Path,
        terraform: &str,
        summaries: &mut [LayerSummary],
    ) -> std::io::Result<()> {
        let mut taken = self.0.into_inner().unwrap_or_else(PoisonError::into_inner);
        let mut layers = Vec::new();
        for summary in summaries {
            // Those who read it are applied first, so that its state will be another one.
            let holds =
                matches!(summary.status, Status::Planned | Status::Unchanged) && summary.after.is_empty();
            let plan = match taken.remove(&summary.layer).filter(|_| holds) {
                Some((state, plan)) => Some(entry(summary, state, &plan)?),
                None => None,
            };
            summary.saved = plan.is_some();
            layers.push(Entry {
                layer: summary.layer.clone(),
                status: summary.status,
                waits_for: summary.waits_for.clone(),
                plan,
            });
        }
        let names: Vec<&str> = layers.iter().map(|entry| entry.layer.as_str()).collect();
        let code = code::of(dir, &names)?;
        let saved = Saved { tfy_infra_plan: FORMAT, terraform: terraform.to_owned(), code, layers };
        own::put_for_owner(file, serde_json::to_string(&saved)?.as_bytes())
    }
}

fn entry(summary: &LayerSummary, state: Outline, plan: &PlanFile) -> std::io::Result<SavedLayer> {
    let without_attributes =
        |change: &ResourceChange| ResourceChange { attributes: Vec::new(), ..change.clone() };
    Ok(SavedLayer {
        serial: state.serial,
        lineage: state.lineage,
        changes: summary.status == Status::Planned,
        counts: summary.counts,
        outputs: summary.outputs_change,
        resources: summary.changes.iter().map(without_attributes).collect(),
        plan: plan.read()?,
    })
}

fn parsed(text: &[u8]) -> Option<Saved> {
    serde_json::from_slice::<Saved>(text).ok().filter(|saved| saved.tfy_infra_plan == FORMAT)
}

fn to_base64<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&STANDARD.encode(bytes))
}

fn from_base64<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
    STANDARD.decode(String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
}

/// What people are told when a file is written.
pub(super) fn told(file: &Path, summaries: &[LayerSummary]) -> String {
    let of = |saved: bool| -> Vec<&str> {
        summaries.iter().filter(|layer| layer.saved == saved).map(|layer| layer.layer.as_str()).collect()
    };
    let (saved, left) = (of(true), of(false));
    let file = file.display();
    let mut text = match saved.as_slice() {
        [] => format!("`{file}` has no plan: no layer can be planned yet"),
        [_] => format!("the plan of {} is saved in `{file}`", crate::suggest::all_of(&saved)),
        _ => format!("the plans of {} are saved in `{file}`", crate::suggest::all_of(&saved)),
    };
    match left.as_slice() {
        [] => {}
        [one] => text.push_str(&format!("; `{one}` is planned when it is applied")),
        _ => text.push_str(&format!("; {} are planned when they are applied", crate::suggest::all_of(&left))),
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::record::tests::layers;

    fn plan(serial: u64, lineage: &str) -> SavedLayer {
        SavedLayer {
            serial,
            lineage: lineage.to_owned(),
            changes: true,
            counts: Counts { add: 1, ..Counts::default() },
            outputs: false,
            resources: Vec::new(),
            plan: b"PK\x03\x04".to_vec(),
        }
    }

    #[test]
    fn a_state_that_was_written_since_or_is_another_one_is_told() {
        let network = &layers(true)[0];
        let now =
            |serial, lineage: &str| Outline { serial, lineage: lineage.to_owned(), ..Outline::default() };
        assert_eq!(plan(7, "a").moved(network, &now(7, "a")), None);
        assert_eq!(
            plan(7, "a").moved(network, &now(8, "a")).unwrap(),
            "the state of layer `network` was written since: it was 7 and is 8"
        );
        assert_eq!(
            plan(0, "").moved(network, &now(1, "b")).unwrap(),
            "the state of layer `network` is another one"
        );
    }

    #[test]
    fn a_plan_goes_through_the_file_as_it_is_and_another_format_is_none() {
        let mut saved = Saved {
            tfy_infra_plan: FORMAT,
            terraform: "1.11.4".to_owned(),
            code: BTreeMap::new(),
            layers: vec![Entry {
                layer: "network".to_owned(),
                status: Status::Planned,
                waits_for: Vec::new(),
                plan: Some(plan(7, "a")),
            }],
        };
        let text = serde_json::to_vec(&saved).unwrap();
        let read = parsed(&text).unwrap();
        assert_eq!(read.plan_of("network").unwrap().plan, b"PK\x03\x04");
        assert!(read.plan_of("cluster").is_none());
        saved.tfy_infra_plan = FORMAT + 1;
        assert!(parsed(&serde_json::to_vec(&saved).unwrap()).is_none());
        assert!(parsed(b"version: 1\nname: acme\n").is_none());
    }

    #[test]
    fn another_terraform_is_told() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("x.tfplan");
        let saved = Saved {
            tfy_infra_plan: FORMAT,
            terraform: "1.11.4".to_owned(),
            code: BTreeMap::new(),
            layers: Vec::new(),
        };
        fs_err::write(&file, serde_json::to_vec(&saved).unwrap()).unwrap();
        let RunError::Input(problem) = Saved::read(&file, dir.path(), "1.15.5").unwrap_err() else {
            panic!("it is not the machine's fault")
        };
        assert_eq!(
            problem.note.as_deref(),
            Some("it was made with Terraform 1.11.4, and this is Terraform 1.15.5")
        );
    }

    #[test]
    fn what_is_in_the_file_and_what_is_not_is_told() {
        let told = |saved: &[bool]| {
            let summaries: Vec<LayerSummary> = ["network", "cluster", "data"]
                .iter()
                .zip(saved)
                .map(|(name, saved)| LayerSummary {
                    saved: *saved,
                    ..LayerSummary::idle(name, Status::Planned)
                })
                .collect();
            super::told(Path::new("x.tfplan"), &summaries)
        };
        insta::assert_snapshot!([&[true, true, true][..], &[true, false, true], &[true, false, false], &[false]].map(told).join("\n"), @r"
        the plans of `network`, `cluster` and `data` are saved in `x.tfplan`
        the plans of `network` and `data` are saved in `x.tfplan`; `cluster` is planned when it is applied
        the plan of `network` is saved in `x.tfplan`; `cluster` and `data` are planned when they are applied
        `x.tfplan` has no plan: no layer can be planned yet; `network` is planned when it is applied
        ");
    }
}
