//! Numbers through the real Terraform: what is configured keeps its digits, and what an attribute cannot hold is refused.

use std::path::Path;

use libtest_mimic::{Failed, Trial};
use tfplugin::value::{Number, Value};
use tfplugin_testing::{Action, Step};

use crate::in_process;
use crate::steps::{ITEM, SECRET, config, outside};

pub(crate) fn tests() -> Vec<Trial> {
    vec![
        Trial::test("a_fraction_is_applied_once", fractions),
        Trial::test("a_number_that_an_attribute_cannot_hold_is_refused_while_validating", refused),
    ]
}

/// As an API that keeps doubles answers: the nearest one of what it was sent.
fn as_a_double(item: &mut Value) -> bool {
    change(item, |number| Number::from_f64(number.as_f64()))
}

fn change(item: &mut Value, to: impl Fn(&Number) -> Option<Number>) -> bool {
    let mut limits = item.get("limits").clone();
    if let Value::Number(number) = limits.get("cpu") {
        let number = Value::optional(to(number));
        limits.put("cpu", number);
    }
    item.put("limits", limits);
    true
}

fn fractions() -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    let store = folder.path().join("store.json");
    let item = |cpu: &str| config(&store, "thing_item", &[("limits", &format!("{{ cpu = {cpu} }}"))]);
    let meanwhile = |change: fn(&mut Value) -> bool| {
        let store = store.clone();
        move |_: &Path| outside(&store, change)
    };
    let mut steps = Vec::new();
    for (cpu, again) in [
        ("1 / 3", "0.3333333333333333"),
        ("1 - 0.9", "0.1"),
        ("0.1 + 0.2", "0.3"),
        ("1e300", "1.0e300"),
        ("pow(0.1, 1)", "0.1"),
        ("9223372036854775808", "9223372036854775807"),
        ("5e-324", "4.94e-324"),
        ("-0.0", "0"),
        ("9007199254740993", "9007199254740992"),
        ("18446744073709551616", "1.8446744073709551616e19"),
        ("1e3", "1000.0"),
    ] {
        steps.push(Step::apply(item(cpu)));
        steps.push(Step::apply(item(cpu)).before(meanwhile(as_a_double)).plans(ITEM, Action::Nothing));
        steps.push(Step::apply(item(again)).plans(ITEM, Action::Nothing));
    }
    let next: fn(&mut Value) -> bool =
        |item| change(item, |number| Number::from_f64(number.as_f64().next_up()));
    steps.push(Step::apply(item("1e3")).before(meanwhile(next)).plans(ITEM, Action::Update));
    Ok(in_process()?.secret("password", SECRET).run(steps)?)
}

fn refused() -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    let store = folder.path().join("store.json");
    let plan = |name: &str, value: &str| Step::plan(config(&store, "thing_item", &[(name, value)]));
    Ok(in_process()?.secret("password", SECRET).run([
        plan("size", "1.5").fails("`size` must be a whole number between 1 and 1000, but it is `1.5`"),
        plan("size", "1e19")
            .fails("`size` must be a whole number between 1 and 1000, but it is `10000000000000000000`"),
        plan("ports", "[{ number = 80 }, { number = 70000 }]")
            .fails(r"`ports\[1\].number` must be a whole number between 1 and 65535, but it is `70000`"),
        plan("limits", "{ cpu = 1e400 }").fails(
            "`limits.cpu` must be within the range of a 64-bit float, 4.9e-324 to 1.8e308 in size, but it is `1e400`",
        ),
    ])?)
}
