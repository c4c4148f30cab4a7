//! What stands in `#[tf(...)]` and in doc comments.

use proc_macro2::TokenStream;
use quote::quote;
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{Attribute, Expr, ExprLit, Ident, Lit, LitStr, Meta, Token, parenthesized};

/// The options of one field or variant.
#[derive(Default)]
pub(crate) struct Options {
    /// The name in Terraform, where it is not that in Rust.
    pub(crate) name: Option<String>,
    /// Calls to the attribute's builder, in order.
    pub(crate) calls: Vec<TokenStream>,
}

enum Item {
    Name(LitStr),
    Call(TokenStream),
}

impl Parse for Item {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let word: Ident = input.parse()?;
        if input.peek(Token![=]) {
            input.parse::<Token![=]>()?;
            if word != "name" {
                let problem = format!("write `{word}(...)`; only `name` is given with `=`");
                return Err(syn::Error::new_spanned(word, problem));
            }
            return input.parse().map(Self::Name);
        }
        if !input.peek(syn::token::Paren) {
            return Ok(Self::Call(quote!(.#word())));
        }
        let arguments;
        parenthesized!(arguments in input);
        let arguments: TokenStream = arguments.parse()?;
        Ok(Self::Call(quote!(.#word(#arguments))))
    }
}

/// Reads every `#[tf(...)]` of an item.
pub(crate) fn read(attributes: &[Attribute]) -> syn::Result<Options> {
    let mut options = Options::default();
    for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("tf")) {
        for item in attribute.parse_args_with(Punctuated::<Item, Token![,]>::parse_terminated)? {
            match item {
                Item::Name(name) => options.name = Some(name.value()),
                Item::Call(call) => options.calls.push(call),
            }
        }
    }
    Ok(options)
}

/// The doc comment as one text: lines of a paragraph joined, paragraphs apart.
pub(crate) fn description(attributes: &[Attribute]) -> String {
    let mut text = String::new();
    for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("doc")) {
        let Meta::NameValue(pair) = &attribute.meta else { continue };
        let Expr::Lit(ExprLit { lit: Lit::Str(line), .. }) = &pair.value else { continue };
        let line = line.value();
        match line.trim() {
            "" => text.push_str("\n\n"),
            line if text.is_empty() || text.ends_with('\n') => text.push_str(line),
            line => {
                text.push(' ');
                text.push_str(line);
            }
        }
    }
    text.trim().to_owned()
}
