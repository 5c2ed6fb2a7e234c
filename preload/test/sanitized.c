/* Part of the sanitized library: it comes into programs that were built without, under any environment. */
const char *__asan_default_options(void);
__attribute__((visibility("default"))) const char *__asan_default_options(void) {
  return "verify_asan_link_order=0:detect_leaks=0";
}
