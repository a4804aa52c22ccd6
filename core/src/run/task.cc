#include "task.h"

#include <arrow/api.h>

#include <filesystem>
#include <memory>

#include "../base/arrow_internal.h"
#include "../base/durable.h"
#include "../objects/mirror.h"
#include "exchange.h"
#include "global.h"
#include "record_digests.h"
#include "run_file.h"
#include "siku/columns.h"
#include "siku/digest.h"
#include "siku/reader.h"
#include "text_bytes.h"

namespace siku::run {
namespace {

namespace fs = std::filesystem;

SpoolFormat FormatOf(const Plan& plan, PortId port) {
  return plan.IsMapped(port) ? SpoolFormat::kMapped : SpoolFormat::kIpc;
}

Batch EmptyBatch(const Schema& user) {
  auto made = arrow::RecordBatch::MakeEmpty(WithHidden(user));
  return made.ok() ? *made : nullptr;
}

void CountTruths(const Batch& side, StepCounts& counts) {
  for (int i = 0; i < side->num_columns(); ++i) {
    if (side->column(i)->type_id() != arrow::Type::BOOL) continue;
    const auto& truths = static_cast<const arrow::BooleanArray&>(*side->column(i));
    const int64_t true_rows = truths.true_count();
    if (true_rows > 0) counts.reported[side->column_name(i)] += true_rows;
  }
}

// Everything one attempt at one task has open.
class Attempt {
 public:
  Attempt(const RunState& state, int stage, int split)
      : state_(state),
        plan_(*state.plan),
        stage_(stage),
        split_(split),
        prefix_(AttemptPrefix(stage, split)),
        ledger_(state.folder + "/ledger", prefix_, state.key, state.sealed),
        text_columns_(TextColumns(plan_)) {}

  Result<void> Run() {
    SIKU_TRY(Open());
    if (stage_ == 0) {
      SIKU_TRY(ReadSource());
    } else {
      SIKU_TRY(ReadSpools());
    }
    return Finish();
  }

 private:
  struct OutputSink {
    const PlannedOutput* output;
    std::unique_ptr<DataFileWriter> writer;
    std::unique_ptr<DigestFile> digests;
  };

  std::string Part(const std::string& name) const {
    return state_.folder + "/parts/" + prefix_ + "." + name;
  }

  RunKey KeyOf(const std::string& name) const {
    return state_.sealed.contains(name) ? state_.key : nullptr;
  }

  Result<void> Open() {
    if (stage_ == 0) {
      SIKU_TRY(record_digests_, DigestFile::Create(Part("records.digests"), KeyOf("")));
    }
    for (const PortId port : plan_.Spooled(stage_)) {
      const std::string path = Part(plan_.PortName(port) + ".arrow");
      SIKU_TRY(auto spool, Spool::Create(path, WithHidden(plan_.schema(port)),
                                         FormatOf(plan_, port), KeyOf(plan_.PortName(port))));
      spools_[port] = std::move(spool);
      result_.spools[plan_.PortName(port)] = fs::path(path).filename().string();
    }
    for (const int node : plan_.Sketches(stage_)) {
      const Node& step = plan_.nodes()[static_cast<size_t>(node)];
      SIKU_TRY(sketches_[node], SketchFile::Create(Part(step.name + ".sketch"),
                                                   ReduceTasks(state_, step), KeyOf(step.name)));
    }
    for (const PlannedOutput& output : plan_.outputs()) {
      if (plan_.nodes()[static_cast<size_t>(output.port.node)].stage != stage_) continue;
      SIKU_TRY(auto writer, state_.store->NewDataFile(WithHidden(plan_.schema(output.port))));
      SIKU_TRY(auto digests, DigestFile::Create(Part(output.dataset + ".digests")));
      outputs_.push_back({&output, std::move(writer), std::move(digests)});
    }
    for (const int node : plan_.Steps(stage_)) {
      const Node& step = plan_.nodes()[static_cast<size_t>(node)];
      if (!step.exchanges()) continue;
      std::vector<std::string> files;
      for (int partition = 0; partition < ReduceTasks(state_, step); ++partition) {
        files.push_back(ReduceMarker(state_, node, partition));
      }
      SIKU_TRY(verdicts_[node], ReadVerdicts(files, split_));
      next_verdict_[node] = 0;
      if (step.ports.size() < 2) continue;
      SIKU_TRY(sides_[node], ReadSide(SideFileOf(state_, node), split_));
    }
    return {};
  }

