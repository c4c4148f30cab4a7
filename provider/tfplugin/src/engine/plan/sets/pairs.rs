//! Which element of one set is which of another.

use std::borrow::Cow;

use super::template::{Opening, may_be_respelled, open};
use crate::engine::matching::{assign, candidates, fits, open_parts};
use crate::engine::plan::spelling::spelled_as;
use crate::schema::{Attributes, Nesting, Shape};
use crate::value::Value;

/// For each configured element of a set the element of `prior` that it is, by its place.
///
/// An element is the prior one that has all that the configuration sets in it, defaults included. Null is the only wild card,
/// where it leaves a value to the provider. Each prior element is given once and as many as possible are; of elements that
/// could be the same one, that which sets more goes first. One in which something is not known yet is none.
pub(in crate::engine::plan) fn of_config(
    inner: &Attributes,
    config: &[Value],
    prior: &[Value],
) -> Vec<Option<usize>> {
    let mut pairs = Pairs::new(inner, config.len(), prior);
    if !prior.is_empty() {
        let known =
            |element: &Value| element.is_wholly_known().then(|| open(inner, element, Opening::Config));
        let templates: Vec<_> = config.iter().map(known).collect();
        pairs.add(&templates.iter().map(Option::as_ref).collect::<Vec<_>>());
    }
    pairs.found
}

/// For each element of a set as it is spelled already the one of `result` that means it, by its place. One that is computed
/// otherwise now is still the same element, if there is no better one.
pub(in crate::engine::plan) fn of_result(
    inner: &Attributes,
    spelled: &[Value],
    result: &[Value],
) -> Vec<Option<usize>> {
    let mut pairs = Pairs::new(inner, spelled.len(), result);
    pairs.add(&spelled.iter().map(Some).collect::<Vec<_>>());
    let open: Vec<_> = spelled.iter().map(|element| open(inner, element, Opening::Computed)).collect();
    pairs.add(&open.iter().map(Some).collect::<Vec<_>>());
    pairs.found
}

/// Pairs that are found step by step.
struct Pairs<'a> {
    inner: &'a Attributes,
    values: &'a [Value],
    found: Vec<Option<usize>>,
}

impl<'a> Pairs<'a> {
    fn new(inner: &'a Attributes, count: usize, values: &'a [Value]) -> Self {
        Self { inner, values, found: vec![None; count] }
    }

    /// Adds those that fit `templates`: first what is spelled alike, then what means the same.
    fn add(&mut self, templates: &[Option<&Value>]) {
        self.step(templates, false);
        if may_be_respelled(self.inner) {
            self.step(templates, true);
        }
    }

    /// Adds those that fit `templates`; with `spelling` also where they only mean the same.
    fn step(&mut self, templates: &[Option<&Value>], spelling: bool) {
        let before = self.found.clone();
        let open = |place: &usize| before[*place].is_none() && templates[*place].is_some();
        let left: Vec<_> = (0..templates.len()).filter(open).collect();
        if left.is_empty() || before.iter().flatten().count() == self.values.len() {
            return;
        }
        let mut wishes = self.wishes(templates, &left, spelling);
        let mut free = vec![true; self.values.len()];
        before.iter().flatten().for_each(|value| free[*value] = false);
        let wanting: Vec<_> = left.into_iter().filter(|place| !wishes[*place].is_empty()).collect();
        // Nearly always there is one that nobody has. Where there is none, others may have a choice.
        let all = wishes.clone();
        wishes.iter_mut().for_each(|wish| wish.retain(|value| free[*value]));
        self.assign(templates, &wishes);
        if wanting.iter().any(|place| self.found[*place].is_none()) && free.contains(&false) {
            let others: Vec<_> = (0..templates.len()).filter(|place| before[*place].is_some()).collect();
            let theirs = self.wishes(templates, &others, spelling);
            let both = all.into_iter().zip(theirs).map(|(mut all, theirs)| {
                all.extend(theirs);
                all
            });
            self.assign(templates, &both.collect::<Vec<_>>());
        }
    }

    /// For each of the templates at `places` the values that it fits.
    fn wishes(&self, templates: &[Option<&Value>], places: &[usize], spelling: bool) -> Vec<Vec<usize>> {
        let by = |value| match spelling {
            true => Cow::Owned(open(self.inner, value, Opening::Spelling)),
            false => Cow::Borrowed(value),
        };
        let asking: Vec<_> = places.iter().filter_map(|place| Some((*place, templates[*place]?))).collect();
        let keys: Vec<_> = asking.iter().map(|(_, template)| by(template)).collect();
        let values: Vec<_> = self.values.iter().map(by).collect();
        let agree = |template: usize, value: usize| {
            agrees(self.inner, asking[template].1, &self.values[value], spelling)
        };
        let mut wishes = vec![Vec::new(); templates.len()];
        let found = candidates(&refs(&keys), &refs(&values), &agree);
        for ((place, _), found) in asking.iter().zip(found) {
            wishes[*place] = found;
        }
        wishes
    }

    /// Of elements that could have the same one, that which sets more goes first.
    fn assign(&mut self, templates: &[Option<&Value>], wishes: &[Vec<usize>]) {
        let mut order: Vec<_> = (0..templates.len()).collect();
        order.sort_by_key(|place| templates[*place].map(open_parts));
        self.found = assign(wishes, self.values.len(), &order, std::mem::take(&mut self.found));
    }
}

fn refs<'a>(values: &'a [Cow<'_, Value>]) -> Vec<&'a Value> {
    values.iter().map(AsRef::as_ref).collect()
}

/// Whether `value` has all that is closed in `template`; with `spelling` also where it only means the same.
pub(super) fn agrees(attributes: &Attributes, template: &Value, value: &Value, spelling: bool) -> bool {
    if template == value {
        return true;
    }
    let (Some(_), Some(_)) = (template.as_object(), value.as_object()) else { return template.is_unknown() };
    attributes.iter().all(|(name, attribute)| {
        let (template, value) = (template.get(name), value.get(name));
        if template.is_unknown() || template == value {
            return true;
        }
        if let Some(same) = attribute.same.filter(|_| spelling)
            && spelled_as(same, value, template) == *value
        {
            return true;
        }
        match &attribute.shape {
            Shape::Nested(nesting, inner) => nested_agrees(*nesting, inner, template, value, spelling),
            Shape::Plain(_) => fits(template, value),
        }
    })
}

fn nested_agrees(
    nesting: Nesting,
    inner: &Attributes,
    template: &Value,
    value: &Value,
    spelling: bool,
) -> bool {
    match (nesting, template, value) {
        (Nesting::Single, template, value) => agrees(inner, template, value, spelling),
        (Nesting::List, Value::List(templates), Value::List(values)) => {
            templates.len() == values.len()
                && templates
                    .iter()
                    .zip(values)
                    .all(|(template, value)| agrees(inner, template, value, spelling))
        }
        (Nesting::Map, Value::Map(templates), Value::Map(values)) => {
            templates.len() == values.len()
                && templates
                    .iter()
                    .zip(values)
                    .all(|((a, template), (b, value))| a == b && agrees(inner, template, value, spelling))
        }
        (Nesting::Set, Value::Set(templates), Value::Set(values)) if templates.len() == values.len() => {
            let mut pairs = Pairs::new(inner, templates.len(), values);
            let templates: Vec<_> = templates.iter().map(Some).collect();
            pairs.step(&templates, spelling);
            !pairs.found.contains(&None)
        }
        _ => false,
    }
}
