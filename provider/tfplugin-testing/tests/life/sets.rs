//! Sets of blocks and of nested objects through the real Terraform: with defaults, with what the provider sets, with sets
//! inside.

use std::sync::atomic::{AtomicUsize, Ordering};

use libtest_mimic::{Failed, Trial};
use serde_json::json;
use tfplugin::schema::{Attribute, Nesting, Schema};
use tfplugin::value::Value;
use tfplugin::{
    Change, Context, Diagnostics, Failed as Refused, Named, Provider, Resource, Server, Setup, State,
    async_trait,
};
use tfplugin_testing::{Action, Rig, Step};

const MACHINE: &str = "sets_machine.a";

pub(super) fn tests() -> Vec<Trial> {
    vec![
        Trial::test("set_blocks_that_differ_by_a_default_are_both_made", || defaults(true)),
        Trial::test("set_elements_that_differ_by_a_default_are_both_made", || defaults(false)),
        Trial::test("set_elements_keep_what_is_theirs", own_values),
        Trial::test("set_elements_in_sets_keep_what_is_theirs", inner_values),
        Trial::test("set_elements_that_a_default_makes_equal", equal),
        Trial::test("set_elements_that_only_are_written_otherwise", written_otherwise),
    ]
}

struct Sets;

#[async_trait]
impl Provider for Sets {
    type Client = ();

    fn schema(&self) -> Schema {
        Schema::default()
    }

    fn resources(&self) -> Named<dyn Resource<()>> {
        vec![("sets_machine".into(), Box::new(Machine(AtomicUsize::new(0))))]
    }

    async fn configure(&self, _: &Value, _: &Setup) -> Result<Option<()>, Diagnostics> {
        Ok(Some(()))
    }
}

/// A machine, which is all in the state; counts the ids that it has given.
struct Machine(AtomicUsize);

impl Machine {
    /// What is planned with everything that was left open: a new id for each of its parts, and the zone `z`.
    fn made(&self, name: &str, planned: &Value) -> Value {
        match planned {
            Value::Unknown(_) if name == "id" => {
                format!("id-{}", self.0.fetch_add(1, Ordering::Relaxed)).into()
            }
            Value::Unknown(_) => "z".into(),
            Value::Set(elements) => Value::set(elements.iter().map(|element| self.made(name, element))),
            Value::Map(entries) => {
                Value::object(entries.iter().map(|(name, value)| (name.clone(), self.made(name, value))))
            }
            other => other.clone(),
        }
    }

    fn finished(&self, change: &Change) -> State {
        let mut made = self.made("", &change.planned);
        let sets = ["port", "ports", "disks"].map(|name| told(made.get(name)));
        made.put("told", sets.into_iter().find(|set| set.len() > 2).unwrap_or_default());
        made.into()
    }
}

/// The elements of a set, each with the texts and numbers in it, in the order of their names.
fn told(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        Value::Set(elements) => {
            let mut elements: Vec<_> = elements.iter().map(told).collect();
            elements.sort();
            format!("[{}]", elements.join(" "))
        }
        Value::Map(entries) => {
            let parts = entries.values().filter(|value| value.is_set());
            parts.map(told).collect::<Vec<_>>().join("/")
        }
        _ => String::new(),
    }
}

#[async_trait]
impl Resource<()> for Machine {
    fn schema(&self) -> Schema {
        let text = Attribute::string;
        let port = || [("number", Attribute::number().required()), ("protocol", text().default("tcp"))];
        let open = || text().computed().or_configured();
        let id = || text().computed().use_state_for_unknown();
        let label = [("key", text().required()), ("value", open()), ("id", id())];
        let disk = [
            ("name", text().required()),
            ("zone", open()),
            ("id", id()),
            ("labels", Attribute::set_of(label)),
        ];
        Schema::new([
            ("port", Attribute::block(Nesting::Set, port())),
            ("ports", Attribute::set_of(port())),
            ("disks", Attribute::set_of(disk)),
            ("rule", Attribute::block(Nesting::Set, [("share", Attribute::float64().required())])),
            ("rules", Attribute::set_of([("share", Attribute::float64().required())])),
            ("told", text().computed()),
        ])
    }

    async fn create(&self, _: &Context<()>, change: &Change) -> Result<State, Refused> {
        Ok(self.finished(change))
    }

    async fn read(&self, _: &Context<()>, state: &State) -> Result<Option<State>, Diagnostics> {
        Ok(Some(state.clone()))
    }

