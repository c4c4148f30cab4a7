//! Names that Terraform keeps for itself.

/// What a schema is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner {
    /// The `provider` block.
    Provider,
    /// The `provider_meta` block of a module.
    ProviderMeta,
    /// A managed resource.
    Resource,
    /// A data source.
    DataSource,
    /// An ephemeral resource.
    Ephemeral,
    /// A list resource.
    List,
    /// An action.
    Action,
}

/// What a `resource` block has beside the arguments of its type. The blocks of other kinds have a part of it, and
/// HashiCorp's framework refuses all of it for every kind, so that a name can stand in a resource and in its data source.
const OF_RESOURCES: [&str; 9] =
    ["_", "connection", "count", "depends_on", "for_each", "lifecycle", "locals", "provider", "provisioner"];

/// What a `provider` block has, and what Terraform has reserved there.
const OF_PROVIDERS: [&str; 9] =
    ["_", "alias", "count", "depends_on", "for_each", "lifecycle", "locals", "source", "version"];

/// What a `list` block has beside `config`, in which the arguments of the type stand.
const OF_LISTS: [&str; 2] = ["include_resource", "limit"];

impl Owner {
    /// Whether an argument or block at the top of such a schema cannot have this name.
    pub(super) fn reserves(self, name: &str) -> bool {
        match self {
            Self::Provider => OF_PROVIDERS.contains(&name),
            Self::ProviderMeta => false,
            Self::Resource | Self::DataSource | Self::Ephemeral | Self::Action => {
                OF_RESOURCES.contains(&name)
            }
            Self::List => OF_RESOURCES.contains(&name) || OF_LISTS.contains(&name),
        }
    }

    /// Whether write-only attributes are allowed.
    pub(super) fn has_write_only(self) -> bool {
        matches!(self, Self::Resource | Self::Action)
    }
}
