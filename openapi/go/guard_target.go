package rampart

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// target is where the server is, and the credential that may go there: the rules of the command line (security.md
// F5, F7). An address out of the environment gets a token out of the environment, and the token of a state
// directory goes only to the server that the same directory names.
type target struct {
	url, socket, token string
}

func findServer(options Options, getenv func(string) string) (target, error) {
	token := first(options.Token, getenv("RAMPART_TOKEN"))
	if options.Socket != "" {
		// The socket carries `eval` by file permission.
		return target{url: "http://localhost", socket: options.Socket, token: token}, nil
	}
	url := options.URL
	if url == "" && options.Home == "" {
		// A home that the program itself names counts more than the environment.
		url = getenv("RAMPART_URL")
	}
	if url != "" {
		at, err := origin(url)
		return target{url: at, token: token}, err
	}
	home := first(options.Home, getenv("RAMPART_HOME"))
	if home == "" {
		own, err := os.UserHomeDir()
		if err != nil {
			return target{}, &UndecidedError{Code: CodeUnreached, Message: err.Error(), cause: err}
		}
		home = filepath.Join(own, ".rampart")
	}
	return ofHome(home, token)
}

func ofHome(home, token string) (target, error) {
	path := filepath.Join(home, "run", "serve.json")
	text, err := readSmall(path, 1<<14)
	if errors.Is(err, fs.ErrNotExist) {
		return target{}, &UndecidedError{Code: CodeAbsent, Message: "No server runs on " + home, cause: err}
	}
	var told struct {
		URL    string  `json:"url"`
		Socket *string `json:"socket"`
	}
	if err == nil {
		err = json.Unmarshal(text, &told)
	}
	if err != nil {
		return target{}, &UndecidedError{Code: CodeUnreached, Message: fmt.Sprintf("Cannot read %s: %s", path, err), cause: err}
	}
	at, err := origin(told.URL)
	if err != nil {
		return target{}, err
	}
	if told.Socket != nil && *told.Socket != "" {
		return target{url: at, socket: *told.Socket, token: token}, nil
	}
	if token == "" {
		token, err = fileToken(filepath.Join(home, "token"))
	}
	return target{url: at, token: token}, err
}

var isToken = regexp.MustCompile(`^[0-9a-f]{64}$`)

func fileToken(path string) (string, error) {
	text, err := readSmall(path, 4096)
	token := strings.TrimSpace(string(text))
	if err == nil && !isToken.MatchString(token) {
		err = errors.New("it holds no token")
	}
	if err != nil {
		return "", &UndecidedError{Code: CodeUnreached, Message: fmt.Sprintf("Cannot read %s: %s", path, err), cause: err}
	}
	return token, nil
}

// readSmall: somebody may have put a device, a pipe or a link there: none blocks us, none is followed.
func readSmall(path string, limit int64) ([]byte, error) {
	file, err := os.OpenFile(path, os.O_RDONLY|openFlags, 0)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() || info.Size() > limit {
		return nil, errors.New("not a small regular file")
	}
	return io.ReadAll(io.LimitReader(file, limit))
}
