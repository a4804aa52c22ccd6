// The words of exec and posix_spawn.
#pragma once

#include <string>
#include <vector>

namespace siku {

/// Pointers to the words, and null behind them; good as long as the words are.
inline std::vector<char*> WordPointers(std::vector<std::string>& words) {
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  return pointers;
}

}  // namespace siku
