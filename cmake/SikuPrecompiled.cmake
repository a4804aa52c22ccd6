# Arrow's headers are most of what a compiler reads for a file of ours. Trees that only test
# (sanitizers, fuzzers) read them once, precompiled, and compile a library's files some at a time,
# which is nearly twice as fast. The release tree does without, so that a file that lacks an include
# is found there.
#
#   siku_precompile(<target> libraries|programs)
function(siku_precompile target kind)
  if(NOT SIKU_PRECOMPILE)
    return()
  endif()
  target_precompile_headers(${target} REUSE_FROM siku_precompiled_${kind})
  if(kind STREQUAL libraries)
    set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 5)
    foreach(file ${SIKU_APART})
      set_source_files_properties("${CMAKE_SOURCE_DIR}/${file}"
        PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
    endforeach()
  endif()
endfunction()

# Each by itself: a name of its own is one of another file's, too ("redefinition of …").
set(SIKU_APART
  core/src/io/source.cc
  core/src/ledger/parts.cc
  core/src/plugin/library_operator.cc
  core/src/run/verify.cc
  core/src/text/encoding.cc
  modules/refine/duplicates/frequent.cc
  modules/refine/identifiers/folded.cc
  modules/refine/mappers/latex.cc
  modules/refine/operators/duplicates/lines.cc
  modules/refine/operators/filter/field_filters.cc
  modules/refine/operators/filter/general_field.cc
  modules/refine/operators/filter/interval_filter.cc
  modules/refine/operators/filter/preset_filter.cc
  modules/refine/operators/text/match_words.cc
  modules/refine/operators/text/measure.cc
  modules/refine/operators/text/repair.cc
  modules/refine/repair/residue/entities.cc
  modules/refine/repair/residue/invisible.cc
  modules/refine/repair/residue/private_use.cc
  modules/refine/script/script_tables.cc
  modules/refine/statistics/sentences.cc)

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
