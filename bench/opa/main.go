// Compiles Rego to what @open-policy-agent/opa-wasm loads: `go run . < policy.rego > policy.wasm`. OPA's
// own tool is in no npm package, and only its library is needed for this.
package main

import (
	"bytes"
	"context"
	"io"
	"log"
	"os"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/bundle"
	"github.com/open-policy-agent/opa/v1/compile"
)

const file = "policy.rego"

func main() {
	log.SetFlags(0)
	source, err := io.ReadAll(os.Stdin)
	if err != nil {
		log.Fatal(err)
	}
	module, err := ast.ParseModule(file, string(source))
	if err != nil {
		log.Fatal(err)
	}
	parsed := bundle.ModuleFile{URL: file, Path: file, Raw: source, Parsed: module}
	var out bytes.Buffer
	compiler := compile.New().
		WithTarget(compile.TargetWasm).
		WithEntrypoints("rampart/allow").
		WithBundle(&bundle.Bundle{Modules: []bundle.ModuleFile{parsed}}).
		WithOutput(&out)
	if err := compiler.Build(context.Background()); err != nil {
		log.Fatal(err)
	}
	for _, made := range compiler.Bundle().WasmModules {
		if _, err := os.Stdout.Write(made.Raw); err != nil {
			log.Fatal(err)
		}
	}
}
