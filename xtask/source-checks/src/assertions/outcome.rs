//! Which expressions say only how something ended.

use proc_macro2::Span;
use syn::parse::{ParseStream, Parser as _};
use syn::punctuated::Punctuated;
use syn::spanned::Spanned as _;
use syn::visit::{self, Visit};
use syn::{BinOp, Expr, Lit, Macro, Member, Pat, Token, UnOp};

use super::Unsaid;

/// Names of what a program or a server ends with.
const CODES: [&str; 5] = ["code", "exit_code", "returncode", "status", "status_code"];
/// Names of whether a program succeeded.
const SUCCESSES: [&str; 5] = ["is_success", "ok", "succeeded", "success", "successful"];
/// Names of problems, and of what is said about them.
const PROBLEMS: [&str; 13] = [
    "diagnostics",
    "error",
    "errors",
    "failures",
    "findings",
    "hint",
    "message",
    "messages",
    "problem",
    "problems",
    "reason",
    "stderr",
    "warnings",
];
/// Methods whose closure only chooses: a value that is there is no expectation.
const CHOOSING: [&str; 6] = ["filter", "find", "filter_map", "position", "skip_while", "take_while"];

/// Finds them in the condition of an assertion.
pub(super) struct Condition<'a> {
    /// Locals and functions that stand for an outcome: `let failed = x.is_err();`.
    pub(super) names: &'a [String],
    pub(super) found: Vec<(Span, Unsaid)>,
    choosing: bool,
}

impl<'a> Condition<'a> {
    pub(super) fn new(names: &'a [String]) -> Self {
        Self { names, found: Vec::new(), choosing: false }
    }

    /// `assert_eq!(a, b)` and its like, where neither side alone may say it.
    pub(super) fn compare(&mut self, a: &Expr, b: &Expr, equal: bool) {
        let code = |expr: &Expr| name_of(expr).is_some_and(|name| CODES.contains(&name.as_str()));
        for (one, other) in [(a, b), (b, a)] {
            if (!equal && code(one)) || (equal && is_success(one) && is_literal(other, false)) {
                self.found.push((one.span(), Unsaid::Code));
            }
        }
        self.visit_expr(a);
        self.visit_expr(b);
    }
}

impl Visit<'_> for Condition<'_> {
    fn visit_expr(&mut self, expr: &Expr) {
        if let Some(unsaid) = of(expr, self.names)
            && !(self.choosing && unsaid == Unsaid::Some)
        {
            self.found.push((expr.span(), unsaid));
        }
        match expr {
            Expr::Binary(binary) => {
                let equal = match binary.op {
                    BinOp::Eq(_) => true,
                    BinOp::Ne(_) | BinOp::Gt(_) | BinOp::Ge(_) => false,
                    _ => return visit::visit_expr(self, expr),
                };
                self.compare(&binary.left, &binary.right, equal);
            }
            Expr::MethodCall(call) if CHOOSING.iter().any(|name| call.method == name) => {
                self.visit_expr(&call.receiver);
                let before = std::mem::replace(&mut self.choosing, true);
                call.args.iter().for_each(|argument| self.visit_expr(argument));
                self.choosing = before;
            }
            // `!diagnostics.has_errors()` expects none, which is all there is to say.
            Expr::Unary(unary) if matches!(&unary.op, UnOp::Not(_)) => match peeled(&unary.expr) {
                Expr::MethodCall(call) if call.method == "has_errors" => self.visit_expr(&call.receiver),
                inner => self.visit_expr(inner),
            },
            _ => visit::visit_expr(self, expr),
        }
    }

    fn visit_macro(&mut self, mac: &Macro) {
        if let Some((scrutinee, _)) = matches_of(mac) {
            self.visit_expr(&scrutinee);
        } else if let Ok(arguments) =
            Punctuated::<Expr, Token![,]>::parse_terminated.parse2(mac.tokens.clone())
        {
            arguments.iter().for_each(|argument| self.visit_expr(argument));
        }
    }
}

