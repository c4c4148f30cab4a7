//! No role that plans writes: whatever an apply role may do, each plan role is asked for with the same things, tags and conditions, and of what changes
//! something it may nothing but what [`WRITES`] has. What plans read it may.
//!
//! A question is made of a statement of an apply role, as it must be for that role to be allowed; that it is allowed is asked too, so that the plan role is
//! not denied for another reason.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use acceptance_tests::Judge;
use acceptance_tests::judge::{Account, Identity, Question};
use acceptance_tests::stack::Stack;
use anyhow::{Context as _, Result};
use serde_json::Value;

use crate::reference::{Reference, filled, is_like};

const ROOT: &str = include_str!("plans.tf");
const NUMBER: &str = "123456789012";
const RECORDED: &str = include_str!("../../../generator/data/permissions.json");
/// The layers, and how the one pair is called.
const SETS: [&str; 7] = ["network", "cluster", "data", "identity", "ingress", "addons", "terraform"];
/// The least that there is to ask: below it a change of the test has lost something.
const LEAST: usize = 250;

/// What a plan does that AWS counts as writing: action, on what (`{state}` is that of the role's own layer), why.
const WRITES: [(&str, &str, &str); 4] = [
    (
        "s3:PutObject",
        "arn:aws:s3:::acme-states/acme-dev/{state}.tflock",
        "a plan locks the state of its layer",
    ),
    ("s3:DeleteObject", "arn:aws:s3:::acme-states/acme-dev/{state}.tflock", "and unlocks it"),
    ("kms:Decrypt", STATES_KEY, "states are encrypted, and through S3 alone"),
    ("kms:GenerateDataKey", STATES_KEY, "the lock is encrypted, and through S3 alone"),
];
const STATES_KEY: &str = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555";

/// What is read of things that the states, not the platform, have: asked of the lists.
const OF_STATES: [&str; 4] = ["kms:Decrypt", "kms:GenerateDataKey", "s3:GetObject", "s3:ListBucket"];

/// Things of the platform that plans read, one for each kind that an action may be asked on.
const THINGS: [&str; 30] = [
    "arn:aws:acm:us-east-1:123456789012:certificate/00000000-0000-0000-0000-00000000000a",
    "arn:aws:ec2:us-east-1:123456789012:instance/i-0a",
    "arn:aws:ec2:us-east-1:123456789012:vpc/vpc-0a",
    "arn:aws:ecr:us-east-1:123456789012:repository/acme-dev/base",
    "arn:aws:eks:us-east-1:123456789012:access-entry/acme-dev/role/123456789012/people/0a",
    "arn:aws:eks:us-east-1:123456789012:addon/acme-dev/coredns/0a",
    "arn:aws:eks:us-east-1:123456789012:cluster/acme-dev",
    "arn:aws:eks:us-east-1:123456789012:nodegroup/acme-dev/system-a/0a",
    "arn:aws:eks:us-east-1:123456789012:podidentityassociation/acme-dev/a-0a",
    "arn:aws:elasticfilesystem:us-east-1:123456789012:access-point/fsap-0a",
    "arn:aws:elasticfilesystem:us-east-1:123456789012:file-system/fs-0a",
    "arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/acme-dev/0a",
    "arn:aws:events:us-east-1:123456789012:rule/acme-dev-karpenter-spot",
    "arn:aws:iam::123456789012:instance-profile/acme-dev-node-0a",
    "arn:aws:iam::123456789012:oidc-provider/oidc.eks.us-east-1.amazonaws.com/id/0A",
    "arn:aws:iam::123456789012:policy/acme-dev-secrets-0a",
    "arn:aws:iam::123456789012:role/acme-dev-node-0a",
    "arn:aws:kms:us-east-1:123456789012:key/00000000-0000-0000-0000-00000000000a",
    "arn:aws:logs:us-east-1:123456789012:log-group:/aws/vpc/acme-dev/flow-logs",
    "arn:aws:rds:us-east-1:123456789012:db:acme-dev",
    "arn:aws:rds:us-east-1:123456789012:pg:acme-dev-0a",
    "arn:aws:rds:us-east-1:123456789012:subgrp:acme-dev-0a",
    "arn:aws:route53:::change/C0A",
    "arn:aws:route53:::hostedzone/Z0123456789ABCDEFGHIJ",
    "arn:aws:s3:::acme-dev-123456789012-us-east-1",
    "arn:aws:s3:::acme-models",
    "arn:aws:sqs:us-east-1:123456789012:acme-dev-karpenter",
    "arn:aws:ssm:us-east-1::parameter/aws/service/eks/optimized-ami",
    "arn:aws:wafv2:us-east-1:123456789012:regional/webacl/acme-dev/00000000-0000-0000-0000-00000000000a",
    "arn:aws:eks:us-east-1:123456789012:cluster/company",
];

