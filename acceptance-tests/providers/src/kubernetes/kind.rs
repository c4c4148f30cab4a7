//! What is particular to a kind of object.

use serde_json::{Map, Value as Json};
use tfplugin::schema::{Attribute, Schema};
use tfplugin::value::{Path, Value};
use tfplugin::{Change, Context, Diagnostic, Plan, async_trait};

use super::Kubernetes;

/// Where the API has objects of a kind.
pub(super) struct Collection {
    /// Such as `/api/v1`.
    pub(super) group: &'static str,
    /// Such as `namespaces`.
    pub(super) plural: &'static str,
    /// Whether its objects are in namespaces.
    pub(super) namespaced: bool,
    /// Such as `v1`.
    pub(super) version: &'static str,
    /// Such as `Namespace`.
    pub(super) kind: &'static str,
    /// Whether the real provider gives its objects an identity.
    pub(super) identity: bool,
}

impl Collection {
    /// The path of the objects of a namespace.
    pub(super) fn objects(&self, namespace: &str) -> String {
        match self.namespaced {
            true => format!("{}/namespaces/{namespace}/{}", self.group, self.plural),
            false => format!("{}/{}", self.group, self.plural),
        }
    }

    /// Namespace and name in an id.
    pub(super) fn parts<'a>(&self, id: &'a str) -> Result<(&'a str, &'a str), Diagnostic> {
        if !self.namespaced {
            return Ok(("", id));
        }
        let parts: Vec<_> = id.split('/').collect();
        match parts.as_slice() {
            [namespace, name] => Ok((namespace, name)),
            _ => {
                let problem = format!("Unexpected ID format ({id:?}), expected \"namespace/name\".");
                Err(Diagnostic::error(problem))
            }
        }
    }

    /// The path of the object with an id.
    pub(super) fn object(&self, id: &str) -> Result<String, Diagnostic> {
        let (namespace, name) = self.parts(id)?;
        Ok(format!("{}/{name}", self.objects(namespace)))
    }
}

/// A value that an attribute has when the configuration says nothing. The schema that Terraform sees does not tell of it.
#[derive(Clone, Copy, Debug)]
pub(super) enum Default {
    Flag(bool),
    Text(&'static str),
}

impl Default {
    /// Puts it into `object` where there is nothing at a path such as `spec.ingress.ports.protocol`, in every element of the
    /// lists on the way.
    pub(super) fn put(self, object: &mut Value, path: &str) {
        let (name, rest) = path.split_once('.').map_or((path, None), |(name, rest)| (name, Some(rest)));
        match (object, rest) {
            (Value::List(elements), _) => elements.iter_mut().for_each(|element| self.put(element, path)),
            (object @ Value::Map(_), None) if object.get(name).is_null() => object.put(name, self),
            (Value::Map(entries), Some(rest)) => {
                if let Some(inner) = entries.get_mut(name) {
                    self.put(inner, rest);
                }
            }
            _ => {}
        }
    }
}

impl From<Default> for Value {
    fn from(default: Default) -> Self {
        match default {
            Default::Flag(flag) => flag.into(),
            Default::Text(text) => text.into(),
        }
    }
}

/// A kind of object.
#[async_trait]
pub(super) trait Kind: Send + Sync + 'static {
    /// The resource type.
    const TYPE: &'static str;
    /// What messages call it.
    const NOUN: &'static str;
    /// What stands before the server's words when it refuses an object, and when it refuses a change.
    const REFUSED: (&'static str, &'static str);
    /// Where its objects are.
    const COLLECTION: Collection;
    /// Defaults by the path of their attribute, besides those of the metadata.
    const DEFAULTS: &'static [(&'static str, Default)] = &[];

    /// Puts on an attribute what the recording does not show.
    fn adorn(_path: &str, attribute: Attribute) -> Attribute {
        attribute
    }

    /// Puts on the schema what concerns several attributes.
    fn whole(schema: Schema) -> Schema {
        schema
    }

    /// Changes the plan.
    fn plan(_plan: &mut Plan) {}

    /// The object to create, without kind and metadata.
    fn body(change: &Change) -> Map<String, Json>;

    /// What an update changes besides annotations and labels, as operations of a JSON patch.
    fn patch(change: &Change) -> Vec<Json>;

    /// The attributes that the object in the API gives, besides the metadata.
    fn read(object: &Json, state: &Value) -> Vec<(&'static str, Value)>;

    /// Waits until the new object is what it shall be.
    ///
    /// # Errors
    /// When it does not become so.
    async fn created(_: &Context<Kubernetes>, _id: &str, _planned: &Value) -> Result<(), Diagnostic> {
        Ok(())
    }

    /// Waits until the object is gone.
    ///
    /// # Errors
    /// When it stays.
    async fn deleted(_: &Context<Kubernetes>, _id: &str, _state: &Value) -> Result<(), Diagnostic> {
        Ok(())
    }
}

/// Puts on an attribute that another value replaces the object, where nothing means `default`.
pub(super) fn replaces(attribute: Attribute, default: &'static str) -> Attribute {
    let meant = move |value: &Value| value.as_str().unwrap_or(default).to_owned();
    attribute.plan_modifier(tfplugin::schema::plan_modifiers::requires_replace_if(move |prior, planned| {
        planned.is_unknown() || meant(prior) != meant(planned)
    }))
}

/// The data of an immutable object cannot be changed, and neither can it be made mutable.
pub(super) fn replace_immutable(plan: &mut Plan) {
    if plan.prior.get("immutable").as_bool() != Some(true) || plan.planned.is_null() {
        return;
    }
    let fixed = ["data", "binary_data", "immutable"].into_iter();
    let changed = fixed.filter(|name| plan.prior.get(name) != plan.planned.get(name));
    plan.replace.extend(changed.map(Path::of));
}
