/* The reader of the rule snapshot: snapshot.h says what each function promises. */
#include "snapshot-match.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FLAG_BEGINS = 1, FLAG_ENDS = 2 };

uint32_t snapshot_word(const struct snapshot *s, size_t offset) {
  uint32_t word;
  memcpy(&word, s->base + offset, sizeof word);
  return word;
}

unsigned snapshot_short(const unsigned char *at) {
  uint16_t number;
  memcpy(&number, at, sizeof number);
  return number;
}

static int usable(const struct stat *st) {
  return S_ISREG(st->st_mode) &&
         (st->st_mode & (S_IWGRP | S_IWOTH)) == 0 && st->st_size >= (off_t)SNAPSHOT_HEAD &&
         st->st_size <= (off_t)SNAPSHOT_LARGEST;
}

int snapshot_open(struct snapshot *s, const char *path, bool (*trusted)(uid_t)) {
  int before = errno;
  int result = -1;
  struct stat st;
  memset(s, 0, sizeof *s);
  /* O_NONBLOCK: a FIFO in its place must not hold us. */
  int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
  if (fd >= 0 && fstat(fd, &st) == 0 && usable(&st) && trusted(st.st_uid)) {
    size_t size = (size_t)st.st_size;
    void *base = mmap(NULL, size, PROT_READ, MAP_SHARED, fd, 0);
    if (base != MAP_FAILED) {
      s->base = base;
      s->size = size;
      result = memcmp(base, SNAPSHOT_MAGIC, 8) == 0 && snapshot_word(s, 8) == size ? 0 : -1;
      if (result != 0) snapshot_close(s);
    }
  }
  if (fd >= 0) close(fd);
  errno = before;
  return result;
}

void snapshot_close(struct snapshot *s) {
  int before = errno;
  if (s->base != NULL) munmap((void *)(uintptr_t)s->base, s->size);
  memset(s, 0, sizeof *s);
  errno = before;
}

int snapshot_fresh(const struct snapshot *s) {
  if (s->base == NULL) return 0;
  const volatile uint32_t *state = (const volatile uint32_t *)(const void *)(s->base + 12);
  return *state == SNAPSHOT_FRESH;
}

int snapshot_mode(const struct snapshot *s) {
  uint32_t mode = s->base == NULL ? SNAPSHOT_ENFORCE : snapshot_word(s, 16);
  return mode > SNAPSHOT_ENFORCE ? SNAPSHOT_ENFORCE : (int)mode;
}

/* Whether everything of this access is asked, or nothing can be told. */
int snapshot_asks_all(const struct snapshot *s, unsigned access) {
  return !snapshot_fresh(s) || (snapshot_word(s, 20) & access) != 0;
}

/* The next record, which begins with its own length; an empty one where the file is not what it says. */
struct cursor snapshot_take(struct cursor *c, size_t least) {
  struct cursor none = {NULL, NULL};
  if ((size_t)(c->end - c->at) < least) return none;
  size_t length = snapshot_short(c->at);
  if (length < least || length > (size_t)(c->end - c->at)) return none;
  struct cursor record = {c->at, c->at + length};
  c->at += length;
  return record;
}

/* Where the piece begins in the text, or the text's length + 1. */
static size_t find(struct text in, struct text what) {
  for (size_t at = 0; at + what.length <= in.length; at++) {
    if (what.length == 0) return at;
    const char *next = memchr(in.at + at, what.at[0], in.length - at - what.length + 1);
    if (next == NULL) break;
    at = (size_t)(next - in.at);
    if (memcmp(next, what.at, what.length) == 0) return at;
  }
  return in.length + 1;
}

/* 1 where the text holds all pieces in their order, 0 where not, -1 where the record is none. */
static int holds(struct cursor record, struct text text) {
  unsigned flags = record.at[4];
  unsigned pieces = record.at[5];
  const unsigned char *at = record.at + 6;
  for (unsigned i = 0; i < pieces; i++) {
    if (record.end - at < 2) return -1;
    size_t length = snapshot_short(at);
    at += 2;
    if ((size_t)(record.end - at) < length) return -1;
    struct text piece = {(const char *)at, length};
    at += length;
    int first = i == 0 && (flags & FLAG_BEGINS) != 0;
    int last = i + 1 == pieces && (flags & FLAG_ENDS) != 0;
    if (text.length < length) return 0;
    if (first && last && text.length != length) return 0;
    size_t found = first ? 0 : last ? text.length - length : find(text, piece);
    if (found > text.length) return 0;
    if ((first || last) && memcmp(text.at + found, piece.at, length) != 0) return 0;
    text.at += found + length;
    text.length -= found + length;
  }
  return 1;
}

/* Whether a pattern of this kind and access matches. Whatever is not as it should be is a match. */
int snapshot_matches(const struct snapshot *s, unsigned access, unsigned kind, struct text text) {
  struct cursor c = {s->base + SNAPSHOT_HEAD, s->base + s->size};
  for (uint32_t left = snapshot_word(s, 24); left > 0; left--) {
    struct cursor record = snapshot_take(&c, 6);
    if (record.at == NULL) return 1;
    if ((record.at[2] & access) == 0 || record.at[3] != kind) continue;
    if (holds(record, text) != 0) return 1;
  }
  return 0;
}

/* Behind the patterns; its `at` is NULL where the file is not what it says. */
struct cursor snapshot_behind_patterns(const struct snapshot *s) {
  struct cursor c = {s->base + SNAPSHOT_HEAD, s->base + s->size};
  for (uint32_t left = snapshot_word(s, 24); left > 0; left--) {
    if (snapshot_take(&c, 6).at == NULL) c.end = c.at = NULL;
    if (c.at == NULL) break;
  }
  return c;
}