/// The role of a set in a phase.
fn role<'a>(account: &'a Account, set: &str, phase: &str) -> Result<&'a Arc<Identity>> {
    account.named(&format!("acme-dev-{set}-{phase}"))
}

/// An action that writes, and how it is asked.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Asked {
    action: String,
    resource: String,
    context: BTreeMap<String, Vec<String>>,
}

impl Asked {
    fn by(&self, who: &Arc<Identity>) -> Question {
        let mut question = Question::new(who, &self.action, &self.resource);
        question.context.clone_from(&self.context);
        question
    }
}

/// All that a statement allows which writes, each as it must be asked to be allowed.
fn asked_by(statement: &Value, set: &str, reference: &Reference) -> Result<Vec<Asked>> {
    let mut asked = Vec::new();
    for action in texts(&statement["Action"]) {
        if reference.reads(&action)? {
            continue;
        }
        for pattern in texts(&statement["Resource"]) {
            // Theirs knows of tags on load balancers alone.
            let of_tags = ["elasticloadbalancing:AddTags", "elasticloadbalancing:RemoveTags"]
                .contains(&action.as_str());
            for resource in reference.resources(&action, &pattern)? {
                if of_tags && !resource.contains(":loadbalancer/") {
                    continue;
                }
                let context = context(&action, &statement["Condition"], set);
                asked.push(Asked { action: action.clone(), resource, context });
            }
        }
    }
    Ok(asked)
}

/// The tags of the platform and of the layer, on what is there and on what is made, and what the statement asks for.
fn context(action: &str, condition: &Value, set: &str) -> BTreeMap<String, Vec<String>> {
    let mut context = BTreeMap::new();
    let layer = (set != "terraform").then_some(("layer", set));
    for (key, value) in [("platform", "acme-dev")].into_iter().chain(layer) {
        for start in ["aws:ResourceTag/", "aws:RequestTag/"] {
            context.insert(format!("{start}{key}"), vec![value.to_owned()]);
        }
    }
    if !action.contains(":Untag") && !action.contains(":Remove") && !action.contains(":Delete") {
        context.insert("aws:TagKeys".to_owned(), vec!["platform".to_owned()]);
    } else {
        context.insert("aws:TagKeys".to_owned(), vec!["team".to_owned()]);
    }
    for (operator, keys) in condition.as_object().into_iter().flatten() {
        for (key, values) in keys.as_object().into_iter().flatten() {
            let first = texts(values).first().map_or_else(String::new, |value| filled(value));
            match (operator.as_str(), first.as_str()) {
                ("Null", "true") => drop(context.remove(key)),
                ("Null", _) => drop(context.entry(key.clone()).or_insert_with(|| vec!["x".to_owned()])),
                (_, "") => drop(context.remove(key)),
                _ => drop(context.insert(key.clone(), vec![first])),
            }
        }
    }
    context
}

/// A text, or a list of them.
fn texts(value: &Value) -> Vec<String> {
    let one = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    value.as_array().map_or_else(|| vec![one(value)], |all| all.iter().map(one).collect())
}

/// What the apply role of a set may do that writes.
fn writes_of(account: &Account, set: &str, reference: &Reference) -> Result<BTreeSet<Asked>> {
    let mut found = BTreeSet::new();
    for policy in &role(account, set, "apply")?.policies {
        let document: Value = serde_json::from_str(&policy.text)?;
        for statement in document["Statement"].as_array().context("no statements")? {
            if statement["Effect"] == "Allow" {
                found.extend(asked_by(statement, set, reference)?);
            }
        }
    }
    Ok(found)
}

/// Whether a plan does it all the same.
fn is_of_plans(asked: &Asked, set: &str) -> bool {
    // The one pair is for all of them.
    let own = if set == "terraform" { "*".to_owned() } else { format!("{set}.tfstate") };
    WRITES.iter().any(|(action, on, _)| {
        asked.action == *action && is_like(&on.replace("{state}", &own), &asked.resource)
    })
}

/// Which of the questions are allowed by one evaluator, and by the other.
fn both(judges: &mut [Judge; 2], questions: &[Question]) -> Result<Vec<[bool; 2]>> {
    let [theirs, ours] = judges;
    let (theirs, ours) = (theirs.ask(questions)?, ours.ask(questions)?);
    let pairs = theirs.into_iter().zip(ours);
    Ok(pairs.map(|(theirs, ours)| [theirs, ours].map(|answer| answer.decision.is_allowed())).collect())
}

