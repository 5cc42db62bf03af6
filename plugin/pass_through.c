/* pass_through.c - standing in front of another dissector without a trace
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "pass_through.h"

int
pass_through_register(const char *name, const char *short_name, const char *filter_name)
{
    /* It is enabled when its parent is, and frames always are. */
    int proto = proto_register_protocol_in_name_only(
        name, short_name, filter_name, proto_get_id_by_filter_name("frame"), FT_BYTES);

    proto_set_cant_toggle(proto);
    return proto;
}

dissector_handle_t
pass_through_handle(dissector_t dissector, int proto, dissector_handle_t before)
{
    return create_dissector_handle_with_name(dissector, proto,
                                             dissector_handle_get_dissector_name(before));
}

int
pass_through(dissector_handle_t handle, tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree,
             void *data)
{
    /* Only the dissector right above the one that reassembles may ask for more bytes: each call of
     * a dissector counts can_desegment down. The call of ours must not count. */
    uint16_t can_desegment = pinfo->can_desegment;
    pinfo->can_desegment = pinfo->saved_can_desegment;
    int len = call_dissector_only(handle, tvb, pinfo, tree, data);
    pinfo->can_desegment = can_desegment;
    return len;
}
