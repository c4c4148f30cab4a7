//! A configuration made from a state, for `terraform plan -generate-config-out`.

use crate::diag::{Diagnostics, Severity};
use crate::schema::{Attribute, Attributes, Nesting, Presence, Schema, Shape};
use crate::value::{Path, Step, Value};

/// How many conflicts are taken out before the rest is left to the user.
const ROUNDS: usize = 64;

impl Schema {
    /// The configuration that would make `state`: without what only the provider sets, what is at its default, what is
    /// deprecated, timed or secret, and of attributes that exclude each other with only the first. What `refuse` finds wrong in
    /// an optional attribute is taken out as well.
    #[must_use]
    pub fn generate(&self, state: &Value, refuse: impl Fn(&Value, &mut Diagnostics)) -> Value {
        let mut config = state.clone();
        prune(&self.attributes, &mut config);
        choose(&self.unions, &mut config);
        if self.timeouts.are_declared() {
            config.put_existing(crate::schema::TIMEOUTS, Value::Null);
        }
        for _ in 0..ROUNDS {
            let mut found = Diagnostics::new();
            self.validate_config(&config, &mut found);
            refuse(&config, &mut found);
            let removable = found
                .iter()
                .filter(|diagnostic| diagnostic.severity == Severity::Error)
                .filter_map(|diagnostic| diagnostic.path.as_ref())
                .find_map(|path| self.removable(path, &config));
            let Some(path) = removable else { break };
            clear(&mut config, path.steps());
        }
        config
    }

    /// The innermost attribute on the way of `path` that is set and need not be.
    fn removable(&self, path: &Path, config: &Value) -> Option<Path> {
        let (mut attributes, mut at, mut found) = (Some(&self.attributes), Path::root(), None);
        for step in path.steps() {
            match step {
                Step::Attribute(name) => {
                    let attribute = attributes?.get(name)?;
                    at = at.attribute(name.as_str());
                    let optional = attribute.presence != Presence::Required && attribute.block.is_none();
                    if optional && config.follow(&at).is_some_and(Value::is_set) {
                        found = Some(at.clone());
                    }
                    attributes = match &attribute.shape {
                        Shape::Nested(_, inner) => Some(inner),
                        Shape::Plain(_) => None,
                    };
                }
                Step::Key(key) => at = at.key(key.as_str()),
                Step::Index(index) => at = at.index(usize::try_from(*index).ok()?),
            }
        }
        found
    }
}

fn prune(attributes: &Attributes, object: &mut Value) {
    let Value::Map(entries) = object else { return };
    for (name, attribute) in attributes {
        let Some(value) = entries.get_mut(name) else { continue };
        let is_default = attribute.default.as_ref() == Some(value);
        let deprecated = attribute.deprecation.is_some() && attribute.presence != Presence::Required;
        let secret = attribute.sensitive || attribute.write_only;
        if attribute.presence == Presence::Computed || secret || is_default || deprecated {
            *value = attribute.nothing();
        } else {
            prune_nested(attribute, value);
        }
    }
}

fn prune_nested(attribute: &Attribute, value: &mut Value) {
    let Shape::Nested(nesting, inner) = &attribute.shape else { return };
    let each = |object: &mut Value| {
        prune(inner, object);
        choose(&attribute.unions, object);
    };
    match (nesting, value) {
        (Nesting::Single, value) => each(value),
        (Nesting::List, Value::List(elements)) => elements.iter_mut().for_each(each),
        (Nesting::Set, Value::Set(elements)) => {
            elements.iter_mut().for_each(each);
            elements.sort();
            elements.dedup();
        }
        (Nesting::Map, Value::Map(entries)) => entries.values_mut().for_each(each),
        _ => {}
    }
}

/// Keeps the first variant that is set.
fn choose(unions: &[crate::schema::Union], object: &mut Value) {
    for union in unions {
        let Some(kept) = union.chosen(object).map(str::to_owned) else { continue };
        for name in union.variants().filter(|name| *name != kept) {
            object.put_existing(name, Value::Null);
        }
    }
}

/// Sets what the steps lead to to null.
fn clear(value: &mut Value, steps: &[Step]) {
    let Some((step, rest)) = steps.split_first() else {
        *value = Value::Null;
        return;
    };
    let next = match (step, value) {
        (Step::Attribute(name) | Step::Key(name), Value::Map(entries)) => entries.get_mut(name),
        (Step::Index(index), Value::List(elements)) => {
            usize::try_from(*index).ok().and_then(|index| elements.get_mut(index))
        }
        _ => None,
    };
    if let Some(next) = next {
        clear(next, rest);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::Union;
    use crate::validate::{conflicts_with, length};

    #[test]
    fn what_only_the_provider_sets_and_what_conflicts_is_left_out() {
        let schema = Schema::new([
            ("id", Attribute::string().computed()),
            ("name", Attribute::string().required()),
            ("size", Attribute::number().default(3)),
            ("old", Attribute::string().deprecated("use `name`")),
            ("password", Attribute::string().sensitive()),
            ("zone", Attribute::string().computed().or_configured()),
            ("prefix", Attribute::string().computed().or_configured()),
            ("s3", Attribute::object([("arn", Attribute::string().computed())])),
            ("gcs", Attribute::object([("arn", Attribute::string())])),
            ("rule", Attribute::block(Nesting::List, [("port", Attribute::number().required())])),
        ])
        .choose(Union::exactly_one(["s3", "gcs"]))
        .validate(conflicts_with("prefix", ["name"]));
        let object = |arn: Value| Value::object([("arn", arn)]);
        let rules = Value::list([Value::object([("port", Value::from(1))])]);
        let mut state = schema.empty();
        for (name, value) in [
            ("id", Value::from("1")),
            ("name", "n".into()),
            ("size", 3.into()),
            ("old", "n".into()),
            ("password", "hush".into()),
            ("zone", "z".into()),
            ("prefix", "n".into()),
            ("s3", object("a".into())),
            ("gcs", object("b".into())),
            ("rule", rules.clone()),
        ] {
            state.put(name, value);
        }
        let mut expected = schema.empty();
        expected.put("name", "n");
        expected.put("zone", "z");
        expected.put("s3", object(Value::Null));
        expected.put("rule", rules);
        assert_eq!(schema.generate(&state, |_, _| {}), expected);
    }

    #[test]
    fn what_is_required_and_wrong_stays_for_the_user_to_see() {
        let schema = Schema::new([("name", Attribute::string().required().validate(length(5..=9)))]);
        let state = Value::object([("name", Value::from("n"))]);
        assert_eq!(schema.generate(&state, |_, _| {}), state);
    }
}
