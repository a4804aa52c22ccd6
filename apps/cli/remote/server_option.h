// `--server URL` and `--key-file FILE`: which catalogue server a command asks instead of a store.
#pragma once

#include <memory>
#include <string>

#include "arguments.h"
#include "remote/server.h"
#include "store_option.h"

namespace siku::cli {

class ServerOption {
 public:
  void Declare(Arguments& arguments);
  /// --server; else $SIKU_SERVER, unless --store or what is of stores alone is given.
  bool IsNamed(const StoreOption& store) const;
  /// The server, with the key of --key-file, else $SIKU_KEY, else none. From here on Ctrl-C ends
  /// what it is asked. kInvalid: a store is named, too. kDenied: others can read the file of the
  /// key.
  Result<std::unique_ptr<Server>> Connect(const StoreOption& store) const;
  /// ` --server URL` when one was given, for commands that we print.
  std::string ForCommand() const;

 private:
  std::string given_;
  std::string key_file_;
};

}  // namespace siku::cli
