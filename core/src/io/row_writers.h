// The writers behind RowWriter, and the columns they write.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "output_file.h"
#include "siku/residue.h"
#include "siku/writer.h"

namespace siku::io {

/// A column that is not hidden.
struct UserColumn {
  int index = 0;
  bool json = false;  // its text is JSON
  std::string name{};
  std::string key{};  // the name as JSON, with the colon

  /// Its value as JSON; `spelling` is kCanonical, kAscii or kVerbatim.
  void AppendValue(const arrow::Array& values, int64_t row, Spelling spelling,
                   std::string& out) const;
  /// `"name":value`.
  void AppendMember(const arrow::Array& values, int64_t row, std::string& out) const;
};

class UserColumns {
 public:
  explicit UserColumns(const arrow::Schema& schema);
  auto begin() const { return columns_.begin(); }
  auto end() const { return columns_.end(); }
  size_t size() const { return columns_.size(); }
  const UserColumn& operator[](size_t i) const { return columns_[i]; }
  /// The place of a column by name, tried first at `guess`; size() where there is none.
  size_t Find(std::string_view name, size_t guess) const;

 private:
  std::vector<UserColumn> columns_{};
};

bool IsText(const arrow::DataType& type);
/// The value of a text column of any layout.
std::string_view TextAt(const arrow::Array& values, int64_t row);

void AppendText(const arrow::Array& values, int64_t row, std::string& out);

/// kUnsupported, or kNotFound where the format needs a column that is not there.
Result<void> CheckWritable(const Schema& schema, const WriteOptions& options);

/// kInternal: the rows have other columns than the writer was opened for.
Result<void> CheckColumns(const arrow::Schema& expected, const arrow::Schema& rows);

Result<std::unique_ptr<RowWriter>> MakeJsonWriter(std::unique_ptr<OutputFile> output,
                                                  const Schema& schema);
/// `for_spreadsheets`: as WriteOptions.
Result<std::unique_ptr<RowWriter>> MakeCsvWriter(std::unique_ptr<OutputFile> output,
                                                 const Schema& schema, bool for_spreadsheets);
/// `blank_between`: an empty line between rows.
Result<std::unique_ptr<RowWriter>> MakeTextWriter(std::unique_ptr<OutputFile> output,
                                                  const Schema& schema, bool blank_between);
Result<std::unique_ptr<RowWriter>> MakeColumnarWriter(std::unique_ptr<OutputFile> output,
                                                      const Schema& schema,
                                                      const WriteOptions& options);

}  // namespace siku::io
