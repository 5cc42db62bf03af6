/* ended.c - connections that are closed, until nothing more can be expected of them
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "engine/ended.h"

#include "base/thresholds.h"

void
ended_add(struct ended *ended, struct connection *connection)
{
    if (connection->ending)
        return;
    connection->ending = true;
    g_queue_push_tail(&ended->connections, connection);
}

void
ended_rest(struct ended *ended, struct mark now)
{
    struct connection *connection;

    while ((connection = g_queue_peek_head(&ended->connections)) &&
           time_apart(conn_last(connection->conn).time, now.time) > COPIES_OVER_NS) {
        g_queue_pop_head(&ended->connections);
        connection->ending = false;
        conn_forget_copies(connection->conn);
        conn_rest(connection->conn);
    }
}

void
ended_clear(struct ended *ended)
{
    g_queue_clear(&ended->connections);
}
