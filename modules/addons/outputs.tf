output "releases" {
  description = "Release => its namespace, and the version of its chart."
  value       = local.releases
}

output "image_hosts" {
  description = "Hosts that images of these charts are pulled from by default. With `mirror.registries` for each of them, none is."
  value       = local.image_hosts
}

output "values" {
  description = "Chart => the values that its release has, as YAML documents of which later ones win."
  value       = { for name, values in local.values : name => values if local.enabled[local.charts[name].addon] }
}
