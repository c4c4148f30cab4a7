//! Results compared with what was planned.

use super::{Fault, fault, is_sensitive, shown};
use crate::engine::matching::{Covered, covered};
use crate::schema::Schema;
use crate::value::{Trail, Type, Value};

const ANY: &Type = &Type::Dynamic;

/// The result of a create or update against its plan: what was known in the plan is as it was, what was unknown is now
/// anything.
#[must_use]
pub fn result(schema: &Schema, planned: &Value, actual: &Value) -> Vec<Fault> {
    let mut checker = Checker { schema, faults: Vec::new() };
    checker.value(planned, actual, &schema.ty(), &Trail::Root);
    checker.faults
}

/// The plan made while applying, when more is known, against the first one.
#[must_use]
pub fn replan(schema: &Schema, first: &Value, second: &Value) -> Vec<Fault> {
    // What was unknown in the first plan may be anything, also still unknown; the rest must be as it was.
    result(schema, first, second)
}

struct Checker<'s> {
    schema: &'s Schema,
    faults: Vec<Fault>,
}

impl Checker<'_> {
    fn report(&mut self, at: &Trail<'_>, problem: impl Into<String>) {
        self.faults.push(fault(at, problem));
    }

    fn value(&mut self, planned: &Value, actual: &Value, ty: &Type, at: &Trail<'_>) {
        // What is planned as dynamic may come back without its wrapping.
        let (planned, actual) = (bare(planned), bare(actual));
        match (planned, actual) {
            (Value::Unknown(_), _) | (Value::Null, Value::Null) => {}
            (_, Value::Unknown(_)) => self.report(at, "was known in the plan and is now unknown"),
            (Value::List(planned), Value::List(actual)) => {
                if planned.len() != actual.len() {
                    let (before, after) = (planned.len(), actual.len());
                    self.report(at, format!("was planned with {before} elements and now has {after}"));
                    return;
                }
                for (index, (planned, actual)) in planned.iter().zip(actual).enumerate() {
                    self.value(planned, actual, element(ty, index), &at.index(index));
                }
            }
            (Value::Set(planned), Value::Set(actual)) => self.set(planned, actual, at),
            (Value::Map(planned), Value::Map(actual)) => {
                for (name, planned) in planned {
                    match actual.get(name) {
                        Some(actual) => match ty {
                            Type::Object(types) => {
                                let ty = types.get(name).unwrap_or(ANY);
                                self.value(planned, actual, ty, &at.attribute(name));
                            }
                            _ => self.value(planned, actual, element(ty, 0), &at.key(name)),
                        },
                        None => self.report(at, format!("has lost the element `{name}`")),
                    }
                }
                for name in actual.keys().filter(|name| !planned.contains_key(*name)) {
                    self.report(at, format!("has a new element `{name}`"));
                }
            }
            (planned, actual) if planned == actual => {}
            (planned, actual) => self.differs(planned, actual, at),
        }
    }

    fn differs(&mut self, planned: &Value, actual: &Value, at: &Trail<'_>) {
        let hidden = is_sensitive(self.schema.attributes(), &at.to_path());
        let (before, after) = (shown(planned, hidden), shown(actual, hidden));
        self.report(at, format!("was planned as {before} and is now {after}"));
    }

    /// Elements of a set have no address: each must have one on the other side that it is compatible with. Elements
    /// planned with unknown parts may turn out equal, so a set may shrink; it may not grow.
    fn set(&mut self, planned: &[Value], actual: &[Value], at: &Trail<'_>) {
        if actual.len() > planned.len() {
            let (before, after) = (planned.len(), actual.len());
            self.report(at, format!("was planned with {before} elements and now has {after}"));
            return;
        }
        match covered(planned, actual) {
            Covered::Both => {}
            Covered::NotTemplates => self.report(at, "lacks an element that was planned"),
            Covered::NotValues => self.report(at, "has an element that was not planned"),
        }
    }
}

/// The type of the elements of a collection; of a tuple, of the one at `index`.
fn element(ty: &Type, index: usize) -> &Type {
    match ty {
        Type::List(of) | Type::Set(of) | Type::Map(of) => of,
        Type::Tuple(types) => types.get(index).unwrap_or(ANY),
        _ => ANY,
    }
}

fn bare(value: &Value) -> &Value {
    match value {
        Value::Dynamic(inner) => &inner.1,
        value => value,
    }
}
