# A bucket for artifacts, whose traces go after a month.

data "aws_caller_identity" "current" {}

data "aws_region" "current" {}

module "object_store" {
  source = "../.."

  name                 = "acme-dev-${data.aws_caller_identity.current.account_id}-${data.aws_region.current.id}"
  cors_allowed_origins = ["https://acme.truefoundry.cloud"]
  expirations          = { traces = { prefix = "traces/", days = 30 } }
}
