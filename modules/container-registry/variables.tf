variable "name" {
  description = "Name of the platform. It starts the names of the key's alias and of the role, and of the repositories unless `repository_prefix` says otherwise."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,22}[a-z0-9]$", var.name))
    error_message = "`name` must be 3 to 24 characters of a-z, 0-9 and `-`, start with a letter and not end with `-`."
  }
}

variable "repository_prefix" {
  description = "Start of the repositories' names, `<repository_prefix>/<repository>`. Null takes `name`; an empty text takes the names as they are."
  type        = string
  default     = null

  validation {
    condition     = var.repository_prefix == null || var.repository_prefix == "" || can(regex("^[a-z0-9]+([._/-][a-z0-9]+)*$", var.repository_prefix))
    error_message = "`repository_prefix` must be the start of a repository name such as `acme-dev` or `acme/ml`, without `/` at either end; or null."
  }
}

variable "repositories" {
  description = "Name => repository. `immutable_tags`: a tag, once pushed, stays what it is. `keep_images`: how many images stay. `untagged_days`: days for which an image without a tag stays."
  type = map(object({
    immutable_tags = optional(bool, true)
    keep_images    = optional(number, 100)
    untagged_days  = optional(number, 14)
  }))
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for name in keys(var.repositories) : can(regex("^[a-z0-9]+([._/-][a-z0-9]+)*$", name))])
    error_message = "`repositories` takes names of a-z, 0-9 and single `.`, `_`, `-` or `/` between them."
  }

  validation {
    condition     = alltrue([for name in keys(var.repositories) : can(regex("^.{2,256}$", trimprefix("${var.repository_prefix == null ? var.name : var.repository_prefix}/${name}", "/")))])
    error_message = "`repositories`: ECR takes whole names, `<repository_prefix>/<repository>`, of 2 to 256 characters."
  }

  validation {
    condition     = alltrue([for repository in values(var.repositories) : repository.keep_images >= 1 && repository.untagged_days >= 1 && floor(repository.keep_images) == repository.keep_images && floor(repository.untagged_days) == repository.untagged_days])
    error_message = "`keep_images` and `untagged_days` must be whole numbers of at least 1."
  }
}

variable "reader_account_ids" {
  description = "Accounts whose principals may pull from the repositories, if their own account lets them."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for account in var.reader_account_ids : can(regex("^[0-9]{12}$", account))])
    error_message = "`reader_account_ids` takes account IDs of twelve digits."
  }
}

variable "pull_through_caches" {
  description = "Prefix => upstream registry whose images ECR keeps under `<prefix>/`. `upstream`: `public.ecr.aws`, `registry.k8s.io`, `quay.io`, or, with credentials, `registry-1.docker.io`, `ghcr.io`, `registry.gitlab.com`. `credential_arn`: a Secrets Manager secret whose name begins with `ecr-pullthroughcache/`. `keep_days`: days after which an image that nobody pulls goes."
  type = map(object({
    upstream       = string
    credential_arn = optional(string)
    keep_days      = optional(number, 90)
  }))
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for prefix in keys(var.pull_through_caches) : can(regex("^[a-z0-9]+([._-][a-z0-9]+)*$", prefix)) && length(prefix) >= 2 && length(prefix) <= 30])
    error_message = "`pull_through_caches` takes prefixes of 2 to 30 characters of a-z, 0-9 and single `.`, `_` or `-` between them."
  }

  validation {
    condition     = alltrue([for cache in values(var.pull_through_caches) : contains(["public.ecr.aws", "registry.k8s.io", "quay.io", "registry-1.docker.io", "ghcr.io", "registry.gitlab.com"], cache.upstream)])
    error_message = "`pull_through_caches` takes the upstreams `public.ecr.aws`, `registry.k8s.io`, `quay.io`, `registry-1.docker.io`, `ghcr.io` and `registry.gitlab.com`."
  }

  validation {
    condition     = alltrue([for cache in values(var.pull_through_caches) : cache.credential_arn != null if contains(["registry-1.docker.io", "ghcr.io", "registry.gitlab.com"], cache.upstream)])
    error_message = "ECR pulls from `registry-1.docker.io`, `ghcr.io` and `registry.gitlab.com` only with credentials: give `credential_arn`."
  }

  validation {
    condition     = alltrue([for cache in values(var.pull_through_caches) : cache.credential_arn == null || can(regex("^arn:[a-z-]+:secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:ecr-pullthroughcache/.+$", cache.credential_arn))])
    error_message = "`credential_arn` must be the ARN of a secret whose name begins with `ecr-pullthroughcache/`: ECR reads no other."
  }

  validation {
    condition     = alltrue([for cache in values(var.pull_through_caches) : cache.keep_days >= 1 && floor(cache.keep_days) == cache.keep_days])
    error_message = "`keep_days` must be a whole number of at least 1."
  }
}

variable "enhanced_scanning" {
  description = "Whether Amazon Inspector scans all repositories of the account in this region continuously. The setting is the registry's, one for each account and region; false leaves it alone and scans each push."
  type        = bool
  default     = false
  nullable    = false
}

variable "force_delete" {
  description = "Whether a destroy deletes the images with the repositories. False refuses to delete a repository that holds any."
  type        = bool
  default     = false
  nullable    = false
}

variable "kms_key_arn" {
  description = "ARN of a key to encrypt with, or null for one of the module's own. It cannot be changed: ECR keeps a repository's key."
  type        = string
  default     = null

  validation {
    condition     = var.kms_key_arn == null || can(regex("^arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$", var.kms_key_arn))
    error_message = "`kms_key_arn` must be the ARN of a key, not of an alias: `arn:aws:kms:us-east-1:123456789012:key/…`."
  }
}

variable "permissions_boundary" {
  description = "ARN of the IAM policy that bounds the role for cached repositories, or null."
  type        = string
  default     = null

  validation {
    condition     = var.permissions_boundary == null || can(regex("^arn:[a-z-]+:iam::([0-9]{12}|aws):policy/.+$", var.permissions_boundary))
    error_message = "`permissions_boundary` must be the ARN of an IAM policy, for example `arn:aws:iam::123456789012:policy/boundary`."
  }
}
