/*
 * The answer, read strictly: one JSON object, each key that counts at most once. What is not exactly an answer is
 * none, and no answer never allows.
 */
#include "wire.h"

#include <string.h>

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

struct json {
  const char *at, *end;
  int depth;
};

static bool value(struct json *in);

static void blanks(struct json *in) {
  while (in->at < in->end && (*in->at == ' ' || *in->at == '\n' || *in->at == '\r' || *in->at == '\t')) in->at++;
}

static bool take(struct json *in, char c) {
  blanks(in);
  if (in->at >= in->end || *in->at != c) return false;
  in->at++;
  return true;
}

static bool word(struct json *in, const char *text) {
  const size_t length = strlen(text);
  if ((size_t)(in->end - in->at) < length || memcmp(in->at, text, length) != 0) return false;
  in->at += length;
  return true;
}

static int hex4(struct json *in) {
  int code = 0;
  for (int i = 0; i < 4; i++, in->at++) {
    if (in->at >= in->end) return -1;
    const char c = *in->at, low = (char)(c | 0x20);
    if (is_digit(c)) code = code * 16 + (c - '0');
    else if (low >= 'a' && low <= 'f') code = code * 16 + (low - 'a' + 10);
    else return -1;
  }
  return code;
}

static void put_utf8(struct writer *out, int code) {
  char b[4];
  size_t n = 0;
  if (code < 0x80) b[n++] = (char)code;
  else if (code < 0x800) b[n++] = (char)(0xc0 | code >> 6);
  else if (code < 0x10000) b[n++] = (char)(0xe0 | code >> 12), b[n++] = (char)(0x80 | (code >> 6 & 63));
  else b[n++] = (char)(0xf0 | code >> 18), b[n++] = (char)(0x80 | (code >> 12 & 63)), b[n++] = (char)(0x80 | (code >> 6 & 63));
  if (code >= 0x80) b[n++] = (char)(0x80 | (code & 63));
  put_bytes(out, b, n);
}

/* What stands behind a backslash; -1 for what may not. */
static int escaped(struct json *in) {
  static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
  if (in->at >= in->end) return -1;
  const char c = *in->at++;
  const char *plain = c ? strchr(from, c) : NULL;
  if (plain) return to[plain - from];
  int code = c == 'u' ? hex4(in) : -1;
  if (code >= 0xd800 && code < 0xdc00) {
    const int low = word(in, "\\u") ? hex4(in) : -1;
    return low >= 0xdc00 && low < 0xe000 ? 0x10000 + ((code - 0xd800) << 10 | (low - 0xdc00)) : -1;
  }
  return code >= 0xdc00 && code < 0xe000 ? -1 : code;
}

/* A string into `out`; what does not fit there marks it as full. */
static bool string(struct json *in, struct writer *out) {
  if (!take(in, '"')) return false;
  while (in->at < in->end) {
    uint32_t c;
    const size_t length = utf8_read(in->at, (size_t)(in->end - in->at), &c);
    if (length == 0 || c < 0x20) return false;
    if (c == '"') return in->at++, true;
    if (c == '\\') {
      in->at++;
      const int code = escaped(in);
      if (code < 0) return false;
      if (!out->full) put_utf8(out, code);
      continue;
    }
    if (!out->full) put_bytes(out, in->at, length);
    in->at += length;
  }
  return false;
}

static bool digits(struct json *in) {
  const char *from = in->at;
  while (in->at < in->end && is_digit(*in->at)) in->at++;
  return in->at > from;
}

static bool number(struct json *in) {
  word(in, "-");
  if (!word(in, "0") && !digits(in)) return false;
  if (word(in, ".") && !digits(in)) return false;
  if (!word(in, "e") && !word(in, "E")) return true;
  if (!word(in, "+")) word(in, "-");
  return digits(in);
}

static bool unnamed(struct json *in) {
  char none[1];
  struct writer nowhere = {none, none, none, true};
  return string(in, &nowhere);
}

static bool list(struct json *in, bool keyed) {
  const char close = keyed ? '}' : ']';
  if (take(in, close)) return true;
  do {
    if (keyed && (!unnamed(in) || !take(in, ':'))) return false;
    if (!value(in)) return false;
  } while (take(in, ','));
  return take(in, close);
}

static bool value(struct json *in) {
  blanks(in);
  if (in->at >= in->end || in->depth >= DEPTH_LIMIT) return false;
  const char c = *in->at;
  if (c == '"') return unnamed(in);
  if (c == '{' || c == '[') {
    in->at++;
    in->depth++;
    const bool whole = list(in, c == '{');
    in->depth--;
    return whole;
  }
  return word(in, "true") || word(in, "false") || word(in, "null") || number(in);
}

bool is_object(const char *text, size_t length) {
  /* What a hook shows of an output is as deep as an event may be, 64 levels, and a few around it. */
  struct json in = {text, text + length, DEPTH_LIMIT - 80};
  blanks(&in);
  if (in.at >= in.end || *in.at != '{' || !value(&in)) return false;
  blanks(&in);
  return in.at == in.end;
}

/* The fields that are read. */

struct field {
  const char *name;
  char *text;
  size_t room;
  bool whole, seen; /* whole: a longer one is no answer; else it is shown as far as it fits */
};

static bool text_field(struct json *in, struct field *field) {
  blanks(in);
  if (word(in, "null")) return true;
  struct writer out = WRITER(field->text, field->room - 1);
  if (!string(in, &out) || (out.full && field->whole)) return false;
  *out.at = '\0';
  /* A NUL inside would hide what follows it. */
  return strlen(field->text) == (size_t)(out.at - field->text);
}

static bool member(struct json *in, struct field *fields, struct answer *answer) {
  char key[32];
  struct writer name = WRITER(key, sizeof key - 1);
  if (!string(in, &name) || !take(in, ':')) return false;
  *name.at = '\0';
  blanks(in);
  for (struct field *field = fields; !name.full && field->name; field++) {
    if (strcmp(field->name, key) != 0 || strlen(key) != (size_t)(name.at - key)) continue;
    if (field->seen) return false;
    field->seen = true;
    if (field->text) return text_field(in, field);
    answer->has_allowed = true;
    answer->allowed = word(in, "true");
    return answer->allowed || word(in, "false");
  }
  return value(in);
}

bool read_answer(const char *json, size_t length, struct answer *answer) {
  memset(answer, 0, sizeof *answer);
  struct field fields[] = {
      {"allowed", NULL, 0, true, false},
      {"decision", answer->decision, sizeof answer->decision, true, false},
      {"message", answer->message, sizeof answer->message, false, false},
      {"policy", answer->policy, sizeof answer->policy, false, false},
      {"approval_id", answer->approval_id, sizeof answer->approval_id, true, false},
      {"status", answer->status, sizeof answer->status, true, false},
      {NULL, NULL, 0, false, false},
  };
  struct json in = {json, json + length, 1};
  if (!take(&in, '{')) return false;
  if (!take(&in, '}')) {
    do
      if (!member(&in, fields, answer)) return false;
    while (take(&in, ','));
    if (!take(&in, '}')) return false;
  }
  blanks(&in);
  return in.at == in.end;
}
