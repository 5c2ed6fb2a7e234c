/* Which hosts the server must be asked about: snapshot.h says what each function promises. */
#include "snapshot-match.h"

#include <arpa/inet.h>
#include <string.h>

enum { LONGEST_HOST = 253, LONGEST_URL = 320 };

/* The host in lower case without its last dot; 0 where the server had better read it. */
static size_t plain_host(char out[LONGEST_HOST + 1], const char *host) {
  size_t length = strnlen(host, LONGEST_HOST + 1);
  if (length > 1 && length <= LONGEST_HOST && host[length - 1] == '.') length--;
  if (length == 0 || length > LONGEST_HOST) return 0;
  int address = strchr(host, ':') != NULL;
  size_t label = 0;
  for (size_t i = 0; i < length; i++) {
    char c = host[i];
    if (c >= 'A' && c <= 'Z') c = (char)(c + 32);
    int number = c >= '0' && c <= '9';
    int hex = number || (c >= 'a' && c <= 'f') || c == ':' || c == '.';
    if (address ? !hex : !(hex || c == '-' || c == '_' || (c >= 'g' && c <= 'z'))) return 0;
    if (!address && c == '.' && label == i) return 0;
    if (c == '.') label = i + 1;
    out[i] = c;
  }
  out[length] = '\0';
  if (address) return length;
  /* A last part that begins like a number makes a URL parser read all of it as an address. */
  struct in_addr ignored;
  if (out[label] >= '0' && out[label] <= '9' && inet_pton(AF_INET, out, &ignored) != 1) return 0;
  return strncmp(out, "xn--", 4) == 0 || strstr(out, ".xn--") != NULL ? 0 : length;
}

static size_t put(char *out, size_t size, size_t at, const char *text) {
  size_t length = strlen(text);
  if (at >= size || length >= size - at) return size;
  memcpy(out + at, text, length + 1);
  return at + length;
}

int snapshot_url(char *out, size_t size, const char *host, unsigned port) {
  char name[LONGEST_HOST + 1];
  char digits[12];
  size_t first = sizeof digits - 1;
  if (port > 65535 || plain_host(name, host) == 0) return -1;
  digits[first] = '\0';
  do digits[--first] = (char)('0' + port % 10);
  while ((port /= 10) > 0);
  const char *number = digits + first;
  int secure = strcmp(number, "443") == 0;
  int address = strchr(name, ':') != NULL;
  size_t at = put(out, size, 0, secure ? "https://" : "http://");
  if (address) at = put(out, size, at, "[");
  at = put(out, size, at, name);
  if (address) at = put(out, size, at, "]");
  if (!secure && strcmp(number, "80") != 0) {
    at = put(out, size, at, ":");
    at = put(out, size, at, number);
  }
  at = put(out, size, at, "/");
  return at >= size ? -1 : (int)at;
}

int snapshot_asks_host(const struct snapshot *s, const char *host, unsigned port) {
  char name[LONGEST_HOST + 3];
  char url[LONGEST_URL];
  if (snapshot_asks_all(s, SNAPSHOT_FETCH)) return 1;
  int length = snapshot_url(url, sizeof url, host, port);
  /* An IPv6 address may be an IPv4 one in other clothes. */
  if (length < 0 || strchr(host, ':') != NULL) return 1;
  size_t named = plain_host(name, host);
  struct text as_host = {name, named};
  struct text as_url = {url, (size_t)length};
  return snapshot_matches(s, SNAPSHOT_FETCH, KIND_HOST, as_host) ||
         snapshot_matches(s, SNAPSHOT_FETCH, KIND_URL, as_url);
}
