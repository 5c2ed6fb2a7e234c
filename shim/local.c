/* The executable decides where the server does not answer. */
#define _GNU_SOURCE
#include "shim.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { DECIDE_MS = 10000, LINE_MOST = RAMPART_PATH_MOST + 32 };

/* What it gets to see: nothing that an agent chose (security.md F37). */
static char home_line[LINE_MOST];
static char state_line[LINE_MOST];
static const char *clean_environment[] = {"PATH=/usr/bin:/bin", "LANG=C.UTF-8", NULL, NULL, NULL};

static void set_line(size_t row, char *line, const char *name, const char *value) {
  struct rampart_text text = {.at = line, .most = LINE_MOST - 1};
  if (!value) return;
  rampart_add_word(&text, name);
  rampart_add_word(&text, value);
  line[text.size] = '\0';
  clean_environment[row] = text.full ? NULL : line;
}

/* Ours or root's, and no one else's to write; an absolute path. */
static bool is_runnable(const char *path) {
  struct stat file;
  return path && path[0] == '/' && stat(path, &file) == 0 && S_ISREG(file.st_mode) &&
         (file.st_uid == 0 || file.st_uid == geteuid()) && (file.st_mode & 022) == 0;
}

static _Noreturn void become(const struct rampart_settings *settings, const char *layer, int fd) {
  const char *const argv[] = {"rampart", "shim", "decide", "--layer", layer, "--stdin", NULL};
  int nowhere = open("/dev/null", O_RDWR);
  if (nowhere >= 0 && chdir("/") == 0 && dup2(fd, 0) == 0 && dup2(fd, 1) == 1 && dup2(nowhere, 2) == 2) {
    for (int other = 3; other < 256; other++) close(other);
    execve(settings->bin, (char *const *)(uintptr_t)argv, (char *const *)(uintptr_t)clean_environment);
  }
  _exit(127);
}

/* Sends the question and ends it, then reads to the end, all within the deadline. */
static bool exchange(int fd, const struct rampart_text *body, struct rampart_reply *reply) {
  int64_t deadline = rampart_now_ms() + DECIDE_MS;
  size_t sent = 0;
  for (reply->size = 0; reply->size < RAMPART_ANSWER_MOST;) {
    int64_t left = deadline - rampart_now_ms();
    struct pollfd ready = {.fd = fd, .events = (short)(sent < body->size ? POLLIN | POLLOUT : POLLIN)};
    int n = left > 0 ? poll(&ready, 1, (int)left) : 0;
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    if (sent < body->size && (ready.revents & POLLOUT)) {
      ssize_t size = send(fd, body->at + sent, body->size - sent, MSG_NOSIGNAL);
      if (size < 0 && errno != EAGAIN && errno != EINTR) return false;
      if (size > 0) sent += (size_t)size;
      if (sent == body->size) shutdown(fd, SHUT_WR);
    }
    if (!(ready.revents & (POLLIN | POLLHUP))) continue;
    ssize_t size = recv(fd, reply->body + reply->size, RAMPART_ANSWER_MOST - reply->size, 0);
    if (size < 0 && errno != EAGAIN && errno != EINTR) return false;
    if (size == 0) return sent == body->size;
    if (size > 0) reply->size += (size_t)size;
  }
  return false;
}

bool rampart_is_absent(const char *path) {
  struct stat file;
  return !path || path[0] != '/' || (stat(path, &file) != 0 && (errno == ENOENT || errno == ENOTDIR));
}

bool rampart_decide_locally(const struct rampart_settings *settings, const char *layer,
                            const struct rampart_text *body, struct rampart_reply *reply) {
  int pair[2];
  if (!is_runnable(settings->bin)) return false;
  set_line(2, home_line, "HOME=", settings->home);
  set_line(clean_environment[2] ? 3 : 2, state_line, "RAMPART_HOME=", settings->state);
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0) return false;
  fcntl(pair[0], F_SETFL, O_NONBLOCK);
  pid_t child = fork();
  if (child == 0) become(settings, layer, pair[1]);
  close(pair[1]);
  bool good = child > 0 && exchange(pair[0], body, reply);
  close(pair[0]);
  if (child <= 0) return false;
  if (!good) kill(child, SIGKILL);
  int status = 1;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) continue;
  return good && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}
