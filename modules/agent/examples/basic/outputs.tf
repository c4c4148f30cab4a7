output "connected" {
  description = "Whether the agent has come."
  value       = data.truefoundry_cluster.connected.connected
}
