/*
 * What comes from outside, thrown at the readers (a reply, its answer, a shell's options) and the writer. With libFuzzer (`make fuzz CC=clang`) or,
 * where there is none, by mutation of the seeds below with a generator of its own (`fuzz SECONDS [SEED]`).
 *
 * Held besides "no report of the sanitizers": what is allowed is JSON with exactly one `allowed: true` at
 * the top, however the bytes came in pieces; what is written is whole or said to be full.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../../shim/shim.h"

static char *exact(const uint8_t *data, size_t size, size_t room) {
  char *copy = malloc(room);
  if (!copy) abort();
  memcpy(copy, data, size);
  return copy;
}

static void must(bool holds, const char *what) {
  if (holds) return;
  fprintf(stderr, "broken: %s\n", what);
  abort();
}

/* The same bytes at once and byte by byte come to the same reply. */
static void read_http(const uint8_t *data, size_t size) {
  if (size >= ANSWER_LIMIT) return;
  struct reply whole = {0}, piece = {0};
  char *at_once = exact(data, size, size + 1), *slowly = exact(data, size, size + 1);
  const enum progress once = read_reply(at_once, size, true, false, &whole);
  must(once != MORE, "the end is the end");
  enum progress step = MORE;
  for (size_t have = 1; have <= size && step == MORE; have++) {
    slowly[have - 1] = (char)data[have - 1]; /* as it is received: behind what is there */
    step = read_reply(slowly, have, false, false, &piece);
  }
  if (step == WHOLE && once == WHOLE) must(piece.status == whole.status && piece.length == whole.length, "pieces");
  struct answer answer;
  if (once == WHOLE) {
    must(whole.body >= at_once && whole.body + whole.length <= at_once + size, "the body is inside");
    char *body = malloc(whole.length + 1);
    memcpy(body, whole.body, whole.length);
    body[whole.length] = '\0';
    read_answer(body, whole.length, &answer);
    free(body);
  }
  free(at_once), free(slowly);
}

static void read_json(const uint8_t *data, size_t size) {
  struct answer answer;
  char *text = exact(data, size, size + 1);
  text[size] = '\0';
  const bool read = read_answer(text, size, &answer);
  if (read && answer.allowed) {
    must(answer.has_allowed, "allowed has been said");
    must(strstr(text, "true") != NULL, "somebody said true");
    must(text[strspn(text, " \t\r\n")] == '{', "an object");
  }
  must(strlen(answer.message) < sizeof answer.message, "the message ends");
  must(is_utf8(answer.message, strlen(answer.message)) || !read, "what is shown is UTF-8");
  free(text);
}

/* The bytes cut at each NUL; the last word is NULL. */
enum { WORDS = 64 };
static size_t cut(char *bytes, size_t size, char *words[WORDS]) {
  size_t count = 0;
  for (char *at = bytes; at <= bytes + size && count < WORDS - 1; at += strlen(at) + 1) words[count++] = at;
  words[count] = NULL;
  return count;
}

/* One of the forms a question has, into any room: whole, or said to be full. */
static void write_one(const struct call *call, const struct caller *caller, const char *cwd, size_t room) {
  char *buffer = malloc(room);
  struct writer out = WRITER(buffer, room);
  put_question(&out, caller, call, cwd);
  must(out.at <= out.end, "inside the buffer");
  if (!out.full) {
    must(out.at[-1] == '}', "whole");
    must(is_utf8(buffer, written(&out)), "UTF-8");
    for (const char *at = buffer; at < out.at; at++) must((unsigned char)*at >= 0x20, "no control character");
  }
  free(buffer);
}

static void write_question(const uint8_t *data, size_t size) {
  char *words[WORDS], *copy = exact(data, size, size + 2);
  copy[size] = copy[size + 1] = '\0';
  const size_t count = cut(copy, size, words);
  const char *claimed = count > 3 && is_utf8(words[3], strlen(words[3])) ? words[3] : NULL;
  const struct caller caller = {"agent", "session", claimed, "preload"};
  const char *cwd = count > 2 ? words[2] : "/work", *base = count > 4 ? words[4] : NULL;
  const struct call calls[] = {
      {.tool = "exec", .program = words[0], .argv = words + (count > 1), .base = base},
      {.tool = "exec", .program = words[0], .line = (const char *)data, .line_length = size, .shell = claimed ? claimed : "sh"},
      {.tool = "read", .target = words[0], .base = base},
      {.tool = "fetch", .target = claimed ? claimed : "tcp://h"},
  };
  for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
    write_one(&calls[i], &caller, cwd, 1 + (size ? data[0] * 16U : 0));
    write_one(&calls[i], &caller, cwd, 4096 + size * 16);
  }
  free(copy);
}

