package rampart

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// served is a live server with the policy of test/clients, named by the environment.
func served(t *testing.T) (home, url, token string) {
	t.Helper()
	home, url, token = os.Getenv("GUARD_HOME"), os.Getenv("GUARD_URL"), os.Getenv("GUARD_TOKEN")
	if home == "" {
		t.Skip("GUARD_HOME names no server")
	}
	return home, url, token
}

// person answers the question about a command, once it is there.
func person(t *testing.T, command string, approved bool) {
	t.Helper()
	home, url, _ := served(t)
	token, err := fileToken(filepath.Join(home, "token"))
	if err != nil {
		t.Fatal(err)
	}
	editor := func(_ context.Context, request *http.Request) error {
		request.Header.Set("Authorization", "Bearer "+token)
		return nil
	}
	client, err := NewClientWithResponses(url, WithRequestEditorFn(editor))
	if err != nil {
		t.Fatal(err)
	}
	pending := ListApprovalsParamsStatus("pending")
	// A question is there once its event is on the disk: asked again and again until then.
	for range 100_000 {
		listed, err := client.ListApprovalsWithResponse(t.Context(), &ListApprovalsParams{Status: &pending})
		if err != nil || listed.JSON200 == nil {
			t.Errorf("%v %s", err, listed.Body)
			return
		}
		for _, approval := range *listed.JSON200.Approvals {
			if approval.Params["command"] != command {
				continue
			}
			reason := "Not now"
			body := ResolveRequest{Approved: approved}
			if !approved {
				body.Reason = &reason
			}
			resolved, err := client.ResolveApprovalWithResponse(t.Context(), approval.Id, body)
			if err != nil || resolved.JSON200 == nil {
				t.Errorf("%v %s", err, resolved.Body)
			}
			return
		}
	}
	t.Errorf("nobody asked about %s", command)
}

func TestLiveAllowsAndDeniesOverSocketAndTCP(t *testing.T) {
	home, url, token := served(t)
	for name, options := range map[string]Options{
		"home":   {Home: home},
		"socket": {Socket: filepath.Join(home, "run", "rampart.sock")},
		"url":    {URL: url, Token: token},
	} {
		b := boundary(t, options)
		if made, err := ran(b, "ls"); !made || err != nil {
			t.Fatalf("%s: made %v, %v", name, made, err)
		}
		made, err := ran(b, "rm -rf /")
		var denied *DeniedError
		if made || !errors.As(err, &denied) || *denied.Decision.Policy != "shell" || denied.Decision.AuditId == "" {
			t.Fatalf("%s: made %v, %v", name, made, err)
		}
	}
	_, err := ran(boundary(t, Options{URL: url, Token: "wrong", FailOpen: true}), "ls")
	var undecided *UndecidedError
	if !errors.As(err, &undecided) || undecided.Problem == nil || undecided.Problem.Code != "unauthenticated" {
		t.Fatal(err)
	}
	_, err = boundary(t, Options{Home: home}).Check(t.Context(), "exec", nil)
	if !errors.As(err, &undecided) || undecided.Code != "request_invalid" {
		t.Fatal(err)
	}
}

func TestLiveWaitsForAPerson(t *testing.T) {
	home, _, _ := served(t)
	for _, approved := range []bool{true, false} {
		command := fmt.Sprintf("deploy go-%v", approved)
		done := make(chan struct{})
		go func() { person(t, command, approved); close(done) }()
		made, err := ran(boundary(t, Options{Home: home}), command)
		<-done
		var denied *DeniedError
		if made != approved || approved == errors.As(err, &denied) {
			t.Fatalf("%s: made %v, %v", command, made, err)
		}
		if !approved && !strings.Contains(err.Error(), "Not now") {
			t.Fatal(err)
		}
	}
}

func TestLiveNobodyAnswers(t *testing.T) {
	home, _, _ := served(t)
	made, err := ran(boundary(t, Options{Home: home, ApprovalTimeout: -1}), "deploy go-nobody")
	var denied *DeniedError
	if made || !errors.As(err, &denied) || *denied.Decision.ApprovalStatus != ApprovalStatusPending {
		t.Fatalf("made %v, %v", made, err)
	}
}

func TestLiveACancelledWaitMakesNoCall(t *testing.T) {
	home, _, _ := served(t)
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	err := boundary(t, Options{Home: home}).Guard(ctx, "exec", map[string]any{"command": "deploy go-cancel"}, func(context.Context) error {
		t.Error("it ran")
		return nil
	})
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Fatal(err)
	}
}

func TestLiveOutputsAreJudged(t *testing.T) {
	home, _, _ := served(t)
	b := boundary(t, Options{Home: home})
	give := func(text string) func(context.Context) (string, error) {
		return func(context.Context) (string, error) { return text, nil }
	}
	params := map[string]any{"command": "cat notes"}
	if text, err := b.GuardOutput(t.Context(), "exec", params, give("nothing here")); text != "nothing here" || err != nil {
		t.Fatalf("%q, %v", text, err)
	}
	text, err := b.GuardOutput(t.Context(), "exec", params, give("key sk-abcdefgh1 end"))
	var denied *DeniedError
	if strings.Contains(text, "sk-abcdefgh1") || (err != nil && !errors.As(err, &denied)) || text == "" && err == nil {
		t.Fatalf("%q, %v", text, err)
	}
}

func TestLiveManyAtOnce(t *testing.T) {
	home, _, _ := served(t)
	b := boundary(t, Options{Home: home})
	var group sync.WaitGroup
	for at := range 40 {
		group.Go(func() {
			command := []string{"ls", "rm -rf /"}[at%2]
			if made, err := ran(b, command); made != (at%2 == 0) {
				t.Errorf("%s: made %v, %v", command, made, err)
			}
		})
	}
	group.Wait()
}
