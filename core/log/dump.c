/* dump.c - packets in the lines of logs: decrypted, and without keys
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "log/dump.h"

#include <string.h>

#include "codec/ppp.h"
#include "codec/sstp.h"
#include "log/dump_ppp.h"
#include "log/dump_sstp.h"

enum {
    OPEN_MAX = 8, /* packets that take several lines, of several processes */
    OPEN_TEXT_MAX_LEN = 4096,
    KEPT_MAX_LEN = 16 * 1024 * 1024, /* of a log */
    PREFIX_MAX_LEN = 64,
};

/* A packet of which more lines may come. */
struct open_packet {
    enum log_source source;
    uint32_t process;
    const char *endpoint; /* the log's */
    bool used;
    guint index; /* of its entry */
    enum log_packet_kind kind;
    enum log_way way;
    GString *text;     /* what was said of it so far */
    GByteArray *bytes; /* the packet itself */
    size_t wanted;     /* its length, as was told; 0: not known */
};

struct log_dump {
    struct open_packet open[OPEN_MAX];
    unsigned next;
    size_t kept;
    GByteArray *bytes;
};

struct log_dump *
log_dump_new(void)
{
    struct log_dump *dump = g_new0(struct log_dump, 1);

    dump->bytes = g_byte_array_new();
    for (unsigned i = 0; i < OPEN_MAX; i++) {
        dump->open[i].text = g_string_new(NULL);
        dump->open[i].bytes = g_byte_array_new();
    }
    return dump;
}

void
log_dump_free(struct log_dump *dump)
{
    if (!dump)
        return;
    for (unsigned i = 0; i < OPEN_MAX; i++) {
        g_string_free(dump->open[i].text, TRUE);
        g_byte_array_unref(dump->open[i].bytes);
    }
    g_byte_array_unref(dump->bytes);
    g_free(dump);
}

/* --- packets --------------------------------------------------------------------------------- */

static void
set_packet(struct log_dump *dump, struct log *log, struct log_entry *entry,
           const struct log_packet *packet, const GByteArray *bytes)
{
    if (bytes->len > SSTP_PACKET_MAX_LEN || dump->kept + bytes->len > KEPT_MAX_LEN)
        return;
    dump->kept += bytes->len;
    entry->packet = *packet;
    entry->packet.len = (uint16_t)bytes->len;
    entry->packet.bytes = (const uint8_t *)g_string_chunk_insert_len(
        log->strings, (const char *)bytes->data, (gssize)bytes->len);
}

/* What other connections write in between does not count. */
static struct open_packet *
open_of(struct log_dump *dump, const struct log_entry *entry)
{
    for (unsigned i = 0; i < OPEN_MAX; i++) {
        struct open_packet *open = &dump->open[i];
        if (open->used && open->source == entry->source && open->process == entry->process &&
            g_strcmp0(open->endpoint, entry->endpoint) == 0)
            return open;
    }
    return NULL;
}

/* A packet begins with this entry, the next one of the log. */
static struct open_packet *
open_new(struct log_dump *dump, const struct log *log, const struct log_entry *entry,
         enum log_packet_kind kind, enum log_way way)
{
    struct open_packet *open = open_of(dump, entry);

    if (!open) {
        open = &dump->open[dump->next];
        dump->next = (dump->next + 1) % OPEN_MAX;
    }
    open->source = entry->source;
    open->process = entry->process;
    open->endpoint = entry->endpoint;
    open->used = true;
    open->index = log->entries->len;
    open->kind = kind;
    open->way = way;
    open->wanted = 0;
    g_string_truncate(open->text, 0);
    g_byte_array_set_size(open->bytes, 0);
    return open;
}

static void
open_end(struct log_dump *dump, const struct log_entry *entry)
{
    struct open_packet *open = open_of(dump, entry);

    if (open)
        open->used = false;
}

/* Its entry is at hand, or was added before. */
static struct log_entry *
open_entry(const struct open_packet *open, struct log *log, struct log_entry *entry)
{
    if (open->index == log->entries->len)
        return entry;
    return open->index < log->entries->len
               ? &g_array_index(log->entries, struct log_entry, open->index)
               : NULL;
}

/* --- directions ------------------------------------------------------------------------------ */

