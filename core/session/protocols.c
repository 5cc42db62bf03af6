/* protocols.c - which PPP protocols a side sends, and which it rejects
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "session/protocols.h"

static bool
is_sent(const struct protocol_facts *sent, uint16_t protocol)
{
    for (uint32_t i = 0; i < sent->num; i++)
        if (sent->protocol[i] == protocol)
            return true;
    return false;
}

void
protocols_sent(struct protocol_facts *sent, uint16_t protocol)
{
    if (is_sent(sent, protocol))
        return;
    if (sent->num == PROTOCOLS_MAX)
        sent->hidden = true;
    else
        sent->protocol[sent->num++] = protocol;
}

void
protocols_hidden(struct protocol_facts *sent)
{
    sent->hidden = true;
}

void
protocols_rejected(struct rejection_facts *rejections, uint16_t protocol, struct mark mark)
{
    uint32_t i = 0;

    while (i < rejections->num && rejections->of[i].protocol != protocol)
        i++;
    if (i == PROTOCOLS_MAX)
        return;
    if (i == rejections->num) {
        rejections->of[i].protocol = protocol;
        rejections->num++;
    }
    mark_once(&rejections->of[i].first, mark);
    rejections->of[i].num++;
}

uint32_t
protocols_unsent(const struct protocol_facts *sent, const struct rejection_facts *rejections,
                 struct mark *first, uint16_t *protocol)
{
    uint32_t num = 0;

    for (uint32_t i = 0; i < rejections->num; i++) {
        if (is_sent(sent, rejections->of[i].protocol))
            continue;
        if (num == 0 || rejections->of[i].first.frame < first->frame) {
            *first = rejections->of[i].first;
            *protocol = rejections->of[i].protocol;
        }
        num += rejections->of[i].num;
    }
    return num;
}
