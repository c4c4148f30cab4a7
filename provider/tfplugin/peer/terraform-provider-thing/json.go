package main

import (
	"encoding/json"
	"fmt"
	"math/big"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// fromJSON reads a value as states and the store have it. What the type does not know is left out.
func fromJSON(text []byte, typ tftypes.Type) (tftypes.Value, error) {
	options := tfprotov6.UnmarshalOpts{ValueFromJSONOpts: tftypes.ValueFromJSONOpts{IgnoreUndefinedAttributes: true}}
	return tfprotov6.RawState{JSON: text}.UnmarshalWithOpts(typ, options)
}

// toJSON writes a value as states have it.
func toJSON(value tftypes.Value, typ tftypes.Type) ([]byte, error) {
	plain, err := plainOf(value, typ)
	if err != nil {
		return nil, err
	}
	return json.Marshal(plain)
}

// plainOf makes of a value what encoding/json knows. The type says where a value has its own type beside it.
func plainOf(value tftypes.Value, typ tftypes.Type) (any, error) {
	if !value.IsKnown() {
		return nil, fmt.Errorf("a value is not known")
	}
	if value.IsNull() {
		return nil, nil
	}
	switch typ := typ.(type) {
	case tftypes.Object:
		return plainMap(value, func(name string) tftypes.Type { return typ.AttributeTypes[name] })
	case tftypes.Map:
		return plainMap(value, func(string) tftypes.Type { return typ.ElementType })
	case tftypes.List:
		return plainList(value, func(int) tftypes.Type { return typ.ElementType })
	case tftypes.Set:
		return plainList(value, func(int) tftypes.Type { return typ.ElementType })
	case tftypes.Tuple:
		return plainList(value, func(position int) tftypes.Type { return typ.ElementTypes[position] })
	}
	if typ.Equal(tftypes.DynamicPseudoType) {
		inner, err := plainOf(value, value.Type())
		return map[string]any{"type": value.Type(), "value": inner}, err
	}
	return plainScalar(value)
}

func plainMap(value tftypes.Value, typeOf func(string) tftypes.Type) (any, error) {
	var inner map[string]tftypes.Value
	if err := value.As(&inner); err != nil {
		return nil, err
	}
	plain := make(map[string]any, len(inner))
	for name, each := range inner {
		one, err := plainOf(each, typeOf(name))
		if err != nil {
			return nil, err
		}
		plain[name] = one
	}
	return plain, nil
}

func plainList(value tftypes.Value, typeOf func(int) tftypes.Type) (any, error) {
	var inner []tftypes.Value
	if err := value.As(&inner); err != nil {
		return nil, err
	}
	plain := make([]any, len(inner))
	for position, each := range inner {
		one, err := plainOf(each, typeOf(position))
		if err != nil {
			return nil, err
		}
		plain[position] = one
	}
	return plain, nil
}

func plainScalar(value tftypes.Value) (any, error) {
	switch {
	case value.Type().Is(tftypes.String):
		var text string
		err := value.As(&text)
		return text, err
	case value.Type().Is(tftypes.Bool):
		var truth bool
		err := value.As(&truth)
		return truth, err
	default:
		number := new(big.Float)
		err := value.As(&number)
		// All digits that it has.
		return json.Number(number.Text('f', -1)), err
	}
}
