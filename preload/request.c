/* The question as JSON, written into a buffer of stated size: what does not fit is not sent, never cut. */
#include "preload.h"

#include <string.h>
#include <unistd.h>

void put_bytes(struct writer *out, const char *bytes, size_t length) {
  if (length > (size_t)(out->end - out->at)) {
    out->full = true;
    return;
  }
  memcpy(out->at, bytes, length);
  out->at += length;
}

void put_text(struct writer *out, const char *text) { put_bytes(out, text, strlen(text)); }

void put_number(struct writer *out, unsigned long number) {
  char digits[24];
  size_t at = sizeof digits;
  do digits[--at] = (char)('0' + number % 10);
  while ((number /= 10) > 0);
  put_bytes(out, digits + at, sizeof digits - at);
}

size_t utf8_at(const char *text) {
  const unsigned char *byte = (const unsigned char *)text;
  const unsigned first = byte[0];
  if (first < 0x80) return 1;
  if (first < 0xc2 || first > 0xf4) return 0;
  const size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  const unsigned low = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
  const unsigned high = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
  if (byte[1] < low || byte[1] > high) return 0;
  for (size_t i = 2; i < length; i++)
    if ((byte[i] & 0xc0) != 0x80) return 0;
  return length;
}

bool is_utf8(const char *text) {
  for (size_t length; *text; text += length)
    if ((length = utf8_at(text)) == 0) return false;
  return true;
}

/* The inside of a JSON string. Runs of plain bytes are copied at once. */
static void put_escaped(struct writer *out, const char *text) {
  static const char hex[] = "0123456789abcdef";
  for (const char *run = text;; text++) {
    const unsigned char c = (unsigned char)*text;
    if (c >= 0x20 && c != '"' && c != '\\') continue;
    put_bytes(out, run, (size_t)(text - run));
    if (c == 0) return;
    const char escape[6] = {'\\', 'u', '0', '0', hex[c >> 4], hex[c & 15]};
    put_bytes(out, escape, sizeof escape);
    run = text + 1;
  }
}

void put_string(struct writer *out, const char *text) {
  put_text(out, "\"");
  put_escaped(out, text);
  put_text(out, "\"");
}

struct base64 {
  struct writer *out;
  unsigned group, have;
};

static void feed_base64(struct base64 *code, const char *text) {
  static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  /* NULL ends it: the last group is filled up with nothing. */
  const unsigned held = code->have;
  while (text ? *text != '\0' : code->have > 0) {
    code->group = code->group << 8 | (text ? (unsigned char)*text++ : 0U);
    if (++code->have < 3) continue;
    const bool end = text == NULL;
    const char four[4] = {letters[code->group >> 18 & 63], letters[code->group >> 12 & 63],
                          end && held < 2 ? '=' : letters[code->group >> 6 & 63],
                          end ? '=' : letters[code->group & 63]};
    put_bytes(code->out, four, sizeof four);
    code->group = code->have = 0;
  }
}

static void put_base64(struct writer *out, const char *text) {
  struct base64 code = {out, 0, 0};
  put_text(out, "\"");
  feed_base64(&code, text);
  feed_base64(&code, NULL);
  put_text(out, "\"");
}

/* A path under its name: absolute as it stands, else behind its directory. Symlinks are the server's to follow. */
static void put_path(struct writer *out, const char *name, const char *path, const char *base) {
  const bool joined = path[0] != '/' && base && base[0] != '\0';
  put_text(out, name);
  if (!is_utf8(path) || (joined && !is_utf8(base))) {
    struct base64 code = {out, 0, 0};
    put_text(out, "_b64\":\"");
    if (joined) feed_base64(&code, base), feed_base64(&code, "/");
    feed_base64(&code, path);
    feed_base64(&code, NULL);
    put_text(out, "\"");
    return;
  }
  put_text(out, "\":\"");
  if (joined) put_escaped(out, base), put_text(out, "/");
  put_escaped(out, path);
  put_text(out, "\"");
}

static void put_argv(struct writer *out, char *const argv[]) {
  bool plain = true;
  for (char *const *word = argv; plain && word && *word; word++) plain = is_utf8(*word);
  put_text(out, plain ? "\"argv\":[" : "\"argv_b64\":[");
  /* The kernel gives a program that got no words an empty one. */
  if (!argv || !argv[0]) put_text(out, "\"\"");
  for (char *const *word = argv; word && *word; word++) {
    if (word != argv) put_text(out, ",");
    if (plain) put_string(out, *word);
    else put_base64(out, *word);
    if (out->full) return;
  }
  put_text(out, "]");
}

static void put_process(struct writer *out) {
  pid_t chain[PARENTS_LIMIT];
  const size_t count = parents(chain);
  put_text(out, ",\"layer\":\"preload\",\"pid\":");
  put_number(out, (unsigned long)getpid());
  put_text(out, ",\"parents\":[");
  for (size_t i = 0; i < count; i++) {
    if (i > 0) put_text(out, ",");
    put_number(out, (unsigned long)chain[i]);
  }
  put_text(out, "]");
}

static void put_named(struct writer *out, const char *name, const char *value) {
  put_text(out, name);
  put_string(out, value);
}

void put_question(struct writer *out, const struct call *call, const char *cwd) {
  const char *agent = setting(AGENT), *session = setting(SESSION), *run = setting(RUN);
  put_named(out, "{\"agent\":", agent ? agent : "preload");
  put_named(out, ",\"session\":", session ? session : "preload");
  if (run) put_named(out, ",\"run_id\":", run);
  /* Without a working directory relative paths meet restrictive rules by their ends (F35). */
  if (cwd[0] && is_utf8(cwd)) put_named(out, ",\"cwd\":", cwd);
  put_text(out, ",\"enforce\":true");
  put_process(out);
  put_text(out, ",\"params\":{");
  if (call->program) {
    put_argv(out, call->argv);
    put_path(out, ",\"program", call->program, call->base ? call->base : cwd);
  } else if (strcmp(call->tool, "fetch") == 0) {
    put_named(out, "\"url\":", call->target);
  } else {
    put_path(out, "\"path", call->target, call->base ? call->base : cwd);
  }
  put_text(out, "}}");
}
