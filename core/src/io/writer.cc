#include "siku/writer.h"

#include <arrow/api.h>

#include "json_value.h"
#include "output_file.h"
#include "row_writers.h"

namespace siku {

Result<std::unique_ptr<RowWriter>> RowWriter::Open(const std::string& path, const Schema& schema,
                                                   const WriteOptions& options) {
  const bool columnar = options.format == Format::kParquet || options.format == Format::kArrow;
  if (columnar && options.compression != Compression::kNone) {
    return Fail(Code::kInvalid, "this format has its own compression",
                std::string(FormatName(options.format)), path);
  }
  SIKU_TRY(io::CheckWritable(schema, options));
  SIKU_TRY(auto output, io::OutputFile::Open(path, options.compression));
  if (columnar) return io::MakeColumnarWriter(std::move(output), schema, options);
  if (options.format == Format::kJsonl) return io::MakeJsonWriter(std::move(output), schema);
  if (options.format == Format::kCsv) {
    return io::MakeCsvWriter(std::move(output), schema, options.for_spreadsheets);
  }
  return io::MakeTextWriter(std::move(output), schema, options.format == Format::kText);
}

Result<std::string> RowJson(const Batch& rows, int64_t row) {
  const io::UserColumns columns(*rows->schema());
  for (const io::UserColumn& column : columns) {
    const auto& field = *rows->schema()->field(column.index);
    if (!io::HasJsonForm(*field.type())) {
      return Fail(Code::kUnsupported, "a column of this type has no form in this format",
                  field.ToString());
    }
  }
  std::string line = "{";
  for (const io::UserColumn& column : columns) {
    if (rows->column(column.index)->IsNull(row)) continue;
    if (line.size() > 1) line.push_back(',');
    column.AppendMember(*rows->column(column.index), row, line);
  }
  return line.append("}");
}

}  // namespace siku
