//! Kinds of numbers.

use std::ops::RangeInclusive;

use super::Validator;
use crate::diag::{Diagnostic, Diagnostics};
use crate::value::{Number, Path, Type, Value};

/// The numbers that an attribute takes, wherever in its value they stand: alone, or in a list, a set or a map.
///
/// Terraform has one type of number, of 512 bits, and lets a configuration set any. What stands behind an attribute is a
/// narrower one as a rule: an API refuses what it cannot hold, or keeps another number.
///
/// ```
/// use tfplugin::schema::{Attribute, Numbers};
/// use tfplugin::value::Type;
///
/// let port = Attribute::number().numbers(Numbers::whole(0..=65_535));
/// let shares = Attribute::list(Type::Number).numbers(Numbers::Float64);
/// # let _ = (port, shares);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Numbers {
    /// Whole numbers in a range, both ends included; made by [`Numbers::whole`].
    Whole(i128, i128),
    /// 64-bit floats. Two numbers with the same nearest float mean the same: what is configured stays as it is written, and
    /// an API that answers with the float shows no difference.
    Float64,
}

/// Ends of a range that come from how numbers are kept, and not from what they mean: of 64-bit integers, and of the whole
/// numbers that every reader of JSON keeps (RFC 7493, section 2.2).
const TECHNICAL: [i128; 5] = [
    i64::MIN as i128,
    -Numbers::LARGEST_IN_JSON,
    Numbers::LARGEST_IN_JSON,
    i64::MAX as i128,
    u64::MAX as i128,
];

impl Numbers {
    /// Whole numbers of 64 bits with a sign.
    pub const INT64: Self = Self::Whole(i64::MIN as i128, i64::MAX as i128);

    /// The largest whole number that every reader of JSON keeps, 2^53 - 1: beyond it, not every whole number is a double.
    pub const LARGEST_IN_JSON: i128 = (1 << 53) - 1;

    /// Whole numbers in this range, both ends included.
    #[must_use]
    pub fn whole<N: Copy + Into<i128>>(range: RangeInclusive<N>) -> Self {
        Self::Whole((*range.start()).into(), (*range.end()).into())
    }

    /// What `number` is not, if it is none of them.
    fn unmet(&self, number: &Number) -> Option<String> {
        match *self {
            Self::Whole(low, high) => {
                let fits = number.as_i128().is_some_and(|whole| low <= whole && whole <= high);
                let beyond = (TECHNICAL.contains(&low) && *number < low.into())
                    || (TECHNICAL.contains(&high) && *number > high.into());
                let wanted = if beyond { between(low, high) } else { self.describe() };
                (!fits).then_some(wanted)
            }
            Self::Float64 => {
                number.to_f64().is_none().then(|| format!("{}, 4.9e-324 to 1.8e308 in size", self.describe()))
            }
        }
    }
}

impl Validator for Numbers {
    /// An end that comes from how numbers are kept says nothing to a user, unless a number is beyond it.
    fn describe(&self) -> String {
        let Self::Whole(low, high) = *self else { return "within the range of a 64-bit float".to_owned() };
        match (TECHNICAL.contains(&low), TECHNICAL.contains(&high)) {
            (true, true) => "a whole number".to_owned(),
            (false, true) => format!("a whole number of at least {low}"),
            (true, false) => format!("a whole number of at most {high}"),
            (false, false) => between(low, high),
        }
    }

    fn validate(&self, value: &Value, path: &Path, out: &mut Diagnostics) {
        each(value, path, &mut |number, path| {
            let Some(wanted) = self.unmet(number) else { return };
            let name = path.to_string();
            out.push(
                Diagnostic::error(format!("Invalid value for `{name}`"))
                    .detail(format!("`{name}` must be {wanted}, but it is `{}`.", number.brief()))
                    .at(path.clone()),
            );
        });
    }
}

fn between(low: i128, high: i128) -> String {
    format!("a whole number between {low} and {high}")
}

