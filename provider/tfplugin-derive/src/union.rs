//! Enums with data: an object of which exactly one attribute is set.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::ext::IdentExt as _;
use syn::spanned::Spanned as _;
use syn::{DataEnum, DeriveInput, Error, Fields, Ident, Type, Variant};

use crate::choice::snake_case;
use crate::options;

/// A variant with what is to be known of it.
struct Attribute<'a> {
    variant: &'a Ident,
    ty: &'a Type,
    name: String,
    description: String,
    calls: Vec<TokenStream>,
}

impl<'a> Attribute<'a> {
    fn new(variant: &'a Variant) -> syn::Result<Self> {
        let ty = match &variant.fields {
            Fields::Unnamed(fields) if fields.unnamed.len() == 1 => &fields.unnamed[0].ty,
            _ => {
                let problem = "a variant holds one value, as in `S3(Bucket)`; in a choice of texts none does";
                return Err(Error::new_spanned(variant, problem));
            }
        };
        let options = options::read(&variant.attrs)?;
        Ok(Self {
            variant: &variant.ident,
            ty,
            name: options.name.unwrap_or_else(|| snake_case(&variant.ident.unraw().to_string())),
            description: options::description(&variant.attrs),
            calls: options.calls,
        })
    }

    fn schema(&self) -> TokenStream {
        let Self { ty, name, description, calls, .. } = self;
        // Any of them may be left out: that one is set is the union's demand.
        quote_spanned! {ty.span()=>
            (
                #name,
                <::std::option::Option<#ty> as ::tfplugin::model::Field>::attribute().describe(#description) #(#calls)*
            )
        }
    }
}

pub(crate) fn expand(input: &DeriveInput, data: &DataEnum) -> syn::Result<TokenStream> {
    let attributes = data.variants.iter().map(Attribute::new).collect::<syn::Result<Vec<_>>>()?;
    let own = &input.ident;
    let schemas: Vec<_> = attributes.iter().map(Attribute::schema).collect();
    let variants: Vec<_> = attributes.iter().map(|attribute| attribute.variant).collect();
    let names: Vec<_> = attributes.iter().map(|attribute| &attribute.name).collect();
    Ok(quote! {
        #[automatically_derived]
        impl ::tfplugin::model::Field for #own {
            fn attribute() -> ::tfplugin::schema::Attribute {
                Self::collection(::tfplugin::schema::Nesting::Single)
            }

            fn collection(nesting: ::tfplugin::schema::Nesting) -> ::tfplugin::schema::Attribute {
                ::tfplugin::schema::Attribute::nested(nesting, [#(#schemas),*])
                    .choose(::tfplugin::schema::Union::exactly_one([#(#names),*]))
                    .required()
            }

            fn read(
                value: &::tfplugin::value::Value,
                path: &::tfplugin::value::Path,
            ) -> ::std::result::Result<Self, ::tfplugin::model::ModelError> {
                match ::tfplugin::model::chosen(value, &[#(#names),*], path)? {
                    #(#names => ::tfplugin::model::read_attribute(value, #names, path).map(Self::#variants),)*
                    other => ::std::result::Result::Err(::tfplugin::model::ModelError::expected(other, value, path)),
                }
            }

            fn write(self) -> ::tfplugin::value::Value {
                let (chosen, value) = match self {
                    #(Self::#variants(value) => (#names, ::tfplugin::model::Field::write(value))),*
                };
                let mut object = ::tfplugin::value::Value::object([
                    #((#names, ::tfplugin::value::Value::Null)),*
                ]);
                object.put(chosen, value);
                object
            }
        }
    })
}
