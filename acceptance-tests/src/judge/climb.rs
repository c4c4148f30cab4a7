//! A search for ways up: from what one identity may do, by the known moves, to more than it had.
//!
//! Breadth first: each round tries every move of everybody that is held with everything as it is and as it became. What a move changes is kept
//! beside what was before, so that no order of moves hides another; a search therefore finds rather a way too much than one too few.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use anyhow::Result;

use super::moves::{self, Effect, Move};
pub use super::world::World;
use super::world::{Form, GIVEN, Step, ThingForm};
use super::{Identity, Judge, Line, Question};

/// A way to more.
#[derive(Clone, Debug)]
pub struct Way {
    /// What is done, in order.
    pub steps: Vec<String>,
    /// Who one is at the end.
    pub as_whom: String,
    /// What one can do then, and could not at first: places of lines and what they are about.
    pub reaches: Vec<String>,
}

/// What a search found.
#[derive(Debug)]
pub struct Climbed {
    /// What of the list the identity can do without any way.
    pub at_first: Vec<String>,
    /// The ways, shortest first; at most one to each form of each identity.
    pub ways: Vec<Way>,
    /// How many rounds there were until nothing new came, or the bound was reached.
    pub rounds: usize,
    /// How many moves were tried.
    pub tried: usize,
    /// Names of all that can be acted as at the end.
    pub held: BTreeSet<String>,
}

struct Search<'a> {
    judge: &'a mut Judge,
    world: &'a World<'a>,
    beyond: &'a [Line],
    steps: Vec<Step>,
    forms: Vec<Form>,
    things: Vec<ThingForm>,
    held: Vec<Form>,
    known: BTreeSet<Arc<Identity>>,
    known_things: BTreeSet<String>,
    /// By who is held, what it is about and how it is called.
    tried: BTreeSet<(usize, Option<usize>, String)>,
    at_first: BTreeSet<usize>,
    ways: Vec<Way>,
    /// Who is up already, and by which lines the first is: each is told once.
    up: BTreeSet<String>,
    up_by_things: BTreeSet<usize>,
}

/// Looks for ways from an identity to what a list says that nobody may do who has taken over that identity, in so many rounds.
///
/// # Errors
/// When the evaluator fails or the list names something that there is not.
pub fn climb(
    judge: &mut Judge,
    world: &World<'_>,
    start: &Arc<Identity>,
    beyond: &[Line],
    rounds: usize,
) -> Result<Climbed> {
    let first = |identity: &Arc<Identity>| Form { identity: Arc::clone(identity), step: None };
    let thing = |thing: &super::Thing| ThingForm { thing: thing.clone(), open: None, step: None };
    let mut search = Search {
        judge,
        world,
        beyond,
        steps: Vec::new(),
        forms: world.account.identities.iter().map(first).collect(),
        things: world.things.iter().map(thing).collect(),
        held: vec![first(start)],
        known: world.account.identities.iter().cloned().collect(),
        known_things: world.things.iter().map(|thing| thing.name.clone()).collect(),
        tried: BTreeSet::new(),
        at_first: BTreeSet::new(),
        ways: Vec::new(),
        up: BTreeSet::new(),
        up_by_things: BTreeSet::new(),
    };
    search.at_first = search.reached(&first(start), 0)?.into_keys().collect();
    let mut done = 0;
    // Who is up is not looked at any further: the shortest ways are enough.
    let mut climbers = vec![0];
    while done < rounds {
        done += 1;
        let new_things = search.things.len();
        let new_held = search.held.len();
        let found = search.round(&climbers)?;
        for at in new_held..search.held.len() {
            if !search.is_up(at, 0)? && !search.is_covered(at, &climbers) {
                climbers.push(at);
            }
        }
        for at in climbers.clone() {
            if at < new_held && search.is_up(at, new_things)? && at > 0 {
                climbers.retain(|other| *other != at);
            }
        }
        if !found {
            break;
        }
    }
    let told = |at: &usize| search.shown(*at);
    Ok(Climbed {
        at_first: search.at_first.iter().map(told).collect(),
        rounds: done,
        tried: search.tried.len(),
        held: search.held.iter().map(|form| form.identity.name().to_owned()).collect(),
        ways: search.ways,
    })
}

