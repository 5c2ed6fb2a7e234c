/* Bounded text: what is sent and what is said. */
#include "shim.h"

#include <string.h>

void rampart_add(struct rampart_text *text, const char *bytes, size_t size) {
  if (text->full || size > text->most - text->size) {
    text->full = true;
    return;
  }
  memcpy(text->at + text->size, bytes, size);
  text->size += size;
}

void rampart_add_word(struct rampart_text *text, const char *word) {
  rampart_add(text, word, strlen(word));
}

void rampart_add_number(struct rampart_text *text, uint64_t number) {
  char digits[20];
  size_t at = sizeof digits;
  do digits[--at] = (char)('0' + number % 10);
  while ((number /= 10) > 0);
  rampart_add(text, digits + at, sizeof digits - at);
}

static const char HEX[] = "0123456789abcdef";

void rampart_add_json(struct rampart_text *text, const char *bytes, size_t size) {
  rampart_add(text, "\"", 1);
  size_t plain = 0; /* where the run that needs no escape began */
  for (size_t i = 0; i < size; i++) {
    unsigned char byte = (unsigned char)bytes[i];
    if (byte >= 0x20 && byte != '"' && byte != '\\') continue;
    rampart_add(text, bytes + plain, i - plain);
    plain = i + 1;
    const char escape[] = {'\\', 'u', '0', '0', HEX[byte >> 4], HEX[byte & 15]};
    rampart_add(text, escape, sizeof escape);
  }
  rampart_add(text, bytes + plain, size - plain);
  rampart_add(text, "\"", 1);
}

void rampart_add_base64(struct rampart_text *text, const char *bytes, size_t size) {
  static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  rampart_add(text, "\"", 1);
  for (size_t i = 0; i < size; i += 3) {
    size_t left = size - i;
    uint32_t group = (uint32_t)(unsigned char)bytes[i] << 16;
    if (left > 1) group |= (uint32_t)(unsigned char)bytes[i + 1] << 8;
    if (left > 2) group |= (unsigned char)bytes[i + 2];
    const char four[] = {digits[group >> 18], digits[group >> 12 & 63],
                         left > 1 ? digits[group >> 6 & 63] : '=',
                         left > 2 ? digits[group & 63] : '='};
    rampart_add(text, four, sizeof four);
  }
  rampart_add(text, "\"", 1);
}

void rampart_add_quoted(struct rampart_text *text, const char *word) {
  rampart_add(text, "'", 1);
  for (const char *quote; (quote = strchr(word, '\'')); word = quote + 1) {
    rampart_add(text, word, (size_t)(quote - word));
    rampart_add(text, "'\\''", 4);
  }
  rampart_add_word(text, word);
  rampart_add(text, "'", 1);
}

size_t rampart_utf8(const char *bytes, size_t size, uint32_t *character) {
  if (size == 0) return 0;
  unsigned char first = (unsigned char)bytes[0];
  if (first < 0x80) {
    *character = first;
    return 1;
  }
  size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || length > size) return 0;
  uint32_t value = first & (0x7fU >> length);
  for (size_t i = 1; i < length; i++) {
    unsigned char next = (unsigned char)bytes[i];
    if ((next & 0xc0) != 0x80) return 0;
    value = value << 6 | (next & 0x3f);
  }
  static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
  if (value < least[length] || value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff)) return 0;
  *character = value;
  return length;
}

bool rampart_is_utf8(const char *bytes, size_t size) {
  uint32_t character;
  for (size_t i = 0, length; i < size; i += length)
    if ((length = rampart_utf8(bytes + i, size - i, &character)) == 0) return false;
  return true;
}

/* Characters that no one sees, or that change how others are seen. */
static bool is_hidden(uint32_t c) {
  static const uint32_t ranges[][2] = {
      {0x00, 0x1f},     {0x7f, 0x9f},     {0xad, 0xad},     {0x34f, 0x34f},   {0x61c, 0x61c},
      {0x115f, 0x1160}, {0x17b4, 0x17b5}, {0x180b, 0x180f}, {0x200b, 0x200f}, {0x2028, 0x202e},
      {0x2060, 0x206f}, {0x3164, 0x3164}, {0xfe00, 0xfe0f}, {0xfeff, 0xfeff}, {0xffa0, 0xffa0},
      {0xfff0, 0xfffb}, {0x1d173, 0x1d17a}, {0xe0000, 0xe0fff}};
  for (size_t i = 0; i < sizeof ranges / sizeof ranges[0]; i++)
    if (c >= ranges[i][0] && c <= ranges[i][1]) return true;
  return false;
}

void rampart_add_shown(struct rampart_text *text, const char *bytes, size_t size) {
  for (size_t i = 0, length; i < size; i += length) {
    uint32_t c;
    length = rampart_utf8(bytes + i, size - i, &c);
    if (length > 0 && !is_hidden(c)) {
      rampart_add(text, bytes + i, length);
      continue;
    }
    if (length == 0) {
      length = 1;
      c = (unsigned char)bytes[i];
      const char escape[] = {'\\', 'x', HEX[c >> 4], HEX[c & 15]};
      rampart_add(text, escape, sizeof escape);
      continue;
    }
    rampart_add_word(text, "\\u{");
    for (int shift = 20, begun = 0; shift >= 0; shift -= 4) {
      uint32_t digit = c >> shift & 15;
      begun |= digit != 0 || shift == 0;
      if (begun) rampart_add(text, &HEX[digit], 1);
    }
    rampart_add_word(text, "}");
  }
}
