output "bucket" {
  description = "Name of the bucket."
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
  description = "ARN of the bucket."
  value       = aws_s3_bucket.this.arn

  depends_on = [
    aws_s3_bucket_ownership_controls.this,
    aws_s3_bucket_policy.this,
    aws_s3_bucket_server_side_encryption_configuration.this,
    aws_s3_bucket_versioning.this,
  ]
}

output "kms_key_arn" {
  description = "ARN of the key that encrypts the objects. Who reads or writes them needs rights on it as well."
  value       = local.key_arn
}
