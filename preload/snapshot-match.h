/* What the parts of the snapshot's reader share; snapshot.h has what others may call. */
#ifndef RAMPART_SNAPSHOT_MATCH_H
#define RAMPART_SNAPSHOT_MATCH_H

#include "snapshot.h"

#include <stdint.h>

enum { KIND_PATH = 1, KIND_HOST = 2, KIND_URL = 3 };

struct text {
  const char *at;
  size_t length;
};

/* A place in the file, and where the part that may be read ends. */
struct cursor {
  const unsigned char *at;
  const unsigned char *end;
};

/* The number at an offset of the head. */
uint32_t snapshot_word(const struct snapshot *s, size_t offset);
unsigned snapshot_short(const unsigned char *at);

/* Whether everything of this access is asked, or nothing can be told. */
int snapshot_asks_all(const struct snapshot *s, unsigned access);

/* Whether a pattern of this kind and access matches. Whatever is not as it should be is a match. */
int snapshot_matches(const struct snapshot *s, unsigned access, unsigned kind, struct text text);

/* Behind the patterns; its `at` is NULL where the file is not what it says. */
struct cursor snapshot_behind_patterns(const struct snapshot *s);

/* The next record, which begins with its own length; an empty one where the file is not what it says. */
struct cursor snapshot_take(struct cursor *c, size_t least);

#endif
