#include "engine_runner.h"

#include <arrow/api.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <set>
#include <stdexcept>

#include "run/exchange.h"
#include "run/global.h"
#include "run/rows.h"
#include "run/step.h"
#include "siku/ledger.h"
#include "siku/operator.h"
#include "siku/plugins.h"
#include "siku/recipe.h"
#include "siku/refine/operators.h"

namespace siku::conformance {
namespace {

constexpr const char* kNarrowLibrary = SIKU_NARROW_LIBRARY;

// The examples of operators of one's own (docs/own-operators.md).
std::vector<std::pair<std::string, std::string>> Plugins() {
  const char* root = std::getenv("SIKU_SOURCE_DIR");
  const std::string source = root == nullptr ? "." : root;
  return {{"ops.py", source + "/examples/own-operator-python"}, {kNarrowLibrary, ""}};
}

const OperatorSet& TheOperators() {
  static const auto* const set = [] {
    auto* made = new OperatorSet();
    made->Add(refine::Operators());
    for (const auto& [name, folder] : Plugins()) {
      const auto own = LoadPlugin(name, folder);
      if (!own.has_value()) throw std::runtime_error(Describe(own.error()));
      made->Add(*own);
    }
    return made;
  }();
  return *set;
}

std::shared_ptr<arrow::DataType> TypeOf(const Case& given, const std::string& column) {
  const auto found = given.columns.find(column);
  if (found == given.columns.end() || found->second == "text") return arrow::large_utf8();
  if (found->second == "int") return arrow::int64();
  if (found->second == "real") return arrow::float64();
  if (found->second == "bool") return arrow::boolean();
  throw std::runtime_error("unknown type: " + found->second);
}

double RealOf(const std::string& scalar) {
  if (scalar == ".nan") return std::nan("");
  if (scalar == "-.inf") return -HUGE_VAL;
  return scalar == ".inf" ? HUGE_VAL : std::stod(scalar);
}

std::shared_ptr<arrow::Array> ColumnOf(const Case& given, const std::string& name) {
  const auto type = TypeOf(given, name);
  auto builder = arrow::MakeBuilder(type).ValueOrDie();
  for (const Row& row : given.rows) {
    const auto cell = row.find(name);
    arrow::Status status;
    if (cell == row.end() || !cell->second) {
      status = builder->AppendNull();
    } else if (type->id() == arrow::Type::LARGE_STRING) {
      status = static_cast<arrow::LargeStringBuilder&>(*builder).Append(*cell->second);
    } else if (type->id() == arrow::Type::INT64) {
      status = static_cast<arrow::Int64Builder&>(*builder).Append(std::stoll(*cell->second));
    } else if (type->id() == arrow::Type::DOUBLE) {
      status = static_cast<arrow::DoubleBuilder&>(*builder).Append(RealOf(*cell->second));
    } else {
      status = static_cast<arrow::BooleanBuilder&>(*builder).Append(*cell->second == "true");
    }
    if (!status.ok()) throw std::runtime_error(status.ToString());
  }
  return builder->Finish().ValueOrDie();
}

// Row i has the key (0, i).
Batch InputOf(const Case& given) {
  arrow::Int32Builder source;
  arrow::Int64Builder position;
  arrow::BinaryBuilder child;
  arrow::LargeBinaryBuilder residue;
  for (size_t i = 0; i < given.rows.size(); ++i) {
    const bool ok = source.Append(0).ok() && position.Append(static_cast<int64_t>(i)).ok() &&
                    child.Append("").ok() && residue.AppendNull().ok();
    if (!ok) throw std::runtime_error("out of memory");
  }
  arrow::FieldVector fields;
  arrow::ArrayVector columns = {*source.Finish(), *position.Finish(), *child.Finish(),
                                *residue.Finish()};
  for (const std::string& name : given.order) {
    fields.push_back(arrow::field(name, TypeOf(given, name)));
    columns.push_back(ColumnOf(given, name));
  }
  return arrow::RecordBatch::Make(run::WithHidden(arrow::schema(fields)),
                                  static_cast<int64_t>(given.rows.size()), columns);
}

// A recipe types and completes the parameters, as for every user.
Result<RecipeStep> StepOf(const Case& given) {
  SIKU_TRY(const Operator* op, TheOperators().Find(given.op));
  std::string yaml = "inputs: {rows: {path: rows.jsonl}}\nsteps:\n  step: {use: " + given.op +
                     ", from: rows, with: " + (given.with.empty() ? "{}" : given.with) +
                     "}\noutputs:\n";
  for (const std::string& port : op->record().outputs) {
    yaml += "  made-" + port + ": step." + port + "\n";
  }
  SIKU_TRY(auto recipe, ParseRecipe(yaml, "case.yaml", TheOperators()));
  return recipe.steps.front();
}

class Collector {
 public:
  Collector(const Case& given, const Record& record, int text_column)
      : given_(given), record_(record), text_column_(text_column) {
    for (const auto& port : record.outputs) outcome_.outputs[port];
    outcome_.first_output = record.outputs.front();
  }

