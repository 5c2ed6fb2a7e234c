/* One exchange over the unix socket, or through the program that reaches another machine, within a deadline. */
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
  const uint64_t *mask;
};

/*
 * While a person is waited for all signals are held back and let through here alone, so that none comes between a
 * look and the wait and is lost. Not those that merely tell news.
 */
static int poll_for(struct pollfd *on, nfds_t count, int64_t ms, const uint64_t *mask) {
#ifdef __linux__
  static const int quiet[] = {SIGCHLD, SIGWINCH, SIGURG, SIGIO, SIGVTALRM, SIGPROF};
  if (mask) {
    uint64_t held = *mask;
    for (size_t i = 0; i < sizeof quiet / sizeof *quiet; i++) held |= 1ULL << (quiet[i] - 1);
    struct timespec limit = {(time_t)(ms / 1000), (long)(ms % 1000 * 1000000)};
    return (int)kernel(SYS_ppoll, (long)on, (long)count, (long)&limit, (long)&held, 8, 0);
  }
#else
  (void)mask;
#endif
  return poll(on, count, (int)ms);
}

/* 0 when the descriptor is ready; a signal ends the wait for a person. */
static int ready(int fd, short events, const struct deadline *by) {
  struct pollfd on = {.fd = fd, .events = events};
  for (;;) {
    const int64_t left = by->at - now_ms();
    if (left <= 0) return ETIMEDOUT;
    const int count = poll_for(&on, 1, left, by->mask);
    if (count > 0) return 0;
    if (count < 0 && (errno != EINTR || by->mask)) return errno;
  }
}

bool sleep_ms(int64_t ms, const uint64_t *mask) { return poll_for(NULL, 0, ms, mask) >= 0 || errno != EINTR; }

/* Anybody else who listens is an impostor (F7). */
static int check_peer(int fd) {
  uid_t uid;
  if (!peer_uid(fd, &uid)) return EPROTO;
  return may_answer(uid) ? 0 : EPERM;
}

/* One instruction for both questions of `reach`: a filter could tell them apart by where they come from. */
static __attribute__((noinline)) int try_connect(int fd, const struct sockaddr_un *to) {
  return own_connect(fd, (const struct sockaddr *)to, sizeof *to) == 0 ? 0 : errno;
}

/*
 * Whether nobody listens, as the kernel says it and not a filter of system calls: that sees where the address
 * stands and not what it says, so it answers the same for one that is none (F6).
 */
static bool is_kernels(int error, int fd, struct sockaddr_un *to) {
  if (error != ENOENT && error != ECONNREFUSED) return true;
  to->sun_family = AF_UNSPEC;
  return try_connect(fd, to) != error;
}

static int reach(int fd, const struct sockaddr_un *server, const struct deadline *by) {
  struct sockaddr_un to = *server;
  for (int error; (error = try_connect(fd, &to)) != 0 && error != EISCONN;) {
    /* EAGAIN: its queue is full. It is there, so it is waited for. */
    if (error != EAGAIN && error != EINTR && error != EINPROGRESS && error != EALREADY)
      return is_kernels(error, fd, &to) ? error : EPROTONOSUPPORT;
    if (now_ms() >= by->at) return ETIMEDOUT;
    if (!sleep_ms(1, by->mask) && by->mask) return EINTR;
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
    /* Nothing can be there so soon: looking first would be a call for nothing. */
    const int waited = ready(fd, POLLIN, by);
    if (waited != 0) return waited;
    const ssize_t got = recv(fd, with->received + have, with->room - 1 - have, 0);
    if (got < 0) {
      if (errno == EINTR || errno == EAGAIN) continue;
      return errno;
    }
    /* The end of what another machine sends may be anybody's doing: its reply says how long it is. */
    if (got == 0 && with->remote) return EPROTO;
    have += (size_t)got;
    switch (read_reply(with->received, have, got == 0, have == with->room - 1, reply)) {
      case MORE: break;
      case WHOLE: return 0;
      case GARBAGE: return EPROTO;
    }
  }
}

