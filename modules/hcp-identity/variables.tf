variable "name" {
  description = "Start of the names of the roles and policies: `<name>-terraform-plan-…` and `<name>-terraform-apply-…`; those of layers are `<name>-<layer>-plan-…` and `<name>-<layer>-apply-…` below the path `/terraform/<name>/`."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,20}[a-z0-9]$", var.name))
    error_message = "`name` must be 3 to 22 characters of a-z, 0-9 and `-`, start with a letter and not end with `-`."
  }
}

variable "hcp" {
  description = "HCP Terraform (or Terraform Enterprise) as the one who comes in: which workspaces of which project run what the one pair of roles is for; with `layers` each layer lists its own. `oidc_provider_arn`: an IAM OIDC provider of that host which exists; null makes one, of which an account has one for each host."
  type = object({
    organization      = string
    project           = string
    workspaces        = optional(set(string), [])
    hostname          = optional(string, "app.terraform.io")
    audience          = optional(string, "aws.workload.identity")
    oidc_provider_arn = optional(string)
  })
  default = null

  validation {
    condition     = var.hcp == null || try(alltrue([for part in setunion([var.hcp.organization, var.hcp.project], var.hcp.workspaces) : can(regex("^[A-Za-z0-9_ -]+$", part))]) && (length(var.hcp.workspaces) > 0 || !coalesce(var.one_pair, length(var.layers) == 0)), false)
    error_message = "`hcp` takes the names of an organization, of a project and of at least one workspace (here, or in each of `layers`), without `*`: who may run any workspace of the organization may take the roles."
  }

  validation {
    condition     = var.hcp == null || try(can(regex("^[a-z0-9.-]+$", var.hcp.hostname)), false)
    error_message = "`hcp.hostname` must be a host name such as `app.terraform.io`, without `https://`."
  }

  validation {
    condition     = var.hcp == null || try(var.hcp.oidc_provider_arn == null || can(regex("^arn:[a-z-]+:iam::[0-9]{12}:oidc-provider/.+$", var.hcp.oidc_provider_arn)), false)
    error_message = "`hcp.oidc_provider_arn` must be the ARN of an IAM OIDC provider, or null."
  }
}

variable "github" {
  description = "GitHub Actions as the one who comes in. Pull requests of `repository` and runs on `plan_branches` may plan; jobs in one of `apply_environments` may apply, and who approves a job there decides; with `layers` each layer lists its own. `oidc_provider_arn`: an IAM OIDC provider of that host which exists; null makes one, of which an account has one for each host."
  type = object({
    repository         = string
    plan_branches      = optional(set(string), ["main"])
    apply_environments = optional(set(string), [])
    hostname           = optional(string, "token.actions.githubusercontent.com")
    audience           = optional(string, "sts.amazonaws.com")
    oidc_provider_arn  = optional(string)
  })
  default = null

  validation {
    condition     = var.github == null || try(can(regex("^[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+$", var.github.repository)), false)
    error_message = "`github.repository` must be one repository, `owner/name`, without `*`."
  }

  validation {
    condition     = var.github == null || try((length(var.github.apply_environments) > 0 || !coalesce(var.one_pair, length(var.layers) == 0)) && alltrue([for part in setunion(var.github.apply_environments, var.github.plan_branches) : can(regex("^[A-Za-z0-9_./-]+$", part))]), false)
    error_message = "`github` takes names of environments (at least one, here or in each of `layers`) and of branches, without `*`."
  }

  validation {
    condition     = var.github == null || try(var.github.oidc_provider_arn == null || can(regex("^arn:[a-z-]+:iam::[0-9]{12}:oidc-provider/.+$", var.github.oidc_provider_arn)), false)
    error_message = "`github.oidc_provider_arn` must be the ARN of an IAM OIDC provider, or null."
  }

  validation {
    condition     = var.github != null || var.hcp != null
    error_message = "Nobody may come in: give `hcp`, `github` or both."
  }
}

