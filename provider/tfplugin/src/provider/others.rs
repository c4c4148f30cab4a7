//! Data sources, ephemeral resources and functions.

use std::time::SystemTime;

use async_trait::async_trait;

use super::Context;
use crate::diag::Diagnostics;
use crate::schema::Schema;
use crate::value::Value;

/// Something that Terraform only reads.
#[async_trait]
pub trait DataSource<C: Send + Sync + 'static>: Send + Sync {
    /// Its schema.
    fn schema(&self) -> Schema;

    /// Checks the configuration beyond its schema. Values may be unknown; the network must not be used.
    fn validate(&self, _config: &Value, _out: &mut Diagnostics) {}

    /// Reads it: the whole object, configured attributes included.
    ///
    /// # Errors
    /// Why it could not be read; a missing object is an error here.
    async fn read(&self, cx: &Context<C>, config: &Value) -> Result<Value, Diagnostics>;
}

/// An open ephemeral resource.
#[derive(Clone, Debug, Default)]
pub struct Opened {
    /// The object, configured attributes included. It reaches no plan and no state.
    pub value: Value,
    /// When it must be renewed.
    pub renew_at: Option<SystemTime>,
    /// What renewing and closing need.
    pub private: Vec<u8>,
}

/// Something that exists only while Terraform runs, such as a token: never in a plan or state.
#[async_trait]
pub trait EphemeralResource<C: Send + Sync + 'static>: Send + Sync {
    /// Its schema.
    fn schema(&self) -> Schema;

    /// Checks the configuration beyond its schema. Values may be unknown; the network must not be used.
    fn validate(&self, _config: &Value, _out: &mut Diagnostics) {}

    /// Opens it.
    ///
    /// # Errors
    /// Why it could not be opened.
    async fn open(&self, cx: &Context<C>, config: &Value) -> Result<Opened, Diagnostics>;

    /// Renews it. Only called when [`Opened::renew_at`] was given; the answer's value is not looked at.
    ///
    /// # Errors
    /// Why it could not be renewed.
    async fn renew(&self, _cx: &Context<C>, private: &[u8]) -> Result<Opened, Diagnostics> {
        Ok(Opened { private: private.to_vec(), ..Opened::default() })
    }

    /// Closes it.
    ///
    /// # Errors
    /// Why it could not be closed.
    async fn close(&self, _cx: &Context<C>, _private: &[u8]) -> Result<(), Diagnostics> {
        Ok(())
    }
}

/// A pure function that configurations call as `provider::<name>::<function>(...)`.
pub trait Function: Send + Sync {
    /// Its parameters and result.
    fn signature(&self) -> crate::function::Signature;

    /// Computes the result. Arguments are as the signature says; variadic ones follow the others.
    ///
    /// # Errors
    /// Which argument is wrong, and why.
    fn call(&self, arguments: &[Value]) -> Result<Value, crate::function::FunctionError>;
}
