module "platform_identity" {
  managed_access_entries = {
    principal_arns = ["arn:aws:iam::123456789012:role/acme-dev-platform-*"]
    policies       = ["AmazonEKSViewPolicy"]
  }
  list_secrets        = false
  store_kms_key_arns  = [aws_kms_key.secrets.arn]
  policy_arns         = { bedrock = "arn:aws:iam::aws:policy/AmazonBedrockReadOnly" }
  max_session_seconds = 7200
}

module "addon_identities" {
  metrics_store = {
    bucket_arn  = local.data.bucket_arn
    kms_key_arn = local.data.bucket_kms_key_arn
    prefix      = "metrics"
  }
  log_store = {
    bucket_arn  = local.data.bucket_arn
    kms_key_arn = local.data.bucket_kms_key_arn
    prefix      = "logs"
  }
}

module "karpenter" {
  namespace                   = "kube-system"
  service_account             = "karpenter"
  node_policy_arns            = {}
  pull_through_cache_prefixes = []
  interruption_queue          = true
  queue_kms_key               = null
}
