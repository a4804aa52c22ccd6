# Arrow's headers are most of what a compiler reads for a file of ours. Trees that only test
# (sanitizers, fuzzers) read them once, precompiled; the release tree does without, so that a file
# that lacks an include is found there.
#
#   siku_precompile(<target> libraries|programs)
function(siku_precompile target kind)
  if(SIKU_PRECOMPILE)
    target_precompile_headers(${target} REUSE_FROM siku_precompiled_${kind})
  endif()
endfunction()

if(SIKU_PRECOMPILE)
  set(headers <map> <set> <string> <vector> <arrow/api.h> <nlohmann/json.hpp>)
  file(CONFIGURE OUTPUT "${CMAKE_BINARY_DIR}/precompiled.cc" CONTENT "int main() {}\n")
  add_library(siku_precompiled_libraries OBJECT "${CMAKE_BINARY_DIR}/precompiled.cc")
  # Programs are compiled as such (-fPIE), and most of them are tests.
  add_executable(siku_precompiled_programs "${CMAKE_BINARY_DIR}/precompiled.cc")
  if(SIKU_TESTS)
    target_link_libraries(siku_precompiled_programs PRIVATE GTest::gmock)
    target_precompile_headers(siku_precompiled_programs PRIVATE <gmock/gmock.h> <gtest/gtest.h>)
  endif()
  foreach(kind libraries programs)
    target_link_libraries(siku_precompiled_${kind} PRIVATE Arrow::arrow
      nlohmann_json::nlohmann_json siku_warnings)
    target_precompile_headers(siku_precompiled_${kind} PRIVATE ${headers})
  endforeach()
endif()
