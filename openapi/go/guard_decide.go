package rampart

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"
)

const (
	// askMost: at first, to use the yes, and where an identical call was faster.
	askMost = 4
	// lostMost: a server that goes away keeps the question; looked for so often, a second apart.
	lostMost = 30
)

// decide asks about a call. Only the very first request may end in CodeAbsent: once the server took the call, its
// absence is no permission.
func (b *Boundary) decide(ctx context.Context, call *call) (*Decision, error) {
	deadline := time.Now().Add(b.options.ApprovalTimeout)
	for turn := 1; ; turn++ {
		decision, waits, err := b.ask(ctx, call, waitSeconds(deadline))
		if err != nil {
			if turn > 1 {
				return nil, present(err)
			}
			return nil, err
		}
		if !waits {
			return decision, nil
		}
		status, reason, err := b.awaitPerson(ctx, *decision.ApprovalId, deadline)
		if err != nil {
			return nil, present(err)
		}
		// A yes is there for the call that comes again, looked at anew, and it may go to another one like it.
		isYes := status == ApprovalStatusApproved || status == ApprovalStatusUsed
		if !isYes || turn == askMost {
			return told(decision, status, reason), nil
		}
	}
}

// ask sends the call once; waits is true where a person has not answered yet.
func (b *Boundary) ask(ctx context.Context, call *call, wait int) (*Decision, bool, error) {
	line, err := b.reach()
	if err != nil {
		return nil, false, err
	}
	body, err := encode(call.body)
	if err != nil {
		return nil, false, err
	}
	prefer := fmt.Sprintf("wait=%d", wait)
	request, err := NewCallToolRequestWithBody(line.target.url, call.tool, &CallToolParams{Prefer: &prefer}, "application/json", body)
	if err != nil {
		return nil, false, unreadable("The call cannot be put into a request: " + err.Error())
	}
	answer, err := b.send(ctx, line, request, wait)
	if err != nil {
		return nil, false, err
	}
	return readDecision(answer)
}

// awaitPerson is what became of a question, as far as it is answered before the deadline.
func (b *Boundary) awaitPerson(ctx context.Context, id string, deadline time.Time) (ApprovalStatus, string, error) {
	for lost := 0; ; {
		wait := waitSeconds(deadline)
		if wait == 0 {
			return ApprovalStatusPending, "", nil
		}
		answer, err := b.poll(ctx, id, wait)
		if ctx.Err() != nil {
			return "", "", ctx.Err()
		}
		if err != nil || answer.status >= 500 {
			if lost++; lost <= lostMost {
				if pause(ctx, time.Second) != nil {
					return "", "", ctx.Err()
				}
				continue
			}
			if err != nil {
				return "", "", err
			}
		}
		lost = 0
		status, reason, err := readStatus(answer, id)
		if err != nil || status != ApprovalStatusPending {
			return status, reason, err
		}
	}
}

func (b *Boundary) poll(ctx context.Context, id string, wait int) (*answer, error) {
	line, err := b.reach()
	if err != nil {
		return nil, err
	}
	request, err := NewGetApprovalRequest(line.target.url, id, &GetApprovalParams{Wait: &wait})
	if err != nil {
		return nil, unreadable(err.Error())
	}
	return b.send(ctx, line, request, wait)
}

// look has an output judged; nobody is asked any more.
func (b *Boundary) look(ctx context.Context, call *call, output string) (string, error) {
	again := *call
	again.body.Response = &output
	decision, waits, err := b.ask(ctx, &again, 0)
	if err != nil {
		// A server that took the call and went away is no permission: the output stays unseen.
		if call.passed && b.passesWithout(err) {
			return output, nil
		}
		return "", present(err)
	}
	switch {
	case waits:
		return "", unreadable("The server would ask a person about an output")
	case decision.Allowed:
		return output, nil
	case decision.Response != nil:
		return *decision.Response, nil
	}
	return "", &DeniedError{Decision: *decision}
}

func (b *Boundary) send(ctx context.Context, line *line, request *http.Request, wait int) (*answer, error) {
	limit := b.options.Timeout + time.Duration(wait)*time.Second
	bounded, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	_ = b.authorize(line)(ctx, request)
	answer, err := line.exchange(request.WithContext(bounded))
	if err != nil && ctx.Err() != nil {
		return nil, ctx.Err()
	}
	return answer, err
}

// present takes absence from an error: a server that took the call was there.
func present(err error) error {
	var undecided *UndecidedError
	if errors.As(err, &undecided) && undecided.Code == CodeAbsent {
		return &UndecidedError{Code: CodeUnreached, Message: undecided.Message, cause: undecided}
	}
	return err
}

var words = map[ApprovalStatus]string{
	ApprovalStatusPending:   "nobody has answered yet",
	ApprovalStatusDenied:    "a person said no",
	ApprovalStatusExpired:   "nobody answered in time",
	ApprovalStatusCancelled: "the question was withdrawn",
	ApprovalStatusApproved:  "a person said yes, but not to what it is now",
	ApprovalStatusUsed:      "the yes was used by another call",
}

var asked = regexp.MustCompile(` \(a person is asked, until [^()]*\)$`)

// told is the decision with what became of its question, which the server's own words call open.
func told(decision *Decision, status ApprovalStatus, reason string) *Decision {
	over := *decision
	over.ApprovalStatus = &status
	said := words[status]
	if reason != "" {
		said += ": " + reason
	}
	over.Message = asked.ReplaceAllString(decision.Message, "") + " (" + said + ")"
	return &over
}

func pause(ctx context.Context, long time.Duration) error {
	timer := time.NewTimer(long)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// origin is the scheme and authority of a URL of a server.
func origin(text string) (string, error) {
	parsed, err := url.Parse(text)
	isFit := err == nil && (parsed.Scheme == "http" || parsed.Scheme == "https") && parsed.Hostname() != "" &&
		parsed.User == nil && !strings.Contains(parsed.Host, "@")
	if !isFit {
		return "", &UndecidedError{Code: CodeUnreached, Message: fmt.Sprintf("%q is not an http or https URL", text)}
	}
	return parsed.Scheme + "://" + parsed.Host, nil
}
