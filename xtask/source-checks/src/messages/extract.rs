//! Finds the messages in the code: the texts that it holds, put together where they stand in one expression.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use syn::visit::{self, Visit};
use syn::{Attribute, Block, Expr, ImplItemFn, Item, ItemFn, ItemImpl, Local, Macro, Pat, TraitItemFn};

use super::documentation::{self, Documentation};
use super::exempt;
use super::source::{Source, is_for_tests};
use super::template::Template;
use super::texts::{self, place};

/// What stands between the parts of a message in one line.
pub(super) const BETWEEN: &str = " ⏎ ";

/// A message that the code makes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Message {
    /// The folder of its crate, such as `provider/api`.
    pub(super) package: String,
    /// Summary and detail, message and hint: what stands together in one expression.
    pub(super) parts: Vec<Template>,
    /// The file.
    pub(super) path: PathBuf,
    /// What it stands in, such as `Client::get`.
    pub(super) item: String,
    pub(super) line: usize,
    /// Whether it may be put into another text, since nothing says that it is a message by itself.
    pub(super) is_fragment: bool,
}

impl Message {
    /// What it says, in one line.
    pub(super) fn written(&self) -> String {
        self.parts.iter().map(Template::written).collect::<Vec<_>>().join(BETWEEN)
    }

    pub(super) fn words(&self) -> usize {
        self.parts.iter().map(Template::words).sum()
    }

    fn holes(&self) -> usize {
        self.parts.iter().map(Template::holes).sum()
    }

    /// Whether it only passes on what something else says: it has holes, and hardly a word of its own.
    pub(super) fn passes_on(&self) -> bool {
        self.words() < 2 && self.holes() > 0
    }
}

/// The messages of a file that is not for tests.
pub(super) fn messages(package: &str, source: &Source<'_>, documentation: &Documentation) -> Vec<Message> {
    let mut extract = Extract {
        package,
        source,
        documentation,
        items: Vec::new(),
        found: BTreeMap::new(),
        consumed: BTreeSet::new(),
        scopes: Vec::new(),
    };
    extract.visit_file(&source.tree);
    let Extract { mut found, consumed, .. } = extract;
    found.retain(|place, _| !consumed.contains(place));
    found.into_values().collect()
}

/// Line and column.
type Place = (usize, usize);

struct Extract<'a> {
    package: &'a str,
    source: &'a Source<'a>,
    documentation: &'a Documentation,
    /// The names of what is around.
    items: Vec<String>,
    found: BTreeMap<Place, Message>,
    /// Places of texts that are part of another message, or none.
    consumed: BTreeSet<Place>,
    /// The texts that have a name, by block.
    scopes: Vec<BTreeMap<String, (Place, Template)>>,
}

impl Extract<'_> {
    fn add(&mut self, place: Place, parts: Vec<Template>, is_fragment: bool) {
        if parts.is_empty() {
            return;
        }
        let message = Message {
            package: self.package.to_owned(),
            parts,
            path: self.source.path.to_path_buf(),
            item: self.items.join("::"),
            line: place.0,
            is_fragment,
        };
        self.found.entry(place).or_insert(message);
    }

    /// Within an item of this name.
    fn within(&mut self, name: String, visit: impl FnOnce(&mut Self)) {
        self.items.push(name);
        visit(self);
        self.items.pop();
    }

    /// The text that an expression is, and where it stands. A name stands for the one text that it was given.
    fn text(&self, expr: &Expr) -> Option<(Place, Template)> {
        let expr = texts::bare(expr);
        if let Some(name) = texts::name(expr) {
            return self.scopes.iter().rev().find_map(|scope| scope.get(&name)).cloned();
        }
        Some((place(expr), texts::template(expr)?))
    }

    /// A message of the texts among these expressions, in their order.
    fn together(&mut self, at: Place, chain: &texts::Chain<'_>) {
        let mut parts = Vec::new();
        for expr in &chain.exprs {
            let text = self.text(expr).filter(|(_, text)| texts::speaks(text, chain.speaks));
            if let Some((place, template)) = text {
                self.consumed.insert(place);
                parts.push(template);
            }
        }
        self.consumed.remove(&at);
        self.add(at, parts, !chain.whole);
    }

    /// These expressions say nothing to the user, and neither do the texts that they name.
    fn hush(&mut self, exprs: &[&Expr]) {
        for expr in exprs {
            self.consumed.extend(self.text(expr).map(|(place, _)| place));
        }
    }

    /// Within a function or constant, unless it makes no messages.
    fn function(&mut self, attributes: &[Attribute], name: String, visit: impl FnOnce(&mut Self)) {
        if !is_for_tests(attributes) && !exempt::is_exempt_function(self.source.path, &name) {
            self.within(name, visit);
        }
    }
}

