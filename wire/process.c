/* What the system says of this process and its user, and what people are told. */
#include "wire.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "kernel.h"

#ifndef PINNED_UID
#define PINNED_UID "/etc/rampart/server-uid"
#endif

enum { SAID_AGAIN_S = 600, GAP_LIMIT = 512, GAPS_LIMIT = 1 << 20 };

ssize_t read_small(int fd, char *into, size_t room) {
  size_t have = 0;
  for (ssize_t got = 1; got != 0;) {
    got = read(fd, into + have, room - have);
    if (got < 0 && errno != EINTR) return -1;
    if (got > 0) have += (size_t)got;
    if (have == room) return -1;
  }
  into[have] = '\0';
  return (ssize_t)have;
}

/* Digits up to a character; -1 for anything else. */
static long number_until(const char *text, char end) {
  long value = 0;
  const char *at = text;
  for (; *at >= '0' && *at <= '9' && value < 1L << 33; at++) value = value * 10 + (*at - '0');
  return at > text && (*at == end || *at == '\0') ? value : -1;
}

/* The fourth field of /proc/PID/stat, behind a name in brackets that may itself hold brackets. */
static pid_t parent_of(pid_t pid) {
  char text[512];
  struct writer path = WRITER(text, sizeof text - 1);
  put_text(&path, "/proc/");
  put_number(&path, (uint64_t)pid);
  put_text(&path, "/stat");
  *path.at = '\0';
  const int fd = own_open(text, O_RDONLY | O_CLOEXEC, 0);
  if (fd < 0) return 0;
  const ssize_t length = read(fd, text, sizeof text - 1);
  close(fd);
  if (length <= 0) return 0;
  text[length] = '\0';
  const char *at = strrchr(text, ')');
  return at && strlen(at) > 4 ? (pid_t)number_until(at + 4, ' ') : 0;
}

size_t parents(pid_t chain[PARENTS_LIMIT]) {
  size_t count = 0;
  for (pid_t pid = getppid(); pid > 0; pid = parent_of(pid)) {
    chain[count++] = pid;
    if (pid == 1 || count == PARENTS_LIMIT) break;
  }
  return count;
}

const char *home_of_user(char *text, size_t room) {
  const int fd = own_open("/etc/passwd", O_RDONLY | O_CLOEXEC, 0);
  if (fd < 0) return NULL;
  const ssize_t length = read_small(fd, text, room);
  close(fd);
  for (char *line = text, *next; length > 0 && *line; line = next) {
    next = strchr(line, '\n');
    if (next) *next++ = '\0';
    else next = line + strlen(line);
    char *field[7] = {line};
    int count = 1;
    for (char *at = line; *at && count < 7; at++)
      if (*at == ':') *at = '\0', field[count++] = at + 1;
    if (count == 7 && number_until(field[2], '\0') == (long)geteuid()) return field[5][0] == '/' ? field[5] : NULL;
  }
  return NULL;
}

/* -1 where nobody is pinned, -2 where the file is not to be trusted: then nobody but root. */
static long pinned_uid(void) {
  char text[16];
  struct stat file;
  const int fd = own_open(PINNED_UID, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0);
  if (fd < 0) return errno == ENOENT || errno == ENOTDIR ? -1 : -2;
  const bool roots = fstat(fd, &file) == 0 && S_ISREG(file.st_mode) && file.st_uid == 0 && !(file.st_mode & 022);
  const long uid = roots && read_small(fd, text, sizeof text) > 0 ? number_until(text, '\n') : -1;
  close(fd);
  return uid < 0 ? -2 : uid;
}

bool may_answer(uid_t uid) {
  const long pinned = pinned_uid();
  if (pinned == -1) return uid == geteuid() || uid == getuid() || uid == 0;
  return uid == 0 || (long)uid == pinned;
}

/* One line of JSON; a program's name that is too long for it is left out rather than cut. */
static size_t put_gap(char *line, const char *layer, const char *program) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  struct writer out = WRITER(line, GAP_LIMIT - 2);
  put_text(&out, "{\"time_ms\":");
  put_number(&out, (uint64_t)now.tv_sec * 1000 + (uint64_t)(now.tv_nsec / 1000000));
  put_text(&out, ",\"pid\":");
  put_number(&out, (uint64_t)getpid());
  put_text(&out, ",\"layer\":");
  put_json(&out, layer, strlen(layer));
  const struct writer before = out;
  put_text(&out, ",\"program\":");
  put_json(&out, program, strlen(program));
  if (out.full || !is_utf8(program, strlen(program))) out = before;
  out.end = line + GAP_LIMIT;
  put_text(&out, "}\n");
  return written(&out);
}

bool record_gap(char line[LINE_LIMIT], const char *gaps, const char *layer, const char *program) {
  struct stat file;
  struct timespec now;
  bool said = false;
  const int fd = own_open(gaps, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
  if (fd < 0) return false;
  clock_gettime(CLOCK_REALTIME, &now);
  if (fstat(fd, &file) == 0 && S_ISREG(file.st_mode)) {
    said = file.st_size > 0 && now.tv_sec - file.st_mtime < SAID_AGAIN_S;
    /* A file of gaps that is full tells enough. */
    if (file.st_size < GAPS_LIMIT && write(fd, line, put_gap(line, layer, program)) < 0) said = false;
  }
  close(fd);
  return said;
}

/* Nobody reading stderr is no reason to die: SIGPIPE is held back and, if it was ours, taken away. */
static void print(const char *line, size_t length) {
#ifdef __linux__
  const uint64_t pipe = 1ULL << (SIGPIPE - 1);
  const struct timespec now = {0, 0};
  uint64_t waiting = 0;
  kernel(SYS_rt_sigpending, (long)&waiting, 8, 0, 0, 0, 0);
  const uint64_t before = own_mask(SIG_BLOCK, pipe);
  if (write(STDERR_FILENO, line, length) < 0 && errno == EPIPE && !(waiting & pipe))
    while (kernel(SYS_rt_sigtimedwait, (long)&pipe, 0, (long)&now, 8, 0, 0) < 0 && errno == EINTR) continue;
  own_mask(SIG_SETMASK, before);
#else
  if (write(STDERR_FILENO, line, length) < 0) return;
#endif
}

void say(char line[LINE_LIMIT], const char *what, const char *message, const char *why) {
  struct writer out = WRITER(line, LINE_LIMIT - 8);
  put_text(&out, what);
  put_shown(&out, message);
  if (why && why[0]) {
    put_text(&out, " (");
    put_shown(&out, why);
    put_text(&out, ")");
  }
  const bool cut = out.full;
  out.full = false;
  out.end = line + LINE_LIMIT;
  put_text(&out, cut ? "\xe2\x80\xa6\n" : "\n");
  print(line, written(&out));
}
