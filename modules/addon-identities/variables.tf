variable "name" {
  description = "Start of the roles' and the policies' names."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,22}[a-z0-9]$", var.name))
    error_message = "`name` must be 3 to 24 characters of a-z, 0-9 and `-`, start with a letter and not end with `-`."
  }
}

variable "cluster_arn" {
  description = "ARN of the EKS cluster whose add-ons get the roles."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:[a-z-]+:eks:[a-z0-9-]+:[0-9]{12}:cluster/[0-9A-Za-z_-]+$", var.cluster_arn))
    error_message = "`cluster_arn` must be the ARN of one EKS cluster, for example `arn:aws:eks:us-east-1:123456789012:cluster/acme-dev`."
  }
}

variable "identity" {
  description = "How pods get the roles: `pod-identity` or `irsa`."
  type        = string
  default     = "pod-identity"
  nullable    = false

  validation {
    condition     = contains(["pod-identity", "irsa"], var.identity)
    error_message = "`identity` must be `pod-identity` or `irsa`."
  }
}

variable "oidc_provider_arn" {
  description = "ARN of the IAM OIDC provider of the cluster. Needed with `irsa`, unused with `pod-identity`."
  type        = string
  default     = null

  validation {
    condition     = var.oidc_provider_arn == null || can(regex("^arn:[a-z-]+:iam::[0-9]{12}:oidc-provider/.+$", var.oidc_provider_arn))
    error_message = "`oidc_provider_arn` must be the ARN of an IAM OIDC provider, `arn:aws:iam::123456789012:oidc-provider/…`."
  }

  validation {
    condition     = var.identity != "irsa" || var.oidc_provider_arn != null
    error_message = "With `identity = \"irsa\"` the roles are trusted through the cluster's OIDC provider: give `oidc_provider_arn`, or use `pod-identity`."
  }
}

variable "load_balancer_controller" {
  description = "Role of the AWS Load Balancer Controller, or null for none. `target_group_arns`: name => target group made elsewhere that pods join, an ID of `*` allowed. `target_groups_only` takes the right to make load balancers and security groups away. `features`: `certificates` (found by name), `cognito`, `shield`, `waf`. `vpc_id` bounds new security groups."
  type = object({
    namespace          = optional(string, "kube-system")
    service_account    = optional(string, "aws-load-balancer-controller")
    vpc_id             = optional(string)
    target_group_arns  = optional(map(string), {})
    target_groups_only = optional(bool, false)
    features           = optional(set(string), ["certificates"])
  })
  default = null

  validation {
    condition     = var.load_balancer_controller == null || try(can(regex("^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$", var.load_balancer_controller.namespace)) && can(regex("^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$", var.load_balancer_controller.service_account)), false)
    error_message = "`load_balancer_controller` takes Kubernetes names of a namespace and of a service account, without `*`."
  }

  validation {
    condition     = var.load_balancer_controller == null || try(var.load_balancer_controller.vpc_id == null || can(regex("^vpc-[0-9a-z]+$", var.load_balancer_controller.vpc_id)), false)
    error_message = "`load_balancer_controller.vpc_id` must be the ID of a VPC, for example `vpc-0123456789abcdef0`."
  }

  validation {
    condition     = var.load_balancer_controller == null || try(alltrue([for arn in values(var.load_balancer_controller.target_group_arns) : can(regex("^arn:[a-z-]+:elasticloadbalancing:[a-z0-9-]+:[0-9]{12}:targetgroup/[A-Za-z0-9-]+/([0-9a-f]+|\\*)$", arn))]), false)
    error_message = "`load_balancer_controller.target_group_arns` takes ARNs of target groups, `arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/<name>/<id>`. The ID may be `*`, the name may hold none."
  }

  validation {
    condition     = var.load_balancer_controller == null || try(!var.load_balancer_controller.target_groups_only || length(var.load_balancer_controller.target_group_arns) > 0, false)
    error_message = "With `load_balancer_controller.target_groups_only` the controller may fill the listed target groups and nothing else: list them in `target_group_arns`."
  }

  validation {
    condition     = var.load_balancer_controller == null || try(length(setsubtract(var.load_balancer_controller.features, ["certificates", "cognito", "shield", "waf"])) == 0, false)
    error_message = "`load_balancer_controller.features` may hold `certificates`, `cognito`, `shield` and `waf`."
  }
}

variable "external_dns" {
  description = "Role of external-dns, or null for none. `zone_ids`: name => ID of a hosted zone whose records it keeps."
  type = object({
    zone_ids        = map(string)
    namespace       = optional(string, "external-dns")
    service_account = optional(string, "external-dns")
  })
  default = null

  validation {
    condition     = var.external_dns == null || try(length(var.external_dns.zone_ids) > 0 && alltrue([for zone in values(var.external_dns.zone_ids) : can(regex("^Z[0-9A-Z]{1,31}$", zone))]), false)
    error_message = "`external_dns.zone_ids` must name at least one hosted zone by its ID, such as `Z0123456789ABCDEFGHIJ`: neither a domain nor `*`."
  }

  validation {
    condition     = var.external_dns == null || try(can(regex("^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$", var.external_dns.namespace)) && can(regex("^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$", var.external_dns.service_account)), false)
    error_message = "`external_dns` takes Kubernetes names of a namespace and of a service account, without `*`."
  }
}

