//! Plans compared with configuration and prior state.

use super::{Fault, fault, is_sensitive, shown};
use crate::schema::{Attribute, Attributes, Nesting, Schema, Shape};
use crate::value::{Path, Trail, Value};

const NULL: &Value = &Value::Null;

/// A plan against the configuration and the prior state: what is configured is planned as it is (or stays as it was,
/// where only the spelling differs); only computed attributes get other values; write-only ones are null.
#[must_use]
pub fn plan(schema: &Schema, prior: &Value, config: &Value, planned: &Value) -> Vec<Fault> {
    let mut checker = Checker { schema, faults: Vec::new() };
    match (config.is_null(), planned.is_null()) {
        (true, true) => {}
        (true, false) => checker.report(&Trail::Root, "is planned, but the configuration has none"),
        (false, true) => checker.report(&Trail::Root, "is planned to go, but the configuration has one"),
        (false, false) if !matches!(planned, Value::Map(_)) => {
            checker.report(&Trail::Root, "is planned as something that is not an object");
        }
        (false, false) => checker.attributes(schema.attributes(), prior, config, planned, &Trail::Root),
    }
    if let Some((path, problem)) = planned.misfit(&schema.ty()) {
        checker.faults.push(Fault { path, problem: format!("does not fit the schema: {problem}") });
    }
    checker.faults
}

/// Attributes that ask for replacement must lead somewhere, in the state or in the plan.
#[must_use]
pub fn replacement(paths: &[Path], prior: &Value, planned: &Value) -> Vec<Fault> {
    let lost = paths.iter().filter(|path| prior.follow(path).is_none() && planned.follow(path).is_none());
    let problem = "asks for replacement and leads nowhere; name the set itself for what is inside a set";
    lost.map(|path| Fault { path: path.clone(), problem: problem.to_owned() }).collect()
}

struct Checker<'s> {
    schema: &'s Schema,
    faults: Vec<Fault>,
}

