/*
 * What the library and the shim share: the question, the way to the server, and the answer. Nothing here
 * allocates, locks or uses stdio; all of it is safe after fork and vfork and in a signal handler, and needs
 * of libc only what shim/freestanding.c has.
 */
#ifndef RAMPART_WIRE_H
#define RAMPART_WIRE_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <sys/un.h>

#ifndef PATH_MAX
#define PATH_MAX 4096
#endif

enum {
  BODY_LIMIT = 1 << 20,                    /* of a question, as the server's */
  ANSWER_LIMIT = 64 << 10,                 /* of an answer, its head included */
  REPLY_LIMIT = BODY_LIMIT + ANSWER_LIMIT, /* of an approval, which shows its call */
  LINE_LIMIT = 1024,                       /* of what is printed */
  DEPTH_LIMIT = 32,                        /* of an answer's nesting */
  PARENTS_LIMIT = 4,                       /* of the chain that is told */
  LOCAL_MS = 10000,                        /* the executable decides within */
  WAIT_S = 25,                             /* of one question how an approval stands */
  ASK_AGAIN = 3,                           /* times, when an approval was another's before it was ours */
  ASK_MS = 500,                            /* of a question, where none is set */
  ASK_MOST_MS = 60000
};

/* text.c: a buffer that is written from the front. What does not fit is not to be used. */

struct writer {
  char *start, *at, *end;
  bool full;
};
#define WRITER(buffer, room) {(buffer), (buffer), (buffer) + (room), false}

static inline size_t written(const struct writer *out) { return (size_t)(out->at - out->start); }
void put_text(struct writer *out, const char *text);
void put_number(struct writer *out, uint64_t number);
void put_bytes(struct writer *out, const char *bytes, size_t length);
/** A JSON string of UTF-8 text. */
void put_json(struct writer *out, const char *bytes, size_t length);
/** The inside of one. */
void put_escaped(struct writer *out, const char *bytes, size_t length);
/** The two texts behind each other, as base64 in quotes. */
void put_base64(struct writer *out, const char *head, size_t head_length, const char *bytes, size_t length);
/** For people: controls, invisible and direction-changing characters as escapes, as src/cli/display.ts has them. */
void put_shown(struct writer *out, const char *text);
/** The character at the front and its length; 0 where the bytes are not UTF-8 (RFC 3629). */
size_t utf8_read(const char *bytes, size_t length, uint32_t *code);
bool is_utf8(const char *bytes, size_t length);

/* question.c */

struct caller {
  const char *agent, *session, *run; /* run may be NULL */
  const char *layer;
  bool elsewhere; /* the server is on another machine, where numbers of processes are others' */
};

struct call {
  const char *tool;    /* "exec", "read", "write", "fetch" */
  const char *program; /* resolved; relative to the working directory, or to `base`; or NULL */
  const char *base;    /* directory a relative path is in, NULL: the working directory */
  char *const *argv;
  const char *target;  /* path or URL, for the tools that have no argv */
  const char *line;    /* instead of argv, what the shell of this name reads */
  size_t line_length;
  const char *shell;
};

/** The JSON body about a call; `cwd` is empty where there is none. */
void put_question(struct writer *out, const struct caller *caller, const struct call *call, const char *cwd);

/* reply.c */

struct reply {
  int status;
  const char *head, *body; /* the fields of the head end where the body begins */
  size_t length;
};

enum progress { MORE, WHOLE, GARBAGE };
/**
 * Read what came of an HTTP/1.1 answer, with room for a NUL behind it; `ended` when no more will come, `full`
 * when no more has room. Chunks are put together where they stand.
 */
enum progress read_reply(char *bytes, size_t length, bool ended, bool full, struct reply *reply);
/** The value of a field of the head; NULL where it is not there exactly once. */
const char *reply_field(const struct reply *reply, const char *name, size_t *length);

/* answer.c */

struct answer {
  bool has_allowed, allowed;
  char decision[24], message[512], policy[128], approval_id[64], status[24];
};

/** Read a JSON object strictly: one that two readers could read differently is refused. */
bool read_answer(const char *json, size_t length, struct answer *answer);
/* One JSON object and nothing else. */
bool is_object(const char *text, size_t length);

/* ask.c */

/** Monotonic milliseconds. */
int64_t now_ms(void);
/** The address of a socket; false where its path is too long. */
bool name_server(struct sockaddr_un *server, const char *path);

/** A server on another machine, and the program that reaches it. */
struct remote {
  const char *url, *program;
  const char *state; /* "RAMPART_HOME=…", where its credential is; or NULL */
};

/** Why it was not reached, where no errno says it: the exit codes of rampart-remote, from 10001 on. */
enum unreached {
  REMOTE_USAGE = 1, REMOTE_NO_CURL, REMOTE_NO_TOKEN, REMOTE_REFUSED, REMOTE_UNREACHED, REMOTE_UNTRUSTED, REMOTE_LATE,
  REMOTE_BROKEN, REMOTE_NO_PROGRAM = 127, UNREACHED = 10000
};
/** What is said of an errno or of one of those. */
const char *reason_of(int error);

