# SSTPDIAG_SANITIZE is a comma-separated list as -fsanitize= takes it, for
# example "address,undefined"; SSTPDIAG_COVERAGE counts executed lines (gcov).
set(SSTPDIAG_SANITIZE "" CACHE STRING "Sanitizers to build our targets with")
option(SSTPDIAG_COVERAGE "Build our targets with coverage counters" OFF)

function(sstpdiag_sanitize target)
  if(SSTPDIAG_SANITIZE)
    # A report that does not end the program is a report nobody reads in a test.
    target_compile_options(${target} PRIVATE
      -fsanitize=${SSTPDIAG_SANITIZE} -fno-sanitize-recover=undefined -fno-omit-frame-pointer)
    target_link_options(${target} PRIVATE -fsanitize=${SSTPDIAG_SANITIZE})
  endif()
  if(SSTPDIAG_COVERAGE)
    target_compile_options(${target} PRIVATE --coverage)
    target_link_options(${target} PRIVATE --coverage)
  endif()
endfunction()

# The runtime a program without sanitizer must load first when it loads a
# sanitized plugin; empty when the build needs none.
function(sstpdiag_sanitizer_runtime out)
  set(runtime "")
  if(SSTPDIAG_SANITIZE MATCHES "address")
    if(NOT CMAKE_C_COMPILER_ID STREQUAL "GNU")
      message(FATAL_ERROR "The plugin with AddressSanitizer needs gcc, whose runtime is a shared "
        "library; with ${CMAKE_C_COMPILER_ID} set SSTPDIAG_PLUGIN=OFF")
    endif()
    execute_process(COMMAND ${CMAKE_C_COMPILER} -print-file-name=libasan.so
      OUTPUT_VARIABLE runtime OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
    # The compiler's own folder may hold a linker script or a link; the loader wants the library.
    file(REAL_PATH "${runtime}" runtime)
  endif()
  set(${out} "${runtime}" PARENT_SCOPE)
endfunction()
