#ifndef RAMPART_SHIM_H
#define RAMPART_SHIM_H

/* What the files of the shim share. Nothing here allocates: every buffer has a stated bound. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "../wire/wire.h"

enum { RAMPART_BLOCKED = 126 /* exit code of a command that may not run */ };

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
  const char *state;      /* "RAMPART_HOME=…" for it; or NULL */
  const char *library;    /* librampart.so; or NULL */
  const char *real_shell; /* what `rampart-shim` itself stands for; or NULL */
  const char *home;       /* of this user, from the password file; or NULL */
  struct remote remote;   /* no `url` where the server is on this machine */
  const char *broken;     /* why nothing may be asked by them, and no shell runs; or NULL */
  int timeout_ms;
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
  char path[PATH_MAX]; /* of the real one */
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

/* One word that a shell reads back as these bytes. */
void put_quoted(struct writer *text, const char *word);
/* Lines for the code that the environment makes the shell run before ours. False: unreadable. */
bool rampart_add_startup(struct writer *text, const struct rampart_shell *shell,
                         const struct rampart_invocation *invocation, const char *home,
                         const char *line, size_t size);

/* --- posture.c --------------------------------------------------------------------------------- */

/* The whole way from a question to whether it may run; says on stderr why not. */
bool rampart_allows(const struct rampart_settings *settings, const struct call *call);
/* `rampart: blocked: MESSAGE (POLICY)`; `policy` may be NULL. */
void rampart_say_blocked(const struct rampart_settings *settings, const char *message, const char *policy);

/* --- hook.c ------------------------------------------------------------------------------------ */

/* `rampart-shim hook HOST …`, its words from HOST on: the exit code, 0 or 2. `own`: the path of this program. */
int rampart_hook(int argc, char *const argv[], const struct rampart_settings *settings, const char *own);

#endif