/** One request, and the memory for what comes back. */
struct exchange {
  const struct sockaddr_un *to;
  const struct remote *remote; /* instead of a socket, or NULL */
  const char *head, *body;
  size_t length; /* of the body */
  int within_ms;
  const uint64_t *mask; /* while a person is waited for every signal is held back, but for those outside this set */
  char *received;
  size_t room;
};

/** 0, or the errno of what went wrong: EPROTO for an answer that is none, ETIMEDOUT for a late one, EINTR. */
int exchange(const struct exchange *with, struct reply *reply);

/** Sleep; false where a signal that the mask lets through ended it. */
bool sleep_ms(int64_t ms, const uint64_t *mask);

/* verdict.c */

struct scratch {
  struct answer answer;
  struct reply reply;
  char cwd[PATH_MAX];
  char head[512];
  char line[LINE_LIMIT];
  char received[REPLY_LIMIT];
  char body[BODY_LIMIT];
};

/** How one call is asked about. */
struct way {
  const struct sockaddr_un *to;
  const struct remote *remote; /* instead of a socket, or NULL */
  const char *tool, *layer;
  const char *bin;   /* the executable that decides where the server does not; or NULL */
  const char *state; /* "RAMPART_HOME=…" for it; or NULL */
  int timeout_ms;
  int lost_most;     /* looks for a server that went away while a person was asked */
  void (*waits)(const struct answer *answer); /* told once a person is asked; or NULL */
};

enum verdict {
  PERMITTED,
  DENIED,      /* by the answer */
  REFUSED,     /* the server takes no such question: `reply.status` */
  NOBODY,      /* no server and no executable: the posture decides */
  UNDECIDED,   /* Rampart is there but fails: `*error` */
  PERSON_NO,   /* `answer.status` says how */
  INTERRUPTED, /* the wait for a person */
  LOST,        /* the answer of a person */
  ANOTHERS     /* approved, but for something else */
};

/** The whole way from a question (`length` bytes in `scratch->body`) to whether it may run. */
enum verdict judge_call(struct scratch *scratch, const struct way *way, size_t length, int *error);

/* child.c */

enum local { LOCAL_ANSWERED, LOCAL_ABSENT, LOCAL_FAILED };
struct child {
  pid_t pid;
  int fd; /* its standard input and output, not waiting */
};
/** Whether a program stands there that is ours or root's and no one else's to write; its path has to be absolute. */
enum local child_standing(const char *path);
/** Start it with an environment made new, `state` at its end; `text` is memory to read in. Sets errno. */
bool child_start(struct child *child, const char *const argv[], const char *state, char *text, size_t room);
/** Close what leads to it, kill it if it has to end now, and wait for it. */
bool child_end(const struct child *child, bool now, int *status);

/* local.c */

/** Let the executable decide about the body in `scratch`, its environment made new (F37). */
enum local ask_executable(struct scratch *scratch, const struct way *way, size_t length);

/* place.c */

/** The file of this name beside another; false where that has no directory or there is no room. */
bool name_beside(char *into, size_t room, const char *path, const char *name);
/** The server's socket: the one given, else that of a state directory or a home. NULL, or what is wrong with it. */
const char *name_socket(char *into, size_t room, const char *socket, const char *state, const char *home);
/** Milliseconds; ASK_MS of what is no such number. */
int read_timeout(const char *text);
enum place { PLACE_UNREADABLE, PLACE_HERE, PLACE_REMOTE };
/** What RAMPART_URL names: this machine (by its socket), another by https, or neither. Its host and port. */
enum place place_of(const char *url, const char **host, size_t *length);

/* process.c */

/** The parent of this process, the parent of that, …; how many there are. */
size_t parents(pid_t chain[PARENTS_LIMIT]);
/** All of a small file into `into`, ended by NUL; how long it is, -1 where it cannot be read or is longer. */
ssize_t read_small(int fd, char *into, size_t room);
/** This user's home out of /etc/passwd: the environment's may be the agent's. `text` is memory to read in. */
const char *home_of_user(char *text, size_t room);
/**
 * Whether that account may speak for the server: root; the one that root pinned in a file that only root may
 * write, where the server has a user of its own (level L1); ours where none is pinned (F7).
 */
bool may_answer(uid_t uid);
/** A call passes unjudged: leave a line beside the socket. Whether that was said not long ago. */
bool record_gap(char line[LINE_LIMIT], const char *gaps, const char *layer, const char *program);
/** One line on stderr, with what cannot be seen spelled out; `why` may be NULL. Its reader may be gone. */
void say(char line[LINE_LIMIT], const char *what, const char *message, const char *why);

#endif
