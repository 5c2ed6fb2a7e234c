/*
 * One call judged: by the server; where that is there but fails, by the executable; where neither is, by
 * the posture (design.md). One table says which failure is which.
 */
#include <pthread.h>
#include <string.h>
#include <sys/mman.h>

#include "platform.h"
#include "preload.h"

enum standing { ABSENT, FAILING };

/* Only these say that nobody is there; the program itself can bring about every other one (F6). */
static const int absent_errors[] = {ENOENT, ECONNREFUSED};

static enum standing standing_of(int error) {
  for (size_t i = 0; i < sizeof absent_errors / sizeof *absent_errors; i++)
    if (error == absent_errors[i]) return ABSENT;
  return FAILING;
}

static bool deny(struct scratch *scratch, const char *message, const char *why) {
  say(scratch->line, "rampart: blocked: ", message, why);
  return false;
}

static bool by_answer(struct scratch *scratch) {
  const struct answer *answer = &scratch->answer;
  if (answer->allowed) return true;
  return deny(scratch, answer->message[0] ? answer->message : "not allowed", answer->policy);
}

/* `reason` says what kept the server from deciding. */
static bool without_server(struct scratch *scratch, const struct call *call, size_t body, int error, const char *reason) {
  const enum local local = ask_executable(scratch, body);
  if (local == LOCAL_ANSWERED) return by_answer(scratch);
  if (standing_of(error) == ABSENT && local == LOCAL_ABSENT) {
    if (!settings.open) return deny(scratch, "rampart is not running, and calls are closed without it", NULL);
    record_gap(scratch, call);
    return true;
  }
  return deny(scratch, "rampart cannot decide", reason);
}

static const char *reason_of(int error) {
  return error == ETIMEDOUT ? "the server did not answer in time"
         : error == EPROTO  ? "the server's answer is unreadable"
         : error == EPERM   ? "who listens on the socket is not the server"
         : error == EMFILE || error == ENFILE ? "no file descriptor is left"
         : error == ENOMEM  ? "no memory is left"
                            : "the socket fails";
}

static size_t put_head(struct scratch *scratch, const struct call *call, size_t body) {
  struct writer out = {scratch->head, scratch->head, scratch->head + sizeof scratch->head - 1, false};
  put_text(&out, "POST /v1/preflight/");
  put_text(&out, call->tool);
  put_text(&out, " HTTP/1.1\r\nHost: rampart\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: ");
  put_number(&out, body);
  put_text(&out, "\r\n\r\n");
  *out.at = '\0';
  return (size_t)(out.at - scratch->head);
}

static bool refused(struct scratch *scratch) {
  char text[4] = {(char)('0' + scratch->reply.status / 100), (char)('0' + scratch->reply.status / 10 % 10),
                  (char)('0' + scratch->reply.status % 10), '\0'};
  return deny(scratch, "the server refused the question", text);
}

static bool decide(struct scratch *scratch, const struct call *call, size_t body) {
  for (int round = 0; round < ASK_AGAIN; round++) {
    put_head(scratch, call, body);
    int error = exchange(scratch, scratch->head, body, settings.timeout_ms, false);
    if (error != 0) return without_server(scratch, call, body, error, reason_of(error));
    const struct reply *reply = &scratch->reply;
    if (reply->status >= 400 && reply->status < 500) return refused(scratch);
    if (reply->status != 200) return without_server(scratch, call, body, EIO, "the server fails");
    if (!read_answer(reply->body, reply->length, &scratch->answer) || !scratch->answer.has_allowed)
      return without_server(scratch, call, body, EPROTO, reason_of(EPROTO));
    const struct answer *answer = &scratch->answer;
    const bool waits = !answer->allowed && answer->approval_id[0] && strcmp(answer->decision, "require_approval") == 0;
    if (!waits) return by_answer(scratch);
    error = await_approval(scratch);
    if (error == EPERM) return deny(scratch, scratch->answer.message, scratch->answer.status);
    if (error == EINTR) return deny(scratch, scratch->answer.message, "the wait for a person was interrupted");
    if (error != 0) return deny(scratch, scratch->answer.message, "the wait for a person failed");
    /* The yes is on record: the same question takes it, unless what it was given for has changed (F12). */
  }
  return deny(scratch, scratch->answer.message, "the approval was another's");
}

static bool judge(struct scratch *scratch, const struct call *call) {
  if (settings.broken) return deny(scratch, settings.broken, NULL);
  if (!own_cwd(scratch->cwd, sizeof scratch->cwd)) scratch->cwd[0] = '\0';
  struct writer body = {scratch->body, scratch->body, scratch->body + sizeof scratch->body, false};
  put_question(&body, call, scratch->cwd);
  if (body.full) return deny(scratch, "the call is longer than 1 MiB and was not read", NULL);
  return decide(scratch, call, (size_t)(body.at - body.start));
}

/*
 * Memory of its own, given back before the program runs: the stack may be a signal handler's or a thread's
 * of 16 KiB, and after vfork the heap is the parent's. Only the pages that are touched cost anything.
 */
bool permitted(const struct call *call) {
  const int saved = errno;
  int cancel;
  bool yes = false;
  pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cancel);
  struct scratch *scratch = mmap(NULL, sizeof *scratch, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (scratch != MAP_FAILED) {
    yes = judge(scratch, call);
    munmap(scratch, sizeof *scratch);
  } else {
    char line[LINE_LIMIT];
    say(line, "rampart: blocked: ", "rampart cannot decide", reason_of(ENOMEM));
  }
  pthread_setcancelstate(cancel, NULL);
  errno = saved;
  return yes;
}
