#include "remote/libcurl.h"

#include <dlfcn.h>

#include <optional>

namespace siku::cli {
namespace {

template <class F>
bool FindIn(void* library, const char* name, F& function) {
  function = reinterpret_cast<F>(::dlsym(library, name));
  return function != nullptr;
}

std::optional<Libcurl> Load() {
  // As libpq: Arrow may export an OpenSSL of its own.
  int flags = RTLD_NOW | RTLD_LOCAL;
#if defined(RTLD_DEEPBIND) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
  flags |= RTLD_DEEPBIND;
#endif
  void* const library = ::dlopen("libcurl.so.4", flags);
  if (library == nullptr) return std::nullopt;
  Libcurl found;
  const bool complete = FindIn(library, "curl_global_init", found.global_init) &&
                        FindIn(library, "curl_easy_init", found.init) &&
                        FindIn(library, "curl_easy_setopt", found.set) &&
                        FindIn(library, "curl_easy_perform", found.perform) &&
                        FindIn(library, "curl_easy_getinfo", found.info) &&
                        FindIn(library, "curl_easy_strerror", found.error) &&
                        FindIn(library, "curl_easy_reset", found.reset) &&
                        FindIn(library, "curl_easy_cleanup", found.cleanup) &&
                        FindIn(library, "curl_easy_escape", found.escape) &&
                        FindIn(library, "curl_free", found.free) &&
                        FindIn(library, "curl_slist_append", found.append) &&
                        FindIn(library, "curl_slist_free_all", found.free_all) &&
                        FindIn(library, "curl_url", found.url) &&
                        FindIn(library, "curl_url_set", found.url_set) &&
                        FindIn(library, "curl_url_get", found.url_get) &&
                        FindIn(library, "curl_url_cleanup", found.url_cleanup);
  if (!complete || found.global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) return std::nullopt;
  return found;
}

}  // namespace

const Libcurl* Libcurl::Find() {
  static const std::optional<Libcurl> library = Load();
  return library ? &*library : nullptr;
}

}  // namespace siku::cli
