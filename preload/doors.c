/*
 * The libc functions that start a program. glibc reaches the kernel from each by a way of its own, so each
 * is a door of its own; all that exec lead to `enter`, which asks and then executes what was asked about.
 */
#include <fcntl.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#ifndef __APPLE__
#include <wordexp.h>
#endif

#include "platform.h"
#include "preload.h"

#ifdef __GLIBC__
#include <gnu/libc-version.h>
#endif

#define SPAWN const posix_spawn_file_actions_t *actions, const posix_spawnattr_t *attributes, char *const argv[], char *const envp[]

/* ---- What stands behind the doors ---- */

#ifndef __APPLE__
static int (*next_execve)(const char *, char *const[], char *const[]);
static int (*next_posix_spawn)(pid_t *, const char *, SPAWN);
static int (*next_posix_spawnp)(pid_t *, const char *, SPAWN);
static int (*next_pidfd_spawn)(int *, const char *, SPAWN);
static int (*next_pidfd_spawnp)(int *, const char *, SPAWN);
static int (*next_system)(const char *);
static FILE *(*next_popen)(const char *, const char *);
static int (*next_wordexp)(const char *, wordexp_t *, int);
int pidfd_spawn(int *restrict, const char *restrict, SPAWN); /* glibc 2.39 */
int pidfd_spawnp(int *restrict, const char *restrict, SPAWN);

static const struct {
  const char *name;
  void **place;
} behind_doors[] = {
    {"execve", (void **)&next_execve},
    {"posix_spawn", (void **)&next_posix_spawn},
    {"posix_spawnp", (void **)&next_posix_spawnp},
    {"pidfd_spawn", (void **)&next_pidfd_spawn},
    {"pidfd_spawnp", (void **)&next_pidfd_spawnp},
    {"system", (void **)&next_system},
    {"popen", (void **)&next_popen},
    {"wordexp", (void **)&next_wordexp},
};

void behind(const char *name, void **place) {
  *place = dlsym(RTLD_NEXT, name);
  if (!*place) abort();
}

/* A name that libc does not have costs a message, and with it the program's first allocation. */
static bool may_be_there(const char *name) {
#ifdef __GLIBC__
  if (name[0] == 'p' && name[2] == 'd') return strverscmp(gnu_get_libc_version(), "2.39") >= 0; /* pidfd_… */
#endif
  (void)name;
  return true;
}

static void resolve(void) {
  for (size_t i = 0; i < sizeof behind_doors / sizeof *behind_doors; i++)
    if (may_be_there(behind_doors[i].name)) *behind_doors[i].place = dlsym(RTLD_NEXT, behind_doors[i].name);
}
#else
static void resolve(void) {}
#endif

/* ---- Programs executed in this process ---- */

struct program {
  int dir;          /* what a relative path is relative to, or the program itself where the path is empty */
  const char *path; /* as the kernel gets it */
  int flags;        /* of execveat */
};

/* A child of vfork leaves the parent's stack marked as its own; the sanitizer has to be told. */
#ifdef __SANITIZE_ADDRESS__
void __asan_handle_no_return(void);
#define LEAVE_STACK() __asan_handle_no_return()
#else
#define LEAVE_STACK() (void)0
#endif

static int execute(const struct program *program, char *const argv[], char *const envp[]) {
  LEAVE_STACK();
  if (program->dir == AT_FDCWD && program->flags == 0) return NEXT(execve)(program->path, argv, envp);
#ifdef __linux__
  return (int)kernel(SYS_execveat, program->dir, (long)program->path, (long)argv, (long)envp, program->flags, 0);
#else
  return errno = ENOSYS, -1;
#endif
}

enum { SLOTS_ON_STACK = 1024, LOADER_ON_STACK = 4096 };

