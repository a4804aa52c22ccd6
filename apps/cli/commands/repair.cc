// `siku repair`: text in, text out, on its own.
#include "siku/refine/repair.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdlib>
#include <thread>

#include "amount.h"
#include "commands/commands.h"
#include "repair/explain.h"
#include "repair/session.h"
#include "siku/refine/tables.h"
#include "stop.h"

namespace siku::cli {
namespace {

class Repair final : public Command {
 public:
  void Declare(Arguments& arguments) override {
    RepairArguments& to = arguments_;
    arguments.Positionals(
        "FILE|FOLDER|-", to.inputs,
        {"texts or JSON lines; - or nothing: standard input", "文本或 JSONL；- 或不写：标准输入"},
        Offer::kFile);
    arguments.Option("-o,--output", "FILE|FOLDER", to.output,
                     {"where the repaired text goes; else to standard output",
                      "修复后的文本写到哪里；默认标准输出"},
                     Offer::kFile);
    arguments.Flag("--explain", to.explain,
                   {"show every edit in place, with its rule and confidence",
                    "原处显示每一处改动及其规则和置信度"});
    arguments.Flag(
        "--count", to.count,
        {"count what is damaged, by kind; no text is written", "按类型统计损坏，不写出文本"});
    arguments.Flag("--json", to.json, {"with --count: as JSON", "与 --count 同用：输出 JSON"});
    arguments.Flag("--marks", to.marks,
                   {"make narrowed marks between Chinese characters full-width as well",
                    "同时把汉字间的半角标点恢复为全角"});
    arguments.Choice("--format", {"text", "jsonl"}, to.format,
                     {"what the input is; else by the file's name", "输入格式；默认看文件名"});
    arguments.Option(
        "--text-key", "KEY", to.text_key,
        {"JSONL: the member that holds the text [text]", "JSONL：存放文本的成员 [text]"});
    arguments.Flag("--flags", to.flags,
                   {"JSONL: add a list `flags` of what was seen and not changed; begin and end are "
                    "bytes of the text as it was, out_begin and out_end of the text as it is now",
                    "JSONL：加一个列表 flags，列出看到但没有改的地方；begin、end 是原文的字节位置，"
                    "out_begin、out_end 是现文的字节位置"});
    arguments.Option("--edits", "FILE", to.edits,
                     {"write every edit as a JSON line", "把每一处改动写成一行 JSON"},
                     Offer::kFile);
    arguments.Real(
        "--min-confidence", "X", to.min_confidence, 0, 1,
        {"a repair below it is proposed, not made [0.9]", "低于它的修复只提出，不改 [0.9]"});
    arguments.Option("--encoding", "NAME", to.encoding,
                     {"utf-8, gb18030, big5, utf-16le, utf-16be; else detected",
                      "utf-8、gb18030、big5、utf-16le、utf-16be；默认自动识别"},
                     Offer::kEncoding);
    arguments.Integer("--threads", "N", to.threads, 1,
                      {"threads; else one a core", "线程数；默认每核一个"}, 1024);
    arguments.Size("--max-record", to.max_record,
                   {"the longest text or line to look at [64MiB]", "最长的文本或行 [64MiB]"}, 1);
    arguments.Shows("siku repair page.txt > repaired.txt", {"repair a page", "修复一个页面"});
    arguments.Shows("siku repair --explain page.txt",
                    {"look at what would change", "看看会改什么"});
    arguments.Shows("siku repair pages/ -o repaired/",
                    {"a folder into another", "把一个目录修复到另一个目录"});
    arguments.Shows("siku repair --count pages/",
                    {"how common each kind of damage is", "看看每类损坏有多常见"});
    arguments.Shows("zcat crawl.jsonl.gz | siku repair --format jsonl --flags > out.jsonl",
                    {"JSON lines through a pipe, any amount", "JSONL 经过管道，多大都行"});
  }

