#include "operators/filter/splitters.h"

namespace siku::refine {

Result<const statistics::WordSplitter*> FindSplitter(const std::string& name) {
  if (name == statistics::SpaceSplitter().name()) return &statistics::SpaceSplitter();
  return Fail(Code::kUnsupported, "no such way to split words", name);
}

std::vector<std::string> SplitterNames() { return {"space"}; }

}  // namespace siku::refine
