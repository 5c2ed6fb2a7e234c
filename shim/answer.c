/*
 * Reads an answer: strict JSON, one object, each key that counts at most once. A defect anywhere makes
 * the whole unreadable, and what is unreadable denies.
 */
#include "shim.h"

#include <string.h>

enum { DEPTH_MOST = 32, KEY_MOST = 64 };

struct json {
  const char *at;
  const char *end;
};

static void skip_space(struct json *j) {
  while (j->at < j->end && (*j->at == ' ' || *j->at == '\t' || *j->at == '\n' || *j->at == '\r')) j->at++;
}

static bool take(struct json *j, char c) {
  if (j->at == j->end || *j->at != c) return false;
  j->at++;
  return true;
}

static bool take_word(struct json *j, const char *word) {
  size_t size = strlen(word);
  if ((size_t)(j->end - j->at) < size || memcmp(j->at, word, size) != 0) return false;
  j->at += size;
  return true;
}

static bool read_hex4(struct json *j, uint32_t *value) {
  *value = 0;
  for (int i = 0; i < 4; i++, j->at++) {
    if (j->at == j->end) return false;
    char c = *j->at;
    uint32_t digit = c >= '0' && c <= '9'   ? (uint32_t)(c - '0')
                     : c >= 'a' && c <= 'f' ? (uint32_t)(c - 'a') + 10
                     : c >= 'A' && c <= 'F' ? (uint32_t)(c - 'A') + 10
                                            : 16;
    if (digit > 15) return false;
    *value = *value << 4 | digit;
  }
  return true;
}

static size_t write_utf8(uint32_t c, char into[4]) {
  if (c < 0x80) return (void)(into[0] = (char)c), 1;
  size_t length = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
  for (size_t i = length; --i > 0; c >>= 6) into[i] = (char)(0x80 | (c & 0x3f));
  static const uint32_t lead[] = {0, 0, 0xc0, 0xe0, 0xf0};
  into[0] = (char)(lead[length] | c);
  return length;
}

/* The character behind a backslash, lone surrogates refused. */
static bool read_escape(struct json *j, uint32_t *c) {
  static const char names[] = "\"\\/bfnrt", meant[] = "\"\\/\b\f\n\r\t";
  if (j->at == j->end) return false;
  char name = *j->at++;
  if (name != 'u') {
    const char *found = name ? strchr(names, name) : NULL;
    if (found) *c = (unsigned char)meant[found - names];
    return found != NULL;
  }
  uint32_t low;
  if (!read_hex4(j, c) || (*c >= 0xdc00 && *c <= 0xdfff)) return false;
  if (*c < 0xd800 || *c > 0xdbff) return true;
  if (!take_word(j, "\\u") || !read_hex4(j, &low) || low < 0xdc00 || low > 0xdfff) return false;
  *c = 0x10000 + ((*c - 0xd800) << 10) + (low - 0xdc00);
  return true;
}

/*
 * A string, decoded and ended by NUL; what does not fit is left out, whole characters only, and
 * `*whole` is false then. `into` NULL: skip it.
 */
static bool read_string(struct json *j, char *into, size_t most, bool *whole) {
  size_t size = 0;
  bool fits = true;
  if (!take(j, '"')) return false;
  while (j->at < j->end && *j->at != '"') {
    uint32_t c;
    if (*j->at == '\\') {
      j->at++;
      if (!read_escape(j, &c)) return false;
    } else {
      size_t length = rampart_utf8(j->at, (size_t)(j->end - j->at), &c);
      if (length == 0 || c < 0x20) return false;
      j->at += length;
    }
    if (!into) continue;
    char bytes[4];
    size_t length = write_utf8(c, bytes);
    fits = fits && c != 0 && size + length < most;
    if (!fits) continue;
    memcpy(into + size, bytes, length);
    size += length;
  }
  if (into) into[size] = '\0';
  if (whole) *whole = fits;
  return take(j, '"');
}

static bool skip_digits(struct json *j) {
  const char *from = j->at;
  while (j->at < j->end && *j->at >= '0' && *j->at <= '9') j->at++;
  return j->at > from;
}

static bool skip_number(struct json *j) {
  take(j, '-');
  if (!take(j, '0') && !skip_digits(j)) return false;
  if (take(j, '.') && !skip_digits(j)) return false;
  if (take(j, 'e') || take(j, 'E')) {
    if (!take(j, '+')) take(j, '-');
    return skip_digits(j);
  }
  return true;
}