/// What this expression leaves unsaid, its parts aside.
pub(super) fn of(expr: &Expr, names: &[String]) -> Option<Unsaid> {
    match expr {
        Expr::MethodCall(call) => of_method(call),
        Expr::Path(path) => {
            let last = path.path.segments.last()?.ident.to_string();
            if path.path.segments.len() == 1 {
                return names.contains(&last).then_some(Unsaid::Error);
            }
            of_name(&last)
        }
        Expr::Macro(mac) => matches_of(&mac.mac).and_then(|(_, pattern)| of_pattern(&pattern?)),
        Expr::Let(is) => of_pattern(&is.pat),
        Expr::Match(found) => found.arms.iter().find_map(|arm| match of_pattern(&arm.pat) {
            Some(Unsaid::Error) if is_literal(&arm.body, true) => Some(Unsaid::Error),
            _ => None,
        }),
        Expr::Unary(unary) if matches!(unary.op, UnOp::Not(_)) => {
            let inner = peeled(&unary.expr);
            let empty = |call: &syn::ExprMethodCall| {
                call.method == "is_empty"
                    && name_of(&call.receiver).is_some_and(|name| PROBLEMS.contains(&name.as_str()))
            };
            match inner {
                Expr::MethodCall(call) if empty(call) => Some(Unsaid::Problems),
                inner if is_success(inner) => Some(Unsaid::Code),
                _ => None,
            }
        }
        _ => None,
    }
}

/// Whether a name could stand for the expression: `let failed = ...`, `|x| ...`, the end of a function.
pub(super) fn is_outcome(expr: &Expr, names: &[String]) -> bool {
    let fails = |unsaid| matches!(unsaid, Unsaid::Error | Unsaid::Value | Unsaid::Code);
    match expr {
        Expr::Closure(closure) => is_outcome(&closure.body, names),
        Expr::Async(block) => last_of(&block.block).is_some_and(|last| is_outcome(last, names)),
        Expr::Block(block) => last_of(&block.block).is_some_and(|last| is_outcome(last, names)),
        Expr::Paren(paren) => is_outcome(&paren.expr, names),
        Expr::Binary(binary) => is_outcome(&binary.left, names) || is_outcome(&binary.right, names),
        Expr::Unary(unary) => of(expr, names).is_some_and(fails) || is_outcome(&unary.expr, names),
        _ => of(expr, names).is_some_and(fails),
    }
}

/// The expression that a block ends with.
pub(super) fn last_of(block: &syn::Block) -> Option<&Expr> {
    match block.stmts.last()? {
        syn::Stmt::Expr(expr, None) => Some(expr),
        _ => None,
    }
}

/// `Err(_)`, `Ok(..)`, `Some(_)`: whatever is in it.
pub(super) fn of_pattern(pattern: &Pat) -> Option<Unsaid> {
    match pattern {
        Pat::Or(or) => or.cases.iter().find_map(of_pattern),
        Pat::Paren(paren) => of_pattern(&paren.pat),
        Pat::Reference(reference) => of_pattern(&reference.pat),
        Pat::TupleStruct(variant) => {
            let any = variant.elems.iter().all(is_any);
            let name = variant.path.segments.last()?.ident.to_string();
            match name.as_str() {
                "Err" if any => Some(Unsaid::Error),
                "Ok" if any => Some(Unsaid::Value),
                "Some" if any => Some(Unsaid::Some),
                _ => None,
            }
        }
        _ => None,
    }
}

fn is_any(pattern: &Pat) -> bool {
    match pattern {
        Pat::Wild(_) | Pat::Rest(_) => true,
        Pat::Ident(ident) => ident.subpat.is_none() && ident.ident.to_string().starts_with('_'),
        Pat::Reference(reference) => is_any(&reference.pat),
        _ => false,
    }
}

