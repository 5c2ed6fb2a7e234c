/*
 * One call judged: by the server; where that is there but fails, by the executable; where neither is, by
 * the posture (design.md), which is the caller's.
 */
#include "wire.h"

#include <errno.h>
#include <string.h>

#include "kernel.h"

/* Only these say that nobody is there; the program itself can bring about every other one (F6). */
static bool is_absence(int error) { return error == ENOENT || error == ECONNREFUSED; }

static int ask(struct scratch *scratch, const struct way *way, struct writer *head, size_t body, const uint64_t *mask) {
  put_text(head, " HTTP/1.1\r\nHost: rampart\r\nAccept: application/json\r\nConnection: close\r\n");
  if (body > 0) {
    put_text(head, "Content-Type: application/json\r\nContent-Length: ");
    put_number(head, body);
    put_text(head, "\r\n");
  }
  put_text(head, "\r\n");
  *head->at = '\0';
  const struct exchange with = {
      .to = way->to, .remote = way->remote, .head = head->start, .body = scratch->body, .length = body,
      .within_ms = way->timeout_ms + (mask ? WAIT_S * 1000 : 0), .mask = mask,
      .received = scratch->received, .room = mask ? REPLY_LIMIT : ANSWER_LIMIT,
  };
  return head->full ? EPROTO : exchange(&with, &scratch->reply);
}

/* An id goes into a request line: letters, digits and what ids are made of. */
static bool is_id(const char *id) {
  return *id && strspn(id, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-") == strlen(id);
}

static int look(struct scratch *scratch, const struct way *way, const char *id, const uint64_t *mask) {
  struct writer head = WRITER(scratch->head, sizeof scratch->head - 1);
  put_text(&head, "GET /v1/approvals/");
  put_text(&head, id);
  put_text(&head, "?wait=");
  put_number(&head, WAIT_S);
  return ask(scratch, way, &head, 0, mask);
}

/*
 * Wait till a person has answered. A server that goes away meanwhile keeps the question, so it is looked for
 * some time. PERMITTED for a yes.
 */
static enum verdict look_till(struct scratch *scratch, const struct way *way, const uint64_t *mask) {
  struct answer stand;
  for (int lost = 0; lost <= way->lost_most;) {
    const int failed = look(scratch, way, scratch->answer.approval_id, mask);
    if (failed == EINTR) return INTERRUPTED;
    if (failed != 0 || scratch->reply.status >= 500) {
      if (++lost <= way->lost_most && !sleep_ms(1000, mask)) return INTERRUPTED;
      continue;
    }
    lost = 0;
    if (scratch->reply.status != 200 || !read_answer(scratch->reply.body, scratch->reply.length, &stand)) return LOST;
    if (!stand.status[0] || stand.has_allowed) return LOST;
    if (strcmp(stand.status, "approved") == 0) return PERMITTED;
    if (strcmp(stand.status, "pending") == 0) continue;
    memcpy(scratch->answer.status, stand.status, sizeof stand.status);
    return PERSON_NO;
  }
  return LOST;
}

static enum verdict await_person(struct scratch *scratch, const struct way *way) {
  const uint64_t before = own_mask(SIG_BLOCK, ~0ULL);
  const enum verdict person = look_till(scratch, way, &before);
  own_mask(SIG_SETMASK, before);
  return person;
}

/* By the executable; what it asks for nobody can be asked by it. */
static enum verdict without_server(struct scratch *scratch, const struct way *way, size_t body, int error, bool first) {
  const enum local local = ask_executable(scratch, way, body);
  if (local == LOCAL_ANSWERED) return scratch->answer.allowed ? PERMITTED : DENIED;
  /* A question that was put is not forgotten because the server went away. */
  return first && local == LOCAL_ABSENT && is_absence(error) ? NOBODY : UNDECIDED;
}

enum verdict judge_call(struct scratch *scratch, const struct way *way, size_t length, int *error) {
  const struct reply *reply = &scratch->reply;
  const struct answer *answer = &scratch->answer;
  for (int round = 0; round < ASK_AGAIN; round++) {
    struct writer head = WRITER(scratch->head, sizeof scratch->head - 1);
    put_text(&head, "POST /v1/preflight/");
    put_text(&head, way->tool);
    *error = ask(scratch, way, &head, length, NULL);
    /* 429: too much to do is no refusal. */
    if (*error == 0 && reply->status >= 400 && reply->status < 500 && reply->status != 429) return REFUSED;
    if (*error == 0 && reply->status != 200) *error = EIO;
    if (*error == 0 && (!read_answer(reply->body, reply->length, &scratch->answer) || !answer->has_allowed || !answer->decision[0]))
      *error = EPROTO;
    if (*error != 0) return without_server(scratch, way, length, *error, round == 0);
    if (answer->allowed) return PERMITTED;
    if (!is_id(answer->approval_id) || strcmp(answer->decision, "require_approval") != 0) return DENIED;
    if (way->waits) way->waits(answer);
    const enum verdict person = await_person(scratch, way);
    if (person != PERMITTED) return person;
    /* The yes is on record: the same question takes it, unless what it was given for has changed (F12). */
  }
  return ANOTHERS;
}
