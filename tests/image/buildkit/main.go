// What BuildKit makes of a Dockerfile, as JSON: what it warns of, and the configuration of the image. No registry is
// asked: every base is taken for an empty image. Argument: the Dockerfile.
package main

import (
	"context"
	"encoding/json"
	"log"
	"os"

	"github.com/moby/buildkit/client/llb"
	"github.com/moby/buildkit/client/llb/sourceresolver"
	"github.com/moby/buildkit/frontend/dockerfile/dockerfile2llb"
	"github.com/moby/buildkit/frontend/dockerfile/parser"
	"github.com/opencontainers/go-digest"
	ocispecs "github.com/opencontainers/image-spec/specs-go/v1"
)

type empty struct{}

func (empty) ResolveImageConfig(_ context.Context, ref string, _ sourceresolver.Opt) (string, digest.Digest, []byte, error) {
	return ref, digest.FromString(ref), []byte(`{"architecture": "amd64", "os": "linux"}`), nil
}

func main() {
	log.SetFlags(0)
	text, err := os.ReadFile(os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	ctx := context.Background()
	warnings := []string{}
	options := dockerfile2llb.ConvertOpt{
		MetaResolver:   empty{},
		TargetPlatform: &ocispecs.Platform{OS: "linux", Architecture: "amd64"},
		AllStages:      true,
		Warn: func(rule, _, _, detail string, _ []parser.Range) {
			warnings = append(warnings, rule+": "+detail)
		},
	}
	made, err := dockerfile2llb.Dockerfile2LLB(ctx, text, options)
	if err != nil {
		log.Fatal(err)
	}
	if _, err := made.State.Marshal(ctx, llb.LinuxAmd64); err != nil {
		log.Fatal(err)
	}
	if err := json.NewEncoder(os.Stdout).Encode(map[string]any{"warnings": warnings, "config": made.Image.Config}); err != nil {
		log.Fatal(err)
	}
}
