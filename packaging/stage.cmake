# Run by CPack on the trees that become the .debs, before they are packed: what Debian's policy asks for and
# no build should know of.
find_program(GZIP gzip REQUIRED)
file(GLOB trees ${CPACK_TEMPORARY_INSTALL_DIRECTORY}/*/usr/share)

foreach(share IN LISTS trees)
  file(GLOB changes ${share}/doc/*/CHANGELOG.md)
  foreach(file IN LISTS changes)
    cmake_path(GET file PARENT_PATH doc)
    file(RENAME ${file} ${doc}/changelog)
  endforeach()
  file(GLOB zipped ${share}/doc/*/changelog ${share}/doc/*/changelog.Debian)
  file(GLOB_RECURSE manuals ${share}/man/*.[1-8])
  foreach(file IN LISTS zipped manuals)
    execute_process(COMMAND ${GZIP} -9nf ${file} COMMAND_ERROR_IS_FATAL ANY)
  endforeach()
endforeach()