/* As any shell would read them: inside argv, and what is pointed at is there. */
static void read_options(const uint8_t *data, size_t size) {
  char *words[WORDS], *copy = exact(data, size, size + 1);
  copy[size] = '\0';
  const int argc = (int)cut(copy, size, words);
  for (int dialect = RAMPART_BASH; dialect <= RAMPART_NO_SHELL; dialect++) {
    struct rampart_invocation got;
    rampart_read_options((enum rampart_dialect)dialect, argc, words, &got);
    must(got.kind != RAMPART_UNREADABLE || got.why, "what cannot be read says why");
    if (got.kind == RAMPART_COMMAND || got.kind == RAMPART_SCRIPT)
      must(got.text >= 1 && got.text < argc && got.args == got.text + 1, "the text is an argument");
    if (got.kind == RAMPART_STDIN) must(got.args >= 1 && got.args <= (argc > 1 ? argc : 1), "the rest is within");
  }
  free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  read_http(data, size);
  read_json(data, size);
  write_question(data, size);
  read_options(data, size);
  return 0;
}

#ifdef OWN_FUZZER
static const char *const seeds[] = {
    "HTTP/1.1 200 OK\r\nContent-Length: 35\r\nX: y\r\n\r\n{\"allowed\":true,\"decision\":\"allow\"}",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n7\r\n{\"allow\r\n1c\r\ned\":true,\"decision\":\"allow\"}\r\n0\r\n\r\n",
    "{\"allowed\":false,\"decision\":\"require_approval\",\"message\":\"\\u00e9\\ud83d\\ude00 \\n\",\"policy\":null,"
    "\"approval_id\":\"01ABC\",\"effects\":[{\"a\":[1,-2.5e+3,null,{}]},[]]}",
    "{\"status\":\"approved\",\"allowed\":true}",
    "bash\0--rcfile\0f\0-lo\0pipefail\0-c\0echo a\0b",
    "/bin/rm\0-rf\0/work\0\xc3\xa9\xff\xf0\x9f\x98\x80\"\\\n",
};
static const char *const pieces[] = {"\"allowed\":true", "\r\n", "\\u0061", "\\ud800", "{", "}", "[", "]", ",", ":", "\"",
                                     "Content-Length: ", "chunked", "0\r\n\r\n", "ffffffff", "null", "true", "1e9", "\0", "\xff"};

static uint64_t state;
static size_t below(size_t n) {
  state ^= state << 13, state ^= state >> 7, state ^= state << 17;
  return (size_t)(state % n);
}

static size_t mutate(uint8_t *data, size_t size, size_t room) {
  for (size_t times = below(8) + 1; times > 0; times--) {
    const size_t at = size ? below(size) : 0;
    const char *piece = pieces[below(sizeof pieces / sizeof *pieces)];
    const size_t length = strlen(piece) ? strlen(piece) : 1;
    switch (below(5)) {
      case 0: if (size) data[at] = (uint8_t)below(256); break;
      case 1: if (size) memmove(data + at, data + at + 1, size - at - 1), size--; break;
      case 2:
        if (size + length > room) break;
        memmove(data + at + length, data + at, size - at);
        memcpy(data + at, piece, length);
        size += length;
        break;
      case 3: size = at; break;
      default:
        if (size && size * 2 <= room && below(4) == 0) memcpy(data + size, data, size), size *= 2;
    }
  }
  return size;
}

int main(int count, char **argv) {
  static uint8_t data[100000];
  const long seconds = count > 1 ? atol(argv[1]) : 1;
  state = count > 2 ? strtoull(argv[2], NULL, 10) : 88172645463325252ULL;
  const time_t end = time(NULL) + seconds;
  unsigned long runs = 0;
  while (time(NULL) < end || runs < 1000) {
    const char *seed = seeds[below(sizeof seeds / sizeof *seeds)];
    size_t size = seed[0] == '/' ? 28 : seed[0] == 'b' ? 38 : strlen(seed);
    memcpy(data, seed, size);
    LLVMFuzzerTestOneInput(data, mutate(data, size, sizeof data));
    runs++;
  }
  printf("%lu runs\n", runs);
  return 0;
}
#endif
