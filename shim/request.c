/* The body of `POST /v1/preflight/exec`. */
#define _GNU_SOURCE
#include "shim.h"

#include <limits.h>
#include <string.h>
#include <unistd.h>

enum { PARENTS_MOST = 8 };

static void add_named(struct rampart_text *body, const char *name, const char *value) {
  rampart_add_word(body, ",\"");
  rampart_add_word(body, name);
  rampart_add_word(body, "\":");
  rampart_add_json(body, value, strlen(value));
}

static const char *claim(const char *value, const char *otherwise) {
  return value && rampart_is_utf8(value, strlen(value)) ? value : otherwise;
}

static void add_parents(struct rampart_text *body) {
  rampart_add_word(body, ",\"parents\":[");
  pid_t pid = getppid();
  for (int i = 0; pid > 0 && i < PARENTS_MOST; i++, pid = rampart_parent_of(pid)) {
    if (i > 0) rampart_add_word(body, ",");
    rampart_add_number(body, (uint64_t)pid);
  }
  rampart_add_word(body, "]");
}

static void add_cwd(struct rampart_text *body) {
  char cwd[RAMPART_PATH_MOST];
  /* Without one the server takes relative paths for what they might be. */
  if (!getcwd(cwd, sizeof cwd) || cwd[0] != '/' || !rampart_is_utf8(cwd, strlen(cwd))) return;
  add_named(body, "cwd", cwd);
}

static bool are_utf8(const char *const *words) {
  for (; *words; words++)
    if (!rampart_is_utf8(*words, strlen(*words))) return false;
  return true;
}

static void add_words(struct rampart_text *body, const char *const *words) {
  bool plain = are_utf8(words);
  rampart_add_word(body, plain ? "\"argv\":[" : "\"argv_b64\":[");
  for (const char *const *word = words; *word; word++) {
    if (word != words) rampart_add_word(body, ",");
    (plain ? rampart_add_json : rampart_add_base64)(body, *word, strlen(*word));
  }
  rampart_add_word(body, "]");
}

static void add_line(struct rampart_text *body, const char *line, size_t size) {
  bool plain = rampart_is_utf8(line, size);
  rampart_add_word(body, plain ? "\"command\":" : "\"command_b64\":");
  (plain ? rampart_add_json : rampart_add_base64)(body, line, size);
}

bool rampart_request_write(struct rampart_text *body, const struct rampart_settings *settings,
                           const struct rampart_question *question) {
  body->size = 0;
  body->full = false;
  rampart_add_word(body, "{\"enforce\":true");
  add_named(body, "agent", claim(settings->agent, "shell"));
  add_named(body, "session", claim(settings->session, "shim"));
  if (claim(settings->run, NULL)) add_named(body, "run_id", settings->run);
  add_cwd(body);
  add_named(body, "layer", question->layer);
  rampart_add_word(body, ",\"pid\":");
  rampart_add_number(body, (uint64_t)getpid());
  add_parents(body);
  rampart_add_word(body, ",\"params\":{");
  if (question->line) add_line(body, question->line, question->line_size);
  else add_words(body, question->words);
  add_named(body, "shell", question->shell);
  rampart_add_word(body, "}}");
  return !body->full;
}