impl Checker<'_> {
    fn report(&mut self, at: &Trail<'_>, problem: impl Into<String>) {
        self.faults.push(fault(at, problem));
    }

    fn attributes(
        &mut self,
        attributes: &Attributes,
        prior: &Value,
        config: &Value,
        planned: &Value,
        at: &Trail<'_>,
    ) {
        for (name, attribute) in attributes {
            let values = (prior.get(name), config.get(name), planned.get(name));
            let at = at.attribute(name);
            if attribute.limits().is_some() {
                self.block(attribute, values, &at);
            } else {
                self.attribute(attribute, values, &at);
            }
        }
    }

    fn attribute(
        &mut self,
        attribute: &Attribute,
        (prior, config, planned): (&Value, &Value, &Value),
        at: &Trail<'_>,
    ) {
        if attribute.is_write_only() {
            if !planned.is_null() {
                self.report(at, "is write-only and not null in the plan");
            }
            return;
        }
        if planned == config || both_unknown(planned, config) {
            return;
        }
        if config.is_null() {
            if !attribute.is_computed() {
                let hidden = is_sensitive(self.schema.attributes(), &at.to_path());
                self.report(at, format!("is not computed and planned as {}", shown(planned, hidden)));
            }
            return;
        }
        if planned == prior && !prior.is_null() {
            return;
        }
        match attribute.shape() {
            Shape::Nested(nesting, inner) => self.nested(*nesting, inner, (prior, config, planned), at),
            Shape::Plain(_) => {
                let hidden = is_sensitive(self.schema.attributes(), &at.to_path());
                let (is, wanted) = (shown(planned, hidden), shown(config, hidden));
                self.report(at, format!("is planned as {is}, but configured as {wanted}"));
            }
        }
    }

    fn nested(
        &mut self,
        nesting: Nesting,
        inner: &Attributes,
        (prior, config, planned): (&Value, &Value, &Value),
        at: &Trail<'_>,
    ) {
        if planned.is_null() {
            return self.report(at, "is planned as null, but configured");
        }
        if planned.is_unknown() {
            return self.report(at, "is planned as unknown as a whole; only attributes inside it may be");
        }
        if config.is_unknown() {
            return self.report(at, "is planned as known, but its configuration is unknown");
        }
        self.elements(nesting, inner, (prior, config, planned), at);
    }

    fn elements(
        &mut self,
        nesting: Nesting,
        inner: &Attributes,
        (prior, config, planned): (&Value, &Value, &Value),
        at: &Trail<'_>,
    ) {
        match nesting {
            Nesting::Single => self.attributes(inner, prior, config, planned, at),
            Nesting::List => {
                let (count, wanted) = (count(planned), count(config));
                if count != wanted {
                    return self.miscounted(count, wanted, at);
                }
                for index in 0..count {
                    let [prior, config, planned] = [prior, config, planned]
                        .map(|value| value.as_elements().and_then(|e| e.get(index)).unwrap_or(NULL));
                    self.element(inner, (prior, config, planned), &at.index(index));
                }
            }
            Nesting::Set => {
                // Elements of a set cannot be told apart, so nothing is demanded of each.
                let ((least, most), (wanted_least, wanted_most)) = (counts(planned), counts(config));
                if most < wanted_least || wanted_most < least {
                    self.miscounted(most, wanted_most, at);
                }
            }
            Nesting::Map => {
                let keys = |value: &Value| value.as_object().map(|m| m.keys().cloned().collect::<Vec<_>>());
                if keys(planned) != keys(config) {
                    return self.report(at, "is planned with other keys than configured");
                }
                for key in keys(config).into_iter().flatten() {
                    let values = (prior.get(&key), config.get(&key), planned.get(&key));
                    self.element(inner, values, &at.key(&key));
                }
            }
        }
    }

    fn miscounted(&mut self, count: usize, wanted: usize, at: &Trail<'_>) {
        self.report(at, format!("is planned with {count} elements, but configured with {wanted}"));
    }

    fn element(
        &mut self,
        inner: &Attributes,
        (prior, config, planned): (&Value, &Value, &Value),
        at: &Trail<'_>,
    ) {
        if planned == config || both_unknown(planned, config) || (planned == prior && !prior.is_null()) {
            return;
        }
        if planned.is_set() && config.is_set() {
            self.attributes(inner, prior, config, planned, at);
        } else {
            self.report(at, format!("is planned as {}, unlike its configuration", shown(planned, true)));
        }
    }

    fn block(
        &mut self,
        attribute: &Attribute,
        (prior, config, planned): (&Value, &Value, &Value),
        at: &Trail<'_>,
    ) {
        let Shape::Nested(nesting, inner) = attribute.shape() else { return };
        if config.is_unknown() {
            if !planned.is_unknown() {
                self.report(at, "is planned as known, but its blocks are not known yet");
            }
            return;
        }
        if planned.is_unknown() {
            return self
                .report(at, "is planned as unknown as a whole; only attributes inside a block may be");
        }
        if *nesting == Nesting::Single {
            match (config.is_null(), planned.is_null()) {
                (false, false) => self.attributes(inner, prior, config, planned, at),
                (true, true) => {}
                _ => self.report(at, "is planned to be there, or not, unlike the configuration"),
            }
            return;
        }
        if planned.is_null() {
            return self.report(at, "is planned as null; no blocks are an empty collection");
        }
        // Of a set of blocks core does not even count the elements: some may be equal once defaults are filled in.
        if *nesting != Nesting::Set {
            self.elements(*nesting, inner, (prior, config, planned), at);
        }
    }
}

fn count(value: &Value) -> usize {
    value.as_elements().unwrap_or_default().len()
}

/// How many elements a set has at least and at most: those that are not wholly known may turn out to be equal.
fn counts(set: &Value) -> (usize, usize) {
    let most = count(set);
    let least = if most == 0 || set.is_wholly_known() { most } else { 1 };
    (least, most)
}

/// Unknown values are alike whatever is known of them besides.
fn both_unknown(a: &Value, b: &Value) -> bool {
    a.is_unknown() && b.is_unknown()
}
