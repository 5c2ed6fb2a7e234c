package rampart

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

const allowed = `{"allowed":true,"decision":"allow","message":"m","policy":null,"rule":null,"audit_id":"A","enforced":true}`

func boundary(t *testing.T, options Options) *Boundary {
	t.Helper()
	b, err := New(options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Close)
	return b
}

// ran guards a call and says whether it was made.
func ran(b *Boundary, command string) (bool, error) {
	made := false
	err := b.Guard(context.Background(), "exec", map[string]any{"command": command}, func(context.Context) error {
		made = true
		return nil
	})
	return made, err
}

func answers(t *testing.T, status int, kind, body string) *Boundary {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", kind)
		w.WriteHeader(status)
		_, _ = fmt.Fprint(w, body)
	}))
	t.Cleanup(server.Close)
	return boundary(t, Options{URL: server.URL, FailOpen: true, ApprovalTimeout: -1})
}

func TestOnlyAnAnswerThatIsUnderstoodPermits(t *testing.T) {
	const json = "application/json"
	denied := strings.Replace(allowed, "true", "false", 1)
	problem := `{"type":"urn:x","title":"No","status":401,"code":"unauthenticated","errors":[]}`
	rows := []struct {
		name       string
		status     int
		kind, body string
		code       string
	}{
		{"an empty body", 200, json, "", CodeUnreadable},
		{"half of it", 200, json, allowed[:40], CodeUnreadable},
		{"more behind it", 200, json, allowed + allowed, CodeUnreadable},
		{"no object", 200, json, `[` + allowed + `]`, CodeUnreadable},
		{"null", 200, json, "null", CodeUnreadable},
		{"an empty object", 200, json, "{}", CodeUnreadable},
		{"a text for a truth", 200, json, strings.Replace(allowed, "true", `"true"`, 1), CodeUnreadable},
		{"null for a truth", 200, json, strings.Replace(allowed, "true", "null", 1), CodeUnreadable},
		{"an unknown decision", 200, json, strings.Replace(allowed, `"allow"`, `"maybe"`, 1), CodeUnreadable},
		{"no decision", 200, json, strings.Replace(allowed, `"decision":"allow",`, "", 1), CodeUnreadable},
		{"no audit id", 200, json, strings.Replace(allowed, `"audit_id":"A",`, "", 1), CodeUnreadable},
		{"a key twice", 200, json, strings.Replace(denied, "{", `{"allowed":true,`, 1), CodeUnreadable},
		{"a key in two letter cases", 200, json, strings.Replace(denied, "{", `{"Allowed":true,`, 1), CodeUnreadable},
		{"a key in another letter case", 200, json, strings.Replace(allowed, "allowed", "Allowed", 1), CodeUnreadable},
		{"no UTF-8", 200, json, strings.Replace(allowed, `"m"`, "\"\xff\"", 1), CodeUnreadable},
		{"a page", 200, "text/html", "<html>", CodeUnreadable},
		{"a decision of another type", 200, "text/plain", allowed, CodeUnreadable},
		{"a decision of no type", 200, "", allowed, CodeUnreadable},
		{"a yes with the status of a no", 403, json, allowed, CodeUnreadable},
		{"a no with the status of a yes", 200, json, denied, CodeUnreadable},
		{"a yes that nobody gave yet", 202, json, allowed, CodeUnreadable},
		{"another status", 201, json, allowed, CodeUnreadable},
		{"an error with a decision", 500, json, allowed, CodeUnreadable},
		{"a problem", 401, "application/problem+json", problem, "unauthenticated"},
		{"a problem that says 200", 200, "application/problem+json", problem, CodeUnreadable},
		{"a gateway", 502, "text/html", "<html>", CodeUnreadable},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			made, err := ran(answers(t, row.status, row.kind, row.body), "ls")
			var undecided *UndecidedError
			if made || !errors.As(err, &undecided) || undecided.Code != row.code {
				t.Fatalf("made %v, %v", made, err)
			}
			if (undecided.Problem != nil) != (row.code == "unauthenticated") {
				t.Fatalf("problem %v", undecided.Problem)
			}
		})
	}
	if made, err := ran(answers(t, 200, json+"; charset=utf-8", allowed), "ls"); !made || err != nil {
		t.Fatalf("made %v, %v", made, err)
	}
}

func TestADenialIsADeniedError(t *testing.T) {
	body := `{"allowed":false,"decision":"deny","message":"Not that","policy":"p","rule":"p/1","audit_id":"A","enforced":true}`
	made, err := ran(answers(t, 403, "application/json", body), "rm -rf /")
	var denied *DeniedError
	if made || !errors.As(fmt.Errorf("wrapped: %w", err), &denied) || *denied.Decision.Rule != "p/1" {
		t.Fatalf("made %v, %v", made, err)
	}
	if denied.Error() != "denied by p/1: Not that" {
		t.Fatal(denied.Error())
	}
}

func TestARedirectionIsNotFollowed(t *testing.T) {
	var followed atomic.Bool
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		followed.Store(true)
		w.Header().Set("Content-Type", "application/json")
		_, _ = fmt.Fprint(w, allowed)
	}))
	defer other.Close()
	for _, status := range []int{301, 302, 303, 307, 308} {
		server := httptest.NewServer(http.RedirectHandler(other.URL, status))
		made, err := ran(boundary(t, Options{URL: server.URL}), "ls")
		server.Close()
		if made || err == nil || followed.Load() {
			t.Fatalf("%d: made %v, followed %v, %v", status, made, followed.Load(), err)
		}
	}
}