/// For each action of a set one question that its apply role is allowed, and all questions about what plans do as well; and the actions without one.
fn allowed_of(
    judges: &mut [Judge; 2],
    account: &Account,
    set: &str,
    asked: &BTreeSet<Asked>,
) -> Result<(BTreeSet<Asked>, BTreeSet<String>)> {
    let who = role(account, set, "apply")?;
    let mut open: BTreeMap<&str, Vec<&Asked>> = BTreeMap::new();
    for one in asked {
        open.entry(&one.action).or_default().push(one);
    }
    let mut kept: BTreeSet<Asked> =
        asked.iter().filter(|one| WRITES.iter().any(|(action, ..)| *action == one.action)).cloned().collect();
    while open.values().any(|left| !left.is_empty()) {
        let next: Vec<&Asked> = open.values_mut().filter_map(Vec::pop).collect();
        let questions: Vec<_> = next.iter().map(|one| one.by(who)).collect();
        for (one, decision) in next.into_iter().zip(both(judges, &questions)?) {
            if decision == [true, true] {
                open.remove(one.action.as_str());
                kept.insert(one.clone());
            }
        }
    }
    let idle = open.into_keys().map(|action| format!("{set}: {action}")).collect();
    Ok((kept, idle))
}

#[test]
fn no_plan_role_may_do_what_apply_roles_do_but_read() -> Result<()> {
    let stack = Stack::new("access-plans")?;
    stack.given("account", ROOT)?.terraform.apply()?;
    let account = Account::of(stack.aws(), NUMBER)?;
    let reference = Reference::read()?;
    let mut judges = [Judge::start()?, Judge::of_local_aws()?];
    let mut all = BTreeSet::new();
    let mut idle = BTreeSet::new();
    for set in SETS {
        let (kept, open) = allowed_of(&mut judges, &account, set, &writes_of(&account, set, &reference)?)?;
        all.extend(kept);
        idle.extend(open);
    }
    let actions: BTreeSet<_> = all.iter().map(|asked| &asked.action).collect();
    assert!(actions.len() >= LEAST, "only {} actions", actions.len());
    assert_eq!(idle, BTreeSet::new(), "no question is made so that the apply role is allowed");
    assert_eq!(
        wrong(&mut judges, &account, &all)?,
        BTreeSet::new(),
        "of {} questions for each role",
        all.len()
    );
    let unread = unread(&mut judges, &account, &reference)?;
    assert_eq!(unread, BTreeSet::new(), "plans read these");
    Ok(())
}

/// What a plan role may do of it that it should not, and the other way around.
fn wrong(judges: &mut [Judge; 2], account: &Account, all: &BTreeSet<Asked>) -> Result<BTreeSet<String>> {
    let mut questions = Vec::new();
    let mut wanted = Vec::new();
    for set in SETS {
        let who = role(account, set, "plan")?;
        questions.extend(all.iter().map(|asked| asked.by(who)));
        wanted.extend(all.iter().map(|asked| (set, is_of_plans(asked, set))));
    }
    let decided = questions.iter().zip(wanted).zip(both(judges, &questions)?);
    let wrong = decided.filter(|((_, (_, wanted)), decision)| *decision != [*wanted; 2]);
    let told = wrong.map(|((asked, (set, _)), [theirs, ours])| {
        format!(
            "{set}: {} on {}: allowed {theirs}, as the local AWS says {ours}",
            asked.action, asked.resource
        )
    });
    Ok(told.collect())
}

/// Of what plans read as recorded, on all kinds of things, what a plan role may not.
fn unread(judges: &mut [Judge; 2], account: &Account, reference: &Reference) -> Result<BTreeSet<String>> {
    let recorded: Value = serde_json::from_str(RECORDED)?;
    let types = recorded["types"].as_object().context("no `types`")?;
    let reads: BTreeSet<_> =
        types.values().flat_map(|of| texts(&of["read"])).filter(|action| action.contains(':')).collect();
    let mut found = BTreeSet::new();
    for set in SETS {
        let who = role(account, set, "plan")?;
        for action in reads.iter().filter(|action| !OF_STATES.contains(&action.as_str())) {
            let mut on: Vec<_> = THINGS.iter().filter(|thing| reference.is_asked_on(action, thing)).collect();
            if on.is_empty() {
                on.push(&"*");
            }
            let questions: Vec<_> = on.iter().map(|thing| ours(Question::new(who, action, thing))).collect();
            // AWS's own parameters are in no account, and theirs knows none of that form.
            let (public, questions): (Vec<_>, Vec<_>) =
                questions.into_iter().partition(|question| question.resource.contains("::parameter/"));
            let mut may = both(judges, &questions)?;
            may.extend(judges[1].ask(&public)?.iter().map(|answer| [answer.decision.is_allowed(); 2]));
            let denied = questions.iter().chain(&public).zip(may).filter(|(_, may)| *may != [true, true]);
            found.extend(denied.map(|(question, _)| format!("{set}: {action} on {}", question.resource)));
        }
    }
    Ok(found)
}

/// With the tags of the platform, of no layer in particular: plans read what other layers have made.
fn ours(question: Question) -> Question {
    if question.resource.ends_with("/company") {
        return question;
    }
    question.of_tags(&[("platform".to_owned(), "acme-dev".to_owned())].into())
}
