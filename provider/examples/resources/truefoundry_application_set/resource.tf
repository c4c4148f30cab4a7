resource "truefoundry_application_set" "shop" {
  name          = "shop"
  workspace_fqn = "prod:search"
  components = [
    {
      service = {
        name          = "shop-api"
        workspace_fqn = "prod:search"
        image         = { image = { image_uri = "registry.acme.com/shop/api:1.4.0" } }
        ports         = [{ port = 8080, protocol = "TCP", expose = false }]
        replicas      = { fixed = 1 }
      }
    },
    {
      job = {
        name          = "shop-import"
        workspace_fqn = "prod:search"
        image         = { image = { image_uri = "registry.acme.com/shop/import:1.4.0" } }
        trigger       = { manual = {} }
      }
    },
  ]
}
