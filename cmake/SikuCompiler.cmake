# Compiler, linker and cache settings that hold for every target.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)  # the static libraries go into the Python extension too
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/bin")

# Arrow's libraries export copies of re2, abseil, simdjson and OpenSSL: ours must not meet them.
set(CMAKE_CXX_VISIBILITY_PRESET hidden)
set(CMAKE_VISIBILITY_INLINES_HIDDEN ON)
add_link_options("LINKER:--as-needed")

# Same bits everywhere: a compiler may not fuse multiplication and addition.
add_compile_options(-ffp-contract=off)

if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "" FORCE)
endif()
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -DNDEBUG")
set(CMAKE_CXX_FLAGS_RELWITHDEBINFO "-O2 -g1")
set(CMAKE_CXX_FLAGS_DEBUG "-O0 -g1")

if(SIKU_SANITIZE)
  add_compile_options(-fsanitize=${SIKU_SANITIZE} -fno-sanitize-recover=all
    -fno-omit-frame-pointer -g1)
  add_link_options(-fsanitize=${SIKU_SANITIZE})
endif()
if(SIKU_FUZZ)
  if(NOT CMAKE_CXX_COMPILER_ID MATCHES "Clang")
    message(FATAL_ERROR "fuzzers need clang: configure with the preset asan")
  endif()
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()

# Our own targets link this one; libraries of others are system headers and stay quiet.
add_library(siku_warnings INTERFACE)
target_compile_options(siku_warnings INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion
  $<$<BOOL:${SIKU_WERROR}>:-Werror>
  # GCC 12 sees overlaps in its own std::string (PR 105651).
  $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>)

find_program(SIKU_MOLD mold)  # a compiler for another processor does not look there
if(SIKU_MOLD AND NOT SIKU_FUZZ AND NOT CMAKE_CROSSCOMPILING)
  add_link_options(-fuse-ld=mold)
endif()

find_program(SIKU_CCACHE ccache)
if(SIKU_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER "${SIKU_CCACHE}")
  if(NOT DEFINED ENV{CCACHE_DIR})
    # Beside the build trees, so that a fresh clone leaves nothing in the home folder.
    set(CMAKE_CXX_COMPILER_LAUNCHER "${CMAKE_COMMAND}" -E env
      "CCACHE_DIR=${CMAKE_SOURCE_DIR}/build/ccache" "CCACHE_MAXSIZE=3G" "${SIKU_CCACHE}")
  endif()
  if(SIKU_PRECOMPILE)  # what ccache asks for to know objects that read precompiled headers
    list(PREPEND CMAKE_CXX_COMPILER_LAUNCHER "${CMAKE_COMMAND}" -E env
      "CCACHE_SLOPPINESS=pch_defines,time_macros")
    add_compile_options($<$<CXX_COMPILER_ID:GNU>:-fpch-preprocess>)
  endif()
endif()
