package main

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/identityschema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

var (
	_ resource.ResourceWithImportState = (*labelResource)(nil)
	_ resource.ResourceWithIdentity    = (*labelResource)(nil)
)

// labelResource is `thing_label`, with an identity of which one part is optional. An import by id does not know it; the read that
// follows fills it in.
type labelResource struct {
	thing
}

type labelModel struct {
	ID    types.String `tfsdk:"id"`
	Text  types.String `tfsdk:"text"`
	Shelf types.String `tfsdk:"shelf"`
}

type labelIdentity struct {
	Text  types.String `tfsdk:"text"`
	Shelf types.String `tfsdk:"shelf"`
}

func (m labelModel) identity() labelIdentity {
	return labelIdentity{Text: m.Text, Shelf: m.Shelf}
}

func (r *labelResource) Metadata(_ context.Context, _ resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = "thing_label"
}

func (r *labelResource) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "A label.",
		Attributes: map[string]schema.Attribute{
			"id": schema.StringAttribute{
				Computed:            true,
				PlanModifiers:       []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
				MarkdownDescription: "Id of the label.",
			},
			"text": schema.StringAttribute{
				Required:            true,
				PlanModifiers:       []planmodifier.String{stringplanmodifier.RequiresReplace()},
				MarkdownDescription: "What it says. Another text is another label.",
			},
			"shelf": schema.StringAttribute{
				Computed:            true,
				PlanModifiers:       []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
				MarkdownDescription: "Where it sticks.",
			},
		},
	}
}

func (r *labelResource) IdentitySchema(
	_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse,
) {
	resp.IdentitySchema = identityschema.Schema{
		Attributes: map[string]identityschema.Attribute{
			"text":  identityschema.StringAttribute{RequiredForImport: true, Description: "What it says."},
			"shelf": identityschema.StringAttribute{OptionalForImport: true, Description: "Where it sticks."},
		},
	}
}

func (r *labelResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var label labelModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &label)...)
	if resp.Diagnostics.HasError() || !isReady(r.store, &resp.Diagnostics) {
		return
	}
	label.ID = types.StringValue(newID(&resp.Diagnostics))
	label.Shelf = types.StringValue("top")
	resp.Diagnostics.Append(resp.State.Set(ctx, label)...)
	resp.Diagnostics.Append(resp.Identity.Set(ctx, label.identity())...)
	r.keep(ctx, label.ID.ValueString(), resp.State, &resp.Diagnostics)
}

func (r *labelResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	r.thing.Read(ctx, req, resp)
	if resp.Diagnostics.HasError() || resp.State.Raw.IsNull() {
		return
	}
	var label labelModel
	resp.Diagnostics.Append(resp.State.Get(ctx, &label)...)
	resp.Diagnostics.Append(resp.Identity.Set(ctx, label.identity())...)
}

// Update never has anything to do: every change replaces a label.
func (r *labelResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var label labelModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &label)...)
	resp.Diagnostics.Append(resp.State.Set(ctx, label)...)
	resp.Diagnostics.Append(resp.Identity.Set(ctx, label.identity())...)
}

func (r *labelResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	found, there := r.imported(ctx, req, resp)
	if !there {
		return
	}
	state := resp.State
	state.Raw = found
	var label labelModel
	resp.Diagnostics.Append(state.Get(ctx, &label)...)
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("id"), label.ID)...)
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("text"), label.Text)...)
}
