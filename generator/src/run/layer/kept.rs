//! Keys that outlive what a destroy takes away: AWS refuses to delete the key that a final snapshot needs, and Terraform lets go of it.

use super::LayerRun;
use crate::run::Operation;
use crate::run::commands::Failed;
use crate::run::events::Problem;

impl LayerRun<'_> {
    /// Has Terraform forget the keys whose deletion their policies deny, where a destroy failed by nothing else, and says that they stay.
    ///
    /// # Errors
    /// With what else went wrong.
    pub(super) fn keep_keys(&self, result: Result<(), Failed>) -> Result<(), Failed> {
        let Err(failed) = result else { return Ok(()) };
        let keys = if self.shared.operation == Operation::Destroy { kept(&failed) } else { None };
        let Some(keys) = keys else { return Err(failed) };
        for arn in keys {
            // Terraform does not say of which resource it tells.
            for address in self.commands.addresses_of(arn.rsplit('/').next().unwrap_or(&arn))? {
                self.commands.forget(&address)?;
            }
            self.progress.line(&stays(&arn));
        }
        Ok(())
    }
}

/// The ARNs of the keys that stay, where every problem is that AWS keeps one.
fn kept(failed: &Failed) -> Option<Vec<String>> {
    failed.0.iter().map(of).collect::<Option<Vec<String>>>().filter(|keys| !keys.is_empty())
}

fn of(problem: &Problem) -> Option<String> {
    let text = format!("{} {}", problem.summary, problem.detail);
    let (_, rest) = text.split_once("not authorized to perform: kms:ScheduleKeyDeletion on resource: ")?;
    // Another denial is a right that whoever destroys lacks, and not a key that is to be kept.
    rest.contains("explicit deny in a resource-based policy").then_some(())?;
    rest.split_whitespace().next().map(str::to_owned)
}

fn stays(arn: &str) -> String {
    format!(
        "stays in AWS: the key {arn}, without which nobody reads the final snapshot or the backups that stay; no state has it any more"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const ARN: &str = "arn:aws:kms:us-east-1:123456789012:key/1";

    fn problem(end: &str) -> Problem {
        let summary = format!(
            "deleting KMS Key (1): operation error KMS: ScheduleKeyDeletion, AccessDeniedException: User: a is not authorized to perform: \
             kms:ScheduleKeyDeletion on resource: {ARN} {end}"
        );
        Failed::one(summary, "").0.remove(0)
    }

    #[test]
    fn a_key_stays_that_its_own_policy_keeps_where_nothing_else_went_wrong() {
        let key = problem("with an explicit deny in a resource-based policy");
        assert_eq!(kept(&Failed(vec![key.clone()])), Some(vec![ARN.to_owned()]));
        let other = Failed::one("deleting RDS DB Instance (acme)", "it is protected").0.remove(0);
        assert_eq!(kept(&Failed(vec![key, other])), None);
        assert_eq!(kept(&Failed(Vec::new())), None);
        let lacking = "because no identity-based policy allows the kms:ScheduleKeyDeletion action";
        assert_eq!(kept(&Failed(vec![problem(lacking)])), None);
    }

    #[test]
    fn it_is_said_which_key_stays_and_why() {
        insta::assert_snapshot!(stays(ARN), @"stays in AWS: the key arn:aws:kms:us-east-1:123456789012:key/1, without which nobody reads the final snapshot or the backups that stay; no state has it any more");
    }
}
