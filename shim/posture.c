/* From a question to whether it may run: the failure posture of design.md, row by row. */
#define _GNU_SOURCE
#include "shim.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

enum { POLL_SECONDS = 25, POLL_MORE_MS = 5000, LOST_MOST = 30, LOST_PAUSE_MS = 1000, ROUNDS_MOST = 3 };

static char body_bytes[RAMPART_TEXT_MOST];
static struct rampart_reply reply;

static void say(const struct rampart_settings *settings, struct rampart_text *line) {
  if (settings->quiet) return;
  if (line->full) line->size = line->most;
  line->at[line->size++] = '\n';
  for (size_t done = 0; done < line->size;) {
    ssize_t n = write(STDERR_FILENO, line->at + done, line->size - done);
    if (n <= 0) return;
    done += (size_t)n;
  }
}

void rampart_say_blocked(const struct rampart_settings *settings, const char *message, const char *policy) {
  char bytes[4096 + 1];
  struct rampart_text line = {.at = bytes, .most = sizeof bytes - 1};
  rampart_add_word(&line, "rampart: blocked: ");
  rampart_add_shown(&line, message, strlen(message));
  if (*policy) {
    rampart_add_word(&line, " (");
    rampart_add_shown(&line, policy, strlen(policy));
    rampart_add_word(&line, ")");
  }
  say(settings, &line);
}

static bool denied(const struct rampart_settings *settings, const char *message, const char *policy) {
  rampart_say_blocked(settings, message, policy);
  return false;
}

/* One line beside the socket; the server puts it in the trail when it is back. */
static void record_gap(const struct rampart_settings *settings, const struct rampart_question *question) {
  char path[RAMPART_PATH_MOST], bytes[512];
  struct rampart_text file = {.at = path, .most = sizeof path - 1};
  struct rampart_text line = {.at = bytes, .most = sizeof bytes};
  const char *base = settings->socket ? rampart_base(settings->socket) : NULL;
  if (!base) return;
  rampart_add(&file, settings->socket, (size_t)(base - settings->socket));
  rampart_add_word(&file, "gaps");
  if (file.full) return;
  path[file.size] = '\0';
  rampart_add_word(&line, "{\"time_ms\":");
  rampart_add_number(&line, rampart_time_ms());
  rampart_add_word(&line, ",\"pid\":");
  rampart_add_number(&line, (uint64_t)getpid());
  rampart_add_word(&line, ",\"layer\":");
  rampart_add_json(&line, question->layer, strlen(question->layer));
  rampart_add_word(&line, ",\"program\":");
  rampart_add_json(&line, question->shell, strlen(question->shell));
  rampart_add_word(&line, "}\n");
  int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
  if (fd < 0) return;
  if (write(fd, line.at, line.size) < 0) {
    /* There is nobody to tell but the person, who is told below. */
  }
  close(fd);
}

static bool absent(const struct rampart_settings *settings, const struct rampart_question *question) {
  if (!settings->fail_open) return denied(settings, "Rampart does not run, and RAMPART_FAIL_OPEN is 0", "");
  record_gap(settings, question);
  char bytes[256 + 1];
  struct rampart_text line = {.at = bytes, .most = sizeof bytes - 1};
  rampart_add_word(&line, "rampart: not running: nothing checks what this ");
  rampart_add_shown(&line, question->shell, strlen(question->shell));
  rampart_add_word(&line, " does");
  say(settings, &line);
  return true;
}

static bool is_handle(const char *id) {
  size_t size = 0;
  for (; id[size]; size++) {
    char c = id[size];
    bool good = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_';
    if (!good) return false;
  }
  return size > 0 && size <= 64;
}

static void say_waiting(const struct rampart_settings *settings, const struct rampart_answer *answer) {
  char bytes[4096 + 1];
  struct rampart_text line = {.at = bytes, .most = sizeof bytes - 1};
  rampart_add_word(&line, "rampart: waiting for a person: ");
  rampart_add_shown(&line, answer->message, strlen(answer->message));
  rampart_add_word(&line, " (rampart approve ");
  rampart_add_word(&line, answer->approval);
  rampart_add_word(&line, ")");
  say(settings, &line);
}