impl<'ast> Visit<'ast> for Extract<'_> {
    fn visit_item(&mut self, item: &'ast Item) {
        match item {
            Item::Mod(module) if is_for_tests(&module.attrs) => {}
            Item::Mod(module) => self.within(module.ident.to_string(), |this| visit::visit_item(this, item)),
            Item::Enum(of) => self.within(of.ident.to_string(), |this| visit::visit_item(this, item)),
            Item::Struct(of) => self.within(of.ident.to_string(), |this| visit::visit_item(this, item)),
            Item::Const(of) => {
                self.function(&of.attrs, of.ident.to_string(), |this| visit::visit_item(this, item));
            }
            Item::Static(of) => {
                self.function(&of.attrs, of.ident.to_string(), |this| visit::visit_item(this, item));
            }
            Item::Trait(of) => self.within(of.ident.to_string(), |this| visit::visit_item(this, item)),
            Item::Use(_) | Item::ExternCrate(_) => {}
            _ => visit::visit_item(self, item),
        }
    }

    fn visit_item_fn(&mut self, function: &'ast ItemFn) {
        let name = function.sig.ident.to_string();
        self.function(&function.attrs, name, |this| visit::visit_item_fn(this, function));
    }

    fn visit_item_impl(&mut self, of: &'ast ItemImpl) {
        if !is_for_tests(&of.attrs) {
            self.within(texts::type_name(&of.self_ty), |this| visit::visit_item_impl(this, of));
        }
    }

    fn visit_impl_item_fn(&mut self, function: &'ast ImplItemFn) {
        let name = function.sig.ident.to_string();
        self.function(&function.attrs, name, |this| visit::visit_impl_item_fn(this, function));
    }

    fn visit_trait_item_fn(&mut self, function: &'ast TraitItemFn) {
        let name = function.sig.ident.to_string();
        self.function(&function.attrs, name, |this| visit::visit_trait_item_fn(this, function));
    }

    fn visit_variant(&mut self, variant: &'ast syn::Variant) {
        self.within(variant.ident.to_string(), |this| visit::visit_variant(this, variant));
    }

    /// `#[error("...")]` of `thiserror`; no other attribute is a message.
    fn visit_attribute(&mut self, attribute: &'ast Attribute) {
        if attribute.path().is_ident("error")
            && let syn::Meta::List(list) = &attribute.meta
            && let Some(text) = texts::first_literal(list.tokens.clone())
        {
            self.add(place(attribute), vec![Template::with_holes(&text)], false);
        }
    }

    fn visit_block(&mut self, block: &'ast Block) {
        self.scopes.push(BTreeMap::new());
        visit::visit_block(self, block);
        self.scopes.pop();
    }

    fn visit_local(&mut self, local: &'ast Local) {
        visit::visit_local(self, local);
        let name = match &local.pat {
            Pat::Ident(name) => name.ident.to_string(),
            Pat::Type(typed) => match &*typed.pat {
                Pat::Ident(name) => name.ident.to_string(),
                _ => return,
            },
            _ => return,
        };
        let text = local.init.as_ref().and_then(|init| self.text(&init.expr));
        if let (Some(text), Some(scope)) = (text, self.scopes.last_mut()) {
            scope.insert(name, text);
        }
    }

    fn visit_expr(&mut self, expr: &'ast Expr) {
        if let Expr::Call(_) | Expr::MethodCall(_) = expr
            && (texts::called(expr).is_some_and(|name| exempt::is_exempt_call(&name))
                || texts::is_progress(expr))
        {
            // What is described may have messages of its own, as validators have.
            self.hush(&texts::arguments(expr));
            if let Expr::MethodCall(call) = expr {
                self.visit_expr(&call.receiver);
            }
            for argument in texts::arguments(expr) {
                if !texts::is_text(argument) {
                    self.visit_expr(argument);
                }
            }
            return;
        }
        if let Expr::Binary(of) = expr
            && matches!(of.op, syn::BinOp::Eq(_) | syn::BinOp::Ne(_))
        {
            // What is compared with is not said.
            self.hush(&[&of.left, &of.right]);
        }
        let chain = texts::chain(expr, self.documentation, &documentation::module(self.source.path));
        self.hush(&chain.silent);
        if chain.exprs.is_empty() {
            let bare = texts::bare(expr);
            if let Expr::Lit(_) = bare
                && let Some(template) = texts::template(bare).filter(|text| texts::speaks(text, false))
            {
                self.add(place(bare), vec![template], true);
            }
        } else {
            self.together(place(expr), &chain);
        }
        visit::visit_expr(self, expr);
    }

    fn visit_macro(&mut self, of: &'ast Macro) {
        let name = texts::macro_name(of);
        if exempt::MACROS.contains(&name.as_str()) {
            return;
        }
        let tells = exempt::TELLING.contains(&name.as_str());
        if let Some(template) = texts::formatted(of).filter(|text| texts::speaks(text, tells)) {
            self.add(place(of), vec![template], !tells);
        }
        let Some(arguments) = texts::parsed(of) else {
            for (place, text) in texts::literals(of.tokens.clone()) {
                let template = Template::with_holes(&text);
                if texts::speaks(&template, false) {
                    self.add(place, vec![template], true);
                }
            }
            return;
        };
        let formats = exempt::FORMATS.contains(&name.as_str());
        for argument in arguments.iter().filter(|argument| !(formats && matches!(argument, Expr::Lit(_)))) {
            self.visit_expr(argument);
        }
    }
}