/// Whether any policy allows the action on whatever condition, and the boundary too; what stands at a resource may allow it to somebody by name.
fn may_be_allowed(question: &Question) -> bool {
    let Question { who, action, of_resource, .. } = question;
    let by_policies = who.policies.iter().any(|policy| policy.may_allow(action));
    let by_boundary = who.boundary.as_ref().is_none_or(|boundary| boundary.may_allow(action));
    of_resource.is_some() || (by_policies && by_boundary)
}

impl Search<'_> {
    /// Tries all moves that were not tried yet. Whether one led to something new.
    fn round(&mut self, climbers: &[usize]) -> Result<bool> {
        let mut new = Vec::new();
        for at in climbers {
            let who = self.held[*at].clone();
            for (target, made) in self.moves_of(&who) {
                if self.tried.insert((*at, target, made.text.clone())) {
                    new.push((who.clone(), target, made));
                }
            }
        }
        // What no policy allows on any condition is not allowed, and most of what one could try is that.
        new.retain(|(_, _, made)| made.needs.iter().all(|ways| ways.iter().any(may_be_allowed)));
        let questions: Vec<Question> =
            new.iter().flat_map(|(_, _, made)| made.needs.iter().flatten().cloned()).collect();
        let mut answers = self.judge.ask(&questions)?.into_iter();
        let mut found = false;
        for (who, target, mut made) in new {
            let mut way = Some(0);
            for ways in &made.needs {
                // All answers are taken, whatever they are: they stand in a row.
                let allowed: Vec<bool> =
                    answers.by_ref().take(ways.len()).map(|answer| answer.decision.is_allowed()).collect();
                way = way.and_then(|_| allowed.iter().position(|allowed| *allowed));
            }
            let Some(way) = way else { continue };
            if let Effect::OneOf(choices) = &mut made.effect {
                made.effect = Effect::Becomes(choices.swap_remove(way));
            }
            found |= self.take(&who, target, made);
        }
        Ok(found)
    }

    /// All moves of one, each with the step by which what it is about became so.
    fn moves_of(&self, who: &Form) -> Vec<(Option<usize>, Move)> {
        let of = |step: Option<usize>, moves: Vec<Move>| moves.into_iter().map(move |one| (step, one));
        let it = &who.identity;
        let identities =
            self.forms.iter().flat_map(|form| of(form.step, moves::with_identity(it, form, self.world)));
        let things = self
            .things
            .iter()
            .flat_map(|form| of(form.step, moves::with_thing(it, form, &self.forms, self.world)));
        identities.chain(things).chain(of(None, moves::made(it, self.world))).collect()
    }

    /// Notes what a move led to. Whether it is new.
    fn take(&mut self, who: &Form, target: Option<usize>, made: Move) -> bool {
        let step = self.steps.len();
        let mut after: Vec<usize> = who.step.into_iter().chain(target).collect();
        let is_new = match made.effect {
            Effect::Becomes(identity) => self.becomes(identity, step, &mut after),
            // One was chosen.
            Effect::OneOf(_) => false,
            Effect::Holds(identity) => self.holds(identity, step),
            Effect::Thing(mut form) => {
                let key = format!("{} {:?} {:?}", form.thing.name, form.thing.tags, form.open);
                let is_new = self.known_things.insert(key);
                if is_new {
                    form.step = Some(step);
                    self.things.push(*form);
                }
                is_new
            }
        };
        if is_new {
            self.steps.push(Step { text: made.text, after });
        }
        is_new
    }

    fn becomes(&mut self, identity: Identity, step: usize, after: &mut Vec<usize>) -> bool {
        let identity = Arc::new(identity);
        if !self.known.insert(Arc::clone(&identity)) {
            return false;
        }
        self.forms.push(Form { identity: Arc::clone(&identity), step: Some(step) });
        // Who acts as it acts as what it became.
        if let Some(held) = self.held.iter().find(|held| held.identity.arn == identity.arn) {
            after.extend(held.step);
            self.holds(identity, step);
        }
        true
    }

    fn holds(&mut self, identity: Arc<Identity>, step: usize) -> bool {
        let is_new = !self.held.iter().any(|held| held.identity == identity);
        if is_new {
            self.held.push(Form { identity, step: Some(step) });
        }
        is_new
    }

    /// Whether another who climbs can do all that this one can: everything within the same boundary, which may ask for one's tags.
    fn is_covered(&self, at: usize, climbers: &[usize]) -> bool {
        let this = &self.held[at].identity;
        climbers.iter().map(|other| &self.held[*other].identity).any(|other| {
            let is_like =
                other.tags == this.tags || !this.boundary.as_ref().is_some_and(|policy| policy.asks_who());
            is_like
                && other.boundary == this.boundary
                && (other.policies == this.policies
                    || other.policies.iter().any(|policy| policy.name == GIVEN))
        })
    }

    /// Whether one that is held can do more than the first could; notes the way.
    fn is_up(&mut self, at: usize, things_from: usize) -> Result<bool> {
        let held = self.held[at].clone();
        let is_first = held.identity.arn == self.held[0].identity.arn;
        if self.up.contains(&held.identity.arn) && !is_first {
            return Ok(true);
        }
        let mut reached = self.reached(&held, things_from)?;
        reached
            .retain(|line, _| !self.at_first.contains(line) && (at > 0 || self.up_by_things.insert(*line)));
        let Some(thing) = reached.values().next().copied() else { return Ok(false) };
        self.up.insert(held.identity.arn.clone());
        let mut steps = BTreeSet::new();
        let mut open: Vec<usize> = held.step.into_iter().chain(thing).collect();
        while let Some(step) = open.pop() {
            if steps.insert(step) {
                open.extend(&self.steps[step].after);
            }
        }
        self.ways.push(Way {
            steps: steps.into_iter().map(|step| self.steps[step].text.clone()).collect(),
            as_whom: held.identity.name().to_owned(),
            reaches: reached.keys().map(|line| self.shown(*line)).collect(),
        });
        Ok(true)
    }

    fn shown(&self, line: usize) -> String {
        let Line { place, action, on, .. } = &self.beyond[line];
        format!("{place}: {action} on {on}")
    }

    /// Which lines one can do, each with the step that first made the thing what it is, of things from a number on.
    fn reached(&mut self, held: &Form, things_from: usize) -> Result<BTreeMap<usize, Option<usize>>> {
        let mut asked = Vec::new();
        for (at, line) in self.beyond.iter().enumerate() {
            // What one had at first is no way up.
            if self.at_first.contains(&at) {
                continue;
            }
            let question = line.question(&held.identity, self.world.things, self.world.account)?;
            if things_from == 0 {
                asked.push((at, None, question.clone()));
            }
            for form in self.things.iter().skip(things_from).filter(|form| form.thing.name == line.on) {
                let mut question = Question::new(&held.identity, &line.action, &form.thing.arn);
                question = question.of_tags(&form.thing.tags).tagging(&line.sets);
                question = question.by(form.policy(&held.identity).as_ref());
                question.context.extend(line.with.clone());
                asked.push((at, form.step, question));
            }
        }
        asked.retain(|(.., question)| may_be_allowed(question));
        let questions: Vec<Question> = asked.iter().map(|(.., question)| question.clone()).collect();
        let answers = self.judge.ask(&questions)?;
        let mut reached = BTreeMap::new();
        for ((at, step, _), answer) in asked.into_iter().zip(answers) {
            if answer.decision.is_allowed() {
                reached.entry(at).or_insert(step);
            }
        }
        Ok(reached)
    }
}
