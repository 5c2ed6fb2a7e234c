package rampart

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"syscall"
	"time"
)

const answerLimit = 16 << 20

// line is the connections to one server. No proxy of the environment counts, and no redirection is followed.
type line struct {
	target target
	client *http.Client
}

func newLine(target target) *line {
	dialer := &net.Dialer{Timeout: 10 * time.Second}
	transport := &http.Transport{
		Proxy: nil,
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			if target.socket != "" {
				return dialer.DialContext(ctx, "unix", target.socket)
			}
			return dialAll(ctx, dialer, network, address)
		},
		// What is packed could be a bomb.
		DisableCompression:  true,
		MaxIdleConnsPerHost: 20,
		IdleConnTimeout:     90 * time.Second,
	}
	client := &http.Client{
		Transport:     transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return &line{target: target, client: client}
}

// dialAll tries each address of a name; its error is absence only where that of each is.
func dialAll(ctx context.Context, dialer *net.Dialer, network, address string) (net.Conn, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	addresses, err := net.DefaultResolver.LookupHost(ctx, host)
	if err != nil {
		return nil, err
	}
	worst := errors.New("no address")
	for at, each := range addresses {
		connection, err := dialer.DialContext(ctx, network, net.JoinHostPort(each, port))
		if err == nil {
			return connection, nil
		}
		if at == 0 || !isAbsence(err) {
			worst = err
		}
	}
	return nil, worst
}

// isAbsence: only these say that nobody is there; a program itself can bring about every other one (security.md F6).
func isAbsence(err error) bool {
	var failed *net.OpError
	return errors.As(err, &failed) && failed.Op == "dial" &&
		(errors.Is(err, syscall.ENOENT) || errors.Is(err, syscall.ECONNREFUSED))
}

func (l *line) exchange(request *http.Request) (*answer, error) {
	response, err := l.client.Do(request)
	if err != nil {
		return nil, l.unreached(err)
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(response.Body, answerLimit+1))
	if err != nil {
		return nil, l.unreached(err)
	}
	if len(body) > answerLimit {
		return nil, unreadable(fmt.Sprintf("The answer is larger than %d bytes", answerLimit))
	}
	// An answer that says no type is of none.
	kind, _, _ := mime.ParseMediaType(response.Header.Get("Content-Type"))
	if response.Header.Get("Content-Encoding") != "" {
		kind = ""
	}
	return &answer{status: response.StatusCode, kind: kind, body: body}, nil
}

func (l *line) unreached(err error) *UndecidedError {
	code := CodeUnreached
	if isAbsence(err) {
		code = CodeAbsent
	}
	where := first(l.target.socket, l.target.url)
	return &UndecidedError{Code: code, Message: fmt.Sprintf("No answer from %s: %s", where, err), cause: err}
}
