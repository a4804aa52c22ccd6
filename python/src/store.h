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
  explicit OpenStore(std::shared_ptr<Store> store)
      : path_(store->path()), store_(std::move(store)) {}
  /// Raises where it was closed.
  std::shared_ptr<Store> get() const;
  const std::string& path() const { return path_; }
  void Close() { store_.reset(); }
  bool closed() const { return store_ == nullptr; }

 private:
  std::string path_;
  std::shared_ptr<Store> store_;
};

void BindStores(nanobind::module_& module);

}  // namespace siku::python
