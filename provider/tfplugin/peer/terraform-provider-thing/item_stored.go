package main

import (
	"context"
	"encoding/json"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
)

// UpgradeState knows version 0, which had one port, as the number `port`.
func (r *itemResource) UpgradeState(context.Context) map[int64]resource.StateUpgrader {
	return map[int64]resource.StateUpgrader{
		0: {StateUpgrader: upgradeFromOnePort},
	}
}

func upgradeFromOnePort(ctx context.Context, req resource.UpgradeStateRequest, resp *resource.UpgradeStateResponse) {
	readStored(ctx, req.RawState, &resp.State, &resp.Diagnostics)
	var old struct {
		Port *int64 `json:"port"`
	}
	if err := json.Unmarshal(req.RawState.JSON, &old); err != nil {
		resp.Diagnostics.Append(unreadable(err))
	}
	if resp.Diagnostics.HasError() || old.Port == nil {
		return
	}
	port := portModel{Number: types.Int64Value(*old.Port), Protocol: types.StringValue("tcp"), URL: types.StringNull()}
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("ports"), []portModel{port})...)
}

// MoveState takes over what was called `thing_element`.
func (r *itemResource) MoveState(context.Context) []resource.StateMover {
	return []resource.StateMover{{StateMover: moveFromElement}}
}

func moveFromElement(ctx context.Context, req resource.MoveStateRequest, resp *resource.MoveStateResponse) {
	if req.SourceProviderAddress == address && req.SourceTypeName == "thing_element" {
		readStored(ctx, req.SourceRawState, &resp.TargetState, &resp.Diagnostics)
	}
}

// readStored reads what Terraform has stored. What the schema does not know is left out.
func readStored(ctx context.Context, stored *tfprotov6.RawState, state *tfsdk.State, diagnostics *diag.Diagnostics) {
	value, err := fromJSON(stored.JSON, typeOf(ctx, *state))
	if err != nil {
		diagnostics.Append(unreadable(err))
		return
	}
	state.Raw = value
}

func unreadable(err error) diag.Diagnostic {
	return diag.NewErrorDiagnostic("The stored state cannot be read", err.Error())
}
