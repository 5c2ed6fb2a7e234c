/* Reads a reply of HTTP/1.1 out of the bytes that came: strict, and nothing outside them. */
#include "http.h"

#include <string.h>

static char lower(char c) { return (char)(c >= 'A' && c <= 'Z' ? c + 32 : c); }

/* The value of a header in `head`, or NULL; `*again` when it stands there twice. */
static const char *header(const char *head, const char *end, const char *name, size_t *size, bool *again) {
  const char *found = NULL;
  size_t length = strlen(name);
  *again = false;
  for (const char *line = head; line < end;) {
    const char *stop = memchr(line, '\r', (size_t)(end - line));
    if (!stop) stop = end;
    size_t i = 0;
    while (i < length && line + i < stop && lower(line[i]) == name[i]) i++;
    if (i == length && line + i < stop && line[i] == ':') {
      *again = found != NULL;
      for (found = line + i + 1; found < stop && *found == ' ';) found++;
      *size = (size_t)(stop - found);
    }
    line = stop + 2;
  }
  return found;
}

static bool read_size(const char *text, size_t length, unsigned base, size_t *value) {
  *value = 0;
  for (size_t i = 0; i < length; i++) {
    char c = lower(text[i]);
    unsigned digit = c >= '0' && c <= '9' ? (unsigned)(c - '0') : c >= 'a' && c <= 'f' ? (unsigned)(c - 'a') + 10 : 16;
    if (digit >= base || *value > RAMPART_REPLY_MOST) return false;
    *value = *value * base + digit;
  }
  return length > 0;
}

/* Chunks, put together in `body`. */
static enum rampart_http read_chunks(const char *at, const char *end, struct rampart_reply *reply) {
  for (reply->size = 0;;) {
    const char *line = memchr(at, '\r', (size_t)(end - at));
    if (!line || line + 1 == end) return RAMPART_HTTP_MORE;
    size_t digits = 0, size;
    while (at + digits < line && at[digits] != ';') digits++;
    if (line[1] != '\n' || !read_size(at, digits, 16, &size)) return RAMPART_HTTP_BAD;
    at = line + 2;
    if (size == 0) return RAMPART_HTTP_WHOLE;
    if (size > RAMPART_REPLY_MOST - reply->size) return RAMPART_HTTP_BAD;
    if ((size_t)(end - at) < size + 2) return RAMPART_HTTP_MORE;
    memcpy(reply->body + reply->size, at, size);
    reply->size += size;
    if (at[size] != '\r' || at[size + 1] != '\n') return RAMPART_HTTP_BAD;
    at += size + 2;
  }
}

static enum rampart_http copy_body(const char *at, size_t size, struct rampart_reply *reply) {
  if (size > RAMPART_REPLY_MOST) return RAMPART_HTTP_BAD;
  memcpy(reply->body, at, size);
  reply->size = size;
  return RAMPART_HTTP_WHOLE;
}

static const char *head_end(const char *bytes, size_t size) {
  for (size_t i = 0; i + 4 <= size; i++)
    if (memcmp(bytes + i, "\r\n\r\n", 4) == 0) return bytes + i;
  return NULL;
}

enum rampart_http rampart_http_read(const char *bytes, size_t size, bool closed, struct rampart_reply *reply) {
  size_t looked = size < RAMPART_HEAD_MOST ? size : RAMPART_HEAD_MOST;
  const char *head = head_end(bytes, looked);
  if (!head) return looked == RAMPART_HEAD_MOST || closed ? RAMPART_HTTP_BAD : RAMPART_HTTP_MORE;
  const char *body = head + 4, *end = bytes + size;
  size_t code, length = 0, wanted;
  if (head - bytes < 12 || memcmp(bytes, "HTTP/1.", 7) != 0 || bytes[8] != ' ' ||
      !read_size(bytes + 9, 3, 10, &code) || code < 200)
    return RAMPART_HTTP_BAD;
  reply->status = (int)code;
  bool twice, again;
  const char *coding = header(bytes, head, "transfer-encoding", &length, &twice);
  const char *declared = header(bytes, head, "content-length", &wanted, &again);
  enum rampart_http done = RAMPART_HTTP_MORE;
  if (twice || again || (coding && declared)) return RAMPART_HTTP_BAD;
  if (coding) {
    if (length != 7 || memcmp(coding, "chunked", 7) != 0) return RAMPART_HTTP_BAD;
    done = read_chunks(body, end, reply);
  } else if (declared) {
    if (!read_size(declared, wanted, 10, &length) || length > RAMPART_REPLY_MOST) return RAMPART_HTTP_BAD;
    if ((size_t)(end - body) >= length) done = copy_body(body, length, reply);
  } else if (closed) {
    done = copy_body(body, (size_t)(end - body), reply);
  }
  return done == RAMPART_HTTP_MORE && closed ? RAMPART_HTTP_BAD : done;
}
