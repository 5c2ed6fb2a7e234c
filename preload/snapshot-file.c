/* Which files the server must be asked about: snapshot.h says what each function promises. */
#include "snapshot-match.h"

#include <string.h>

enum { LONGEST_PATH = 4096 };

/*
 * The path without empty parts, "." and, unless `back` is kept, "..", as the server spells it. 0 where it is
 * not plain: what is not ASCII, may be a Windows path, leads through a process, or is too long, the server
 * reads better.
 */
static size_t normalise(char out[LONGEST_PATH], const char *path, int back) {
  size_t length = 0;
  if (path[0] != '/' || strncmp(path, "/proc/", 6) == 0) return 0;
  for (const char *at = path; *at != '\0';) {
    while (*at == '/') at++;
    size_t part = 0;
    for (; at[part] != '\0' && at[part] != '/'; part++) {
      unsigned char byte = (unsigned char)at[part];
      if (byte < 0x20 || byte > 0x7e || byte == '\\') return 0;
    }
    if (!back && part == 2 && at[0] == '.' && at[1] == '.') {
      while (length > 0 && out[--length] != '/') continue;
    } else if (part > 0 && !(part == 1 && at[0] == '.')) {
      if (length + part + 2 > LONGEST_PATH) return 0;
      out[length++] = '/';
      memcpy(out + length, at, part);
      length += part;
    }
    at += part;
  }
  if (length == 0) out[length++] = '/';
  out[length] = '\0';
  /* What ".." made of it may lead there, too. */
  return strncmp(out, "/proc/", 6) == 0 ? 0 : length;
}

/* Rules see a path with its ".." as well: behind a link it leads elsewhere. */
static int asks_written(const struct snapshot *s, unsigned access, const char *path) {
  char name[LONGEST_PATH];
  if (strstr(path, "/..") == NULL) return 0;
  struct text text = {name, normalise(name, path, 1)};
  return text.length == 0 || snapshot_matches(s, access, KIND_PATH, text);
}

static int asks_name(const struct snapshot *s, unsigned access, const char *name, size_t length) {
  struct text text = {name, length};
  return length == 0 || snapshot_matches(s, access, KIND_PATH, text);
}

int snapshot_asks_path(const struct snapshot *s, unsigned access, const char *path) {
  char name[LONGEST_PATH];
  if (snapshot_asks_all(s, access)) return 1;
  return asks_name(s, access, name, normalise(name, path, 0)) || asks_written(s, access, path);
}

/* Put a link's target in the place of its name, in front of `name`. 0 = not this link, or no room. */
static size_t through(char out[LONGEST_PATH], struct cursor link, const char *name, size_t length) {
  size_t from = snapshot_short(link.at + 2);
  if (from == 0 || from > (size_t)(link.end - link.at) - 4 || from > length) return 0;
  if (memcmp(link.at + 4, name, from) != 0 || (name[from] != '/' && name[from] != '\0')) return 0;
  size_t to = (size_t)(link.end - link.at) - 4 - from;
  if (to + length - from + 1 > LONGEST_PATH) return 0;
  memcpy(out, link.at + 4 + from, to);
  memcpy(out + to, name + from, length - from + 1);
  return to + length - from;
}

int snapshot_asks_file(const struct snapshot *s, unsigned access, const char *given,
                       const char *real) {
  char name[LONGEST_PATH];
  char other[LONGEST_PATH];
  if (snapshot_asks_all(s, access)) return 1;
  size_t length = normalise(name, given, 0);
  if (asks_name(s, access, name, length) || asks_written(s, access, given)) return 1;
  if (real == NULL) return 1;
  if (strcmp(name, real) == 0) return 0;
  struct cursor c = snapshot_behind_patterns(s);
  for (uint32_t left = c.at == NULL ? 0 : snapshot_word(s, 28); left > 0; left--) {
    struct cursor link = snapshot_take(&c, 5);
    if (link.at == NULL) return 1;
    size_t made = through(other, link, name, length);
    if (made > 0 && strcmp(other, real) == 0) return asks_name(s, access, other, made);
  }
  return 1;
}

int snapshot_asks_identity(const struct snapshot *s, dev_t device, ino_t inode) {
  if (!snapshot_fresh(s)) return 1;
  struct cursor c = snapshot_behind_patterns(s);
  if (c.at == NULL) return 1;
  for (uint32_t left = snapshot_word(s, 28); left > 0; left--) {
    if (snapshot_take(&c, 5).at == NULL) return 1;
  }
  for (uint32_t left = snapshot_word(s, 32); left > 0; left--, c.at += 16) {
    uint64_t identity[2];
    if (c.end - c.at < 16) return 1;
    memcpy(identity, c.at, sizeof identity);
    if (identity[0] == (uint64_t)device && identity[1] == (uint64_t)inode) return 1;
  }
  return 0;
}
