/* state.h - all that the plugin keeps, from packet to packet and from capture to capture
 *
 * One structure, as there is one capture at a time. Wireshark calls the plugin without a word of
 * it: where it does, state_get() is asked, and what is called from there gets it as an argument.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_PLUGIN_STATE_H
#define SSTPDIAG_PLUGIN_STATE_H

#include "compat.h"

#include "engine/engine.h"
#include "foreign.h"
#include "interfaces.h"
#include "rows.h"

/* Dissectors in front of which the plugin stands. */
enum observed {
    OBSERVED_TCP,
    OBSERVED_ICMP,
    OBSERVED_ICMPV6,
    OBSERVED_DNS,
    OBSERVED_ARP,
    OBSERVED_COUNT,
};

/* What Wireshark's own dissectors are called by. NULL: it has none. */
struct stock {
    dissector_handle_t observed[OBSERVED_COUNT]; /* that had the table entries before us */
    dissector_handle_t alpn;                     /* of "http/1.1", likewise */
    heur_dissector_t http_heuristic;             /* likewise */
    dissector_handle_t http, http_tls, tls, sstp, proxy, data;
    dissector_table_t tcp_ports;
    int proto_tls;
};

struct state {
    /* From the start of the program on. */
    protocol_t *protocol;
    struct stock stock;
    dissector_handle_t clear_tls, clear_tcp; /* ours: who takes a session's clear bytes */
    const heur_dtbl_entry_t *heuristic;      /* likewise, that finds them in TLS */
    struct stats_window *windows;            /* those of stats.c */
    bool trace;                              /* is to be kept, of this capture and the next ones */

    /* Of the capture. */
    struct engine *engine; /* NULL when no file is open */
    bool enabled;          /* protocol and heuristic; whoever changes that begins anew */
    bool in_gui;
    int expert_tap; /* Wireshark registers it behind all handoffs */
    struct interfaces interfaces;
    struct foreign_cache foreign;

    /* Of the frame being dissected. */
    uint32_t frame;
    bool inside; /* TCP of a segment of ours, and all above it, are being called */
    struct rows rows;
};

struct state *state_get(void);
/* From here on a capture begins with a new engine, and its end frees it. */
void state_register(int proto);
/* Is this Wireshark's window, and not tshark? */
bool state_in_gui(void);
/* Keeps traces. */
void state_keep_trace(struct state *state);

#endif