/* The request, then the reply. */
static int converse(int fd, const struct exchange *with, const struct deadline *by, struct reply *reply) {
  struct iovec parts[] = {{(void *)(uintptr_t)with->head, strlen(with->head)}, {(void *)(uintptr_t)with->body, with->length}};
  const int failed = send_all(fd, parts, with->length > 0 ? 2 : 1, by);
  /* rampart-remote begins when it has all of it. The server takes a half-closed socket for a caller who is gone. */
  if (with->remote && failed == 0) shutdown(fd, SHUT_WR);
  return failed == 0 || (with->remote && failed == EPIPE) ? receive(fd, with, by, reply) : failed;
}

static int over_program(const struct exchange *with, const struct deadline *by, struct reply *reply) {
  char ms[24];
  struct writer out = WRITER(ms, sizeof ms - 1);
  const char *const argv[] = {with->remote->program, with->remote->url, ms, NULL};
  struct child child;
  int status = 0;
  put_number(&out, (uint64_t)with->within_ms);
  *out.at = '\0';
  if (child_standing(argv[0]) != LOCAL_ANSWERED) return UNREACHED + REMOTE_NO_PROGRAM;
  if (!child_start(&child, argv, with->remote->state, with->received, with->room)) return errno;
  const int failed = converse(child.fd, with, by, reply);
  /* It has closed its socket with its end already set: killing it then changes nothing. */
  const bool told = child_end(&child, true, &status);
  if (failed == 0 || failed == EINTR || failed == ETIMEDOUT) return failed;
  const int code = told && (status & 0x7f) == 0 ? status >> 8 & 0xff : 0;
  if (code == 0) return failed == EPIPE || failed == ECONNRESET ? EPROTO : failed;
  return code == REMOTE_REFUSED ? ECONNREFUSED : code == REMOTE_LATE ? ETIMEDOUT : UNREACHED + code;
}

/* Why there is no socket: never that nobody listens, whichever error a sandbox's filter has chosen. */
static int unmade(int error) {
  return error == EMFILE || error == ENFILE || error == ENOMEM ? error : EPROTONOSUPPORT;
}

static int over_socket(const struct exchange *with, const struct deadline *by, struct reply *reply) {
  const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) return unmade(errno);
  if (SOCK_CLOEXEC == 0) fcntl(fd, F_SETFD, FD_CLOEXEC), fcntl(fd, F_SETFL, O_NONBLOCK);
  int failed = reach(fd, with->to, by);
  if (failed == 0) failed = converse(fd, with, by, reply);
  close(fd);
  return failed;
}

int exchange(const struct exchange *with, struct reply *reply) {
  const struct deadline by = {now_ms() + with->within_ms, with->mask};
  return (with->remote ? over_program : over_socket)(with, &by, reply);
}

const char *reason_of(int error) {
  switch (error) {
    case ETIMEDOUT: return "the server did not answer in time";
    case EPROTO: return "the server's answer is unreadable";
    case EPROTONOSUPPORT: return "no socket can be made here";
    case EPERM: return "who listens on the socket is not the server";
    case EIO: return "the server fails";
    case EMFILE:
    case ENFILE: return "no file descriptor is left";
    case ENOMEM: return "no memory is left";
    case ECONNREFUSED: return "nobody listens";
    case UNREACHED + REMOTE_NO_CURL: return "the remote server needs libcurl, which is not here";
    case UNREACHED + REMOTE_NO_TOKEN: return "keys/remote.env has no token for the remote server, or is open to others";
    case UNREACHED + REMOTE_UNTRUSTED: return "the remote server's certificate is not trusted";
    case UNREACHED + REMOTE_NO_PROGRAM: return "rampart-remote does not stand beside the library";
    default: return error > UNREACHED ? "the remote server cannot be reached" : "the socket fails";
  }
}
