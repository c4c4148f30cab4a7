package main

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// ModifyPlan refuses a version that goes back, and keeps the spelling of a contact.
func (r *itemResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if req.State.Raw.IsNull() || req.Plan.Raw.IsNull() {
		return
	}
	var before, after types.Int64
	version := path.Root("password_wo_version")
	resp.Diagnostics.Append(req.State.GetAttribute(ctx, version, &before)...)
	resp.Diagnostics.Append(req.Plan.GetAttribute(ctx, version, &after)...)
	known := !before.IsNull() && !after.IsNull() && !after.IsUnknown()
	if known && after.ValueInt64() < before.ValueInt64() {
		resp.Diagnostics.AddError(
			fmt.Sprintf("`password_wo_version` goes from %d back to %d", before.ValueInt64(), after.ValueInt64()),
			"Raise it with each new password.",
		)
		return
	}
	keepSpelling(ctx, req, resp)
}

// keepSpelling plans the contact as it is where only its spelling differs, and nothing at all where nothing else does. The framework
// compares meanings when a resource was read or written, and not while planning.
func keepSpelling(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	var before, after contactValue
	contact := path.Root("contact")
	resp.Diagnostics.Append(req.State.GetAttribute(ctx, contact, &before)...)
	resp.Diagnostics.Append(req.Plan.GetAttribute(ctx, contact, &after)...)
	if !after.keeps(before) {
		return
	}
	resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx, contact, before)...)
	differences, err := resp.Plan.Raw.Diff(req.State.Raw)
	if err != nil {
		resp.Diagnostics.AddError("The plan cannot be compared with the state", err.Error())
		return
	}
	for _, difference := range differences {
		// What is not known follows from a change, and there may be none.
		if difference.Value1 == nil || difference.Value2 == nil || difference.Value1.IsKnown() {
			return
		}
	}
	resp.Plan.Raw = req.State.Raw
}
