package rampart

import (
	"context"
	"net/http"
	"os"
	"testing"
)

// Ask a live server, named by the environment, for a denial and for a problem.
func TestTypedDenial(t *testing.T) {
	url, token := os.Getenv("SMOKE_URL"), os.Getenv("SMOKE_TOKEN")
	if url == "" {
		t.Skip("SMOKE_URL names no server")
	}
	bearer := func(token string) RequestEditorFn {
		return func(_ context.Context, request *http.Request) error {
			request.Header.Set("Authorization", "Bearer "+token)
			return nil
		}
	}
	client, err := NewClientWithResponses(url)
	if err != nil {
		t.Fatal(err)
	}
	call := CallRequest{
		Agent:   "go",
		Session: "smoke",
		Params:  map[string]interface{}{"command": "rm -rf /"},
	}
	ctx := context.Background()
	denied, err := client.CallToolWithResponse(ctx, "exec", nil, call, bearer(token))
	if err != nil {
		t.Fatal(err)
	}
	if denied.JSON403 == nil || denied.JSON403.Allowed || denied.JSON403.Decision != Deny {
		t.Fatalf("no typed denial: %s", denied.Body)
	}
	wrong, err := client.PreflightToolWithResponse(ctx, "exec", nil, call, bearer("wrong"))
	if err != nil {
		t.Fatal(err)
	}
	if problem := wrong.ApplicationproblemJSON401; problem == nil || problem.Code != "unauthenticated" {
		t.Fatalf("no typed problem: %s", wrong.Body)
	}
	health, err := client.GetHealthWithResponse(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if health.JSON200 == nil || health.JSON200.Policy.LoadedAt.IsZero() {
		t.Fatalf("no typed health: %s", health.Body)
	}
}
