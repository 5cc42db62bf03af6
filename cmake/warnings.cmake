# Warnings for our own targets only; headers of others are included as SYSTEM.
# CONVERSION adds the checks that Wireshark's own API, mixing int and unsigned,
# does not let the plugin have.
function(sstpdiag_warnings target)
  cmake_parse_arguments(PARSE_ARGV 1 arg "CONVERSION" "" "")
  target_compile_options(${target} PRIVATE
    -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla
    -Wformat=2 -Wpointer-arith -Wundef)
  if(arg_CONVERSION)
    target_compile_options(${target} PRIVATE -Wconversion)
  endif()
  if(SSTPDIAG_WERROR)
    target_compile_options(${target} PRIVATE -Werror)
  endif()
endfunction()