/* Hand on the settings. An environment too large for the stack goes into memory that only success keeps. */
static int enter_carrying(const struct program *program, char *const argv[], char *const envp[]) {
  size_t room;
  const size_t count = environment_slots(envp, &room);
  char *few[count <= SLOTS_ON_STACK ? count : 1], loader[room <= LOADER_ON_STACK ? room : 1];
  char **slots = few;
  if (room > LOADER_ON_STACK) return errno = E2BIG, -1;
  if (count > SLOTS_ON_STACK) {
    slots = mmap(NULL, count * sizeof *slots, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (slots == MAP_FAILED) return errno = E2BIG, -1;
  }
  struct passport passport = {.loader = loader};
  environment_carry(slots, envp, &passport, 'x');
  const int result = execute(program, argv, slots);
  if (slots != few) {
    const int saved = errno;
    munmap(slots, count * sizeof *slots);
    errno = saved;
  }
  return result;
}

static void wake(void);

static int enter(const struct program *program, const struct call *call, char *const envp[]) {
  if (!settings.active) return execute(program, call->argv, envp);
  if (!permitted(call)) return errno = EPERM, -1;
  return enter_carrying(program, call->argv, envp);
}

static int enter_path(const char *path, char *const argv[], char *const envp[]) {
  wake();
  const struct program program = {AT_FDCWD, path, 0};
  const struct call call = {.tool = "exec", .program = path, .argv = argv};
  const int error = settings.active && path ? program_error(AT_FDCWD, path) : 0;
  if (error != 0) return errno = error, -1;
  return path ? enter(&program, &call, envp) : execute(&program, argv, envp);
}

#ifdef __linux__
/* A descriptor is asked about as the file it is open on. */
static int enter_at(int dir, const char *path, char *const argv[], char *const envp[], int flags) {
  wake();
  const struct program program = {dir, path, flags};
  if (!settings.active || !path) return execute(&program, argv, envp);
  char base[PATH_MAX];
  const bool itself = path[0] == '\0' && (flags & AT_EMPTY_PATH);
  /* The working directory itself is no program. */
  if (itself && dir == AT_FDCWD) return errno = EACCES, -1;
  const bool relative = path[0] != '/' && dir != AT_FDCWD;
  if (!itself) {
    const int error = program_error(dir, path);
    if (error != 0) return errno = error, -1;
  }
  if (relative && !path_of_fd(dir, base)) return errno = EBADF, -1;
  const struct call call = {.tool = "exec", .program = itself ? base : path, .base = relative ? base : NULL, .argv = argv};
  return enter(&program, &call, envp);
}
#endif

/* A text without #! is the shell's, as execvp and execlp have it. */
static int enter_script(const char *path, char *const argv[], char *const envp[]) {
  size_t count = 0;
  while (argv && argv[count]) count++;
  char *words[count + 3];
  words[0] = "/bin/sh";
  words[1] = (char *)(size_t)path;
  for (size_t i = 1; i < count; i++) words[i + 1] = argv[i];
  words[count > 0 ? count + 1 : 2] = NULL;
  return enter_path("/bin/sh", words, envp);
}

static int enter_file(const char *path, char *const argv[], char *const envp[]) {
  const int result = enter_path(path, argv, envp);
  return errno == ENOEXEC ? enter_script(path, argv, envp) : result;
}

static int enter_search(const char *file, char *const argv[], char *const envp[]) {
  if (!file || !file[0]) return errno = ENOENT, -1;
  if (strchr(file, '/')) return enter_file(file, argv, envp);
  char candidate[PATH_MAX];
  bool forbidden = false;
  for (const char *place = NULL; next_candidate(file, &place, candidate);) {
    enter_file(candidate, argv, envp);
    if (errno == EACCES) forbidden = true;
    else if (errno != ENOENT && errno != ENOTDIR && errno != ESTALE && errno != ENODEV && errno != ETIMEDOUT) return -1;
  }
  return errno = forbidden ? EACCES : ENOENT, -1;
}

DOOR(int, execve, (const char *path, char *const argv[], char *const envp[])) { return enter_path(path, argv, envp); }
DOOR(int, execv, (const char *path, char *const argv[])) { return enter_path(path, argv, environ); }
DOOR(int, execvp, (const char *file, char *const argv[])) { return enter_search(file, argv, environ); }
#ifdef __linux__
DOOR(int, execvpe, (const char *file, char *const argv[], char *const envp[])) { return enter_search(file, argv, envp); }
DOOR(int, fexecve, (int fd, char *const argv[], char *const envp[])) {
  if (fd < 0 || !argv || !envp) return errno = EINVAL, -1;
  return enter_at(fd, "", argv, envp, AT_EMPTY_PATH);
}
DOOR(int, execveat, (int dir, const char *path, char *const argv[], char *const envp[], int flags)) {
  return enter_at(dir, path, argv, envp, flags);
}
#endif

/* The list forms, folded into the vector forms. `last` runs while the list still stands at its end. */
#define FOLD(first, last, call)                                                       \
  va_list list;                                                                       \
  size_t count = 1;                                                                   \
  va_start(list, first);                                                              \
  if (first)                                                                          \
    while (va_arg(list, char *)) count++;                                             \
  va_end(list);                                                                       \
  char *argv[count + 1];                                                              \
  argv[0] = (char *)(size_t)first;                                                    \
  va_start(list, first);                                                              \
  for (size_t i = 1; i <= count && first; i++) argv[i] = va_arg(list, char *);        \
  argv[first ? count : 0] = NULL;                                                     \
  last;                                                                               \
  va_end(list);                                                                       \
  return call

DOOR(int, execl, (const char *path, const char *arg, ...)) { FOLD(arg, , enter_path(path, argv, environ)); }
DOOR(int, execlp, (const char *file, const char *arg, ...)) { FOLD(arg, , enter_search(file, argv, environ)); }
DOOR(int, execle, (const char *path, const char *arg, ...)) {
  FOLD(arg, char *const *envp = va_arg(list, char *const *), enter_path(path, argv, envp));
}

/* ---- Programs started as children ---- */

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

/* ---- Lines of shell: asked once, for libc starts the shell by a way of its own ---- */

static bool line_permitted(const char *line) {
  const struct call call = {.tool = "exec", .program = "/bin/sh", .argv = (char *const[]){"sh", "-c", (char *)(size_t)line, NULL}};
  wake();
  return !settings.active || (permitted(&call) && environment_heal());
}

DOOR(int, system, (const char *line)) {
  if (line && !line_permitted(line)) return errno = EPERM, -1;
  return NEXT(system)(line);
}

DOOR(FILE *, popen, (const char *line, const char *mode)) {
  if (line && !line_permitted(line)) return errno = EPERM, NULL;
  return NEXT(popen)(line, mode);
}

/* Older names, which libc exports still. */
#ifdef __GLIBC__
FILE *_IO_popen(const char *, const char *);
FILE *_IO_proc_open(FILE *, const char *, const char *);
static FILE *(*next__IO_popen)(const char *, const char *);
static FILE *(*next__IO_proc_open)(FILE *, const char *, const char *);
DOOR(FILE *, _IO_popen, (const char *line, const char *mode)) {
  if (line && !line_permitted(line)) return errno = EPERM, NULL;
  return NEXT(_IO_popen)(line, mode);
}
DOOR(FILE *, _IO_proc_open, (FILE *file, const char *line, const char *mode)) {
  if (line && !line_permitted(line)) return errno = EPERM, NULL;
  return NEXT(_IO_proc_open)(file, line, mode);
}
#endif

#ifndef __APPLE__
DOOR(int, wordexp, (const char *restrict words, wordexp_t *restrict into, int flags)) {
  const bool runs = !(flags & WRDE_NOCMD) && words && (strstr(words, "$(") || strchr(words, '`'));
  if (runs && !line_permitted(words)) return errno = EPERM, WRDE_CMDSUB;
  return NEXT(wordexp)(words, into, flags);
}
#endif

/* ---- The system call by number ---- */

#ifdef __linux__
DOOR(long, syscall, (long number, ...)) {
  va_list list;
  long a[6];
  va_start(list, number);
  for (int i = 0; i < 6; i++) a[i] = va_arg(list, long);
  va_end(list);
  if (number == SYS_execve) return enter_path((const char *)a[0], (char *const *)a[1], (char *const *)a[2]);
  if (number == SYS_execveat)
    return enter_at((int)a[0], (const char *)a[1], (char *const *)a[2], (char *const *)a[3], (int)a[4]);
  if (settings.files && !file_call_permitted(number, a)) return errno = EPERM, -1;
  if (settings.net && !net_call_permitted(number, a)) return errno = EPERM, -1;
  return kernel(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}
#endif

static void wake(void) {
  if (settings.loaded) return;
  load_settings();
  resolve();
  /* The others are found when they are first called: fork gives a child its loader lock anew. */
  if (settings.files) resolve_files();
  if (settings.net) resolve_net();
}

#ifdef __GLIBC__
/*
 * Whoever started this program may have passed by the doors: a static or Go program, one that makes its
 * system calls itself, a person who set LD_PRELOAD by hand. Then the program asks about itself.
 */
static void ask_about_this(char *const argv[]) {
  char program[PATH_MAX];
  const ssize_t length = readlink("/proc/self/exe", program, sizeof program - 1);
  program[length > 0 ? length : 0] = '\0';
  const struct call call = {.tool = "exec", .program = program, .argv = argv};
  if (!permitted(&call)) _exit(126);
}

__attribute__((constructor)) static void load(int argc, char **argv) {
  wake();
  if (argc >= 0 && settings.active && !environment_was_asked()) ask_about_this(argv);
}
#else
/* musl and macOS hand constructors no argv. */
__attribute__((constructor)) static void load(void) { wake(); }
#endif