    async fn update(&self, _: &Context<()>, change: &Change) -> Result<State, Refused> {
        Ok(self.finished(change))
    }

    async fn delete(&self, _: &Context<()>, _: &State) -> Result<(), Refused> {
        Ok(())
    }
}

fn machine(content: &str) -> String {
    format!("resource \"sets_machine\" \"a\" {{\n{content}\n}}\n")
}

fn run(steps: impl IntoIterator<Item = Step>) -> Result<(), Failed> {
    let address = "registry.terraform.io/example/sets";
    Ok(Rig::in_process(address, Server::new(Sets).checking(true))?.run(steps)?)
}

fn step(content: &str, action: Action, told: &str) -> Step {
    Step::apply(machine(content)).plans(MACHINE, action).value(MACHINE, "told", json!(told))
}

/// Ports as blocks, or as the elements of one attribute.
fn ports(blocks: bool, ports: &[&str]) -> String {
    if blocks {
        ports.iter().map(|port| format!("port {{\n{}\n}}\n", port.replace(", ", "\n"))).collect()
    } else {
        let ports: Vec<_> = ports.iter().map(|port| format!("{{ {port} }}")).collect();
        format!("ports = [{}]", ports.join(", "))
    }
}

fn defaults(blocks: bool) -> Result<(), Failed> {
    let (udp, tcp) = ("number = 53, protocol = \"udp\"", "number = 53");
    run([
        step(&ports(blocks, &[udp, tcp]), Action::Create, "[53/tcp 53/udp]"),
        step(&ports(blocks, &[tcp]), Action::Update, "[53/tcp]"),
        step(&ports(blocks, &[udp, tcp]), Action::Update, "[53/tcp 53/udp]"),
        step(&ports(blocks, &[udp]), Action::Update, "[53/udp]"),
    ])
}

fn own_values() -> Result<(), Failed> {
    let (first, second) = ("{ name = \"a\", zone = \"x\" }", "{ name = \"a\" }");
    run([
        step(&format!("disks = [{second}, {first}]"), Action::Create, "[id-0/a/z id-1/a/x]"),
        // Both disks have the id that they had.
        step(
            &format!("disks = [{first}, {second}, {{ name = \"b\" }}]"),
            Action::Update,
            "[id-0/a/z id-1/a/x id-2/b/z]",
        ),
        step(&format!("disks = [{second}, {{ name = \"b\" }}]"), Action::Update, "[id-0/a/z id-2/b/z]"),
    ])
}

fn inner_values() -> Result<(), Failed> {
    let disk = |labels: &str| format!("{{ name = \"a\", zone = \"x\", labels = [{labels}] }}");
    let (one, two) = ("{ key = \"k\" }", "{ key = \"k\" }, { key = \"k\", value = \"v\" }");
    let disks = |disks: &[String]| format!("disks = [{}]", disks.join(", "));
    run([
        Step::apply(machine(&disks(&[disk(one), disk(two)]))).plans(MACHINE, Action::Create),
        Step::apply(machine(&disks(&[disk(two), disk(one), "{ name = \"b\" }".to_owned()])))
            .plans(MACHINE, Action::Update),
    ])
}

fn equal() -> Result<(), Failed> {
    let both = ["number = 53, protocol = \"tcp\"", "number = 53"];
    let refused = "`ports` has an element twice.*Two of its elements are the same once defaults are filled in: \
                   `number` = 53, `protocol` = \"tcp\"";
    run([
        Step::plan(machine(&ports(false, &both))).fails(refused),
        step(&ports(true, &both), Action::Create, "[53/tcp]"),
    ])
}

/// Core gives more digits than a double has. Nothing that keeps doubles could answer with both.
fn written_otherwise() -> Result<(), Failed> {
    let refused = |name: &str| {
        format!(
            "`{name}` has an element twice.*Two of its elements mean the same, and differ only in how it is written: \
             `share` = 0.3333333333333333 and 3.33333333333333333...e-1"
        )
    };
    let short = "0.3333333333333333";
    run([
        Step::plan(machine(&format!("rules = [{{ share = 1 / 3 }}, {{ share = {short} }}]")))
            .fails(refused("rules")),
        Step::plan(machine(&format!("rule {{\nshare = 1 / 3\n}}\nrule {{\nshare = {short}\n}}")))
            .fails(refused("rule")),
        Step::apply(machine(&format!("rules = [{{ share = 1 / 3 }}, {{ share = {short}7 }}]")))
            .plans(MACHINE, Action::Create),
    ])
}
