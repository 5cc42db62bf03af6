# sstpdiag_completion(program [component]): completions of a command for bash, zsh and fish, from its --help, in the package of
# this component.
find_program(PYTHON3 python3)
if(NOT PYTHON3 OR CMAKE_CROSSCOMPILING)
  message(NOTICE "Note: without python3, or for another machine, there are no completions for shells.")
endif()

function(sstpdiag_completion program)
  if(NOT PYTHON3 OR CMAKE_CROSSCOMPILING)
    return()
  endif()
  set(dir ${CMAKE_CURRENT_BINARY_DIR})
  set(component)
  if(ARGC GREATER 1)
    set(component COMPONENT ${ARGV1})
  endif()
  set(files ${dir}/${program}.bash ${dir}/_${program} ${dir}/${program}.fish)
  set(maker ${CMAKE_SOURCE_DIR}/scripts/make-completion)
  add_custom_command(OUTPUT ${files}
    COMMAND ${PYTHON3} ${maker} $<TARGET_FILE:${program}> ${dir}
    DEPENDS ${program} ${maker}
    VERBATIM)
  add_custom_target(${program}-completion ALL DEPENDS ${files})
  install(FILES ${dir}/${program}.bash RENAME ${program}
    DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions ${component})
  # Debian's zsh looks there, zsh itself into the other.
  set(zsh site-functions)
  if(CMAKE_INSTALL_PREFIX STREQUAL /usr)
    set(zsh vendor-completions)
  endif()
  install(FILES ${dir}/_${program} DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/${zsh} ${component})
  install(FILES ${dir}/${program}.fish DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d ${component})
endfunction()
