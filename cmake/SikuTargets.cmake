# What the project is made of: core areas, modules, programs, tests, fuzzers, benchmarks.
#
#   siku_core_area(<area> SOURCES ... [LINK ...])            library siku_<area>
#   siku_module(<name> SOURCES ... [LINK ...])               library siku_<name>
#   siku_program(<name> SOURCES ... [LINK ...])              executable in bin/
#   siku_test(<name> SOURCES ... [LINK ...] [LABELS ...] [TIMEOUT seconds])
#   siku_fuzzer(<name> SOURCES ... [LINK ...] [CORPUS folder])   only in the fuzz preset
#   siku_bench(<name> SOURCES ... [LINK ...])                    only in the bench preset

# Adds every folder below `parent` that has a CMakeLists.txt, in the order of their names.
function(siku_add_subfolders parent)
  file(GLOB lists CONFIGURE_DEPENDS "${parent}/*/CMakeLists.txt")
  list(SORT lists)
  foreach(list ${lists})
    get_filename_component(folder "${list}" DIRECTORY)
    add_subdirectory("${folder}")
  endforeach()
endfunction()

# The part of the project a folder belongs to: "core", "refine", "cli": budgets are counted by it.
function(siku_part_of folder result)
  file(RELATIVE_PATH path "${CMAKE_SOURCE_DIR}" "${folder}")
  if(path MATCHES "^(modules|apps)/([^/]+)")
    set(${result} "${CMAKE_MATCH_2}" PARENT_SCOPE)
  else()
    string(REGEX REPLACE "/.*" "" path "${path}")
    set(${result} "${path}" PARENT_SCOPE)
  endif()
endfunction()

# One object per public header that includes nothing but it: a header must compile alone.
function(siku_check_headers target include_folder)
  if(SIKU_PRECOMPILE)
    return()
  endif()
  file(GLOB_RECURSE headers CONFIGURE_DEPENDS RELATIVE "${include_folder}" "${include_folder}/*.h")
  set(sources)
  foreach(header ${headers})
    string(MAKE_C_IDENTIFIER "${header}" stem)
    set(source "${CMAKE_CURRENT_BINARY_DIR}/headers/${stem}.cc")
    file(CONFIGURE OUTPUT "${source}" CONTENT "#include \"@header@\"\n" @ONLY)
    list(APPEND sources "${source}")
  endforeach()
  if(sources)
    add_library(${target}_headers OBJECT ${sources})
    target_link_libraries(${target}_headers PRIVATE ${target} siku_warnings)
  endif()
endfunction()

function(siku_core_area area)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;LINK")
  set(target siku_${area})
  add_library(${target} STATIC ${arg_SOURCES})
  target_include_directories(${target} PUBLIC "${CMAKE_SOURCE_DIR}/core/include"
    PRIVATE "${CMAKE_SOURCE_DIR}/core/src" "${CMAKE_SOURCE_DIR}/core/src/base")
  target_link_libraries(${target} PUBLIC tl::expected Arrow::arrow ${arg_LINK}
    PRIVATE siku_warnings)
  siku_precompile(${target} libraries)
  set_property(GLOBAL APPEND PROPERTY SIKU_CORE_AREAS ${target})
endfunction()

