/*
 * Asks the snapshot's reader what a test asks it: one question a line on standard input, tab between its
 * fields, one answer a line. `path A P`, `file A GIVEN REAL`, `host H PORT`, `url H PORT`, `id DEV INO`,
 * `open FILE`, `state`.
 */
#include "snapshot.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct snapshot snapshot;

static bool trusted(uid_t uid) { return uid == geteuid() || uid == 0; }

static void answer(char *fields[], int count) {
  const char *what = fields[0];
  char url[512];
  if (strcmp(what, "open") == 0 && count == 2) {
    snapshot_close(&snapshot);
    printf("%d\n", snapshot_open(&snapshot, fields[1], trusted));
  } else if (strcmp(what, "state") == 0) {
    printf("%d %d\n", snapshot_fresh(&snapshot), snapshot_mode(&snapshot));
  } else if (strcmp(what, "path") == 0 && count == 3) {
    printf("%d\n", snapshot_asks_path(&snapshot, (unsigned)atoi(fields[1]), fields[2]));
  } else if (strcmp(what, "file") == 0 && count == 4) {
    const char *real = fields[3][0] == '\0' ? NULL : fields[3];
    printf("%d\n", snapshot_asks_file(&snapshot, (unsigned)atoi(fields[1]), fields[2], real));
  } else if (strcmp(what, "host") == 0 && count == 3) {
    printf("%d\n", snapshot_asks_host(&snapshot, fields[1], (unsigned)atoi(fields[2])));
  } else if (strcmp(what, "url") == 0 && count == 3) {
    int length = snapshot_url(url, sizeof url, fields[1], (unsigned)atoi(fields[2]));
    printf("%d %s\n", length, length < 0 ? "" : url);
  } else if (strcmp(what, "id") == 0 && count == 3) {
    printf("%d\n", snapshot_asks_identity(&snapshot, (dev_t)strtoull(fields[1], NULL, 10),
                                          (ino_t)strtoull(fields[2], NULL, 10)));
  } else {
    printf("?\n");
  }
}

int main(void) {
  static char line[1 << 16];
  while (fgets(line, sizeof line, stdin) != NULL) {
    char *fields[4] = {line, NULL, NULL, NULL};
    int count = 1;
    line[strcspn(line, "\n")] = '\0';
    for (char *tab; count < 4 && (tab = strchr(fields[count - 1], '\t')) != NULL;) {
      *tab = '\0';
      fields[count++] = tab + 1;
    }
    answer(fields, count);
    fflush(stdout);
  }
  snapshot_close(&snapshot);
  return 0;
}
