/* What the files of the library share. Everything here is safe after fork and vfork and in a signal handler. */
#ifndef RAMPART_PRELOAD_H
#define RAMPART_PRELOAD_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>
#include <sys/un.h>

#ifndef PATH_MAX
#define PATH_MAX 4096
#endif

enum {
  BODY_LIMIT = 1 << 20,  /* of a question, as the server's */
  REPLY_LIMIT = 1 << 16, /* of an answer, its head included */
  LINE_LIMIT = 1024,     /* of what is printed */
  DEPTH_LIMIT = 32,      /* of an answer's nesting */
  PARENTS_LIMIT = 4,     /* of the chain that is told */
  LOCAL_MS = 5000,       /* the executable decides within */
  WAIT_S = 25,           /* of one question how an approval stands */
  ASK_AGAIN = 3          /* times, when an approval was another's before it was ours */
};

/* settings.c: the environment as it was when the library was loaded. Nothing the program does later loosens it. */

enum carried {
  AGENT, ASKED, BIN, FAIL_OPEN, HOME, LIB, MODE, PRELOAD, QUIET, RUN, SESSION, SNAPSHOT, SOCKET, TIMEOUT_MS, URL,
  CARRIED
};

struct settings {
  bool loaded;
  bool active;        /* false: RAMPART_MODE=disabled, nothing is judged and nothing carried */
  const char *broken; /* why nothing can be asked; everything is denied */
  bool open, quiet;
  bool files, net;
  int timeout_ms;
  struct sockaddr_un server;
  char gaps[sizeof(((struct sockaddr_un *)0)->sun_path) + 8];
  char snapshot[PATH_MAX];
  const char *entry[CARRIED]; /* "RAMPART_AGENT=…" as it is carried on, NULL where it was not set */
};
extern struct settings settings;

/** Read the environment, once. */
void load_settings(void);
/** The value of what is carried, or NULL. */
const char *setting(enum carried which);
/** The name of a carried variable. */
const char *carried_text(enum carried which);
/** Which of the carried variables an entry "NAME=…" is; CARRIED for none of them. */
enum carried carried_name(const char *entry);

/* environment.c */

struct passport {
  char asked[32]; /* "RAMPART_ASKED=x123": process 123 was asked about before it executed this program */
  char *loader;   /* "LD_PRELOAD=…", of `loader_room` bytes */
};

/** Slots that a carried copy of an environment needs, and the room for its loader variable. */
size_t environment_slots(char *const envp[], size_t *loader_room);
/** Fill the copy. `kind` is 'x' for a program executed in this process, 's' for a child's. */
void environment_carry(char **slots, char *const envp[], struct passport *passport, char kind);
/** Make `environ` itself carry, for functions of libc that hand it on unseen; false without memory. */
bool environment_heal(void);
/** Whether somebody asked about this very process before it began. */
bool environment_was_asked(void);

/* request.c */

struct call {
  const char *tool;    /* "exec", "read", "write", "fetch" */
  const char *program; /* resolved; relative to the working directory, or to `base` */
  const char *base;    /* directory a relative path is in, NULL: the working directory */
  char *const *argv;
  const char *target;  /* path or URL, for the tools that have no argv */
};

struct writer {
  char *start, *at, *end;
  bool full; /* something did not fit: what is there is not to be used */
};

void put_text(struct writer *out, const char *text);
void put_number(struct writer *out, unsigned long number);
void put_bytes(struct writer *out, const char *bytes, size_t length);
/** A JSON string of UTF-8 text. */
void put_string(struct writer *out, const char *text);
/** Length of the UTF-8 sequence at a place of a NUL-terminated text; 0 where there is none (RFC 3629). */
size_t utf8_at(const char *text);
bool is_utf8(const char *text);
/** The parent of this process, the parent of that, …; how many there are. */
size_t parents(pid_t chain[PARENTS_LIMIT]);
/** The JSON body about a call. */
void put_question(struct writer *out, const struct call *call, const char *cwd);

/* answer.c */

struct answer {
  bool has_allowed, allowed;
  char decision[24], message[400], policy[104], approval_id[64], status[24];
};

struct reply {
  int status;
  const char *body;
  size_t length;
};

enum progress { MORE, WHOLE, GARBAGE };
/** Read what came of an HTTP/1.1 answer; `ended` when no more will come. */
enum progress read_reply(char *bytes, size_t length, bool ended, struct reply *reply);
/** Read a JSON object strictly: one that two readers could read differently is refused. */
bool read_answer(const char *json, size_t length, struct answer *answer);

/* ask.c */

struct scratch {
  struct answer answer;
  struct reply reply;
  char cwd[PATH_MAX];
  char head[512];
  char line[LINE_LIMIT];
  char received[REPLY_LIMIT];
  char body[BODY_LIMIT];
};

/**
 * Send one request over the socket and read its answer into `scratch`. 0, or the errno of what went wrong:
 * EPROTO for an answer that is none, ETIMEDOUT for a late one, EINTR for a person's signal where `cancellable`.
 */
int exchange(struct scratch *scratch, const char *head, size_t body, int within_ms, bool cancellable);
/** Wait till a person has answered; 0 for yes, EPERM for no, else what went wrong. */
int await_approval(struct scratch *scratch);
/** Monotonic milliseconds. */
long long now_ms(void);

/* local.c */

enum local { LOCAL_ANSWERED, LOCAL_ABSENT, LOCAL_FAILED };
/** Let the executable decide about the body in `scratch`. */
enum local ask_executable(struct scratch *scratch, size_t body);

/* judge.c */

/** May this call be made? Says why not on stderr. Leaves errno as it was. */
bool permitted(const struct call *call);

/* say.c */

/** One line on stderr, with what cannot be seen spelled out; `why` may be NULL. */
void say(char line[LINE_LIMIT], const char *what, const char *message, const char *why);
/** A call passes unjudged: leave a line for the server, and say so once. */
void record_gap(struct scratch *scratch, const struct call *call);

/* access.c */

/** May a file be read, written or deleted (bits of enum snapshot_access)? Leaves errno as it was. */
bool file_permitted(unsigned access, int dir, const char *path);
bool host_permitted(const char *host, unsigned port);

/* files.c and net.c: the same by the number of a system call; and what is behind their doors. */
bool file_call_permitted(long number, const long a[6]);
bool net_call_permitted(long number, const long a[6]);
void resolve_files(void);
void resolve_net(void);

/* resolve.c */

/** 0 if the kernel would find a program there, else the errno it would answer. */
int program_error(int dir, const char *path);
/** The next candidate of a PATH search; false when there is none. `*place` starts as NULL. */
bool next_candidate(const char *file, const char **place, char candidate[PATH_MAX]);
/** What a descriptor is open on. */
bool path_of_fd(int fd, char path[PATH_MAX]);

#endif
