list "truefoundry_ssh_server" "all" {
  provider = truefoundry
}
