// What comes nearest to an operator of Data-Juicer that is not here.
#pragma once

#include <string>
#include <string_view>

namespace siku::refine::data_juicer {

struct NearestOperator {
  std::string name;         // of theirs that we have, or an operator of ours
  const char* reason = "";  // why theirs is not here, as far as its name tells
};
/// Of one that is among Lackings: as stated there. Of others: by what the words of its name say it
/// works on and does, else by its letters.
NearestOperator NearestTo(std::string_view theirs);

}  // namespace siku::refine::data_juicer
