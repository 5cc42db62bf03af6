/* test_describe.c - one line of text for a packet
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "codec/describe.h"
#include "hex.h"

struct row {
    const char *name;
    const char *bytes;
    const char *text;
};

static const struct row rows[] = {
    { "request", "1001000e 00010001 00010006 0001", "Call Connect Request" },
    { "echo", "10010008 00080000", "Echo Request" },
    { "disconnect-ack", "10010008 00070000", "Call Disconnect Ack" },
    { "abort", "10010014 00050001 0002000c 00000002 00000007",
      "Call Abort, status Invalid frame received" },
    { "abort/bare", "10010008 00050000", "Call Abort" },
    { "abort/unknown-status", "10010014 00050001 0002000c 00000002 ffffffff",
      "Call Abort, status unknown" },
    { "abort/flaw", "10010014 00050002 0002000c 00000002 00000007",
      "Call Abort, status Invalid frame received (malformed)" },
    { "flaw", "10ff0008 00080000", "Echo Request (malformed)" },
    { "attribute-past-end", "1001000c 00010001 000100ff", "Call Connect Request (malformed)" },
    { "unknown-message", "10010008 00770000", "Unknown message 0x0077" },

    { "lcp-request", "1000000c ff03c021 01050004", "LCP Configure-Request, id 5" },
    { "lcp-echo", "10000010 ff03c021 090a0008 00000000", "LCP Echo-Request, id 10" },
    { "lcp/unknown-code", "1000000c ff03c021 63050004", "LCP code 99, id 5" },
    { "lcp/cut", "1000000a ff03c021 0105", "LCP, 2 bytes" },
    { "lcp/length-past-end", "1000000c ff03c021 010500ff", "LCP, 4 bytes" },
    { "chap", "1000000c ff03c223 04050004", "CHAP Failure, id 5" },
    { "pap", "1000000c ff03c023 02050004", "PAP Authenticate-Ack, id 5" },
    { "eap", "1000000c ff03c227 03050004", "EAP Success, id 5" },
    { "ipcp", "1000000c ff038021 03050004", "IPCP Configure-Nak, id 5" },
    { "ip", "1000000a ff030021 4500", "IPv4, 2 bytes" },
    { "ip/compressed", "10000007 21 4500", "IPv4, 2 bytes" },
    { "ip/empty", "10000008 ff030021", "IPv4, 0 bytes" },
    { "unknown-protocol", "1000000a ff034055 0000", "PPP protocol 0x4055, 2 bytes" },
    { "no-frame", "10000004", "Data without a PPP frame" },
    { "half-protocol", "10000005 c0", "Data without a PPP frame" },
    { "address-control-only", "10000006 ff03", "Data without a PPP frame" },

    { "empty", "", "Not an SSTP packet" },
    { "cut", "10010008 0008", "Not an SSTP packet" },
    { "other-version", "20010008 00080000", "Not an SSTP packet" },
};

static void
run(gconstpointer data)
{
    const struct row *row = data;
    struct hex hex = hex_new(row->bytes);
    char *text = describe_packet(hex.data, hex.len);

    g_assert_cmpstr(text, ==, row->text);
    g_free(text);
    hex_free(hex);
}

static const struct row contents[] = {
    { "request", "1001000e 00010001 00010006 0001", "Encapsulated Protocol ID" },
    { "unknown-attribute", "1001000c 00080001 00770004", "unknown attribute 119" },
    { "lcp-options", "10000014 ff03c021 0105000c 01040578 0304c023",
      "MRU 1400; authentication PAP" },
    { "lcp-no-options", "1000000c ff03c021 01050004", "no options" },
    { "lcp-option-cut", "10000010 ff03c021 01050008 010405ff", "MRU 1535" },
    { "terminate", "10000014 ff03c021 0505000c 55736572 20726571", "text \"User req\"" },
    { "protocol-reject", "1000000e ff03c021 08050006 8057", "protocol IPV6CP" },
    { "ipcp", "10000012 ff038021 0305000a 0306c0000201", "address 192.0.2.1" },
    { "pap", "10000014 ff03c023 0105000c 05616c696365 0178", "name \"alice\"" },
    { "chap-failure", "10000014 ff03c223 0405000c 453d3639 3120523d",
      "error 691: user name or password refused, or the method of authentication is not allowed" },
    { "echo", "10000010 ff03c021 090a0008 00000000", NULL },
    { "data", "1000000a ff030021 4500", NULL },
    { "empty", "", NULL },
};

static void
run_content(gconstpointer data)
{
    const struct row *row = data;
    struct hex hex = hex_new(row->bytes);
    char *text = describe_content(hex.data, hex.len);

    g_assert_cmpstr(text, ==, row->text);
    g_free(text);
    hex_free(hex);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD_ROWS("/describe", rows, run);
    ADD_ROWS("/content", contents, run_content);
    return g_test_run();
}
