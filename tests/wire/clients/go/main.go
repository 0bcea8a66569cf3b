// Go providers/flagd: questions in, answers and events out. Arguments: host and port.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"log"
	"os"
	"strconv"
	"sync"

	flagd "github.com/open-feature/go-sdk-contrib/providers/flagd/pkg"
	of "github.com/open-feature/go-sdk/openfeature"
)

type question struct {
	Flag    string
	Type    string
	Default any
	Context map[string]any
}

type answer struct {
	Value   any    `json:"value"`
	Variant string `json:"variant"`
	Reason  string `json:"reason"`
	Error   string `json:"error"`
}

var writing sync.Mutex

func say(line any) {
	writing.Lock()
	defer writing.Unlock()
	if err := json.NewEncoder(os.Stdout).Encode(line); err != nil {
		log.Fatal(err)
	}
}

func listen(kind of.EventType, name string) {
	told := func(details of.EventDetails) {
		say(map[string]any{"event": name, "flags": append([]string{}, details.FlagChanges...)})
	}
	of.AddHandler(kind, &told)
}

func ask(client *of.Client, q question) answer {
	key, _ := q.Context[of.TargetingKey].(string)
	delete(q.Context, of.TargetingKey)
	evaluation := of.NewEvaluationContext(key, q.Context)
	ctx := context.Background()
	switch q.Type {
	case "boolean":
		found, _ := client.BooleanValueDetails(ctx, q.Flag, q.Default.(bool), evaluation)
		return said(found.Value, found.EvaluationDetails)
	case "string":
		found, _ := client.StringValueDetails(ctx, q.Flag, q.Default.(string), evaluation)
		return said(found.Value, found.EvaluationDetails)
	case "integer":
		found, _ := client.IntValueDetails(ctx, q.Flag, int64(q.Default.(float64)), evaluation)
		return said(found.Value, found.EvaluationDetails)
	case "float":
		found, _ := client.FloatValueDetails(ctx, q.Flag, q.Default.(float64), evaluation)
		return said(found.Value, found.EvaluationDetails)
	}
	found, _ := client.ObjectValueDetails(ctx, q.Flag, q.Default, evaluation)
	return said(found.Value, found.EvaluationDetails)
}

func said(value any, details of.EvaluationDetails) answer {
	return answer{value, details.Variant, string(details.Reason), string(details.ErrorCode)}
}

func main() {
	port, err := strconv.ParseUint(os.Args[2], 10, 16)
	if err != nil {
		log.Fatal(err)
	}
	provider, err := flagd.NewProvider(flagd.WithHost(os.Args[1]), flagd.WithPort(uint16(port)))
	if err != nil {
		log.Fatal(err)
	}
	listen(of.ProviderReady, "ready")
	listen(of.ProviderConfigChange, "changed")
	if err := of.SetProviderAndWait(provider); err != nil {
		log.Fatal(err)
	}
	client := of.NewClient("repl")
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		var q question
		if err := json.Unmarshal(lines.Bytes(), &q); err != nil {
			log.Fatal(err)
		}
		say(ask(client, q))
	}
	of.Shutdown()
}
