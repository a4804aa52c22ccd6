#include "seal_option.h"

namespace siku::cli {

void SealOption::Declare(Arguments& arguments) {
  arguments.Option("--seal-key", "FILE", file_,
                   {"the owner's key of a run that conceals texts; `siku key new` makes one",
                    "隐去文本的运行所用的所有者密钥；由 siku key new 生成"},
                   Offer::kFile);
}

Result<std::optional<SealKey>> SealOption::Read() const {
  if (file_.empty()) return std::optional<SealKey>();
  SIKU_TRY(auto key, SealKey::Load(file_));
  return std::optional<SealKey>(std::move(key));
}

}  // namespace siku::cli
