// `siku key new`, `siku key id`: the key with which an owner reads what runs sealed.
#include <fmt/format.h>

#include "commands/commands.h"
#include "siku/seal_key.h"

namespace siku::cli {
namespace {

class KeyNew final : public Command {
 public:
  void Declare(Arguments& arguments) override {
    arguments.Positional("FILE", file_,
                         {"where the key goes; it must not exist", "密钥写到哪里；不得已存在"},
                         Offer::kFile);
    arguments.Shows("siku key new owner.key",
                    {"32 random bytes that only you may read; keep a copy elsewhere",
                     "32 个随机字节，仅本人可读；请另存一份"});
  }
  Result<int> Run(Context& context) override {
    SIKU_TRY(const auto key, SealKey::Create(file_));
    context.Line(fmt::format(
        fmt::runtime(context.Say({"made {}; the key's id: {}", "已生成 {}；密钥编号：{}"})), file_,
        key.id()));
    context.Note(std::string(context.Say(
        {"note: without this file nobody reads what is sealed with it, you included; destroying it "
         "makes masking final",
         "提示：没有此文件，任何人（包括您）都无法读取用它密封的内容；销毁它，隐去即不可逆"})));
    return 0;
  }

 private:
  std::string file_;
};

class KeyId final : public Command {
 public:
  void Declare(Arguments& arguments) override {
    arguments.Positional("FILE", file_, {"a key", "密钥文件"}, Offer::kFile);
    arguments.Shows("siku key id owner.key",
                    {"what errors and lineage call the key", "错误信息与谱系中对此密钥的称呼"});
  }
  Result<int> Run(Context& context) override {
    SIKU_TRY(const auto key, SealKey::Load(file_));
    context.Line(key.id());
    return 0;
  }

 private:
  std::string file_;
};

}  // namespace

std::unique_ptr<Command> MakeKeyNew() { return Make<KeyNew>(); }
std::unique_ptr<Command> MakeKeyId() { return Make<KeyId>(); }

}  // namespace siku::cli
