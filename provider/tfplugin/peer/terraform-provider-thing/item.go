package main

import (
	"context"
	"fmt"
	"unicode/utf8"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

var (
	_ resource.ResourceWithImportState  = (*itemResource)(nil)
	_ resource.ResourceWithModifyPlan   = (*itemResource)(nil)
	_ resource.ResourceWithMoveState    = (*itemResource)(nil)
	_ resource.ResourceWithUpgradeState = (*itemResource)(nil)
)

// itemResource has every kind of attribute. It is `thing_item`, and was called `thing_element` once: that name still works, and a `moved`
// block leads from it.
type itemResource struct {
	thing
	typeName string
}

type itemModel struct {
	ID                types.String  `tfsdk:"id"`
	Name              types.String  `tfsdk:"name"`
	Description       types.String  `tfsdk:"description"`
	Kind              types.String  `tfsdk:"kind"`
	Size              types.Int64   `tfsdk:"size"`
	Ratio             types.Number  `tfsdk:"ratio"`
	Enabled           types.Bool    `tfsdk:"enabled"`
	Contact           contactValue  `tfsdk:"contact"`
	Revision          types.Int64   `tfsdk:"revision"`
	Labels            types.Map     `tfsdk:"labels"`
	Tags              types.Set     `tfsdk:"tags"`
	Aliases           types.List    `tfsdk:"aliases"`
	Settings          types.Dynamic `tfsdk:"settings"`
	Limits            types.Object  `tfsdk:"limits"`
	Ports             types.List    `tfsdk:"ports"`
	Rules             types.Set     `tfsdk:"rules"`
	Members           types.Map     `tfsdk:"members"`
	Password          types.String  `tfsdk:"password_wo"`
	PasswordWOVersion types.Int64   `tfsdk:"password_wo_version"`
	PasswordLength    types.Int64   `tfsdk:"password_length"`
}

type portModel struct {
	Number   types.Int64  `tfsdk:"number"`
	Protocol types.String `tfsdk:"protocol"`
	URL      types.String `tfsdk:"url"`
}

func (r *itemResource) Metadata(_ context.Context, _ resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = r.typeName
}

func (r *itemResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var item itemModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &item)...)
	if resp.Diagnostics.HasError() || !isReady(r.store, &resp.Diagnostics) {
		return
	}
	item.ID = types.StringValue(newID(&resp.Diagnostics))
	item.Revision = types.Int64Value(1)
	item.PasswordLength = passwordLength(ctx, req.Config, &resp.Diagnostics)
	item.decide(ctx, &resp.Diagnostics)
	resp.Diagnostics.Append(resp.State.Set(ctx, item)...)
	r.keep(ctx, item.ID.ValueString(), resp.State, &resp.Diagnostics)
}

func (r *itemResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var item, prior itemModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &item)...)
	resp.Diagnostics.Append(req.State.Get(ctx, &prior)...)
	if resp.Diagnostics.HasError() || !isReady(r.store, &resp.Diagnostics) {
		return
	}
	item.Revision = types.Int64Value(prior.Revision.ValueInt64() + 1)
	item.PasswordLength = prior.PasswordLength
	if !item.PasswordWOVersion.Equal(prior.PasswordWOVersion) {
		item.PasswordLength = passwordLength(ctx, req.Config, &resp.Diagnostics)
	}
	item.decide(ctx, &resp.Diagnostics)
	resp.Diagnostics.Append(resp.State.Set(ctx, item)...)
	r.keep(ctx, item.ID.ValueString(), resp.State, &resp.Diagnostics)
}

// decide fills in what the provider decides.
func (m *itemModel) decide(ctx context.Context, diagnostics *diag.Diagnostics) {
	if m.Kind.IsUnknown() {
		m.Kind = types.StringValue("plain")
	}
	if m.Ports.IsNull() {
		return
	}
	var ports []portModel
	diagnostics.Append(m.Ports.ElementsAs(ctx, &ports, false)...)
	for position := range ports {
		port := &ports[position]
		port.URL = types.StringValue(fmt.Sprintf(
			"%s://%s.example.com:%d", port.Protocol.ValueString(), m.Name.ValueString(), port.Number.ValueInt64(),
		))
	}
	decided, problems := types.ListValueFrom(ctx, m.Ports.ElementType(ctx), ports)
	diagnostics.Append(problems...)
	m.Ports = decided
}

// passwordLength is that of the password in a configuration, which alone has it.
func passwordLength(ctx context.Context, config tfsdk.Config, diagnostics *diag.Diagnostics) types.Int64 {
	var password types.String
	diagnostics.Append(config.GetAttribute(ctx, path.Root("password_wo"), &password)...)
	if password.IsNull() {
		return types.Int64Null()
	}
	return types.Int64Value(int64(utf8.RuneCountInString(password.ValueString())))
}