/* The first word is one of a direction, which is stepped over. */
static bool
take_way(const char **text, enum log_way *way)
{
    static const struct {
        const char *word;
        enum log_way way;
    } ways[] = {
        { "sent ", LOG_SENT },     { "send ", LOG_SENT },     { "SEND ", LOG_SENT },
        { "rcvd ", LOG_RECEIVED }, { "recv ", LOG_RECEIVED }, { "RECV ", LOG_RECEIVED },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(ways); i++)
        if (g_str_has_prefix(*text, ways[i].word)) {
            *text += strlen(ways[i].word);
            *way = ways[i].way;
            return true;
        }
    return false;
}

/* Behind "ppp0:alice: ", ":: ", "sstp-out1: ", of which there may be none. */
static const char *
behind_channel(const char *raw)
{
    size_t len = strcspn(raw, " ");

    return len > 0 && len < PREFIX_MAX_LEN && raw[len - 1] == ':' && raw[len] ? raw + len + 1 : raw;
}

size_t
log_dump_channel(enum log_source source, const char *raw)
{
    size_t len;

    if (source == LOG_FROM_ACCEL) {
        /* "ppp0", not "mschap-v2" or "ipv6". */
        size_t letters = strspn(raw, "abcdefghijklmnopqrstuvwxyz");
        len = letters + strspn(raw + letters, "0123456789");
        return letters > 0 && len > letters && raw[len] == ':' && strncmp(raw, "ipv", 3) != 0 ? len
                                                                                              : 0;
    }
    if (source != LOG_FROM_MIKROTIK)
        return 0;
    len = strcspn(raw, " ");
    return len > 1 && len < PREFIX_MAX_LEN && raw[len - 1] == ':' && raw[len] == ' ' ? len - 1 : 0;
}

/* --- pppd and accel-ppp ---------------------------------------------------------------------- */

/* A head of HTTP comes in as many lines as it has: "[HTTP <Host: vpn.example.org>]". */
static bool
take_http(struct log_dump *dump, struct log *log, struct log_entry *entry, const char *text,
          size_t len, enum log_way way)
{
    struct open_packet *open = open_of(dump, entry);
    bool first =
        g_str_has_prefix(text, "HTTP/") || (len > 9 && strncmp(text + len - 9, " HTTP/1.", 8) == 0);
    struct log_entry *head;

    if (first)
        open = open_new(dump, log, entry, LOG_PACKET_HTTP, way);
    if (!open || open->kind != LOG_PACKET_HTTP || open->way != way ||
        open->text->len + len > OPEN_TEXT_MAX_LEN || memchr(text, '\n', len))
        return false;
    g_string_append_len(open->text, text, (gssize)len);
    g_string_append(open->text, "\r\n");
    g_byte_array_set_size(open->bytes, 0);
    g_byte_array_append(open->bytes, (const guint8 *)open->text->str, (guint)open->text->len);
    g_byte_array_append(open->bytes, (const guint8 *)"\r\n", 2);
    head = open_entry(open, log, entry);
    if (head)
        set_packet(dump, log, head, &(struct log_packet){ .kind = LOG_PACKET_HTTP, .way = way },
                   open->bytes);
    return true;
}

static bool
take_bracketed(struct log_dump *dump, struct log *log, struct log_entry *entry, const char *text,
               size_t len, enum log_way way)
{
    static const char http[] = "HTTP <", sstp[] = "SSTP ";
    struct log_packet packet = { .kind = LOG_PACKET_PPP, .way = way };

    if (g_str_has_prefix(text, http) && text[len - 1] == '>')
        return take_http(dump, log, entry, text + strlen(http), len - strlen(http) - 1, way);
    open_end(dump, entry);
    g_byte_array_set_size(dump->bytes, 0);
    if (g_str_has_prefix(text, sstp)) {
        size_t name = strcspn(text + strlen(sstp), " ]");
        packet.kind = LOG_PACKET_SSTP;
        if (!log_dump_sstp(log_dump_sstp_type(text + strlen(sstp), name), dump->bytes))
            return false;
    } else if (!log_dump_ppp(text, len, dump->bytes)) {
        return false;
    }
    set_packet(dump, log, entry, &packet, dump->bytes);
    return true;
}

/* "rcvd [LCP ConfReq id=0x1 <mru 1400>]", "ppp0:: send [LCP ConfAck id=1]" */
static bool
read_bracketed(struct log_dump *dump, struct log *log, struct log_entry *entry, const char *raw)
{
    const char *text = behind_channel(raw), *close;
    enum log_way way;

    if (!take_way(&text, &way) || *text != '[')
        return false;
    close = strrchr(++text, ']');
    if (!close) /* accel-ppp writes its complaint into the line */
        close = strstr(text, "cann't ");
    return close && close > text &&
           take_bracketed(dump, log, entry, text, (size_t)(close - text), way);
}

