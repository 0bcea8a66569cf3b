// Go flagd's own evaluation service and evaluator, wired as its runtime does, without its watching of sources.
// Arguments: PORT MANAGEMENT_PORT FLAGS.json
package main

import (
	"context"
	"log"
	"os"
	"strconv"

	"github.com/open-feature/flagd/core/pkg/evaluator"
	"github.com/open-feature/flagd/core/pkg/logger"
	"github.com/open-feature/flagd/core/pkg/service"
	"github.com/open-feature/flagd/core/pkg/store"
	"github.com/open-feature/flagd/core/pkg/sync"
	"github.com/open-feature/flagd/core/pkg/telemetry"
	flageval "github.com/open-feature/flagd/flagd/pkg/service/flag-evaluation"
	"go.uber.org/zap/zapcore"
)

func main() {
	port, management, source := number(os.Args[1]), number(os.Args[2]), os.Args[3]
	zap, err := logger.NewZapLogger(zapcore.InfoLevel, "json")
	check(err)
	log := logger.NewLogger(zap, false)
	recorder, err := telemetry.BuildMetricsRecorder(context.Background(), "flagd", "0.16.0", telemetry.Config{})
	check(err)
	flags, err := store.NewStore(log, []string{source})
	check(err)
	data, err := os.ReadFile(source)
	check(err)
	engine := evaluator.NewJSON(log, flags)
	check(engine.SetState(sync.DataSync{FlagData: string(data), Source: source}))
	options, err := telemetry.BuildConnectOptions(telemetry.Config{})
	check(err)
	server := flageval.NewConnectService(log, engine, flags, recorder)
	check(server.Serve(context.Background(), service.Configuration{
		Port: port, ManagementPort: management, ServiceName: "flagd", Options: options,
		ReadinessProbe: func() bool { return true },
	}))
}

func number(text string) uint16 {
	value, err := strconv.ParseUint(text, 10, 16)
	check(err)
	return uint16(value)
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