  void Add(const run::StepOutput& output) {
    for (size_t port = 0; port < output.ports.size(); ++port) {
      AddRows(outcome_.outputs[record_.outputs[port]], run::UserColumns(output.ports[port]));
    }
    for (const auto& reject : output.ledger.rejects) {
      ExpectedReject found{
          .row = reject.key.position, .reason = reject.reason, .into = std::nullopt};
      if (reject.partner) found.into = reject.partner->position;
      outcome_.rejects.push_back(std::move(found));
    }
    for (const auto& [key, flag] : output.ledger.flags) AddFlag(key, flag);
    for (const auto& edit : output.ledger.edits) {
      const std::vector<StoredEdit> edits = DecodeDelta(edit.delta).value();
      for (const StoredEdit& stored : edits) {
        rules_.insert(record_.rules[stored.rule].name);
      }
    }
  }

  Outcome Take() {
    std::sort(outcome_.rejects.begin(), outcome_.rejects.end());
    std::sort(outcome_.flags.begin(), outcome_.flags.end());
    outcome_.rules.assign(rules_.begin(), rules_.end());
    return std::move(outcome_);
  }

 private:
  void AddFlag(const RowKey& key, const Flag& flag) {
    const std::string& column = given_.order[static_cast<size_t>(text_column_)];
    const std::string& text = *given_.rows[static_cast<size_t>(key.position)].at(column);
    outcome_.flags.push_back({.row = key.position,
                              .kind = record_.flags[flag.kind].name,
                              .at = text.substr(static_cast<size_t>(flag.begin),
                                                static_cast<size_t>(flag.end - flag.begin))});
  }

  static Cell CellAt(const arrow::Array& array, int64_t row) {
    if (array.IsNull(row)) return std::nullopt;
    const auto scalar = array.GetScalar(row).ValueOrDie();
    if (array.type_id() == arrow::Type::LARGE_STRING) {
      return std::string(static_cast<const arrow::LargeStringArray&>(array).GetView(row));
    }
    return scalar->ToString();
  }

  static void AddRows(std::vector<Row>& rows, const Batch& batch) {
    for (int64_t row = 0; row < batch->num_rows(); ++row) {
      Row cells;
      for (int column = 0; column < batch->num_columns(); ++column) {
        cells[batch->column_name(column)] = CellAt(*batch->column(column), row);
      }
      rows.push_back(std::move(cells));
    }
  }

