// One enforced call after the other by the client for Go; what each took, as JSON. See clients.ts.
package main

import (
	"context"
	"encoding/json"
	"log"
	"os"
	"strconv"
	"syscall"
	"time"

	rampart "rampart/client"
)

type row struct {
	Way    string    `json:"way"`
	Micros []float64 `json:"micros"`
	Used   float64   `json:"used"`
}

func main() {
	warmUp, calls := number(os.Args[1]), number(os.Args[2])
	rows := []row{
		measured("rampart.Guard for Go, TCP", warmUp, calls,
			rampart.Options{URL: os.Getenv("BENCH_URL"), Token: os.Getenv("BENCH_TOKEN")}),
		measured("rampart.Guard for Go, unix socket", warmUp, calls,
			rampart.Options{Socket: os.Getenv("BENCH_SOCKET")}),
	}
	if err := json.NewEncoder(os.Stdout).Encode(rows); err != nil {
		log.Fatal(err)
	}
}

func measured(way string, warmUp, calls int, options rampart.Options) row {
	boundary, err := rampart.New(options)
	if err != nil {
		log.Fatal(err)
	}
	params := map[string]any{"command": "git status"}
	micros := make([]float64, 0, calls)
	var used time.Duration
	for turn := range warmUp + calls {
		if turn == warmUp {
			used = processor()
		}
		begun := time.Now()
		ran := false
		err := boundary.Guard(context.Background(), "exec", params, func(context.Context) error {
			ran = true
			return nil
		})
		if err != nil || !ran {
			log.Fatalf("%s: %v", way, err)
		}
		if turn >= warmUp {
			micros = append(micros, float64(time.Since(begun).Nanoseconds())/1000)
		}
	}
	return row{way, micros, float64((processor()-used).Microseconds()) / float64(calls)}
}

// processor is the time this process has used, user and system.
func processor() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		log.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

func number(text string) int {
	n, err := strconv.Atoi(text)
	if err != nil {
		log.Fatal(err)
	}
	return n
}
