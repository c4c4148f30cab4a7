list "truefoundry_rstudio" "all" {
  provider = truefoundry
}
