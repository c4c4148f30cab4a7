locals {
  invoke = [
    "bedrock:InvokeModel",
    "bedrock:InvokeModelWithBidirectionalStream",
    "bedrock:InvokeModelWithResponseStream",
  ]

  model_arns = concat(
    [for pair in setproduct(local.bedrock_regions, var.bedrock.models) : "arn:${local.partition}:bedrock:${pair[0]}::foundation-model/${pair[1]}"],
    tolist(var.bedrock.model_arns),
  )

  # A cross-region profile calls its model in whatever region AWS chooses, and a global one in none that has a name.
  # What keeps this narrow is the condition: through the listed profiles only.
  profile_arns = concat(
    [for pair in setproduct(local.bedrock_regions, var.bedrock.inference_profiles) : "arn:${local.partition}:bedrock:${pair[0]}:${local.account_id}:inference-profile/${pair[1]}"],
    [for profile in values(var.bedrock.application_profiles) : profile.arn],
  )
  profile_models = setunion(
    [for profile in var.bedrock.inference_profiles : regex("^[a-z-]+\\.(.+)$", profile)[0]],
    flatten([for profile in values(var.bedrock.application_profiles) : tolist(profile.models)]),
  )
}

data "aws_iam_policy_document" "bedrock" {
  count = local.uses_bedrock ? 1 : 0

  dynamic "statement" {
    for_each = length(local.model_arns) > 0 ? ["models"] : []

    content {
      sid       = "InvokeTheListedModels"
      actions   = local.invoke
      resources = local.model_arns
    }
  }

  dynamic "statement" {
    for_each = length(local.profile_arns) > 0 ? ["profiles"] : []

    content {
      sid       = "InvokeTheListedProfiles"
      actions   = concat(local.invoke, ["bedrock:GetInferenceProfile"])
      resources = local.profile_arns
    }
  }

  dynamic "statement" {
    for_each = length(local.profile_arns) > 0 ? ["profiles"] : []

    content {
      sid       = "ReachModelsThroughTheseProfiles"
      actions   = local.invoke
      resources = [for model in local.profile_models : "arn:${local.partition}:bedrock:*::foundation-model/${model}"]

      condition {
        test     = "StringEquals"
        variable = "bedrock:InferenceProfileArn"
        values   = local.profile_arns
      }
    }
  }

  dynamic "statement" {
    for_each = length(var.bedrock.guardrail_arns) > 0 ? ["guardrails"] : []

    content {
      sid       = "ApplyTheListedGuardrails"
      actions   = ["bedrock:ApplyGuardrail"]
      resources = var.bedrock.guardrail_arns
    }
  }
}

data "aws_iam_policy_document" "sagemaker" {
  count = local.uses_sagemaker ? 1 : 0

  statement {
    sid = "InvokeTheListedEndpoints"
    actions = [
      "sagemaker:InvokeEndpoint",
      "sagemaker:InvokeEndpointAsync",
      "sagemaker:InvokeEndpointWithResponseStream",
    ]

    # IAM knows endpoints by their names in lower case.
    resources = [for pair in setproduct(local.sagemaker_regions, var.sagemaker.endpoints) : "arn:${local.partition}:sagemaker:${pair[0]}:${local.account_id}:endpoint/${lower(pair[1])}"]
  }
}
