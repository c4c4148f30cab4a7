//! Exact decimal numbers, as cty has them.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

/// A number of any size and precision, kept exactly.
///
/// Terraform's numbers are arbitrary-precision; a provider that passes them through `f64` answers another
/// value than was planned, which core reports as "Provider produced inconsistent result after apply". So a
/// number is an `i64` where it fits and canonical decimal digits where it does not: two equal numbers are
/// always represented alike.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Number(Repr);

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Repr {
    Int(i64),
    Decimal(Decimal),
    Infinity { negative: bool },
}

/// `digits` * 10^`exponent`; digits have neither leading nor trailing zeros.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Decimal {
    negative: bool,
    digits: String,
    exponent: i64,
}

/// The text is not a decimal number.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a decimal number")]
pub struct ParseNumberError(String);

/// Longest text accepted as a number, in bytes: far above the 512 bits of precision that Terraform keeps.
const MAX_TEXT: usize = 64 * 1024;

impl Number {
    /// The number as `i64`, if it is an integer that fits.
    #[must_use]
    pub fn as_i64(&self) -> Option<i64> {
        match self.0 {
            Repr::Int(value) => Some(value),
            _ => None,
        }
    }

    /// The number as `i128`, if it is an integer that fits: every `i64` and every `u64` does.
    #[must_use]
    pub fn as_i128(&self) -> Option<i128> {
        match &self.0 {
            Repr::Int(value) => Some((*value).into()),
            // No `i128` is longer; digits end in no zero, so what has a fraction has an exponent below 0.
            Repr::Decimal(decimal) if decimal.exponent >= 0 && decimal.scale() <= 39 => {
                self.to_string().parse().ok()
            }
            _ => None,
        }
    }

    /// The nearest `f64`, infinite where none is near.
    #[must_use]
    pub fn as_f64(&self) -> f64 {
        match &self.0 {
            Repr::Int(value) => *value as f64,
            Repr::Decimal(_) => self.to_string().parse().unwrap_or(f64::NAN),
            Repr::Infinity { negative: true } => f64::NEG_INFINITY,
            Repr::Infinity { negative: false } => f64::INFINITY,
        }
    }

    /// The nearest `f64`, if there is one: neither infinity, nor 0 for a number that is not.
    #[must_use]
    pub fn to_f64(&self) -> Option<f64> {
        let near = self.as_f64();
        (near.is_finite() && (near != 0.0 || self.sign() == 0)).then_some(near)
    }

    /// The number that prints as the shortest text of `value`; `None` for NaN, which cty does not have.
    #[must_use]
    pub fn from_f64(value: f64) -> Option<Self> {
        if value.is_infinite() {
            return Some(Self(Repr::Infinity { negative: value < 0.0 }));
        }
        format!("{value}").parse().ok()
    }

    /// The number that Terraform means by a float on the wire; `None` for NaN.
    ///
    /// It sends one where its number is exactly a float. Two whole numbers are one to it if all their digits are, and two
    /// fractions if they print alike (go-cty, `rawNumberEqual`): 0.1 of another provider is 0.1, and not what the float next
    /// to it is exactly.
    pub(crate) fn from_wire(value: f64) -> Option<Self> {
        if value.fract() == 0.0 { format!("{value:.0}").parse().ok() } else { Self::from_f64(value) }
    }

    /// The number as a message shows it: all of it where it is short, else its first digits and its power of ten.
    #[must_use]
    pub fn brief(&self) -> String {
        const LONGEST: usize = 40;
        const DIGITS: usize = 17;
        let text = self.to_string();
        let Repr::Decimal(Decimal { negative, digits, .. }) = &self.0 else { return text };
        if text.len() <= LONGEST {
            return text;
        }
        let (first, rest) = digits.split_at(1);
        let (sign, point) = (if *negative { "-" } else { "" }, if rest.is_empty() { "" } else { "." });
        let (rest, cut) = if rest.len() > DIGITS { (&rest[..DIGITS], "...") } else { (rest, "") };
        format!("{sign}{first}{point}{rest}{cut}e{}", self.magnitude().scale() - 1)
    }

    /// Whether this is positive or negative infinity.
    #[must_use]
    pub fn is_infinite(&self) -> bool {
        matches!(self.0, Repr::Infinity { .. })
    }

    fn sign(&self) -> i8 {
        match &self.0 {
            Repr::Int(value) => value.signum() as i8,
            Repr::Decimal(Decimal { negative, .. }) | Repr::Infinity { negative } => {
                if *negative {
                    -1
                } else {
                    1
                }
            }
        }
    }