/* --- RouterOS -------------------------------------------------------------------------------- */

static bool
take_routeros(struct log_dump *dump, struct log *log, struct log_entry *entry,
              struct open_packet *open)
{
    struct log_entry *head = open_entry(open, log, entry);

    g_byte_array_set_size(dump->bytes, 0);
    if (!head || !log_dump_ppp(open->text->str, open->text->len, dump->bytes))
        return false;
    set_packet(dump, log, head, &(struct log_packet){ .kind = LOG_PACKET_PPP, .way = open->way },
               dump->bytes);
    return true;
}

/* "sstp-out1: sent LCP ConfReq id=0x1": its options come in lines of their own. */
static bool
read_routeros(struct log_dump *dump, struct log *log, struct log_entry *entry, const char *raw)
{
    const char *text = behind_channel(raw);
    enum log_way way;
    struct open_packet *open;

    if (text == raw || !take_way(&text, &way))
        return false;
    open = open_new(dump, log, entry, LOG_PACKET_PPP, way);
    g_string_assign(open->text, text);
    if (take_routeros(dump, log, entry, open))
        return true;
    open->used = false;
    return false;
}

/* "<mru 1500>", "S=1F2E...": a line that has no interface in front. */
static bool
read_routeros_option(struct log_dump *dump, struct log *log, struct log_entry *entry,
                     const char *raw)
{
    struct open_packet *open = open_of(dump, entry);
    const char *text = raw + strspn(raw, " ");

    if (!open || open->kind != LOG_PACKET_PPP || log_dump_channel(entry->source, raw) > 0) {
        open_end(dump, entry);
        return false;
    }
    if (open->text->len + strlen(text) > OPEN_TEXT_MAX_LEN)
        return false;
    g_string_append_c(open->text, ' ');
    g_string_append(open->text, text);
    return take_routeros(dump, log, entry, open);
}

/* --- sstpc ----------------------------------------------------------------------------------- */

/* "SEND SSTP CRTL PKT(14) ", "SSTP DATA PKT(28)" before it told the direction. */
static bool
read_sstpc(struct log_dump *dump, struct log *log, struct log_entry *entry, const char *raw)
{
    static const char label[] = "PKT(";
    const char *text = raw, *len;
    enum log_way way = LOG_WAY_UNKNOWN;
    struct open_packet *open;

    take_way(&text, &way);
    if (!g_str_has_prefix(text, "SSTP ") || !(len = strstr(text, label)))
        return false;
    open = open_new(dump, log, entry, LOG_PACKET_SSTP, way);
    open->wanted = (size_t)g_ascii_strtoull(len + strlen(label), NULL, 10);
    return true;
}

/* Who sends a message of this type, where the line does not say; a client wrote it. */
static enum log_way
way_of_type(unsigned type)
{
    if (type == SSTP_CALL_CONNECT_REQUEST || type == SSTP_CALL_CONNECTED)
        return LOG_SENT;
    return type == SSTP_CALL_CONNECT_ACK || type == SSTP_CALL_CONNECT_NAK ? LOG_RECEIVED
                                                                          : LOG_WAY_UNKNOWN;
}

/* "  TYPE(1): CONNECT REQUEST, ATTR(1):", behind the line with its length */
static bool
read_sstpc_type(struct log_dump *dump, struct log *log, struct log_entry *entry, const char *raw)
{
    static const char label[] = "TYPE(";
    const char *text = raw + strspn(raw, " ");
    struct open_packet *open = open_of(dump, entry);
    struct log_entry *head = open ? open_entry(open, log, entry) : NULL;
    unsigned type;

    if (!head || open->kind != LOG_PACKET_SSTP || !g_str_has_prefix(text, label))
        return false;
    type = (unsigned)g_ascii_strtoull(text + strlen(label), NULL, 10);
    if (open->way == LOG_WAY_UNKNOWN)
        open->way = way_of_type(type);
    g_byte_array_set_size(dump->bytes, 0);
    if (!log_dump_sstp(type, dump->bytes) || open->way == LOG_WAY_UNKNOWN)
        return false;
    set_packet(dump, log, head, &(struct log_packet){ .kind = LOG_PACKET_SSTP, .way = open->way },
               dump->bytes);
    return true;
}

