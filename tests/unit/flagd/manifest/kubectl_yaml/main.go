// Measures again what kubectl makes of the YAML texts of a table that it reads from standard input:
// "json" as `kubectl apply` reads a text, "strict" the complaint of the strict reader, if any.
//
//	go run . < ../yaml_cases.json > new.json && mv new.json ../yaml_cases.json
package main

import (
	"encoding/json"
	"os"
	"runtime"
	"runtime/debug"

	"sigs.k8s.io/yaml"
)

type reading struct {
	YAML   string          `json:"yaml"`
	JSON   json.RawMessage `json:"json,omitempty"`
	Error  string          `json:"error,omitempty"`
	Strict string          `json:"strict,omitempty"`
}

func read(text string) reading {
	found := reading{YAML: text}
	if out, err := yaml.YAMLToJSON([]byte(text)); err != nil {
		found.Error = err.Error()
	} else {
		found.JSON = out
	}
	if _, err := yaml.YAMLToJSONStrict([]byte(text)); err != nil && found.Error == "" {
		found.Strict = err.Error()
	}
	return found
}

func main() {
	var table struct{ Cases []reading }
	if err := json.NewDecoder(os.Stdin).Decode(&table); err != nil {
		panic(err)
	}
	measured := map[string]any{"go": runtime.Version()}
	info, _ := debug.ReadBuildInfo()
	for _, module := range info.Deps {
		measured[module.Path] = module.Version
	}
	cases := make([]reading, len(table.Cases))
	for i, before := range table.Cases {
		cases[i] = read(before.YAML)
	}
	encoder := json.NewEncoder(os.Stdout)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", " ")
	if err := encoder.Encode(map[string]any{"measured_with": measured, "cases": cases}); err != nil {
		panic(err)
	}
}
