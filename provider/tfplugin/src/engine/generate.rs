//! A configuration made from a state, for `terraform plan -generate-config-out`.

use crate::diag::{Diagnostics, Severity};
use crate::schema::{Attribute, Attributes, Nesting, Presence, Schema, Shape};
use crate::value::{Path, Step, Value};

/// How many conflicts are taken out before the rest is left to the user.
const ROUNDS: usize = 64;

impl Schema {
    /// The configuration that would make `state`: without what only the provider sets, what is at its default, what is
    /// timed or secret, and of attributes that exclude each other with only the first. Also of those that `refuse` finds
    /// to exclude each other ([`crate::Diagnostic::too_many`]) only one stays.
    ///
    /// Everything else that is wrong stays for the validation to name: above all an object whose secret is missing, since
    /// nobody can read that back.
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
            let mut surplus = found.iter().filter(|diagnostic| diagnostic.severity == Severity::Error);
            let Some(path) = surplus.find_map(|diagnostic| self.dispensable(&diagnostic.too_many, &config))
            else {
                break;
            };
            clear(&mut config, path.steps());
        }
        config
    }

    /// Of attributes that exclude each other the one that is missed least: one that the provider sets by itself, else the
    /// first that need not be.
    fn dispensable<'a>(&self, paths: &'a [Path], config: &Value) -> Option<&'a Path> {
        let of = |wanted: Presence| {
            paths.iter().find(|path| {
                let attribute = self.attribute_at(path);
                attribute.is_some_and(|attribute| attribute.presence == wanted && attribute.block.is_none())
                    && config.follow(path).is_some_and(Value::is_set)
            })
        };
        of(Presence::OptionalComputed).or_else(|| of(Presence::Optional))
    }

    /// The attribute that `path` leads to.
    fn attribute_at(&self, path: &Path) -> Option<&Attribute> {
        let (mut inside, mut found) = (Some(&self.attributes), None);
        for step in path.steps() {
            let Step::Attribute(name) = step else { continue };
            let attribute = inside?.get(name)?;
            found = Some(attribute);
            inside = match &attribute.shape {
                Shape::Nested(_, inner) => Some(inner),
                Shape::Plain(_) => None,
            };
        }
        found
    }
}

fn prune(attributes: &Attributes, object: &mut Value) {
    let Value::Map(entries) = object else { return };
    for (name, attribute) in attributes {
        let Some(value) = entries.get_mut(name) else { continue };
        let means =
            |default: &Value| default == value || attribute.same.is_some_and(|same| same(default, value));
        let is_default = attribute.default.as_ref().is_some_and(means);
        // What is deprecated and stays without being configured is better left out; else it would be lost.
        let deprecated = attribute.deprecation.is_some() && attribute.presence == Presence::OptionalComputed;
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
    use crate::schema::validators::{conflicts_with, length};

    #[test]
    fn what_only_the_provider_sets_and_what_conflicts_is_left_out() {
        let schema = Schema::new([
            ("id", Attribute::string().computed()),
            ("name", Attribute::string().required()),
            ("size", Attribute::number().default(3)),
            ("old", Attribute::string().computed().or_configured().deprecated("use `name`")),
            ("older", Attribute::string().deprecated("use `name`")),
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
            ("older", "n".into()),
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
        expected.put("older", "n");
        expected.put("zone", "z");
        expected.put("s3", object(Value::Null));
        expected.put("rule", rules);
        assert_eq!(schema.generate(&state, |_, _| {}), expected);
    }

    #[test]
    fn what_is_wrong_stays_for_the_user_to_see() {
        let schema = Schema::new([
            ("name", Attribute::string().required().validate(length(5..=9))),
            ("label", Attribute::string().validate(length(5..=9))),
        ]);
        let state = Value::object([("name", Value::from("n")), ("label", "l".into())]);
        assert_eq!(schema.generate(&state, |_, _| {}), state);
    }

    /// What stands around a secret must not go with it: a port would lose its login.
    #[test]
    fn an_object_whose_secret_is_missing_stays_for_validation_to_name() {
        let login = [
            ("user", Attribute::string().required()),
            ("password", Attribute::string().required().sensitive()),
        ];
        let key = [("key", Attribute::string().sensitive()), ("key_wo", Attribute::string().write_only())];
        let schema = Schema::new([
            ("auth", Attribute::object(key).choose(Union::exactly_one(["key", "key_wo"]))),
            (
                "ports",
                Attribute::list_of([("number", Attribute::number()), ("login", Attribute::object(login))]),
            ),
        ]);
        let port = |login: Value| Value::object([("number", Value::from(80)), ("login", login)]);
        let login = |password: Value| Value::object([("user", Value::from("me")), ("password", password)]);
        let auth = |key: Value| Value::object([("key", key), ("key_wo", Value::Null)]);
        let ports = |password: Value| Value::list([port(login(password)), port(Value::Null)]);
        let state = Value::object([("auth", auth("hush".into())), ("ports", ports("hush".into()))]);
        let config = schema.generate(&state, |_, _| {});
        assert_eq!(config, Value::object([("auth", auth(Value::Null)), ("ports", ports(Value::Null))]));
        let mut found = Diagnostics::new();
        schema.validate_config(&config, &mut found);
        let messages: Vec<_> = found.iter().map(ToString::to_string).collect();
        assert_eq!(
            messages,
            [
                "`ports[0].login.password`: `ports[0].login.password` is required: Its value is null. Give it one, or see \
                 why the variable or expression behind it gives none.",
                "`auth`: Exactly one of `key`, `key_wo` is allowed in `auth`: Set one of `key`, `key_wo`."
            ]
        );
    }

    #[test]
    fn of_what_excludes_each_other_goes_what_took_part_and_need_not_be() {
        let text = Attribute::string;
        let schema = Schema::new([
            ("a", text()),
            ("b", text().computed().or_configured()),
            ("inside", Attribute::object([("c", text()), ("d", text())])),
        ])
        .validate(conflicts_with("a", ["b"]))
        .validate(conflicts_with("inside.c", ["inside.d", "a"]));
        let inside = |c: Value| Value::object([("c", c), ("d", Value::from("4"))]);
        let object =
            |b: Value, c: Value| Value::object([("a", Value::from("1")), ("b", b), ("inside", inside(c))]);
        let config = schema.generate(&object("2".into(), "3".into()), |_, _| {});
        assert_eq!(config, object(Value::Null, Value::Null));
    }
}
