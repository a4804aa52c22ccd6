// The site: the catalogue's API, CKAN's, and the portal's files, behind one handler.
#pragma once

#include <memory>
#include <string>

#include "http.h"
#include "listener.h"
#include "runs/run_jobs.h"
#include "siku/catalog/catalog.h"

namespace siku::server {

struct SiteOptions {
  std::string title = "Siku";
  std::string portal{};  // folder of the built portal; empty: none
  std::string url{};     // by which clients reach the site; no slash at its end
  StoreAddress store{};  // for the runs that people start
  /// Of the program; outlives the site.
  const OperatorSet& operators;
};

/// Safe to use from several threads.
class Site {
 public:
  /// `catalog` outlives it. kNotFound: no portal there.
  static Result<std::unique_ptr<Site>> Open(const SiteOptions& options, catalog::Catalog& catalog);
  virtual ~Site() = default;
  /// Never throws.
  virtual Response Answer(const Request& request) = 0;
  virtual void Count(const Answered& answered) = 0;
  virtual void SetUrl(std::string url) = 0;
};

}  // namespace siku::server
