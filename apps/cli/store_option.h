// `--store DIR`: the option, its default, and opening what it names.
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
  /// ` --store DIR` when one was given, for commands that we print.
  std::string ForCommand() const;
  /// Creates what is not there.
  Result<std::unique_ptr<Store>> Create() const;
  /// kNotFound with a hint where there is none.
  Result<std::unique_ptr<Store>> Open() const;

 private:
  std::string given_;
};

}  // namespace siku::cli
