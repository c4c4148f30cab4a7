//! Enums without data: a choice of texts.

use proc_macro2::TokenStream;
use quote::quote;
use syn::ext::IdentExt as _;
use syn::{DataEnum, DeriveInput, Error};

use crate::options;

pub(crate) fn expand(input: &DeriveInput, data: &DataEnum) -> syn::Result<TokenStream> {
    let mut variants = Vec::new();
    let mut texts = Vec::new();
    for variant in &data.variants {
        let options = options::read(&variant.attrs)?;
        if let Some(call) = options.calls.first() {
            return Err(Error::new_spanned(call, "a variant has no option but `name`"));
        }
        texts.push(options.name.unwrap_or_else(|| snake_case(&variant.ident.unraw().to_string())));
        variants.push(&variant.ident);
    }
    if variants.is_empty() {
        return Err(Error::new_spanned(&input.ident, "a choice needs variants"));
    }
    let own = &input.ident;
    let wanted =
        format!("one of {}", texts.iter().map(|text| format!("`{text}`")).collect::<Vec<_>>().join(", "));
    Ok(quote! {
        #[automatically_derived]
        impl ::tfplugin::model::Field for #own {
            fn attribute() -> ::tfplugin::schema::Attribute {
                ::tfplugin::schema::Attribute::string()
                    .required()
                    .validate(::tfplugin::schema::validators::one_of([#(#texts),*]))
            }

            fn collection(nesting: ::tfplugin::schema::Nesting) -> ::tfplugin::schema::Attribute {
                let check = ::tfplugin::schema::validators::each(::tfplugin::schema::validators::one_of([#(#texts),*]));
                ::tfplugin::model::plain_collection(nesting, ::tfplugin::value::Type::String).validate(check)
            }

            fn read(
                value: &::tfplugin::value::Value,
                path: &::tfplugin::value::Path,
            ) -> ::std::result::Result<Self, ::tfplugin::model::ModelError> {
                match value.as_str() {
                    #(::std::option::Option::Some(#texts) => ::std::result::Result::Ok(Self::#variants),)*
                    _ => ::std::result::Result::Err(::tfplugin::model::ModelError::expected(#wanted, value, path)),
                }
            }

            fn write(self) -> ::tfplugin::value::Value {
                match self {
                    #(Self::#variants => ::tfplugin::value::Value::from(#texts)),*
                }
            }
        }
    })
}

/// `AlwaysOn` is `always_on`.
pub(crate) fn snake_case(name: &str) -> String {
    let mut text = String::new();
    for (position, letter) in name.chars().enumerate() {
        if letter.is_uppercase() && position > 0 {
            text.push('_');
        }
        text.extend(letter.to_lowercase());
    }
    text
}

#[cfg(test)]
mod tests {
    use proc_macro2::TokenTree;

    use super::*;

    #[test]
    fn variants_are_named_as_terraform_names_things() {
        assert_eq!(snake_case("AlwaysOn"), "always_on");
        assert_eq!(snake_case("Tcp"), "tcp");
    }

    /// The texts in the code, at any depth.
    fn texts(code: TokenStream, found: &mut Vec<String>) {
        for token in code {
            match token {
                TokenTree::Group(group) => texts(group.stream(), found),
                TokenTree::Literal(literal) => found.push(literal.to_string()),
                TokenTree::Ident(_) | TokenTree::Punct(_) => {}
            }
        }
    }

    #[test]
    fn what_is_wanted_names_every_variant() {
        let input: DeriveInput = syn::parse_str("enum Kind { S3, #[tf(name = \"google\")] Gcs }").unwrap();
        let syn::Data::Enum(data) = &input.data else { panic!("an enum") };
        let mut found = Vec::new();
        texts(expand(&input, data).unwrap(), &mut found);
        found.retain(|text| text.contains(' '));
        assert_eq!(found, ["\"one of `s3`, `google`\""]);
    }
}
