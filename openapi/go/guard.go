package rampart

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"log"
	"math"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// Options say where the server is and who asks it. The zero value takes both from the environment.
type Options struct {
	// URL of the server; or Socket, or Home, a state directory whose server is meant. With none of them
	// RAMPART_URL counts (with RAMPART_TOKEN alone), else the server of $RAMPART_HOME, its socket first.
	URL, Socket, Home string
	// Token, else RAMPART_TOKEN. Over the socket none is needed.
	Token string
	// Agent, Session and Run, else RAMPART_AGENT, RAMPART_SESSION and RAMPART_RUN.
	Agent, Session, Run string
	// Cwd is the working directory of calls, else that of the process.
	Cwd string
	// FailOpen lets calls pass while no server is there: nothing listens, no socket. Whatever else goes wrong
	// never passes. RAMPART_FAIL_OPEN=0 takes it back.
	FailOpen bool
	// ApprovalTimeout is how long a person has to answer (5 minutes); negative waits for nobody.
	ApprovalTimeout time.Duration
	// Timeout of one request beyond what it waits for a person (30 seconds).
	Timeout time.Duration
	// Log is told once when calls pass unjudged; the standard logger when nil.
	Log func(message string)
}

// Boundary asks the server before a call is made. Safe for concurrent use.
type Boundary struct {
	options Options
	mutex   sync.Mutex
	line    *line
	said    sync.Once
}

// New makes a Boundary. The server is looked for with each call, not here.
func New(options Options) (*Boundary, error) {
	if options.URL != "" && options.Socket != "" {
		return nil, errors.New("rampart: URL or Socket, not both")
	}
	options.Agent = first(options.Agent, os.Getenv("RAMPART_AGENT"), "go")
	options.Run = first(options.Run, os.Getenv("RAMPART_RUN"))
	options.Session = first(options.Session, os.Getenv("RAMPART_SESSION"), options.Run, "go-"+randomID())
	// The environment may only tighten (security.md F5).
	switch os.Getenv("RAMPART_FAIL_OPEN") {
	case "0", "false", "no":
		options.FailOpen = false
	}
	if options.ApprovalTimeout == 0 {
		options.ApprovalTimeout = 5 * time.Minute
	}
	if options.Timeout <= 0 {
		options.Timeout = 30 * time.Second
	}
	if options.Log == nil {
		options.Log = func(message string) { log.Print(message) }
	}
	return &Boundary{options: options}, nil
}

var ofProcess = sync.OnceValues(func() (*Boundary, error) { return New(Options{}) })

// Guard runs fn where the server of the environment allows the call: (*Boundary).Guard with zero Options.
func Guard(ctx context.Context, tool string, params map[string]any, fn func(context.Context) error) error {
	boundary, err := ofProcess()
	if err != nil {
		return err
	}
	return boundary.Guard(ctx, tool, params, fn)
}

// Guard runs fn once the call is allowed, waiting for a person where one is asked, and returns what fn returns.
// Without a permission fn is not run: the error is a *DeniedError, an *UndecidedError, or that of ctx.
func (b *Boundary) Guard(ctx context.Context, tool string, params map[string]any, fn func(context.Context) error) error {
	if _, err := b.permit(ctx, tool, params); err != nil {
		return err
	}
	return fn(ctx)
}

// GuardOutput is Guard for what gives text to an agent: the text is judged by the rules for outputs before it is
// returned. What they hide is replaced; where nothing may be shown, the error is a *DeniedError.
func (b *Boundary) GuardOutput(ctx context.Context, tool string, params map[string]any, fn func(context.Context) (string, error)) (string, error) {
	call, err := b.permit(ctx, tool, params)
	if err != nil {
		return "", err
	}
	output, err := fn(ctx)
	if err != nil {
		return "", err
	}
	return b.look(ctx, call, output)
}

// Check asks and returns the decision; a denial is no error here.
func (b *Boundary) Check(ctx context.Context, tool string, params map[string]any) (*Decision, error) {
	call, err := b.newCall(tool, params)
	if err != nil {
		return nil, err
	}
	return b.decide(ctx, call)
}

// Close ends idle connections; the next call opens them anew.
func (b *Boundary) Close() {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	if b.line != nil {
		b.line.client.CloseIdleConnections()
		b.line = nil
	}
}

func (b *Boundary) permit(ctx context.Context, tool string, params map[string]any) (*call, error) {
	call, err := b.newCall(tool, params)
	if err != nil {
		return nil, err
	}
	decision, err := b.decide(ctx, call)
	if err != nil && !b.passesWithout(err) {
		return nil, err
	}
	if err == nil && !decision.Allowed {
		return nil, &DeniedError{Decision: *decision}
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	call.passed = err != nil
	return call, nil
}

// passesWithout is the posture: nobody is there, and nothing took the call.
func (b *Boundary) passesWithout(err error) bool {
	var undecided *UndecidedError
	if !b.options.FailOpen || !errors.As(err, &undecided) || undecided.Code != CodeAbsent {
		return false
	}
	b.said.Do(func() { b.options.Log(fmt.Sprintf("rampart: %s: calls pass unjudged (FailOpen)", undecided.Message)) })
	return true
}

// call is one call: asked about again under the same id, so that a person's yes finds it.
type call struct {
	tool string
	body CallRequest
	// passed: nobody was there to decide it.
	passed bool
}

func (b *Boundary) newCall(tool string, params map[string]any) (*call, error) {
	if params == nil {
		params = map[string]any{}
	}
	id := randomID()
	body := CallRequest{Agent: b.options.Agent, Session: b.options.Session, ToolCallId: &id, Params: params}
	if b.options.Run != "" {
		body.RunId = &b.options.Run
	}
	// Where it is gone relative paths are judged without it.
	if cwd, err := filepath.Abs(b.options.Cwd); err == nil {
		body.Cwd = &cwd
	}
	if _, err := encode(body); err != nil {
		return nil, err
	}
	return &call{tool: tool, body: body}, nil
}

// reach is the server that is named now: another may have been started since the last call.
func (b *Boundary) reach() (*line, error) {
	target, err := findServer(b.options, os.Getenv)
	if err != nil {
		return nil, err
	}
	b.mutex.Lock()
	defer b.mutex.Unlock()
	if b.line == nil || b.line.target != target {
		b.line = newLine(target)
	}
	return b.line, nil
}

// waitSeconds is how long one request waits for a person; what is silent for longer, proxies cut.
func waitSeconds(deadline time.Time) int {
	return int(math.Ceil(math.Max(0, math.Min(25, time.Until(deadline).Seconds()))))
}

func randomID() string {
	bytes := make([]byte, 16)
	// It never fails (crypto/rand).
	_, _ = rand.Read(bytes)
	return hex.EncodeToString(bytes)
}

func first(texts ...string) string {
	for _, text := range texts {
		if text != "" {
			return text
		}
	}
	return ""
}

func (b *Boundary) authorize(line *line) RequestEditorFn {
	return func(_ context.Context, request *http.Request) error {
		request.Header.Set("Accept", "application/json")
		if line.target.token != "" {
			request.Header.Set("Authorization", "Bearer "+line.target.token)
		}
		return nil
	}
}
