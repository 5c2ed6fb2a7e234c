#ifndef RAMPART_SHIM_H
#define RAMPART_SHIM_H

/* What the files of the shim share. Nothing here allocates: every buffer has a stated bound. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum {
  RAMPART_TEXT_MOST = 1 << 20,    /* a script, and the body of a request: the server takes no more */
  RAMPART_ANSWER_MOST = 64 << 10, /* an answer's body; more is unreadable */
  RAMPART_REPLY_MOST = 1 << 20,   /* of an approval, which shows the call */
  RAMPART_HEAD_MOST = 16 << 10,   /* its head */
  RAMPART_PATH_MOST = 4096,
  RAMPART_WORD_MOST = 512,        /* message, policy and approval of an answer, as they are shown */
  RAMPART_BLOCKED = 126           /* exit code of a command that may not run */
};

/* --- text.c ------------------------------------------------------------------------------------ */

/* A buffer that is written from the front. What does not fit sets `full`, and nobody sends it. */
struct rampart_text {
  char *at;
  size_t size;
  size_t most;
  bool full;
};

void rampart_add(struct rampart_text *text, const char *bytes, size_t size);
void rampart_add_word(struct rampart_text *text, const char *word);
void rampart_add_number(struct rampart_text *text, uint64_t number);
/* `"…"` as JSON has it; the bytes must be UTF-8. */
void rampart_add_json(struct rampart_text *text, const char *bytes, size_t size);
void rampart_add_base64(struct rampart_text *text, const char *bytes, size_t size);
/* One word that a shell reads back as these bytes. */
void rampart_add_quoted(struct rampart_text *text, const char *word);
/* For people: controls, invisible and direction-changing characters as escapes (security.md F13). */
void rampart_add_shown(struct rampart_text *text, const char *bytes, size_t size);
/* The character at the front and its length; 0 where the bytes are not UTF-8. */
size_t rampart_utf8(const char *bytes, size_t size, uint32_t *character);
bool rampart_is_utf8(const char *bytes, size_t size);

/* --- settings.c -------------------------------------------------------------------------------- */

/*
 * Where the server is and who asks. `rampart.env` beside the program says it where there is one, and
 * then no variable of the environment does; those may tighten at most (security.md F5).
 */
struct rampart_settings {
  const char *socket;
  const char *agent;
  const char *session;
  const char *run;
  const char *bin;        /* the executable that decides where the server cannot; or NULL */
  const char *state;      /* RAMPART_HOME for it; or NULL */
  const char *library;    /* librampart.so; or NULL */
  const char *real_shell; /* what `rampart-shim` itself stands for; or NULL */
  const char *home;       /* of this user, from the password file; or NULL */
  int timeout_ms;
  long server_uid;        /* whose server it has to be, or root's; -1: ours */
  bool fail_open;
  bool quiet;
};

/* `rampart.env` is looked for beside `program`, then beside `own`. */
void rampart_settings_read(struct rampart_settings *settings, const char *program, const char *own);
const char *rampart_variable(const char *name);

/* --- options.c --------------------------------------------------------------------------------- */

enum rampart_dialect { RAMPART_BASH, RAMPART_DASH, RAMPART_ZSH, RAMPART_KSH, RAMPART_NO_SHELL };

/* What a shell would do with its argv. Indices point into it. */
struct rampart_invocation {
  enum {
    RAMPART_COMMAND,   /* -c: `text` is the line, `args` its $0 and the rest */
    RAMPART_SCRIPT,    /* `text` is the file, `args` what follows */
    RAMPART_STDIN,     /* standard input, `args` are $1 and the rest */
    RAMPART_NOTHING,   /* --version, -c without a line: it ends before it runs anything */
    RAMPART_UNREADABLE /* an option that we do not know: `why` */
  } kind;
  int text;
  int args;
  bool login;
  bool interactive;
  bool trace;
  const char *rcfile;
  const char *why;
};

/* Reads argv as that shell does: total, no side effects. */
void rampart_read_options(enum rampart_dialect dialect, int argc, char *const argv[],
                          struct rampart_invocation *invocation);

/* --- shells.c ---------------------------------------------------------------------------------- */

