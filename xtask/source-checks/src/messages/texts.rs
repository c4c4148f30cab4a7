//! Texts in expressions: which there are, and which of them stand together.

use proc_macro2::{TokenStream, TokenTree};
use syn::parse::Parser as _;
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{Expr, ExprLit, Lit, Macro, Member, Token, Type};

use super::documentation::Documentation;
use super::exempt;
use super::template::Template;

/// Methods and functions that take what the user is told: there a single word is a message as well.
const SPEAKING: &[&str] = &[
    "detail",
    "note",
    "hint",
    "context",
    "with_context",
    "add",
    "require",
    "error",
    "warning",
    "new",
    "one",
];

/// Of these, the ones that say by themselves that a message is made.
const TELLING: &[&str] = &["detail", "note", "hint", "context", "with_context", "require"];

/// Fields that hold what the user is told.
const FIELDS: &[&str] = &["message", "summary", "detail", "note", "hint", "problem", "reason", "text"];

/// Line and column.
pub(super) fn place(of: &impl Spanned) -> (usize, usize) {
    let start = of.span().start();
    (start.line, start.column)
}

/// Without what only hands a text on: references, conversions, wrappers, closures without parameters.
pub(super) fn bare(expr: &Expr) -> &Expr {
    match expr {
        Expr::Reference(of) => bare(&of.expr),
        Expr::Paren(of) => bare(&of.expr),
        Expr::Group(of) => bare(&of.expr),
        Expr::Closure(of) if of.inputs.iter().all(|input| matches!(input, syn::Pat::Wild(_))) => {
            bare(&of.body)
        }
        Expr::MethodCall(of)
            if of.args.is_empty()
                && ["to_owned", "to_string", "into", "as_str", "clone"]
                    .contains(&&*of.method.to_string()) =>
        {
            bare(&of.receiver)
        }
        Expr::Call(of) if of.args.len() == 1 => match (called(expr).as_deref(), of.args.first()) {
            (Some("Some" | "Ok" | "Err" | "from" | "Borrowed"), Some(inner)) => bare(inner),
            _ => expr,
        },
        Expr::Block(of) => match of.block.stmts.as_slice() {
            [syn::Stmt::Expr(inner, None)] => bare(inner),
            _ => expr,
        },
        _ => expr,
    }
}

/// The name that an expression is.
pub(super) fn name(expr: &Expr) -> Option<String> {
    let Expr::Path(path) = expr else { return None };
    path.path.get_ident().map(ToString::to_string)
}

/// The text that an expression is: a literal, or what is formatted.
pub(super) fn template(expr: &Expr) -> Option<Template> {
    match bare(expr) {
        Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some(Template::plain(&text.value())),
        Expr::Macro(of) => formatted(&of.mac),
        _ => None,
    }
}

/// The text of a macro that formats.
pub(super) fn formatted(of: &Macro) -> Option<Template> {
    if !exempt::FORMATS.contains(&&*macro_name(of)) {
        return None;
    }
    let text = parsed(of)?.iter().find_map(|argument| match argument {
        Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some(text.value()),
        _ => None,
    });
    text.map(|text| Template::with_holes(&text))
}

/// Whether an expression is a text, or the name of one.
pub(super) fn is_text(expr: &Expr) -> bool {
    template(expr).is_some() || name(bare(expr)).is_some()
}

/// Whether a text says something to the user: in a message anything, elsewhere at least two words or one with a hole.
pub(super) fn speaks(text: &Template, in_message: bool) -> bool {
    let written = text.written();
    if in_message {
        return !written.trim().is_empty();
    }
    written.trim().contains(char::is_whitespace)
        && (text.words() > 1 || text.words() == 1 && text.holes() > 0)
}

/// The name of the function or method that is called.
pub(super) fn called(expr: &Expr) -> Option<String> {
    match expr {
        Expr::Call(call) => match &*call.func {
            Expr::Path(path) => path.path.segments.last().map(|last| last.ident.to_string()),
            _ => None,
        },
        Expr::MethodCall(call) => Some(call.method.to_string()),
        _ => None,
    }
}

/// The arguments of a call.
pub(super) fn arguments(expr: &Expr) -> Vec<&Expr> {
    match expr {
        Expr::Call(call) => call.args.iter().collect(),
        Expr::MethodCall(call) => call.args.iter().collect(),
        _ => Vec::new(),
    }
}

/// What may be a message in several parts.
#[derive(Default)]
pub(super) struct Chain<'a> {
    /// The expressions whose texts make it up.
    pub(super) exprs: Vec<&'a Expr>,
    /// Whether it is known to be for the user.
    pub(super) speaks: bool,
    /// Whether it is known to be a message by itself, and not the end of a sentence.
    pub(super) whole: bool,
    /// Expressions whose texts are none.
    pub(super) silent: Vec<&'a Expr>,
}

/// The expressions that say one thing together: a builder's calls, the arguments of one call, the fields of one value,
/// the members of one tuple.
pub(super) fn chain<'a>(expr: &'a Expr, documentation: &Documentation, module: &str) -> Chain<'a> {
    match expr {
        Expr::MethodCall(_) => builder(expr, documentation, module),
        Expr::Call(_) => call(expr, documentation, module),
        Expr::Struct(of) => fields(of),
        Expr::Tuple(of) => row(of),
        _ => Chain::default(),
    }
}

