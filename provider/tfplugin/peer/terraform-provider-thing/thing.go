package main

import (
	"context"
	"fmt"

	"github.com/hashicorp/go-uuid"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// thing is what all resources have alike: they are kept by their id.
type thing struct {
	store *store
}

func (t *thing) Configure(_ context.Context, req resource.ConfigureRequest, resp *resource.ConfigureResponse) {
	t.store = configured(req.ProviderData, &resp.Diagnostics)
}

// configured is the store that the provider was configured with; nil before that.
func configured(data any, diagnostics *diag.Diagnostics) *store {
	if data == nil {
		return nil
	}
	things, ok := data.(*store)
	if !ok {
		diagnostics.AddError("The provider hands on something else than a store", fmt.Sprintf("It is a %T.", data))
	}
	return things
}

// isReady tells whether there is a store.
func isReady(things *store, diagnostics *diag.Diagnostics) bool {
	if things == nil {
		diagnostics.AddError(
			"The provider's configuration is not known yet",
			"A value in the `provider` block comes from a resource that is not created yet, and this operation needs it. "+
				"Create that resource first (in an earlier layer), or give the value directly.",
		)
	}
	return things != nil
}

func (t *thing) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	if !isReady(t.store, &resp.Diagnostics) {
		return
	}
	id := idOf(ctx, req.State, &resp.Diagnostics)
	found, there, err := t.store.get(id, typeOf(ctx, req.State))
	switch {
	case err != nil:
		resp.Diagnostics.AddError("The thing cannot be read", err.Error())
	case there:
		resp.State.Raw = found
	case !t.store.forgets:
		resp.State.RemoveResource(ctx)
	}
}

func (t *thing) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	if !isReady(t.store, &resp.Diagnostics) {
		return
	}
	if err := t.store.remove(idOf(ctx, req.State, &resp.Diagnostics)); err != nil {
		resp.Diagnostics.AddError("The thing cannot be removed", err.Error())
	}
}

func (t *thing) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	if _, there := t.imported(ctx, req, resp); there {
		resource.ImportStatePassthroughID(ctx, path.Root("id"), req, resp)
	}
}

// imported is the thing with the id that is imported, and whether there is one.
func (t *thing) imported(
	ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse,
) (tftypes.Value, bool) {
	if !isReady(t.store, &resp.Diagnostics) {
		return tftypes.Value{}, false
	}
	found, there, err := t.store.get(req.ID, typeOf(ctx, resp.State))
	if err != nil {
		resp.Diagnostics.AddError("The thing cannot be read", err.Error())
	} else if !there {
		resp.Diagnostics.Append(missing(req.ID))
	}
	return found, err == nil && there
}

// keep stores what a state holds.
func (t *thing) keep(ctx context.Context, id string, state tfsdk.State, diagnostics *diag.Diagnostics) {
	if diagnostics.HasError() {
		return
	}
	if err := t.store.put(id, state.Raw, typeOf(ctx, state)); err != nil {
		diagnostics.AddError("The thing cannot be kept", err.Error())
	}
}

// missing is what a resource answers for an id that is not there.
func missing(id string) diag.Diagnostic {
	return diag.NewErrorDiagnostic(
		fmt.Sprintf("There is no thing with the id `%s`", id),
		"Give the id of a thing that exists; `terraform state list` shows the ones of this configuration.",
	)
}

func idOf(ctx context.Context, state tfsdk.State, diagnostics *diag.Diagnostics) string {
	var id types.String
	diagnostics.Append(state.GetAttribute(ctx, path.Root("id"), &id)...)
	return id.ValueString()
}

func typeOf(ctx context.Context, state tfsdk.State) tftypes.Type {
	return state.Schema.Type().TerraformType(ctx)
}

// newID is an id that no other thing has.
func newID(diagnostics *diag.Diagnostics) string {
	id, err := uuid.GenerateUUID()
	if err != nil {
		diagnostics.AddError("No id can be made", err.Error())
	}
	return id
}
