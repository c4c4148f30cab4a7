output "id" {
  description = "ID of the file system, for the EFS CSI driver's StorageClass."
  value       = aws_efs_file_system.this.id

  # Not before it can be mounted.
  depends_on = [aws_efs_file_system_policy.this, aws_efs_mount_target.this, aws_vpc_security_group_ingress_rule.client]
}

output "arn" {
  description = "ARN of the file system."
  value       = aws_efs_file_system.this.arn

  depends_on = [
    aws_efs_file_system_policy.this,
    aws_efs_mount_target.this,
    aws_vpc_security_group_ingress_rule.client,
  ]
}

output "dns_name" {
  description = "Host name of the file system within the VPC."
  value       = aws_efs_file_system.this.dns_name

  depends_on = [
    aws_efs_file_system_policy.this,
    aws_efs_mount_target.this,
    aws_vpc_security_group_ingress_rule.client,
  ]
}

output "security_group_id" {
  description = "Security group of the mount targets."
  value       = aws_security_group.this.id
}

output "access_point_ids" {
  description = "Name => ID of the access point."
  value       = { for name, point in aws_efs_access_point.this : name => point.id if contains(keys(var.access_points), name) }

  depends_on = [
    aws_efs_file_system_policy.this,
    aws_efs_mount_target.this,
    aws_vpc_security_group_ingress_rule.client,
  ]
}

output "kms_key_arn" {
  description = "ARN of the key that encrypts the files."
  value       = local.key_arn
}
