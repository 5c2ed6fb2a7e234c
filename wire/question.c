/* The question as JSON, written into a buffer of stated size: what does not fit is not sent, never cut. */
#include "wire.h"

#include <string.h>
#include <unistd.h>

static bool is_text(const char *text) { return is_utf8(text, strlen(text)); }

static void put_named(struct writer *out, const char *name, const char *value) {
  put_text(out, name);
  put_json(out, value, strlen(value));
}

/* Bytes that are no UTF-8 go as base64, under a name of their own. No rule permits such a text. */
static void put_any(struct writer *out, const char *name, const char *bytes, size_t length) {
  const bool plain = is_utf8(bytes, length);
  put_text(out, name);
  put_text(out, plain ? "\":" : "_b64\":");
  if (plain) put_json(out, bytes, length);
  else put_base64(out, "", 0, bytes, length);
}

/* A path under its name: absolute as it stands, else behind its directory. Symlinks are the server's to follow. */
static void put_path(struct writer *out, const char *name, const char *path, const char *base) {
  const bool joined = path[0] != '/' && base && base[0] != '\0';
  if (!joined) {
    put_any(out, name, path, strlen(path));
    return;
  }
  char head[PATH_MAX + 1];
  struct writer directory = WRITER(head, PATH_MAX);
  put_text(&directory, base);
  put_text(&directory, "/");
  *directory.at = '\0';
  out->full = out->full || directory.full;
  const bool plain = is_text(path) && is_text(head);
  put_text(out, name);
  put_text(out, plain ? "\":\"" : "_b64\":");
  if (plain) {
    put_escaped(out, head, written(&directory));
    put_escaped(out, path, strlen(path));
    put_text(out, "\"");
  } else {
    put_base64(out, head, written(&directory), path, strlen(path));
  }
}

static void put_argv(struct writer *out, char *const argv[]) {
  bool plain = true;
  for (char *const *word = argv; plain && word && *word; word++) plain = is_text(*word);
  put_text(out, plain ? "\"argv\":[" : "\"argv_b64\":[");
  /* The kernel gives a program that got no words an empty one. */
  if (!argv || !argv[0]) put_text(out, "\"\"");
  for (char *const *word = argv; word && *word && !out->full; word++) {
    if (word != argv) put_text(out, ",");
    if (plain) put_json(out, *word, strlen(*word));
    else put_base64(out, "", 0, *word, strlen(*word));
  }
  put_text(out, "]");
}

static void put_process(struct writer *out, const struct caller *caller) {
  pid_t chain[PARENTS_LIMIT];
  put_named(out, ",\"layer\":", caller->layer);
  if (caller->elsewhere) return;
  const size_t count = parents(chain);
  put_text(out, ",\"pid\":");
  put_number(out, (uint64_t)getpid());
  put_text(out, ",\"parents\":[");
  for (size_t i = 0; i < count; i++) {
    if (i > 0) put_text(out, ",");
    put_number(out, (uint64_t)chain[i]);
  }
  put_text(out, "]");
}

void put_question(struct writer *out, const struct caller *caller, const struct call *call, const char *cwd) {
  put_named(out, "{\"agent\":", caller->agent);
  put_named(out, ",\"session\":", caller->session);
  if (caller->run) put_named(out, ",\"run_id\":", caller->run);
  /* Without a working directory relative paths meet restrictive rules by their ends (F35). */
  if (cwd[0] && is_text(cwd)) put_named(out, ",\"cwd\":", cwd);
  put_text(out, ",\"enforce\":true");
  put_process(out, caller);
  put_text(out, ",\"params\":{");
  const char *base = call->base ? call->base : cwd;
  if (call->line) put_any(out, "\"command", call->line, call->line_length);
  else if (call->argv || call->program) put_argv(out, call->argv);
  else if (strcmp(call->tool, "fetch") == 0) put_named(out, "\"url\":", call->target);
  else put_path(out, "\"path", call->target, base);
  if (call->program) put_path(out, ",\"program", call->program, base);
  if (call->shell) put_named(out, ",\"shell\":", call->shell);
  put_text(out, "}}");
}
