# The libraries of others; docs/dependencies.md says why each is here.
find_package(Threads REQUIRED)
find_package(Arrow REQUIRED COMPONENTS parquet compute s3)
find_package(OpenSSL REQUIRED)
find_package(tl-expected CONFIG REQUIRED)
find_package(fmt CONFIG REQUIRED)
find_package(yaml-cpp CONFIG REQUIRED)
find_package(nlohmann_json CONFIG REQUIRED)
find_package(RapidJSON CONFIG REQUIRED)
find_package(SQLite3 REQUIRED)
find_path(PostgreSQL_INCLUDE_DIRS libpq-fe.h PATH_SUFFIXES postgresql REQUIRED)
find_package(CLI11 CONFIG REQUIRED)
find_path(CURL_INCLUDE_DIR curl/curl.h REQUIRED)
# Debian's libsodium has no configuration for CMake.
find_path(SODIUM_INCLUDE_DIR sodium.h REQUIRED)
find_library(SODIUM_LIBRARY sodium REQUIRED)
add_library(Sodium::sodium UNKNOWN IMPORTED)
set_target_properties(Sodium::sodium PROPERTIES IMPORTED_LOCATION "${SODIUM_LIBRARY}"
  INTERFACE_INCLUDE_DIRECTORIES "${SODIUM_INCLUDE_DIR}")
find_package(Boost 1.81 REQUIRED)
message(STATUS "Arrow ${Arrow_VERSION} (${Arrow_SOURCE}): ${Arrow_LIBRARY_DIR}")

# Arrow's wheel exports its own OpenSSL. The loader takes the first library that has a symbol, so
# ours must stand before it on every link line; this dependency makes CMake order them so.
set_property(TARGET OpenSSL::Crypto APPEND PROPERTY INTERFACE_LINK_LIBRARIES
  Arrow::arrow Arrow::parquet Arrow::compute Arrow::s3)

# Debian's RapidJSON has no imported target.
if(NOT TARGET RapidJSON::RapidJSON)
  add_library(RapidJSON::RapidJSON INTERFACE IMPORTED)
  set_target_properties(RapidJSON::RapidJSON PROPERTIES
    INTERFACE_INCLUDE_DIRECTORIES "${RapidJSON_INCLUDE_DIRS}")
endif()
# Debian's PCRE2 has no configuration for CMake.
find_path(PCRE2_INCLUDE_DIR pcre2.h REQUIRED)
find_library(PCRE2_LIBRARY pcre2-8 REQUIRED)
add_library(PCRE2::8BIT UNKNOWN IMPORTED)
set_target_properties(PCRE2::8BIT PROPERTIES IMPORTED_LOCATION "${PCRE2_LIBRARY}"
  INTERFACE_INCLUDE_DIRECTORIES "${PCRE2_INCLUDE_DIR}")
# yaml-cpp before 0.8 has a target without namespace.
if(NOT TARGET yaml-cpp::yaml-cpp)
  add_library(yaml-cpp::yaml-cpp ALIAS yaml-cpp)
endif()

find_package(GTest CONFIG)
# Debian packs gmock apart: a machine may have the one without the other.
set(SIKU_HAS_GMOCK OFF)
if(TARGET GTest::gmock)
  set(SIKU_HAS_GMOCK ON)
endif()
option(SIKU_TESTS "Build the tests" ${SIKU_HAS_GMOCK})
if(SIKU_TESTS AND NOT SIKU_HAS_GMOCK)
  message(FATAL_ERROR "the tests need googletest (Debian: libgtest-dev libgmock-dev)")
endif()