struct rampart_shell {
  char name[16];               /* bash, sh, … */
  char path[RAMPART_PATH_MOST]; /* of the real one */
  enum rampart_dialect dialect;
};

/* The shell that this program stands for. False where there is none, or none that we can read. */
bool rampart_shell_find(const char *program, const struct rampart_settings *settings,
                        struct rampart_shell *shell);
/* Whether this program is what stands there. */
bool rampart_is_ourselves(const char *path);
const char *rampart_base(const char *path);

/* --- capture.c --------------------------------------------------------------------------------- */

enum rampart_captured {
  RAMPART_CAPTURED,    /* all of it, and the descriptor now holds the very bytes that were read */
  RAMPART_TERMINAL,    /* a person, or whoever plays one */
  RAMPART_ENDLESS,     /* still open, and nothing was taken from it */
  RAMPART_TOO_LONG,
  RAMPART_UNREAD
};

enum rampart_captured rampart_capture(int fd, char *buffer, size_t most, size_t *size);

/* --- startup.c --------------------------------------------------------------------------------- */

/* Lines for the code that the environment makes the shell run before ours. False: unreadable. */
bool rampart_add_startup(struct rampart_text *text, const struct rampart_shell *shell,
                         const struct rampart_invocation *invocation, const char *home,
                         const char *line, size_t size);

/* --- request.c --------------------------------------------------------------------------------- */

/* What is asked about: a line, or words. */
struct rampart_question {
  const char *line;
  size_t line_size;
  const char *const *words; /* NULL-terminated; where `line` is NULL */
  const char *shell;
  const char *layer;
};

bool rampart_request_write(struct rampart_text *body, const struct rampart_settings *settings,
                           const struct rampart_question *question);

/* --- answer.c ---------------------------------------------------------------------------------- */

struct rampart_answer {
  bool allowed;
  bool asks;                          /* decision is require_approval */
  char message[RAMPART_WORD_MOST];
  char policy[RAMPART_WORD_MOST];
  char approval[RAMPART_WORD_MOST];
  char status[32];                    /* of an approval that was polled */
};

/* One JSON object with exactly one boolean `allowed`. False: unreadable. */
bool rampart_answer_read(const char *json, size_t size, struct rampart_answer *answer);
/* An approval: exactly one `status`. */
bool rampart_approval_read(const char *json, size_t size, struct rampart_answer *answer);

/* --- ask.c ------------------------------------------------------------------------------------- */

enum rampart_asked {
  RAMPART_ANSWERED, /* status and body are there */
  RAMPART_ABSENT,   /* ENOENT or ECONNREFUSED: nobody is there (security.md F6) */
  RAMPART_FAILING   /* anything else */
};

struct rampart_reply {
  int status;
  size_t size;
  char body[RAMPART_REPLY_MOST + 1];
};

/* One exchange over the unix socket within `timeout_ms`. `body` NULL: a GET. */
enum rampart_asked rampart_ask(const struct rampart_settings *settings, const char *path,
                               const struct rampart_text *body, int timeout_ms,
                               struct rampart_reply *reply);

/* --- local.c ----------------------------------------------------------------------------------- */

/* `RAMPART_BIN shim decide`, its environment made new (security.md F37). False: no answer. */
bool rampart_decide_locally(const struct rampart_settings *settings, const char *layer,
                            const struct rampart_text *body, struct rampart_reply *reply);

/* Whether there is no such executable at all. */
bool rampart_is_absent(const char *path);

/* --- posture.c --------------------------------------------------------------------------------- */

/* The whole way from a question to whether it may run; says on stderr why not. */
bool rampart_allows(const struct rampart_settings *settings,
                    const struct rampart_question *question);
/* `rampart: blocked: MESSAGE (POLICY)`. */
void rampart_say_blocked(const struct rampart_settings *settings, const char *message,
                         const char *policy);

/* --- clock, processes: platform.c -------------------------------------------------------------- */

int64_t rampart_now_ms(void);
uint64_t rampart_time_ms(void);
void rampart_pause_ms(int ms);
/* The path by which this program was started, as the kernel tells it; or NULL. */
const char *rampart_started_as(void);
pid_t rampart_parent_of(pid_t pid);

#endif
