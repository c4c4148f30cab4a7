output "bucket" {
  description = "Name of the state bucket."
  value       = aws_s3_bucket.this.bucket

  # What is put into it before is neither encrypted with the key nor kept as a version.
  depends_on = [
    aws_s3_bucket_ownership_controls.this,
    aws_s3_bucket_policy.this,
    aws_s3_bucket_server_side_encryption_configuration.this,
    aws_s3_bucket_versioning.this,
  ]
}

output "arn" {
  description = "ARN of the state bucket."
  value       = aws_s3_bucket.this.arn

  depends_on = [
    aws_s3_bucket_ownership_controls.this,
    aws_s3_bucket_policy.this,
    aws_s3_bucket_server_side_encryption_configuration.this,
    aws_s3_bucket_versioning.this,
  ]
}

output "kms_key_arn" {
  description = "ARN of the key that encrypts the states."
  value       = local.key_arn
}

output "backend" {
  description = "What the `s3` backend of a root module takes, `key` aside."
  value = {
    bucket       = aws_s3_bucket.this.bucket
    region       = local.region
    encrypt      = true
    kms_key_id   = local.key_arn
    use_lockfile = true
  }

  depends_on = [
    aws_s3_bucket_ownership_controls.this,
    aws_s3_bucket_policy.this,
    aws_s3_bucket_server_side_encryption_configuration.this,
    aws_s3_bucket_versioning.this,
  ]
}

output "policies" {
  description = "IAM policies (JSON) for all states in the bucket: `plan` reads states and takes locks, `apply` also writes states."
  value       = local.policies
}
