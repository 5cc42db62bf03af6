/* order.c - how far order and times of what was captured of a connection can be trusted
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <glib.h>

#include "base/thresholds.h"
#include "wire/order_facts.h"

void
order_early(struct order_facts *order, const struct segment *segment, int64_t by)
{
    if (order->early > 0 && segment->ack == order->early_ack)
        return;
    if (order->early < ORDER_FRAMES_MAX)
        order->early_frames[order->early] = segment->mark.frame;
    order->early++;
    order->early_ack = segment->ack;
    order->early_most = MAX(order->early_most, by);
    mark_once(&order->early_first, segment->mark);
}

static void
order_back(struct order_facts *order, struct mark mark)
{
    if (order->back < ORDER_FRAMES_MAX)
        order->back_frames[order->back] = mark.frame;
    order->back++;
    mark_once(&order->back_first, mark);
}

void
order_stamp(struct order_facts *order, struct mark mark)
{
    bool first = order->stamps++ == 0;

    if (first)
        order->fraction = mark.time % NS_PER_SECOND;
    order->fractions |= mark.time % NS_PER_SECOND != order->fraction;
    order->differ |= !first && mark.time != order->last;
    if (!first && mark.time < order->last)
        order_back(order, mark);
    order->last = mark.time;
    order->latest = first ? mark.time : MAX(order->latest, mark.time);
    order->back_most = MAX(order->back_most, order->latest - mark.time);
}

void
order_begins_later(struct order_facts *order, struct mark request)
{
    order->begins_later = true;
    order_stamp(order, request);
}

bool
order_has_one_time(const struct order_facts *order)
{
    return order->stamps >= ORDER_STAMPS_MIN && !order->differ;
}

bool
order_has_whole_seconds(const struct order_facts *order)
{
    return order->stamps >= ORDER_STAMPS_MIN && order->differ && !order->fractions;
}

int64_t
order_doubt(const struct order_facts *order)
{
    int64_t doubt = order->back_most;

    if (order_has_one_time(order))
        return INT64_MAX;
    if (order_has_whole_seconds(order))
        doubt = MAX(doubt, NS_PER_SECOND);
    /* Even where the stamps agree, the order does not. */
    if (order->early >= ORDER_EARLY_MIN)
        doubt = MAX(doubt, MAX(order->early_most, 1));
    return doubt;
}