function(siku_module name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;LINK")
  set(target siku_${name})
  add_library(${target} STATIC ${arg_SOURCES})
  target_include_directories(${target} PUBLIC "${CMAKE_CURRENT_SOURCE_DIR}/include"
    PRIVATE "${CMAKE_CURRENT_SOURCE_DIR}" "${CMAKE_SOURCE_DIR}/core/src/base")
  target_link_libraries(${target} PUBLIC siku_core ${arg_LINK} PRIVATE siku_warnings)
  siku_precompile(${target} libraries)
  set_property(GLOBAL APPEND PROPERTY SIKU_MODULES ${target})
  siku_check_headers(${target} "${CMAKE_CURRENT_SOURCE_DIR}/include")
endfunction()

# A module links core and nothing else of ours; what it needs of another is a port in core.
function(siku_check_module_links)
  get_property(modules GLOBAL PROPERTY SIKU_MODULES)
  foreach(module ${modules})
    get_target_property(linked ${module} LINK_LIBRARIES)
    foreach(other ${modules})
      if(NOT other STREQUAL module AND (other IN_LIST linked))
        message(FATAL_ERROR "${module} may not link ${other}: "
          "a module links core only; declare a port in core and join the two in apps/")
      endif()
    endforeach()
  endforeach()
endfunction()

function(siku_program name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;LINK")
  add_executable(${name} ${arg_SOURCES})
  target_include_directories(${name} PRIVATE "${CMAKE_CURRENT_SOURCE_DIR}")
  target_link_libraries(${name} PRIVATE ${arg_LINK} siku_warnings)
  siku_precompile(${name} programs)
endfunction()

function(siku_test name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "TIMEOUT" "SOURCES;LINK;LABELS")
  if(NOT SIKU_TESTS OR SIKU_FUZZ)
    return()
  endif()
  add_executable(${name} ${arg_SOURCES})
  target_include_directories(${name} PRIVATE "${CMAKE_CURRENT_SOURCE_DIR}"
    "${CMAKE_SOURCE_DIR}/core/src" "${CMAKE_SOURCE_DIR}/core/src/base")
  target_link_libraries(${name} PRIVATE ${arg_LINK} GTest::gmock GTest::gtest_main siku_warnings)
  siku_precompile(${name} programs)
  add_test(NAME ${name} COMMAND ${name})
  siku_part_of("${CMAKE_CURRENT_SOURCE_DIR}" part)
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 120)
  endif()
  set_tests_properties(${name} PROPERTIES LABELS "${part};${arg_LABELS}" TIMEOUT ${arg_TIMEOUT}
    ENVIRONMENT "SIKU_SOURCE_DIR=${CMAKE_SOURCE_DIR};SIKU_BUILD_DIR=${CMAKE_BINARY_DIR}")
endfunction()

function(siku_fuzzer name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "CORPUS" "SOURCES;LINK")
  if(NOT SIKU_FUZZ)
    return()
  endif()
  if(NOT TARGET fuzzers)
    add_custom_target(fuzzers)
  endif()
  add_executable(${name} ${arg_SOURCES})
  target_include_directories(${name} PRIVATE "${CMAKE_CURRENT_SOURCE_DIR}"
    "${CMAKE_SOURCE_DIR}/core/src" "${CMAKE_SOURCE_DIR}/core/src/base")
  target_link_libraries(${name} PRIVATE ${arg_LINK} siku_warnings)
  target_link_options(${name} PRIVATE -fsanitize=fuzzer)
  set_target_properties(${name} PROPERTIES
    RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/fuzzers")
  if(arg_CORPUS)
    get_filename_component(corpus "${arg_CORPUS}" ABSOLUTE)
    file(MAKE_DIRECTORY "${CMAKE_BINARY_DIR}/fuzzers")
    file(CREATE_LINK "${corpus}" "${CMAKE_BINARY_DIR}/fuzzers/${name}.corpus" SYMBOLIC)
  endif()
  add_dependencies(fuzzers ${name})
endfunction()

function(siku_bench name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;LINK")
  if(NOT SIKU_BENCH)
    return()
  endif()
  add_executable(${name} ${arg_SOURCES})
  target_include_directories(${name} PRIVATE "${CMAKE_CURRENT_SOURCE_DIR}"
    "${CMAKE_SOURCE_DIR}/core/src" "${CMAKE_SOURCE_DIR}/core/src/base")
  target_link_libraries(${name} PRIVATE ${arg_LINK} siku_warnings)
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/bench")
  if(NOT TARGET benchmarks)
    add_custom_target(benchmarks)
  endif()
  add_dependencies(benchmarks ${name})
endfunction()
