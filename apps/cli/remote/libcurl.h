// libcurl, found when a server is first asked: who works on a store alone needs none.
#pragma once

#define CURL_DISABLE_TYPECHECK
#include <curl/curl.h>

namespace siku::cli {

/// The functions of libcurl that we call.
struct Libcurl {
  decltype(&::curl_global_init) global_init = nullptr;
  decltype(&::curl_easy_init) init = nullptr;
  decltype(&::curl_easy_setopt) set = nullptr;
  decltype(&::curl_easy_perform) perform = nullptr;
  decltype(&::curl_easy_getinfo) info = nullptr;
  decltype(&::curl_easy_strerror) error = nullptr;
  decltype(&::curl_easy_reset) reset = nullptr;
  decltype(&::curl_easy_cleanup) cleanup = nullptr;
  decltype(&::curl_easy_escape) escape = nullptr;
  decltype(&::curl_free) free = nullptr;
  decltype(&::curl_slist_append) append = nullptr;
  decltype(&::curl_slist_free_all) free_all = nullptr;
  decltype(&::curl_url) url = nullptr;
  decltype(&::curl_url_set) url_set = nullptr;
  decltype(&::curl_url_get) url_get = nullptr;
  decltype(&::curl_url_cleanup) url_cleanup = nullptr;

  /// Null: it is not installed, or lacks one of these.
  static const Libcurl* Find();
};

}  // namespace siku::cli
