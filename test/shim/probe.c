/*
 * The readers of the shim, alone, for tests: `probe options DIALECT ARGV…`, `probe answer`
 * (standard input) and `probe fuzz SEED ROUNDS`.
 */
#include "../../shim/shim.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int show_options(int argc, char *argv[]) {
  struct rampart_invocation got;
  rampart_read_options((enum rampart_dialect)atoi(argv[0]), argc - 1, argv + 1, &got);
  return printf("%d %d %d\n", (int)got.kind, got.text, got.args) < 0;
}

static size_t read_input(char *into, size_t most) {
  size_t size = 0;
  ssize_t n;
  while (size < most && (n = read(0, into + size, most - size)) > 0) size += (size_t)n;
  return size;
}

static int show_answer(char *text, size_t size) {
  struct answer answer;
  if (!read_answer(text, size, &answer) || !answer.has_allowed || !answer.decision[0]) return puts("unreadable") < 0;
  return printf("%d %d|%s|%s|%s\n", answer.allowed, strcmp(answer.decision, "require_approval") == 0, answer.message,
                answer.policy, answer.approval_id) < 0;
}

static unsigned long state;
static unsigned next(unsigned below) {
  state = state * 6364136223846793005UL + 1442695040888963407UL;
  return (unsigned)(state >> 33) % below;
}

/* Any words: the reader stays within argv, and what it points at is there. */
static void fuzz_options(void) {
  static const char letters[] = "coOseilxnbBr-+ \t=zZ0A_";
  char words[8][12];
  char *argv[9] = {0};
  int argc = (int)next(9);
  for (int i = 0; i < argc; i++) {
    size_t size = next(sizeof words[i]);
    for (size_t at = 0; at < size; at++) words[i][at] = letters[next(sizeof letters - 1)];
    words[i][size] = '\0';
    if (next(3) == 0 && size > 0) words[i][0] = '-';
    argv[i] = words[i];
  }
  struct rampart_invocation got;
  rampart_read_options((enum rampart_dialect)next(5), argc, argv, &got);
  if (got.kind == RAMPART_UNREADABLE && !got.why) abort();
  if ((got.kind == RAMPART_COMMAND || got.kind == RAMPART_SCRIPT) &&
      (got.text < 1 || got.text >= argc || got.args != got.text + 1))
    abort();
  if (got.kind == RAMPART_STDIN && (got.args < 1 || got.args > (argc > 1 ? argc : 1))) abort();
}

/* A good reply with some bytes changed: whatever it is read as, it is read inside its own bytes. */
static void fuzz_reply(void) {
  static const char good[] =
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
      "5b\r\n{\"allowed\":true,\"decision\":\"allow\",\"message\":\"\\ud83d\\ude00 \\n\",\"policy\":null,\"x\":[1e3,{}]}   "
      "\r\n0\r\n\r\n";
  static const char bad[] = "\"\\{}[],:\r\n0u1e.-\x80\xff\xf0";
  size_t size = next(sizeof good);
  char *bytes = malloc(size + 1); /* so that the sanitizer sees one byte too many */
  if (!bytes) abort();
  memcpy(bytes, good, size);
  for (unsigned changes = next(4); changes > 0 && size > 0; changes--)
    bytes[next((unsigned)size)] = bad[next(sizeof bad - 1)];
  struct answer answer;
  struct reply reply;
  if (read_reply(bytes, size, next(2) == 0, false, &reply) == WHOLE) {
    char *body = malloc(reply.length + 1);
    if (!body) abort();
    memcpy(body, reply.body, reply.length);
    if (read_answer(body, reply.length, &answer) &&
        (strlen(answer.message) >= sizeof answer.message || !is_utf8(answer.message, strlen(answer.message))))
      abort();
    free(body);
  }
  free(bytes);
}

int main(int argc, char *argv[]) {
  static char text[2 << 20];
  if (argc < 2) return 2;
  if (strcmp(argv[1], "options") == 0) return show_options(argc - 2, argv + 2);
  if (strcmp(argv[1], "answer") == 0) return show_answer(text, read_input(text, sizeof text));
  if (strcmp(argv[1], "fuzz") != 0 || argc < 4) return 2;
  state = strtoul(argv[2], NULL, 10);
  for (long rounds = strtol(argv[3], NULL, 10); rounds > 0; rounds--) {
    fuzz_options();
    fuzz_reply();
  }
  return puts("ok") < 0;
}
