// Scheduler asks Karpenter's own scheduler on which NodePool pods land, and prints its answers.
//
// Nothing of the decision is ours: NodePools, their order, limits, taints, requirements and reservations go through Karpenter's provisioner. Ours are
// the instance types, which are facts of AWS, and what is said to be sold out. No API server, no node, no AWS.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"

	"github.com/go-logr/logr"
	"sigs.k8s.io/controller-runtime/pkg/log"
)

func main() {
	log.SetLogger(logr.Discard())
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	var question Question
	decoder := json.NewDecoder(os.Stdin)
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&question); err != nil {
		return fmt.Errorf("reading the question: %w", err)
	}
	answers := make([]Answer, 0, len(question.Requests))
	for _, request := range question.Requests {
		answer, err := ask(context.Background(), &question, &request)
		if err != nil {
			return fmt.Errorf("request %q: %w", request.Name, err)
		}
		answers = append(answers, answer)
	}
	encoder := json.NewEncoder(os.Stdout)
	encoder.SetIndent("", "  ")
	return encoder.Encode(answers)
}
