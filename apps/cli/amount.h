// Sizes, counts and times as people write and read them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "context.h"
#include "siku/result.h"

namespace siku::cli {

/// "2GiB", "500MB", "64k" (KiB) or plain bytes. `place` names the option in errors.
Result<int64_t> ParseSize(std::string_view text, const std::string& place);
/// "90s", "30m", "24h", "7d" or plain seconds.
Result<int64_t> ParseSeconds(std::string_view text, const std::string& place);
Result<int64_t> ParseInteger(std::string_view text, int64_t least, int64_t most,
                             const std::string& place);
Result<double> ParseReal(std::string_view text, double least, double most,
                         const std::string& place);

/// `1.5 GiB`, `12 bytes`.
std::string SizeText(int64_t bytes, Language language = Language::kEnglish);
/// `1,234,567`.
std::string CountText(int64_t count);
/// `3 rows`, `1 row`; the noun after the number in Chinese too.
std::string Count(const Context& context, int64_t count, const char* one, const char* many,
                  const char* chinese);
/// `0.42 s`, `3 min 20 s`, `1 h 5 min`.
std::string DurationText(double seconds, Language language = Language::kEnglish);
/// UTC, `2024-05-01 12:00:00`.
std::string TimeText(int64_t milliseconds);

}  // namespace siku::cli
