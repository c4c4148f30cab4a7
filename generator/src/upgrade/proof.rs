//! Whether an upgrade keeps what cannot be had back: data, and addresses by which others know the platform.

use serde::Serialize;

use crate::run::{Status, Summary};
use crate::suggest::all_of;
use crate::tree::state;

/// Types whose objects hold data: what is in them is gone with them. A key's data is what it has encrypted.
const DATA: [&str; 13] = [
    "aws_cloudwatch_log_group",
    "aws_db_instance",
    "aws_db_snapshot",
    "aws_dynamodb_table",
    "aws_ebs_volume",
    "aws_ecr_repository",
    "aws_efs_file_system",
    "aws_kms_key",
    "aws_s3_bucket",
    "aws_secretsmanager_secret",
    "kubernetes_persistent_volume_claim_v1",
    "truefoundry_secret",
    "truefoundry_secret_group",
];
/// Types whose objects others know by an address, a name or an ARN that a new one does not have.
const ADDRESSES: [&str; 14] = [
    "aws_acm_certificate",
    "aws_eip",
    "aws_eks_cluster",
    "aws_iam_openid_connect_provider",
    "aws_iam_role",
    "aws_instance",
    "aws_lb",
    "aws_nat_gateway",
    "aws_route53_record",
    "aws_route53_zone",
    "aws_subnet",
    "aws_vpc",
    "aws_vpc_endpoint",
    "truefoundry_cluster",
];

/// An object that an upgrade would take away.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Loss {
    /// The layer.
    pub layer: String,
    /// The object's address.
    pub address: String,
    /// `delete` or `replace`.
    pub action: String,
    /// Whether it holds data; else it is an address.
    pub data: bool,
}

/// What a plan shows.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Proof {
    /// What would be lost.
    pub losses: Vec<Loss>,
    /// Layers that the tree did not have: in them nothing can be lost.
    pub new: Vec<String>,
    /// Layers that could not be planned to the end.
    pub unplanned: Vec<String>,
    /// Layers whose plans may still change, as those before them do.
    pub stale: Vec<String>,
}

impl Proof {
    /// What the plan of all layers shows that the tree has; `new` are those that it is to have.
    #[must_use]
    pub fn of(summary: &Summary, new: &[String]) -> Self {
        let mut proof = Self { new: new.to_vec(), ..Self::default() };
        for layer in &summary.layers {
            match layer.status {
                Status::Planned | Status::Unchanged => {}
                Status::Stale => proof.stale.push(layer.layer.clone()),
                _ => proof.unplanned.push(layer.layer.clone()),
            }
            for change in layer.changes.iter().filter(|change| change.is_destructive()) {
                let kind = state::kind(&change.address);
                let data = DATA.contains(&kind);
                if data || ADDRESSES.contains(&kind) {
                    proof.losses.push(Loss {
                        layer: layer.layer.clone(),
                        address: change.address.clone(),
                        action: change.action.clone(),
                        data,
                    });
                }
            }
        }
        proof
    }

