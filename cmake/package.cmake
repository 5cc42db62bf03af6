# What `cpack -G DEB` packs: everything that any install() puts in place. Included last, when all of these
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
set(CPACK_DEBIAN_PACKAGE_DEPENDS
  "wireshark-common (>= ${wireshark_xy}~), wireshark-common (<< ${next_xy}~), tshark")
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "wireshark")
# What sstpcap runs at the ends.
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "openssh-client, tcpdump")
file(READ packaging/description description)
string(REGEX MATCH "^([^\n]*)\n(.*[^\n])" description "${description}")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "${CMAKE_MATCH_1}")
set(CPACK_PACKAGE_DESCRIPTION "${CMAKE_MATCH_2}")

set(deb_version ${PROJECT_VERSION}-${CPACK_DEBIAN_PACKAGE_RELEASE})
string(TIMESTAMP deb_date "%a, %d %b %Y %H:%M:%S +0000" UTC)
configure_file(packaging/changelog.in packaging/changelog.Debian @ONLY)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/packaging/changelog.Debian packaging/copyright CHANGELOG.md
  DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT debian EXCLUDE_FROM_ALL)
install(FILES packaging/lintian-overrides
  DESTINATION ${CMAKE_INSTALL_DATADIR}/lintian/overrides RENAME sstpdiag
  COMPONENT debian EXCLUDE_FROM_ALL)
set(CPACK_PRE_BUILD_SCRIPTS ${CMAKE_CURRENT_SOURCE_DIR}/packaging/stage.cmake)

# Debian has the text of the licence itself.
get_cmake_property(components COMPONENTS)
list(REMOVE_ITEM components licence)
set(CPACK_COMPONENTS_ALL ${components})
set(CPACK_COMPONENTS_GROUPING ALL_COMPONENTS_IN_ONE)
set(CPACK_DEB_COMPONENT_INSTALL ON)
include(CPack)
