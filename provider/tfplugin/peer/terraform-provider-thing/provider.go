package main

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

var _ provider.ProviderWithFunctions = (*thingsProvider)(nil)

// thingsProvider offers things that exist only in its own memory, or in a JSON file.
type thingsProvider struct{}

func (p *thingsProvider) Metadata(_ context.Context, _ provider.MetadataRequest, resp *provider.MetadataResponse) {
	resp.TypeName = "thing"
}

func (p *thingsProvider) Schema(_ context.Context, _ provider.SchemaRequest, resp *provider.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Things, to try Terraform with.",
		Attributes: map[string]schema.Attribute{
			"path": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "JSON file that things are kept in. Without it they are forgotten when the provider ends, " +
					"and Terraform's state is taken as the truth.",
			},
		},
	}
}

func (p *thingsProvider) Configure(ctx context.Context, req provider.ConfigureRequest, resp *provider.ConfigureResponse) {
	var config struct {
		Path types.String `tfsdk:"path"`
	}
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if resp.Diagnostics.HasError() {
		return
	}
	if config.Path.IsUnknown() {
		if req.ClientCapabilities.DeferralAllowed {
			resp.Deferred = &provider.Deferred{Reason: provider.DeferredReasonProviderConfigUnknown}
		}
		return
	}
	things := forgetfulStore()
	if !config.Path.IsNull() {
		opened, err := openStore(config.Path.ValueString())
		if err != nil {
			resp.Diagnostics.AddError("The store cannot be read", err.Error())
			return
		}
		things = opened
	}
	resp.ResourceData = things
	resp.DataSourceData = things
}

func (p *thingsProvider) Resources(context.Context) []func() resource.Resource {
	return []func() resource.Resource{
		func() resource.Resource { return &itemResource{typeName: "thing_item"} },
		func() resource.Resource { return &itemResource{typeName: "thing_element"} },
		func() resource.Resource { return &labelResource{} },
		func() resource.Resource { return &noteResource{} },
	}
}

func (p *thingsProvider) DataSources(context.Context) []func() datasource.DataSource {
	return []func() datasource.DataSource{
		func() datasource.DataSource { return &itemDataSource{} },
	}
}

func (p *thingsProvider) Functions(context.Context) []func() function.Function {
	return []func() function.Function{
		func() function.Function { return slugFunction{} },
	}
}
