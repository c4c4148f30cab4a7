//! Rust files.

use std::path::Path;

use proc_macro2::{Span, TokenStream, TokenTree};
use syn::parse::Parser as _;
use syn::punctuated::Punctuated;
use syn::spanned::Spanned as _;
use syn::visit::{self, Visit};
use syn::{Attribute, Block, Expr, Item, Macro, Meta, Pat, Stmt, Token};

use super::outcome::{self, Condition};
use super::{Finding, Unsaid, shown};
use crate::scope::{Kind, is_for_tests};

/// Macros whose first argument is the condition.
const CONDITIONS: [&str; 4] = ["assert", "debug_assert", "prop_assert", "ensure"];
/// Macros that compare their first two arguments.
const COMPARISONS: [(&str, bool); 8] = [
    ("assert_eq", true),
    ("debug_assert_eq", true),
    ("prop_assert_eq", true),
    ("ensure_eq", true),
    ("assert_ne", false),
    ("debug_assert_ne", false),
    ("prop_assert_ne", false),
    ("ensure_ne", false),
];
/// Macros that end a test.
const ENDINGS: [&str; 6] = ["panic", "unreachable", "bail", "anyhow", "todo", "prop_assert"];

/// Every assertion of the file that does not say what it expects.
pub(super) fn check(path: &Path, tree: &syn::File, kind: Kind) -> Vec<Finding> {
    let mut source = Source::new(path, kind);
    source.visit_file(tree);
    source.findings
}

/// Statements that stand for themselves, as in documentation.
pub(super) fn check_statements(path: &Path, statements: &[Stmt]) -> Vec<Finding> {
    let mut source = Source::new(path, Kind::Test);
    source.names_of(statements);
    statements.iter().for_each(|statement| source.visit_stmt(statement));
    source.findings
}

struct Source<'a> {
    path: &'a Path,
    kind: Kind,
    /// Whether what is looked at is a test.
    test: bool,
    /// Locals and functions that stand for an outcome.
    names: Vec<String>,
    findings: Vec<Finding>,
}

impl<'a> Source<'a> {
    fn new(path: &'a Path, kind: Kind) -> Self {
        Self { path, kind, test: kind == Kind::Test, names: Vec::new(), findings: Vec::new() }
    }

    fn add(&mut self, span: Span, unsaid: Unsaid) {
        let start = span.start();
        let what = shown(&span.source_text().unwrap_or_default());
        let path = self.path.to_path_buf();
        let finding = Finding { path, line: start.line, column: start.column + 1, what, unsaid };
        if !self.findings.contains(&finding) {
            self.findings.push(finding);
        }
    }

    fn add_to_test(&mut self, span: Span, unsaid: Unsaid) {
        if self.test {
            self.add(span, unsaid);
        }
    }

    fn within<T>(&mut self, attributes: &[Attribute], visit: impl FnOnce(&mut Self) -> T) -> T {
        for attribute in attributes {
            if matches!(&attribute.meta, Meta::Path(path) if path.is_ident("should_panic")) {
                self.add(attribute.span(), Unsaid::Panic);
            }
        }
        let before = self.test;
        self.test |= attributes.iter().any(is_for_tests);
        let answer = visit(self);
        self.test = before;
        answer
    }

    /// Functions may be called before they are declared.
    fn names_of(&mut self, statements: &[Stmt]) {
        for statement in statements {
            if let Stmt::Item(item) = statement {
                self.name_of(item);
            }
        }
    }

    fn name_of(&mut self, item: &Item) {
        if let Item::Fn(function) = item
            && outcome::last_of(&function.block).is_some_and(|last| outcome::is_outcome(last, &self.names))
        {
            self.names.push(function.sig.ident.to_string());
        }
    }

    fn assertion(&mut self, name: &str, tokens: &TokenStream) {
        if name == "ensure" && !self.test && self.kind == Kind::Production {
            return;
        }
        let Ok(arguments) = Punctuated::<Expr, Token![,]>::parse_terminated.parse2(tokens.clone()) else {
            // In a `macro_rules!`, with `$x` among them.
            return self.unparsed(tokens);
        };
        let mut condition = Condition::new(&self.names);
        let comparison = COMPARISONS.iter().find(|(known, _)| *known == name);
        match (comparison, arguments.first(), arguments.get(1)) {
            (Some((_, equal)), Some(a), Some(b)) => condition.compare(a, b, *equal),
            (_, Some(first), _) => condition.visit_expr(first),
            _ => (),
        }
        for (span, unsaid) in condition.found {
            self.add(span, unsaid);
        }
    }

