/* Bounded text: what is sent, and what is said. */
#include "wire.h"

#include <string.h>

void put_bytes(struct writer *out, const char *bytes, size_t length) {
  if (out->full || length > (size_t)(out->end - out->at)) {
    out->full = true;
    return;
  }
  memcpy(out->at, bytes, length);
  out->at += length;
}

void put_text(struct writer *out, const char *text) { put_bytes(out, text, strlen(text)); }

static void put_digits(struct writer *out, uint64_t number, unsigned base) {
  static const char letters[] = "0123456789abcdef";
  char digits[24];
  size_t at = sizeof digits;
  do digits[--at] = letters[number % base];
  while ((number /= base) > 0);
  put_bytes(out, digits + at, sizeof digits - at);
}

void put_number(struct writer *out, uint64_t number) { put_digits(out, number, 10); }

/* Runs of plain bytes are copied at once. */
void put_escaped(struct writer *out, const char *bytes, size_t length) {
  static const char hex[] = "0123456789abcdef";
  size_t plain = 0;
  for (size_t i = 0; i < length; i++) {
    const unsigned char byte = (unsigned char)bytes[i];
    if (byte >= 0x20 && byte != '"' && byte != '\\') continue;
    const char escape[] = {'\\', 'u', '0', '0', hex[byte >> 4], hex[byte & 15]};
    put_bytes(out, bytes + plain, i - plain);
    put_bytes(out, escape, sizeof escape);
    plain = i + 1;
  }
  put_bytes(out, bytes + plain, length - plain);
}

void put_json(struct writer *out, const char *bytes, size_t length) {
  put_text(out, "\"");
  put_escaped(out, bytes, length);
  put_text(out, "\"");
}

void put_base64(struct writer *out, const char *head, size_t head_length, const char *bytes, size_t length) {
  static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const size_t whole = head_length + length;
  put_text(out, "\"");
  for (size_t i = 0; i < whole && !out->full; i += 3) {
    uint32_t group = 0;
    for (size_t k = i; k < i + 3; k++) {
      const char byte = k >= whole ? '\0' : k < head_length ? head[k] : bytes[k - head_length];
      group = group << 8 | (unsigned char)byte;
    }
    const char four[] = {letters[group >> 18], letters[group >> 12 & 63],
                         whole - i > 1 ? letters[group >> 6 & 63] : '=', whole - i > 2 ? letters[group & 63] : '='};
    put_bytes(out, four, sizeof four);
  }
  put_text(out, "\"");
}

size_t utf8_read(const char *bytes, size_t length, uint32_t *code) {
  static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
  if (length == 0) return 0;
  const unsigned char first = (unsigned char)bytes[0];
  *code = first;
  if (first < 0x80) return 1;
  const size_t size = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || size > length) return 0;
  uint32_t value = first & (0x7fU >> size);
  for (size_t i = 1; i < size; i++) {
    if ((bytes[i] & 0xc0) != 0x80) return 0;
    value = value << 6 | ((unsigned char)bytes[i] & 0x3fU);
  }
  if (value < least[size] || value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff)) return 0;
  *code = value;
  return size;
}

bool is_utf8(const char *bytes, size_t length) {
  uint32_t code;
  for (size_t i = 0, size; i < length; i += size)
    if ((size = utf8_read(bytes + i, length - i, &code)) == 0) return false;
  return true;
}

/* Ranges that move the cursor, turn the reading direction or cannot be told from nothing (F13). */
static const uint32_t unseen[][2] = {
    {0x00, 0x1f},     {0x7f, 0xa0},     {0xad, 0xad},     {0x34f, 0x34f},   {0x600, 0x605},   {0x61c, 0x61c},
    {0x6dd, 0x6dd},   {0x70f, 0x70f},   {0x890, 0x891},   {0x8e2, 0x8e2},   {0x115f, 0x1160}, {0x1680, 0x1680},
    {0x17b4, 0x17b5}, {0x180b, 0x180f}, {0x2000, 0x200f}, {0x2028, 0x202f}, {0x205f, 0x206f}, {0x2800, 0x2800},
    {0x3000, 0x3000}, {0x3164, 0x3164}, {0xd800, 0xf8ff}, {0xfe00, 0xfe0f}, {0xfeff, 0xfeff}, {0xffa0, 0xffa0},
    {0xfff0, 0xfffb}, {0x110bd, 0x110bd}, {0x110cd, 0x110cd}, {0x13430, 0x1343f}, {0x1bca0, 0x1bca3},
    {0x1d173, 0x1d17a}, {0xe0000, 0xe0fff}, {0xf0000, 0x10ffff},
};

static bool is_unseen(uint32_t code) {
  for (size_t i = 0; i < sizeof unseen / sizeof *unseen; i++)
    if (code >= unseen[i][0] && code <= unseen[i][1]) return true;
  return false;
}

void put_shown(struct writer *out, const char *text) {
  while (*text && !out->full) {
    uint32_t code;
    const size_t length = utf8_read(text, strlen(text), &code);
    if (code == '\n') put_text(out, "\\n");
    else if (code == '\r') put_text(out, "\\r");
    else if (code == '\t') put_text(out, "\\t");
    else if (length > 0 && !is_unseen(code)) put_bytes(out, text, length);
    else {
      put_text(out, "\\u{");
      put_digits(out, length > 0 ? code : (unsigned char)*text, 16);
      put_text(out, "}");
    }
    text += length > 0 ? length : 1;
  }
}
