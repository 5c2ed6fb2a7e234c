/*
 * The executable decides where the server does not (F6): `$RAMPART_BIN shim decide --layer LAYER --stdin`, with
 * an environment of our own making (F37) and nothing of the program's but its stderr's absence.
 */
#include "wire.h"

#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>

#include "kernel.h"

#ifndef MSG_NOSIGNAL
#define MSG_NOSIGNAL 0
#endif

struct decider {
  const char *argv[7], *envp[5];
};

/* In the child, between a fork that nobody heard of and the executable: nothing but system calls. */
static _Noreturn void become(const struct decider *decider, int fd) {
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
    own_execve(decider->argv[0], decider->argv, decider->envp);
  }
  _exit(127);
}

/* Sends the question and ends it, then reads to the end, all within the deadline; -1 for more or later. */
static ssize_t converse(int fd, const char *body, size_t length, char *into, size_t room) {
  const int64_t end = now_ms() + LOCAL_MS;
  size_t sent = 0;
  for (size_t have = 0; have < room;) {
    const int64_t left = end - now_ms();
    struct pollfd on = {.fd = fd, .events = (short)(sent < length ? POLLIN | POLLOUT : POLLIN)};
    const int count = left > 0 ? poll(&on, 1, (int)left) : 0;
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return -1;
    if (sent < length && (on.revents & POLLOUT)) {
      struct iovec part = {(void *)(uintptr_t)(body + sent), length - sent};
      const struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
      const ssize_t size = sendmsg(fd, &message, MSG_NOSIGNAL);
      if (size < 0 && errno != EAGAIN && errno != EINTR) return -1;
      if (size > 0) sent += (size_t)size;
      if (sent == length) shutdown(fd, SHUT_WR);
    }
    if (!(on.revents & (POLLIN | POLLHUP))) continue;
    const ssize_t got = recv(fd, into + have, room - have, 0);
    if (got < 0 && errno != EAGAIN && errno != EINTR) return -1;
    if (got == 0) return sent == length ? (ssize_t)have : -1;
    if (got > 0) have += (size_t)got;
  }
  return -1;
}

/* Ours or root's, and no one else's to write; an absolute path. */
static enum local standing(const char *path) {
  struct stat file;
  if (!path || path[0] != '/') return LOCAL_ABSENT;
  if (stat(path, &file) != 0) return errno == ENOENT || errno == ENOTDIR ? LOCAL_ABSENT : LOCAL_FAILED;
  const bool ours = file.st_uid == 0 || file.st_uid == geteuid();
  return S_ISREG(file.st_mode) && ours && (file.st_mode & 022) == 0 ? LOCAL_ANSWERED : LOCAL_FAILED;
}

static bool answered(struct scratch *scratch, const struct decider *decider, size_t length) {
  int pair[2], status = -1;
  if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) != 0) return false;
  for (int i = 0; i < 2; i++) fcntl(pair[i], F_SETFD, FD_CLOEXEC);
  fcntl(pair[0], F_SETFL, O_NONBLOCK);
  /* No handler of the program runs in the child. */
  const uint64_t before = own_mask(SIG_SETMASK, ~0ULL);
  const pid_t child = own_fork();
  if (child == 0) become(decider, pair[1]);
  own_mask(SIG_SETMASK, before);
  close(pair[1]);
  const ssize_t got = child < 0 ? -1 : converse(pair[0], scratch->body, length, scratch->received, ANSWER_LIMIT);
  close(pair[0]);
  if (child < 0) return false;
  if (got < 0) kill(child, SIGKILL);
  if (!own_wait(child, &status) || got < 0 || status != 0) return false;
  scratch->received[got] = '\0';
  return read_answer(scratch->received, (size_t)got, &scratch->answer) && scratch->answer.has_allowed &&
         scratch->answer.decision[0];
}

enum local ask_executable(struct scratch *scratch, const struct way *way, size_t length) {
  const enum local there = standing(way->bin);
  if (there != LOCAL_ANSWERED) return there;
  char line[PATH_MAX + 8];
  struct writer out = WRITER(line, sizeof line - 1);
  const char *home = home_of_user(scratch->received, sizeof scratch->received);
  put_text(&out, "HOME=");
  put_text(&out, home ? home : "/");
  *out.at = '\0';
  const struct decider decider = {
      .argv = {way->bin, "shim", "decide", "--layer", way->layer, "--stdin", NULL},
      .envp = {"PATH=/usr/local/bin:/usr/bin:/bin", "LANG=C.UTF-8", out.full ? "HOME=/" : line, way->state, NULL},
  };
  return answered(scratch, &decider, length) ? LOCAL_ANSWERED : LOCAL_FAILED;
}
