/* The libc functions that start a program as a child. */
#include <spawn.h>
#include <string.h>

#include "platform.h"
#include "preload.h"

#ifdef __GLIBC__
#include <gnu/libc-version.h>
#endif

#define SPAWN const posix_spawn_file_actions_t *actions, const posix_spawnattr_t *attributes, char *const argv[], char *const envp[]

#ifndef __APPLE__
static int (*next_posix_spawn)(pid_t *, const char *, SPAWN);
static int (*next_posix_spawnp)(pid_t *, const char *, SPAWN);
static int (*next_pidfd_spawn)(int *, const char *, SPAWN);
static int (*next_pidfd_spawnp)(int *, const char *, SPAWN);
int pidfd_spawn(int *restrict, const char *restrict, SPAWN); /* glibc 2.39 */
int pidfd_spawnp(int *restrict, const char *restrict, SPAWN);

/* A name that libc does not have costs a message, and with it the program's first allocation. */
static bool has_pidfd(void) {
#ifdef __GLIBC__
  return strverscmp(gnu_get_libc_version(), "2.39") >= 0;
#else
  return false;
#endif
}

#else
#define has_pidfd() false
#endif

void resolve_children(void) {
  (void)HAS(posix_spawn);
  (void)HAS(posix_spawnp);
  if (!has_pidfd()) return;
  (void)HAS(pidfd_spawn);
  (void)HAS(pidfd_spawnp);
}

typedef int spawn_behind(void *child, const char *path, SPAWN);

static int spawn_path(spawn_behind *next, void *child, const char *path, SPAWN) {
  const struct call call = {.tool = "exec", .program = path, .argv = argv};
  if (!permitted(&call)) return EPERM;
  size_t room;
  const size_t count = environment_slots(envp, &room);
  if (room > LOADER_ON_STACK || count > 64 * 1024) return E2BIG;
  char *slots[count], loader[room];
  struct passport passport = {.loader = loader};
  environment_carry(slots, envp, &passport, 's');
  return next(child, path, actions, attributes, argv, slots);
}

static int spawn(spawn_behind *next, void *child, const char *file, bool search, SPAWN) {
  char candidate[PATH_MAX];
  int error = ENOENT;
  if (!search || strchr(file, '/')) {
    error = actions ? 0 : program_error(AT_FDCWD, file);
    return error != 0 ? error : spawn_path(next, child, file, actions, attributes, argv, envp);
  }
  for (const char *place = NULL; next_candidate(file, &place, candidate);) {
    const int this = program_error(AT_FDCWD, candidate);
    if (this == 0) return spawn_path(next, child, candidate, actions, attributes, argv, envp);
    if (this == EACCES) error = EACCES;
  }
  return error;
}

/* X(name, its twin without PATH, whether it searches, what it tells of the child) */
#define SPAWN_DOORS(X)                      \
  X(posix_spawn, posix_spawn, false, pid_t) \
  X(posix_spawnp, posix_spawn, true, pid_t) \
  PIDFD_DOORS(X)
#ifdef __APPLE__
#define PIDFD_DOORS(X)
#else
#define PIDFD_DOORS(X)                    \
  X(pidfd_spawn, pidfd_spawn, false, int) \
  X(pidfd_spawnp, pidfd_spawn, true, int)
#endif

#define SPAWN_DOOR(name, twin, search, told)                                                         \
  static int twin_of_##name(void *child, const char *path, SPAWN) {                                  \
    return NEXT(twin)(child, path, actions, attributes, argv, envp);                                 \
  }                                                                                                  \
  DOOR(int, name, (told *restrict child, const char *restrict file, SPAWN)) {                        \
    wake();                                                                                          \
    /* Found by dlsym under a libc that has it not yet, it says so. */                               \
    if (!HAS(name)) return ENOSYS;                                                                   \
    if (!settings.active) return NEXT(name)(child, file, actions, attributes, argv, envp);           \
    return spawn(twin_of_##name, child, file, search, actions, attributes, argv, envp);              \
  }
SPAWN_DOORS(SPAWN_DOOR)
