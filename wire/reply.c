/*
 * A reply of HTTP/1.1, read strictly. Whoever sits on the socket may send anything: what is not exactly a
 * reply is none.
 */
#include "wire.h"

#include <string.h>

static char lower(char c) { return (char)(c >= 'A' && c <= 'Z' ? c + 32 : c); }

static bool read_size(const char *text, size_t length, unsigned base, size_t most, size_t *value) {
  *value = 0;
  for (size_t i = 0; i < length; i++) {
    const char c = lower(text[i]);
    const unsigned digit = c >= '0' && c <= '9' ? (unsigned)(c - '0') : c >= 'a' && c <= 'f' ? (unsigned)(c - 'a') + 10 : 16;
    if (digit >= base || *value > most) return false;
    *value = *value * base + digit;
  }
  return length > 0 && *value <= most;
}

/* The value of a field; `*times` it stands there. */
static const char *field(const char *head, const char *end, const char *name, size_t *length, int *times) {
  const size_t size = strlen(name);
  const char *found = NULL;
  *times = 0;
  for (const char *line = head; line < end;) {
    const char *stop = memchr(line, '\r', (size_t)(end - line));
    if (!stop) stop = end;
    size_t i = 0;
    while (i < size && line + i < stop && lower(line[i]) == name[i]) i++;
    if (i == size && line + i < stop && line[i] == ':') {
      ++*times;
      for (found = line + i + 1; found < stop && *found == ' ';) found++;
      *length = (size_t)(stop - found);
    }
    line = stop + 2;
  }
  return found;
}

const char *reply_field(const struct reply *reply, const char *name, size_t *length) {
  int times;
  const char *value = field(reply->head, reply->body - 2, name, length, &times);
  return times == 1 ? value : NULL;
}

/* Chunks put together where they stand, once all are there. Without extensions and trailers: we send none. */
static enum progress read_chunks(char *body, const char *end, size_t *length) {
  for (int pass = 0; pass < 2; pass++) {
    const char *at = body;
    *length = 0;
    for (size_t size = 1; size > 0;) {
      const char *line = memchr(at, '\r', (size_t)(end - at));
      if (!line || line + 1 == end) return MORE;
      if (line[1] != '\n' || !read_size(at, (size_t)(line - at), 16, PTRDIFF_MAX / 32, &size)) return GARBAGE;
      at = line + 2;
      if ((size_t)(end - at) < size + 2) return MORE;
      if (at[size] != '\r' || at[size + 1] != '\n') return GARBAGE;
      if (pass == 1) memmove(body + *length, at, size);
      *length += size;
      at += size + 2;
    }
    if (at != end) return GARBAGE;
  }
  body[*length] = '\0';
  return WHOLE;
}

/* What the head says of the body's length: once, or it is no head of ours. */
static enum progress read_body(char *body, const char *end, bool ended, struct reply *reply) {
  size_t coded = 0, told = 0, promised;
  int codings, lengths;
  const char *coding = field(reply->head, body - 2, "transfer-encoding", &coded, &codings);
  const char *digits = field(reply->head, body - 2, "content-length", &told, &lengths);
  if (codings + lengths > 1) return GARBAGE;
  if (coding) {
    const bool chunked = coded == 7 && lower(coding[0]) == 'c' && memcmp(coding + 1, "hunked", 6) == 0;
    return chunked ? read_chunks(body, end, &reply->length) : GARBAGE;
  }
  const size_t have = reply->length = (size_t)(end - body);
  if (!digits) return ended ? WHOLE : MORE;
  if (!read_size(digits, told, 10, PTRDIFF_MAX / 32, &promised)) return GARBAGE;
  return have == promised ? WHOLE : have > promised ? GARBAGE : MORE;
}

enum progress read_reply(char *bytes, size_t length, bool ended, bool full, struct reply *reply) {
  static const char start[] = "HTTP/1.";
  size_t status;
  /* A NUL ends what the functions of strings read; no honest head holds one. */
  bytes[length] = '\0';
  if (memcmp(bytes, start, length < 7 ? length : 7) != 0) return GARBAGE;
  const char *head = strstr(bytes, "\r\n\r\n");
  if (!head) return ended || full || strlen(bytes) < length ? GARBAGE : MORE;
  if (head - bytes < 12 || bytes[7] < '0' || bytes[7] > '9' || bytes[8] != ' ' ||
      !read_size(bytes + 9, 3, 10, 599, &status) || status < 200 || (bytes[12] != ' ' && bytes[12] != '\r'))
    return GARBAGE;
  char *body = bytes + (head - bytes) + 4;
  *reply = (struct reply){(int)status, strstr(bytes, "\r\n") + 2, body, 0};
  const enum progress came = read_body(body, bytes + length, ended, reply);
  return came == MORE && (ended || full) ? GARBAGE : came;
}