  Result<int> Run(Context& context) override {
    std::optional<Encoding> encoding;
    if (!arguments_.encoding.empty()) {
      encoding = EncodingFromName(arguments_.encoding);
      if (!encoding.has_value()) {
        return Fail(Code::kInvalid, "unknown encoding", arguments_.encoding, "--encoding");
      }
    }
    SIKU_TRY(CheckCount());
    SIKU_TRY(const auto files, PlanRepair(arguments_));
    const bool from_person = arguments_.inputs.empty() && ::isatty(STDIN_FILENO) == 1;
    if (from_person) {
      context.Note(context.Say({"reading standard input; Ctrl-D ends it, --help explains",
                                "正在读标准输入；Ctrl-D 结束，--help 查看说明"}));
    }
    CatchStops();
    SIKU_TRY(const auto path, refine::Tables::Find());
    SIKU_TRY(auto tables, refine::Tables::Open(path));
    int threads = static_cast<int>(arguments_.threads);
    if (threads == 0) threads = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
    RepairSession session(
        context, arguments_,
        refine::Repairer(std::move(tables),
                         {.min_confidence = arguments_.min_confidence, .marks = arguments_.marks}),
        encoding, threads);
    if (const auto done = session.Run(files); !done.has_value()) {
      if (done.error().code == Code::kInterrupted) Leave(session, done.error(), context);
      return tl::make_unexpected(done.error());
    }
    Say(session.counts(), context);
    return session.damaged() ? static_cast<int>(Code::kData) : 0;
  }

 private:
  // Counting writes no text, so that nothing may ask for one.
  Result<void> CheckCount() const {
    const RepairArguments& given = arguments_;
    if (given.json && !given.count) {
      return Fail(Code::kInvalid, "--json goes with --count only", {}, "--json");
    }
    if (given.count &&
        (!given.output.empty() || !given.edits.empty() || given.explain || given.flags)) {
      return Fail(Code::kInvalid, "--count writes no text and no edits", {}, "--count",
                  "leave out -o, --edits, --explain and --flags");
    }
    return {};
  }

  // A long text cannot be stopped in the midst of its repair, so nobody waits for it.
  [[noreturn]] static void Leave(RepairSession& session, const Error& error, Context& context) {
    session.Abandon();
    (void)context.Finish().has_value();
    context.Complain(error);
    std::_Exit(static_cast<int>(error.code));
  }

  void Say(const RepairCounts& counts, Context& context) const {
    const auto note = [&](int64_t count, const Text& text) {
      if (count == 0) return;
      context.Note(fmt::format("{}{}{}{}", context.Say({"note: ", "提示："}), context.Say(text),
                               context.Say({": ", "："}), CountText(count)));
    };
    note(counts.undecodable, {"undecodable places, kept as they were", "无法解码、保持原样的地方"});
    note(counts.lost, {"undecodable places that became U+FFFD (the input has the bytes)",
                       "无法解码、成了 U+FFFD 的地方（原字节在输入里）"});
    note(counts.not_objects,
         {"lines that are no JSON objects, passed through", "不是 JSON 对象、原样通过的行"});
    note(counts.without_text, {"lines without a text to repair (--text-key), passed through",
                               "没有要修复的文本（--text-key）、原样通过的行"});
    note(counts.too_long,
         {"lines longer than --max-record, passed through", "超过 --max-record、原样通过的行"});
    if (arguments_.count) {
      context.Print(arguments_.json ? counts.damage.Json() : counts.damage.Table(context));
    } else if (arguments_.explain) {
      context.Line("\n" + CountsLine(counts, context));
      context.Print(ExplainCounts(counts, context));
    } else if (context.error_terminal()) {
      context.Note(CountsLine(counts, context));
    }
  }

  RepairArguments arguments_{};
};

}  // namespace

std::unique_ptr<Command> MakeRepair() { return Make<Repair>(); }

}  // namespace siku::cli
