package main

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

var _ datasource.DataSourceWithConfigure = (*itemDataSource)(nil)

// itemDataSource looks an item up by its id.
type itemDataSource struct {
	store *store
}

func (d *itemDataSource) Metadata(_ context.Context, _ datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = "thing_item"
}

func (d *itemDataSource) Configure(_ context.Context, req datasource.ConfigureRequest, resp *datasource.ConfigureResponse) {
	d.store = configured(req.ProviderData, &resp.Diagnostics)
}

func (d *itemDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var id types.String
	resp.Diagnostics.Append(req.Config.GetAttribute(ctx, path.Root("id"), &id)...)
	if resp.Diagnostics.HasError() || !isReady(d.store, &resp.Diagnostics) {
		return
	}
	found, there, err := d.store.get(id.ValueString(), resp.State.Schema.Type().TerraformType(ctx))
	switch {
	case err != nil:
		resp.Diagnostics.AddError("The thing cannot be read", err.Error())
	case !there:
		resp.Diagnostics.Append(diag.WithPath(path.Root("id"), missing(id.ValueString())))
	default:
		resp.State.Raw = found
	}
}

func (d *itemDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	text := func(description string) schema.Attribute {
		return schema.StringAttribute{Computed: true, MarkdownDescription: description}
	}
	count := func(description string) schema.Attribute {
		return schema.Int64Attribute{Computed: true, MarkdownDescription: description}
	}
	resp.Schema = schema.Schema{
		MarkdownDescription: "A thing with many properties.",
		Attributes: map[string]schema.Attribute{
			"id":          schema.StringAttribute{Required: true, MarkdownDescription: "Id of the thing."},
			"name":        text("Its name."),
			"description": text("What it is for."),
			"kind":        text("Its kind; `plain` if left out."),
			"size":        count("Its size."),
			"ratio": schema.NumberAttribute{
				Computed: true, MarkdownDescription: "An exact number of any precision.",
			},
			"enabled": schema.BoolAttribute{Computed: true, MarkdownDescription: "Whether it is switched on."},
			"contact": text("Whom to ask. Upper and lower case are the same."),
			"labels": schema.MapAttribute{
				ElementType: types.StringType, Computed: true, MarkdownDescription: "Free text by name.",
			},
			"tags": schema.SetAttribute{
				ElementType: types.StringType, Computed: true, MarkdownDescription: "Words to find it by.",
			},
			"aliases": schema.ListAttribute{
				ElementType: types.StringType, Computed: true, MarkdownDescription: "Other names, the best first.",
			},
			"settings": schema.DynamicAttribute{Computed: true, MarkdownDescription: "Anything."},
			"revision": count("Counts the changes."),
			"limits": schema.SingleNestedAttribute{
				Computed:            true,
				MarkdownDescription: "What it may use.",
				Attributes: map[string]schema.Attribute{
					"cpu":    schema.Float64Attribute{Computed: true, MarkdownDescription: "Processors."},
					"memory": count("Memory, in MiB."),
				},
			},
			"ports": schema.ListNestedAttribute{
				Computed:            true,
				MarkdownDescription: "Where it listens.",
				NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
					"number":   count("The port."),
					"protocol": text("Its protocol."),
					"url":      text("Where to reach it."),
				}},
			},
			"rules": schema.SetNestedAttribute{
				Computed:            true,
				MarkdownDescription: "What may reach it.",
				NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
					"from": text("Where traffic comes from."),
					"to":   text("Where it goes; anywhere if left out."),
				}},
			},
			"members": schema.MapNestedAttribute{
				Computed:            true,
				MarkdownDescription: "Who may use it, by name.",
				NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
					"role": text("What the member may do."),
				}},
			},
			"password_wo_version": count("Raise it to have a changed `password_wo` sent: Terraform does not keep that value."),
			"password_length":     count("How long the password is."),
		},
	}
}
