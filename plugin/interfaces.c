/* interfaces.c - the interfaces of a capture, by name
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "interfaces.h"

#include "report/report.h"

static const struct report_interface *
interface_at(const struct interfaces *interfaces, guint i)
{
    return &g_array_index(interfaces->seen, struct report_interface, i);
}

static void
interface_clear(gpointer data)
{
    struct report_interface *interface = data;

    g_free((char *)interface->name);
}

void
interfaces_init(struct interfaces *interfaces)
{
    interfaces->seen = g_array_new(FALSE, FALSE, sizeof(struct report_interface));
    g_array_set_clear_func(interfaces->seen, interface_clear);
    interfaces->last = -1;
    interfaces->sockets = false;
    interfaces->descriptions = g_hash_table_new_full(g_direct_hash, g_direct_equal, NULL, g_free);
}

void
interfaces_free(struct interfaces *interfaces)
{
    if (interfaces->seen)
        g_array_unref(interfaces->seen);
    interfaces->seen = NULL;
    g_clear_pointer(&interfaces->descriptions, g_hash_table_unref);
}

/* Another one than before. */
static G_GNUC_NO_INLINE uint32_t
change_interface(struct interfaces *interfaces, packet_info *pinfo, uint32_t id)
{
    interfaces->last = id;
    for (guint i = 0; i < interfaces->seen->len; i++)
        if (interface_at(interfaces, i)->id == id)
            return id;
    struct report_interface interface = { id, g_strdup(compat_interface_name(pinfo, id)) };
    g_array_append_val(interfaces->seen, interface);
    if (g_strcmp0(interface.name, VANTAGE_SOCKET_NAME) == 0) {
        interfaces->sockets = true;
        g_hash_table_insert(interfaces->descriptions, GUINT_TO_POINTER(id),
                            g_strdup(compat_interface_description(pinfo, id)));
    }
    return id;
}

char *
interfaces_take_description(struct interfaces *interfaces, uint32_t id)
{
    gpointer description = NULL;

    g_hash_table_steal_extended(interfaces->descriptions, GUINT_TO_POINTER(id), NULL, &description);
    return description;
}

bool
interfaces_is_socket(const struct interfaces *interfaces, uint32_t id)
{
    for (guint i = 0; interfaces->sockets && i < interfaces->seen->len; i++)
        if (interface_at(interfaces, i)->id == id)
            return g_strcmp0(interface_at(interfaces, i)->name, VANTAGE_SOCKET_NAME) == 0;
    return false;
}

uint32_t
interfaces_of_packet(struct interfaces *interfaces, packet_info *pinfo)
{
    uint32_t id;

    if (!(pinfo->rec->presence_flags & WTAP_HAS_INTERFACE_ID))
        return 0;
    id = pinfo->rec->rec_header.packet_header.interface_id;
    return id == interfaces->last ? id : change_interface(interfaces, pinfo, id);
}

char *
interfaces_label(const struct interfaces *interfaces, wmem_allocator_t *pool,
                 enum capture_point_role role, uint32_t id)
{
    struct report_env env = { 0 };

    interfaces_tell(interfaces, &env);
    char *label = report_interface_label(&env, role, id);
    char *kept = wmem_strdup(pool, label);
    g_free(label);
    return kept;
}

void
interfaces_tell(const struct interfaces *interfaces, struct report_env *env)
{
    env->interfaces = (const struct report_interface *)(const void *)interfaces->seen->data;
    env->num_interfaces = interfaces->seen->len;
}