    fn unparsed(&mut self, tokens: &TokenStream) {
        let mut before: Option<char> = None;
        for token in tokens.clone() {
            match &token {
                TokenTree::Group(group) => self.unparsed(&group.stream()),
                TokenTree::Ident(ident) if matches!(before, Some('.' | ':')) => {
                    let unsaid = match ident.to_string().as_str() {
                        "is_err" => Some(Unsaid::Error),
                        "is_ok" => Some(Unsaid::Value),
                        "is_some" => Some(Unsaid::Some),
                        _ => None,
                    };
                    unsaid.into_iter().for_each(|unsaid| self.add(ident.span(), unsaid));
                }
                _ => (),
            }
            before = if let TokenTree::Punct(punct) = &token { Some(punct.as_char()) } else { None };
        }
    }

    /// What stands in a macro that is not known: expressions, statements, or something in between.
    fn inside(&mut self, tokens: &TokenStream) {
        if let Ok(arguments) = Punctuated::<Expr, Token![,]>::parse_terminated.parse2(tokens.clone()) {
            arguments.iter().for_each(|argument| self.visit_expr(argument));
            return;
        }
        if let Ok(statements) = Block::parse_within.parse2(tokens.clone()) {
            self.statements(&statements);
            return;
        }
        let trees: Vec<TokenTree> = tokens.clone().into_iter().collect();
        for (at, tree) in trees.iter().enumerate() {
            match tree {
                TokenTree::Ident(ident) => {
                    if let (Some(TokenTree::Punct(bang)), Some(TokenTree::Group(group))) =
                        (trees.get(at + 1), trees.get(at + 2))
                        && bang.as_char() == '!'
                        && is_assertion(&ident.to_string())
                    {
                        self.assertion(&ident.to_string(), &group.stream());
                    }
                }
                TokenTree::Group(group) => self.inside(&group.stream()),
                _ => (),
            }
        }
    }

    fn statements(&mut self, statements: &[Stmt]) {
        let known = self.names.len();
        self.names_of(statements);
        statements.iter().for_each(|statement| self.visit_stmt(statement));
        self.names.truncate(known);
    }

    /// A value that nobody looks at.
    fn dropped(&mut self, expr: &Expr) {
        let expr = outcome::peeled(expr);
        let Expr::MethodCall(call) = expr else { return };
        match call.method.to_string().as_str() {
            "unwrap_err" | "expect_err" | "into_err" => self.add_to_test(expr.span(), Unsaid::Dropped),
            "unwrap" | "expect" | "context" | "with_context" | "ok_or" | "ok_or_else" => {
                if matches!(outcome::peeled(&call.receiver), Expr::MethodCall(inner) if inner.method == "err")
                {
                    self.add_to_test(expr.span(), Unsaid::Dropped);
                }
            }
            _ => (),
        }
    }
}

fn is_assertion(name: &str) -> bool {
    CONDITIONS.contains(&name) || COMPARISONS.iter().any(|(known, _)| *known == name)
}

/// Whether a block or an arm ends the test, and does nothing else.
fn ends(expr: &Expr) -> bool {
    let ending = |mac: &Macro| {
        mac.path.segments.last().is_some_and(|last| ENDINGS.iter().any(|ending| last.ident == ending))
    };
    match expr {
        Expr::Macro(found) => ending(&found.mac),
        Expr::Block(block) => match block.block.stmts.as_slice() {
            [Stmt::Macro(found)] => ending(&found.mac),
            [Stmt::Expr(only, _)] => ends(only),
            _ => false,
        },
        Expr::Return(back) => back.expr.as_deref().is_some_and(ends),
        Expr::Call(call) => call.args.iter().any(ends),
        _ => false,
    }
}

