/*
 * The libc functions that execute a program in this process. glibc reaches the kernel from each by a way of its own, so
 * each is a door of its own; all lead to `enter`, which asks and then executes what was asked about.
 */
#include <fcntl.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "platform.h"
#include "preload.h"

#ifndef __APPLE__
static int (*next_execve)(const char *, char *const[], char *const[]);

void behind(const char *name, void **place) {
  *place = dlsym(RTLD_NEXT, name);
  if (!*place) abort();
}
#endif

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

enum { SLOTS_ON_STACK = 1024 };

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

void wake(void) {
  if (settings.loaded) return;
  load_settings();
  (void)HAS(execve);
  resolve_children();
  resolve_lines();
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
