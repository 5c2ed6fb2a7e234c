package rampart

// DeniedError says that policies or a person said no, or that nobody answered in time (Decision.ApprovalStatus
// is then pending). The call was not made.
type DeniedError struct {
	Decision Decision
}

func (e *DeniedError) Error() string {
	if e.Decision.Rule != nil {
		return "denied by " + *e.Decision.Rule + ": " + e.Decision.Message
	}
	return "denied: " + e.Decision.Message
}

// Codes of an UndecidedError beside those of the server's problems.
const (
	// CodeAbsent: no server runs there.
	CodeAbsent = "absent"
	// CodeUnreached: a server is there, and fails or is late.
	CodeUnreached = "unreached"
	// CodeUnreadable: a call or an answer cannot be understood.
	CodeUnreadable = "unreadable"
)

// UndecidedError says that there is no decision. The call was not made.
type UndecidedError struct {
	// Code is CodeAbsent, CodeUnreached, CodeUnreadable or the code of Problem.
	Code    string
	Message string
	// Problem is what the server said, where it said so.
	Problem *Problem
	cause   error
}

func (e *UndecidedError) Error() string { return "undecided (" + e.Code + "): " + e.Message }

func (e *UndecidedError) Unwrap() error { return e.cause }

func unreadable(message string) *UndecidedError {
	return &UndecidedError{Code: CodeUnreadable, Message: message}
}
