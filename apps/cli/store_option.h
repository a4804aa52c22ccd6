// `--store`, `--index URL` and `--s3-endpoint URL`: the options, their defaults, and opening
// what they name.
#pragma once

#include <memory>
#include <string>

#include "arguments.h"
#include "siku/store.h"

namespace siku::cli {

/// Of an argument that names a version of the store.
inline constexpr Text kVersionHelp = {
    "a dataset: NAME, NAME@3, or NAME@ with the beginning of a digest",
    "数据集：名字、名字@3，或 名字@ 加摘要开头"};

class StoreOption {
 public:
  void Declare(Arguments& arguments);
  /// --store, else $SIKU_STORE, else ./.siku.
  std::string path() const;
  /// Has what follows, and processes that it starts, use the server of --s3-endpoint if it is
  /// given. kInvalid: it is no URL of a server.
  Result<void> UseEndpoint() const;
  /// By one of its options.
  bool IsGiven() const;
  /// By --store or $SIKU_STORE.
  bool IsNamed() const;
  /// Whether something is there; of a store in S3 its opening tells.
  bool IsThere() const;
  /// The path as processes with other working folders know it.
  std::string AbsolutePath() const;
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
  std::string endpoint_;
};

}  // namespace siku::cli
