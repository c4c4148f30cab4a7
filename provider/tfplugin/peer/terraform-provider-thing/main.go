// The example provider of tfplugin, examples/thing, written once more with HashiCorp's framework for Go: the same schema and the same
// behaviour, so that `cargo xtask bench --peer` compares the two frameworks and nothing else. A test has it live the same life.
package main

import (
	"context"
	"flag"
	"log"

	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
)

// address is the source address that configurations name.
const address = "registry.terraform.io/example/thing"

func main() {
	debug := flag.Bool("debug", false, "wait for Terraform to attach")
	flag.Parse()
	things := func() provider.Provider { return &thingsProvider{} }
	options := providerserver.ServeOpts{Address: address, Debug: *debug}
	if err := providerserver.Serve(context.Background(), things, options); err != nil {
		log.Fatal(err)
	}
}