static bool skip_value(struct json *j, int depth);

static bool skip_members(struct json *j, int depth, bool named, char close) {
  skip_space(j);
  if (take(j, close)) return true;
  do {
    skip_space(j);
    if (named) {
      if (!read_string(j, NULL, 0, NULL)) return false;
      skip_space(j);
      if (!take(j, ':')) return false;
    }
    if (!skip_value(j, depth)) return false;
    skip_space(j);
  } while (take(j, ','));
  return take(j, close);
}

static bool skip_value(struct json *j, int depth) {
  skip_space(j);
  if (depth == DEPTH_MOST || j->at == j->end) return false;
  switch (*j->at) {
    case '{': return j->at++, skip_members(j, depth + 1, true, '}');
    case '[': return j->at++, skip_members(j, depth + 1, false, ']');
    case '"': return read_string(j, NULL, 0, NULL);
    case 't': return take_word(j, "true");
    case 'f': return take_word(j, "false");
    case 'n': return take_word(j, "null");
    default: return skip_number(j);
  }
}

/* The keys that are read, each into a string; `allowed` is the one boolean. */
enum { ALLOWED, DECISION, MESSAGE, POLICY, APPROVAL, STATUS, KEYS };
static const char *const NAMES[KEYS] = {"allowed", "decision", "message", "policy", "approval_id", "status"};

struct place {
  char *at;
  size_t most;
};

static bool read_known(struct json *j, int key, struct rampart_answer *answer, const struct place *place) {
  skip_space(j);
  if (key == ALLOWED) {
    answer->allowed = take_word(j, "true");
    return answer->allowed || take_word(j, "false");
  }
  bool whole = true;
  if (key != DECISION && key != STATUS && take_word(j, "null")) return true;
  if (!read_string(j, place->at, place->most, &whole)) return false;
  /* What is only shown may be cut; what is compared or sent on may not. */
  return whole || key == MESSAGE || key == POLICY;
}

static bool read_object(struct json *j, struct rampart_answer *answer, const struct place *places, bool *seen) {
  skip_space(j);
  if (!take(j, '{')) return false;
  skip_space(j);
  if (take(j, '}')) return true;
  do {
    char key[KEY_MOST];
    bool whole;
    skip_space(j);
    if (!read_string(j, key, sizeof key, &whole)) return false;
    skip_space(j);
    if (!take(j, ':')) return false;
    int row = 0;
    while (row < KEYS && !(whole && strcmp(key, NAMES[row]) == 0)) row++;
    if (row < KEYS && seen[row]) return false;
    if (row == KEYS ? !skip_value(j, 1) : !read_known(j, row, answer, &places[row])) return false;
    if (row < KEYS) seen[row] = true;
    skip_space(j);
  } while (take(j, ','));
  return take(j, '}');
}

static bool read_keys(const char *text, size_t size, struct rampart_answer *answer, bool *seen) {
  char decision[32] = "";
  struct json j = {.at = text, .end = text + size};
  *answer = (struct rampart_answer){.allowed = false};
  const struct place places[KEYS] = {
      [DECISION] = {decision, sizeof decision},
      [MESSAGE] = {answer->message, sizeof answer->message},
      [POLICY] = {answer->policy, sizeof answer->policy},
      [APPROVAL] = {answer->approval, sizeof answer->approval},
      [STATUS] = {answer->status, sizeof answer->status},
  };
  if (!read_object(&j, answer, places, seen)) return false;
  skip_space(&j);
  answer->asks = strcmp(decision, "require_approval") == 0;
  return j.at == j.end;
}

bool rampart_answer_read(const char *json, size_t size, struct rampart_answer *answer) {
  bool seen[KEYS] = {false};
  bool good = size <= RAMPART_ANSWER_MOST && read_keys(json, size, answer, seen) && seen[ALLOWED] && seen[DECISION];
  if (!good) *answer = (struct rampart_answer){.allowed = false};
  return good;
}

bool rampart_approval_read(const char *json, size_t size, struct rampart_answer *answer) {
  bool seen[KEYS] = {false};
  return size <= RAMPART_REPLY_MOST && read_keys(json, size, answer, seen) && seen[STATUS] && !seen[ALLOWED];
}
