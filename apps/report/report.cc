#include "report.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "../base/durable.h"
#include "base64.h"
#include "duplicates.h"
#include "numbers.h"
#include "page_choice.h"
#include "page_files.h"
#include "page_json.h"
#include "row_texts.h"
#include "sealed.h"
#include "siku/ledger_view.h"
#include "siku/run.h"
#include "siku/sha256.h"

namespace siku::report {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kDataFormat = 1;
constexpr size_t kSamplesOfReason = 5;
constexpr size_t kSampleBytes = 600;

std::string BytesOf(const Digest& digest) { return {digest.begin(), digest.end()}; }

// JSON that cannot end the script element it stands in, nor be read as markup.
std::string Inert(const Json& json) {
  const std::string plain = json.dump(-1, ' ', false, Json::error_handler_t::replace);
  std::string out;
  out.reserve(plain.size() + plain.size() / 16);
  for (size_t i = 0; i < plain.size(); ++i) {
    const std::string_view rest = std::string_view(plain).substr(i, 3);
    if (plain[i] == '<' || plain[i] == '>' || plain[i] == '&') {
      out += plain[i] == '<' ? "\\u003c" : plain[i] == '>' ? "\\u003e" : "\\u0026";
    } else if (rest == "\xE2\x80\xA8" || rest == "\xE2\x80\xA9") {
      out += rest.back() == '\xA8' ? "\\u2028" : "\\u2029";
      i += 2;
    } else {
      out += plain[i];
    }
  }
  return out;
}

Json NamesJson(const std::vector<Named>& names) {
  Json json = Json::object();
  for (const Named& named : names) json[named.name] = {named.summary, named.summary_zh};
  return json;
}

// `min_confidence` of a step, where its operator has one.
Json MinConfidence(const nlohmann::json& recipe, const std::string& step) {
  const nlohmann::json::json_pointer place("/steps/" + step + "/parameters/min_confidence");
  return recipe.contains(place) ? Json(recipe.at(place)) : Json();
}

class Report {
 public:
  Report(Store& store, const OperatorSet& operators, const ReportOptions& options)
      : store_(store), operators_(operators), options_(options) {}

  Result<Written> Write(const std::string& run, const std::string& path) {
    SIKU_TRY(summary_, ReadSummary(store_, run));
    SIKU_TRY(shape_, ReadShape(store_, run));
    sealed_ = SealedSteps(shape_, operators_, summary_.sources);
    SIKU_TRY(Head());
    SIKU_TRY(Pages());
    SIKU_TRY(Samples());
    const std::string html = Html();
    if (auto done = ReplaceDurably(path, html); !done.has_value()) {
      done.error().place = path;  // not the file beside it that takes its name in the end
      return tl::make_unexpected(std::move(done).error());
    }
    written_.bytes = static_cast<int64_t>(html.size());
    written_.sealed = !sealed_.empty();
    return written_;
  }

 private:
  Result<void> Head() {
    data_ = {{"format", kDataFormat},
             {"run", summary_.run},
             {"recipe", summary_.recipe},
             {"rows", summary_.rows},
             {"limit", summary_.limit},
             {"input_bytes", summary_.input_bytes},
             {"ledger_bytes", summary_.ledger_bytes},
             {"rejected", summary_.rejected},
             {"read_flags", summary_.read_flags},
             {"page_bytes", options_.page_bytes}};
    if (sealed_.empty()) data_["yaml"] = shape_.yaml;
    for (const SourceSummary& source : summary_.sources) {
      data_["sources"].push_back({source.input, source.relative, source.format, source.encoding,
                                  source.bytes, source.digest});
    }
    for (const OutputSummary& output : summary_.outputs) {
      data_["outputs"].push_back({{"dataset", output.dataset},
                                  {"ordinal", output.ordinal},
                                  {"version", output.content},
                                  {"rows", output.rows},
                                  {"bytes", output.bytes},
                                  {"unchanged", output.unchanged}});
    }
    data_["tables"] = shape_.tables;
    const Json told = Json::parse(SummaryJson(summary_));
    if (told.contains("decisions")) data_["decisions"] = told.at("decisions");
    Steps(told.at("steps"));
    return {};
  }

  // `told`: the steps as the run's summary tells them.
  void Steps(const Json& told) {
    const auto recipe = nlohmann::json::parse(shape_.canonical, nullptr, false);
    data_["steps"] = Json::array();
    data_["names"] = Json::object();
    for (size_t i = 0; i < summary_.steps.size(); ++i) {
      const StepSummary& step = summary_.steps[i];
      Json json = {{"name", step.name},
                   {"operator", step.op},
                   {"version", step.version},
                   {"counts", told.at(i).at("counts")},
                   {"sealed", sealed_.contains(step.name)},
                   {"min_confidence", MinConfidence(recipe, step.name)}};
      for (const RunShape::Step& shape : shape_.steps) {
        if (shape.name != step.name) continue;
        json["from"] = shape.from;
        json["column"] = shape.column;
      }
      data_["steps"].push_back(std::move(json));
      const auto op = operators_.Find(step.op);
      if (!op.has_value()) continue;
      const Record& record = (*op)->record();
      data_["names"][step.op] = {{"summary", {record.summary, record.summary_zh}},
                                 {"outputs", record.outputs},
                                 {"rules", NamesJson(record.rules)},
                                 {"reasons", NamesJson(record.reasons)},
                                 {"flags", NamesJson(record.flags)}};
    }
  }

