//! `#[derive(Model)]` for `tfplugin`, which re-exports it and documents its use.

mod choice;
mod object;
mod options;
mod union;

use proc_macro::TokenStream;
use syn::{Data, DeriveInput, Error, parse_macro_input};

/// Makes of a struct with named fields a Terraform object, of an enum without data a choice of texts, and of an enum with
/// data an object of which exactly one attribute is set.
///
/// See the module `tfplugin::model` for what it does and for the types that fields can have.
#[proc_macro_derive(Model, attributes(tf))]
pub fn model(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    expand(&input).unwrap_or_else(|error| error.to_compile_error()).into()
}

fn expand(input: &DeriveInput) -> syn::Result<proc_macro2::TokenStream> {
    if !input.generics.params.is_empty() {
        let problem = "a model has no type parameters: Terraform's types are fixed";
        return Err(Error::new_spanned(&input.generics, problem));
    }
    match &input.data {
        Data::Struct(data) => object::expand(input, data),
        Data::Enum(data) if data.variants.iter().all(|variant| variant.fields.is_empty()) => {
            choice::expand(input, data)
        }
        Data::Enum(data) => union::expand(input, data),
        Data::Union(_) => Err(Error::new_spanned(&input.ident, "a model is a struct or an enum")),
    }
}
