/* Where the server is: a socket of this machine, or another machine, as the settings name it. */
#include "wire.h"

#include <string.h>

bool name_beside(char *into, size_t room, const char *path, const char *name) {
  const char *end = strrchr(path, '/');
  struct writer out = WRITER(into, room - 1);
  put_bytes(&out, path, end ? (size_t)(end + 1 - path) : 0);
  put_text(&out, name);
  *out.at = '\0';
  return end && !out.full;
}

const char *name_socket(char *into, size_t room, const char *socket, const char *state, const char *home) {
  struct writer out = WRITER(into, room - 1);
  put_text(&out, socket ? socket : state ? state : home ? home : "");
  if (!socket) put_text(&out, state ? "/run/rampart.sock" : "/.rampart/run/rampart.sock");
  *out.at = '\0';
  return out.full ? "RAMPART_SOCKET is too long" : into[0] != '/' ? "RAMPART_SOCKET is not an absolute path" : NULL;
}

int read_timeout(const char *text) {
  int ms = 0;
  for (; text && *text >= '0' && *text <= '9' && ms < 100000; text++) ms = ms * 10 + (*text - '0');
  return text && *text == '\0' && ms > 0 && ms <= ASK_MOST_MS ? ms : ASK_MS;
}

static bool begins(const char *text, const char *with) { return strncmp(text, with, strlen(with)) == 0; }

/* HOST[:PORT] and perhaps a slash: without a user, a path or a query. */
static size_t authority(const char *at) {
  static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-";
  size_t size = at[0] == '[' ? 1 + strspn(at + 1, "0123456789abcdefABCDEF:.") : strspn(at, plain);
  if (at[0] == '[' && at[size++] != ']') return 0;
  if (size == 0) return 0;
  if (at[size] == ':') {
    const size_t digits = strspn(at + size + 1, "0123456789");
    if (digits == 0 || digits > 5) return 0;
    size += 1 + digits;
  }
  return at[size] == '\0' || strcmp(at + size, "/") == 0 ? size : 0;
}

enum place place_of(const char *url, const char **host, size_t *length) {
  static const char *const here[] = {"127.0.0.1", "localhost", "[::1]"};
  const bool secure = begins(url, "https://");
  if (!secure && !begins(url, "http://")) return PLACE_UNREADABLE;
  *host = url + (secure ? 8 : 7);
  *length = authority(*host);
  if (*length == 0) return PLACE_UNREADABLE;
  if (secure) return PLACE_REMOTE;
  for (size_t i = 0; i < sizeof here / sizeof *here; i++) {
    const size_t size = strlen(here[i]);
    if (strncmp(*host, here[i], size) == 0 && (size == *length || (*host)[size] == ':')) return PLACE_HERE;
  }
  return PLACE_UNREADABLE;
}
