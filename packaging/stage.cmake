# Run by CPack on the tree that becomes the .deb, before it is packed: what Debian's policy asks for and
# no build should know of.
find_program(GZIP gzip REQUIRED)
set(usr ${CPACK_TEMPORARY_INSTALL_DIRECTORY}/ALL_COMPONENTS_IN_ONE/usr)
set(doc ${usr}/share/doc/${CPACK_PACKAGE_NAME})

file(RENAME ${doc}/CHANGELOG.md ${doc}/changelog)
file(GLOB_RECURSE manuals ${usr}/share/man/*.[1-8])
foreach(file IN ITEMS ${doc}/changelog ${doc}/changelog.Debian ${manuals})
  execute_process(COMMAND ${GZIP} -9nf ${file} COMMAND_ERROR_IS_FATAL ANY)
endforeach()