    /// Whether nothing would be lost, as far as can be planned, and all of it can be planned.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.losses.is_empty() && self.unplanned.is_empty()
    }

    /// For people. `next` is the command that writes the upgrade.
    #[must_use]
    pub fn told(&self, next: &str) -> String {
        let mut text = String::new();
        for loss in &self.losses {
            let what = if loss.data { "holds data" } else { "is known by its address" };
            let goes = if loss.action == "delete" { "destroyed" } else { "replaced" };
            text.push_str(&format!(
                "would be {goes}, and {what}: layer `{}`, {}\n",
                loss.layer, loss.address
            ));
        }
        if !self.new.is_empty() {
            let names: Vec<&str> = self.new.iter().map(String::as_str).collect();
            text.push_str(&format!("new: {}\n", all_of(&names)));
        }
        if !self.unplanned.is_empty() {
            let names: Vec<&str> = self.unplanned.iter().map(String::as_str).collect();
            let cannot = if names.len() == 1 { "is" } else { "are" };
            text.push_str(&format!("not shown: {} {cannot} not planned, as is told above\n", all_of(&names)));
        }
        if !self.stale.is_empty() {
            let names: Vec<&str> = self.stale.iter().map(String::as_str).collect();
            let [reads, again] = if names.len() == 1 { ["reads", "it is"] } else { ["read", "they are"] };
            text.push_str(&format!(
                "{} {reads} what changes: {again} planned again by the apply\n",
                all_of(&names)
            ));
        }
        text.push_str(&match (self.losses.is_empty(), self.unplanned.is_empty()) {
            (true, true) => {
                format!("nothing that holds data or an address is destroyed or replaced\nnext: `{next}`, review, plan and apply\n")
            }
            (true, false) => format!("next: mend what is told above and upgrade again, before `{next}`\n"),
            (false, _) => {
                format!("next: keep what would go (`moved` and `prevent_destroy` in a file of your own, or the old value of a key), before `{next}`\n")
            }
        });
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::{LayerSummary, Operation, ResourceChange};

    fn change(action: &str, address: &str) -> ResourceChange {
        ResourceChange { address: address.to_owned(), action: action.to_owned(), ..ResourceChange::default() }
    }

    fn summary(layers: Vec<LayerSummary>) -> Summary {
        Summary {
            operation: Operation::Plan,
            directory: "infra".into(),
            interrupted: false,
            seconds: 0.0,
            layers,
        }
    }

    #[test]
    fn what_would_be_lost_is_told_and_what_anybody_can_make_again_is_not() {
        let data = LayerSummary {
            changes: vec![
                change("replace", "module.database.aws_db_instance.this"),
                change("delete", "module.object_store[\"a\"].aws_s3_bucket.this"),
                change("update", "module.object_store[\"a\"].aws_s3_bucket.logs"),
                change("delete", "module.database.aws_db_parameter_group.this"),
            ],
            ..LayerSummary::idle("data", Status::Planned)
        };
        let network = LayerSummary {
            changes: vec![change("replace", "module.network.aws_eip.nat[\"use1-az1\"]")],
            ..LayerSummary::idle("network", Status::Planned)
        };
        let proof = Proof::of(&summary(vec![network, data]), &[]);
        assert!(!proof.holds());
        insta::assert_snapshot!(proof.told("tfy-infra generate -f platform.yaml -o infra"), @r#"
        would be replaced, and is known by its address: layer `network`, module.network.aws_eip.nat["use1-az1"]
        would be replaced, and holds data: layer `data`, module.database.aws_db_instance.this
        would be destroyed, and holds data: layer `data`, module.object_store["a"].aws_s3_bucket.this
        next: keep what would go (`moved` and `prevent_destroy` in a file of your own, or the old value of a key), before `tfy-infra generate -f platform.yaml -o infra`
        "#);
    }

    #[test]
    fn what_was_not_planned_proves_nothing_and_what_is_new_loses_nothing() {
        let proof = Proof::of(
            &summary(vec![
                LayerSummary::idle("network", Status::Unchanged),
                LayerSummary::idle("identity", Status::Stale),
                LayerSummary::idle("addons", Status::Failed),
                LayerSummary::idle("platform", Status::NotRun),
            ]),
            &["agent".to_owned()],
        );
        assert!(!proof.holds());
        insta::assert_snapshot!(proof.told("tfy-infra generate"), @r"
        new: `agent`
        not shown: `addons` and `platform` are not planned, as is told above
        `identity` reads what changes: it is planned again by the apply
        next: mend what is told above and upgrade again, before `tfy-infra generate`
        ");
        let proof = Proof::of(&summary(vec![LayerSummary::idle("network", Status::Planned)]), &[]);
        insta::assert_snapshot!(proof.told("tfy-infra generate"), @r"
        nothing that holds data or an address is destroyed or replaced
        next: `tfy-infra generate`, review, plan and apply
        ");
    }
}
