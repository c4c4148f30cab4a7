//! What the helm provider does when it cannot ask: it forgets.

use anyhow::{Result, ensure};

use crate::bed::{Bed, User};
use crate::guard::{Asked, Guarded, Trouble};

/// A dead API server: its releases are planned anew, leave the state of a refresh, and a destroy succeeds, all without an
/// error. They stay in the cluster.
pub(crate) fn a_release_that_cannot_be_read_is_forgotten(bed: &Bed, dead: &dyn Trouble) -> Result<()> {
    let root = bed.root("forgotten", User::Administrator)?;
    root.settles(&bed.release("forgotten", "metrics-server", ""))?;
    let guarded = Guarded { terraform: &root.terraform };
    let outcomes = guarded.before(dead, &[Asked::Plan, Asked::Refresh, Asked::Destroy])?;
    for outcome in &outcomes {
        assert_eq!(outcome.run.code, 0, "{}: {}", outcome.title, outcome.run.message());
    }
    let said = outcomes[0].run.message();
    ensure!(said.contains("1 to add, 0 to change, 0 to destroy"), "{said}");
    for outcome in &outcomes[1..] {
        let lost: Vec<_> = outcome.lost.iter().map(String::as_str).collect();
        assert_eq!(lost, ["helm_release.forgotten"], "{}", outcome.title);
    }
    assert_eq!(bed.status("forgotten")?.as_deref(), Some("deployed"));
    root.terraform.expect_no_changes()?;
    root.terraform.destroy()?;
    assert_eq!(bed.status("forgotten")?, None);
    Ok(())
}
