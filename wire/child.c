/*
 * A program of ours, started from whatever process we are in: nobody hears of its end but us, and it has
 * nothing of the process but a socket to us (F37).
 */
#include "wire.h"

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>

#include "kernel.h"

/* Between a fork that nobody heard of and the program: nothing but system calls. */
static _Noreturn void become(const char *const argv[], const char *const envp[], int fd) {
  own_default_signals();
  const int nowhere = own_open("/dev/null", O_WRONLY, 0);
  /* Above 2, so that no copy overwrites what is still to be copied. */
  const int quiet = fcntl(nowhere, F_DUPFD, 3), ours = fcntl(fd, F_DUPFD, 3);
  if (quiet >= 0 && ours >= 0 && chdir("/") == 0 && dup2(ours, 0) == 0 && dup2(ours, 1) == 1 && dup2(quiet, 2) == 2) {
#ifdef SYS_close_range
    if (kernel(SYS_close_range, 3, 0x7fffffff, 0, 0, 0, 0) != 0)
#endif
      for (int other = 3; other < 256; other++) close(other);
    own_mask(SIG_SETMASK, 0);
    own_execve(argv[0], argv, envp);
  }
  _exit(127);
}

enum local child_standing(const char *path) {
  struct stat file;
  if (!path || path[0] != '/') return LOCAL_ABSENT;
  if (stat(path, &file) != 0) {
    const bool gone = errno == ENOENT || errno == ENOTDIR;
    /* A filter of system calls sees no name: what it hides, it hides the root with (F6). */
    return gone && stat("/", &file) == 0 ? LOCAL_ABSENT : LOCAL_FAILED;
  }
  const bool ours = file.st_uid == 0 || file.st_uid == geteuid();
  return S_ISREG(file.st_mode) && ours && (file.st_mode & 022) == 0 ? LOCAL_ANSWERED : LOCAL_FAILED;
}

bool child_start(struct child *child, const char *const argv[], const char *state, char *text, size_t room) {
  char line[PATH_MAX + 8];
  int pair[2];
  struct writer out = WRITER(line, sizeof line - 1);
  const char *home = home_of_user(text, room);
  put_text(&out, "HOME=");
  put_text(&out, home ? home : "/");
  *out.at = '\0';
  const char *const envp[] = {"PATH=/usr/local/bin:/usr/bin:/bin", "LANG=C.UTF-8", out.full ? "HOME=/" : line, state, NULL};
  if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) != 0) return false;
  for (int i = 0; i < 2; i++) fcntl(pair[i], F_SETFD, FD_CLOEXEC);
  fcntl(pair[0], F_SETFL, O_NONBLOCK);
  /* No handler of the program runs in the child. */
  const uint64_t before = own_mask(SIG_SETMASK, ~0ULL);
  child->pid = own_fork();
  const int failed = errno;
  if (child->pid == 0) become(argv, envp, pair[1]);
  own_mask(SIG_SETMASK, before);
  close(pair[1]);
  child->fd = pair[0];
  if (child->pid < 0) close(pair[0]);
  errno = failed;
  return child->pid > 0;
}

bool child_end(const struct child *child, bool now, int *status) {
  close(child->fd);
  if (now) kill(child->pid, SIGKILL);
  return own_wait(child->pid, status);
}