/*
 * Holds until the person answered; a signal ends us as it would the shell. A server that goes away
 * meanwhile keeps the question, so it is looked for some time. False with `last->status` empty: lost.
 */
static bool is_approved(const struct rampart_settings *settings, const char *id, struct rampart_answer *last) {
  char path[160];
  struct rampart_text text = {.at = path, .most = sizeof path - 1};
  rampart_add_word(&text, "/v1/approvals/");
  rampart_add_word(&text, id);
  rampart_add_word(&text, "?wait=");
  rampart_add_number(&text, POLL_SECONDS);
  path[text.size] = '\0';
  for (int lost = 0; lost < LOST_MOST;) {
    enum rampart_asked asked = rampart_ask(settings, path, NULL, POLL_SECONDS * 1000 + POLL_MORE_MS, &reply);
    if (asked != RAMPART_ANSWERED || reply.status >= 500) {
      lost++;
      rampart_pause_ms(LOST_PAUSE_MS);
      continue;
    }
    lost = 0;
    if (reply.status != 200 || !rampart_approval_read(reply.body, reply.size, last)) break;
    if (strcmp(last->status, "pending") != 0) return strcmp(last->status, "approved") == 0;
  }
  last->status[0] = '\0';
  return false;
}

/* What the server or the executable said. `failing` where neither said anything that can be read. */
enum verdict { ALLOWED, DENIED, ASKS, FAILED };

static enum verdict verdict_of(struct rampart_answer *answer) {
  if (!rampart_answer_read(reply.body, reply.size, answer)) return FAILED;
  if (answer->allowed) return ALLOWED;
  return answer->asks && is_handle(answer->approval) ? ASKS : DENIED;
}

static enum verdict ask_once(const struct rampart_settings *settings, const struct rampart_question *question,
                             const struct rampart_text *body, struct rampart_answer *answer, bool *gone) {
  enum rampart_asked asked =
      rampart_ask(settings, "/v1/preflight/exec", body, settings->timeout_ms, &reply);
  *gone = asked == RAMPART_ABSENT;
  if (asked == RAMPART_ANSWERED && (reply.status == 400 || reply.status == 413 || reply.status == 422)) {
    *answer = (struct rampart_answer){.message = "the command cannot be read, or is too long"};
    return DENIED;
  }
  if (asked == RAMPART_ANSWERED && reply.status == 200) {
    enum verdict verdict = verdict_of(answer);
    if (verdict != FAILED) return verdict;
  }
  if (!rampart_decide_locally(settings, question->layer, body, &reply)) return FAILED;
  enum verdict verdict = verdict_of(answer);
  /* Nobody can be asked by it. */
  return verdict == ASKS ? DENIED : verdict;
}

bool rampart_allows(const struct rampart_settings *settings, const struct rampart_question *question) {
  struct rampart_text body = {.at = body_bytes, .most = sizeof body_bytes};
  if (!rampart_request_write(&body, settings, question))
    return denied(settings, "the command is too long to be read", "");
  struct rampart_answer answer, last;
  for (int round = 0; round < ROUNDS_MOST; round++) {
    bool gone;
    switch (ask_once(settings, question, &body, &answer, &gone)) {
      case ALLOWED: return true;
      case DENIED: return denied(settings, answer.message, answer.policy);
      case FAILED:
        /* A question that was put is not forgotten because the server went away. */
        if (gone && round == 0 && rampart_is_absent(settings->bin)) return absent(settings, question);
        return denied(settings, "Rampart does not answer, and nothing else could decide", "");
      case ASKS: break;
    }
    say_waiting(settings, &answer);
    if (is_approved(settings, answer.approval, &last)) continue; /* and now the same call uses it */
    const char *why = strcmp(last.status, "denied") == 0    ? "a person denied it"
                      : strcmp(last.status, "expired") == 0 ? "nobody answered in time"
                                                            : "the answer to it was lost";
    return denied(settings, why, answer.policy);
  }
  return denied(settings, "it changed while a person was asked", answer.policy);
}