variable "cert_manager" {
  description = "Role of cert-manager for DNS challenges, or null for none. `zone_ids`: name => ID of a hosted zone in which it answers them. `challenge_names`: names of the TXT records it may set, in lower case; other ones are needed only where `_acme-challenge` is a CNAME into the zone."
  type = object({
    zone_ids        = map(string)
    challenge_names = optional(set(string), ["_acme-challenge.*"])
    namespace       = optional(string, "cert-manager")
    service_account = optional(string, "cert-manager")
  })
  default = null

  validation {
    condition     = var.cert_manager == null || try(length(var.cert_manager.zone_ids) > 0 && alltrue([for zone in values(var.cert_manager.zone_ids) : can(regex("^Z[0-9A-Z]{1,31}$", zone))]), false)
    error_message = "`cert_manager.zone_ids` must name at least one hosted zone by its ID, such as `Z0123456789ABCDEFGHIJ`: neither a domain nor `*`."
  }

  validation {
    condition     = var.cert_manager == null || try(length(var.cert_manager.challenge_names) > 0 && alltrue([for name in var.cert_manager.challenge_names : can(regex("^[a-z0-9_-][a-z0-9_.-]*(\\.\\*)?$", name))]), false)
    error_message = "`cert_manager.challenge_names` takes names of records in lower case, such as `_acme-challenge.example.com`, with `*` only as the last part: a pattern that begins with `*` is every record of the zone."
  }

  validation {
    condition     = var.cert_manager == null || try(can(regex("^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$", var.cert_manager.namespace)) && can(regex("^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$", var.cert_manager.service_account)), false)
    error_message = "`cert_manager` takes Kubernetes names of a namespace and of a service account, without `*`."
  }
}

variable "external_secrets" {
  description = "Role of external-secrets, or null for none. It reads secrets and parameters below `secret_prefixes` and `parameter_prefixes`, given without a slash at either end, and `secret_arns`: name => one secret by its ARN, such as the master secret of `database`, whose name RDS makes up. `kms_key_arns`: name => key that encrypts them; AWS's own keys need none. `find` lets it search by name and tag, which shows it the names, not the values, of all others too."
  type = object({
    secret_prefixes    = optional(set(string), [])
    secret_arns        = optional(map(string), {})
    parameter_prefixes = optional(set(string), [])
    kms_key_arns       = optional(map(string), {})
    find               = optional(bool, false)
    namespace          = optional(string, "external-secrets")
    service_account    = optional(string, "external-secrets")
  })
  default = null

  validation {
    condition     = var.external_secrets == null || try(length(var.external_secrets.secret_prefixes) + length(var.external_secrets.secret_arns) + length(var.external_secrets.parameter_prefixes) > 0, false)
    error_message = "`external_secrets` has nothing to read: list `secret_prefixes`, `secret_arns` or `parameter_prefixes`."
  }

  validation {
    condition     = var.external_secrets == null || try(alltrue([for arn in values(var.external_secrets.secret_arns) : can(regex("^arn:[a-z-]+:secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:[^*?]+$", arn))]), false)
    error_message = "`external_secrets.secret_arns` takes whole ARNs of secrets in Secrets Manager, without `*`."
  }

  validation {
    condition     = var.external_secrets == null || try(alltrue([for prefix in setunion(var.external_secrets.secret_prefixes, var.external_secrets.parameter_prefixes) : can(regex("^[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)*$", prefix))]), false)
    error_message = "`external_secrets` takes prefixes such as `acme/dev`, without `*` and without a slash at either end."
  }

  validation {
    condition     = var.external_secrets == null || try(alltrue([for arn in values(var.external_secrets.kms_key_arns) : can(regex("^arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/.+$", arn))]), false)
    error_message = "`external_secrets.kms_key_arns` takes ARNs of KMS keys, not aliases."
  }

  validation {
    condition     = var.external_secrets == null || try(can(regex("^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$", var.external_secrets.namespace)) && can(regex("^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$", var.external_secrets.service_account)), false)
    error_message = "`external_secrets` takes Kubernetes names of a namespace and of a service account, without `*`."
  }
}