variable "layers" {
  description = "Layer => who runs it, for a plan and an apply role of each layer. Its key is the value of the tag `layer` on what it makes. `workspaces`: those of `hcp`. `environments`: those of `github` whose jobs apply. `plan_branches`: those that plan, by default those of `github`. `makes`: what of `network`, `cluster`, `data`, `identity` and `ingress` it makes; by default what its key says, and nothing of AWS for another key, such as `addons`. `state_keys`: its states below `state.prefix`; by default `<layer>.tfstate`. Empty makes one pair of roles for all layers, which is the wider way."
  type = map(object({
    workspaces    = optional(set(string), [])
    environments  = optional(set(string), [])
    plan_branches = optional(set(string))
    makes         = optional(set(string))
    state_keys    = optional(set(string))
  }))
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for layer in keys(var.layers) : can(regex("^[a-z][a-z0-9-]{0,15}$", layer)) && layer != "all"])
    error_message = "`layers` takes names of layers of 1 to 16 characters of a-z, 0-9 and `-`, such as `network`, as the tag `layer` has them, and not `all`."
  }

  validation {
    condition     = alltrue([for layer in values(var.layers) : length(setsubtract(coalesce(layer.makes, []), ["network", "cluster", "data", "identity", "ingress"])) == 0])
    error_message = "`layers.*.makes` takes `network`, `cluster`, `data`, `identity` and `ingress`."
  }

  validation {
    condition     = alltrue([for layer in values(var.layers) : alltrue([for part in layer.workspaces : can(regex("^[A-Za-z0-9_ -]+$", part))]) && alltrue([for part in setunion(layer.environments, coalesce(layer.plan_branches, [])) : can(regex("^[A-Za-z0-9_./-]+$", part))])])
    error_message = "`layers` takes whole names of workspaces, environments and branches, without `*`."
  }

  validation {
    condition     = alltrue([for pair in setproduct(keys(var.layers), keys(var.layers)) : pair[0] == pair[1] || length(setintersection(var.layers[pair[0]].workspaces, var.layers[pair[1]].workspaces)) + length(setintersection(var.layers[pair[0]].environments, var.layers[pair[1]].environments)) == 0])
    error_message = "A workspace or environment stands in one of `layers` alone: whoever runs it would have the rights of both."
  }

  validation {
    condition     = alltrue([for layer in values(var.layers) : alltrue([for key in coalesce(layer.state_keys, []) : can(regex("^[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)*$", key))])])
    error_message = "`layers.*.state_keys` takes keys below `state.prefix` such as `network.tfstate`, without `*`."
  }

  validation {
    condition     = alltrue([for pair in setproduct(keys(var.layers), keys(var.layers)) : pair[0] == pair[1] || length(setintersection(coalesce(var.layers[pair[0]].state_keys, ["${pair[0]}.tfstate"]), flatten([for key in coalesce(var.layers[pair[1]].state_keys, ["${pair[1]}.tfstate"]) : [key, "${key}.tflock"]]))) == 0])
    error_message = "A state stands in one of `layers` alone, by `state_keys` or as `<layer>.tfstate`, and its lock in no other: whoever runs one layer would write the state of the other."
  }
}

variable "one_pair" {
  description = "Whether the one pair of roles for all layers is there. Null says yes without `layers`. True beside `layers` keeps it while the workspaces move to the roles of their layers."
  type        = bool
  default     = null

  validation {
    condition     = coalesce(var.one_pair, true) || length(var.layers) > 0
    error_message = "Nobody may come in: without `layers`, `one_pair` must be true or null."
  }
}

variable "owner_tags" {
  description = "The tags by which AWS tells what is ours: set them on everything by the provider's `default_tags`, as `tfy-infra` does. `platform_value` is by default the one of `managed_names`, or `name` where these are several: use the module once for each platform. With `layers`, the tag `layer_key` has a layer's key as its value."
  type = object({
    platform_key   = optional(string, "platform")
    platform_value = optional(string)
    layer_key      = optional(string, "layer")
  })
  default  = {}
  nullable = false

  validation {
    condition     = try(alltrue([for key in [var.owner_tags.platform_key, var.owner_tags.layer_key] : can(regex("^[A-Za-z][A-Za-z0-9_.-]{0,31}$", key)) && !startswith(lower(key), "aws:")]) && lower(var.owner_tags.platform_key) != lower(var.owner_tags.layer_key) && length(setintersection([lower(var.owner_tags.platform_key), lower(var.owner_tags.layer_key)], ["name"])) == 0, false)
    error_message = "`owner_tags` takes two different keys of tags of up to 32 letters, digits and `_.-`, such as `platform` and `layer`, and not `Name`."
  }

  validation {
    condition     = var.owner_tags.platform_value == null || can(regex("^[A-Za-z0-9_.:/=+@-]{1,40}$", var.owner_tags.platform_value))
    error_message = "`owner_tags.platform_value` takes the value of a tag, of up to 40 letters, digits and `_.:/=+@-`, without `*`."
  }
}

