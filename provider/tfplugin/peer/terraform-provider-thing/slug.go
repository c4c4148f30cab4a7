package main

import (
	"context"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/function"
)

// slugFunction is `provider::thing::slug(text)`.
type slugFunction struct{}

func (f slugFunction) Metadata(_ context.Context, _ function.MetadataRequest, resp *function.MetadataResponse) {
	resp.Name = "slug"
}

func (f slugFunction) Definition(_ context.Context, _ function.DefinitionRequest, resp *function.DefinitionResponse) {
	resp.Definition = function.Definition{
		Summary:             "A text as a name",
		MarkdownDescription: "Makes of a text a name of lower-case letters, digits and `-`.",
		Parameters: []function.Parameter{
			function.StringParameter{Name: "text", MarkdownDescription: "Any text with a letter or digit in it."},
		},
		Return: function.StringReturn{},
	}
}

func (f slugFunction) Run(ctx context.Context, req function.RunRequest, resp *function.RunResponse) {
	var text string
	resp.Error = function.ConcatFuncErrors(req.Arguments.Get(ctx, &text))
	if resp.Error != nil {
		return
	}
	words := strings.FieldsFunc(strings.ToLower(text), func(c rune) bool {
		return (c < 'a' || c > 'z') && (c < '0' || c > '9')
	})
	if len(words) == 0 {
		resp.Error = function.NewArgumentFuncError(0, "there is no letter or digit in it")
		return
	}
	resp.Error = function.ConcatFuncErrors(resp.Result.Set(ctx, strings.Join(words, "-")))
}