/* "  0x10 0x01 0x00 0x0E": sixteen bytes a line, until all are there */
static bool
read_sstpc_bytes(struct log_dump *dump, struct log *log, struct log_entry *entry, const char *raw)
{
    struct dump_words words = { raw, raw + strlen(raw) };
    struct open_packet *open = open_of(dump, entry);
    struct log_entry *head = open ? open_entry(open, log, entry) : NULL;

    if (!head || open->kind != LOG_PACKET_SSTP || open->way == LOG_WAY_UNKNOWN ||
        !g_str_has_prefix(raw + strspn(raw, " "), "0x"))
        return false;
    dump_take_bytes(&words, open->bytes);
    if (open->bytes->len < open->wanted || open->wanted < SSTP_HEADER_LEN)
        return true;
    g_byte_array_set_size(open->bytes, (guint)open->wanted);
    set_packet(dump, log, head,
               &(struct log_packet){ .kind = LOG_PACKET_SSTP, .way = open->way, .whole = true },
               open->bytes);
    open->used = false;
    return true;
}

/* --- sstp-server of sorz --------------------------------------------------------------------- */

/* "[id/192.0.2.10:33284] pppd => sstp (29 bytes)": its bytes are the next line of that client */
static bool
read_sorz(struct log_dump *dump, struct log *log, struct log_entry *entry, const char *raw)
{
    bool sent = strstr(raw, " pppd => sstp (") != NULL;

    if (!sent && !strstr(raw, " sstp => pppd ("))
        return false;
    open_new(dump, log, entry, LOG_PACKET_PPP, sent ? LOG_SENT : LOG_RECEIVED);
    return true;
}

/* "[id/192.0.2.10:33284] ff03c021..." */
static bool
read_sorz_bytes(struct log_dump *dump, struct log *log, struct log_entry *entry, const char *raw)
{
    const char *text = strstr(raw, "] ");
    struct open_packet *open = open_of(dump, entry);
    struct dump_words words;

    if (!open || !text || !g_ascii_isxdigit(text[2]))
        return false;
    words = (struct dump_words){ text + 2, text + strlen(text) };
    g_byte_array_set_size(dump->bytes, 0);
    open->used = false;
    if (!dump_take_digits(&words, dump->bytes) || words.p != words.end)
        return false;
    set_packet(dump, log, entry,
               &(struct log_packet){ .kind = LOG_PACKET_PPP, .way = open->way, .whole = true },
               dump->bytes);
    return true;
}

/* --- the table ------------------------------------------------------------------------------- */

static const struct log_dump_form forms[] = {
    { LOG_FROM_SSTPC, "sstpc, log level 4 and more", "SEND SSTP CRTL PKT(14)", read_sstpc },
    { LOG_FROM_SSTPC, "sstpc, a control message",
      "  TYPE(1): CONNECT REQUEST, ATTR(1):", read_sstpc_type },
    { LOG_FROM_SSTPC, "sstpc, log level 9, its bytes", "  0x10 0x01 0x00 0x0E", read_sstpc_bytes },
    { LOG_FROM_SORZ, "sstp-server, verbose", "[1f-2e/192.0.2.1:4711] sstp => pppd (24 bytes).",
      read_sorz },
    { LOG_FROM_SORZ, "sstp-server, its bytes", "[1f-2e/192.0.2.1:4711] ff03c02109000008552b948d",
      read_sorz_bytes },
    { LOG_FROM_MIKROTIK, "RouterOS, topic packet", "sstp-out1: sent LCP ConfReq id=0x1",
      read_routeros },
    { LOG_FROM_MIKROTIK, "RouterOS, an option", "<mru 1500>", read_routeros_option },
    { LOG_FROM_OTHER, "pppd, option debug; accel-ppp, verbose",
      "rcvd [LCP ConfReq id=0x1 <mru 1500>]", read_bracketed },
};

const struct log_dump_form *
log_dump_forms(size_t *num)
{
    *num = G_N_ELEMENTS(forms);
    return forms;
}

void
log_dump_read(struct log_dump *dump, struct log *log, struct log_entry *entry, const char *raw)
{
    for (size_t i = 0; i < G_N_ELEMENTS(forms); i++)
        if ((forms[i].source == entry->source || forms[i].source == LOG_FROM_OTHER) &&
            forms[i].read(dump, log, entry, raw))
            return;
}
