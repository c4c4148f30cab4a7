variable "name" {
  description = "Start of the role's and the policies' names."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,18}[a-z0-9]$", var.name))
    error_message = "`name` must be 3 to 20 characters of a-z, 0-9 and `-`, start with a letter and not end with `-`."
  }
}

variable "bedrock" {
  description = "What the gateway may call on Amazon Bedrock. `models`: IDs of foundation models (`amazon.nova-pro-v1:0`). `inference_profiles`: IDs of AWS's cross-region profiles (`us.anthropic.claude-sonnet-4-20250514-v1:0`). `application_profiles`: name => ARN of an application inference profile and the IDs of its models. `model_arns`: ARNs of provisioned, custom or imported models. `guardrail_arns`: guardrails to apply. `regions`: from where, by default the provider's region."
  type = object({
    models             = optional(set(string), [])
    inference_profiles = optional(set(string), [])
    application_profiles = optional(map(object({
      arn    = string
      models = set(string)
    })), {})
    model_arns     = optional(set(string), [])
    guardrail_arns = optional(set(string), [])
    regions        = optional(set(string), [])
  })
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for model in setunion(var.bedrock.models, flatten([for profile in values(var.bedrock.application_profiles) : tolist(profile.models)])) : can(regex("^[a-z0-9-]+\\.[A-Za-z0-9.:-]+$", model)) && !can(regex("^(us|us-gov|eu|apac|jp|au|ca|global)\\.", model))])
    error_message = "`bedrock.models` takes IDs of foundation models such as `amazon.nova-pro-v1:0`, without `*`. IDs that begin with `us.`, `eu.`, `apac.` or `global.` are inference profiles: list them in `inference_profiles`."
  }

  validation {
    condition     = alltrue([for profile in var.bedrock.inference_profiles : can(regex("^[a-z-]+\\.[a-z0-9-]+\\.[A-Za-z0-9.:-]+$", profile))])
    error_message = "`bedrock.inference_profiles` takes IDs of cross-region profiles, `<geography>.<provider>.<model>`, without `*`."
  }

  validation {
    condition     = alltrue([for profile in values(var.bedrock.application_profiles) : can(regex("^arn:[a-z-]+:bedrock:[a-z0-9-]+:[0-9]{12}:application-inference-profile/[a-z0-9]+$", profile.arn)) && length(profile.models) > 0])
    error_message = "`bedrock.application_profiles` takes the ARN of an application inference profile, and the models that it calls."
  }

  validation {
    condition     = alltrue([for arn in var.bedrock.model_arns : can(regex("^arn:[a-z-]+:bedrock:[a-z0-9-]+:[0-9]{12}:(provisioned-model|custom-model-deployment|imported-model)/[a-z0-9]+$", arn))])
    error_message = "`bedrock.model_arns` takes ARNs of provisioned models, deployments of custom models and imported models, without `*`."
  }

  validation {
    condition     = alltrue([for arn in var.bedrock.guardrail_arns : can(regex("^arn:[a-z-]+:bedrock:[a-z0-9-]+:[0-9]{12}:guardrail/[a-z0-9]+$", arn))])
    error_message = "`bedrock.guardrail_arns` takes ARNs of guardrails, without `*`."
  }

  validation {
    condition     = alltrue([for region in var.bedrock.regions : can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", region))])
    error_message = "`bedrock.regions` takes names of regions such as `us-east-1`."
  }
}

variable "sagemaker" {
  description = "What the gateway may call on Amazon SageMaker. `endpoints`: names of endpoints of this account. `regions`: where they are, by default the provider's region."
  type = object({
    endpoints = optional(set(string), [])
    regions   = optional(set(string), [])
  })
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for endpoint in var.sagemaker.endpoints : can(regex("^[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$", endpoint))])
    error_message = "`sagemaker.endpoints` takes names of endpoints: 1 to 63 letters, digits and `-`, without `*`."
  }

  validation {
    condition     = alltrue([for region in var.sagemaker.regions : can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", region))])
    error_message = "`sagemaker.regions` takes names of regions such as `us-east-1`."
  }

  # Decided by what is written and not by ARNs, which may be known after apply only.
  validation {
    condition     = length(var.sagemaker.endpoints) + length(var.bedrock.models) + length(var.bedrock.inference_profiles) + length(var.bedrock.application_profiles) + length(var.bedrock.model_arns) > 0
    error_message = "The gateway has nothing to call: list models or inference profiles in `bedrock`, or endpoints in `sagemaker`."
  }
}

variable "identity" {
  description = "How pods get the role: `pod-identity` or `irsa`."
  type        = string
  default     = "pod-identity"
  nullable    = false

  validation {
    condition     = contains(["pod-identity", "irsa"], var.identity)
    error_message = "`identity` must be `pod-identity` or `irsa`."
  }
}

variable "cluster_arn" {
  description = "ARN of the EKS cluster that runs the gateway."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:[a-z-]+:eks:[a-z0-9-]+:[0-9]{12}:cluster/[0-9A-Za-z_-]+$", var.cluster_arn))
    error_message = "`cluster_arn` must be the ARN of one EKS cluster, for example `arn:aws:eks:us-east-1:123456789012:cluster/acme-dev`."
  }
}

variable "oidc_provider_arn" {
  description = "ARN of the IAM OIDC provider of the cluster. Needed with `irsa`, unused with `pod-identity`."
  type        = string
  default     = null
}

variable "service_accounts" {
  description = "Name => service account of the gateway's pods."
  type = map(object({
    namespace = string
    name      = string
  }))
  default  = { gateway = { namespace = "truefoundry", name = "tfy-llm-gateway" } }
  nullable = false
}

variable "trusted_roles" {
  description = "Name => role that calls models from outside the cluster, with its external ID: that of a hosted gateway."
  type = map(object({
    arn         = string
    external_id = string
  }))
  default  = {}
  nullable = false
}

variable "permissions_boundary" {
  description = "ARN of the IAM policy that bounds the role, or null."
  type        = string
  default     = null

  validation {
    condition     = var.permissions_boundary == null || can(regex("^arn:[a-z-]+:iam::([0-9]{12}|aws):policy/.+$", var.permissions_boundary))
    error_message = "`permissions_boundary` must be the ARN of an IAM policy, for example `arn:aws:iam::123456789012:policy/boundary`."
  }
}
