/* Where the server is and who asks: `rampart.env` beside the program, else the environment. */
#define _GNU_SOURCE
#include "shim.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

extern char **environ;

enum { FILE_MOST = 16 << 10, PASSWORDS_MOST = 256 << 10, TIMEOUT_MS = 500, TIMEOUT_MOST_MS = 60000 };

static char file[FILE_MOST + 1];
static const char *file_end = file;
static char home_path[RAMPART_PATH_MOST];
static char socket_path[RAMPART_PATH_MOST];

const char *rampart_variable(const char *name) {
  size_t size = strlen(name);
  for (char **at = environ; at && *at; at++)
    if (strncmp(*at, name, size) == 0 && (*at)[size] == '=') return *at + size + 1;
  return NULL;
}

static bool read_whole(int fd, char *into, size_t most) {
  size_t size = 0;
  ssize_t n = 0;
  while (size < most && (n = read(fd, into + size, most - size)) > 0) size += (size_t)n;
  into[size] = '\0';
  return n >= 0 && size < most && strlen(into) == size;
}

/* Ours or root's, and nobody else may write it. */
static bool is_trusted(int fd) {
  struct stat at;
  return fstat(fd, &at) == 0 && S_ISREG(at.st_mode) && (at.st_mode & 022) == 0 &&
         (at.st_uid == 0 || at.st_uid == geteuid());
}

static bool load_beside(const char *program) {
  const char *end = program ? strrchr(program, '/') : NULL;
  if (!end) return false;
  char path[RAMPART_PATH_MOST];
  struct rampart_text text = {.at = path, .most = sizeof path - 1};
  rampart_add(&text, program, (size_t)(end - program));
  rampart_add_word(&text, "/rampart.env");
  if (text.full) return false;
  path[text.size] = '\0';
  int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) return false;
  bool good = is_trusted(fd) && read_whole(fd, file, FILE_MOST);
  close(fd);
  if (!good) file[0] = '\0';
  /* Lines become strings; a file that cannot be read names nothing, and no variable stands in. */
  char *at = file;
  for (; *at; at++)
    if (*at == '\n') *at = '\0';
  file_end = at;
  return true;
}

static const char *in_file(const char *name) {
  size_t size = strlen(name);
  for (const char *at = file; at < file_end; at += strlen(at) + 1)
    if (strncmp(at, name, size) == 0 && at[size] == '=') return at + size + 1;
  return NULL;
}

static const char *nonempty(const char *value) { return value && *value ? value : NULL; }

static long number(const char *text, long least, long most, long otherwise) {
  if (!text || !*text) return otherwise;
  long value = 0;
  for (; *text; text++) {
    if (*text < '0' || *text > '9' || value > most) return otherwise;
    value = value * 10 + (*text - '0');
  }
  return value >= least && value <= most ? value : otherwise;
}

/*
 * Where the server has a user of its own (level L1), root says which in a file that only root may write.
 * -1 where there is none; one that is not to be trusted leaves root alone.
 */
static long pinned_uid(void) {
  char text[16];
  struct stat at;
  int fd = open("/etc/rampart/server-uid", O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  if (fd < 0) return errno == ENOENT || errno == ENOTDIR ? -1 : 0;
  bool good = fstat(fd, &at) == 0 && at.st_uid == 0 && is_trusted(fd) && read_whole(fd, text, sizeof text - 1);
  close(fd);
  char *end = good ? strchr(text, '\n') : NULL;
  if (end) *end = '\0';
  return good ? number(text, 0, 0xffffffffL, 0) : 0;
}

/* The sixth field of this user's line in the password file: $HOME is what an agent made of it. */
static const char *home_of_user(void) {
  static char passwords[PASSWORDS_MOST + 1];
  int fd = open("/etc/passwd", O_RDONLY | O_CLOEXEC);
  if (fd < 0) return NULL;
  read_whole(fd, passwords, PASSWORDS_MOST);
  close(fd);
  for (char *line = passwords, *next; *line; line = next) {
    next = strchr(line, '\n');
    if (next) *next++ = '\0';
    else next = line + strlen(line);
    char *fields[6] = {line};
    size_t n = 1;
    for (char *at = line; n < 6 && (at = strchr(at, ':')); n++) {
      *at++ = '\0';
      fields[n] = at;
    }
    if (n < 6 || number(fields[2], 0, 0xffffffffL, -1) != (long)geteuid()) continue;
    char *end = strchr(fields[5], ':');
    if (end) *end = '\0';
    if (fields[5][0] != '/' || strlen(fields[5]) >= sizeof home_path) return NULL;
    strcpy(home_path, fields[5]);
    return home_path;
  }
  return NULL;
}

static const char *default_socket(const char *state, const char *home) {
  struct rampart_text text = {.at = socket_path, .most = sizeof socket_path - 1};
  rampart_add_word(&text, state ? state : home ? home : "");
  rampart_add_word(&text, state ? "/run/rampart.sock" : "/.rampart/run/rampart.sock");
  if (text.full || socket_path[0] != '/') return NULL;
  socket_path[text.size] = '\0';
  return socket_path;
}

void rampart_settings_read(struct rampart_settings *settings, const char *program, const char *own) {
  bool beside = load_beside(program) || load_beside(own);
  const char *(*const get)(const char *) = beside ? in_file : rampart_variable;
  const char *open_in_environment = rampart_variable("RAMPART_FAIL_OPEN");
  const char *open_in_file = in_file("RAMPART_FAIL_OPEN");
  const char *home = home_of_user();
  const char *state = nonempty(get("RAMPART_HOME"));
  *settings = (struct rampart_settings){
      .socket = nonempty(get("RAMPART_SOCKET")),
      .agent = nonempty(get("RAMPART_AGENT")),
      .session = nonempty(get("RAMPART_SESSION")),
      .run = nonempty(get("RAMPART_RUN")),
      .bin = nonempty(get("RAMPART_BIN")),
      /* An environment's state directory could hold another policy: only the file's counts. */
      .state = nonempty(in_file("RAMPART_HOME")),
      .library = nonempty(get("RAMPART_LIB")),
      .real_shell = nonempty(in_file("RAMPART_REAL_SHELL")),
      .home = home,
      .timeout_ms = (int)number(get("RAMPART_TIMEOUT_MS"), 1, TIMEOUT_MOST_MS, TIMEOUT_MS),
      .server_uid = pinned_uid(),
      .fail_open = !(open_in_file && strcmp(open_in_file, "0") == 0) &&
                   !(open_in_environment && strcmp(open_in_environment, "0") == 0),
      .quiet = nonempty(get("RAMPART_QUIET")) != NULL,
  };
  if (!settings->socket) settings->socket = default_socket(state, home);
}
