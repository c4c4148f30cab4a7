//! Who asks, of which account, at what time, and whether the account uses the region.

use super::Checks;
use crate::facts::{Answer, Caller, Why};
use crate::spec::Path;

/// AWS refuses signatures that are five minutes off.
const TOLERATED: i64 = 240;

pub(super) fn check(checks: &mut Checks<'_>) {
    caller(checks);
    clock(checks);
    region(checks);
}

fn caller(checks: &mut Checks<'_>) {
    let facts = checks.facts;
    let who = "whose credentials these are";
    match &facts.caller {
        Answer::Known(caller) => {
            checks.pass("credentials");
            account(checks, caller);
            return;
        }
        Answer::Unchecked { why: Why::Credentials, text } => {
            let next = "sign in to AWS (`aws sso login`, or set `AWS_PROFILE`), then run it again";
            checks.finding("credentials", None, "there are no credentials that AWS takes", text, next);
        }
        Answer::Unchecked { why, text } => checks.open("credentials", who, *why, text),
        Answer::Absent => checks.open("credentials", who, Why::Incomplete, "the answer is empty"),
    }
    if let Answer::Unchecked { why, text } = &facts.caller {
        checks.open("account", who, *why, text);
    }
}

fn account(checks: &mut Checks<'_>, caller: &Caller) {
    let wanted = &checks.platform.account;
    if caller.account == *wanted {
        return checks.pass("account");
    }
    let next = format!(
        "set `AWS_PROFILE` to a profile of account {wanted}, or write `{}` in `aws.account`",
        caller.account
    );
    checks.finding(
        "account",
        Some(Path::new("aws.account")),
        format!("the credentials are of account {}, and the platform is in {wanted}", caller.account),
        format!("they are those of `{}`", caller.arn),
        next,
    );
}

fn clock(checks: &mut Checks<'_>) {
    let next = "set this machine's clock by a time server (`timedatectl set-ntp true`), then run it again";
    let cause = "AWS refuses what is signed more than five minutes before or after its own time";
    let facts = checks.facts;
    if let Answer::Unchecked { why: Why::Clock, text } = &facts.caller {
        return checks.finding("clock", None, "this machine's clock is wrong", text, next);
    }
    match &facts.clock {
        Answer::Known(ahead) if ahead.abs() > TOLERATED => {
            let (minutes, way) = (ahead.abs() / 60, if *ahead > 0 { "ahead of" } else { "behind" });
            let message = format!("this machine's clock is {minutes} minutes {way} AWS's");
            checks.finding("clock", None, message, cause, next);
        }
        Answer::Known(_) => checks.pass("clock"),
        other => {
            checks.known("clock", "this machine's clock", other);
        }
    }
}

fn region(checks: &mut Checks<'_>) {
    let facts = checks.facts;
    let region = checks.platform.region.name();
    let path = Some(Path::new("aws.region"));
    let next = format!(
        "enable it (`aws account enable-region --region-name {region}`, which takes some minutes), or write another in `aws.region`"
    );
    let closed = format!("the account does not use the region `{region}`");
    let refused = [refusal(&facts.zones), refusal(&facts.vpcs), refusal(&facts.subnets)];
    match (&facts.opted_in, refused.into_iter().flatten().next()) {
        (Answer::Known(state), _) if state == "not-opted-in" => {
            checks.finding("region", path, closed, "AWS calls it `not-opted-in`", next);
        }
        (Answer::Absent, _) => checks.finding("region", path, closed, "AWS does not list it", next),
        (_, Some(text)) => checks.finding("region", path, closed, text, next),
        (Answer::Known(_), None) => checks.pass("region"),
        (other, None) => {
            checks.known("region", "whether the account uses the region", other);
        }
    }
}

/// What the region itself says when it is not for this account.
fn refusal<T>(answer: &Answer<T>) -> Option<&str> {
    match answer {
        Answer::Unchecked { why: Why::Region, text } => Some(text),
        _ => None,
    }
}
