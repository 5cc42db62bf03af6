/* rows.c - what was read of the frame being dissected, a row a message, until the tree shows it
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "rows.h"

#include "codec/describe.h"
#include "codec/http.h"

void
rows_begin(struct rows *rows, const packet_info *pinfo)
{
    *rows = (struct rows){ pinfo->num, NULL };
}

wmem_array_t *
rows_of_frame(const struct rows *rows, const packet_info *pinfo)
{
    return rows->frame == pinfo->num ? rows->rows : NULL;
}

void
rows_forget(struct rows *rows)
{
    *rows = (struct rows){ 0, NULL };
}

/* Takes text. */
static void
add_row(struct rows *rows, packet_info *pinfo, char *text, size_t len, size_t inner)
{
    struct row row = { wmem_strdup(pinfo->pool, text), (uint32_t)len, (uint32_t)inner };

    g_free(text);
    if (!rows->rows)
        rows->rows = wmem_array_new(pinfo->pool, sizeof row);
    wmem_array_append(rows->rows, &row, 1);
}

void
rows_add_piece(struct rows *rows, packet_info *pinfo, const struct piece *piece,
               const uint8_t *data)
{
    struct http_head head;

    if (piece->kind == PIECE_PACKET)
        add_row(rows, pinfo, describe_packet(data, piece->len), piece->len,
                describe_inner_len(data, piece->len));
    else if (piece->kind == PIECE_HTTP && http_decode(data, piece->len, &head) == HTTP_OK)
        add_row(rows, pinfo,
                head.request ? g_strdup("HTTP request") : g_strdup_printf("HTTP %u", head.status),
                0, 0);
}
