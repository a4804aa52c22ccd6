# Arrow C++: an installed one (ArrowConfig.cmake) if there is, else the one inside the pyarrow
# wheel, which has headers and libarrow*.so.<so version> but no CMake files.
#
# Input:   SIKU_ARROW_SOURCE  auto, system or wheel (cache)
#          SIKU_PYTHON        the Python whose pyarrow is asked
#          SIKU_PYARROW       folder of a pyarrow to take instead: another processor's (cache)
# Result:  targets Arrow::arrow and, where found, Arrow::parquet, Arrow::compute, Arrow::acero,
#          Arrow::dataset, Arrow::s3; Arrow_VERSION, Arrow_SOURCE, Arrow_LIBRARY_DIR, Arrow_<component>_FOUND
set(SIKU_ARROW_SOURCE auto CACHE STRING "Where Arrow C++ comes from: auto, system, wheel")
set_property(CACHE SIKU_ARROW_SOURCE PROPERTY STRINGS auto system wheel)

set(Arrow_SOURCE "")
set(Arrow_LIBRARY_DIR "")
set(_arrow_parts parquet compute acero dataset s3)

function(_arrow_installed)
  find_package(Arrow ${Arrow_FIND_VERSION} CONFIG QUIET)
  if(NOT TARGET Arrow::arrow_shared)
    return()
  endif()
  if(NOT TARGET Arrow::arrow)
    add_library(Arrow::arrow INTERFACE IMPORTED GLOBAL)
    target_link_libraries(Arrow::arrow INTERFACE Arrow::arrow_shared)
  endif()
  # Package and target of each part; compute is a library of its own from Arrow 21 on, S3 from 26 on.
  set(packages Parquet ArrowCompute ArrowAcero ArrowDataset ArrowS3)
  set(targets Parquet::parquet_shared ArrowCompute::arrow_compute_shared
    ArrowAcero::arrow_acero_shared ArrowDataset::arrow_dataset_shared ArrowS3::arrow_s3_shared)
  foreach(part package target IN ZIP_LISTS _arrow_parts packages targets)
    find_package(${package} CONFIG QUIET HINTS "${Arrow_DIR}/..")
    if(TARGET Arrow::${part})
      continue()
    elseif(TARGET ${target})
      add_library(Arrow::${part} INTERFACE IMPORTED GLOBAL)
      target_link_libraries(Arrow::${part} INTERFACE ${target})
    elseif(part MATCHES "^(compute|s3)$")
      add_library(Arrow::${part} INTERFACE IMPORTED GLOBAL)
      target_link_libraries(Arrow::${part} INTERFACE Arrow::arrow_shared)
    endif()
  endforeach()
  get_target_property(location Arrow::arrow_shared LOCATION)
  get_filename_component(folder "${location}" DIRECTORY)
  set(Arrow_SOURCE system PARENT_SCOPE)
  set(Arrow_LIBRARY_DIR "${folder}" PARENT_SCOPE)
  set(Arrow_VERSION "${Arrow_VERSION}" PARENT_SCOPE)
endfunction()

function(_arrow_in_wheel)
  set(folder "${SIKU_PYARROW}")
  if(NOT folder AND EXISTS "${SIKU_PYTHON}")
    # find_spec does not import pyarrow: fast, and needs no numpy.
    execute_process(OUTPUT_VARIABLE folder ERROR_QUIET COMMAND "${SIKU_PYTHON}" -c
      "import importlib.util as u; s = u.find_spec('pyarrow'); print(s.submodule_search_locations[0] if s else '', end='')")
  endif()
  set(config "${folder}/include/arrow/util/config.h")
  if(NOT folder OR NOT EXISTS "${config}")
    return()
  endif()
  file(STRINGS "${config}" lines REGEX "^#define ARROW_(VERSION_STRING|SO_VERSION) ")
  string(REGEX MATCH "ARROW_VERSION_STRING \"([^\"]+)\"" _ "${lines}")
  set(version "${CMAKE_MATCH_1}")
  string(REGEX MATCH "ARROW_SO_VERSION \"([^\"]+)\"" _ "${lines}")
  set(so "${CMAKE_MATCH_1}")
  set(needs_parquet Arrow::arrow)
  set(needs_compute Arrow::arrow)
  set(needs_acero Arrow::compute)
  set(needs_dataset Arrow::acero Arrow::parquet)
  set(needs_s3 Arrow::arrow)
  foreach(part arrow ${_arrow_parts})
    set(library "${folder}/libarrow_${part}.so.${so}")
    if(part MATCHES "^(arrow|parquet)$")
      set(library "${folder}/lib${part}.so.${so}")
    endif()
    if(EXISTS "${library}" AND NOT TARGET Arrow::${part})
      add_library(Arrow::${part} SHARED IMPORTED GLOBAL)
      set_target_properties(Arrow::${part} PROPERTIES
        IMPORTED_LOCATION "${library}"
        INTERFACE_INCLUDE_DIRECTORIES "${folder}/include"  # of an imported target: -isystem
        INTERFACE_LINK_LIBRARIES "${needs_${part}}")
    endif()
  endforeach()
  set(Arrow_SOURCE wheel PARENT_SCOPE)
  set(Arrow_LIBRARY_DIR "${folder}" PARENT_SCOPE)
  set(Arrow_VERSION "${version}" PARENT_SCOPE)
endfunction()

if(NOT SIKU_ARROW_SOURCE STREQUAL "wheel")
  _arrow_installed()
endif()
if(NOT Arrow_SOURCE AND NOT SIKU_ARROW_SOURCE STREQUAL "system")
  _arrow_in_wheel()
endif()
foreach(part ${_arrow_parts})
  if(TARGET Arrow::${part})
    set(Arrow_${part}_FOUND TRUE)
  endif()
endforeach()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(Arrow REQUIRED_VARS Arrow_LIBRARY_DIR Arrow_SOURCE
  VERSION_VAR Arrow_VERSION HANDLE_COMPONENTS REASON_FAILURE_MESSAGE
  "no installed Arrow C++ and no pyarrow in the virtual environment (.venv): ./run sets it up")