/// The fields of a value that hold what the user is told.
fn fields(of: &syn::ExprStruct) -> Chain<'_> {
    let name = |field: &syn::FieldValue| match &field.member {
        Member::Named(name) => name.to_string(),
        Member::Unnamed(_) => String::new(),
    };
    let told = of.fields.iter().filter(|field| FIELDS.contains(&name(field).as_str()));
    let whole = of.fields.iter().any(|field| ["message", "summary"].contains(&name(field).as_str()));
    Chain { exprs: told.map(|field| &field.expr).collect(), speaks: true, whole, silent: Vec::new() }
}

/// The row of a table. Where it says something, an array in it holds what is looked for.
fn row(of: &syn::ExprTuple) -> Chain<'_> {
    let says = of.elems.iter().any(|member| template(member).is_some_and(|text| speaks(&text, false)));
    let lists = of.elems.iter().filter_map(|member| match indexed(member) {
        Expr::Array(list) if says => Some(&list.elems),
        _ => None,
    });
    let silent = lists.flatten().collect();
    Chain { exprs: of.elems.iter().collect(), silent, ..Chain::default() }
}

/// Without the slicing of `&[...][..]`.
fn indexed(expr: &Expr) -> &Expr {
    match bare(expr) {
        Expr::Index(of) => bare(&of.expr),
        other => other,
    }
}

/// Whether a call tells how far something has come.
pub(super) fn is_progress(expr: &Expr) -> bool {
    let Expr::MethodCall(call) = expr else { return false };
    let receiver = match bare(&call.receiver) {
        Expr::Field(of) => match &of.member {
            Member::Named(name) => Some(name.to_string()),
            Member::Unnamed(_) => None,
        },
        other => name(other),
    };
    receiver.is_some_and(|name| name == "progress")
        && ["report", "line", "at"].contains(&&*call.method.to_string())
}

fn call<'a>(expr: &'a Expr, documentation: &Documentation, module: &str) -> Chain<'a> {
    let (silent, exprs) = documentation.split(expr, module);
    let Expr::Call(of) = expr else { return Chain::default() };
    let speaks = match &*of.func {
        Expr::Path(path) => path.path.segments.iter().rev().nth(1).is_some_and(|of| of.ident == "Diagnostic"),
        _ => false,
    };
    Chain { exprs, speaks, whole: speaks, silent }
}

/// The calls of a builder that takes what the user is told; of any other method only what is silent.
fn builder<'a>(expr: &'a Expr, documentation: &Documentation, module: &str) -> Chain<'a> {
    let mut chain = Chain::default();
    let mut links = vec![];
    let mut rest = expr;
    while let Expr::MethodCall(of) = rest {
        links.push(rest);
        rest = &of.receiver;
    }
    let names: Vec<_> = links.iter().filter_map(|link| called(link)).collect();
    let tells = names.iter().any(|name| TELLING.contains(&name.as_str()));
    if tells {
        let root = call(rest, documentation, module);
        chain = Chain { speaks: true, whole: true, ..root };
    }
    for link in links.iter().rev() {
        let (silent, exprs) = documentation.split(link, module);
        chain.silent.extend(silent);
        if tells && called(link).is_some_and(|name| SPEAKING.contains(&name.as_str())) {
            chain.exprs.extend(exprs);
        }
    }
    chain
}

/// The name of a macro.
pub(super) fn macro_name(of: &Macro) -> String {
    of.path.segments.last().map(|last| last.ident.to_string()).unwrap_or_default()
}

/// The arguments of a macro, when they are expressions.
pub(super) fn parsed(of: &Macro) -> Option<Vec<Expr>> {
    let arguments = Punctuated::<Expr, Token![,]>::parse_terminated;
    Some(arguments.parse2(of.tokens.clone()).ok()?.into_iter().collect())
}

/// The first text among tokens.
pub(super) fn first_literal(tokens: TokenStream) -> Option<String> {
    literals(tokens).into_iter().next().map(|(_, text)| text)
}

/// Every text among tokens, with its place, but those of attributes and of macros that make no message.
pub(super) fn literals(tokens: TokenStream) -> Vec<((usize, usize), String)> {
    let (mut all, mut silent, mut last) = (Vec::new(), false, String::new());
    for token in tokens {
        let begins = std::mem::take(&mut silent);
        match token {
            TokenTree::Group(_) if begins => {}
            TokenTree::Group(group) => all.extend(literals(group.stream())),
            TokenTree::Literal(literal) => {
                if let Ok(text) = syn::parse_str::<syn::LitStr>(&literal.to_string()) {
                    all.push((place(&literal), text.value()));
                }
            }
            TokenTree::Ident(name) => last = name.to_string(),
            TokenTree::Punct(sign) => {
                let is_macro = sign.as_char() == '!' && exempt::MACROS.contains(&last.as_str());
                silent = is_macro || sign.as_char() == '#';
            }
        }
    }
    all
}

/// The name of a type, without what it is generic over.
pub(super) fn type_name(ty: &Type) -> String {
    match ty {
        Type::Path(path) => path.path.segments.last().map(|last| last.ident.to_string()).unwrap_or_default(),
        Type::Reference(of) => type_name(&of.elem),
        _ => "impl".to_owned(),
    }
}
