// `--store DIR` and `--index URL`: the options, their defaults, and opening what they name.
#pragma once

#include <memory>
#include <string>

#include "arguments.h"
#include "siku/store.h"

namespace siku::cli {

class StoreOption {
 public:
  void Declare(Arguments& arguments);
  /// --store, else $SIKU_STORE, else ./.siku.
  std::string path() const;
  /// --index, else $SIKU_INDEX, else none: SQLite.
  std::string index() const;
  /// ` --store DIR` when one was given, for commands that we print.
  std::string ForCommand() const;
  /// Creates what is not there.
  Result<std::unique_ptr<Store>> Create() const;
  /// kNotFound with a hint where there is none.
  Result<std::unique_ptr<Store>> Open() const;

 private:
  std::string given_;
  std::string index_;
};

}  // namespace siku::cli