  // Twice over the ledger: to choose, then to take.
  Result<void> Pages() {
    PageChoice choice(options_.pages, options_.bytes);
    const PageLimits limits{.bytes = options_.page_bytes};
    SIKU_TRY(ForEachPage(store_, summary_.run, "", [&](const PageView& page) {
      if (!IsSealed(page.step)) choice.See(page, PageWeight(page, limits));
      return true;
    }));
    Json histogram = Json::array();
    for (const auto& [name, bins] : choice.confidences()) {
      histogram.push_back({{"step", name.first},
                           {"rule", name.second},
                           {"applied", bins.applied},
                           {"proposed", bins.proposed}});
    }
    data_["confidences"] = std::move(histogram);
    const auto chosen = choice.Chosen();
    std::map<RowKey, size_t> index;
    for (size_t i = 0; i < chosen.size(); ++i) index[chosen[i]] = i;
    std::vector<Json> pages(chosen.size());
    int64_t taken = 0;
    SIKU_TRY(ForEachPage(store_, summary_.run, "", [&](const PageView& page) {
      const auto found = index.find(page.key);
      if (IsSealed(page.step) || found == index.end()) return true;
      ++taken;
      Json& json = pages[found->second];
      if (json.is_null()) json = PageHead(page);
      Json part = PageJson(page, limits);
      part["step"] = page.step;
      json["parts"].push_back(std::move(part));
      return true;
    }));
    data_["pages"] = std::move(pages);
    data_["texts_shown"] = taken;
    data_["texts_total"] = choice.total();
    written_.pages = taken;
    written_.total = choice.total();
    return {};
  }

  static Json PageHead(const PageView& page) {
    Json json = {{"input", page.input},
                 {"source", page.source},
                 {"position", page.key.position},
                 {"place", PlaceOf(page.source, page.key)},
                 {"parts", Json::array()}};
    if (!page.key.child.empty()) json["child"] = ChildJson(page.key);
    return json;
  }

  // What was dropped, the rows next to thresholds, and duplicates beside what they are merged into.
  Result<void> Samples() {
    Numbers numbers;
    Duplicates duplicates;
    RowTexts texts;
    SIKU_TRY(numbers.Read(store_, summary_, shape_, sealed_));
    SIKU_TRY(Rejects(numbers, duplicates));
    numbers.Want(texts);
    SIKU_TRY(duplicates.Want(store_, summary_.run, texts));
    SIKU_TRY(texts.Fetch(store_, summary_.run, shape_));
    data_["numbers"] = numbers.ToJson(texts);
    data_["duplicates"] = duplicates.ToJson(texts);
    return {};
  }

  // A few of each reason.
  Result<void> Rejects(Numbers& numbers, Duplicates& duplicates) {
    std::map<std::pair<std::string, std::string>, size_t> seen;
    Json samples = Json::array();
    const auto visit = [&](const RejectView& reject) {
      if (!reject.step.empty()) numbers.SeeDropped(reject.step, reject.key);
      if (IsSealed(reject.step)) return true;
      if (reject.partner.has_value()) duplicates.See(reject);
      auto& count = seen[{std::string(reject.step), std::string(reject.reason)}];
      if (++count > kSamplesOfReason) return true;
      Json json = {{"step", reject.step},
                   {"reason", reject.reason},
                   {"place", PlaceOf(reject.source, reject.key)}};
      if (!reject.detail.empty()) {
        json["detail"] = {reject.detail, Translate(reject.detail, Language::kChinese)};
      }
      if (reject.partner.has_value()) {
        json["partner"] = PlaceOf(reject.partner_source, *reject.partner);
      }
      const std::string_view shown = reject.step.empty() ? reject.raw : reject.row_json;
      json["text"] = Prefix(shown, kSampleBytes);
      if (shown.size() > kSampleBytes) json["more"] = shown.size() - kSampleBytes;
      if (!reject.sha256.empty()) json["sha256"] = reject.sha256;
      samples.push_back(std::move(json));
      return true;
    };
    SIKU_TRY(ForEachReject(store_, summary_.run, "", visit));
    data_["rejects"] = std::move(samples);
    return {};
  }

  bool IsSealed(std::string_view step) const { return sealed_.contains(std::string(step)); }

  std::string Html() const {
    const std::string css(kCss), script(kJs);
    const std::string policy = "default-src 'none'; style-src 'sha256-" +
                               Base64(BytesOf(Sha256Of(css))) + "'; script-src 'sha256-" +
                               Base64(BytesOf(Sha256Of(script))) +
                               "'; img-src data:; base-uri 'none'; form-action 'none'";
    std::string html(kHtml);
    // Whatever is put in last is not searched again.
    Put(html, "{{policy}}", policy);
    Put(html, "{{css}}", css);
    Put(html, "{{script}}", script);
    Put(html, "{{data}}", Inert(data_));
    return html;
  }
  static void Put(std::string& html, std::string_view mark, const std::string& text) {
    if (const size_t at = html.find(mark); at != std::string::npos) {
      html.replace(at, mark.size(), text);
    }
  }

  Store& store_;
  const OperatorSet& operators_;
  const ReportOptions& options_;
  RunSummary summary_{};
  RunShape shape_{};
  std::set<std::string> sealed_{};
  Json data_{};
  Written written_{};
};

}  // namespace

Result<Written> WriteReport(Store& store, const OperatorSet& operators, const std::string& run,
                            const std::string& path, const ReportOptions& options) {
  // A bare name has no folder to sync.
  const bool bare = path.find('/') == std::string::npos;
  return Report(store, operators, options).Write(run, bare ? "./" + path : path);
}

}  // namespace siku::report
