// Reads a JSON list of YAML texts from standard input and prints what kubectl makes of each:
// "json" as `kubectl apply` reads it, "strict" the complaint of the strict reader, if any.
//
//	cd tests/unit/manifest/kubectl_yaml && go run . < texts.json > ../yaml_cases.json
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
	var texts []string
	if err := json.NewDecoder(os.Stdin).Decode(&texts); err != nil {
		panic(err)
	}
	measured := map[string]any{"go": runtime.Version()}
	info, _ := debug.ReadBuildInfo()
	for _, module := range info.Deps {
		measured[module.Path] = module.Version
	}
	cases := make([]reading, len(texts))
	for i, text := range texts {
		cases[i] = read(text)
	}
	encoder := json.NewEncoder(os.Stdout)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", " ")
	if err := encoder.Encode(map[string]any{"measured_with": measured, "cases": cases}); err != nil {
		panic(err)
	}
}
