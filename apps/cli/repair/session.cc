#include "session.h"

#include <fmt/format.h>

#include <filesystem>

#include "durable.h"
#include "repair/explain.h"
#include "repair/json_lines.h"
#include "stop.h"

namespace siku::cli {
namespace {

constexpr size_t kReadBytes = 1 << 20;
constexpr size_t kSampleBytes = 256 << 10;

Result<std::string> ReadText(const RepairFile& file, int64_t most) {
  SIKU_TRY(auto input, Input::Open(file.path));
  std::string bytes;
  for (bool more = true; more;) {
    SIKU_TRY(more, input->Read(bytes, kReadBytes));
    if (static_cast<int64_t>(bytes.size()) > most) {
      return Fail(Code::kLimit, "the text is longer than --max-record", std::to_string(most),
                  file.name, "raise --max-record; or --format jsonl goes through line by line");
    }
  }
  return bytes;
}

// The text of `bytes` in UTF-8; a mark of another encoding is dropped.
std::string ToUtf8(std::string_view bytes, Encoding encoding, RepairCounts& counts) {
  Decoded decoded = Decode(bytes, encoding);
  counts.lost += static_cast<int64_t>(decoded.broken.size());
  return std::move(decoded.text);
}

Product RepairWhole(const refine::Repairer& repairer, const std::string& bytes,
                    const Sniffed& sniffed, const std::string& name, const Wanted& wanted) {
  Product product;
  std::string converted;
  std::string_view body = std::string_view(bytes).substr(sniffed.mark);
  std::string_view mark = std::string_view(bytes).substr(0, sniffed.mark);
  if (sniffed.encoding != Encoding::kUtf8) {
    converted = ToUtf8(body, sniffed.encoding, product.counts);
    body = converted;
    mark = {};
  }
  const Document document = RepairDocument(repairer, body);
  product.counts.Count(document);
  if (wanted.out) product.out = std::string(mark) + RepairedBytes(document);
  if (wanted.edits) AppendEdits(document, {.file = name, .line = 0, .id = {}}, product.edits);
  if (wanted.explain) product.explain = Explain(document, wanted.color) + "\n";
  return product;
}

}  // namespace

RepairSession::RepairSession(Context& context, const RepairArguments& arguments,
                             refine::Repairer repairer, std::optional<Encoding> encoding,
                             int threads)
    : context_(context),
      arguments_(arguments),
      repairer_(std::move(repairer)),
      encoding_(encoding),
      pool_(threads) {
  wanted_ = {.out = (!arguments.explain && !arguments.count) || !arguments.output.empty(),
             .edits = !arguments.edits.empty(),
             .explain = arguments.explain,
             .flags = arguments.flags,
             .color = context.paint().on()};
}

Result<std::shared_ptr<Output>> RepairSession::OpenOutput(const RepairFile& file) {
  if (!wanted_.out) return std::shared_ptr<Output>();
  if (!file.target.empty()) {
    if (file.into_folder) {
      SIKU_TRY(MakeFolders(std::filesystem::path(file.target).parent_path().string()));
    }
    SIKU_TRY(auto opened, Output::Open(file.target, context_));
    return std::shared_ptr<Output>(std::move(opened));
  }
  if (standard_ == nullptr) {
    SIKU_TRY(auto opened, Output::Open("", context_));
    standard_ = std::move(opened);
  }
  return standard_;
}

void RepairSession::NoteEncoding(const RepairFile& file, Encoding encoding) const {
  if (encoding == Encoding::kUtf8 || !wanted_.out) return;
  context_.Note(fmt::format(fmt::runtime(context_.Say({"note: {}: read as {}, written as UTF-8",
                                                       "提示：{}：按 {} 读取，按 UTF-8 写出"})),
                            file.name, EncodingName(encoding)));
}

Result<void> RepairSession::Drain(bool all) {
  while (pool_.in_flight() > 0 && (all || pool_.full())) {
    if (!pool_.Wait(StopFlag())) return Fail(Code::kInterrupted, "interrupted");
    SIKU_TRY(const Product product, pool_.Take());
    const Destination destination = std::move(destinations_.front());
    destinations_.pop_front();
    counts_.Add(product.counts);
    if (destination.output != nullptr) {
      SIKU_TRY(destination.output->Write(product.out));
      if (destination.last && destination.output != standard_) {
        SIKU_TRY(destination.output->Commit());
      }
    }
    if (edits_ != nullptr) SIKU_TRY(edits_->Write(product.edits));
    context_.Print(product.explain);
  }
  return {};
}

Result<void> RepairSession::Hand(std::function<Done()> work, Destination destination) {
  if (Stopping()) return Fail(Code::kInterrupted, "interrupted");
  pool_.Submit(std::move(work));
  destinations_.push_back(std::move(destination));
  return Drain(false);
}

// Folders hold pictures and archives, too.
Result<void> RepairSession::LeaveOut(const RepairFile& file, const Error& error) const {
  if (!file.found || error.code != Code::kData) return tl::make_unexpected(error);
  context_.Note(fmt::format(fmt::runtime(context_.Say({"note: left out: {}", "提示：已略过：{}"})),
                            Describe(error, context_.language())));
  return {};
}

void RepairSession::Abandon() {
  destinations_.clear();
  edits_.reset();
}

Result<void> RepairSession::RunText(const RepairFile& file) {
  SIKU_TRY(auto bytes, ReadText(file, arguments_.max_record));
  const std::string_view sample = std::string_view(bytes).substr(0, kSampleBytes);
  const auto sniffed = SniffEncoding(sample, sample.size() == bytes.size(), encoding_, file.name);
  if (!sniffed.has_value()) return LeaveOut(file, sniffed.error());
  NoteEncoding(file, sniffed->encoding);
  SIKU_TRY(auto output, OpenOutput(file));
  const std::string name = file.path == "-" ? "" : file.name;
  // std::function copies what it holds.
  auto held = std::make_shared<std::string>(std::move(bytes));
  return Hand([this, held, sniffed = *sniffed,
               name]() -> Done { return RepairWhole(repairer_, *held, sniffed, name, wanted_); },
              {std::move(output), true});
}

Result<void> RepairSession::RunLines(const RepairFile& file) {
  SIKU_TRY(auto input, Input::Open(file.path));
  LinePieces pieces(std::move(input), arguments_.max_record);
  SIKU_TRY(pieces.Begin());
  if (const auto begun = pieces.Sniff(encoding_, file.name); !begun.has_value()) {
    return LeaveOut(file, begun.error());
  }
  NoteEncoding(file, pieces.encoding());
  SIKU_TRY(auto output, OpenOutput(file));
  const std::string name = file.path == "-" ? "" : file.name;
  size_t mark = pieces.mark();
  for (;;) {
    auto piece = std::make_shared<Piece>();
    SIKU_TRY(const bool more, pieces.Next(*piece));
    if (!more) break;
    const auto work = [this, piece, name, mark, encoding = pieces.encoding()]() -> Done {
      Product product;
      std::string_view lines = std::string_view(piece->bytes).substr(mark);
      std::string converted;
      if (encoding == Encoding::kUtf8) {
        if (wanted_.out) product.out = piece->bytes.substr(0, mark);
      } else {
        converted = ToUtf8(lines, encoding, product.counts);
        lines = converted;
      }
      if (piece->too_long) {
        if (wanted_.out) product.out += lines;
      } else {
        RepairJsonLines(repairer_, lines, piece->first_line, name, arguments_.text_key, wanted_,
                        product);
      }
      return product;
    };
    SIKU_TRY(Hand(work, {output, false}));
    mark = 0;
  }
  counts_.too_long += pieces.long_lines();
  return Hand([]() -> Done { return Product(); }, {std::move(output), true});
}

Result<void> RepairSession::Run(const std::vector<RepairFile>& files) {
  if (wanted_.edits) {
    SIKU_TRY(edits_, Output::Open(arguments_.edits, context_));
  }
  for (const RepairFile& file : files) {
    const bool many = files.size() > 1;
    if (wanted_.explain && many && !file.jsonl) {
      const std::string head = ExplainHead({.file = file.name, .line = 0, .id = {}}, wanted_.color);
      const auto work = [head]() -> Done {
        Product product;
        product.explain = head;
        return product;
      };
      SIKU_TRY(Hand(work, {}));
    }
    auto done = file.jsonl ? RunLines(file) : RunText(file);
    if (done.has_value()) continue;
    if (!file.found || done.error().code != Code::kData) return done;
    context_.Complain(done.error());
    damaged_ = true;
  }
  SIKU_TRY(Drain(true));
  if (standard_ != nullptr) SIKU_TRY(standard_->Commit());
  if (edits_ != nullptr) SIKU_TRY(edits_->Commit());
  return {};
}

}  // namespace siku::cli
