package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

var (
	_ basetypes.StringTypable                    = contactType{}
	_ basetypes.StringValuableWithSemanticEquals = contactValue{}
)

// contactType is the type of an address for which upper and lower case are the same.
type contactType struct {
	basetypes.StringType
}

func (t contactType) Equal(other attr.Type) bool {
	same, ok := other.(contactType)
	return ok && t.StringType.Equal(same.StringType)
}

func (t contactType) String() string {
	return "contactType"
}

func (t contactType) ValueFromString(_ context.Context, in basetypes.StringValue) (basetypes.StringValuable, diag.Diagnostics) {
	return contactValue{StringValue: in}, nil
}

func (t contactType) ValueFromTerraform(ctx context.Context, in tftypes.Value) (attr.Value, error) {
	value, err := t.StringType.ValueFromTerraform(ctx, in)
	if err != nil {
		return nil, err
	}
	text, ok := value.(basetypes.StringValue)
	if !ok {
		return nil, fmt.Errorf("a string is a %T", value)
	}
	return contactValue{StringValue: text}, nil
}

func (t contactType) ValueType(context.Context) attr.Value {
	return contactValue{}
}

// contactValue is an address.
type contactValue struct {
	basetypes.StringValue
}

func (v contactValue) Type(context.Context) attr.Type {
	return contactType{}
}

func (v contactValue) Equal(other attr.Value) bool {
	same, ok := other.(contactValue)
	return ok && v.StringValue.Equal(same.StringValue)
}

// StringSemanticEquals has a result of the service that is only spelled otherwise taken as what was there before.
func (v contactValue) StringSemanticEquals(_ context.Context, other basetypes.StringValuable) (bool, diag.Diagnostics) {
	same, ok := other.(contactValue)
	return ok && strings.EqualFold(v.ValueString(), same.ValueString()), nil
}

// keeps tells whether this one, as configured, is the known other one in another spelling.
func (v contactValue) keeps(other contactValue) bool {
	known := func(value contactValue) bool { return !value.IsNull() && !value.IsUnknown() }
	return known(v) && known(other) && !v.Equal(other) && strings.EqualFold(v.ValueString(), other.ValueString())
}