variable "metrics_store" {
  description = "Role of a store of metrics that keeps its blocks in S3 (Thanos beside Prometheus, Mimir), or null for none. `prefix`, without a slash at either end, bounds it to a part of the bucket; empty is all of it. The default account is that of kube-prometheus-stack released as `prometheus`."
  type = object({
    bucket_arn       = string
    kms_key_arn      = string
    prefix           = optional(string, "")
    namespace        = optional(string, "prometheus")
    service_accounts = optional(set(string), ["prometheus-kube-prometheus-prometheus"])
  })
  default = null

  validation {
    condition     = var.metrics_store == null || try(can(regex("^arn:[a-z-]+:s3:::[a-z0-9.-]{3,63}$", var.metrics_store.bucket_arn)), false)
    error_message = "`metrics_store.bucket_arn` must be the ARN of a bucket, `arn:aws:s3:::<bucket>`."
  }

  validation {
    condition     = var.metrics_store == null || try(can(regex("^arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/.+$", var.metrics_store.kms_key_arn)), false)
    error_message = "`metrics_store.kms_key_arn` must be the ARN of the KMS key that encrypts the bucket, not an alias."
  }

  validation {
    condition     = var.metrics_store == null || try(can(regex("^([A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)*)?$", var.metrics_store.prefix)), false)
    error_message = "`metrics_store.prefix` takes a prefix such as `metrics/dev`, without `*` and without a slash at either end."
  }

  validation {
    condition     = var.metrics_store == null || try(length(var.metrics_store.service_accounts) > 0 && can(regex("^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$", var.metrics_store.namespace)) && alltrue([for account in var.metrics_store.service_accounts : can(regex("^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$", account))]), false)
    error_message = "`metrics_store` takes Kubernetes names of a namespace and of at least one service account, without `*`."
  }
}

variable "log_store" {
  description = "Role of a store of logs that keeps its chunks in S3 (Loki), or null for none. `prefix`, without a slash at either end, bounds it to a part of the bucket; empty is all of it."
  type = object({
    bucket_arn       = string
    kms_key_arn      = string
    prefix           = optional(string, "")
    namespace        = optional(string, "loki")
    service_accounts = optional(set(string), ["loki"])
  })
  default = null

  validation {
    condition     = var.log_store == null || try(can(regex("^arn:[a-z-]+:s3:::[a-z0-9.-]{3,63}$", var.log_store.bucket_arn)), false)
    error_message = "`log_store.bucket_arn` must be the ARN of a bucket, `arn:aws:s3:::<bucket>`."
  }

  validation {
    condition     = var.log_store == null || try(can(regex("^arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/.+$", var.log_store.kms_key_arn)), false)
    error_message = "`log_store.kms_key_arn` must be the ARN of the KMS key that encrypts the bucket, not an alias."
  }

  validation {
    condition     = var.log_store == null || try(can(regex("^([A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)*)?$", var.log_store.prefix)), false)
    error_message = "`log_store.prefix` takes a prefix such as `logs/dev`, without `*` and without a slash at either end."
  }

  validation {
    condition     = var.log_store == null || try(length(var.log_store.service_accounts) > 0 && can(regex("^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$", var.log_store.namespace)) && alltrue([for account in var.log_store.service_accounts : can(regex("^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$", account))]), false)
    error_message = "`log_store` takes Kubernetes names of a namespace and of at least one service account, without `*`."
  }
}

variable "workflow_propeller" {
  description = "Role of what runs TrueFoundry's workflows in the cluster (`tfy-workflow-propeller`, which is Flyte's) and signs the addresses by which tasks reach their inputs and outputs, or null for none. `prefix`, without a slash at either end, is the part of the bucket that the chart's `metadata-prefix` and `rawoutput-prefix` name; empty is all of it. Namespace and account are those of the chart."
  type = object({
    bucket_arn      = string
    kms_key_arn     = string
    prefix          = optional(string, "workflows")
    namespace       = optional(string, "tfy-workflow-propeller")
    service_account = optional(string, "flytepropeller")
  })
  default = null

  validation {
    condition     = var.workflow_propeller == null || try(can(regex("^arn:[a-z-]+:s3:::[a-z0-9.-]{3,63}$", var.workflow_propeller.bucket_arn)), false)
    error_message = "`workflow_propeller.bucket_arn` must be the ARN of a bucket, `arn:aws:s3:::<bucket>`."
  }

  validation {
    condition     = var.workflow_propeller == null || try(can(regex("^arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/.+$", var.workflow_propeller.kms_key_arn)), false)
    error_message = "`workflow_propeller.kms_key_arn` must be the ARN of the KMS key that encrypts the bucket, not an alias."
  }

  validation {
    condition     = var.workflow_propeller == null || try(can(regex("^([A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)*)?$", var.workflow_propeller.prefix)), false)
    error_message = "`workflow_propeller.prefix` takes a prefix such as `workflows`, without `*` and without a slash at either end."
  }

  validation {
    condition     = var.workflow_propeller == null || try(can(regex("^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$", var.workflow_propeller.namespace)) && can(regex("^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$", var.workflow_propeller.service_account)), false)
    error_message = "`workflow_propeller` takes Kubernetes names of a namespace and of a service account, without `*`."
  }
}

variable "permissions_boundary" {
  description = "ARN of the IAM policy that bounds the roles, or null."
  type        = string
  default     = null

  validation {
    condition     = var.permissions_boundary == null || can(regex("^arn:[a-z-]+:iam::([0-9]{12}|aws):policy/.+$", var.permissions_boundary))
    error_message = "`permissions_boundary` must be the ARN of an IAM policy, for example `arn:aws:iam::123456789012:policy/boundary`."
  }
}
