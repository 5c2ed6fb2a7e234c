/* One question to the server over its unix socket, within a deadline. The socket is the credential. */
#define _GNU_SOURCE
#include "http.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { RETRY_MS = 2, WIRE_MOST = RAMPART_HEAD_MOST + 2 * RAMPART_REPLY_MOST };

static char wire[WIRE_MOST];

static bool wait_until(int fd, short events, int64_t deadline) {
  for (;;) {
    int64_t left = deadline - rampart_now_ms();
    struct pollfd ready = {.fd = fd, .events = events};
    int n = left > 0 ? poll(&ready, 1, (int)left) : 0;
    if (n > 0) return true;
    if (n == 0 || errno != EINTR) return false;
  }
}

/* A full queue of callers gives EAGAIN: it is tried again as long as there is time. */
static int connect_until(int fd, const struct sockaddr_un *at, int64_t deadline) {
  while (connect(fd, (const struct sockaddr *)at, sizeof *at) != 0) {
    if (errno != EAGAIN && errno != EINTR) return errno;
    if (rampart_now_ms() >= deadline) return ETIMEDOUT;
    rampart_pause_ms(RETRY_MS);
  }
  return 0;
}

static bool is_trusted(uid_t user, long pinned) {
  return user == 0 || (pinned < 0 ? user == geteuid() : (long)user == pinned);
}

/* Whoever listens there must be root or whom root names, else us: any other is an impostor (F7). */
static bool is_server(int fd, const struct rampart_settings *settings) {
#ifdef SO_PEERCRED
  struct ucred peer;
  socklen_t size = sizeof peer;
  if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) return false;
  return is_trusted(peer.uid, settings->server_uid);
#else
  uid_t user;
  gid_t group;
  if (getpeereid(fd, &user, &group) != 0) return false;
  return is_trusted(user, settings->server_uid);
#endif
}

static bool send_all(int fd, const char *bytes, size_t size, int64_t deadline) {
  while (size > 0) {
    ssize_t n = send(fd, bytes, size, MSG_NOSIGNAL);
    if (n > 0) {
      bytes += n;
      size -= (size_t)n;
    } else if (n == 0 || (errno != EAGAIN && errno != EINTR) || !wait_until(fd, POLLOUT, deadline)) {
      return false;
    }
  }
  return true;
}

static bool send_request(int fd, const char *path, const struct rampart_text *body, int64_t deadline) {
  char bytes[1024];
  struct rampart_text head = {.at = bytes, .most = sizeof bytes};
  rampart_add_word(&head, body ? "POST " : "GET ");
  rampart_add_word(&head, path);
  rampart_add_word(&head, " HTTP/1.1\r\nHost: rampart\r\nAccept: application/json\r\nConnection: close\r\n");
  if (body) {
    rampart_add_word(&head, "Content-Type: application/json\r\nContent-Length: ");
    rampart_add_number(&head, body->size);
    rampart_add_word(&head, "\r\n");
  }
  rampart_add_word(&head, "\r\n");
  return !head.full && send_all(fd, head.at, head.size, deadline) &&
         (!body || send_all(fd, body->at, body->size, deadline));
}

static bool receive(int fd, int64_t deadline, struct rampart_reply *reply) {
  for (size_t size = 0; size < sizeof wire;) {
    if (!wait_until(fd, POLLIN, deadline)) return false;
    ssize_t n = recv(fd, wire + size, sizeof wire - size, 0);
    if (n < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (n < 0) return false;
    size += (size_t)n;
    enum rampart_http read = rampart_http_read(wire, size, n == 0, reply);
    if (read != RAMPART_HTTP_MORE) return read == RAMPART_HTTP_WHOLE;
  }
  return false;
}

enum rampart_asked rampart_ask(const struct rampart_settings *settings, const char *path,
                               const struct rampart_text *body, int timeout_ms, struct rampart_reply *reply) {
  struct sockaddr_un at = {.sun_family = AF_UNIX};
  if (!settings->socket) return RAMPART_ABSENT;
  if (strlen(settings->socket) >= sizeof at.sun_path) return RAMPART_FAILING;
  strcpy(at.sun_path, settings->socket);
  int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) return RAMPART_FAILING;
  int64_t deadline = rampart_now_ms() + timeout_ms;
  int error = connect_until(fd, &at, deadline);
  enum rampart_asked asked = error == ENOENT || error == ECONNREFUSED ? RAMPART_ABSENT : RAMPART_FAILING;
  if (error == 0 && is_server(fd, settings) && send_request(fd, path, body, deadline) &&
      receive(fd, deadline, reply))
    asked = RAMPART_ANSWERED;
  close(fd);
  return asked;
}
