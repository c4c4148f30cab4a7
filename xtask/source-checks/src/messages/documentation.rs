//! Which parameters of functions are for the documentation or the log, so that texts given for them are no messages:
//! those that go on to a call that makes no message.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use proc_macro2::{TokenStream, TokenTree};
use syn::visit::{self, Visit};
use syn::{Block, Expr, FnArg, ImplItemFn, ItemFn, Local, Pat, Signature};

use super::exempt;
use super::source::Source;
use super::texts;

/// Module and name of a function, or of a closure that has a name.
type Function = (String, String);

/// Positions of parameters, by function.
#[derive(Debug, Default)]
pub(super) struct Documentation(BTreeMap<Function, BTreeSet<usize>>);

impl Documentation {
    /// Goes through the sources until nothing new is found: a parameter may go on through several functions.
    pub(super) fn of(sources: &[&Source<'_>]) -> Self {
        let mut known = Self(BTreeMap::new());
        loop {
            let mut found = BTreeMap::<Function, BTreeSet<usize>>::new();
            for source in sources {
                let mut functions =
                    Functions { module: module(source.path), known: &known, found: &mut found };
                functions.visit_file(&source.tree);
            }
            if found == known.0 {
                return known;
            }
            known.0 = found;
        }
    }

    /// The arguments of a call that are no messages, and the others.
    pub(super) fn split<'a>(&self, call: &'a Expr, module: &str) -> (Vec<&'a Expr>, Vec<&'a Expr>) {
        let positions = self.positions(call, module);
        let numbered = texts::arguments(call).into_iter().enumerate();
        let (silent, others): (Vec<_>, Vec<_>) = numbered.partition(|(at, _)| positions.contains(at));
        let exprs = |all: Vec<(usize, &'a Expr)>| all.into_iter().map(|(_, expr)| expr).collect();
        (exprs(silent), exprs(others))
    }

    fn positions(&self, call: &Expr, module: &str) -> BTreeSet<usize> {
        let Some(name) = texts::called(call) else { return BTreeSet::new() };
        if exempt::is_exempt_call(&name) {
            return (0..texts::arguments(call).len()).collect();
        }
        let exempt = exempt::ARGUMENTS.iter().filter(|(function, _)| *function == name).map(|(_, at)| *at);
        let mut positions: BTreeSet<usize> = exempt.collect();
        let Expr::Call(of) = call else { return positions };
        let Expr::Path(path) = &*of.func else { return positions };
        let within = path.path.segments.iter().rev().nth(1).map(|segment| segment.ident.to_string());
        let within = within.filter(|name| name != "self").unwrap_or_else(|| module.to_owned());
        positions.extend(self.0.get(&(within, name)).into_iter().flatten());
        positions
    }
}

/// The name of the module that a file is.
pub(super) fn module(path: &Path) -> String {
    let stem = path.file_stem().unwrap_or_default();
    let name = if stem == "mod" { path.parent().and_then(Path::file_name).unwrap_or_default() } else { stem };
    name.to_string_lossy().into_owned()
}

struct Functions<'a> {
    module: String,
    known: &'a Documentation,
    found: &'a mut BTreeMap<Function, BTreeSet<usize>>,
}

impl Functions<'_> {
    fn function(&mut self, signature: &Signature, body: &Block) {
        let parameters = signature.inputs.iter().filter_map(|input| match input {
            FnArg::Typed(typed) => Some(name(&typed.pat)),
            FnArg::Receiver(_) => None,
        });
        let parameters: Vec<_> = parameters.collect();
        let used = self.used(|uses| uses.visit_block(body));
        self.add(signature.ident.to_string(), &parameters, &used);
    }

    /// The names that calls which make no message use.
    fn used(&self, visit: impl FnOnce(&mut Uses<'_>)) -> BTreeSet<String> {
        let mut uses = Uses { module: &self.module, known: self.known, names: BTreeSet::new() };
        visit(&mut uses);
        uses.names
    }

    fn add(&mut self, function: String, parameters: &[Option<String>], used: &BTreeSet<String>) {
        let is_used = |name: &Option<String>| name.as_ref().is_some_and(|name| used.contains(name));
        let positions: BTreeSet<_> =
            parameters.iter().enumerate().filter(|(_, name)| is_used(name)).map(|(at, _)| at).collect();
        if !positions.is_empty() {
            self.found.entry((self.module.clone(), function)).or_default().extend(positions);
        }
    }
}

impl<'ast> Visit<'ast> for Functions<'_> {
    fn visit_item_fn(&mut self, of: &'ast ItemFn) {
        self.function(&of.sig, &of.block);
        visit::visit_item_fn(self, of);
    }

    fn visit_impl_item_fn(&mut self, of: &'ast ImplItemFn) {
        self.function(&of.sig, &of.block);
        visit::visit_impl_item_fn(self, of);
    }

    fn visit_local(&mut self, local: &'ast Local) {
        visit::visit_local(self, local);
        if let (Some(function), Some(init)) = (name(&local.pat), &local.init)
            && let Expr::Closure(closure) = &*init.expr
        {
            let parameters: Vec<_> = closure.inputs.iter().map(name).collect();
            let used = self.used(|uses| uses.visit_expr(&closure.body));
            self.add(function, &parameters, &used);
        }
    }
}

fn name(pattern: &Pat) -> Option<String> {
    match pattern {
        Pat::Ident(of) => Some(of.ident.to_string()),
        Pat::Type(of) => name(&of.pat),
        _ => None,
    }
}

/// The names that go into calls which make no message.
struct Uses<'a> {
    module: &'a str,
    known: &'a Documentation,
    names: BTreeSet<String>,
}

impl<'ast> Visit<'ast> for Uses<'_> {
    fn visit_expr(&mut self, expr: &'ast Expr) {
        let is_lookup = texts::called(expr).is_some_and(|name| exempt::LOOKUPS.contains(&name.as_str()));
        if let (Expr::Call(_) | Expr::MethodCall(_), false) = (expr, is_lookup) {
            for argument in self.known.split(expr, self.module).0 {
                match texts::bare(argument) {
                    Expr::Macro(of) => names(of.mac.tokens.clone(), &mut self.names),
                    other => self.names.extend(texts::name(other)),
                }
            }
        }
        visit::visit_expr(self, expr);
    }
}

/// The names among tokens, those inside of texts with holes included.
fn names(tokens: TokenStream, found: &mut BTreeSet<String>) {
    for (_, text) in texts::literals(tokens.clone()) {
        let holes = text.split('{').skip(1).filter_map(|rest| rest.split(['}', ':']).next());
        found.extend(holes.map(str::to_owned));
    }
    for token in tokens {
        match token {
            TokenTree::Ident(name) => {
                found.insert(name.to_string());
            }
            TokenTree::Group(group) => names(group.stream(), found),
            TokenTree::Literal(_) | TokenTree::Punct(_) => {}
        }
    }
}
