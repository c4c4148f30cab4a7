resource "truefoundry_user" "lin" {
  email      = "lin@acme.com"
  role       = "member"
  invite_url = "https://acme.truefoundry.cloud"
}
