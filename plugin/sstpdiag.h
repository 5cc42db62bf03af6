/* sstpdiag.h - what the plugin's files share
 *
 * A frame passes through the plugin in this order:
 *
 * - feed looks at the outer TCP segment before TCP does, and tells the engine (first pass).
 * - shim gets the clear bytes of a session, calls the stock dissectors piece by piece, and tells
 * the engine (first pass).
 * - feed, when TCP is done, hands over what TLS decrypted beside application data (first pass).
 * - tree shows what the engine knows of the frame (every pass).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_PLUGIN_SSTPDIAG_H
#define SSTPDIAG_PLUGIN_SSTPDIAG_H

#include "compat.h"

#include "engine/engine.h"

/* prefs.c */
void prefs_register_sstpdiag(int proto);
/* The preferences as the engine wants them. servers belongs to the preferences, a reference to the
 * credentials to the caller. */
void prefs_config(struct config *config);
bool prefs_reassemble_out_of_order(void);
/* Adds the names of the logs that are set, newly allocated. */
void prefs_logs(GPtrArray *paths);

/* files.c */
/* Reads up to max bytes of a regular file, into one block that the caller frees. NULL, or why it
 * cannot be read (static). */
const char *file_read(const char *path, size_t max, uint8_t **bytes, size_t *len);
/* Every user of the machine may read it. */
bool file_is_exposed(const char *path);

/* credentials.c */
void credentials_register(module_t *module);
/* What the table and the file have that is not wrong. One reference is the caller's. */
struct credentials *credentials_read(void);
/* Tells the user what is wrong with the file. */
void credentials_check(void);

/* feed.c: what is known of the capture being read */
struct engine *
feed_engine(void); /* never NULL between init and cleanup; NULL when no file is open */
void feed_register(int proto);
/* Keeps traces, of this capture and those that follow. */
void feed_trace(void);
void feed_handoff(void);
bool feed_enabled(void);
/* First pass: the clear bytes that follow are of the packet's TCP conversation. */
void feed_stream(packet_info *pinfo);
/* Frames that do not come by here count as well, where somebody can tell of them. */
void feed_count_frame(const packet_info *pinfo);
/* Array of struct report_interface; names belong to the array. */
const GArray *feed_interfaces(void);
/* Where a frame of that interface was captured: "client (eth0)" where both ends are in the file and
 * tell which is which, else the interface's name, with its number where another one has the same
 * name. In the packet's memory. */
char *feed_capture_point(const packet_info *pinfo, uint32_t interface);
struct mark feed_mark(const packet_info *pinfo);

/* shim.c: what it saw in the frame being dissected, for the tree */
struct shim_row {
    char *text;     /* in the packet's memory */
    uint32_t len;   /* of the SSTP packet; 0: HTTP */
    uint32_t inner; /* of the IP packet in it; 0: none */
};
void shim_register(int proto);
void shim_handoff(int proto);
dissector_handle_t shim_tcp_handle(void);
/* NULL when there are none. */
const wmem_array_t *shim_rows(const packet_info *pinfo);
void shim_frame_done(void);

/* logs.c */
/* Reads each file of paths, in their order: array of struct log. What cannot be read is in it as
 * well, with its error. */
GPtrArray *logs_read(const struct engine *engine, const GPtrArray *paths);

/* tap-sstpdiag.c: a record for each frame of a session */
struct sstpdiag_tap {
    uint32_t session;
    enum stage stage;
    enum side side;
};
void tap_register(void);
/* The text of the report, newly allocated; NULL when no file is open. */
char *tap_report_text(void);
void tap_frame(packet_info *pinfo, const struct session *session, struct frame_note note);

/* stats.c */
void stats_register(void);

/* follow.c */
void follow_register(int proto);
/* A piece of the clear bytes of this frame, every pass. */
void follow_piece(packet_info *pinfo, tvbuff_t *piece);

/* menus.c */
void menus_register(int proto);
/* Is this Wireshark's window, and not tshark? */
bool menus_in_gui(void);

/* packet-sstpdiag.c */
void proto_register_sstpdiag(void);
void proto_reg_handoff_sstpdiag(void);
/* Tree, expert infos and tap record of a frame; nothing when it is of no session. ip_len: of the
 * packet that carries its segment; 0 when not known. */
void tree_show_frame(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, uint32_t ip_len);

#endif
