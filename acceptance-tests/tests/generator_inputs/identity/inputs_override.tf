module "platform_identity" {
  store_kms_key_arns  = [aws_kms_key.secrets.arn]
  policy_arns         = { bedrock = "arn:aws:iam::aws:policy/AmazonBedrockReadOnly" }
  max_session_seconds = 7200
}