  Result<void> ReadSource() {
    SIKU_TRY(auto reader,
             BatchReader::Open(*state_.sources, state_.splits[static_cast<size_t>(split_)],
                               *state_.schemas, state_.reading));
    int64_t bytes = 0;
    for (int64_t rows = 0; state_.limit < 0 || rows < state_.limit;) {
      SIKU_TRY(auto read, reader->Next());
      if (read.rows == nullptr && read.bad.empty()) break;
      if (read.rows != nullptr && state_.limit >= 0) {
        read.rows = read.rows->Slice(0, std::min(read.rows->num_rows(), state_.limit - rows));
      }
      SIKU_TRY(auto digests, DigestRead(read));
      SIKU_TRY(RecordRead(read, digests.records));
      SIKU_TRY(RecordLedger(read));
      if (read.rows != nullptr && read.rows->num_rows() > 0) {
        rows += read.rows->num_rows();
        state_.meter->rows += read.rows->num_rows();
        SIKU_TRY(ProcessRead(read, std::move(digests.rows)));
      }
      state_.meter->bytes += reader->bytes_done() - bytes;
      bytes = reader->bytes_done();
    }
    // What changed while it was read may have been read half before and half after.
    for (const SplitPart& part : state_.splits[static_cast<size_t>(split_)]) {
      SIKU_TRY(CheckUnchanged((*state_.sources)[static_cast<size_t>(part.source)]));
    }
    return {};
  }

  Result<void> ProcessRead(const Read& read, std::vector<Digest> digests) {
    std::map<PortId, Batch> values;
    for (int input = 0; input < plan_.inputs(); ++input) {
      values[{input, 0}] = input == read.input ? read.rows : EmptyBatch(plan_.schema({input, 0}));
    }
    PortDigests known;
    known.Set({read.input, 0}, std::move(digests));
    return Process(std::move(values), std::move(known));
  }

  Result<void> RecordRead(const Read& read, const std::vector<Digest>& records) {
    const int source = read.bad.empty()
                           ? static_cast<const arrow::Int32Array&>(*read.rows->column(0)).Value(0)
                           : read.bad.front().source;
    auto& counts = result_.records;
    if (counts.empty() || counts.back().first != source) counts.emplace_back(source, 0);
    counts.back().second += static_cast<int64_t>(records.size());
    const int64_t rows = read.rows == nullptr ? 0 : read.rows->num_rows();
    if (rows > 0) result_.rows[plan_.nodes()[static_cast<size_t>(read.input)].name] += rows;
    for (const BadRow& bad : read.bad) ++result_.bad[bad.reason];
    for (const ReadFlag& flag : read.flags) ++result_.read_flags[flag.kind];
    return record_digests_->Add(records);
  }

  Result<void> ReadSpools() {
    std::map<PortId, std::unique_ptr<SpoolReader>> readers;
    for (const PortId port : plan_.Loaded(stage_)) {
      const int from = plan_.nodes()[static_cast<size_t>(port.node)].stage;
      SIKU_TRY(auto task, LoadTask(state_.folder, from, split_));
      const std::string path = state_.folder + "/parts/" + task.spools.at(plan_.PortName(port));
      SIKU_TRY(readers[port], SpoolReader::Open(path, FormatOf(plan_, port), state_.key));
    }
    // Every spool of a split has one batch per batch read, so they stay in step.
    for (;;) {
      std::map<PortId, Batch> values;
      for (auto& [port, reader] : readers) {
        SIKU_TRY(auto batch, reader->Next());
        if (batch == nullptr) return {};
        values[port] = std::move(batch);
      }
      if (values.empty()) return {};
      SIKU_TRY(Process(std::move(values), {}));
    }
  }

  Result<Batch> Gather(const Node& node, const std::map<PortId, Batch>& values) const {
    std::vector<Batch> batches;
    for (size_t branch = 0; branch < node.from.size(); ++branch) {
      Batch batch = values.at(node.from[branch]);
      if (node.branches) {
        SIKU_TRY(batch, AppendBranch(batch, static_cast<uint32_t>(branch)));
      }
      batches.push_back(std::move(batch));
    }
    return MergeByKey(batches);
  }