func TestNoProxyOfTheEnvironmentIsAsked(t *testing.T) {
	// net/http asks none for loopback, whatever is set: so it is looked at.
	transport, is := newLine(target{url: "http://192.0.2.1"}).client.Transport.(*http.Transport)
	if !is || transport.Proxy != nil {
		t.Fatal("a proxy of the environment would be asked")
	}
}

func TestWithoutAServer(t *testing.T) {
	home := t.TempDir()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	nobody := "http://" + listener.Addr().String()
	_ = listener.Close()
	// A directory in the place of a socket refuses as nobody does: connect(2) says ECONNREFUSED.
	absent := []Options{{URL: nobody}, {Socket: filepath.Join(home, "none.sock")}, {Socket: home}, {Home: home}}
	for _, options := range absent {
		made, err := ran(boundary(t, options), "ls")
		var undecided *UndecidedError
		if made || !errors.As(err, &undecided) || undecided.Code != CodeAbsent {
			t.Fatalf("%+v: made %v, %v", options, made, err)
		}
		said := 0
		options.FailOpen, options.Log = true, func(string) { said++ }
		b := boundary(t, options)
		for range 2 {
			if made, err := ran(b, "ls"); !made || err != nil {
				t.Fatalf("%+v: made %v, %v", options, made, err)
			}
		}
		if said != 1 {
			t.Fatalf("said %d times", said)
		}
	}
	t.Setenv("RAMPART_FAIL_OPEN", "0")
	if made, _ := ran(boundary(t, Options{URL: nobody, FailOpen: true}), "ls"); made {
		t.Fatal("the environment could not tighten")
	}
}

func TestWhatIsThereButFailsIsNoAbsence(t *testing.T) {
	hangs := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		// Only then does the server notice who leaves.
		_, _ = io.Copy(io.Discard, r.Body)
		<-r.Context().Done()
	}))
	defer hangs.Close()
	breaks := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }))
	defer breaks.Close()
	home := t.TempDir()
	if err := os.Mkdir(filepath.Join(home, "run"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(home, "run", "serve.json"), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	rows := []Options{
		{URL: hangs.URL, Timeout: 50 * time.Millisecond},
		{URL: breaks.URL},
		{URL: "ftp://127.0.0.1"},
		{URL: "http://user@127.0.0.1"},
		{Home: home},
	}
	for _, options := range rows {
		options.FailOpen = true
		made, err := ran(boundary(t, options), "ls")
		var undecided *UndecidedError
		isAbsent := errors.As(err, &undecided) && undecided.Code == CodeAbsent
		if made || err == nil || isAbsent {
			t.Fatalf("%+v: made %v, %v", options, made, err)
		}
	}
}

func TestACallThatIsNoUTF8IsNotAsked(t *testing.T) {
	b := answers(t, 200, "application/json", allowed)
	for command, code := range map[string]string{"rm \xff": CodeUnreadable, `echo \ufffd`: "", "echo \ufffd": ""} {
		made, err := ran(b, command)
		var undecided *UndecidedError
		if errors.As(err, &undecided) != (code != "") || made != (code == "") {
			t.Fatalf("%q: made %v, %v", command, made, err)
		}
	}
	_, err := b.Check(context.Background(), "x", map[string]any{"f": func() {}})
	if err == nil {
		t.Fatal("a function has no words")
	}
}

func TestACancelledContextEndsTheWaitAndRunsNothing(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet {
			cancel()
			<-r.Context().Done()
			return
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(202)
		asks := strings.NewReplacer("true", "false", `"allow"`, `"require_approval"`, `"A"`, `"A","approval_id":"Q"`)
		_, _ = fmt.Fprint(w, asks.Replace(allowed))
	}))
	defer server.Close()
	err := boundary(t, Options{URL: server.URL}).Guard(ctx, "exec", nil, func(context.Context) error {
		t.Error("it ran")
		return nil
	})
	if !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
}

func TestTokensGoWhereTheyBelong(t *testing.T) {
	home := t.TempDir()
	token := strings.Repeat("a", 64)
	write := func(name, text string) {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(home, name)), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(home, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("token", token+"\n")
	write("run/serve.json", `{"url":"http://127.0.0.1:1"}`)
	environment := map[string]string{"RAMPART_URL": "http://elsewhere:2/path"}
	rows := []struct {
		options Options
		more    map[string]string
		want    target
	}{
		{Options{Home: home}, nil, target{url: "http://127.0.0.1:1", token: token}},
		{Options{}, environment, target{url: "http://elsewhere:2"}},
		{Options{Home: home}, environment, target{url: "http://127.0.0.1:1", token: token}},
		{Options{}, map[string]string{"RAMPART_HOME": home}, target{url: "http://127.0.0.1:1", token: token}},
		{Options{}, map[string]string{"RAMPART_HOME": home, "RAMPART_URL": "http://e:2"}, target{url: "http://e:2"}},
		{Options{Token: "t"}, environment, target{url: "http://elsewhere:2", token: "t"}},
		{Options{Socket: "/s"}, map[string]string{"RAMPART_TOKEN": "t"}, target{url: "http://localhost", socket: "/s", token: "t"}},
	}
	for _, row := range rows {
		got, err := findServer(row.options, func(name string) string { return row.more[name] })
		if err != nil || got != row.want {
			t.Fatalf("%+v %v: %+v, %v", row.options, row.more, got, err)
		}
	}
	write("run/serve.json", `{"url":"http://127.0.0.1:1","socket":"/s"}`)
	got, err := findServer(Options{Home: home}, func(string) string { return "" })
	if want := (target{url: "http://127.0.0.1:1", socket: "/s"}); err != nil || got != want {
		t.Fatalf("%+v, %v", got, err)
	}
}