variable "bucket_names" {
  description = "Names of buckets that are managed beside those that are named after the platform and the account (`<name>-<account>`, and what follows it by a `-`) or by the modules themselves (`<name>-flow-logs-…`, `<name>-ingress-logs-…`), with each of `managed_names`. `<bucket>-logs` goes with each."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = length(var.bucket_names) <= 6 && alltrue([for name in var.bucket_names : can(regex("^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$", name))])
    error_message = "`bucket_names` takes up to six whole names of buckets, without `*`."
  }
}

variable "role_names" {
  description = "Starts of the names of roles that are handed on beside those that the modules name after the platform: of node groups with a role of their own (`<cluster>-<group>-node`, of which the module `node-group` cuts both), and of workloads (the `name` of `workload-identity`)."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = length(var.role_names) <= 12 && alltrue([for name in var.role_names : can(regex("^[a-z][a-z0-9-]{2,37}[a-z0-9]$", name))])
    error_message = "`role_names` takes up to twelve starts of names of roles, of 4 to 39 characters of a-z, 0-9 and `-`, without `*` and without the `-` at the end."
  }
}

variable "given" {
  description = "What belongs to others and is used. `ec2_ids`: IDs of VPCs, subnets, security groups and elastic IPs that exist; ours stands in them, and groups get rules, subnets and groups the tags that Kubernetes looks for. `cluster_names`: clusters that exist, which get associations and access entries. `kms_key_arns`: keys under which data is encrypted. `snapshot_arns`: snapshots and automated backups that a database is restored from. `web_acl_arns`: web ACLs before load balancers. `role_arns`, `bucket_arns`, `secret_arns` and `parameter_arns`: what roles that are made may take and use at most, beside what is ours; each ARN may end in `*`."
  type = object({
    ec2_ids        = optional(set(string), [])
    cluster_names  = optional(set(string), [])
    kms_key_arns   = optional(set(string), [])
    snapshot_arns  = optional(set(string), [])
    web_acl_arns   = optional(set(string), [])
    role_arns      = optional(set(string), [])
    bucket_arns    = optional(set(string), [])
    secret_arns    = optional(set(string), [])
    parameter_arns = optional(set(string), [])
  })
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for id in var.given.ec2_ids : can(regex("^(vpc|subnet|sg|eipalloc)-[0-9a-f]{8,17}$", id))])
    error_message = "`given.ec2_ids` takes IDs such as `vpc-0123456789abcdef0`, `subnet-…`, `sg-…` and `eipalloc-…`."
  }

  validation {
    condition     = alltrue([for name in var.given.cluster_names : can(regex("^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$", name))])
    error_message = "`given.cluster_names` takes whole names of EKS clusters."
  }

  validation {
    condition = alltrue([for arn in setunion(var.given.kms_key_arns, var.given.snapshot_arns, var.given.web_acl_arns) : can(regex("^arn:[a-z-]+:(kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+|rds:[a-z0-9-]+:[0-9]{12}:(snapshot|auto-backup):[A-Za-z0-9:-]+|wafv2:[a-z0-9-]+:[0-9]{12}:regional/webacl/[A-Za-z0-9_-]+/[A-Za-z0-9-]+)$", arn))
    ])
    error_message = "`given` takes whole ARNs of KMS keys (not of aliases), snapshots and automated backups of RDS, and regional web ACLs."
  }

  validation {
    condition     = alltrue([for arn in setunion(var.given.role_arns, var.given.bucket_arns, var.given.secret_arns, var.given.parameter_arns) : can(regex("^arn:[a-z-]+:(iam::[0-9]{12}:role/[^*?$]{3,}|s3:::[^*?$/]{3,}|secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:[^*?$]{3,}|ssm:[a-z0-9-]+:[0-9]{12}:parameter/[^*?$]{3,})[*]?$", arn))])
    error_message = "`given` takes ARNs of roles, buckets (without a path), secrets and parameters, of which at most the end may be `*`, after three characters of the name or more, without `?` and `$`."
  }
}

