/* fuzz_frame.c - captured frames: the first byte tells the link type, the second what is missing of
 * the frame
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stdlib.h>

#include "engine/tell.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint16_t links[] = { LINK_NULL, LINK_ETHERNET, LINK_PPP,  LINK_RAW, LINK_LOOP,
                                      LINK_SLL,  LINK_IPV4,     LINK_IPV6, LINK_SLL2 };
    struct config config = { .servers = (char *)"any" };
    struct frame frame;

    if (size < 2)
        return 0;
    frame_decode(links[data[0] % G_N_ELEMENTS(links)], data + 2, size - 2, size - 2 + data[1],
                 &frame);
    const struct segment *segment = &frame.segment;
    if (frame.kind == FRAME_TCP &&
        (segment->payload < data + 2 || segment->payload + segment->captured_len > data + size ||
         segment->options < data + 2 ||
         segment->options + segment->options_len > segment->payload ||
         segment->captured_len > segment->payload_len || segment->payload_len > 1 << 18))
        abort();
    struct engine *engine = engine_new(&config);
    engine_tell(engine, &frame, (struct mark){ 1, 1 }, 0);
    engine_finish(engine);
    engine_free(engine);
    return 0;
}
