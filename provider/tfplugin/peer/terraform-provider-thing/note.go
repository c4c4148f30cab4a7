package main

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

var _ resource.ResourceWithImportState = (*noteResource)(nil)

// noteResource is `thing_note`, the smallest resource that has everything a resource needs.
type noteResource struct {
	thing
}

type noteModel struct {
	ID    types.String `tfsdk:"id"`
	Text  types.String `tfsdk:"text"`
	Title types.String `tfsdk:"title"`
}

func (r *noteResource) Metadata(_ context.Context, _ resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = "thing_note"
}

func (r *noteResource) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "A note.",
		Attributes: map[string]schema.Attribute{
			"id": schema.StringAttribute{
				Computed:            true,
				PlanModifiers:       []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
				MarkdownDescription: "Id of the note.",
			},
			"text": schema.StringAttribute{
				Required:            true,
				MarkdownDescription: "What it says.",
			},
			"title": schema.StringAttribute{
				Optional:            true,
				PlanModifiers:       []planmodifier.String{stringplanmodifier.RequiresReplace()},
				MarkdownDescription: "Its title. A note with another title is another note.",
			},
		},
	}
}

func (r *noteResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var note noteModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &note)...)
	if resp.Diagnostics.HasError() || !isReady(r.store, &resp.Diagnostics) {
		return
	}
	note.ID = types.StringValue(newID(&resp.Diagnostics))
	resp.Diagnostics.Append(resp.State.Set(ctx, note)...)
	r.keep(ctx, note.ID.ValueString(), resp.State, &resp.Diagnostics)
}

func (r *noteResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var note noteModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &note)...)
	if resp.Diagnostics.HasError() || !isReady(r.store, &resp.Diagnostics) {
		return
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, note)...)
	r.keep(ctx, note.ID.ValueString(), resp.State, &resp.Diagnostics)
}