    fn magnitude(&self) -> Decimal {
        match &self.0 {
            Repr::Decimal(decimal) => Decimal { negative: false, ..decimal.clone() },
            Repr::Int(value) => Decimal::trimmed(false, &value.unsigned_abs().to_string(), 0),
            Repr::Infinity { .. } => Decimal { negative: false, digits: "1".into(), exponent: i64::MAX / 2 },
        }
    }
}

impl Decimal {
    fn trimmed(negative: bool, digits: &str, exponent: i64) -> Self {
        let digits = digits.trim_start_matches('0');
        let kept = digits.trim_end_matches('0');
        let dropped = (digits.len() - kept.len()) as i64;
        Self { negative, digits: kept.to_owned(), exponent: exponent.saturating_add(dropped) }
    }

    /// Power of ten of the digit before the first one: orders magnitudes before digits are compared.
    fn scale(&self) -> i64 {
        self.exponent.saturating_add(self.digits.len() as i64)
    }

    fn to_i64(&self) -> Option<i64> {
        if self.digits.is_empty() {
            return Some(0);
        }
        if !(0..=19).contains(&self.exponent) {
            return None;
        }
        let sign = if self.negative { "-" } else { "" };
        format!("{sign}{}{}", self.digits, "0".repeat(self.exponent as usize)).parse().ok()
    }
}

impl From<i64> for Number {
    fn from(value: i64) -> Self {
        Self(Repr::Int(value))
    }
}

impl From<i32> for Number {
    fn from(value: i32) -> Self {
        Self(Repr::Int(value.into()))
    }
}

impl From<u64> for Number {
    fn from(value: u64) -> Self {
        match i64::try_from(value) {
            Ok(value) => Self(Repr::Int(value)),
            Err(_) => Self(Repr::Decimal(Decimal::trimmed(false, &value.to_string(), 0))),
        }
    }
}

impl From<i128> for Number {
    fn from(value: i128) -> Self {
        match i64::try_from(value) {
            Ok(value) => Self(Repr::Int(value)),
            Err(_) => Self(Repr::Decimal(Decimal::trimmed(value < 0, &value.unsigned_abs().to_string(), 0))),
        }
    }
}

impl FromStr for Number {
    type Err = ParseNumberError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let shown = || ParseNumberError(text.chars().take(64).collect());
        if text.len() > MAX_TEXT {
            return Err(shown());
        }
        let (negative, rest) = match text.as_bytes().first() {
            Some(b'-') => (true, &text[1..]),
            Some(b'+') => (false, &text[1..]),
            _ => (false, text),
        };
        let (mantissa, exponent) = match rest.find(['e', 'E']) {
            Some(at) => (&rest[..at], rest[at + 1..].parse::<i32>().map_err(|_| shown())?),
            None => (rest, 0),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let digits = [whole, fraction].concat();
        if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(shown());
        }
        let decimal = Decimal::trimmed(negative, &digits, i64::from(exponent) - fraction.len() as i64);
        Ok(Self(decimal.to_i64().map_or(Repr::Decimal(decimal), Repr::Int)))
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Decimal { negative, digits, exponent } = match &self.0 {
            Repr::Int(value) => return write!(f, "{value}"),
            Repr::Infinity { negative } => return f.write_str(if *negative { "-Inf" } else { "Inf" }),
            Repr::Decimal(decimal) => decimal,
        };
        if *negative {
            f.write_str("-")?;
        }
        let point = digits.len() as i64 + exponent;
        // Plain notation while it stays readable; beyond that an exponent, so that 1e1000000 costs nothing.
        match (*exponent, point) {
            (0.., _) if *exponent <= 1_000 => write!(f, "{digits}{:0<1$}", "", *exponent as usize),
            (..0, 1..) => write!(f, "{}.{}", &digits[..point as usize], &digits[point as usize..]),
            (..0, -1_000..=0) => write!(f, "0.{:0<1$}{digits}", "", point.unsigned_abs() as usize),
            _ => write!(f, "{digits}e{exponent}"),
        }
    }
}

