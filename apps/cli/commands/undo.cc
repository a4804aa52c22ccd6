// `siku undo`: the inputs of a run again, from the store alone.
#include <fmt/format.h>

#include "amount.h"
#include "commands/commands.h"
#include "seal_option.h"
#include "siku/run.h"
#include "store_option.h"

namespace siku::cli {
namespace {

class Undo final : public Command {
 public:
  void Declare(Arguments& arguments) override {
    arguments.Positional(
        "RUN", run_, {"its id, the beginning of it, or `last`", "运行的编号、编号的开头，或 last"},
        Offer::kRun);
    arguments.Option("--to", "FOLDER", to_,
                     {"where the files go [restored/RUN]", "写到哪里 [restored/RUN]"},
                     Offer::kFolder);
    store_.Declare(arguments);
    seal_.Declare(arguments);
    arguments.Shows("siku undo last --to originals",
                    {"the files the newest run read, decompressed, byte for byte",
                     "最近一次运行读过的文件，解压后逐字节相同"});
  }

  Result<int> Run(Context& context) override {
    SIKU_TRY(const auto key, seal_.Read());
    SIKU_TRY(auto store, store_.Open());
    SIKU_TRY(const auto info, store->FindRun(run_));
    const std::string folder = to_.empty() ? "restored/" + info.id : to_;
    SIKU_TRY(const auto report, UndoRun(*store, info.id, folder, key));
    context.Line(fmt::format(
        fmt::runtime(context.Say({"{} ({}, {}) written to {}", "已写回 {}（{}，{}）到 {}"})),
        Count(context, report.files, "file", "files", "个文件"),
        Count(context, report.rows, "row", "rows", "行"),
        SizeText(report.bytes, context.language()), folder));
    SIKU_TRY(const auto summary, ReadSummary(*store, info.id));
    if (summary.limit >= 0) {
      context.Note(fmt::format(
          fmt::runtime(context.Say({"note: the run read with --limit {}: only the rows that it "
                                    "read come back, the files may have held more",
                                    "提示：这次运行用了 --limit {}：只写回它读过的行，"
                                    "原文件可能更长"})),
          CountText(summary.limit)));
    }
    return 0;
  }

 private:
  std::string run_;
  std::string to_;
  StoreOption store_{};
  SealOption seal_{};
};

}  // namespace

std::unique_ptr<Command> MakeUndo() { return Make<Undo>(); }

}  // namespace siku::cli
