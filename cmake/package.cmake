# What `cpack -G DEB` packs: everything that any install() puts in place, in two packages. Included last, when all of these
# are known.
set(CPACK_PACKAGE_NAME sstpdiag)
set(CPACK_STRIP_FILES ON)

# Who answers for the package, as Debian's tools ask for it.
set(CPACK_PACKAGE_CONTACT "sstpdiag maintainers <sstpdiag@localhost>")
if(DEFINED ENV{DEBFULLNAME} AND DEFINED ENV{DEBEMAIL})
  set(CPACK_PACKAGE_CONTACT "$ENV{DEBFULLNAME} <$ENV{DEBEMAIL}>")
endif()

string(REGEX MATCH "^([0-9]+)\\.([0-9]+)$" wireshark_xy "${wireshark_xy}")
math(EXPR next_minor "${CMAKE_MATCH_2} + 1")
set(next_xy ${CMAKE_MATCH_1}.${next_minor})

# One package a Wireshark: its plugin folder and its ABI change with each x.y.
set(CPACK_DEBIAN_PACKAGE_RELEASE 1+ws${wireshark_xy})
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION net)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
# Two packages, each a group of components: all that names none is of the first.
set(CPACK_DEBIAN_MAIN_PACKAGE_NAME sstpdiag)
set(CPACK_DEBIAN_MAIN_PACKAGE_DEPENDS
  "wireshark-common (>= ${wireshark_xy}~), wireshark-common (<< ${next_xy}~), tshark")
set(CPACK_DEBIAN_MAIN_PACKAGE_RECOMMENDS "wireshark, sstpprobe")
# What sstpcap runs at the ends.
set(CPACK_DEBIAN_MAIN_PACKAGE_SUGGESTS "openssh-client, tcpdump")
# For servers and monitoring: no Wireshark is asked for.
set(CPACK_DEBIAN_PROBE_PACKAGE_NAME sstpprobe)
set(CPACK_DEBIAN_PROBE_PACKAGE_RECOMMENDS "ca-certificates")
set(CPACK_DEBIAN_PROBE_PACKAGE_SUGGESTS "sstpdiag, wireshark-common, openssh-client")

# The first line of each is its summary: there is none of both.
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "")
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS
  packaging/description packaging/description-probe)
file(READ packaging/description CPACK_DEBIAN_MAIN_DESCRIPTION)
file(READ packaging/description-probe CPACK_DEBIAN_PROBE_DESCRIPTION)

set(deb_version ${PROJECT_VERSION}-${CPACK_DEBIAN_PACKAGE_RELEASE})
string(TIMESTAMP deb_date "%a, %d %b %Y %H:%M:%S +0000" UTC)
foreach(package IN ITEMS sstpdiag sstpprobe)
  set(component debian-${package})
  set(made ${CMAKE_CURRENT_BINARY_DIR}/packaging/${package})
  configure_file(packaging/changelog.in ${made}/changelog.Debian @ONLY)
  configure_file(packaging/lintian-overrides.in ${made}/lintian-overrides @ONLY)
  install(FILES ${made}/changelog.Debian packaging/copyright CHANGELOG.md
    DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/${package} COMPONENT ${component} EXCLUDE_FROM_ALL)
  install(FILES ${made}/lintian-overrides
    DESTINATION ${CMAKE_INSTALL_DATADIR}/lintian/overrides RENAME ${package}
    COMPONENT ${component} EXCLUDE_FROM_ALL)
endforeach()
set(CPACK_PRE_BUILD_SCRIPTS ${CMAKE_CURRENT_SOURCE_DIR}/packaging/stage.cmake)

# Debian has the text of the licence itself.
get_cmake_property(components COMPONENTS)
list(REMOVE_ITEM components licence)
set(CPACK_COMPONENTS_ALL ${components})
set(CPACK_COMPONENTS_GROUPING ONE_PER_GROUP)
set(CPACK_DEB_COMPONENT_INSTALL ON)
include(CPack)
cpack_add_component_group(main)
cpack_add_component_group(probe)
foreach(component IN LISTS components)
  if(component MATCHES "probe")
    cpack_add_component(${component} GROUP probe)
  else()
    cpack_add_component(${component} GROUP main)
  endif()
endforeach()