impl Ord for Number {
    fn cmp(&self, other: &Self) -> Ordering {
        if let (Repr::Int(a), Repr::Int(b)) = (&self.0, &other.0) {
            return a.cmp(b);
        }
        let signs = self.sign().cmp(&other.sign());
        if signs != Ordering::Equal {
            return signs;
        }
        let (a, b) = (self.magnitude(), other.magnitude());
        let order = a.scale().cmp(&b.scale()).then_with(|| a.digits.cmp(&b.digits));
        if self.sign() < 0 { order.reverse() } else { order }
    }
}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn number(text: &str) -> Number {
        text.parse().unwrap()
    }

    fn refusal(text: &str) -> String {
        text.parse::<Number>().unwrap_err().to_string()
    }

    #[test]
    fn equal_numbers_have_one_representation() {
        for (a, b) in [("1", "1.0"), ("1e3", "1000"), ("0.10", "0.1"), ("-0", "0"), ("00012", "12")] {
            assert_eq!(number(a), number(b), "{a} and {b}");
        }
        assert_ne!(number("0.12345678901234567890123"), number("0.12345678901234567890124"));
    }

    #[test]
    fn prints_what_it_read() {
        for text in
            ["0.1", "-12.5", "12345678901234567890", "0.12345678901234567890123", "-9223372036854775808"]
        {
            assert_eq!(number(text).to_string(), text);
        }
        let long = format!("1{}7", "0".repeat(498));
        assert_eq!(number(&long).to_string(), long);
    }

    #[test]
    fn a_huge_exponent_costs_no_memory() {
        assert_eq!(number("1e1000000000").to_string(), "1e1000000000");
        assert_eq!(refusal("1e99999999999"), "`1e99999999999` is not a decimal number");
    }

    #[test]
    fn a_float_on_the_wire_is_the_number_that_it_prints_as() {
        for (value, text) in [
            (0.1, "0.1"),
            (0.1 + 0.2, "0.30000000000000004"),
            (-0.5, "-0.5"),
            (-0.0, "0"),
            (9_223_372_036_854_775_808.0, "9223372036854775808"),
            (18_446_744_073_709_551_616.0, "18446744073709551616"),
            (-1e22, "-10000000000000000000000"),
            (18_446_744_073_709_549_568.0, "18446744073709549568"),
            (f64::INFINITY, "Inf"),
            (f64::NEG_INFINITY, "-Inf"),
        ] {
            assert_eq!(Number::from_wire(value).unwrap().to_string(), text);
        }
        assert_eq!(Number::from_wire(f64::NAN), None);
    }

    #[test]
    fn a_number_without_a_double_near_it_has_none() {
        for (text, near) in [
            ("1e308", Some(1e308)),
            ("5e-324", Some(5e-324)),
            ("0", Some(0.0)),
            ("1e400", None),
            ("-1e-400", None),
        ] {
            assert_eq!(number(text).to_f64(), near, "{text}");
        }
    }

    #[test]
    fn a_long_number_is_shown_by_its_first_digits() {
        let third = format!("0.{}", "3".repeat(155));
        for (text, shown) in [
            ("0.25", "0.25"),
            ("70000", "70000"),
            ("1e400", "1e400"),
            ("-1e-400", "-1e-400"),
            (&third, "3.33333333333333333...e-1"),
            ("0.09999999999999999999999", "0.09999999999999999999999"),
            ("-1234567890123456789012345678901234567890.5", "-1.23456789012345678...e39"),
        ] {
            assert_eq!(number(text).brief(), shown);
        }
    }

    #[test]
    fn whole_numbers_beyond_64_bits_are_told() {
        for (text, whole) in [
            ("18446744073709551615", Some(u64::MAX.into())),
            ("1e19", Some(10_i128.pow(19))),
            ("1e38", Some(10_i128.pow(38))),
            ("-12", Some(-12)),
            ("1e39", None),
            ("1e1000000", None),
            ("1.5", None),
        ] {
            assert_eq!(number(text).as_i128(), whole, "{text}");
        }
    }

    #[test]
    fn refuses_what_is_not_a_number() {
        for text in ["", "-", ".", "1.2.3", "abc", "1e", "0x10", "NaN", "1 "] {
            assert_eq!(refusal(text), format!("`{text}` is not a decimal number"));
        }
    }

    proptest! {
        #[test]
        fn text_round_trips(text in "-?[0-9]{1,40}(\\.[0-9]{1,40})?(e-?[0-9]{1,3})?") {
            let first: Number = text.parse().unwrap();
            prop_assert_eq!(first.to_string().parse::<Number>().unwrap(), first);
        }

        #[test]
        fn doubles_come_back_from_either_text(value in proptest::num::f64::ANY.prop_filter("not a number", |v| !v.is_nan())) {
            prop_assert_eq!(Number::from_wire(value).unwrap().as_f64(), value);
            prop_assert_eq!(Number::from_f64(value).unwrap().as_f64(), value);
        }

        #[test]
        fn orders_like_floats(a in -1e15f64..1e15, b in -1e15f64..1e15) {
            let (x, y) = (Number::from_f64(a).unwrap(), Number::from_f64(b).unwrap());
            prop_assert_eq!(Some(x.cmp(&y)), a.partial_cmp(&b));
        }
    }
}
