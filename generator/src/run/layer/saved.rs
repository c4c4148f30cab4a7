//! A layer whose plan was saved.

use super::LayerRun;
use crate::run::commands::Failed;
use crate::run::in_cluster::Cluster;
use crate::run::plan_file::PlanFile;
use crate::run::saved::SavedLayer;
use crate::run::summary::{LayerSummary, Status};

impl LayerRun<'_> {
    /// Makes just what was planned then.
    pub(super) fn apply_saved(
        &self,
        saved: &SavedLayer,
        file: &PlanFile,
        cluster: Option<&Cluster>,
        summary: &mut LayerSummary,
    ) -> Result<Status, Failed> {
        let planned = saved.planned();
        summary.saved = true;
        if !planned.changes {
            self.progress.line("no changes, by the saved plan");
            summary.resources = Some(self.resources()?);
            return Ok(Status::Unchanged);
        }
        summary.changes.clone_from(&planned.resources);
        summary.outputs_change = planned.outputs;
        self.progress.line(&format!("by the saved plan: {}", planned.counts));
        file.fill(&saved.plan)?;
        self.check_losses(&planned, file.path(), cluster)?;
        self.change_to(&planned, file.path(), cluster, summary)
    }
}
