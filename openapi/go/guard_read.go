package rampart

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"unicode/utf8"
)

// answer is what came back, whole.
type answer struct {
	status int
	kind   string
	body   []byte
}

// encode is a call as JSON. What JSON cannot say is refused: a text that is not UTF-8 would be judged as another one.
func encode(body CallRequest) (io.Reader, error) {
	text, err := json.Marshal(body)
	if err != nil {
		return nil, unreadable("The call cannot be put into words: " + err.Error())
	}
	for at := 0; at < len(text); at++ {
		if text[at] != '\\' {
			continue
		}
		// Only bytes that are no UTF-8 are written so; the sign itself stands as it is.
		if bytes.HasPrefix(text[at+1:], []byte("ufffd")) {
			return nil, unreadable("The call cannot be put into words: it is not UTF-8")
		}
		at++
	}
	return bytes.NewReader(text), nil
}

// readDecision is the decision, where status and body say the same; everything else is an *UndecidedError.
func readDecision(answer *answer) (*Decision, bool, error) {
	members, err := objectOf(answer)
	if err != nil {
		return nil, false, err
	}
	isOurs := answer.status == 200 || answer.status == 202 || answer.status == 403
	if answer.kind != "application/json" || !isOurs {
		return nil, false, problemOf(answer, members)
	}
	var decision Decision
	if err := strictly(members, answer.body, &decision, "allowed", "decision", "message", "audit_id", "enforced"); err != nil {
		return nil, false, unreadable("The answer cannot be understood: " + err.Error())
	}
	if !decision.Decision.Valid() {
		return nil, false, unreadable(fmt.Sprintf("The answer cannot be understood: no known decision: %.40q", decision.Decision))
	}
	waits := answer.status == 202
	isAsked := decision.Decision == RequireApproval && decision.ApprovalId != nil && isID.MatchString(*decision.ApprovalId)
	if decision.Allowed != (answer.status == 200) || waits && !isAsked {
		return nil, false, unreadable("The answer contradicts its own status")
	}
	return &decision, waits, nil
}

// isID: an id goes into a path.
var isID = regexp.MustCompile(`^[A-Za-z0-9_-]{1,128}$`)

// readStatus is what became of a question, with a person's reason.
func readStatus(answer *answer, id string) (ApprovalStatus, string, error) {
	members, err := objectOf(answer)
	if err != nil {
		return "", "", err
	}
	if answer.status != 200 || answer.kind != "application/json" {
		return "", "", problemOf(answer, members)
	}
	var told struct {
		ID     string         `json:"id"`
		Status ApprovalStatus `json:"status"`
		Reason *string        `json:"reason"`
	}
	err = strictly(members, answer.body, &told, "id", "status")
	_, isDecision := members["allowed"]
	_, isKnown := words[told.Status]
	if err != nil || !isKnown || told.ID != id || isDecision {
		return "", "", unreadable("What became of the approval cannot be understood")
	}
	if told.Reason == nil {
		return told.Status, "", nil
	}
	return told.Status, *told.Reason, nil
}

func problemOf(answer *answer, members map[string]json.RawMessage) *UndecidedError {
	var problem Problem
	err := strictly(members, answer.body, &problem, "code", "title", "status")
	if err != nil || answer.kind != "application/problem+json" || answer.status < 400 {
		return unreadable(fmt.Sprintf("The server answered %d with what is no decision", answer.status))
	}
	message := problem.Title
	if problem.Detail != nil {
		message = *problem.Detail
	}
	return &UndecidedError{Code: string(problem.Code), Message: message, Problem: &problem}
}

// strictly decodes an object that has these members, none of them null.
func strictly(members map[string]json.RawMessage, body []byte, into any, needed ...string) error {
	for _, name := range needed {
		if value, is := members[name]; !is || string(value) == "null" {
			return errors.New(name + " is missing")
		}
	}
	return json.Unmarshal(body, into)
}

// objectOf is the members of the one JSON object that an answer is.
func objectOf(answer *answer) (map[string]json.RawMessage, error) {
	members := map[string]json.RawMessage{}
	if !utf8.Valid(answer.body) {
		return nil, unreadable(fmt.Sprintf("The server answered %d with no UTF-8", answer.status))
	}
	if err := json.Unmarshal(answer.body, &members); err != nil || members == nil {
		return nil, unreadable(fmt.Sprintf("The server answered %d with no object", answer.status))
	}
	if err := unique(json.NewDecoder(bytes.NewReader(answer.body))); err != nil {
		return nil, unreadable(fmt.Sprintf("The server answered %d with an object that says two things: %s", answer.status, err))
	}
	return members, nil
}

// unique refuses a key that comes twice in an object; encoding/json takes the last one, whatever its letter case.
func unique(decoder *json.Decoder) error {
	token, err := decoder.Token()
	if err != nil {
		return err
	}
	delim, is := token.(json.Delim)
	if !is {
		return nil
	}
	seen := map[string]bool{}
	for decoder.More() {
		if delim == '{' {
			key, err := decoder.Token()
			if err != nil {
				return err
			}
			name := strings.ToLower(fmt.Sprint(key))
			if seen[name] {
				return errors.New(name + " comes twice")
			}
			seen[name] = true
		}
		if err := unique(decoder); err != nil {
			return err
		}
	}
	_, err = decoder.Token()
	return err
}
