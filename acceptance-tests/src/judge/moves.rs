//! The known ways to more rights, as moves: what one asks of AWS, and what one then has.
//!
//! A move asks for the least that it cannot do without, so that a search finds rather a way too much than one too few.

use std::sync::Arc;

use super::known::{ACTING, ADMINISTRATOR, OPENING, SERVICES, TAGGING};
use super::world::{Form, GIVEN, ThingForm, World, everything, trusting};
use super::{Identity, Question, Tags};

/// What a move leads to.
#[derive(Clone, Debug)]
pub(super) enum Effect {
    /// The identity is so from then on.
    Becomes(Identity),
    /// The same of the first way in which what is needed last is allowed.
    OneOf(Vec<Identity>),
    /// One acts as the identity.
    Holds(Arc<Identity>),
    /// The thing is so from then on.
    Thing(Box<ThingForm>),
}

/// Something that somebody can try.
#[derive(Clone, Debug)]
pub(super) struct Move {
    /// As a path shows it.
    pub(super) text: String,
    /// All of these, each in one of several ways.
    pub(super) needs: Vec<Vec<Question>>,
    /// What it leads to.
    pub(super) effect: Effect,
}

impl Move {
    fn new(text: String, needs: Vec<Vec<Question>>, effect: Effect) -> Self {
        Self { text, needs, effect }
    }
}

/// What one identity can try with another, as that one is now.
pub(super) fn with_identity(who: &Arc<Identity>, form: &Form, world: &World<'_>) -> Vec<Move> {
    let it = &form.identity;
    let mut moves = [rewritten(who, it, world), given(who, it), freed(who, it, world)].concat();
    if it.is_role() {
        moves.extend(taken(who, it));
        moves.extend(handed_on(who, it, world));
        moves.extend(retagged(who, it, world));
    } else {
        moves.extend(signed_in(who, it));
        moves.extend(in_groups(who, it, world));
    }
    moves
}

fn about(who: &Arc<Identity>, action: &str, it: &Identity) -> Question {
    let question = Question::new(who, action, &it.arn).of_tags(&it.tags);
    match &it.boundary {
        Some(boundary) => question.with("iam:PermissionsBoundary", &boundary.name),
        None => question,
    }
}

fn text(action: &str, it: &Identity) -> String {
    let kind = if it.is_role() { "role" } else { "user" };
    format!("{action} on the {kind} {}", it.name())
}

/// A policy that it has, or its boundary, gets another document.
fn rewritten(who: &Arc<Identity>, it: &Arc<Identity>, world: &World<'_>) -> Vec<Move> {
    let mut moves = Vec::new();
    let all = it.policies.iter().chain(&it.boundary).filter(|policy| policy.is_of_a_customer());
    for policy in all {
        let Some(managed) = world.account.policies.get(&policy.name) else { continue };
        let mut documents = vec![("iam:CreatePolicyVersion", everything(&policy.name))];
        let others = managed.versions.iter().filter(|version| version.text != policy.text);
        documents.extend(others.map(|version| ("iam:SetDefaultPolicyVersion", Arc::clone(version))));
        for (action, new) in documents {
            let mut changed = Identity::clone(it);
            let places = changed.policies.iter_mut().chain(&mut changed.boundary);
            places.filter(|place| place.name == policy.name).for_each(|place| *place = Arc::clone(&new));
            let question = Question::new(who, action, &policy.name).of_tags(&managed.tags);
            let name = policy.name.rsplit('/').next().unwrap_or_default();
            let text = format!("{action} on the policy {name}, which {} has", it.name());
            moves.push(Move::new(text, vec![vec![question]], Effect::Becomes(changed)));
        }
    }
    moves
}

/// It gets a policy that allows everything.
fn given(who: &Arc<Identity>, it: &Arc<Identity>) -> Vec<Move> {
    if it.policies.iter().any(|policy| policy.name == GIVEN) {
        return Vec::new();
    }
    let actions = if it.is_role() {
        ["iam:PutRolePolicy", "iam:AttachRolePolicy"]
    } else {
        ["iam:PutUserPolicy", "iam:AttachUserPolicy"]
    };
    let given = |action: &&'static str| {
        let mut changed = Identity::clone(it);
        changed.policies.push(everything(GIVEN));
        let question = about(who, action, it).with("iam:PolicyARN", ADMINISTRATOR);
        Move::new(text(action, it), vec![vec![question]], Effect::Becomes(changed))
    };
    actions.iter().map(given).collect()
}

