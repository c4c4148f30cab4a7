//! The section of a page that lists attributes. Nested objects have sections of their own; one that was shown before on
//! the page is referred to.

use std::collections::{BTreeMap, VecDeque};
use std::fmt::Write as _;

use tfplugin::schema::{Attribute, Attributes, Nesting, Presence, Schema, Shape, Union};
use tfplugin::value::Type;

const WRITE_ONLY: &str = "[Write-only](https://developer.hashicorp.com/terraform/language/resources/ephemeral#write-only-arguments)";

/// The section of a schema; a change of an attribute at its top for which `replaces` holds makes a new object.
pub(crate) fn section(schema: &Schema, replaces: &dyn Fn(&str) -> bool) -> String {
    let mut page = Page::default();
    page.text.push_str("## Schema\n");
    page.rules(schema.unions(), schema.demands());
    page.groups(schema.attributes(), "", Level::Top, replaces);
    while let Some((path, inner, attribute)) = page.waiting.pop_front() {
        let _ = write!(page.text, "\n<a id=\"{}\"></a>\n### Nested Schema for `{path}`\n", anchor(&path));
        page.rules(attribute.unions(), attribute.demands());
        page.groups(inner, &path, Level::Nested, &|_| false);
    }
    page.text
}

#[derive(Clone, Copy)]
enum Level {
    Top,
    Nested,
}

#[derive(Default)]
struct Page<'a> {
    text: String,
    /// The path of the first place at which a nested object stands, by what it holds.
    shown: BTreeMap<String, String>,
    waiting: VecDeque<(String, &'a Attributes, &'a Attribute)>,
}

impl<'a> Page<'a> {
    /// What must hold between the attributes of one object.
    fn rules(&mut self, unions: &[Union], demands: impl Iterator<Item = String>) {
        let rules: Vec<_> = unions.iter().map(Union::describe).chain(demands).collect();
        for (index, rule) in rules.iter().enumerate() {
            let start = if index == 0 { "\n" } else { "" };
            let _ = writeln!(self.text, "{start}* {}.", capital(rule));
        }
    }

    fn groups(
        &mut self,
        attributes: &'a Attributes,
        above: &str,
        level: Level,
        replaces: &dyn Fn(&str) -> bool,
    ) {
        let groups: [(&str, &[Presence]); 3] = [
            ("Required", &[Presence::Required]),
            ("Optional", &[Presence::Optional, Presence::OptionalComputed]),
            ("Read-Only", &[Presence::Computed]),
        ];
        let first = self.waiting.len();
        for (title, presences) in groups {
            let mut members =
                attributes.iter().filter(|(_, each)| presences.contains(&each.presence())).peekable();
            if members.peek().is_none() {
                continue;
            }
            match level {
                Level::Top => self.text.push_str(&format!("\n### {title}\n\n")),
                Level::Nested => self.text.push_str(&format!("\n{title}:\n\n")),
            }
            for (name, attribute) in members {
                let path = if above.is_empty() { name.clone() } else { format!("{above}.{name}") };
                self.line(name, path, attribute, replaces(name));
            }
        }
        // What is nested in this object comes before what waits already: depth first.
        self.waiting.rotate_left(first);
    }

    fn line(&mut self, name: &str, path: String, attribute: &'a Attribute, replaces: bool) {
        let _ = write!(self.text, "- `{name}` ({}) {}", flags(attribute), attribute.description());
        if let Shape::Plain(_) = attribute.shape() {
            for demand in attribute.demands().filter(|demand| !is_told(demand, attribute.description())) {
                let _ = write!(self.text, " Must be {demand}.");
            }
        }
        if replaces {
            self.text.push_str(" Changing it creates a new object.");
        }
        if let Shape::Nested(_, inner) = attribute.shape() {
            self.refer(path, inner, attribute);
        }
        self.text.push('\n');
    }

    fn refer(&mut self, path: String, inner: &'a Attributes, attribute: &'a Attribute) {
        if inner.is_empty() {
            self.text.push_str(" It has no attributes: write `{}`.");
            return;
        }
        let content = content(attribute);
        if let Some(same) = self.shown.get(&content) {
            let _ = write!(self.text, " (same as [`{same}`](#{}))", anchor(same));
            return;
        }
        let _ = write!(self.text, " (see [below for nested schema](#{}))", anchor(&path));
        self.shown.insert(content, path.clone());
        self.waiting.push_back((path, inner, attribute));
    }
}

/// What a description says already need not be said again.
fn is_told(demand: &str, description: &str) -> bool {
    (demand.contains("one of `") && description.contains("One of `"))
        || (demand.starts_with("JSON") && description.contains("JSON"))
        || demand.is_empty()
}

fn flags(attribute: &Attribute) -> String {
    let mut flags = vec![kind(attribute)];
    if attribute.is_sensitive() {
        flags.push("Sensitive".to_owned());
    }
    if attribute.is_write_only() {
        flags.push(WRITE_ONLY.to_owned());
    }
    flags.join(", ")
}

fn kind(attribute: &Attribute) -> String {
    match attribute.shape() {
        Shape::Plain(ty) => type_name(ty),
        Shape::Nested(Nesting::Single, _) => "Attributes".to_owned(),
        Shape::Nested(nesting, _) => format!("Attributes {nesting:?}"),
    }
}

/// A type as the registry calls it.
pub(crate) fn type_name(ty: &Type) -> String {
    match ty {
        Type::String => "String".to_owned(),
        Type::Number => "Number".to_owned(),
        Type::Bool => "Boolean".to_owned(),
        Type::Dynamic => "Dynamic".to_owned(),
        Type::List(of) => format!("List of {}", type_name(of)),
        Type::Set(of) => format!("Set of {}", type_name(of)),
        Type::Map(of) => format!("Map of {}", type_name(of)),
        Type::Tuple(_) => "Tuple".to_owned(),
        Type::Object(_) => "Object".to_owned(),
    }
}

/// Everything that a nested object's section and those below it show, so that equal texts mean equal sections.
fn content(attribute: &Attribute) -> String {
    let mut text = String::new();
    for rule in attribute.unions().iter().map(Union::describe).chain(attribute.demands()) {
        let _ = write!(text, "{rule};");
    }
    let Shape::Nested(_, inner) = attribute.shape() else { return text };
    for (name, each) in inner {
        let _ = write!(text, "{name}|{}|{:?}|{}", flags(each), each.presence(), each.description());
        match each.shape() {
            Shape::Plain(_) => text.extend(each.demands().map(|demand| format!("|{demand}"))),
            Shape::Nested(..) => drop(write!(text, "{{{}}}", content(each))),
        }
        text.push('\n');
    }
    text
}

fn anchor(path: &str) -> String {
    format!("nestedatt--{}", path.replace('.', "--"))
}

fn capital(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(characters).collect()
}