variable "managed_names" {
  description = "Names of platforms that Terraform manages with these roles: what AWS tells by its name begins with one of them and a `-`, or is one of them. By default the module's `name`. What is named or tagged otherwise can be neither read in detail nor changed."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = length(var.managed_names) <= 3 && alltrue([for name in var.managed_names : can(regex("^[a-z][a-z0-9-]{1,22}[a-z0-9]$", name))])
    error_message = "`managed_names` takes up to three names, of 3 to 24 characters of a-z, 0-9 and `-`, without `*`."
  }
}

variable "state" {
  description = "The S3 backend, when the state is there and not in HCP Terraform: its bucket, the key that encrypts it, and the start of the states' keys in it."
  type = object({
    bucket_arn  = string
    kms_key_arn = string
    prefix      = string
  })
  default = null

  validation {
    condition     = var.state == null || try(can(regex("^arn:[a-z-]+:s3:::[a-z0-9][a-z0-9.-]+$", var.state.bucket_arn)) && can(regex("^arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$", var.state.kms_key_arn)), false)
    error_message = "`state` takes the ARN of one bucket and the ARN of its key (not of an alias)."
  }

  validation {
    condition     = var.state == null || try(can(regex("^[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)*/$", var.state.prefix)), false)
    error_message = "`state.prefix` must be a path that ends with `/`, such as `acme-dev/`, without `*`."
  }
}

variable "created_roles_boundary" {
  description = "ARN of the permissions boundary that every role made by the apply role must carry. Null makes one, see the output `created_roles_boundary`: give it to the modules as `permissions_boundary`."
  type        = string
  default     = null

  validation {
    condition     = var.created_roles_boundary == null || can(regex("^arn:[a-z-]+:iam::[0-9]{12}:policy/[A-Za-z0-9_+=,.@/-]+$", var.created_roles_boundary))
    error_message = "`created_roles_boundary` must be the whole ARN of an IAM policy of the account, without `*` and `?`, for example `arn:aws:iam::123456789012:policy/boundary`; or null."
  }
}

variable "regions" {
  description = "Regions in which the roles made by the apply role may act, in the boundary that this module makes. By default the provider's; add those that Bedrock's cross-region profiles call."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for region in var.regions : can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", region))])
    error_message = "`regions` takes names of regions such as `us-east-1`."
  }
}

variable "hosted_zone_ids" {
  description = "Route 53 zones whose records the apply role may change, for certificates and load balancers."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for zone in var.hosted_zone_ids : can(regex("^Z[A-Z0-9]+$", zone))])
    error_message = "`hosted_zone_ids` takes IDs of hosted zones such as `Z0123456789ABCDEFGHIJ`."
  }
}

variable "apply_policy_arns" {
  description = "Name => ARN of a managed policy that each apply role gets as well, for what the modules do not make. No apply role can change it."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = length(var.apply_policy_arns) <= 2 && alltrue([for arn in values(var.apply_policy_arns) : can(regex("^arn:[a-z-]+:iam::([0-9]{12}|aws):policy/.+$", arn)) && !can(regex(":iam::aws:policy/(AdministratorAccess|IAMFullAccess)", arn))])
    error_message = "`apply_policy_arns` takes up to two ARNs of IAM policies, and not `AdministratorAccess` or `IAMFullAccess`, which would make the boundary of the roles it creates pointless."
  }
}

variable "max_session_seconds" {
  description = "Longest session of the roles in seconds. Databases and clusters take their time: an apply must be done within it."
  type        = number
  default     = 7200
  nullable    = false

  validation {
    condition     = var.max_session_seconds >= 3600 && var.max_session_seconds <= 43200 && floor(var.max_session_seconds) == var.max_session_seconds
    error_message = "`max_session_seconds` must be a whole number between 3600 and 43200, one hour to twelve."
  }
}

variable "permissions_boundary" {
  description = "ARN of the IAM policy that bounds the plan and the apply role themselves, or null."
  type        = string
  default     = null

  validation {
    condition     = var.permissions_boundary == null || can(regex("^arn:[a-z-]+:iam::([0-9]{12}|aws):policy/.+$", var.permissions_boundary))
    error_message = "`permissions_boundary` must be the ARN of an IAM policy, for example `arn:aws:iam::123456789012:policy/boundary`."
  }
}
