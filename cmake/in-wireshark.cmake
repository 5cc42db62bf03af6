# Wireshark's build has found the libraries already, also where there is no pkg-config. They get the
# names that the rest of our files knows.
function(sstpdiag_library name prefix)
  add_library(PkgConfig::${name} INTERFACE IMPORTED GLOBAL)
  target_include_directories(PkgConfig::${name} SYSTEM INTERFACE ${${prefix}_INCLUDE_DIRS})
  target_link_libraries(PkgConfig::${name} INTERFACE ${${prefix}_LIBRARIES})
endfunction()

if(NOT GNUTLS_FOUND)
  message(FATAL_ERROR "sstpdiag reads certificates by GnuTLS: build Wireshark with ENABLE_GNUTLS")
endif()
sstpdiag_library(GLIB GLIB2)
sstpdiag_library(GCRYPT GCRYPT)
sstpdiag_library(GNUTLS GNUTLS)
