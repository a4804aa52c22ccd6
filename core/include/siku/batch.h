// The batch, its hidden columns, and the row key that travels in them.
#pragma once

#include <arrow/type_fwd.h>

#include <compare>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace siku {

/// Rows in memory. Text columns are `large_string`.
using Batch = std::shared_ptr<arrow::RecordBatch>;
using Schema = std::shared_ptr<arrow::Schema>;

/// Names of the hidden columns, owned by the engine; operators never see them. User columns may not
/// begin with `_siku_`.
inline constexpr std::string_view kHiddenPrefix = "_siku_";
inline constexpr std::string_view kSourceColumn = "_siku_source";      // int32, never null
inline constexpr std::string_view kPositionColumn = "_siku_position";  // int64, never null
inline constexpr std::string_view kChildColumn = "_siku_child";        // binary, never null
/// What re-serialising the row would lose (docs/format.md); large_binary, null where nothing.
inline constexpr std::string_view kResidueColumn = "_siku_residue";

/// Identity and order of a row through a whole run: (source ordinal, position, child).
struct RowKey {
  /// Ordinal of the source in the run's sorted source list.
  int32_t source = 0;
  /// Byte offset in the decompressed stream for line formats and text files; row index for
  /// columnar.
  int64_t position = 0;
  /// Empty for a row as read. Each operator that makes several rows of one appends four bytes, the
  /// big-endian ordinal of the row among its siblings, so byte order is reading order and the
  /// parent's key is a prefix.
  std::string child{};

  friend bool operator==(const RowKey&, const RowKey&) = default;
  friend std::strong_ordering operator<=>(const RowKey& a, const RowKey& b) {
    if (auto c = a.source <=> b.source; c != 0) return c;
    if (auto c = a.position <=> b.position; c != 0) return c;
    return std::string_view(a.child).compare(b.child) <=> 0;  // char_traits compares as unsigned
  }
};

/// `3:4096` or `3:4096/0/12`: how a key is shown to people.
std::string ToString(const RowKey& key);

}  // namespace siku