fn of_method(call: &syn::ExprMethodCall) -> Option<Unsaid> {
    let name = call.method.to_string();
    match name.as_str() {
        "is_err_and" | "is_ok_and" | "is_some_and" => {
            let Some(Expr::Closure(closure)) = call.args.first() else { return None };
            closure.inputs.iter().all(is_any).then(|| of_name(name.trim_end_matches("_and")))?
        }
        _ if !call.args.is_empty() => None,
        "is_some" | "is_none" => match &*call.receiver {
            Expr::MethodCall(inner) if inner.args.is_empty() => {
                match (inner.method.to_string().as_str(), name.as_str()) {
                    ("err", "is_some") | ("ok", "is_none") => Some(Unsaid::Error),
                    ("err", "is_none") | ("ok", "is_some") => Some(Unsaid::Value),
                    _ => of_name(&name),
                }
            }
            _ => of_name(&name),
        },
        "is_client_error" | "is_server_error" => Some(Unsaid::Code),
        "has_errors" => Some(Unsaid::Problems),
        _ => of_name(&name),
    }
}

fn of_name(name: &str) -> Option<Unsaid> {
    match name {
        "is_err" => Some(Unsaid::Error),
        "is_ok" => Some(Unsaid::Value),
        "is_some" => Some(Unsaid::Some),
        _ => None,
    }
}

fn is_success(expr: &Expr) -> bool {
    name_of(expr).is_some_and(|name| SUCCESSES.contains(&name.as_str()))
        && !matches!(peeled(expr), Expr::MethodCall(call) if !call.args.is_empty())
}

fn is_literal(expr: &Expr, value: bool) -> bool {
    matches!(peeled(expr), Expr::Lit(lit) if matches!(&lit.lit, Lit::Bool(bool) if bool.value == value))
}

/// The last name of a path, a field or a call without arguments: `code` of `output.status.code()`.
fn name_of(expr: &Expr) -> Option<String> {
    match peeled(expr) {
        Expr::Path(path) => path.path.segments.last().map(|segment| segment.ident.to_string()),
        Expr::Field(field) => match &field.member {
            Member::Named(name) => Some(name.to_string()),
            Member::Unnamed(_) => None,
        },
        Expr::MethodCall(call) if call.args.is_empty() => match call.method.to_string().as_str() {
            "as_str" | "as_u16" | "clone" | "iter" | "to_string" | "trim" | "unwrap" => {
                name_of(&call.receiver)
            }
            "unwrap_err" => Some("error".to_owned()),
            name => Some(name.to_owned()),
        },
        _ => None,
    }
}

/// Without what changes nothing about it: parentheses, references, `?`, `.await`.
pub(super) fn peeled(expr: &Expr) -> &Expr {
    match expr {
        Expr::Paren(paren) => peeled(&paren.expr),
        Expr::Group(group) => peeled(&group.expr),
        Expr::Reference(reference) => peeled(&reference.expr),
        Expr::Try(question) => peeled(&question.expr),
        Expr::Await(awaited) => peeled(&awaited.base),
        _ => expr,
    }
}

/// What `matches!` and `assert_matches!` compare. The pattern is left out when a guard says more.
pub(super) fn matches_of(mac: &Macro) -> Option<(Expr, Option<Pat>)> {
    let name = mac.path.segments.last()?.ident.to_string();
    if !["matches", "assert_matches", "debug_assert_matches"].contains(&name.as_str()) {
        return None;
    }
    let parser = |input: ParseStream<'_>| {
        let scrutinee: Expr = input.parse()?;
        input.parse::<Token![,]>()?;
        let pattern = Pat::parse_multi_with_leading_vert(input)?;
        let guarded = input.peek(Token![if]);
        input.parse::<proc_macro2::TokenStream>()?;
        Ok((scrutinee, (!guarded).then_some(pattern)))
    };
    parser.parse2(mac.tokens.clone()).ok()
}