/// Visits every number in `value` with its path. Elements of a set have none of their own: the set stands for them.
fn each(value: &Value, path: &Path, visit: &mut dyn FnMut(&Number, &Path)) {
    match value {
        Value::Number(number) => visit(number, path),
        Value::Set(elements) => elements.iter().for_each(|element| each(element, path, visit)),
        Value::List(elements) => {
            for (index, element) in elements.iter().enumerate() {
                each(element, &path.index(index), visit);
            }
        }
        Value::Map(entries) => {
            for (key, entry) in entries {
                each(entry, &path.key(key.as_str()), visit);
            }
        }
        Value::Dynamic(inner) => each(&inner.1, path, visit),
        Value::Null | Value::Unknown(_) | Value::Bool(_) | Value::String(_) => {}
    }
}

/// What must hold of an attribute that takes a kind of numbers: of its type, if it is no nested one, and of its default.
pub(super) fn rules(
    numbers: Numbers,
    ty: Option<&Type>,
    default: Option<&Value>,
) -> [(bool, &'static str); 3] {
    let has_numbers = ty.is_some_and(holds_numbers);
    let is_empty = matches!(numbers, Numbers::Whole(low, high) if low > high);
    let mut found = Diagnostics::new();
    if let Some(default) = default {
        numbers.validate(default, &Path::root(), &mut found);
    }
    [
        (has_numbers, "has a kind of numbers and no numbers"),
        (!is_empty, "takes whole numbers from a range that has none"),
        (!found.has_errors(), "has a number as its default that it does not take"),
    ]
}

fn holds_numbers(ty: &Type) -> bool {
    match ty {
        Type::Number | Type::Dynamic => true,
        Type::List(of) | Type::Set(of) | Type::Map(of) => holds_numbers(of),
        Type::Tuple(types) => types.iter().any(holds_numbers),
        Type::Object(types) => types.values().any(holds_numbers),
        Type::String | Type::Bool => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::semantic_equality::{float64, key};
    use crate::schema::{Attribute, Schema};

    fn number(text: &str) -> Value {
        Value::Number(text.parse().unwrap())
    }

    fn told(numbers: Numbers, value: &Value) -> Vec<String> {
        let mut out = Diagnostics::new();
        numbers.validate(value, &Path::of("x"), &mut out);
        out.iter().map(ToString::to_string).collect()
    }

    fn refusal(numbers: Numbers, text: &str) -> String {
        told(numbers, &number(text)).concat()
    }

    #[test]
    fn a_whole_number_is_refused_with_its_range() {
        let port = Numbers::whole(0..=65_535);
        for (text, got) in
            [("70000", "70000"), ("-1", "-1"), ("1.5", "1.5"), ("1e400", "1e400"), ("65536", "65536")]
        {
            assert_eq!(
                refusal(port, text),
                format!(
                    "`x`: Invalid value for `x`: `x` must be a whole number between 0 and 65535, but it is `{got}`."
                )
            );
        }
        for text in ["0", "65535", "1e3", "1000.0", "-0"] {
            assert_eq!(refusal(port, text), "", "{text}");
        }
    }

    #[test]
    fn ends_that_only_come_from_the_format_are_told_to_who_is_beyond_them() {
        for (numbers, text, said) in [
            (Numbers::INT64, "1.5", "a whole number, but it is `1.5`"),
            (
                Numbers::INT64,
                "1e19",
                "a whole number between -9223372036854775808 and 9223372036854775807, but it is `10000000000000000000`",
            ),
            (
                Numbers::whole(0..=u64::MAX),
                "18446744073709551616",
                "a whole number between 0 and 18446744073709551615, but it is `18446744073709551616`",
            ),
            (Numbers::whole(0..=u64::MAX), "-1", "a whole number of at least 0, but it is `-1`"),
            (Numbers::whole(i64::MIN..=-1), "0", "a whole number of at most -1, but it is `0`"),
            (
                Numbers::Whole(1, Numbers::LARGEST_IN_JSON),
                "9007199254740992",
                "a whole number between 1 and 9007199254740991, but it is `9007199254740992`",
            ),
        ] {
            assert_eq!(refusal(numbers, text), format!("`x`: Invalid value for `x`: `x` must be {said}."));
        }
        for text in ["9223372036854775807", "-9223372036854775808"] {
            assert_eq!(refusal(Numbers::INT64, text), "");
        }
    }

    #[test]
    fn what_a_float_cannot_hold_is_refused() {
        for text in ["1e400", "-1e400", "1e-400"] {
            assert_eq!(
                refusal(Numbers::Float64, text),
                format!(
                    "`x`: Invalid value for `x`: `x` must be within the range of a 64-bit float, 4.9e-324 to 1.8e308 in \
                     size, but it is `{text}`."
                )
            );
        }
        for text in
            ["0", "1e300", "5e-324", "-1.7976931348623157e308", "9007199254740993", "0.30000000000000004"]
        {
            assert_eq!(refusal(Numbers::Float64, text), "", "{text}");
        }
    }

    #[test]
    fn each_number_inside_is_named_by_its_path() {
        let ports = || Value::list([1.into(), 70_000.into()]);
        let places = |value: &Value| -> Vec<String> {
            let mut out = Diagnostics::new();
            Numbers::whole(0..=65_535).validate(value, &Path::of("x"), &mut out);
            out.iter().filter_map(|one| one.path.as_ref()).map(ToString::to_string).collect()
        };
        assert_eq!(places(&ports()), ["x[1]"]);
        assert_eq!(places(&Value::object([("a", ports()), ("b", Value::Null)])), ["x[\"a\"][1]"]);
        assert_eq!(places(&Value::set([number("1.5"), number("-1"), Value::UNKNOWN])), ["x", "x"]);
    }

    #[test]
    fn kinds_of_numbers_that_say_nothing_or_contradict_are_found() {
        let whole = Numbers::whole(1..=9);
        let schema = Schema::new([
            ("a", Attribute::string().numbers(whole)),
            ("b", Attribute::object([("x", Attribute::bool())]).numbers(Numbers::Float64)),
            ("c", Attribute::number().numbers(whole).default(10)),
            ("d", Attribute::list(Type::Number).numbers(whole).default(Value::list([1.5.into()]))),
            ("e", Attribute::dynamic().numbers(Numbers::Float64)),
            ("f", Attribute::map(Type::list(Type::Number)).numbers(whole)),
            ("g", Attribute::float64().default(0.5)),
            ("h", Attribute::number().numbers(Numbers::Whole(9, 1))),
        ]);
        let found: Vec<_> = schema.check("x", true).iter().map(ToString::to_string).collect();
        assert_eq!(
            found,
            [
                "schema of `x`: `a` has a kind of numbers and no numbers",
                "schema of `x`: `b` has a kind of numbers and no numbers",
                "schema of `x`: `c` has a number as its default that it does not take",
                "schema of `x`: `d` has a number as its default that it does not take",
                "schema of `x`: `h` takes whole numbers from a range that has none",
            ]
        );
    }

    #[test]
    fn numbers_with_one_nearest_float_are_the_same() {
        let third = format!("0.{}", "3".repeat(155));
        for (a, b, same) in [
            (third.as_str(), "0.3333333333333333", true),
            ("0.30000000000000004", "0.3000000000000000444089209850062616169452667236328125", true),
            ("0.3", "0.30000000000000004", false),
            ("9007199254740993", "9007199254740992", true),
            ("9007199254740993", "9007199254740994", false),
            ("5e-324", "4.9406564584124654e-324", true),
            ("0", "5e-324", false),
            ("1e3", "1000.0", true),
            ("1e300", "1e301", false),
            ("0", "1e-400", false),
            ("1e400", "1e500", false),
        ] {
            let (a, b) = (number(a), number(b));
            assert_eq!(float64(&a, &b), same, "{a:?} and {b:?}");
            assert_eq!(key(float64, &a) == key(float64, &b), same, "{a:?} and {b:?}");
        }
        assert!(!float64(&number("1"), &"1".into()));
    }
}
