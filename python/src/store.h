// The store and what is in it.
#pragma once

#include <nanobind/nanobind.h>

#include <memory>
#include <string>

#include "siku/store.h"

namespace siku::python {

/// A store that Python holds; null once it was closed.
class OpenStore {
 public:
  OpenStore(std::shared_ptr<Store> store, std::string index, std::string endpoint)
      : path_(store->place()),
        index_(std::move(index)),
        endpoint_(std::move(endpoint)),
        store_(std::move(store)) {}
  /// Raises where it was closed.
  std::shared_ptr<Store> get() const;
  const std::string& path() const { return path_; }
  /// URL of PostgreSQL's; it may hold a password. Empty: SQLite.
  const std::string& index() const { return index_; }
  /// URL of the S3 server it was opened by, where the package knows one.
  const std::string& endpoint() const { return endpoint_; }
  void Close() { store_.reset(); }
  bool closed() const { return store_ == nullptr; }

 private:
  std::string path_;
  std::string index_;
  std::string endpoint_;
  std::shared_ptr<Store> store_;
};

void BindStores(nanobind::module_& module);

}  // namespace siku::python