/// It loses its boundary, or a policy that denies.
fn freed(who: &Arc<Identity>, it: &Arc<Identity>, world: &World<'_>) -> Vec<Move> {
    let mut moves = Vec::new();
    let kind = if it.is_role() { "Role" } else { "User" };
    if it.boundary.is_some() {
        let freed = Identity { boundary: None, ..Identity::clone(it) };
        let gone = format!("iam:Delete{kind}PermissionsBoundary");
        moves.push(Move::new(
            text(&gone, it),
            vec![vec![about(who, &gone, it)]],
            Effect::Becomes(freed.clone()),
        ));
        let other = format!("iam:Put{kind}PermissionsBoundary");
        let mut question = Question::new(who, &other, &it.arn).of_tags(&it.tags);
        question = question.with("iam:PermissionsBoundary", ADMINISTRATOR);
        moves.push(Move::new(text(&other, it), vec![vec![question]], Effect::Becomes(freed)));
    }
    for (at, policy) in it.policies.iter().enumerate().filter(|(_, policy)| policy.denies()) {
        let is_managed = world.account.policies.contains_key(&policy.name);
        let action = format!("iam:{}{kind}Policy", if is_managed { "Detach" } else { "Delete" });
        let mut freed = Identity::clone(it);
        freed.policies.remove(at);
        let question = about(who, &action, it).with("iam:PolicyARN", &policy.name);
        moves.push(Move::new(text(&action, it), vec![vec![question]], Effect::Becomes(freed)));
    }
    moves
}

/// One takes the role, or writes its trust anew.
fn taken(who: &Arc<Identity>, it: &Arc<Identity>) -> Vec<Move> {
    let assume = about(who, "sts:AssumeRole", it).by(it.trust.as_ref());
    let mut moves =
        vec![Move::new(text("sts:AssumeRole", it), vec![vec![assume]], Effect::Holds(Arc::clone(it)))];
    let trust = Some(trusting(who));
    if it.trust != trust {
        let action = "iam:UpdateAssumeRolePolicy";
        let changed = Identity { trust, ..Identity::clone(it) };
        moves.push(Move::new(text(action, it), vec![vec![about(who, action, it)]], Effect::Becomes(changed)));
    }
    moves
}

/// One hands the role to a service and has that act with it.
fn handed_on(who: &Arc<Identity>, it: &Arc<Identity>, world: &World<'_>) -> Vec<Move> {
    let clusters = world.clusters();
    let trusted = SERVICES.iter().filter(|(trusted, ..)| it.trusts(trusted, &clusters));
    let handed = |(_, service, action, template): &(&str, &str, &str, &str)| {
        let pass = about(who, "iam:PassRole", it).with("iam:PassedToService", service);
        let resource = world.arn(template);
        let with = world.choices().map(|tags| {
            // What is there has the tags of ours, what is made those of the request.
            Question::new(who, action, &resource).of_tags(&tags).tagging(&tags)
        });
        let text = format!("{} to {service} with {action}", text("iam:PassRole", it));
        Move::new(text, vec![vec![pass], with.collect()], Effect::Holds(Arc::clone(it)))
    };
    trusted.map(handed).collect()
}

/// It gets tags that bring it into reach, or loses those that keep it out.
fn retagged(who: &Arc<Identity>, it: &Arc<Identity>, world: &World<'_>) -> Vec<Move> {
    let unchanged = world.account.identities.iter().any(|each| each.arn == it.arn && each.tags == it.tags);
    // What one's own tags are counts where a policy asks for them.
    let mut policies = it.policies.iter().chain(&it.boundary);
    let counts = who.arn != it.arn || policies.any(|policy| policy.asks_who());
    if !unchanged || !counts {
        return Vec::new();
    }
    let others = world.choices().filter(|tags| *tags != it.tags);
    let retagged = |tags: Tags| {
        let action = if tags.is_empty() { "iam:UntagRole" } else { "iam:TagRole" };
        let question = tag_question(about(who, action, it), &tags, &it.tags);
        let text = format!("{}, with {}", text(action, it), shown(&tags));
        Move::new(text, vec![vec![question]], Effect::Becomes(Identity { tags, ..Identity::clone(it) }))
    };
    others.map(retagged).collect()
}

fn tag_question(question: Question, new: &Tags, old: &Tags) -> Question {
    if !new.is_empty() {
        return question.tagging(new);
    }
    old.keys().fold(question, |question, key| question.with("aws:TagKeys", key))
}

fn shown(tags: &Tags) -> String {
    let pairs: Vec<_> = tags.iter().map(|(key, value)| format!("{key}={value}")).collect();
    if pairs.is_empty() { "no tags".to_owned() } else { pairs.join(",") }
}

/// One signs in as the user.
fn signed_in(who: &Arc<Identity>, it: &Arc<Identity>) -> Vec<Move> {
    let actions = ["iam:CreateAccessKey", "iam:CreateLoginProfile", "iam:UpdateLoginProfile"];
    let holds = |action: &&str| {
        Move::new(text(action, it), vec![vec![about(who, action, it)]], Effect::Holds(Arc::clone(it)))
    };
    actions.iter().map(holds).collect()
}

/// A user comes into a group, or a group that it is in gets a policy.
fn in_groups(who: &Arc<Identity>, it: &Arc<Identity>, world: &World<'_>) -> Vec<Move> {
    let mut moves = Vec::new();
    for group in &world.account.groups {
        let name = group.arn.rsplit('/').next().unwrap_or_default();
        let is_in = group.users.contains(&it.arn);
        let (actions, policies) = if is_in {
            (vec!["iam:PutGroupPolicy", "iam:AttachGroupPolicy"], vec![everything(GIVEN)])
        } else {
            (vec!["iam:AddUserToGroup"], group.policies.clone())
        };
        for action in actions {
            let question = Question::new(who, action, &group.arn).with("iam:PolicyARN", ADMINISTRATOR);
            let mut changed = Identity::clone(it);
            changed.policies.extend(policies.iter().cloned());
            changed.policies.dedup();
            let text = format!("{action} on the group {name}, with {}", it.name());
            moves.push(Move::new(text, vec![vec![question]], Effect::Becomes(changed)));
        }
    }
    moves
}

