# The first thing that is applied, with its own state in a local file; everything after it uses the bucket.

data "aws_caller_identity" "current" {}

module "state" {
  source = "../.."

  name = "${var.prefix}-${data.aws_caller_identity.current.account_id}-states"
}
