/* One question over the unix socket, within a deadline. No malloc, no lock, no stdio, no libc resolver. */
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>

#include "platform.h"
#include "preload.h"

#ifndef SOCK_CLOEXEC
#define SOCK_CLOEXEC 0
#define SOCK_NONBLOCK 0
#endif
#ifndef MSG_NOSIGNAL
#define MSG_NOSIGNAL 0
#endif

#ifndef PINNED_UID
#define PINNED_UID "/etc/rampart/server-uid"
#endif

long long now_ms(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

struct deadline {
  long long at;
  bool cancellable;
};

/*
 * 0 when the descriptor is ready (or, without one, after a millisecond). While a person is waited for, a
 * signal that somebody handles ends the wait, but not those that merely tell news.
 */
static int ready(int fd, short events, const struct deadline *by) {
  struct pollfd on = {.fd = fd, .events = events};
  for (;;) {
    long long left = by->at - now_ms();
    if (left <= 0) return ETIMEDOUT;
    if (fd < 0) left = 1;
    int count;
#ifdef __linux__
    sigset_t news;
    static const int quiet[] = {SIGCHLD, SIGWINCH, SIGURG, SIGIO, SIGVTALRM, SIGPROF};
    pthread_sigmask(SIG_SETMASK, NULL, &news);
    for (size_t i = 0; by->cancellable && i < sizeof quiet / sizeof *quiet; i++) sigaddset(&news, quiet[i]);
    const struct timespec limit = {left / 1000, left % 1000 * 1000000};
    count = by->cancellable ? ppoll(&on, 1, &limit, &news) : poll(&on, 1, (int)left);
#else
    count = poll(&on, 1, (int)left);
#endif
    if (count > 0 || (count == 0 && fd < 0)) return 0;
    if (count < 0 && (errno != EINTR || by->cancellable)) return errno;
  }
}

/*
 * Where the server has a user of its own (level L1), root says which in a file that only root may write.
 * -1 where there is none, -2 where it is not to be trusted.
 */
static long pinned_uid(void) {
  char text[16];
  struct stat file;
  const int fd = own_open(PINNED_UID, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0);
  if (fd < 0) return errno == ENOENT || errno == ENOTDIR ? -1 : -2;
  const bool roots = fstat(fd, &file) == 0 && S_ISREG(file.st_mode) && file.st_uid == 0 && !(file.st_mode & 022);
  const ssize_t length = roots ? read(fd, text, sizeof text - 1) : -1;
  close(fd);
  long uid = 0;
  ssize_t at = 0;
  for (; at < length && text[at] >= '0' && text[at] <= '9'; at++) uid = uid * 10 + (text[at] - '0');
  return at > 0 && (at == length || text[at] == '\n') ? uid : -2;
}

/* Who listens has to be root, the pinned user or, where none is, ours: any other is an impostor (F7). */
static int check_peer(int fd) {
  uid_t uid;
  if (!peer_uid(fd, &uid)) return EPROTO;
  const long pinned = pinned_uid();
  if (pinned == -1) return uid == geteuid() || uid == getuid() || uid == 0 ? 0 : EPERM;
  return uid == 0 || (long)uid == pinned ? 0 : EPERM;
}

static int reach(int fd, const struct deadline *by) {
  const struct sockaddr *to = (const struct sockaddr *)&settings.server;
  while (own_connect(fd, to, sizeof settings.server) != 0) {
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

static int receive(int fd, struct scratch *scratch, const struct deadline *by) {
  for (size_t have = 0;;) {
    const ssize_t got = recv(fd, scratch->received + have, REPLY_LIMIT - 1 - have, 0);
    if (got < 0) {
      if (errno == EINTR) continue;
      const int failed = errno == EAGAIN ? ready(fd, POLLIN, by) : errno;
      if (failed != 0) return failed;
      continue;
    }
    have += (size_t)got;
    switch (read_reply(scratch->received, have, got == 0, &scratch->reply)) {
      case MORE: break;
      case WHOLE: return 0;
      case GARBAGE: return EPROTO;
    }
  }
}

int exchange(struct scratch *scratch, const char *head, size_t body, int within_ms, bool cancellable) {
  const struct deadline by = {now_ms() + within_ms, cancellable};
  const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) return errno;
  if (SOCK_CLOEXEC == 0) fcntl(fd, F_SETFD, FD_CLOEXEC), fcntl(fd, F_SETFL, O_NONBLOCK);
  struct iovec parts[] = {{(void *)(size_t)head, strlen(head)}, {scratch->body, body}};
  int failed = reach(fd, &by);
  if (failed == 0) failed = send_all(fd, parts, body > 0 ? 2 : 1, &by);
  if (failed == 0) failed = receive(fd, scratch, &by);
  close(fd);
  return failed;
}

/* An id goes into a request line: letters, digits and what ids are made of. */
static bool is_id(const char *id) {
  return *id && strspn(id, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-") == strlen(id);
}

int await_approval(struct scratch *scratch) {
  char id[sizeof scratch->answer.approval_id];
  memcpy(id, scratch->answer.approval_id, sizeof id);
  if (!is_id(id)) return EPROTO;
  for (;;) {
    struct writer head = {scratch->head, scratch->head, scratch->head + sizeof scratch->head - 1, false};
    put_text(&head, "GET /v1/approvals/");
    put_text(&head, id);
    put_text(&head, "?wait=");
    put_number(&head, WAIT_S);
    put_text(&head, " HTTP/1.1\r\nHost: rampart\r\nConnection: close\r\n\r\n");
    *head.at = '\0';
    const int failed = exchange(scratch, scratch->head, 0, WAIT_S * 1000 + settings.timeout_ms, true);
    if (failed != 0) return failed;
    struct answer stand;
    if (scratch->reply.status != 200 ||
        !read_answer(scratch->reply.body, scratch->reply.length, &stand) || !stand.status[0])
      return EPROTO;
    if (strcmp(stand.status, "approved") == 0) return 0;
    if (strcmp(stand.status, "pending") != 0) {
      memcpy(scratch->answer.status, stand.status, sizeof stand.status);
      return EPERM;
    }
  }
}
