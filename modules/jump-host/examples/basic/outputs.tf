output "instance_id" {
  description = "The instance, for `aws ssm start-session`."
  value       = module.jump_host.instance_id
}