  Result<void> Process(std::map<PortId, Batch> values, PortDigests digests) {
    if (state_.stop != nullptr && state_.stop->load(std::memory_order_relaxed)) {
      return Fail(Code::kInterrupted, "the run was asked to stop");
    }
    std::map<int, Batch> measured;  // by the first of the steps that are measured together
    for (const int index : plan_.Steps(stage_)) {
      const Node& node = plan_.nodes()[static_cast<size_t>(index)];
      SIKU_TRY(auto input, Gather(node, values));
      StepCounts& counts = result_.steps[node.name];
      StepOutput output;
      if (node.exchanges()) {
        SIKU_TRY(output, ApplyVerdicts(node.name, node.op->record(), *node.bound, input,
                                       verdicts_[index], next_verdict_[index], counts));
      } else {
        SIKU_TRY(output, Apply(node, input, measured, counts));
      }
      CountBytes(text_columns_, input, output, counts);
      SIKU_TRY(ledger_.Add(node.name, node.op->record(), output.ledger));
      if (node.op->record().traits.conceals) {
        SIKU_TRY(TakeResidues(node.name, output));
      } else {
        SIKU_TRY(digests.Carry(node, index, input, output));
      }
      if (node.global() != nullptr && node.ports.size() > 1) {
        SIKU_TRY(output.ports.emplace_back(), TakeSide(index, input));
        counts.out.resize(2);
        counts.out[1] += output.ports[1]->num_rows();
        CountTruths(output.ports[1], counts);
      }
      for (size_t port = 0; port < output.ports.size(); ++port) {
        values[{index, static_cast<int>(port)}] = std::move(output.ports[port]);
      }
    }
    for (auto& [index, file] : sketches_) {
      const Node& node = plan_.nodes()[static_cast<size_t>(index)];
      SIKU_TRY(auto input, Gather(node, values));
      if (input->num_rows() == 0) continue;
      const Batch user = UserColumns(input);
      SIKU_TRY(auto sketch,
               node.keyed() != nullptr ? node.keyed()->Sketch(user) : node.global()->Sketch(user));
      const bool share = node.global() != nullptr && node.from.size() == 1 && !node.branches;
      SIKU_TRY(file->Add(input, sketch, share));
    }
    for (auto& [port, spool] : spools_) SIKU_TRY(spool->Write(values.at(port)));
    SIKU_TRY(CountSpill());
    for (const PortId port : plan_.discards()) {
      const auto found = values.find(port);
      if (plan_.nodes()[static_cast<size_t>(port.node)].stage != stage_ ||
          found->second->num_rows() == 0) {
        continue;
      }
      SIKU_TRY(ledger_.AddTable(kDiscardsTable, plan_.PortName(port), found->second));
    }
    for (OutputSink& sink : outputs_) {
      const Batch& rows = values.at(sink.output->port);
      if (rows->num_rows() == 0) continue;
      SIKU_TRY(const auto hashed, digests.Of(sink.output->port, rows));
      SIKU_TRY(sink.digests->Add(hashed));
      SIKU_TRY(sink.writer->Append(rows));
    }
    return {};
  }

  Result<StepOutput> Apply(const Node& node, const Batch& input, std::map<int, Batch>& measured,
                           StepCounts& counts) {
    std::optional<Decided> decided;
    if (const auto* own = state_.decisions->Of(node.name)) {
      decided.emplace(Decided{*own, result_.decisions});
    }
    Batch numbers;
    if (node.measured() != nullptr) {
      Batch& shared = measured[node.measured_by];
      if (node.measurement != nullptr) {
        SIKU_TRY(shared, node.measurement->Measure(input->GetColumnByName(node.bound->column())));
      }
      numbers = shared;
      SIKU_TRY(auto rows, StatisticRows(input, numbers, node.measured()->statistics()));
      if (rows->num_rows() > 0) SIKU_TRY(ledger_.AddTable(kStatsTable, node.name, rows));
    }
    auto applied = ApplyRowStep(node.name, node.op->record(), *node.row(), input, state_.stop,
                                counts, decided, numbers);
    if (!applied.has_value()) return tl::unexpected(Failure(node.name, std::move(applied.error())));
    StepOutput output = *std::move(applied);
    SIKU_TRY(NoteFailures(node.name, output.ledger, counts));
    if (numbers != nullptr) {
      SIKU_TRY(measured[node.measured_by], SelectRows(numbers, output.parents.front()));
    }
    return output;
  }

  // An operator that failed on each of so many rows is not tried on the others.
  Result<void> NoteFailures(const std::string& step, const StepLedger& ledger,
                            const StepCounts& counts) {
    if (!counts.reasons.contains(kFailedReason)) return {};
    constexpr int64_t kEnough = 100;
    const std::string said = FirstFailure(ledger);
    if (said.empty()) return {};
    // Where the run masks, no more than the place in brackets: the rest may spell a text.
    const size_t place = said.find("): ");
    const std::string shown =
        state_.key == nullptr ? said : said.substr(0, place == std::string::npos ? 0 : place + 1);
    result_.failures.try_emplace(step, shown);
    if (counts.in < kEnough) return {};
    return CheckFailures(step, counts, result_.failures.at(step));
  }