  const Case& given_;
  const Record& record_;
  int text_column_;
  Outcome outcome_;
  std::set<std::string> rules_;
};

// What the exchange would hand to one partition that holds everything.
Result<std::vector<run::RowVerdict>> Judge(const KeyedBound& bound, const Record& record,
                                           const Batch& input) {
  SIKU_TRY(const auto sketch, bound.Sketch(run::UserColumns(input)));
  auto fields = run::WithHidden(sketch->schema());
  arrow::ArrayVector columns;
  for (int i = 0; i < run::kHiddenColumns; ++i) columns.push_back(input->column(i));
  for (const auto& column : sketch->columns()) columns.push_back(column);
  SIKU_TRY(const auto verdicts,
           bound.Reduce(arrow::RecordBatch::Make(fields, input->num_rows(), columns)));
  const run::Keys keys(input);
  std::vector<run::RowVerdict> named;
  for (const auto& verdict : verdicts) {
    run::RowVerdict row{.key = keys.key(static_cast<int32_t>(verdict.row)),
                        .reason = record.reasons[verdict.reason].name,
                        .partner = std::nullopt};
    if (verdict.partner >= 0) row.partner = keys.key(static_cast<int32_t>(verdict.partner));
    named.push_back(std::move(row));
  }
  return named;
}

struct Resolved {
  std::vector<run::RowVerdict> verdicts;
  Batch side;  // null: the operator has one port
};

// Rounds in so many parts; 0: none, as the embedded engine does it.
Result<void> DoRounds(const GlobalBound& bound, int parts, const std::string& folder,
                      run::GlobalTask& task) {
  const int rounds = parts == 0 ? 0 : static_cast<int>(bound.rounds().size());
  for (int round = 0; round < rounds; ++round) {
    std::vector<std::string> files;
    for (int part = 0; part < parts; ++part) {
      files.push_back(folder + "/" + std::to_string(round) + "-" + std::to_string(part));
      SIKU_TRY(run::DoGlobalPart(task, round, part, parts, files.back()));
    }
    task.left.push_back(std::move(files));
  }
  return {};
}

// As little may show in the result as how rows are cut.
int PartsOf(int64_t rows_per_batch) { return rows_per_batch == 1 ? 3 : 0; }

// The same for a step that looks at all rows, through the files that the engine would write.
Result<Resolved> Resolve(const GlobalBound& bound, const Record& record, const Batch& input,
                         int parts) {
  const std::string folder =
      std::filesystem::temp_directory_path().string() + "/siku-case-" + std::to_string(::getpid());
  std::filesystem::create_directories(folder);
  SIKU_TRY(const auto file, run::SketchFile::Create(folder + "/sketch", 1));
  SIKU_TRY(const auto sketch, bound.Sketch(run::UserColumns(input)));
  SIKU_TRY(file->Add(input, sketch));
  SIKU_TRY(file->Close());
  run::GlobalTask task{.bound = &bound,
                       .record = &record,
                       .sketches = {folder + "/sketch"},
                       .spill_folder = folder + "/spill",
                       .memory = int64_t{64} << 20,
                       .verdicts = folder + "/verdicts",
                       .side = bound.outputs().size() > 1 ? folder + "/side" : ""};
  SIKU_TRY(DoRounds(bound, parts, folder, task));
  SIKU_TRY(run::ResolveGlobal(task));
  Resolved resolved;
  SIKU_TRY(resolved.verdicts, run::ReadVerdicts({task.verdicts}, 0));
  if (!task.side.empty()) {
    SIKU_TRY(resolved.side, run::ReadSide(task.side, 0));
  }
  std::filesystem::remove_all(folder);
  return resolved;
}

}  // namespace

Result<Outcome> RunCase(const Case& given, int64_t rows_per_batch) {
  SIKU_TRY(const RecipeStep step, StepOf(given));
  const Record& record = step.op->record();
  const Batch input = InputOf(given);
  const Schema user = run::UserColumns(input)->schema();
  SIKU_TRY(const auto bound, step.op->Bind(user, step.parameters));
  const auto* keyed = dynamic_cast<const KeyedBound*>(bound.get());
  std::vector<run::RowVerdict> verdicts;
  Batch side;
  if (keyed != nullptr) {
    SIKU_TRY(verdicts, Judge(*keyed, record, input));
  }
  const auto* global = dynamic_cast<const GlobalBound*>(bound.get());
  if (global != nullptr) {
    SIKU_TRY(auto resolved, Resolve(*global, record, input, PartsOf(rows_per_batch)));
    verdicts = std::move(resolved.verdicts);
    side = std::move(resolved.side);
  }
  Collector collector(given, record, user->GetFieldIndex(bound->column()));
  StepCounts counts;
  size_t next = 0;
  for (int64_t at = 0; at < input->num_rows(); at += rows_per_batch) {
    const Batch batch = input->Slice(at, rows_per_batch);
    if (keyed != nullptr || global != nullptr) {
      SIKU_TRY(auto output,
               run::ApplyVerdicts(step.name, record, *bound, batch, verdicts, next, counts));
      if (side != nullptr) {
        output.ports.push_back(side);
        side = side->Slice(side->num_rows());  // told once
      }
      collector.Add(output);
    } else {
      SIKU_TRY(const auto output,
               run::ApplyRowStep(step.name, record, dynamic_cast<const RowBound&>(*bound), batch,
                                 nullptr, counts));
      collector.Add(output);
    }
  }
  if (!counts.Balances()) return Fail(Code::kUnbalanced, "the fates of the rows do not balance");
  return collector.Take();
}

}  // namespace siku::conformance