impl<'ast> Visit<'ast> for Source<'_> {
    fn visit_file(&mut self, file: &'ast syn::File) {
        file.items.iter().for_each(|item| self.name_of(item));
        visit::visit_file(self, file);
    }

    fn visit_item_mod(&mut self, module: &'ast syn::ItemMod) {
        let known = self.names.len();
        for item in module.content.iter().flat_map(|(_, items)| items) {
            self.name_of(item);
        }
        self.within(&module.attrs, |source| visit::visit_item_mod(source, module));
        self.names.truncate(known);
    }

    fn visit_item_fn(&mut self, function: &'ast syn::ItemFn) {
        self.within(&function.attrs, |source| visit::visit_item_fn(source, function));
    }

    fn visit_item_impl(&mut self, block: &'ast syn::ItemImpl) {
        self.within(&block.attrs, |source| visit::visit_item_impl(source, block));
    }

    fn visit_impl_item_fn(&mut self, function: &'ast syn::ImplItemFn) {
        self.within(&function.attrs, |source| visit::visit_impl_item_fn(source, function));
    }

    fn visit_block(&mut self, block: &'ast Block) {
        self.statements(&block.stmts);
    }

    fn visit_local(&mut self, local: &'ast syn::Local) {
        visit::visit_local(self, local);
        let Some(init) = &local.init else { return };
        if init.diverge.is_some()
            && let Some(unsaid @ (Unsaid::Error | Unsaid::Value)) = outcome::of_pattern(&local.pat)
        {
            self.add_to_test(local.span(), unsaid);
        }
        let pattern = match &local.pat {
            Pat::Type(typed) => &*typed.pat,
            pattern => pattern,
        };
        match pattern {
            Pat::Wild(_) => self.dropped(&init.expr),
            Pat::Ident(ident) => {
                let name = ident.ident.to_string();
                if name.starts_with('_') {
                    self.dropped(&init.expr);
                }
                let stands_for_it = outcome::is_outcome(&init.expr, &self.names);
                self.names.retain(|known| *known != name);
                if stands_for_it {
                    self.names.push(name);
                }
            }
            _ => (),
        }
    }

    fn visit_stmt(&mut self, statement: &'ast Stmt) {
        if let Stmt::Expr(expr, Some(_)) = statement {
            self.dropped(expr);
        }
        visit::visit_stmt(self, statement);
    }

    fn visit_expr_call(&mut self, call: &'ast syn::ExprCall) {
        if let Expr::Path(path) = &*call.func
            && path.path.segments.last().is_some_and(|last| last.ident == "drop")
        {
            call.args.iter().for_each(|argument| self.dropped(argument));
        }
        visit::visit_expr_call(self, call);
    }

    /// `if let Ok(_) = x { panic!(...) }` is an assertion too.
    fn visit_expr_if(&mut self, expr: &'ast syn::ExprIf) {
        let then =
            Expr::Block(syn::ExprBlock { attrs: Vec::new(), label: None, block: expr.then_branch.clone() });
        let otherwise = expr.else_branch.as_ref().is_some_and(|(_, block)| ends(block));
        if self.test && (ends(&then) || otherwise) {
            let mut condition = Condition::new(&self.names);
            condition.visit_expr(&expr.cond);
            for (span, unsaid) in condition.found {
                if matches!(unsaid, Unsaid::Error | Unsaid::Value) {
                    self.add(span, unsaid);
                }
            }
        }
        visit::visit_expr_if(self, expr);
    }

    fn visit_expr_match(&mut self, expr: &'ast syn::ExprMatch) {
        let is_ok = |pat: &Pat| matches!(pat, Pat::TupleStruct(ok) if ok.path.is_ident("Ok"));
        let fails_when_it_passes = expr.arms.iter().any(|arm| is_ok(&arm.pat) && ends(&arm.body));
        for arm in &expr.arms {
            let any_error =
                matches!(&arm.pat, Pat::Wild(_)) || outcome::of_pattern(&arm.pat) == Some(Unsaid::Error);
            if fails_when_it_passes && any_error {
                self.add_to_test(arm.pat.span(), Unsaid::Error);
            }
        }
        visit::visit_expr_match(self, expr);
    }

    fn visit_macro(&mut self, mac: &'ast Macro) {
        let name = mac.path.segments.last().map(|last| last.ident.to_string()).unwrap_or_default();
        if is_assertion(&name) {
            self.assertion(&name, &mac.tokens);
        } else if name.ends_with("assert_matches")
            && let Some((scrutinee, pattern)) = outcome::matches_of(mac)
        {
            if let Some(unsaid) = pattern.as_ref().and_then(outcome::of_pattern) {
                self.add(pattern.span(), unsaid);
            }
            self.visit_expr(&scrutinee);
            return;
        }
        self.inside(&mac.tokens);
    }
}
