# A file of one's own beside the generated ones: what the overrides refer to.

resource "aws_kms_key" "secrets" {
  description             = "The key of the company's secrets"
  enable_key_rotation     = true
  deletion_window_in_days = 7
}
