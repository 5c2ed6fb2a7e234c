/*
 * The environment as it was on load, in memory of our own. Values that a process is given later, or gives
 * itself, are not looked at (F5): whoever started the first program decided.
 */
#include "preload.h"

#include <string.h>

#include "platform.h"

struct settings settings;

static const char *const names[CARRIED] = {
    [AGENT] = "RAMPART_AGENT",       [ASKED] = "RAMPART_ASKED",       [BIN] = "RAMPART_BIN",
    [FAIL_OPEN] = "RAMPART_FAIL_OPEN", [HOME] = "RAMPART_HOME",       [LIB] = "RAMPART_LIB",
    [MODE] = "RAMPART_MODE",         [PRELOAD] = "RAMPART_PRELOAD",   [QUIET] = "RAMPART_QUIET",
    [RUN] = "RAMPART_RUN",           [SESSION] = "RAMPART_SESSION",   [SNAPSHOT] = "RAMPART_SNAPSHOT",
    [SOCKET] = "RAMPART_SOCKET",     [TIMEOUT_MS] = "RAMPART_TIMEOUT_MS", [URL] = "RAMPART_URL",
};

static char kept[12 * 1024];

enum carried carried_name(const char *entry) {
  if (strncmp(entry, "RAMPART_", 8) != 0) return CARRIED;
  for (int i = 0; i < CARRIED; i++) {
    const size_t length = strlen(names[i]);
    if (strncmp(entry, names[i], length) == 0 && entry[length] == '=') return (enum carried)i;
  }
  return CARRIED;
}

const char *carried_text(enum carried which) { return names[which]; }

const char *setting(enum carried which) {
  const char *entry = settings.entry[which];
  return entry && entry[strlen(names[which]) + 1] ? entry + strlen(names[which]) + 1 : NULL;
}

/* The first of several entries of one name is what getenv finds. */
static void keep_entries(struct writer *into) {
  for (char **entry = environ; entry && *entry; entry++) {
    const enum carried which = carried_name(*entry);
    if (which == CARRIED || which == ASKED || settings.entry[which]) continue;
    settings.entry[which] = into->at;
    put_bytes(into, *entry, strlen(*entry) + 1);
    if (!is_utf8(*entry, strlen(*entry))) settings.broken = "a RAMPART_ variable is not UTF-8";
  }
  if (into->full) settings.broken = "the RAMPART_ variables are too long";
}

/* Where this very library was loaded from, for programs started without the launcher. */
static void find_library(struct writer *into) {
#ifndef __APPLE__
  Dl_info info;
  if (settings.entry[LIB] || !dladdr((void *)(size_t)&settings, &info) || !info.dli_fname) return;
  settings.entry[LIB] = into->at;
  put_text(into, "RAMPART_LIB=");
  if (info.dli_fname[0] != '/' && own_cwd(into->at, (size_t)(into->end - into->at))) {
    into->at += strlen(into->at);
    put_text(into, "/");
  }
  put_bytes(into, info.dli_fname, strlen(info.dli_fname) + 1);
#else
  (void)into;
#endif
}

/* The socket, and the file of gaps beside it. */
static void find_socket(void) {
  char *path = settings.server.sun_path;
  const char *home = NULL, *state = setting(HOME);
  for (char **entry = environ; entry && *entry; entry++)
    if (strncmp(*entry, "HOME=", 5) == 0) home = *entry + 5;
  settings.server.sun_family = AF_UNIX;
  const char *wrong = name_socket(path, sizeof settings.server.sun_path, setting(SOCKET), state, home);
  if (wrong) settings.broken = wrong;
  else name_beside(settings.gaps, sizeof settings.gaps, path, "gaps");
}

/* A server on another machine, by the program beside the library. What is set is never passed over. */
static void find_remote(void) {
  const char *host, *url = setting(URL), *library = setting(LIB);
  size_t length;
  const enum place place = url ? place_of(url, &host, &length) : PLACE_HERE;
  if (place == PLACE_HERE) return;
  if (place == PLACE_UNREADABLE) settings.broken = "RAMPART_URL is neither https://HOST[:PORT] nor on this machine";
  if (!library || !name_beside(settings.program, sizeof settings.program, library, "rampart-remote")) settings.program[0] = '\0';
  settings.remote = (struct remote){url, settings.program, settings.entry[HOME]};
}

/* Where the server says what no rule could speak of. Without it, as for a server elsewhere, everything is asked. */
static void find_snapshot(void) {
  const char *given = setting(SNAPSHOT);
  struct writer out = WRITER(settings.snapshot, PATH_MAX - 1);
  put_text(&out, given && !settings.remote.url ? given : "");
  *out.at = '\0';
  if (!given && !settings.remote.url) name_beside(settings.snapshot, PATH_MAX, settings.server.sun_path, "rules.snapshot");
}

/* A word of a comma-separated list. */
static bool lists(const char *list, const char *word) {
  const size_t length = strlen(word);
  for (const char *at = list; at; at = strchr(at, ',') ? strchr(at, ',') + 1 : NULL)
    if (strncmp(at, word, length) == 0 && (at[length] == ',' || at[length] == '\0')) return true;
  return false;
}

void load_settings(void) {
  if (settings.loaded) return;
  struct writer into = WRITER(kept, sizeof kept);
  keep_entries(&into);
  find_library(&into);
  find_socket();
  find_remote();
  const char *open = setting(FAIL_OPEN), *mode = setting(MODE), *quiet = setting(QUIET);
  /* Only what the contract calls open is open. */
  settings.open = !open || strcmp(open, "1") == 0;
  settings.quiet = quiet && strcmp(quiet, "1") == 0;
  settings.active = !(mode && strcmp(mode, "disabled") == 0);
  settings.files = settings.active && lists(setting(PRELOAD), "file");
  settings.net = settings.active && lists(setting(PRELOAD), "net");
  if (settings.files || settings.net) find_snapshot();
  settings.timeout_ms = read_timeout(setting(TIMEOUT_MS));
  settings.loaded = true;
}
