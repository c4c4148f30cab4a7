//! Structs: objects with named attributes.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::ext::IdentExt as _;
use syn::spanned::Spanned as _;
use syn::{DataStruct, DeriveInput, Error, Field, Fields, Ident, Type};

use crate::options;

/// A field with what is to be known of it.
struct Attribute<'a> {
    field: &'a Ident,
    ty: &'a Type,
    name: String,
    description: String,
    calls: Vec<TokenStream>,
}

impl<'a> Attribute<'a> {
    fn new(field: &'a Field) -> syn::Result<Self> {
        let ident = field.ident.as_ref().ok_or_else(|| Error::new_spanned(field, "a field needs a name"))?;
        let options = options::read(&field.attrs)?;
        Ok(Self {
            field: ident,
            ty: &field.ty,
            name: options.name.unwrap_or_else(|| ident.unraw().to_string()),
            description: options::description(&field.attrs),
            calls: options.calls,
        })
    }

    fn schema(&self) -> TokenStream {
        let Self { ty, name, description, calls, .. } = self;
        // Errors about the type, or about a method that its builder does not have, point at the field.
        quote_spanned! {ty.span()=>
            (#name, <#ty as ::tfplugin::model::Field>::attribute().of_field().describe(#description) #(#calls)*)
        }
    }
}

pub(crate) fn expand(input: &DeriveInput, data: &DataStruct) -> syn::Result<TokenStream> {
    let Fields::Named(fields) = &data.fields else {
        return Err(Error::new_spanned(&input.ident, "a model has named fields: they name the attributes"));
    };
    let attributes = fields.named.iter().map(Attribute::new).collect::<syn::Result<Vec<_>>>()?;
    let (own, description) = (&input.ident, options::description(&input.attrs));
    let schemas = attributes.iter().map(Attribute::schema);
    let fields: Vec<_> = attributes.iter().map(|attribute| attribute.field).collect();
    let names: Vec<_> = attributes.iter().map(|attribute| &attribute.name).collect();
    Ok(quote! {
        #[automatically_derived]
        impl ::tfplugin::model::Model for #own {
            const DESCRIPTION: &'static str = #description;

            fn attributes() -> ::std::vec::Vec<(&'static str, ::tfplugin::schema::Attribute)> {
                ::std::vec![#(#schemas),*]
            }
        }

        #[automatically_derived]
        impl ::tfplugin::model::Field for #own {
            fn attribute() -> ::tfplugin::schema::Attribute {
                ::tfplugin::schema::Attribute::object(<Self as ::tfplugin::model::Model>::attributes()).required()
            }

            fn collection(nesting: ::tfplugin::schema::Nesting) -> ::tfplugin::schema::Attribute {
                ::tfplugin::schema::Attribute::nested(nesting, <Self as ::tfplugin::model::Model>::attributes())
                    .required()
            }

            fn read(
                value: &::tfplugin::value::Value,
                path: &::tfplugin::value::Path,
            ) -> ::std::result::Result<Self, ::tfplugin::model::ModelError> {
                ::tfplugin::model::check_object(value, path)?;
                ::std::result::Result::Ok(Self {
                    #(#fields: ::tfplugin::model::read_attribute(value, #names, path)?),*
                })
            }

            fn write(self) -> ::tfplugin::value::Value {
                ::tfplugin::value::Value::object([
                    #((#names, ::tfplugin::model::Field::write(self.#fields))),*
                ])
            }
        }
    })
}
