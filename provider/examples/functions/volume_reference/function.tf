output "volume_reference" {
  value = provider::truefoundry::volume_reference("prod", "search", "models") # "tfy-volume://prod:search:models"
}
