/* One exchange over the unix socket, within a deadline. */
#include "wire.h"

#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/uio.h>
#include <time.h>

#include "kernel.h"

#ifndef SOCK_CLOEXEC
#define SOCK_CLOEXEC 0
#define SOCK_NONBLOCK 0
#endif
#ifndef MSG_NOSIGNAL
#define MSG_NOSIGNAL 0
#endif

int64_t now_ms(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

bool name_server(struct sockaddr_un *server, const char *path) {
  server->sun_family = AF_UNIX;
  if (strlen(path) >= sizeof server->sun_path) return false;
  strcpy(server->sun_path, path);
  return true;
}

struct deadline {
  int64_t at;
  bool cancellable;
};

/*
 * 0 when the descriptor is ready (or, without one, after a millisecond). While a person is waited for, a
 * signal that somebody handles ends the wait, but not those that merely tell news.
 */
static int ready(int fd, short events, const struct deadline *by) {
  struct pollfd on = {.fd = fd, .events = events};
  for (;;) {
    int64_t left = by->at - now_ms();
    if (left <= 0) return ETIMEDOUT;
    if (fd < 0) left = 1;
    int count;
#ifdef __linux__
    static const int quiet[] = {SIGCHLD, SIGWINCH, SIGURG, SIGIO, SIGVTALRM, SIGPROF};
    uint64_t news = by->cancellable ? own_mask(SIG_BLOCK, 0) : 0;
    for (size_t i = 0; by->cancellable && i < sizeof quiet / sizeof *quiet; i++) news |= 1ULL << (quiet[i] - 1);
    struct timespec limit = {(time_t)(left / 1000), (long)(left % 1000 * 1000000)};
    count = by->cancellable ? (int)kernel(SYS_ppoll, (long)&on, 1, (long)&limit, (long)&news, 8, 0) : poll(&on, 1, (int)left);
#else
    count = poll(&on, 1, (int)left);
#endif
    if (count > 0 || (count == 0 && fd < 0)) return 0;
    if (count < 0 && (errno != EINTR || by->cancellable)) return errno;
  }
}

/* Who listens has to be root, the pinned user or, where none is, ours: any other is an impostor (F7). */
static int check_peer(int fd) {
  uid_t uid;
  if (!peer_uid(fd, &uid)) return EPROTO;
  const long pinned = pinned_uid();
  if (pinned == -1) return uid == geteuid() || uid == getuid() || uid == 0 ? 0 : EPERM;
  return uid == 0 || (long)uid == pinned ? 0 : EPERM;
}

static int reach(int fd, const struct sockaddr_un *to, const struct deadline *by) {
  while (own_connect(fd, (const struct sockaddr *)to, sizeof *to) != 0) {
    if (errno == EISCONN) break;
    /* EAGAIN: its queue is full. It is there, so it is waited for. */
    if (errno != EAGAIN && errno != EINTR && errno != EINPROGRESS && errno != EALREADY) return errno;
    if (ready(-1, 0, by) != 0) return ETIMEDOUT;
  }
  return check_peer(fd);
}

static int send_all(int fd, struct iovec *part, int parts, const struct deadline *by) {
  while (parts > 0) {
    const struct msghdr message = {.msg_iov = part, .msg_iovlen = (__typeof__(((struct msghdr *)0)->msg_iovlen))parts};
    ssize_t sent = sendmsg(fd, &message, MSG_NOSIGNAL);
    if (sent < 0) {
      if (errno == EINTR) continue;
      const int failed = errno == EAGAIN ? ready(fd, POLLOUT, by) : errno;
      if (failed != 0) return failed;
      continue;
    }
    for (; parts > 0 && (size_t)sent >= part->iov_len; part++, parts--) sent -= (ssize_t)part->iov_len;
    if (parts > 0) part->iov_base = (char *)part->iov_base + sent, part->iov_len -= (size_t)sent;
  }
  return 0;
}

static int receive(int fd, const struct exchange *with, const struct deadline *by, struct reply *reply) {
  for (size_t have = 0;;) {
    const ssize_t got = recv(fd, with->received + have, with->room - 1 - have, 0);
    if (got < 0) {
      if (errno == EINTR) continue;
      const int failed = errno == EAGAIN ? ready(fd, POLLIN, by) : errno;
      if (failed != 0) return failed;
      continue;
    }
    have += (size_t)got;
    switch (read_reply(with->received, have, got == 0, have == with->room - 1, reply)) {
      case MORE: break;
      case WHOLE: return 0;
      case GARBAGE: return EPROTO;
    }
  }
}

int exchange(const struct exchange *with, struct reply *reply) {
  const struct deadline by = {now_ms() + with->within_ms, with->cancellable};
  const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) return errno;
  if (SOCK_CLOEXEC == 0) fcntl(fd, F_SETFD, FD_CLOEXEC), fcntl(fd, F_SETFL, O_NONBLOCK);
  struct iovec parts[] = {{(void *)(uintptr_t)with->head, strlen(with->head)}, {(void *)(uintptr_t)with->body, with->length}};
  int failed = reach(fd, with->to, &by);
  if (failed == 0) failed = send_all(fd, parts, with->length > 0 ? 2 : 1, &by);
  if (failed == 0) failed = receive(fd, with, &by, reply);
  close(fd);
  return failed;
}
