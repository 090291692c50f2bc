// concourse-validate FILE...: checks Concourse pipelines as `fly validate-pipeline --strict` does, by the same
// function, but without the rest of fly, which takes minutes to build. Ends with 1 when one is wrong.
package main

import (
	"fmt"
	"os"

	"github.com/concourse/concourse/atc"
	"github.com/concourse/concourse/atc/configvalidate"
	"sigs.k8s.io/yaml"
)

func main() {
	failed := false
	for _, file := range os.Args[1:] {
		for _, fault := range faults(file) {
			fmt.Printf("%s: %s\n", file, fault)
			failed = true
		}
	}
	if failed {
		os.Exit(1)
	}
}

func faults(file string) []string {
	text, err := os.ReadFile(file)
	if err != nil {
		return []string{err.Error()}
	}
	var config atc.Config
	if err := yaml.UnmarshalStrict(text, &config); err != nil {
		return []string{err.Error()}
	}
	warnings, found := configvalidate.Validate(config)
	for _, warning := range warnings {
		found = append(found, warning.Message)
	}
	return found
}
