output "release" {
  description = "Name, namespace and version of the agent's release."
  value       = { name = helm_release.agent.name, namespace = helm_release.agent.namespace, version = local.version }
}

output "egress_hosts" {
  description = "Hosts that the agent connects to, on port 443: for firewalls on the way out."
  value       = local.egress_hosts
}