  // What an operator failed by, with its step. An exception may spell what a run conceals.
  Error Failure(const std::string& step, Error error) const {
    if (error.code == Code::kInterrupted) return error;
    if (state_.key != nullptr && std::string_view(error.message).find("{}") == std::string::npos &&
        !error.value.empty()) {
      error.value.clear();
      error.hint = "the run masks texts, and what the operator said may hold some: it is not shown";
    }
    const std::string named = "step " + step;
    if (!error.place.starts_with(named)) {
      error.place = named + (error.place.empty() ? "" : ", " + error.place);
    }
    return error;
  }

  // The side rows about the rows at hand; both are in key order.
  Result<Batch> TakeSide(int node, const Batch& input) {
    Batch& side = sides_[node];
    int64_t count = 0;
    if (input->num_rows() > 0) {
      const RowKey last = Keys(input).key(static_cast<int32_t>(input->num_rows() - 1));
      const Keys keys(side);
      while (count < side->num_rows() && keys.key(static_cast<int32_t>(count)) <= last) ++count;
    }
    Batch taken = side->Slice(0, count);
    side = side->Slice(count);
    return taken;
  }

  // A residue may spell what was concealed: it goes to the sealed ledger, and off the row.
  Result<void> TakeResidues(const std::string& step, StepOutput& output) {
    for (Batch& rows : output.ports) {
      SIKU_TRY(const auto residues, ResiduesOf(rows));
      if (residues->num_rows() > 0) SIKU_TRY(ledger_.AddTable(kResiduesTable, step, residues));
      SIKU_TRY(rows, WithoutResidues(rows));
    }
    return {};
  }

  Result<void> RecordLedger(const Read& read) {
    if (!read.bad.empty()) {
      SIKU_TRY(auto rows, BadRowBatch(read.bad));
      SIKU_TRY(ledger_.AddTable(kRejectsTable, "", rows));
    }
    if (!read.flags.empty()) {
      SIKU_TRY(auto rows, ReadFlagBatch(read.flags));
      SIKU_TRY(ledger_.AddTable(kFlagsTable, "", rows));
    }
    return {};
  }

  // Intermediates count while they grow, so that one long task cannot overrun the limit.
  Result<void> CountSpill() {
    int64_t bytes = 0;
    for (const auto& [port, spool] : spools_) bytes += spool->bytes();
    const int64_t before = result_.spilled;
    result_.spilled = bytes;
    const int64_t all = state_.meter->spilled += bytes - before;
    if (state_.spill_limit < 0 || all <= state_.spill_limit) return {};
    return Fail(Code::kLimit, "the intermediates of the run are larger than they may be",
                std::to_string(state_.spill_limit), {}, "raise --spill-limit and resume the run");
  }

  Result<void> Finish() {
    for (auto& [port, spool] : spools_) SIKU_TRY(spool->Close());
    for (auto& [index, file] : sketches_) {
      const std::string& name = plan_.nodes()[static_cast<size_t>(index)].name;
      SIKU_TRY(const int64_t bytes, file->Close());
      if (bytes > 0) result_.sketches[name] = prefix_ + "." + name + ".sketch";
      result_.spilled += bytes;
      state_.meter->spilled += bytes;
    }
    for (OutputSink& sink : outputs_) {
      TaskResult::Output& out = result_.outputs[sink.output->dataset];
      SIKU_TRY(const DataFile file, sink.writer->Finish());
      out.rows = file.rows;
      SIKU_TRY(sink.digests->Close());
      if (file.rows == 0) continue;
      out.files.push_back(file);
      out.digests = prefix_ + "." + sink.output->dataset + ".digests";
    }
    if (stage_ == 0) {
      result_.record_digests = prefix_ + ".records.digests";
      SIKU_TRY(record_digests_->Close());
    }
    SIKU_TRY(result_.ledger, ledger_.Close());
    return PublishTask(state_.folder, stage_, split_, result_);
  }

  const RunState& state_;
  const Plan& plan_;
  int stage_;
  int split_;
  std::string prefix_;
  TaskLedger ledger_;
  std::vector<std::string> text_columns_;
  TaskResult result_{};
  std::map<PortId, std::unique_ptr<Spool>> spools_{};
  std::map<int, std::unique_ptr<SketchFile>> sketches_{};
  std::map<int, std::vector<RowVerdict>> verdicts_{};
  std::map<int, size_t> next_verdict_{};
  std::map<int, Batch> sides_{};
  std::vector<OutputSink> outputs_{};
  std::unique_ptr<DigestFile> record_digests_{};
};

}  // namespace

Result<void> RunTask(const RunState& state, int stage, int split) {
  return Attempt(state, stage, split).Run();
}

}  // namespace siku::run
