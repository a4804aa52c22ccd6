#include "remote/datasets.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "amount.h"
#include "dataset_text.h"
#include "remote/transfer.h"
#include "siku/utf8.h"
#include "siku/writer.h"
#include "table.h"

namespace siku::cli {
namespace {

using nlohmann::json;

constexpr int64_t kPage = 1'000;         // datasets or rows of one answer
constexpr size_t kLongestLine = 10'000;  // columns of a terminal

/// `work`, in which an answer may be of another form than ours.
template <class Work>
auto Reading(const Server& server, const Work& work) -> decltype(work()) {
  try {
    return work();
  } catch (const json::exception&) {
    return NotACatalogue(server);
  }
}

/// Empty for null.
std::string TextIn(const json& object, const char* name) {
  const auto& value = object.at(name);
  return value.is_null() ? "" : value.get<std::string>();
}
/// -1 for null.
int64_t NumberIn(const json& object, const char* name) {
  const auto& value = object.at(name);
  return value.is_null() ? -1 : value.get<int64_t>();
}

std::string DayAndTime(std::string text) {
  std::replace(text.begin(), text.end(), 'T', ' ');
  return text.substr(0, 19);
}

Cells CellsOfRow(const std::vector<std::string>& columns, const json& row) {
  Cells cells;
  for (size_t i = 0; i < columns.size(); ++i) {
    const json& value = row.at(i);
    cells.emplace_back(
        columns[i], utf8::Prefix(value.is_string() ? value.get<std::string>() : value.dump(), 400));
  }
  return cells;
}

Cells CellsOfObject(const json& row) {
  std::vector<std::string> names;
  json values = json::array();
  for (const auto& [name, value] : row.items()) {
    names.push_back(name);
    values.push_back(value);
  }
  return CellsOfRow(names, values);
}

std::string Line(const json& value) {
  return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

/// Without what a name at the end adds: `.csv.gz` is no format of a server.
Result<std::string> FormatOf(const ExportWish& wish) {
  std::string format = wish.format;
  if (format.empty() && wish.output.empty()) format = "jsonl";
  if (format.empty()) {
    const size_t dot = wish.output.rfind('.');
    format = dot == std::string::npos ? "" : wish.output.substr(dot + 1);
  }
  constexpr std::array kFormats = {"jsonl", "csv", "parquet"};
  if (std::find(kFormats.begin(), kFormats.end(), format) != kFormats.end()) return format;
  return Fail(Code::kUnsupported, "a server writes no such files", format, wish.output,
              "jsonl, csv or parquet, by the file's name or --format");
}

}  // namespace

Result<int> ListDatasets(const Server& server, Context& context) {
  const auto say = [&](const Text& text) { return std::string(context.Say(text)); };
  Table table({say({"dataset", "数据集"}), say({"rows", "行"}), say({"size", "大小"}),
               say({"changed (UTC)", "更新 (UTC)"}), say({"organisation", "机构"}),
               say({"title", "标题"})});
  table.Right(1).Right(2);
  return Reading(server, [&]() -> Result<int> {
    for (int64_t offset = 0;;) {
      SIKU_TRY(const auto page, server.Ask("GET", "/datasets",
                                           {{"sort", "modified"},
                                            {"offset", std::to_string(offset)},
                                            {"limit", std::to_string(kPage)}}));
      for (const json& one : page.at("datasets")) {
        const auto version = one.at("version").get<int64_t>();
        const int64_t rows = NumberIn(one, "rows");
        const int64_t bytes = NumberIn(one, "bytes");
        table.Add({TextIn(one, "name") + (version > 0 ? fmt::format("@{}", version) : ""),
                   rows < 0 ? "" : CountText(rows),
                   bytes < 0 ? "" : SizeText(bytes, context.language()),
                   DayAndTime(TextIn(one, "modified")), TextIn(one.at("organisation"), "name"),
                   TextIn(one, "title")});
      }
      const auto found = static_cast<int64_t>(page.at("datasets").size());
      offset += found;
      if (found < kPage) break;
    }
    if (!table.empty()) {
      context.Print(table.Print(static_cast<size_t>(context.columns()), context.paint().on()));
    }
    return 0;
  });
}

Result<int> ShowDataset(const Server& server, const std::string& name, Context& context) {
  const VersionName wanted = SplitVersion(name);
  SIKU_TRY(const auto dataset, server.Dataset(wanted.dataset));
  return Reading(server, [&]() -> Result<int> {
    const auto line = [&](const std::string& text) {
      context.Line("  " + Fit(text, kLongestLine));
    };
    const auto ordinal = server.Ordinal(dataset, wanted);
    const bool draft = !ordinal.has_value() && wanted.version.empty();
    if (!ordinal.has_value() && !draft) return tl::make_unexpected(ordinal.error());
    context.Line(context.paint().Bold(
        Fit(TextIn(dataset, "name") + (draft ? "" : fmt::format("@{}", *ordinal)), kLongestLine)));
    line(TextIn(dataset, "title"));
    line(TextIn(dataset.at("organisation"), "title") + ", " + TextIn(dataset, "class") + ", " +
         TextIn(dataset, "state"));
    if (const auto summary = TextIn(dataset, "summary"); !summary.empty()) line(summary);
    if (const auto licence = TextIn(dataset, "licence"); !licence.empty()) line(licence);
    if (draft) return 0;
    std::vector<VersionLine> lines;
    for (const json& one : dataset.at("versions")) {
      const std::string state = TextIn(one, "state");
      lines.push_back(
          {one.at("ordinal").get<int64_t>(), TextIn(one, "content"),
           DayAndTime(TextIn(one, "created")), NumberIn(one, "rows"),
           state == "published" ? TextIn(one, "source") : state + ": " + TextIn(one, "reason")});
      if (lines.back().ordinal != *ordinal) continue;
      const int64_t bytes = NumberIn(one, "bytes");
      if (!lines.back().content.empty()) {
        line(std::string(context.Say({"content  ", "内容  "})) + lines.back().content);
      }
      if (lines.back().rows >= 0) {
        line(Count(context, lines.back().rows, "row", "rows", "行") +
             (bytes < 0 ? "" : ", " + SizeText(bytes, context.language())));
      }
      const json files = one.value("files", json::array());
      for (const json& file : files) {
        const int64_t size = NumberIn(file, "bytes");
        line(TextIn(file, "name") + (size < 0 ? "" : ", " + SizeText(size, context.language())) +
             "  " + TextIn(file, "title"));
      }
      std::vector<std::pair<std::string, std::string>> columns;
      for (const json& column : one.at("schema")) {
        columns.emplace_back(TextIn(column, "name"), TextIn(column, "type"));
      }
      if (!columns.empty()) PrintColumns(columns, context);
    }
    // Of a withdrawn version and where rows are kept back there is none to be told.
    const auto lineage = server.Ask("GET", server.Path(wanted.dataset, *ordinal) + "/lineage");
    if (lineage.has_value()) PrintLineage(lineage->at("lineage"), context);
    PrintVersions(lines, context);
    return 0;
  });
}

Result<int> PrintHeadOf(const Server& server, const std::string& name, int64_t rows,
                        const std::string& format, Context& context) {
  const VersionName wanted = SplitVersion(name);
  SIKU_TRY(const auto dataset, server.Dataset(wanted.dataset));
  SIKU_TRY(const int64_t ordinal, server.Ordinal(dataset, wanted));
  return Reading(server, [&]() -> Result<int> {
    std::vector<std::string> columns;
    std::vector<Cells> cells;
    for (int64_t offset = 0; offset < rows || offset == 0;) {
      const int64_t limit = std::min(rows - offset, kPage);
      SIKU_TRY(const auto page,
               server.Ask("GET", server.Path(wanted.dataset, ordinal) + "/rows",
                          {{"offset", std::to_string(offset)},
                           {"limit", std::to_string(std::max<int64_t>(limit, 1))}}));
      columns.clear();
      for (const json& column : page.at("columns")) columns.push_back(TextIn(column, "name"));
      for (const json& row : page.at("rows")) {
        if (offset == rows) break;
        ++offset;
        if (format != "jsonl") {
          cells.push_back(CellsOfRow(columns, row));
          continue;
        }
        nlohmann::ordered_json object = nlohmann::ordered_json::object();
        for (size_t i = 0; i < columns.size(); ++i) object[columns[i]] = row.at(i);
        context.Line(object.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace));
      }
      if (offset >= page.at("total").get<int64_t>() || page.at("rows").empty()) break;
      if (rows == 0) break;
    }
    if (format != "jsonl") PrintRows(cells, columns, context);
    return 0;
  });
}

Result<int> ExportDataset(const Server& server, const std::string& name, const ExportWish& wish,
                          Context& context) {
  SIKU_TRY(const auto format, FormatOf(wish));
  if (wish.keys) {
    return Fail(Code::kUnsupported, "a server does not give the hidden key columns", {}, "--keys");
  }
  if (format == "parquet" && wish.output.empty() && context.terminal()) {
    return Fail(Code::kInvalid, "a terminal does not show Parquet", {}, {},
                "give a file by -o FILE");
  }
  const VersionName wanted = SplitVersion(name);
  SIKU_TRY(const auto dataset, server.Dataset(wanted.dataset));
  SIKU_TRY(const int64_t ordinal, server.Ordinal(dataset, wanted));
  const std::string path = server.Path(wanted.dataset, ordinal) + "/download";
  if (wish.output.empty()) {
    SIKU_TRY(const auto bytes,
             Download(server, path, {{"format", format}}, [&](std::string_view piece) {
               context.Print(piece);
               return Result<void>();
             }));
    (void)bytes;
    return 0;
  }
  SIKU_TRY(const int64_t bytes, Download(server, path, {{"format", format}}, wish.output, context));
  context.Note(fmt::format("{}: {}@{}, {}", wish.output, wanted.dataset, ordinal,
                           SizeText(bytes, context.language())));
  return 0;
}

Result<int> DiffDatasets(const Server& server, const std::string& before, const std::string& after,
                         int64_t rows, Context& context) {
  const VersionName first = SplitVersion(before);
  const VersionName second = after.empty() ? first : SplitVersion(after);
  if (first.dataset != second.dataset) {
    return Fail(Code::kUnsupported, "a server compares versions of one dataset", second.dataset,
                before);
  }
  SIKU_TRY(const auto dataset, server.Dataset(first.dataset));
  SIKU_TRY(int64_t old_version, server.Ordinal(dataset, first));
  SIKU_TRY(const int64_t new_version, server.Ordinal(dataset, second));
  return Reading(server, [&]() -> Result<int> {
    if (after.empty()) {
      int64_t earlier = 0;
      for (const json& one : dataset.at("versions")) {
        const auto ordinal = one.at("ordinal").get<int64_t>();
        if (ordinal < new_version && TextIn(one, "state") == "published") {
          earlier = std::max(earlier, ordinal);
        }
      }
      if (earlier == 0) {
        return Fail(Code::kNotFound, "there is no version before this one", before);
      }
      old_version = earlier;
    }
    constexpr int64_t kMostSamples = 200;
    SIKU_TRY(const auto told,
             server.Ask("GET", server.Path(first.dataset) + "/differences",
                        {{"before", std::to_string(old_version)},
                         {"after", std::to_string(new_version)},
                         {"limit", std::to_string(std::min(rows, kMostSamples))}}));
    const json& columns = told.at("columns");
    const auto column = [&](const char* sign, const json& one, const std::string& type) {
      context.Line(Fit(fmt::format("{} {}  {}", sign, TextIn(one, "name"), type), kLongestLine));
    };
    for (const json& one : columns.at("removed")) column("-", one, TextIn(one, "type"));
    for (const json& one : columns.at("added")) column("+", one, TextIn(one, "type"));
    for (const json& one : columns.at("changed")) {
      column("~", one, TextIn(one, "before") + " → " + TextIn(one, "after"));
    }
    const json& counts = told.at("rows");
    if (counts.is_null()) {
      context.Line(context.Say(
          {"their columns differ; rows are not compared", "两个版本的列不同，未比较行"}));
      return 0;
    }
    for (const json& sample : counts.at("samples")) {
      const auto kind = TextIn(sample, "kind");
      if (kind == "added") {
        PrintAdded(Line(sample.at("after")), context);
      } else if (kind == "removed") {
        PrintRemoved(Line(sample.at("before")), context);
      } else {
        PrintChanged(CellsOfObject(sample.at("before")), CellsOfObject(sample.at("after")),
                     context);
      }
    }
    const auto version = [&](int64_t ordinal) {
      return fmt::format("{}@{}", first.dataset, ordinal);
    };
    PrintCounts(version(old_version), version(new_version),
                {counts.at("added").get<int64_t>(), counts.at("removed").get<int64_t>(),
                 counts.at("changed").get<int64_t>(), counts.at("same").get<int64_t>()},
                context);
    return 0;
  });
}

Result<void> MakeSureOf(const Server& server, const json& dataset) {
  const auto name = dataset.at("name").get<std::string>();
  const auto organisation = dataset.at("organisation").get<std::string>();
  const auto known = server.Dataset(name);
  return Reading(server, [&]() -> Result<void> {
    if (known.has_value()) {
      const auto owner = TextIn(known->at("organisation"), "name");
      if (owner == organisation || organisation.empty()) return {};
      return Fail(Code::kConflict, "the dataset is another organisation's", owner, name);
    }
    if (known.error().code != Code::kNotFound) return tl::make_unexpected(known.error());
    json wanted = dataset;
    if (organisation.empty()) wanted["organisation"] = "default";
    const auto owner = wanted.at("organisation").get<std::string>();
    SIKU_TRY(const auto listed, server.Ask("GET", "/organisations"));
    const json& all = listed.at("organisations");
    const bool there = std::any_of(all.begin(), all.end(),
                                   [&](const json& one) { return TextIn(one, "name") == owner; });
    if (!there) {
      SIKU_TRY(server.Ask("POST", "/organisations", {}, {{"name", owner}, {"title", owner}}));
    }
    SIKU_TRY(server.Ask("POST", "/datasets", {}, wanted));
    return {};
  });
}

}  // namespace siku::cli
