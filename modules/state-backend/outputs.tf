output "bucket" {
  description = "Name of the state bucket."
  value       = aws_s3_bucket.this.bucket
}

output "arn" {
  description = "ARN of the state bucket."
  value       = aws_s3_bucket.this.arn
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
}

output "policies" {
  description = "IAM policies (JSON) for all states in the bucket: `plan` reads states and takes locks, `apply` also writes states."
  value       = local.policies
}
