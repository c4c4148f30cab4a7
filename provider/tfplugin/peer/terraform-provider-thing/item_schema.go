package main

import (
	"context"
	"regexp"

	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/listvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/mapvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/booldefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/int64default"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringdefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

var contactPattern = regexp.MustCompile(`^[^@ ]+@[^@ ]+$`)

func (r *itemResource) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = schema.Schema{
		Version:             1,
		MarkdownDescription: "A thing with many properties.",
		Attributes:          map[string]schema.Attribute{},
	}
	for _, some := range []map[string]schema.Attribute{
		singleAttributes(), collectionAttributes(), nestedAttributes(), secretAttributes(),
	} {
		for name, attribute := range some {
			resp.Schema.Attributes[name] = attribute
		}
	}
}

func singleAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"id": schema.StringAttribute{
			Computed:            true,
			PlanModifiers:       []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
			MarkdownDescription: "Id of the thing.",
		},
		"name": schema.StringAttribute{
			Required:            true,
			Validators:          []validator.String{stringvalidator.UTF8LengthBetween(1, 40)},
			PlanModifiers:       []planmodifier.String{stringplanmodifier.RequiresReplace()},
			MarkdownDescription: "Its name.",
		},
		"description": schema.StringAttribute{
			Optional:            true,
			MarkdownDescription: "What it is for.",
		},
		"kind": schema.StringAttribute{
			Optional:            true,
			Computed:            true,
			PlanModifiers:       []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
			MarkdownDescription: "Its kind; `plain` if left out.",
		},
		"size": schema.Int64Attribute{
			Optional:            true,
			Computed:            true,
			Default:             int64default.StaticInt64(1),
			Validators:          []validator.Int64{int64validator.Between(1, 1_000)},
			MarkdownDescription: "Its size.",
		},
		"ratio": schema.NumberAttribute{
			Optional:            true,
			MarkdownDescription: "An exact number of any precision.",
		},
		"enabled": schema.BoolAttribute{
			Optional:            true,
			Computed:            true,
			Default:             booldefault.StaticBool(true),
			MarkdownDescription: "Whether it is switched on.",
		},
		"contact": schema.StringAttribute{
			CustomType: contactType{},
			Optional:   true,
			Validators: []validator.String{
				stringvalidator.RegexMatches(contactPattern, "must be an address such as `someone@example.com`"),
			},
			MarkdownDescription: "Whom to ask. Upper and lower case are the same.",
		},
		"revision": schema.Int64Attribute{
			Computed:            true,
			MarkdownDescription: "Counts the changes.",
		},
	}
}

func collectionAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"labels": schema.MapAttribute{
			ElementType:         types.StringType,
			Optional:            true,
			Validators:          []validator.Map{mapvalidator.NoNullValues(), mapvalidator.KeysAre(stringvalidator.UTF8LengthBetween(1, 40))},
			MarkdownDescription: "Free text by name.",
		},
		"tags": schema.SetAttribute{
			ElementType:         types.StringType,
			Optional:            true,
			Validators:          []validator.Set{setvalidator.NoNullValues(), setvalidator.SizeAtMost(50)},
			MarkdownDescription: "Words to find it by.",
		},
		"aliases": schema.ListAttribute{
			ElementType:         types.StringType,
			Optional:            true,
			Validators:          []validator.List{listvalidator.NoNullValues()},
			MarkdownDescription: "Other names, the best first.",
		},
		"settings": schema.DynamicAttribute{
			Optional:            true,
			MarkdownDescription: "Anything.",
		},
	}
}

func nestedAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"limits": schema.SingleNestedAttribute{
			Optional:            true,
			MarkdownDescription: "What it may use.",
			Attributes: map[string]schema.Attribute{
				"cpu": schema.Float64Attribute{Required: true, MarkdownDescription: "Processors."},
				"memory": schema.Int64Attribute{
					Optional:            true,
					Computed:            true,
					Default:             int64default.StaticInt64(512),
					MarkdownDescription: "Memory, in MiB.",
				},
			},
		},
		"ports": schema.ListNestedAttribute{
			Optional:            true,
			Validators:          []validator.List{listvalidator.NoNullValues()},
			MarkdownDescription: "Where it listens.",
			NestedObject:        schema.NestedAttributeObject{Attributes: portAttributes()},
		},
		"rules": schema.SetNestedAttribute{
			Optional:            true,
			Validators:          []validator.Set{setvalidator.NoNullValues()},
			MarkdownDescription: "What may reach it.",
			NestedObject: schema.NestedAttributeObject{
				Attributes: map[string]schema.Attribute{
					"from": schema.StringAttribute{Required: true, MarkdownDescription: "Where traffic comes from."},
					"to":   schema.StringAttribute{Optional: true, MarkdownDescription: "Where it goes; anywhere if left out."},
				},
			},
		},
		"members": schema.MapNestedAttribute{
			Optional:            true,
			Validators:          []validator.Map{mapvalidator.NoNullValues()},
			MarkdownDescription: "Who may use it, by name.",
			NestedObject: schema.NestedAttributeObject{
				Attributes: map[string]schema.Attribute{
					"role": schema.StringAttribute{Required: true, MarkdownDescription: "What the member may do."},
				},
			},
		},
	}
}

func portAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"number": schema.Int64Attribute{
			Required:            true,
			Validators:          []validator.Int64{int64validator.Between(1, 65_535)},
			MarkdownDescription: "The port.",
		},
		"protocol": schema.StringAttribute{
			Optional:            true,
			Computed:            true,
			Default:             stringdefault.StaticString("tcp"),
			Validators:          []validator.String{stringvalidator.OneOf("tcp", "udp")},
			MarkdownDescription: "Its protocol.",
		},
		"url": schema.StringAttribute{
			Computed:            true,
			MarkdownDescription: "Where to reach it.",
		},
	}
}

func secretAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"password_wo": schema.StringAttribute{
			Optional:            true,
			Sensitive:           true,
			WriteOnly:           true,
			MarkdownDescription: "Its password. Never kept.",
		},
		"password_wo_version": schema.Int64Attribute{
			Optional:            true,
			Validators:          []validator.Int64{int64validator.AlsoRequires(path.MatchRoot("password_wo"))},
			MarkdownDescription: "Raise it to have a changed `password_wo` sent: Terraform does not keep that value.",
		},
		"password_length": schema.Int64Attribute{
			Computed:            true,
			MarkdownDescription: "How long the password is.",
		},
	}
}