/// What one identity can try with a thing, as that one is now.
pub(super) fn with_thing(
    who: &Arc<Identity>,
    form: &ThingForm,
    forms: &[Form],
    world: &World<'_>,
) -> Vec<Move> {
    let thing = &form.thing;
    let ask = |action: &str| {
        let question = Question::new(who, action, &thing.arn).of_tags(&thing.tags);
        question.by(form.policy(who).as_ref())
    };
    let mut moves = Vec::new();
    for (_, action, opened) in OPENING.iter().filter(|(kind, ..)| *kind == thing.kind && form.open.is_none())
    {
        let mut needed = ask(action);
        if *action == "kms:CreateGrant" {
            needed = needed.with("kms:GrantIsForAWSResource", "false");
        }
        let opened = ThingForm { open: Some(opened), ..form.clone() };
        let text = format!("{action} on {}", thing.name);
        moves.push(Move::new(text, vec![vec![needed]], Effect::Thing(Box::new(opened))));
    }
    let is_first = world.things.get(&thing.name).is_ok_and(|first| first.tags == thing.tags);
    for (_, tag, untag) in TAGGING.iter().filter(|(kind, ..)| *kind == thing.kind && is_first) {
        for tags in world.choices().filter(|tags| *tags != thing.tags) {
            let action = if tags.is_empty() { untag } else { tag };
            let needed = tag_question(ask(action), &tags, &thing.tags);
            let text = format!("{action} on {}, with {}", thing.name, shown(&tags));
            let mut retagged = form.clone();
            retagged.thing.tags = tags;
            moves.push(Move::new(text, vec![vec![needed]], Effect::Thing(Box::new(retagged))));
        }
    }
    let roles = || forms.iter().filter(|role| thing.roles.iter().any(|name| name == role.identity.name()));
    for (_, action, said) in ACTING.iter().filter(|(kind, ..)| *kind == thing.kind) {
        let needed = said.iter().fold(ask(action), |question, (key, value)| question.with(key, value));
        moves.extend(roles().map(|role| acting(action, vec![vec![needed.clone()]], form, role)));
    }
    if thing.kind == "cluster" {
        // An entry with a policy makes an administrator, who can start a pod with any of the roles.
        let entry = thing.arn.replace(":cluster/", ":access-entry/") + "/role/new/new/00000000";
        let create = world.choices().map(|tags| ask("eks:CreateAccessEntry").tagging(&tags)).collect();
        let admit = Question::new(who, "eks:AssociateAccessPolicy", &entry).of_tags(&thing.tags);
        let needs = vec![create, vec![admit]];
        moves.extend(roles().map(|role| acting("eks:CreateAccessEntry", needs.clone(), form, role)));
    }
    moves
}

fn acting(action: &str, needs: Vec<Vec<Question>>, form: &ThingForm, role: &Form) -> Move {
    let text = format!("{action} on {}, which acts as {}", form.thing.name, role.identity.name());
    Move::new(text, needs, Effect::Holds(Arc::clone(&role.identity)))
}

/// New roles and users that one can make, each with what it then has at most; with tags of ours where one can.
pub(super) fn made(who: &Arc<Identity>, world: &World<'_>) -> Vec<Move> {
    let mut moves = Vec::new();
    let boundaries = world.account.policies.iter().filter(|(arn, _)| arn.contains("boundary"));
    let boundaries: Vec<_> = boundaries.filter_map(|(_, managed)| managed.versions.first()).collect();
    let boundaries = [None].into_iter().chain(boundaries.into_iter().map(Some));
    for (at, boundary) in boundaries.enumerate() {
        for (kind, action) in [("role", "iam:CreateRole"), ("user", "iam:CreateUser")] {
            let name = format!("{}-new-{at}", world.name);
            let it = |tags: Tags| Identity {
                arn: format!("arn:aws:iam::{}:{kind}/{name}", world.account.number),
                tags,
                policies: Vec::new(),
                boundary: boundary.map(Arc::clone),
                trust: (kind == "role").then(|| trusting(who)),
            };
            // It is not there yet: what the request says are its boundary and its tags to come.
            let question = |it: &Identity| {
                let question = Question::new(who, action, &it.arn).tagging(&it.tags);
                boundary.iter().fold(question, |question, boundary| {
                    question.with("iam:PermissionsBoundary", &boundary.name)
                })
            };
            let choices: Vec<_> = world.tags.iter().cloned().chain([Tags::new()]).map(it).collect();
            let needs = vec![choices.iter().map(question).collect()];
            moves.push(Move::new(format!("{action} {name}"), needs, Effect::OneOf(choices)));
        }
    }
    moves
}
