/* What the files of the library share. Everything here is safe after fork and vfork and in a signal handler. */
#ifndef RAMPART_PRELOAD_H
#define RAMPART_PRELOAD_H

#include "../wire/wire.h"

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
  struct remote remote; /* no `url` where the server is on this machine */
  char program[PATH_MAX]; /* of `remote` */
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

enum { LOADER_ON_STACK = 4096 }; /* a longer loader variable is E2BIG */

/** Slots that a carried copy of an environment needs, and the room for its loader variable. */
size_t environment_slots(char *const envp[], size_t *loader_room);
/** Fill the copy. `kind` is 'x' for a program executed in this process, 's' for a child's. */
void environment_carry(char **slots, char *const envp[], struct passport *passport, char kind);
/** Make `environ` itself carry, for functions of libc that hand it on unseen; false without memory. */
bool environment_heal(void);
/** Whether somebody asked about this very process before it began. */
bool environment_was_asked(void);

/* judge.c */

/** May this call be made? Says why not on stderr. Leaves errno as it was. */
bool permitted(const struct call *call);

/* access.c */

/** May a file be read, written or deleted (bits of enum snapshot_access)? Leaves errno as it was. */
bool file_permitted(unsigned access, int dir, const char *path);
bool host_permitted(const char *host, unsigned port);

/* doors.c, spawn.c and lines.c */

/** What every door does first: a call may come before the library's own beginning. */
void wake(void);
void resolve_children(void);
void resolve_lines(void);

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
