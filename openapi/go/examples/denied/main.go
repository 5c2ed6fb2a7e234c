// Ask before running a command, and say why not: needs a running `rampart serve`.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"

	rampart "rampart/client"
)

func main() {
	command := "cat ~/.ssh/id_rsa"
	err := rampart.Guard(context.Background(), "exec", map[string]any{"command": command}, func(ctx context.Context) error {
		return exec.CommandContext(ctx, "sh", "-c", command).Run()
	})
	var denied *rampart.DeniedError
	if errors.As(err, &denied) {
		fmt.Println(denied)
		return
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
