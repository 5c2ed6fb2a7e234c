/* What people read: one line on stderr, and the lines of what passed unjudged. */
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "platform.h"
#include "preload.h"

enum { SAID_AGAIN_S = 600, GAP_LIMIT = 512, GAPS_LIMIT = 1 << 20 };

/* Ranges that move the cursor, turn the reading direction or cannot be told from nothing (F13). */
static const unsigned unseen[][2] = {
    {0x00, 0x1f},     {0x7f, 0xa0},     {0xad, 0xad},     {0x34f, 0x34f},   {0x600, 0x605},   {0x61c, 0x61c},
    {0x6dd, 0x6dd},   {0x70f, 0x70f},   {0x890, 0x891},   {0x8e2, 0x8e2},   {0x115f, 0x1160}, {0x1680, 0x1680},
    {0x17b4, 0x17b5}, {0x180b, 0x180f}, {0x2000, 0x200f}, {0x2028, 0x202f}, {0x205f, 0x206f}, {0x2800, 0x2800},
    {0x3000, 0x3000}, {0x3164, 0x3164}, {0xd800, 0xf8ff}, {0xfe00, 0xfe0f}, {0xfeff, 0xfeff}, {0xffa0, 0xffa0},
    {0xfff0, 0xfffb}, {0x110bd, 0x110bd}, {0x110cd, 0x110cd}, {0x13430, 0x1343f}, {0x1bca0, 0x1bca3},
    {0x1d173, 0x1d17a}, {0xe0000, 0xe0fff}, {0xf0000, 0x10ffff},
};

static bool is_unseen(unsigned code) {
  for (size_t i = 0; i < sizeof unseen / sizeof *unseen; i++)
    if (code >= unseen[i][0] && code <= unseen[i][1]) return true;
  return false;
}

static void put_code(struct writer *out, unsigned code) {
  static const char hex[] = "0123456789abcdef";
  char digits[8];
  size_t at = sizeof digits;
  do digits[--at] = hex[code & 15];
  while ((code >>= 4) > 0);
  put_text(out, "\\u{");
  put_bytes(out, digits + at, sizeof digits - at);
  put_text(out, "}");
}

/* As src/cli/display.ts shows it: \n \r \t, and the rest as \u{…}. */
static void put_shown(struct writer *out, const char *text) {
  while (*text && !out->full) {
    const unsigned char *b = (const unsigned char *)text;
    const size_t length = utf8_at(text);
    const unsigned code = length <= 1   ? b[0]
                          : length == 2 ? (b[0] & 31U) << 6 | (b[1] & 63U)
                          : length == 3 ? (b[0] & 15U) << 12 | (b[1] & 63U) << 6 | (b[2] & 63U)
                                        : (b[0] & 7U) << 18 | (b[1] & 63U) << 12 | (b[2] & 63U) << 6 | (b[3] & 63U);
    if (code == '\n') put_text(out, "\\n");
    else if (code == '\r') put_text(out, "\\r");
    else if (code == '\t') put_text(out, "\\t");
    else if (length == 0 || is_unseen(code)) put_code(out, code);
    else put_bytes(out, text, length);
    text += length ? length : 1;
  }
}

/* Nobody reading stderr is no reason to die: SIGPIPE is held back and, if it was ours, taken away. */
static void print(const char *line, size_t length) {
#ifdef __linux__
  sigset_t pipe, before, waiting;
  sigemptyset(&pipe);
  sigaddset(&pipe, SIGPIPE);
  const struct timespec now = {0, 0};
  sigpending(&waiting);
  pthread_sigmask(SIG_BLOCK, &pipe, &before);
  if (write(STDERR_FILENO, line, length) < 0 && errno == EPIPE && !sigismember(&waiting, SIGPIPE))
    while (sigtimedwait(&pipe, NULL, &now) < 0 && errno == EINTR) continue;
  pthread_sigmask(SIG_SETMASK, &before, NULL);
#else
  if (write(STDERR_FILENO, line, length) < 0) return;
#endif
}

void say(char line[LINE_LIMIT], const char *what, const char *message, const char *why) {
  if (settings.quiet) return;
  struct writer out = {line, line, line + LINE_LIMIT - 8, false};
  put_text(&out, what);
  put_shown(&out, message);
  if (why && why[0]) {
    put_text(&out, " (");
    put_shown(&out, why);
    put_text(&out, ")");
  }
  out.end = line + LINE_LIMIT;
  put_text(&out, out.full ? "\xe2\x80\xa6\n" : "\n");
  print(line, (size_t)(out.at - line));
}

static unsigned long time_ms(void) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  return (unsigned long)now.tv_sec * 1000UL + (unsigned long)(now.tv_nsec / 1000000);
}

/* One line of JSON; a program's name that is too long for it is left out rather than cut. */
static size_t put_gap(char *line, const struct call *call) {
  struct writer out = {line, line, line + GAP_LIMIT - 2, false};
  put_text(&out, "{\"time_ms\":");
  put_number(&out, time_ms());
  put_text(&out, ",\"pid\":");
  put_number(&out, (unsigned long)getpid());
  put_text(&out, ",\"layer\":\"preload\"");
  const struct writer before = out;
  const char *what = call->program ? call->program : call->target;
  put_text(&out, ",\"program\":");
  if (is_utf8(what)) put_string(&out, what);
  else out.full = true;
  if (out.full) out = before;
  out.end = line + GAP_LIMIT;
  put_text(&out, "}\n");
  return (size_t)(out.at - line);
}

void record_gap(struct scratch *scratch, const struct call *call) {
  struct stat file;
  bool said = false;
  const int flags = O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK;
  const int fd = own_open(settings.gaps, flags, 0600);
  if (fd >= 0) {
    if (fstat(fd, &file) == 0 && S_ISREG(file.st_mode)) {
      said = file.st_size > 0 && time(NULL) - file.st_mtime < SAID_AGAIN_S;
      /* A file of gaps that is full tells enough. */
      if (file.st_size < GAPS_LIMIT && write(fd, scratch->line, put_gap(scratch->line, call)) < 0) said = false;
    }
    close(fd);
  }
  if (said) return;
  say(scratch->line, "rampart: not running: ", "calls pass unjudged until it is back", NULL);
}
