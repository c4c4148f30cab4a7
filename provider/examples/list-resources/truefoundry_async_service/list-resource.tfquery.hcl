list "truefoundry_async_service" "all" {
  provider = truefoundry
}
