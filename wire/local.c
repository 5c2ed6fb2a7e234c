/* The executable decides where the server does not (F6): `$RAMPART_BIN shim decide --layer LAYER --stdin`. */
#include "wire.h"

#include <poll.h>

#include "kernel.h"

#ifndef MSG_NOSIGNAL
#define MSG_NOSIGNAL 0
#endif

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

enum local ask_executable(struct scratch *scratch, const struct way *way, size_t length) {
  const char *const argv[] = {way->bin, "shim", "decide", "--layer", way->layer, "--stdin", NULL};
  const enum local there = child_standing(way->bin);
  struct child child;
  int status = -1;
  if (there != LOCAL_ANSWERED) return there;
  if (!child_start(&child, argv, way->state, scratch->received, sizeof scratch->received)) return LOCAL_FAILED;
  const ssize_t got = converse(child.fd, scratch->body, length, scratch->received, ANSWER_LIMIT);
  if (!child_end(&child, got < 0, &status) || got < 0 || status != 0) return LOCAL_FAILED;
  scratch->received[got] = '\0';
  const bool read = read_answer(scratch->received, (size_t)got, &scratch->answer);
  return read && scratch->answer.has_allowed && scratch->answer.decision[0] ? LOCAL_ANSWERED : LOCAL_FAILED;
}
