#include "commands/commands.h"

#include <array>

namespace siku::cli {
namespace {

constexpr std::array kGroups = {
    CommandGroup{
        "dataset",
        {"look at datasets, compare, export and verify them", "查看、比较、导出和校验数据集"}},
};

constexpr std::array kCommands = {
    CommandEntry{"repair",
                 {"repair damaged Chinese text: text in, text out, without a store",
                  "修复受损的中文文本：文本进，文本出，不用存储"},
                 MakeRepair},
    CommandEntry{
        "ops", {"list the operators, or show one in full", "列出算子，或完整显示一个"}, MakeOps},
    CommandEntry{"version", {"print the version", "显示版本"}, MakeVersion},
};

}  // namespace

std::span<const CommandEntry> Commands() { return kCommands; }
std::span<const CommandGroup> CommandGroups() { return kGroups; }

}  // namespace siku::cli
