//! What the caller may do, and the roles that AWS services act through.

use super::{Checks, few};
use crate::facts::questions::MAKE_ROLE;
use crate::facts::{Answer, Signatory, Verdict, Why};

pub(super) fn check(checks: &mut Checks<'_>) {
    actions(checks);
    let asked = checks.asked;
    for signatory in &asked.signatories {
        role(checks, signatory);
    }
}

fn actions(checks: &mut Checks<'_>) {
    let facts = checks.facts;
    let what = "what the caller may do";
    let Some(verdicts) = checks.known("permissions", what, &facts.permissions) else { return };
    let asked = checks.asked;
    // Whether roles of services can be made matters where one is missing.
    let wanted: Vec<&String> = asked.actions.iter().filter(|action| *action != MAKE_ROLE).collect();
    let with = |verdicts_of: &[Verdict]| -> Vec<&str> {
        let is =
            |action: &&&String| verdicts.get(**action).is_some_and(|verdict| verdicts_of.contains(verdict));
        wanted.iter().filter(is).map(|action| action.as_str()).collect()
    };
    let denied = with(&[Verdict::NotAllowed, Verdict::Forbidden]);
    let who = facts.caller.known().map_or("the caller", |caller| caller.arn.as_str());
    if !denied.is_empty() {
        let forbidden = with(&[Verdict::Forbidden]);
        let cause = if forbidden.is_empty() {
            format!("no policy of `{who}` allows them")
        } else {
            format!("a policy that holds for `{who}` forbids {}", few(&forbidden))
        };
        checks.finding(
            "permissions",
            None,
            format!("the caller may not do what the tree calls: {}", few(&denied)),
            cause,
            "let an administrator allow them, or run `tfy-infra apply` as an identity that may",
        );
    }
    let depends = with(&[Verdict::Depends]);
    let missing: Vec<&str> = wanted
        .iter()
        .filter(|action| !verdicts.contains_key(**action))
        .map(|action| action.as_str())
        .collect();
    if !depends.is_empty() {
        let what = format!("whether the caller may do {}", few(&depends));
        let cause = "conditions of its policies decide, and the simulation does not know what they look at";
        checks.open("permissions", &what, Why::Incomplete, cause);
    }
    if !missing.is_empty() {
        let what = format!("whether the caller may do {}", few(&missing));
        checks.open("permissions", &what, Why::Incomplete, "the simulation says nothing of them");
    }
    checks.pass("permissions");
}

fn role(checks: &mut Checks<'_>, signatory: &Signatory) {
    let facts = checks.facts;
    let check = format!("service-linked-role.{}", signatory.name);
    let what = format!("whether there is the role `{}`", signatory.role);
    match facts.service_linked_roles.get(signatory.name) {
        Some(Answer::Absent) => {}
        Some(Answer::Known(_)) => return checks.pass(check),
        _ => {
            checks.known_in(&check, &what, &facts.service_linked_roles, signatory.name);
            return;
        }
    }
    let message = format!("there is no role `{}`", signatory.role);
    let next = format!(
        "let an administrator make it: `aws iam create-service-linked-role --aws-service-name {}`",
        signatory.service
    );
    if !signatory.by_itself {
        let cause = "Karpenter starts spot instances, which needs the role, and has no right to make it";
        return checks.finding(check, None, message, cause, next);
    }
    let may = facts.permissions.known().map(|verdicts| verdicts.get(MAKE_ROLE));
    match may {
        Some(Some(Verdict::Allowed)) => checks.pass(check),
        Some(Some(Verdict::NotAllowed | Verdict::Forbidden)) => {
            let cause = format!(
                "`{}` makes it for whoever calls it first, and the caller may not do `{MAKE_ROLE}`",
                signatory.service
            );
            checks.finding(check, None, message, cause, next);
        }
        _ => {
            let what = format!("whether the role `{}` can be made", signatory.role);
            let cause = format!("it is not known whether the caller may do `{MAKE_ROLE}`");
            checks.open_with(check, &what, &cause, &next);
        }
    }
}
