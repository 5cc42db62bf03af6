/* page.c - the report as one page for a browser
 *
 * The page is a frame of HTML with the reports as JSON in it, and a script that draws them.
 * Whatever comes from a capture is in that JSON, or escaped in the text for readers without
 * scripts; the script makes text nodes of it and no markup.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <gio/gio.h>
#include <string.h>

#include "session/binding_check.h"
#include "show.h"

GResource *sstpdiag_page_get_resource(void);

/* Parts of the page, by the words that stand for them in page.html. */
static const struct part {
    const char *mark, *resource;
} parts[] = {
    { "/*{{style}}*/", "/page.css" }, { "/*{{chart}}*/", "/chart.js" },
    { "/*{{script}}*/", "/page.js" }, { "/*{{ladder}}*/", "/ladder.js" },
    { "/*{{fleet}}*/", "/fleet.js" }, { "{{licence}}", "/chart-licence.txt" },
};

/* JSON inside <script>: nothing in it ends the element or begins a comment. */
static char *
script_json(const char *json)
{
    GString *text = g_string_sized_new(strlen(json) + 1024);

    for (const char *p = json; *p; p++) {
        if (strchr("<>&", *p))
            g_string_append_printf(text, "\\u%04x", (unsigned)*p);
        else if (strncmp(p, "\342\200\250", 3) == 0 || strncmp(p, "\342\200\251", 3) == 0) {
            g_string_append(text, p[2] == '\250' ? "\\u2028" : "\\u2029");
            p += 2;
        } else
            g_string_append_c(text, *p);
    }
    return g_string_free(text, FALSE);
}

static char *
documents_json(const GPtrArray *documents)
{
    GString *list = g_string_new("[");

    for (guint i = 0; i < documents->len; i++)
        g_string_append_printf(list, "%s%s", i ? "," : "",
                               (const char *)g_ptr_array_index(documents, i));
    g_string_append_c(list, ']');
    char *json = script_json(list->str);
    g_string_free(list, TRUE);
    return json;
}

static char *
plain_text(const GPtrArray *texts)
{
    GString *all = g_string_new(NULL);

    for (guint i = 0; i < texts->len; i++)
        g_string_append_printf(all, "%s%s", i ? "\n" : "",
                               (const char *)g_ptr_array_index(texts, i));
    char *valid = g_utf8_make_valid(all->str, -1), *escaped = g_markup_escape_text(valid, -1);
    g_free(valid);
    g_string_free(all, TRUE);
    return escaped;
}

static GBytes *
resource(const char *name, GError **error)
{
    return g_resource_lookup_data(sstpdiag_page_get_resource(), name, G_RESOURCE_LOOKUP_FLAGS_NONE,
                                  error);
}

/* In front of the capture's own words, so that those are never taken for a mark. */
static bool
insert(GString *page, const char *mark, const char *text, gssize len)
{
    char *at = strstr(page->str, mark);

    if (!at)
        return false;
    gssize position = at - page->str;
    g_string_erase(page, position, (gssize)strlen(mark));
    g_string_insert_len(page, position, text, len);
    return true;
}

/* Members of an object: names of the checks of the crypto binding, by their ids. */
static void
insert_checks(GString *page)
{
    GString *names = g_string_new(NULL);

    for (enum binding_item i = 0; i < BINDING_ITEM_COUNT; i++)
        g_string_append_printf(names, "%s%s: \"%s\"", i ? ", " : "", binding_item_id(i),
                               binding_item_name(i));
    insert(page, "/*{{checks}}*/", names->str, (gssize)names->len);
    g_string_free(names, TRUE);
}

static GString *
page_frame(GError **error)
{
    GBytes *frame = resource("/page.html", error);
    GString *page;

    if (!frame)
        return NULL;
    page = g_string_new_len(g_bytes_get_data(frame, NULL), (gssize)g_bytes_get_size(frame));
    g_bytes_unref(frame);
    for (size_t i = 0; i < G_N_ELEMENTS(parts); i++) {
        GBytes *bytes = resource(parts[i].resource, error);
        if (!bytes) {
            g_string_free(page, TRUE);
            return NULL;
        }
        insert(page, parts[i].mark, g_bytes_get_data(bytes, NULL), (gssize)g_bytes_get_size(bytes));
        g_bytes_unref(bytes);
    }
    insert_checks(page);
    return page;
}

/* "'sha256-...'" of each element of that name, with blanks between: what the browser may obey, so
 * that nothing else is, whatever came into the page. */
static char *
hashes_of(const GString *page, const char *start, const char *end)
{
    GString *list = g_string_new(NULL);
    const char *at = page->str;

    while ((at = strstr(at, start))) {
        at += strlen(start);
        const char *after = strstr(at, end);
        if (!after)
            break;
        GChecksum *sum = g_checksum_new(G_CHECKSUM_SHA256);
        guint8 digest[32];
        gsize len = sizeof digest;
        g_checksum_update(sum, (const guchar *)at, after - at);
        g_checksum_get_digest(sum, digest, &len);
        g_checksum_free(sum);
        char *text = g_base64_encode(digest, len);
        g_string_append_printf(list, "%s'sha256-%s'", list->len ? " " : "", text);
        g_free(text);
        at = after;
    }
    return g_string_free(list, FALSE);
}

static void
insert_policy(GString *page)
{
    char *styles = hashes_of(page, "<style>", "</style>");
    char *scripts = hashes_of(page, "<script>", "</script>");

    insert(page, "{{styles}}", styles, -1);
    insert(page, "{{scripts}}", scripts, -1);
    g_free(styles);
    g_free(scripts);
}

char *
show_page(const GPtrArray *documents, const GPtrArray *texts, GError **error)
{
    static const char reports_mark[] = "{{reports}}", text_mark[] = "{{text}}";
    GString *page = page_frame(error);

    if (!page)
        return NULL;
    insert_policy(page);
    /* The later one first: what the first inserts is not searched. */
    char *text = plain_text(texts), *json = documents_json(documents);
    char *at = strstr(page->str, text_mark);
    GString *tail = g_string_new(at ? at + strlen(text_mark) : "");
    if (at)
        g_string_truncate(page, (gsize)(at - page->str));
    g_string_append(page, text);
    insert(tail, reports_mark, json, -1);
    g_string_append_len(page, tail->str, (gssize)tail->len);
    g_string_free(tail, TRUE);
    g_free(text);
    g_free(json);
    return g_string_free(page, FALSE);
}
