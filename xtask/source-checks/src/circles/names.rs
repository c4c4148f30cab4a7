//! What the code of a module names of its own crate.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{TokenStream, TokenTree};
use syn::visit::{self, Visit};
use syn::{Item, UseTree};

use super::{Module, Modules};
use crate::scope::is_for_tests;

/// Which modules each one names. A name that a module only hands on is that of the module it comes from.
pub(super) fn edges(modules: &Modules) -> BTreeMap<Module, BTreeSet<Module>> {
    let handed_on = modules.iter().map(|(module, tree)| (module.clone(), handed_on(module, tree))).collect();
    let known = Known { modules, handed_on };
    let mut edges = BTreeMap::new();
    for (module, tree) in modules {
        let mut names = Names { inside: Vec::new(), found: Vec::new() };
        names.visit_file(tree);
        let found = names.found.iter().filter_map(|(inside, path)| {
            let at = [module.as_slice(), inside].concat();
            known.target(&at, path)
        });
        let targets: BTreeSet<Module> = found.filter(|target| target != module).collect();
        edges.insert(module.clone(), targets);
    }
    edges
}

/// The names of a module that are another's, and the paths behind them.
fn handed_on(module: &Module, tree: &syn::File) -> BTreeMap<String, Vec<String>> {
    let mut names = BTreeMap::new();
    for item in &tree.items {
        let Item::Use(item) = item else { continue };
        let mut paths = Vec::new();
        expand(&item.tree, &mut Vec::new(), &mut paths);
        for (name, path) in paths {
            // One that leads to itself says nothing.
            if path.len() > 1 || module.is_empty() {
                names.insert(name, path);
            }
        }
    }
    names
}

struct Known<'a> {
    modules: &'a Modules,
    handed_on: BTreeMap<Module, BTreeMap<String, Vec<String>>>,
}

impl Known<'_> {
    /// The module that a path leads to from another, if it stays in the crate.
    fn target(&self, from: &[String], path: &[String]) -> Option<Module> {
        self.follow(from, path, 0)
    }

    fn follow(&self, from: &[String], path: &[String], depth: usize) -> Option<Module> {
        let (first, rest) = path.split_first()?;
        let (mut at, mut rest) = match first.as_str() {
            "crate" => (Vec::new(), rest),
            "self" => (from.to_vec(), rest),
            "super" => (from.split_last()?.1.to_vec(), rest),
            _ if self.has(from, first) => (from.to_vec(), path),
            _ => return None,
        };
        while let Some((name, further)) = rest.split_first() {
            if name == "super" {
                at.pop();
            } else if self.has(&at, name) {
                at.push(name.clone());
            } else {
                let behind = self.handed_on.get(&at).and_then(|names| names.get(name));
                // A chain of names that hand each other on has an end; a limit is there for what does not compile.
                return match behind.filter(|_| depth < 8) {
                    Some(behind) => self.follow(&at, behind, depth + 1).or(Some(at)),
                    None => Some(at),
                };
            }
            rest = further;
        }
        Some(at)
    }

    fn has(&self, module: &[String], name: &str) -> bool {
        let inner = [module, &[name.to_owned()]].concat();
        self.modules.keys().any(|known| known.starts_with(&inner))
    }
}

/// Every path in the code, each with the modules inside the file in which it stands.
struct Names {
    inside: Vec<String>,
    found: Vec<(Vec<String>, Vec<String>)>,
}

impl Names {
    fn note(&mut self, path: Vec<String>) {
        if path.len() > 1 {
            self.found.push((self.inside.clone(), path));
        }
    }

    fn tokens(&mut self, tokens: TokenStream) {
        let mut path = Vec::new();
        let mut colons = 0;
        for token in tokens {
            match token {
                TokenTree::Ident(ident) => {
                    if colons != 2 {
                        self.note(std::mem::take(&mut path));
                    }
                    path.push(ident.to_string());
                    colons = 0;
                }
                TokenTree::Punct(punct) if punct.as_char() == ':' => colons += 1,
                other => {
                    self.note(std::mem::take(&mut path));
                    colons = 0;
                    if let TokenTree::Group(group) = other {
                        self.tokens(group.stream());
                    }
                }
            }
        }
        self.note(path);
    }
}

impl<'a> Visit<'a> for Names {
    fn visit_item(&mut self, item: &'a Item) {
        if !attributes(item).iter().any(is_for_tests) {
            visit::visit_item(self, item);
        }
    }

    fn visit_item_mod(&mut self, module: &'a syn::ItemMod) {
        self.inside.push(module.ident.to_string());
        visit::visit_item_mod(self, module);
        self.inside.pop();
    }

    fn visit_item_use(&mut self, item: &'a syn::ItemUse) {
        let mut paths = Vec::new();
        expand(&item.tree, &mut Vec::new(), &mut paths);
        paths.into_iter().for_each(|(_, path)| self.note(path));
    }

    fn visit_path(&mut self, path: &'a syn::Path) {
        self.note(path.segments.iter().map(|segment| segment.ident.to_string()).collect());
        visit::visit_path(self, path);
    }

    fn visit_visibility(&mut self, _: &'a syn::Visibility) {
        // `pub(in crate::a)` names whom it shows itself to, which is no use of it.
    }

    fn visit_macro(&mut self, called: &'a syn::Macro) {
        self.visit_path(&called.path);
        self.tokens(called.tokens.clone());
    }
}

/// The paths of a `use`, with the name that each has afterwards.
fn expand(tree: &UseTree, before: &mut Vec<String>, out: &mut Vec<(String, Vec<String>)>) {
    let with = |before: &[String], name: &syn::Ident| [before, &[name.to_string()]].concat();
    match tree {
        UseTree::Path(path) => {
            before.push(path.ident.to_string());
            expand(&path.tree, before, out);
            before.pop();
        }
        UseTree::Name(name) if name.ident == "self" => {
            out.push((before.last().cloned().unwrap_or_default(), before.clone()));
        }
        UseTree::Name(name) => out.push((name.ident.to_string(), with(before, &name.ident))),
        UseTree::Rename(name) => out.push((name.rename.to_string(), with(before, &name.ident))),
        UseTree::Glob(_) => out.push(("*".to_owned(), [before.as_slice(), &["*".to_owned()]].concat())),
        UseTree::Group(group) => group.items.iter().for_each(|inner| expand(inner, before, out)),
    }
}

fn attributes(item: &Item) -> &[syn::Attribute] {
    match item {
        Item::Const(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Macro(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}
