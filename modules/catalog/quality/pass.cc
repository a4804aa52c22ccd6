#include "quality/pass.h"

#include <arrow/api.h>

#include <algorithm>

namespace siku::catalog {
namespace {

constexpr int64_t kBlock = 4096;  // rows whose hashes fit the processor's cache
// Codes with their names; more than this is no list of codes.
constexpr int64_t kMostPairs = 1'000'000;

bool HasForms(size_t kind) {
  return kind == static_cast<size_t>(ValueKind::kIdentity) ||
         kind == static_cast<size_t>(ValueKind::kDate) ||
         kind == static_cast<size_t>(ValueKind::kTimestamp);
}

size_t At(int column) { return static_cast<size_t>(column); }

void AddShare(Share& to, const Share& more) {
  to.part += more.part;
  to.whole += more.whole;
}

template <class T, class Add>
void AddAll(std::vector<T>& to, const std::vector<T>& more, const Add& add) {
  for (size_t i = 0; i < to.size(); ++i) add(to[i], more[i]);
}

}  // namespace

void ColumnCounts::Add(const Look& look, int64_t times) {
  if (!look.filled) return;
  filled += times;
  clean += look.clean ? times : 0;
  for (size_t kind = 0; look.shapes >> kind != 0; ++kind) {
    if ((look.shapes >> kind & 1U) == 0) continue;
    shapes[kind] += times;
    valid[kind] += (look.valid >> kind & 1U) != 0 ? times : 0;
    if (look.form != 0 && HasForms(kind)) forms[kind][look.form] += times;
  }
}

void ColumnCounts::Add(const ColumnCounts& other) {
  filled += other.filled;
  clean += other.clean;
  for (size_t kind = 0; kind < kValueKinds; ++kind) {
    shapes[kind] += other.shapes[kind];
    valid[kind] += other.valid[kind];
    for (size_t form = 0; form < kForms; ++form) forms[kind][form] += other.forms[kind][form];
  }
}

/// Rows [begin, begin + count) of the batch; hashes by column where rules ask for them.
struct Pass::Block {
  int64_t begin = 0;
  int64_t count = 0;
  std::vector<std::vector<CellHash>> hashes{};
  std::vector<std::vector<char>> filled{};
};

Pass::Pass(PassPlan plan, size_t columns)
    : plan_(std::move(plan)),
      cells_(columns),
      wanted_(columns, 0),
      required_(columns, plan_.required.empty() ? 1 : 0),
      keys_(plan_.keys.size()),
      determines_(plan_.determines.size()),
      pairs_(plan_.determines.size(), 0) {
  for (const int column : plan_.required) required_[At(column)] = 1;
  for (const auto& key : plan_.keys) {
    for (const int column : key) wanted_[At(column)] = 1;
  }
  for (const auto* pairs : {&plan_.equal, &plan_.determines}) {
    for (const auto& [first, second] : *pairs) wanted_[At(first)] = wanted_[At(second)] = 1;
  }
  for (const auto& one : plan_.values) wanted_[At(one.first)] = 1;
  counts_.columns.resize(columns);
  counts_.equal.resize(plan_.equal.size());
  counts_.ordered.resize(plan_.ordered.size());
  counts_.values.resize(plan_.values.size());
}

void Pass::See(const Batch& batch) {
  for (size_t i = 0; i < cells_.size(); ++i) cells_[i].Load(batch->column(static_cast<int>(i)));
  for (int64_t begin = 0; begin < batch->num_rows(); begin += kBlock) {
    SeeBlock(begin, std::min(kBlock, batch->num_rows() - begin));
  }
}

void Pass::SeeBlock(int64_t begin, int64_t count) {
  Block block{.begin = begin, .count = count};
  block.hashes.resize(cells_.size());
  block.filled.resize(cells_.size());
  SeeColumns(block);
  SeeRules(block);
  SeeMeasures(block);
  counts_.rows += count;
}

void Pass::SeeColumns(Block& block) {
  const auto count = static_cast<size_t>(block.count);
  std::vector<Look> looks(count);
  std::vector<CellHash> hashes(count);
  std::vector<CellHash> rows(count);
  std::vector<char> complete(count, 1);
  for (size_t column = 0; column < cells_.size(); ++column) {
    cells_[column].Looks(block.begin, block.count, looks.data());
    cells_[column].Hashes(block.begin, block.count, hashes.data());
    ColumnCounts& counts = counts_.columns[column];
    for (size_t i = 0; i < count; ++i) {
      rows[i].Add(hashes[i]);
      counts.Add(looks[i], 1);
    }
    if (required_[column] != 0) {
      for (size_t i = 0; i < count; ++i) {
        if (!looks[i].filled) complete[i] = 0;
      }
    }
    if (wanted_[column] == 0) continue;
    block.hashes[column] = hashes;
    block.filled[column].resize(count);
    for (size_t i = 0; i < count; ++i) block.filled[column][i] = looks[i].filled ? 1 : 0;
  }
  for (size_t i = 0; i < count; ++i) {
    counts_.complete += complete[i];
    rows_.Add(rows[i]);
  }
}

void Pass::SeeRules(const Block& block) {
  const auto count = static_cast<size_t>(block.count);
  for (size_t key = 0; key < plan_.keys.size(); ++key) {
    for (size_t i = 0; i < count; ++i) {
      CellHash hash;
      bool whole = true;
      for (const int column : plan_.keys[key]) {
        hash.Add(block.hashes[At(column)][i]);
        whole &= block.filled[At(column)][i] != 0;
      }
      if (whole) keys_[key].Add(hash);
    }
  }
  for (size_t pair = 0; pair < plan_.equal.size(); ++pair) {
    const auto [first, second] = plan_.equal[pair];
    const std::vector<char>& first_filled = block.filled[At(first)];
    const std::vector<char>& second_filled = block.filled[At(second)];
    for (size_t i = 0; i < count; ++i) {
      const bool none = first_filled[i] == 0 && second_filled[i] == 0;
      const bool same = block.hashes[At(first)][i] == block.hashes[At(second)][i];
      counts_.equal[pair].part += none || same ? 1 : 0;
    }
    counts_.equal[pair].whole += block.count;
  }
  for (size_t pair = 0; pair < plan_.determines.size(); ++pair) {
    const auto [code, name] = plan_.determines[pair];
    for (size_t i = 0; i < count && pairs_[pair] <= kMostPairs; ++i) {
      if (block.filled[At(code)][i] == 0 || block.filled[At(name)][i] == 0) continue;
      int64_t& times =
          determines_[pair][block.hashes[At(code)][i].low].counts[block.hashes[At(name)][i].low];
      pairs_[pair] += times++ == 0 ? 1 : 0;
    }
  }
}

void Pass::SeeMeasures(const Block& block) {
  for (size_t pair = 0; pair < plan_.ordered.size(); ++pair) {
    const auto [first, second] = plan_.ordered[pair];
    for (int64_t row = block.begin; row < block.begin + block.count; ++row) {
      const auto low = cells_[At(first)].Measure(row);
      const auto high = cells_[At(second)].Measure(row);
      if (!low || !high) continue;
      ++counts_.ordered[pair].whole;
      counts_.ordered[pair].part += *low <= *high ? 1 : 0;
    }
  }
  for (size_t i = 0; i < plan_.values.size(); ++i) {
    const auto& [column, known] = plan_.values[i];
    for (int64_t row = 0; row < block.count; ++row) {
      if (block.filled[At(column)][static_cast<size_t>(row)] == 0) continue;
      ++counts_.values[i].whole;
      const std::string text(cells_[At(column)].Text(block.begin + row));
      counts_.values[i].part += known.contains(text) ? 1 : 0;
    }
  }
  if (!plan_.period) return;
  for (int64_t row = block.begin; row < block.begin + block.count; ++row) {
    const auto time = cells_[At(plan_.period_column)].Measure(row);
    if (!time) continue;
    ++counts_.period.whole;
    const bool inside = *time >= plan_.period->first && *time < plan_.period->second;
    counts_.period.part += inside ? 1 : 0;
  }
}

void Pass::Merge(Pass&& other) {
  counts_.rows += other.counts_.rows;
  counts_.complete += other.counts_.complete;
  AddAll(counts_.columns, other.counts_.columns,
         [](ColumnCounts& to, const ColumnCounts& more) { to.Add(more); });
  AddAll(counts_.equal, other.counts_.equal, AddShare);
  AddAll(counts_.ordered, other.counts_.ordered, AddShare);
  AddAll(counts_.values, other.counts_.values, AddShare);
  AddShare(counts_.period, other.counts_.period);
  rows_.Merge(std::move(other.rows_));
  for (size_t i = 0; i < keys_.size(); ++i) keys_[i].Merge(std::move(other.keys_[i]));
  for (size_t i = 0; i < determines_.size(); ++i) {
    if (other.pairs_[i] > kMostPairs) pairs_[i] = other.pairs_[i];
    for (const auto& [code, names] : other.determines_[i]) {
      for (const auto& [name, times] : names.counts) {
        int64_t& mine = determines_[i][code].counts[name];
        pairs_[i] += mine == 0 ? 1 : 0;
        mine += times;
      }
    }
  }
}

PassCounts Pass::Counts() {
  counts_.different_rows = rows_.Count();
  for (DistinctHashes& key : keys_) counts_.keys.push_back(key.Count());
  for (size_t i = 0; i < determines_.size(); ++i) {
    if (pairs_[i] > kMostPairs) {
      counts_.determines.emplace_back(std::nullopt);
      continue;
    }
    Share share;
    for (const auto& [code, names] : determines_[i]) {
      int64_t most = 0;
      for (const auto& [name, times] : names.counts) {
        share.whole += times;
        most = std::max(most, times);
      }
      share.part += most;
    }
    counts_.determines.emplace_back(share);
  }
  return std::move(counts_);
}

Result<PassCounts> CountBatches(const NextBatch& next, size_t columns, const PassPlan& plan) {
  Pass pass(plan, columns);
  for (;;) {
    SIKU_TRY(const auto batch, next());
    if (batch == nullptr) return pass.Counts();
    pass.See(batch);
  }
}

}  // namespace siku::catalog
